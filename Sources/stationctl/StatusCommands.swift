import ArgumentParser
import ControlProtocol
import StationCore
import Texts

struct Status: ReportingCommand {
    static let configuration = CommandConfiguration(
        abstract: "How the station is, and the next step for what is wrong.")

    @OptionGroup var daemon: DaemonOptions
    @OptionGroup var output: OutputOptions

    func report() async throws -> Report {
        let status = try await ControlClient(socket: daemon.socket).status()
        return try Report(text: StatusText(status).text, json: status)
    }
}

struct Devices: ReportingCommand {
    static let configuration = CommandConfiguration(
        abstract: "What is plugged in, and what the catalog calls it.")

    @OptionGroup var daemon: DaemonOptions
    @OptionGroup var output: OutputOptions

    func report() async throws -> Report {
        let devices = try await ControlClient(socket: daemon.socket).status().devices
        return try Report(text: Self.text(devices), json: devices)
    }

    static func text(_ devices: [StationStatus.Device]) -> String {
        guard !devices.isEmpty else { return "nothing is plugged in" }
        let rows = devices.map {
            [
                $0.path, $0.usb, $0.kind ?? "unknown", $0.model ?? "-",
                $0.condition.map(words) ?? "not in the catalog: left alone",
            ]
        }
        return Columns([["SOCKET", "USB", "KIND", "MODEL", "CONDITION"]] + rows).text
    }

    /// `paperOut` as `paper out`.
    static func words(_ name: String) -> String {
        name.reduce(into: "") { text, letter in
            text += letter.isUppercase ? " " + letter.lowercased() : String(letter)
        }
    }
}

struct Outbox: ReportingCommand {
    static let configuration = CommandConfiguration(
        abstract: "How many entries head office does not have yet.")

    @OptionGroup var daemon: DaemonOptions
    @OptionGroup var output: OutputOptions

    func report() async throws -> Report {
        let status = try await ControlClient(socket: daemon.socket).status()
        return try Report(text: StatusText(status).outbox, json: status.link)
    }
}

/// A status for people.
struct StatusText {
    let status: StationStatus

    init(_ status: StationStatus) { self.status = status }

    var text: String {
        var rows = [["Station", station], ["Version", status.version], ["Clock", clock]]
        rows += [["Day", day], ["Money", money], ["Entries", entries], ["Link", link]]
        rows += [["Slips", slips], ["Lists", lists], ["Disk", disk]]
        rows += DeviceKind.allCases.map { [$0.text(in: .english), device($0)] }
        let steps = nextSteps
        return
            ([Columns(rows).text] + (steps.isEmpty ? [] : [""])
            + steps.map { "Next: \($0)" }).joined(separator: "\n")
    }

    var outbox: String { "\(entries)\nlink \(link)" }

    private var station: String {
        guard let station = status.station else { return "not enrolled" }
        return "\(station.number), epoch \(station.epoch), head office \(station.hub)"
    }

    private var clock: String {
        "\(WrittenTime.text(status.clock.time)), sure by: \(status.clock.quality.rawValue)"
    }

    private var day: String {
        guard let day = status.day else { return "not open" }
        return "open since \(WrittenTime.text(day.openedAt)) (No. \(day.opened))"
    }

    private var money: String {
        let money = status.money
        return "drawer \(money.drawer.figures), float \(money.float.figures), exposure "
            + "\(money.exposure.figures) of \(money.exposureLimit.figures) yuan"
            + (money.floatStated.map { stated in
                stated == money.float ? "" : "; head office says float \(stated.figures)"
            } ?? "")
    }

    private var entries: String {
        "\(status.lastEntry), head office has \(status.link.acknowledgedThrough), "
            + "\(status.link.waiting) waiting"
    }

    private var link: String {
        let contact = status.link.lastContact.map { "last answer \(WrittenTime.text($0))" }
        return [status.link.state.rawValue, contact ?? "no answer yet", status.link.problem]
            .compactMap(\.self).joined(separator: ", ")
    }

    private var slips: String {
        "owed \(list(status.slips.owed)); doubtful \(list(status.slips.doubtful))"
    }

    private func list(_ numbers: [Int]) -> String {
        let shown = numbers.prefix(8).map(String.init).joined(separator: ", ")
        if numbers.isEmpty { return "none" }
        return numbers.count > 8 ? "\(shown) and \(numbers.count - 8) more" : shown
    }

    private var lists: String {
        "prices \(version(status.lists.prices)), articles \(version(status.lists.articles))"
    }

    private func version(_ list: AdoptedList?) -> String {
        list.map { "\($0.list) of \(WrittenTime.text($0.validFrom).prefix(10))" } ?? "none"
    }

    private var disk: String {
        "\(Devices.words(status.disk.state.rawValue)), \(status.disk.freeBytes / 1_000_000) MB free"
    }

    private func device(_ kind: DeviceKind) -> String {
        let found = status.devices.filter { $0.kind == kind.rawValue }
        guard !found.isEmpty else { return "none" }
        return found.map {
            "\(Devices.words($0.condition ?? "")) (\($0.model ?? "unknown") at \($0.path))"
        }.joined(separator: "; ")
    }

    /// What a person can do, the most pressing first.
    var nextSteps: [String] {
        var steps: [String] = []
        if status.isForked {
            steps.append("head office knows another journal of this station: call head office")
        }
        switch status.disk.state {
        case .writable: break
        case .full: steps.append("free the disk: new business is refused")
        case .readOnly: steps.append("the disk is read-only: replace the card")
        }
        for kind in DeviceKind.allCases {
            steps += step(for: kind, among: status.devices.filter { $0.kind == kind.rawValue })
        }
        guard status.station != nil else {
            return steps + ["scan head office's enrolment code, or: stationctl enrol CODE"]
        }
        if status.clock.quality == .unset { steps.append("stationctl clock set TIME") }
        if status.lists.prices == nil || status.lists.articles == nil {
            steps.append("a list is missing: stationctl sync")
        }
        if status.link.state == .refused, !status.isForked {
            steps.append("head office refuses this station: call head office")
        }
        if !status.slips.doubtful.isEmpty {
            steps.append("look whether the doubtful slips came out, and say so at the counter")
        }
        return steps
    }

    private func step(
        for kind: DeviceKind, among devices: [StationStatus.Device]
    ) -> [String] {
        let conditions = devices.compactMap { $0.condition.flatMap(DeviceCondition.init) }
        if conditions.contains(.ready) { return [] }
        let usable = conditions.first { $0 != .unsupported }
        guard let condition = usable ?? conditions.first else {
            return ["no \(kind.rawValue): plug it in; stationctl devices"]
        }
        return ["\(kind.rawValue): \(condition.text(in: .english))"]
    }
}
