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
import Synchronization
import SyncProtocol
import Testing

@testable import Station

/// One station in its village: simulated devices, time that is handed in, a real journal in a
/// folder of its own, and head office's real door behind a link that can be cut.
final class Village: Sendable {
    let stage: Stage
    let clock: ManualClock
    /// Where the operator reads sums and change.
    let prompts: Configuration.Prompts
    let world: World
    let headOffice: HeadOffice
    let directory: String
    /// Deaths so far; each life after one has folders of its own.
    private let deathCount = Mutex(0)
    /// Where its boxes log; to nowhere without it.
    private let logger: Logger
    /// Whose stage it shares.
    private let original: Village?

    static let number = "423141"

    static var id: StationEpoch {
        get throws {
            StationEpoch(station: try #require(StationNumber(number)), epoch: 1)
        }
    }

    /// The journal as a reader beside the daemon sees it.
    func journal() throws -> JournalReader {
        try JournalReader(StateDirectory(path: stateDirectory))
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
        try checkThePaper(of: reader, stored)
    }

    /// Each slip came out once, or is shown as owed or doubtful.
    private func checkThePaper(of reader: JournalReader, _ stored: [Entry]) throws {
        let papers = world.printer.strips.filter { $0.errors.isEmpty && !$0.text.contains("COPY") }
        let books = try reader.books()
        let cameOut = try stored.compactMap { entry in
            if let settled = try entry.content(SlipSettled.self) {
                return settled.cameOut ? settled.slip : nil
            }
            return try entry.content(SlipPrinted.self)?.slip
        }
        for entry in stored where entry.kind.owesSlip {
            let over: SlipState = cameOut.contains(entry.sequence) ? .printed : .replaced
            let state = books.slips[entry.sequence]?.state ?? over
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
        printer: SimulatedPrinter.Habits = .init(), scale: SimulatedScale.Traits = .init(),
        startsIn1970: Bool = false, prompts: Configuration.Prompts = .page,
        logger: Logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    ) async throws {
        self.prompts = prompts
        self.logger = logger
        original = nil
        stage = Stage()
        clock =
            startsIn1970
            ? ManualClock(calendar: 0, isSynchronized: false, stage: stage)
            : ManualClock(stage: stage)
        directory = try Village.makeDirectory()
        world = World(clock: clock, scale: scale, printer: printer, executor: stage)
        headOffice = try await HeadOffice(clock: clock, file: directory + "/hub.sqlite")
        for device in World.Device.allCases { world.plug(device) }
    }

    /// A box with a copy of another one's state, as of a cloned card, under the same head office.
    init(copying other: Village) throws {
        original = other
        stage = other.stage
        clock = other.clock
        prompts = other.prompts
        logger = other.logger
        directory = try Village.makeDirectory()
        world = World(clock: clock, executor: stage)
        headOffice = other.headOffice
        try FileManager.default.removeItem(atPath: directory + "/state")
        try FileManager.default.copyItem(
            atPath: other.stateDirectory, toPath: directory + "/state")
        for device in World.Device.allCases { world.plug(device) }
    }

    deinit {
        for device in World.Device.allCases { world.unplug(device, form: .noDeviceAtOnce) }
        if original == nil { stage.end() }
        try? FileManager.default.removeItem(atPath: directory)
    }

    private static func makeDirectory() throws -> String {
        let path = "/tmp/village-" + UUID().uuidString
        for part in ["", "/state", "/run"] {
            try FileManager.default.createDirectory(
                atPath: path + part, withIntermediateDirectories: true)
        }
        return path
    }

    private func folder(_ name: String, after deaths: Int) -> String {
        directory + (deaths == 0 ? "/\(name)" : "/\(name)-\(deaths)")
    }

    var stateDirectory: String { folder("state", after: deathCount.withLock { $0 }) }
    var runtimeDirectory: String { folder("run", after: deathCount.withLock { $0 }) }

    var configuration: Configuration {
        var configuration = Configuration()
        configuration.stateDirectory = stateDirectory
        configuration.runtimeDirectory = runtimeDirectory
        configuration.listen = .init(host: "127.0.0.1", port: 0)
        configuration.language = .english
        configuration.prompts = prompts
        return configuration
    }

    /// Runs a station while `body` acts, then stops it in an orderly way.
    ///
    /// - Parameters:
    ///   - bootedAt: Milliseconds of the village's clock at which the box was switched on.
    ///   - death: Where it dies instead; its files then are as that left them.
    /// - Returns: The step and entry at which it died.
    @discardableResult
    func open(
        bootID: String = "boot-1", bootedAt: Int = 0, dying death: Death? = nil,
        _ body: (RunningStation) async throws -> Void
    ) async throws -> (step: Step, entry: Int)? {
        let life = BoxLife(death: death) { [self] in
            do { try keepFiles(outlivingBoot: death?.cutsPower == false) } catch {
                Issue.record(error)
            }
        }
        let wiring = try wiring(life, bootID, bootedAt)
        let workflow = wiring.workflow
        life.follow(workflow)
        let loop = Task { try await wiring.runLoop() }
        let neighbour = stage.join {
            if !life.isStalled { _ = try? await workflow.perform { _ in } }
        }
        defer { stage.leave(neighbour) }
        let services = Task(executorPreference: stage) { try await wiring.serve() }
        let acted: Result<Void, any Error>
        do {
            try await workflow.perform { _ in }
            let station = RunningStation(village: self, wiring: wiring, life: life)
            acted = .success(try await body(station))
        } catch { acted = .failure(error) }
        services.cancel()
        _ = await services.result
        workflow.stop()
        let ended = await loop.result
        if let end = life.diedAt {
            try bury(acted)
            return end
        }
        if case .failure(let error) = acted, !(error is Workflow.Ended) { throw error }
        try ended.get()
        try acted.get()
        return nil
    }

    private func wiring(_ life: BoxLife, _ bootID: String, _ bootedAt: Int) throws -> Wiring {
        try Wiring(
            configuration,
            StationPorts(
                bus: MortalBus(bus: world.bus, life: life),
                clocks: Clocks(
                    monotonic: BootClock(clock: clock, start: bootedAt), calendar: clock.calendar,
                    bootID: bootID),
                exchange: MortalExchange(exchange: headOffice.link, life: life), observer: life,
                pinCost: Scrypt.Parameters(cost: 16, blockSize: 1, parallelism: 1)), StationHooks(),
            logger)
    }

    /// Copies what the next life finds: the state as it stands and, in the same boot, the mark.
    private func keepFiles(outlivingBoot isSameBoot: Bool) throws {
        let deaths = deathCount.withLock { $0 }
        let runtime = folder("run", after: deaths + 1)
        try FileManager.default.copyItem(
            atPath: stateDirectory, toPath: folder("state", after: deaths + 1))
        try FileManager.default.createDirectory(
            atPath: runtime, withIntermediateDirectories: true)
        if isSameBoot, let slip = SlipMark(runtimeDirectory: runtimeDirectory).read() {
            try SlipMark(runtimeDirectory: runtime).set(slip)
        }
    }

    /// The next life begins with what was kept.
    private func bury(_ acted: Result<Void, any Error>) throws {
        let folders = [stateDirectory, runtimeDirectory]
        deathCount.withLock { $0 += 1 }
        for folder in folders { try FileManager.default.removeItem(atPath: folder) }
        if case .failure(let error) = acted, !(error is RunningStation.Died),
            !(error is Workflow.Ended)
        {
            throw error
        }
    }
}
