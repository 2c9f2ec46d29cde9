import FoundationEssentials
import Glibc
import NIOCore
import NIOPosix
import Testing

/// `stationhub serve`, the program itself, which can be killed.
struct HubProcess {
    let port: Int
    private let process: pid_t

    /// Returns when it listens.
    init(file: HubFile) async throws {
        let tests = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let program = URL(fileURLWithPath: tests).deletingLastPathComponent()
            .appending(path: "stationhub").path
        var ends: [Int32] = [0, 0]
        try #require(pipe(&ends) == 0)
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, ends[1], STDERR_FILENO)
        let words = [program, "serve", "--db", file.path, "--listen", "127.0.0.1:0"]
        var arguments = words.map { strdup($0) } + [nil]
        defer { for argument in arguments { free(argument) } }
        var process: pid_t = 0
        let code = posix_spawn(&process, program, &actions, nil, &arguments, environ)
        close(ends[1])
        try #require(code == 0, "\(program): \(String(cString: strerror(code)))")
        self.process = process
        do {
            port = try await Self.port(saidOn: ends[0])
        } catch {
            Self.kill(process)
            throw error
        }
    }

    /// SIGKILL, at whatever it is doing.
    func kill() { Self.kill(process) }

    private static func kill(_ process: pid_t) {
        Glibc.kill(process, SIGKILL)
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0, errno == EINTR {}
    }

    private static func port(saidOn descriptor: Int32) async throws -> Int {
        let (ports, said) = AsyncStream.makeStream(of: Int.self)
        _ = try await NIOPipeBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(PortReader(said))
                }
            }
            .takingOwnershipOfDescriptor(input: descriptor).get()
        var iterator = ports.makeAsyncIterator()
        return try #require(await iterator.next(), "it ended before it listened")
    }
}

/// Finds `address=127.0.0.1:PORT` in what the hub logs; reads on, so that it is never held up.
private final class PortReader: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let said: AsyncStream<Int>.Continuation
    private var text = ""

    init(_ said: AsyncStream<Int>.Continuation) { self.said = said }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        text += String(decoding: unwrapInboundIn(data).readableBytesView, as: UTF8.self)
        for line in text.split(separator: "\n").dropLast(text.hasSuffix("\n") ? 0 : 1) {
            guard let start = line.firstRange(of: "address=127.0.0.1:") else { continue }
            if let port = Int(line[start.upperBound...].prefix { $0.isNumber }) {
                said.yield(port)
            }
        }
    }

    func channelInactive(context: ChannelHandlerContext) { said.finish() }
}
