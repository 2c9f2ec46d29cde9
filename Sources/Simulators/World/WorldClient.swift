internal import FoundationEssentials
public import Ports
internal import Synchronization

/// The child's end of the socket: a bus, clocks and a step observer that are the world's.
public final class WorldClient: Sendable {
    private struct State {
        var nextCall = 1
        var waiting: [Int: CheckedContinuation<WorldReply, Never>] = [:]
        var events: (id: Int, continuation: AsyncStream<USBBusEvent>.Continuation)?
        var isOver = false
        var monotonic = 0
        var calendar = 0
        var isSynchronized = false
        var bootID = ""
        var isScripted = false
    }

    private let socket: FrameSocket
    private let state = Mutex(State())
    private let over = Signal()

    /// Nil where no world listens at `path`.
    public static func connect(to path: String) async -> WorldClient? {
        guard let socket = FrameSocket(connectingTo: path) else { return nil }
        let client = WorldClient(socket: socket)
        socket.start(receive: { client.receive($0) }, ended: { client.end() })
        guard case .hello(let bootID, let isScripted) = await client.call(.hello) else {
            socket.close()
            return nil
        }
        client.state.withLock { state in
            state.bootID = bootID
            state.isScripted = isScripted
        }
        return client
    }

    private init(socket: FrameSocket) { self.socket = socket }

    deinit { socket.close() }

    public func close() { socket.close() }

    /// Returns when the world is gone.
    public func waitUntilOver() async {
        while !Task.isCancelled {
            let seen = over.version
            if state.withLock({ $0.isOver }) { return }
            await over.wait(beyond: seen)
        }
    }

    public var bus: any USBBus { WorldBus(client: self) }

    /// The world's script, where it has one, else the machine's own time.
    public var clocks: Clocks {
        let (bootID, isScripted) = state.withLock { ($0.bootID, $0.isScripted) }
        if isScripted {
            return Clocks(
                monotonic: WorldMonotonic(client: self), calendar: WorldCalendar(client: self),
                bootID: bootID)
        }
        return Clocks(monotonic: RunningClock(), calendar: RunningCalendar(), bootID: bootID)
    }

    /// Asks for leave to take a step. It may never be given: then the process is about to be
    /// killed.
    public func step(entry: Int?, name: String) async {
        _ = await call(.step(entry: entry, name: name))
    }

    // MARK: Calls

    var monotonic: Int { state.withLock { $0.monotonic } }
    var calendar: Int { state.withLock { $0.calendar } }
    var isSynchronized: Bool { state.withLock { $0.isSynchronized } }

    /// Sends a request and waits for its answer; a cancelled one is answered as well, so that what
    /// it did is known.
    func call(_ request: WorldRequest) async -> WorldReply {
        let id = nextCall()
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    if !state.isOver { state.waiting[id] = continuation }
                    return state.isOver
                }
                if isOver {
                    return continuation.resume(returning: .failed(WireError(.disconnected)))
                }
                send(id, request)
                if Task.isCancelled { send(0, .cancel(request: id)) }
            }
        } onCancel: {
            send(0, .cancel(request: id))
        }
    }

    func events() -> AsyncStream<USBBusEvent> {
        let (stream, continuation) = AsyncStream.makeStream(
            of: USBBusEvent.self, bufferingPolicy: .bufferingOldest(1_024))
        let id = nextCall()
        let isOver = state.withLock { state in
            state.events?.continuation.finish()
            state.events = (id, continuation)
            return state.isOver
        }
        if isOver { continuation.finish() } else { send(id, .events) }
        return stream
    }

    private func nextCall() -> Int {
        state.withLock { state in
            defer { state.nextCall += 1 }
            return state.nextCall
        }
    }

    private func send(_ id: Int, _ request: WorldRequest) {
        socket.send(WorldCoding.bytes(of: WorldCall(id: id, request: request)))
    }

    private func note(_ answer: WorldAnswer) {
        state.withLock { state in
            state.monotonic = max(state.monotonic, answer.monotonic)
            state.calendar = answer.calendar
            state.isSynchronized = answer.isSynchronized
        }
    }

    private func receive(_ frame: [UInt8]) {
        guard let answer = WorldCoding.message(WorldAnswer.self, of: frame) else {
            return socket.close()
        }
        note(answer)
        let events = state.withLock { $0.events }
        switch answer.reply {
        case .arrived(let device) where events?.id == answer.id:
            if let description = device.description {
                events?.continuation.yield(.arrived(description))
            }
        case .left(let path, let address) where events?.id == answer.id:
            events?.continuation.yield(.left(USBPresence(path: path, address: address)))
        default:
            state.withLock { $0.waiting.removeValue(forKey: answer.id) }?
                .resume(returning: answer.reply)
        }
    }

    private func end() {
        let (waiting, events) = state.withLock { state in
            state.isOver = true
            defer {
                state.waiting = [:]
                state.events = nil
            }
            return (state.waiting, state.events)
        }
        events?.continuation.finish()
        for continuation in waiting.values {
            continuation.resume(returning: .failed(WireError(.disconnected)))
        }
        over.raise()
    }
}
