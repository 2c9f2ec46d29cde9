import Glibc
import Simulators
import Synchronization

/// With which a program ends whose settings are wrong: to start it again mends nothing.
let exitConfiguration: Int32 = 78

/// A child of this process that is started anew whenever it ends, until it is told to stop or
/// refuses its settings.
///
/// A thread of its own waits for it.
final class ChildProcess: Sendable {
    enum Condition: Equatable, Sendable {
        case starting
        case running(process: Int32)
        /// Ended by itself: exit code, or 128 and the signal's number.
        case ended(code: Int)
        /// Ended with `exitConfiguration`: it is not started again.
        case refused
        case stopped

        /// Whether no further life comes.
        var isOver: Bool { self == .stopped || self == .refused }
    }

    private struct State {
        var process: pid_t?
        var condition = Condition.starting
        var isKillWanted = false
        var isStopping = false
    }

    private let program: String
    private let arguments: [String]
    private let environment: [String: String]
    private let logPath: String
    /// Called on the waiting thread when the child is dead and before the next one is started.
    private let betweenLives: @Sendable () -> Void
    private let state = Mutex(State())
    private let changed = Signal()

    /// - Parameters:
    ///   - program: this same one, unless a test wants another.
    ///   - arguments: without the program's name.
    ///   - environment: everything that the child sees.
    ///   - logPath: file to which its output is added.
    init(
        program: String = "/proc/self/exe", arguments: [String],
        environment: [String: String], logPath: String,
        betweenLives: @escaping @Sendable () -> Void
    ) {
        self.program = program
        self.arguments = arguments
        self.environment = environment
        self.logPath = logPath
        self.betweenLives = betweenLives
    }

    var condition: Condition { state.withLock { $0.condition } }

    func start() {
        detachThread { [self] in live() }
    }

    /// SIGKILL; the next one is started at once.
    func kill() {
        state.withLock { state in
            state.isKillWanted = true
            if let process = state.process { Glibc.kill(process, SIGKILL) }
        }
    }

    /// SIGTERM, and no further life.
    func stop() {
        state.withLock { state in
            state.isStopping = true
            if let process = state.process { Glibc.kill(process, SIGTERM) }
        }
    }

    /// Returns when its condition is one of those that are looked for.
    func wait(until isWanted: (Condition) -> Bool) async {
        while !Task.isCancelled {
            let seen = changed.version
            if isWanted(condition) { return }
            await changed.wait(beyond: seen)
        }
    }

    private func live() {
        while !state.withLock({ $0.isStopping }) {
            let code = liveOnce()
            let wasKilled = state.withLock { state in
                defer { state.isKillWanted = false }
                state.process = nil
                state.condition = state.isKillWanted ? .starting : .ended(code: code)
                if code == exitConfiguration { state.condition = .refused }
                return state.isKillWanted
            }
            if condition == .refused { return changed.raise() }
            changed.raise()
            betweenLives()
            // One that cannot start must not be started a thousand times a second.
            if !wasKilled && !state.withLock({ $0.isStopping }) { usleep(1_000_000) }
        }
        state.withLock { $0.condition = .stopped }
        changed.raise()
    }

    private func liveOnce() -> Int {
        guard let process = spawn() else { return 127 }
        let isKillWanted = state.withLock { state in
            state.process = process
            state.condition = .running(process: process)
            if state.isStopping { Glibc.kill(process, SIGTERM) }
            return state.isKillWanted
        }
        if isKillWanted { Glibc.kill(process, SIGKILL) }
        changed.raise()
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0 && errno == EINTR {}
        let signal = Int(status & 0x7f)
        return signal == 0 ? Int(status >> 8 & 0xff) : 128 + signal
    }

    private func spawn() -> pid_t? {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, logPath, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        // The threads that start children block signals; a child must not inherit that.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        var all = sigset_t()
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
        var words = ([program] + arguments).map { strdup($0) } + [nil]
        var variables = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for word in words + variables { free(word) } }
        var process: pid_t = 0
        let code = posix_spawn(&process, program, &actions, &attributes, &words, &variables)
        return code == 0 ? process : nil
    }
}
