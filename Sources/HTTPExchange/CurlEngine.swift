import CCurl
import Glibc
import Ports
import Synchronization

/// The thread that owns libcurl's multi handle, and the queue by which the others reach it.
final class CurlEngine: Sendable {
    typealias Number = UInt64
    typealias Completion = CheckedContinuation<Result<HTTPAnswer, HTTPError>, Never>

    enum Command {
        case start(Number, Exchange, Completion)
        case cancel(Number)
        case closeConnections(CheckedContinuation<Void, Never>)
        case stop
    }

    private struct Shared: ~Copyable {
        var commands: [Command] = []
        /// Nil until the thread runs; valid for `curl_multi_wakeup` while it stands here.
        var multi: Multi?
        var isRunning = false
        var lastNumber: Number = 0
        /// Started and not ended yet.
        var live: Set<Number> = []
        /// Cancelled before they were started.
        var cancelledEarly: Set<Number> = []

        mutating func tell(_ command: Command) {
            commands.append(command)
            if let multi { curl_multi_wakeup(multi.handle) }
        }
    }

    /// Safety: libcurl allows `curl_multi_wakeup` from any thread; all other uses are the engine
    /// thread's own, which replaces the handle only while it holds the lock.
    struct Multi: @unchecked Sendable {
        let handle: UnsafeMutableRawPointer
    }

    private let shared = Mutex(Shared())

    func run(_ exchange: Exchange) async throws(HTTPError) -> HTTPAnswer {
        let number = shared.withLock { shared in
            shared.lastNumber += 1
            return shared.lastNumber
        }
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { (completion: Completion) in
                start(number, exchange, completion)
            }
        } onCancel: {
            cancel(number)
        }
        shared.withLock { _ = $0.cancelledEarly.remove(number) }
        return try result.get()
    }

    func closeConnections() async {
        await withCheckedContinuation { continuation in
            let isRunning = shared.withLock { shared in
                if shared.isRunning { shared.tell(.closeConnections(continuation)) }
                return shared.isRunning
            }
            if !isRunning { continuation.resume() }
        }
    }

    func stop() {
        shared.withLock { if $0.isRunning { $0.tell(.stop) } }
    }

    private func start(_ number: Number, _ exchange: Exchange, _ completion: Completion) {
        let isCancelled = shared.withLock { shared in
            guard shared.cancelledEarly.remove(number) == nil else { return true }
            shared.live.insert(number)
            if !shared.isRunning {
                shared.isRunning = true
                launch()
            }
            shared.tell(.start(number, exchange, completion))
            return false
        }
        if isCancelled { completion.resume(returning: .failure(.cancelled)) }
    }

    private func cancel(_ number: Number) {
        shared.withLock { shared in
            if shared.live.contains(number) {
                shared.tell(.cancel(number))
            } else {
                shared.cancelledEarly.insert(number)
            }
        }
    }

    // MARK: - What the thread calls

    func takeCommands() -> [Command] {
        shared.withLock { shared in
            defer { shared.commands = [] }
            return shared.commands
        }
    }

    func ended(_ number: Number) {
        shared.withLock { _ = $0.live.remove(number) }
    }

    /// Makes the first multi handle, or exchanges the old one: the only way to close the
    /// connections that libcurl keeps.
    func replaceMulti() -> UnsafeMutableRawPointer {
        guard let fresh = curl_multi_init() else { fatalError("no memory for libcurl") }
        let old = shared.withLock { shared in
            let old = shared.multi
            shared.multi = Multi(handle: fresh)
            return old
        }
        if let old { curl_multi_cleanup(old.handle) }
        return fresh
    }

    func dropMulti() {
        let old = shared.withLock { shared in
            defer { shared.multi = nil }
            return shared.multi
        }
        if let old { curl_multi_cleanup(old.handle) }
    }

    private func launch() {
        guard libraryIsReady else { fatalError("libcurl does not start") }
        var thread = pthread_t()
        let context = Unmanaged.passRetained(self).toOpaque()
        let code = pthread_create(
            &thread, nil,
            { context in
                guard let context else { return nil }
                let engine = Unmanaged<CurlEngine>.fromOpaque(context).takeRetainedValue()
                CurlLoop(engine: engine).run()
                return nil
            }, context)
        guard code == 0 else { fatalError("no thread for libcurl: \(code)") }
        pthread_detach(thread)
    }
}

/// libcurl wants to be started once in a process; since 7.84 from any thread.
private let libraryIsReady = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK
