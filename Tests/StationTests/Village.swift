import ControlProtocol
import Cryptography
import FoundationEssentials
import HTTPExchange
import Hub
import Journal
import Logging
import Ports
import Simulators
import StationCore
import SyncProtocol
import Testing

@testable import Station

/// One station in its village: simulated devices, time that is handed in, a real journal in a
/// folder of its own, and head office's real door behind a link that can be cut.
final class Village: Sendable {
    let clock: ManualClock
    /// Where the operator reads sums and change.
    let prompts: Configuration.Prompts
    let world: World
    let headOffice: HeadOffice
    let directory: String
    let observer = Steps()

    static let number = "423141"

    static var id: StationEpoch {
        get throws {
            StationEpoch(station: try #require(StationNumber(number)), epoch: 1)
        }
    }

    /// The journal as a reader beside the daemon sees it.
    func journal() throws -> JournalReader {
        try JournalReader(StateDirectory(path: directory + "/state"))
    }

    /// The questions at the end of every run: the postings of both sides agree, the journal is
    /// clean and its projections are what a rebuild makes, and each entry went up once.
    func checkTheEnd() async throws {
        let reader = try journal()
        #expect(try reader.verify().findings.isEmpty)
        let stored = try reader.entries(from: 1, limit: 100_000).map(\.entry)
        let above = try await headOffice.entries()
        #expect(above.map(\.sequence) == Array(1...stored.count))
        #expect(above == stored)
        for unit in Set(stored.flatMap { $0.postings.lines.map(\.unit) }) {
            let sum = stored.flatMap(\.postings.lines).filter { $0.unit == unit }
                .reduce(0) { $0 + $1.amount }
            #expect(sum == 0, "\(unit)")
        }
        let ledger = try await headOffice.store.ledger(of: Village.id)
        #expect(try reader.ledger() == ledger)
        checkThePaper(of: try reader.books(), stored)
    }

    /// Each slip came out once, or is shown as owed or doubtful.
    private func checkThePaper(of books: Books, _ stored: [Entry]) {
        let papers = world.printer.strips.filter { $0.errors.isEmpty && !$0.text.contains("COPY") }
        for entry in stored where entry.kind.owesSlip {
            let state = books.slips[entry.sequence]?.state ?? .printed
            let count = papers.count { strip in
                strip.codes.contains { $0.payload.hasPrefix(Self.slipCode(entry.sequence)) }
            }
            switch state {
            case .printed: #expect(count == 1, "slip \(entry.sequence)")
            case .owed: #expect(count == 0, "slip \(entry.sequence)")
            case .doubtful, .replaced: #expect(count <= 1, "slip \(entry.sequence)")
            }
        }
    }

    /// How the QR code of a slip begins: station, epoch, sequence.
    static func slipCode(_ sequence: Int) -> String {
        let digits = String(sequence)
        return "VK04" + number + "01" + String(repeating: "0", count: 9 - digits.count) + digits
    }

    init(
        printer: SimulatedPrinter.Habits = .init(), clock: ManualClock = ManualClock(),
        prompts: Configuration.Prompts = .page
    ) async throws {
        self.prompts = prompts
        self.clock = clock
        directory = try Village.makeDirectory()
        world = World(clock: clock, printer: printer)
        headOffice = try await HeadOffice(clock: clock, file: directory + "/hub.sqlite")
        for device in World.Device.allCases { world.plug(device) }
    }

    /// A box with a copy of another one's state, as of a cloned card, under the same head office.
    init(copying other: Village) throws {
        clock = other.clock
        prompts = other.prompts
        directory = try Village.makeDirectory()
        world = World(clock: clock)
        headOffice = other.headOffice
        try FileManager.default.removeItem(atPath: directory + "/state")
        try FileManager.default.copyItem(
            atPath: other.directory + "/state", toPath: directory + "/state")
        for device in World.Device.allCases { world.plug(device) }
    }

    deinit { try? FileManager.default.removeItem(atPath: directory) }

    private static func makeDirectory() throws -> String {
        let path = "/tmp/village-" + UUID().uuidString
        for part in ["", "/state", "/run"] {
            try FileManager.default.createDirectory(
                atPath: path + part, withIntermediateDirectories: true)
        }
        return path
    }

    var configuration: Configuration {
        var configuration = Configuration()
        configuration.stateDirectory = directory + "/state"
        configuration.runtimeDirectory = directory + "/run"
        configuration.listen = .init(host: "127.0.0.1", port: 0)
        configuration.language = .english
        configuration.prompts = prompts
        return configuration
    }

    /// Runs a station while `body` acts, then stops it in an orderly way.
    func open(
        bootID: String = "boot-1", _ body: (RunningStation) async throws -> Void
    ) async throws {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let wiring = try Wiring(
            configuration,
            StationPorts(
                bus: world.bus, clocks: clock.clocks(bootID: bootID),
                exchange: headOffice.link, observer: observer, pinCost: .cheap),
            StationHooks(), logger)
        let loop = Task { try await wiring.runLoop() }
        let services = Task { try await wiring.serve() }
        try await wiring.workflow.perform { _ in }
        let station = RunningStation(village: self, wiring: wiring)
        do {
            try await body(station)
        } catch {
            services.cancel()
            wiring.workflow.stop()
            throw error
        }
        services.cancel()
        _ = await services.result
        wiring.workflow.stop()
        try await loop.value
    }
}

/// Remembers every step that was taken.
final class Steps: StepObserver {
    func reached(_ step: Step, entry: Int) async {}
}
