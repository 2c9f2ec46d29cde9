import Glibc
import Hub
import JournalFixtures
import Ports
import Simulators
import StationCore
import Testing

/// Head office's real program behind TLS on loopback, with a bad line in front of it. It can be
/// killed in the middle of anything, and comes back on the same file and port.
actor HeadOfficeInReach {
    nonisolated let link: SimulatedLink
    nonisolated let pins: [[UInt8]]
    /// The same file, open beside the program's own connection.
    nonisolated let store: HubStore
    private let scratch: Scratch
    private let file: String
    private var program: ServingProgram

    init() async throws {
        scratch = try Scratch()
        file = scratch.path + "/hub.db"
        store = try HubStore(path: file) { RunningCalendar().milliseconds }
        let keys = try await store.serverIdentities()
        pins = [keys.current.pin, keys.next.pin]
        program = try ServingProgram(file: file, port: 0)
        link = try SimulatedLink(to: program.port)
    }

    /// SIGKILL, whatever it does, and a new start.
    func killAndBegin() throws {
        program.kill()
        program = try ServingProgram(file: file, port: program.port)
    }

    nonisolated var destination: HTTPDestination {
        .pinned(host: "127.0.0.1", port: link.port, pins: pins)
    }

    /// All that is unpacked of a station, after the rest was.
    func entries(of id: StationEpoch) async throws -> [Entry] {
        while try await store.unpackNext(id) != nil {}
        return try await store.entries(of: id, after: 0, count: 100_000)
    }
}

/// `stationhub serve` as a child, from the folder that the tests were built into.
final class ServingProgram: Sendable {
    let port: Int
    private let process: pid_t
    /// What it says; read until it listens, and then kept open so that it can go on saying it.
    private let log: Int32

    /// Returns when it listens.
    ///
    /// - Parameter port: 0 for one that the system chooses.
    init(file: String, port: Int) throws {
        var path = [CChar](repeating: 0, count: 4_096)
        let length = readlink("/proc/self/exe", &path, path.count)
        let own = String(
            decoding: path.prefix(max(0, length)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let folder = own[..<(try #require(own.lastIndex(of: "/")))]
        var ends: [Int32] = [0, 0]
        try #require(pipe(&ends) == 0)
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        log = ends[0]
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO)
        posix_spawn_file_actions_adddup2(&actions, ends[1], STDERR_FILENO)
        let program = "\(folder)/stationhub"
        let words = [program, "serve", "--db", file, "--listen", "127.0.0.1:\(port)"]
        var arguments = words.map { strdup($0) } + [nil]
        defer { arguments.forEach { free($0) } }
        var process: pid_t = 0
        var environment: [UnsafeMutablePointer<CChar>?] = [nil]
        let code = posix_spawn(&process, program, &actions, nil, &arguments, &environment)
        close(ends[1])
        try #require(code == 0, "\(program) does not start: \(code)")
        self.process = process
        self.port = try ServingProgram.announcedPort(ends[0])
    }

    private static func announcedPort(_ descriptor: Int32) throws -> Int {
        var text = ""
        var buffer = [UInt8](repeating: 0, count: 4_096)
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            try #require(count > 0, "head office does not listen: \(text)")
            text += String(decoding: buffer.prefix(count), as: UTF8.self)
            if let match = text.firstMatch(of: /address=127\.0\.0\.1:(\d+)/) {
                return try #require(Int(match.1))
            }
        }
    }

    func kill() {
        Glibc.kill(process, SIGKILL)
        var status: Int32 = 0
        waitpid(process, &status, 0)
    }

    deinit {
        kill()
        close(log)
    }
}

/// The machine's time, hurried, so that waiting between attempts costs a test little.
struct HurriedClock: MonotonicClock {
    private static let speed = 20
    private let running = RunningClock()

    var milliseconds: Int { running.milliseconds * Self.speed }

    func sleep(until deadline: Int) async throws(CancellationError) {
        try await running.sleep(until: (deadline + Self.speed - 1) / Self.speed)
    }
}
