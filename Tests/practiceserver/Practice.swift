import Glibc
import LocalServer
import Logging
import PracticeCounter
import StationCore

// Serves a practice counter on a free port, which it prints first, and obeys lines on standard
// input: `load GRAMS`, `scale lost`, `device KIND ready|absent|paperOut`, `scan badge`, `sign out`. It
// ends with its input.
@main
struct Practice {
    static func main() async throws {
        let desk = try PracticeDesk()
        let server = LocalServer(
            settings: .init(
                port: 0, controlSocket: "/tmp/practice-\(getpid()).sock", language: .english),
            desk: desk, shelf: desk, control: desk, logger: Logger(label: "practice")
        ) { port in
            say("\(port)")
        }
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await server.run() }
            tasks.addTask { for await line in lines() { await obey(line, desk) } }
            try await tasks.next()
            tasks.cancelAll()
        }
    }

    private static func obey(_ line: String, _ desk: PracticeDesk) async {
        let words = line.split(separator: " ").map(String.init)
        switch (words.first, words.dropFirst().first, words.dropFirst(2).first) {
        case ("load", let grams?, nil):
            // A load that lies still for a second.
            for _ in 0..<5 { await desk.load(Int(grams) ?? 0) }
        case ("scale", "lost", nil):
            await desk.take(.scaleLost)
        case ("device", let kind?, let condition?):
            guard let kind = DeviceKind(rawValue: kind) else { return }
            await desk.take(.device(kind, conditions[condition] ?? .faulty))
        case ("scan", "badge", nil):
            await desk.scanBadge()
        case ("sign", "out", nil):
            await desk.signOut()
        default:
            return say("not understood: \(line)")
        }
        say("done")
    }

    /// At once and past the C library's buffers, whose locks the reading thread holds.
    private static func say(_ text: String) {
        let line = Array((text + "\n").utf8)
        _ = write(STDOUT_FILENO, line, line.count)
    }

    private static let conditions: [String: DeviceCondition] = [
        "ready": .ready, "absent": .absent, "paperOut": .paperOut,
    ]

    /// Read by a thread of their own, so that the server's tasks never wait for them.
    private static func lines() -> AsyncStream<String> {
        let (lines, continuation) = AsyncStream.makeStream(of: String.self)
        var thread = pthread_t()
        let box = Unmanaged.passRetained(Box(continuation))
        pthread_create(
            &thread, nil,
            { argument in
                guard let argument else { return nil }
                let box = Unmanaged<Box>.fromOpaque(argument).takeRetainedValue()
                while let line = readLine() { box.continuation.yield(line) }
                box.continuation.finish()
                return nil
            }, box.toOpaque())
        return lines
    }

    private final class Box: Sendable {
        let continuation: AsyncStream<String>.Continuation
        init(_ continuation: AsyncStream<String>.Continuation) { self.continuation = continuation }
    }
}
