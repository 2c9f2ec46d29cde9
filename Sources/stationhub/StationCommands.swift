import ArgumentParser
import Glibc
import Hub
import QRCodes
import StationCore

struct StationCommands: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "station",
        abstract: "Adds a station, shows its enrolment code again, or tries one that stopped.",
        subcommands: [Add.self, Code.self, Resume.self])

    struct Add: ReportingCommand {
        static let configuration = CommandConfiguration(
            abstract: "Adds a station and shows the code that its box scans, once.")
        static let opening = HubStore.Opening.orMade

        @OptionGroup var file: FileOptions
        @OptionGroup var output: OutputOptions

        @Argument(help: "Six digits.")
        var station: StationArgument

        @Option(help: "1 for a station's first box, the next number for the next.")
        var epoch: Int = 1

        @Option(help: "Host and port under which the station reaches this hub.")
        var address: String

        func validate() throws {
            guard (1...99).contains(epoch) else {
                throw ValidationError("an epoch is from 1 to 99")
            }
        }

        func report(_ store: HubStore) async throws -> Report {
            let id = StationEpoch(station: station.number, epoch: epoch)
            return try enrolmentReport(
                try await store.addStation(id, address: address), isBound: false)
        }
    }

    struct Code: ReportingCommand {
        static let configuration = CommandConfiguration(
            abstract: "Shows the code again, with the address and the pins as they are now.")

        @OptionGroup var file: FileOptions
        @OptionGroup var output: OutputOptions
        @OptionGroup var station: StationOptions

        @Option(help: "Host and port under which the station reaches this hub.")
        var address: String

        func report(_ store: HubStore) async throws -> Report {
            let id = try await station.id(store)
            return try enrolmentReport(
                try await store.enrolment(of: id, address: address),
                isBound: try await store.status(of: id)?.isEnrolled == true)
        }
    }
}

extension StationCommands {
    struct Resume: ReportingCommand {
        static let configuration = CommandConfiguration(
            abstract: "Has a station that STOPPED unpacked again, after somebody has looked.")

        @OptionGroup var file: FileOptions
        @OptionGroup var output: OutputOptions
        @OptionGroup var station: StationOptions

        private struct Form: Encodable {
            let station: String
            let epoch: Int
        }

        func report(_ store: HubStore) async throws -> Report {
            let id = try await station.id(store)
            try await store.resume(id)
            return try Report(
                text: "station \(id) is tried again within a minute while `serve` runs",
                json: Form(station: id.station.text, epoch: id.epoch))
        }
    }
}

private struct EnrolmentForm: Encodable {
    let station: String
    let epoch: Int
    let address: String
    let code: String
    let text: String
}

/// - Parameter isBound: A box is enrolled as this station, and does not read the code by scanner.
private func enrolmentReport(_ enrolment: Enrolment, isBound: Bool) throws -> Report {
    let code = Barcode.enrolment(enrolment).text
    let picture = QRCode(code)?.text(colours: isatty(STDOUT_FILENO) == 1) ?? ""
    let use =
        isBound
        ? "The box is enrolled and reads no code by scanner. There: stationctl enrol CODE, with"
        : "Scan this at the new box, or type it there: stationctl enrol CODE. It works once."
    return try Report(
        text: """
            \(picture)
            \(use)
            \(code)

            The same in plain words:
            \(enrolment.plainText)
            """,
        json: EnrolmentForm(
            station: enrolment.station.text, epoch: enrolment.epoch, address: enrolment.address,
            code: code, text: enrolment.plainText))
}

struct Stations: ReportingCommand {
    static let configuration = CommandConfiguration(
        abstract: "Lists the stations: cursor, last seen, state.")

    @OptionGroup var file: FileOptions
    @OptionGroup var output: OutputOptions

    private struct Form: Encodable {
        let station: String
        let epoch: Int
        let state: String
        let acknowledgedThrough: Int
        let unpackedThrough: Int
        let appliedThrough: Int
        let lastMessage: Int
        let waitingOrders: Int
        let lastSeen: Int?
        let stopped: String?
        let forked: Int?
    }

    func report(_ store: HubStore) async throws -> Report {
        let stations = try await store.stations()
        let now = calendarMilliseconds()
        var rows = [["station", "epoch", "entries", "messages", "orders", "last seen", "state"]]
        rows += stations.map { station in
            [
                station.id.station.text, "\(station.id.epoch)", "\(station.acknowledgedThrough)",
                "\(station.appliedThrough) of \(station.lastMessage)", "\(station.waitingOrders)",
                Self.age(station.lastSeen, now), Self.state(station, now),
            ]
        }
        return try Report(
            text: stations.isEmpty ? "no station yet: stationhub station add" : columns(rows),
            json: stations.map { station in
                Form(
                    station: station.id.station.text, epoch: station.id.epoch,
                    state: station.state.rawValue,
                    acknowledgedThrough: station.acknowledgedThrough,
                    unpackedThrough: station.unpackedThrough,
                    appliedThrough: station.appliedThrough, lastMessage: station.lastMessage,
                    waitingOrders: station.waitingOrders, lastSeen: station.lastSeen,
                    stopped: station.stopped, forked: station.forked)
            })
    }

    private static func age(_ seen: Int?, _ now: Int) -> String {
        guard let seen else { return "never" }
        let seconds = max(0, now - seen) / 1_000
        return switch seconds {
        case ..<120: "\(seconds) s ago"
        case ..<7_200: "\(seconds / 60) min ago"
        case ..<172_800: "\(seconds / 3_600) h ago"
        default: "\(seconds / 86_400) d ago"
        }
    }

    private static func state(_ station: StationStatus, _ now: Int) -> String {
        switch station.state {
        case .waitsForEnrolment: "waits for enrolment"
        case .well: "well"
        case .unpacking: "unpacking from entry \(station.unpackedThrough + 1)"
        case .forked:
            "FORKED: a box with another journal called, \(age(station.forked, now))"
        case .stopped: "STOPPED: \(station.stopped ?? "")"
        }
    }
}

struct Entries: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Prints a station's entries as CloudEvents, one JSON object a line.")

    @OptionGroup var file: FileOptions
    @OptionGroup var station: StationOptions

    @Option(help: "Only entries after this one.")
    var after = 0

    func run() async throws {
        try await sayingWhy {
            let store = try file.open(.asItIs)
            let id = try await station.id(store)
            var sequence = after
            while true {
                let page = try await store.entries(of: id, after: sequence, count: 500)
                guard let last = page.last else { return }
                for entry in page {
                    print(String(decoding: CloudEvent.line(of: entry), as: UTF8.self))
                }
                sequence = last.sequence
            }
        }
    }
}

struct Balances: ReportingCommand {
    static let configuration = CommandConfiguration(
        abstract: "Adds up a station's balances from its entries.")

    @OptionGroup var file: FileOptions
    @OptionGroup var output: OutputOptions
    @OptionGroup var station: StationOptions

    private struct Form: Encodable {
        let account: String
        let unit: String
        let amount: Int
    }

    func report(_ store: HubStore) async throws -> Report {
        let ledger = try await store.ledger(of: try await station.id(store))
        let forms = ledger.balances.map { key, amount in
            Form(account: key.account.path, unit: key.unit.name, amount: amount)
        }.sorted { ($0.account, $0.unit) < ($1.account, $1.unit) }
        return try Report(
            text: columns(
                forms.map { form in
                    [
                        form.account, form.unit == "CNY" ? Fen(form.amount).yuan : "\(form.amount)",
                        form.unit,
                    ]
                }), json: forms)
    }
}
