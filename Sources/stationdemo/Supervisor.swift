import Glibc
import Simulators
import Synchronization

/// The box: a station as a child process, its folders on disk and in memory, and the steps at which
/// it is to be killed.
final class Supervisor: Box {
    let server: WorldServer
    private let folders: DemoFolders
    private let child: ChildProcess
    private let fates: Fates

    /// - Parameters:
    ///   - settings: `STATION_...` variables of the child.
    ///   - scripted: the clock that the station lives by; nil for the machine's.
    init(
        folders: DemoFolders, world: World, scripted: ManualClock?, settings: [String: String],
        arguments: [String]
    ) throws {
        self.folders = folders
        let fates = Fates()
        self.fates = fates
        server = try WorldServer(
            path: folders.worldSocket, bus: world.bus, scripted: scripted,
            bootID: Self.bootID(fates.boot), leave: { await fates.mayGo($0) })
        var environment = settings
        environment["STATE_DIRECTORY"] = folders.state
        environment["RUNTIME_DIRECTORY"] = folders.runtime
        let server = server
        child = ChildProcess(
            arguments: ["station", "--world", folders.worldSocket] + arguments,
            environment: environment, logPath: folders.log,
            betweenLives: {
                guard fates.takePowerCut() else { return }
                folders.emptyRuntime()
                server.startBox(bootID: Self.bootID(fates.boot))
            })
        let child = child
        fates.set {
            server.freeze()
            child.kill()
        }
    }

    private static func bootID(_ number: Int) -> String {
        let digits = String(number)
        return "00000000-0000-4000-8000-" + String(repeating: "0", count: 12 - digits.count)
            + digits
    }

    func start() { child.start() }

    func stop() async {
        child.stop()
        await child.wait { $0.isOver }
        server.close()
    }

    /// Returns when the program refuses its settings, which another start does not mend, or was
    /// told to end.
    func waitForRefusal() async -> DemoFailure? {
        await child.wait { $0.isOver }
        return refusal
    }

    /// Why there is no program any more; nil where there is one, or it was told to end.
    var refusal: DemoFailure? {
        guard child.condition == .refused else { return nil }
        return DemoFailure(
            what: "the station does not take its settings:\n\(folders.lastLines(of: folders.log))")
    }

    var condition: BoxCondition {
        switch child.condition {
        case .starting, .stopped: .starting(boot: fates.boot)
        case .running(let process): .running(boot: fates.boot, process: Int(process))
        case .ended(let code): .ended(code: code)
        case .refused: .ended(code: Int(exitConfiguration))
        }
    }

    func killProgram() async {
        server.freeze()
        child.kill()
    }

    func cutPower() async {
        fates.orderPowerCut()
        await killProgram()
    }

    /// What is to happen when the program asks for leave to take that step; once.
    func plan(_ fate: Fate, at step: WorldServer.Step) { fates.plan(fate, at: step) }

    /// Deaths and power cuts that were planned and came.
    var deathCount: Int { fates.deathCount }
    var powerCutCount: Int { fates.boot - 1 }

    /// The world's process and the program's, where one is up and in touch with the world; none
    /// where no program comes any more.
    var processes: [Int32]? {
        if child.condition.isOver { return [] }
        guard case .running(let process) = child.condition, server.sessionCount == 1 else {
            return nil
        }
        return [getpid(), process]
    }

    /// What a step of the program brings.
    enum Fate: Sendable {
        /// Its death; `cutsPower` boots the box too.
        case death(cutsPower: Bool)
        /// It waits there for a death that another step brings.
        case waits
        /// Something in the world, before the step is taken.
        case meets(@Sendable () -> Void)
    }
}

/// At which steps something happens to the program, and what became of it.
private final class Fates: Sendable {
    private struct State {
        var boot = 1
        var isPowerCut = false
        var planned: [WorldServer.Step: Supervisor.Fate] = [:]
        var deathCount = 0
        var kill: (@Sendable () -> Void)?
    }

    private let state = Mutex(State())

    var boot: Int { state.withLock { $0.boot } }
    var deathCount: Int { state.withLock { $0.deathCount } }

    func set(_ kill: @escaping @Sendable () -> Void) { state.withLock { $0.kill = kill } }

    func plan(_ fate: Supervisor.Fate, at step: WorldServer.Step) {
        state.withLock { $0.planned[step] = fate }
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
    func mayGo(_ step: WorldServer.Step) async -> Bool {
        switch state.withLock({ $0.planned.removeValue(forKey: step) }) {
        case nil: return true
        case .meets(let act):
            act()
            return true
        case .waits:
            // Ends with the program's connection.
            await Signal().wait(beyond: 0)
            return false
        case .death(let cutsPower):
            die(cutsPower: cutsPower)
            return false
        }
    }

    private func die(cutsPower: Bool) {
        let kill = state.withLock { state in
            if cutsPower { state.isPowerCut = true }
            state.deathCount += 1
            state.planned = state.planned.filter { _, fate in
                if case .waits = fate { false } else { true }
            }
            return state.kill
        }
        kill?()
    }
}
