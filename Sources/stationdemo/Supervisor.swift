import ControlProtocol
import Glibc
import Simulators
import Synchronization

/// The box: a station as a child process, its folders on disk and in memory, and the steps at which
/// it is to be killed.
final class Supervisor: Box {
    let server: WorldServer
    private let folders: DemoFolders
    private let child: ChildProcess
    private let ledger: KillLedger

    /// - Parameters:
    ///   - settings: `STATION_...` variables of the child.
    ///   - scripted: the clock that the station lives by; nil for the machine's.
    init(
        folders: DemoFolders, world: World, scripted: ManualClock?, settings: [String: String],
        arguments: [String]
    ) throws {
        self.folders = folders
        let ledger = KillLedger()
        self.ledger = ledger
        server = try WorldServer(
            path: folders.worldSocket, bus: world.bus, scripted: scripted,
            bootID: Self.bootID(ledger.boot), leave: { ledger.mayGo($0) })
        var environment = settings
        environment["STATE_DIRECTORY"] = folders.state
        environment["RUNTIME_DIRECTORY"] = folders.runtime
        let server = server
        child = ChildProcess(
            arguments: ["station", "--world", folders.worldSocket] + arguments,
            environment: environment, logPath: folders.log,
            betweenLives: {
                guard ledger.takePowerCut() else { return }
                folders.emptyRuntime()
                server.startBox(bootID: Self.bootID(ledger.boot))
            })
        let child = child
        ledger.set { child.kill() }
    }

    private static func bootID(_ number: Int) -> String {
        let digits = String(number)
        return "00000000-0000-4000-8000-" + String(repeating: "0", count: 12 - digits.count)
            + digits
    }

    func start() { child.start() }

    func stop() async {
        child.stop()
        await child.wait { $0 == .stopped }
        server.close()
    }

    var condition: BoxCondition {
        switch child.condition {
        case .starting, .stopped: .starting(boot: ledger.boot)
        case .running(let process): .running(boot: ledger.boot, process: Int(process))
        case .ended(let code): .ended(code: code)
        }
    }

    /// Returns when the program is up and in touch with the world.
    func waitUntilUp() async { await server.waitForSessions(1) }

    func killProgram() async {
        server.freeze()
        child.kill()
    }

    func cutPower() async {
        ledger.orderPowerCut()
        await killProgram()
    }

    /// Kills the program when it asks for leave to take that step; `cutsPower` boots the box too.
    func kill(at step: WorldServer.Step, cutsPower: Bool) {
        ledger.order(step, cutsPower: cutsPower)
    }

    /// Orders that were met.
    var killCount: Int { ledger.killCount }

    /// Returns when so many orders were met.
    func waitForKills(_ count: Int) async { await ledger.waitForKills(count) }
}

/// At which steps the program dies, and what became of the orders.
private final class KillLedger: Sendable {
    private struct State {
        var boot = 1
        var isPowerCut = false
        var orders: [WorldServer.Step: Bool] = [:]
        var killCount = 0
        var kill: (@Sendable () -> Void)?
    }

    private let state = Mutex(State())
    private let met = Signal()

    var boot: Int { state.withLock { $0.boot } }
    var killCount: Int { state.withLock { $0.killCount } }

    func set(_ kill: @escaping @Sendable () -> Void) { state.withLock { $0.kill = kill } }

    func order(_ step: WorldServer.Step, cutsPower: Bool) {
        state.withLock { $0.orders[step] = cutsPower }
    }

    func orderPowerCut() { state.withLock { $0.isPowerCut = true } }

    func takePowerCut() -> Bool {
        state.withLock { state in
            guard state.isPowerCut else { return false }
            state.isPowerCut = false
            state.boot += 1
            return true
        }
    }

    /// False for a step that is the program's last.
    func mayGo(_ step: WorldServer.Step) -> Bool {
        let kill = state.withLock { state -> (@Sendable () -> Void)? in
            guard let cutsPower = state.orders.removeValue(forKey: step) else { return nil }
            if cutsPower { state.isPowerCut = true }
            state.killCount += 1
            return state.kill
        }
        guard let kill else { return true }
        kill()
        met.raise()
        return false
    }

    func waitForKills(_ count: Int) async {
        while !Task.isCancelled {
            let seen = met.version
            if killCount >= count { return }
            await met.wait(beyond: seen)
        }
    }
}

/// Where the demo keeps its files.
struct DemoFolders: Sendable {
    let root: String

    var state: String { root + "/state" }
    var runtime: String { root + "/run" }
    var log: String { root + "/station.log" }
    var hub: String { root + "/hub.sqlite" }
    var controlSocket: String { runtime + "/" + ControlPath.socketName }
    var worldSocket: String { root + "/world.sock" }

    struct Failure: Error, CustomStringConvertible {
        let path: String
        let code: Int32
        var description: String { "\(path): \(String(cString: strerror(code)))" }
    }

    /// A folder of its own under `/tmp`, or the one that is named; what is missing is made.
    init(named name: String?) throws(Failure) {
        if let name {
            root = name
            try Self.make(name)
        } else {
            var template = Array("/tmp/stationdemo-XXXXXX".utf8CString)
            guard mkdtemp(&template) != nil else {
                throw Failure(path: "/tmp", code: errno)
            }
            root = String(
                decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        }
        try Self.make(state)
        try Self.make(runtime)
    }

    private static func make(_ path: String) throws(Failure) {
        if mkdir(path, 0o700) != 0 && errno != EEXIST { throw Failure(path: path, code: errno) }
    }

    /// As at a start of the kernel: what lay in memory is gone.
    func emptyRuntime() {
        guard let folder = opendir(runtime) else { return }
        defer { closedir(folder) }
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { name in
                name.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != "." && name != ".." { unlink(runtime + "/" + name) }
        }
    }
}
