internal import FoundationEssentials
internal import Ports
internal import Synchronization

/// One child's connection, as the world serves it.
final class WorldSession: Sendable {
    private struct State {
        var tasks: [Int: Task<Void, Never>] = [:]
        var handles: [Int: SimulatedUSBHandle] = [:]
        var nextHandle = 1
        var isFrozen = false
        var isOver = false
    }

    private let server: Weak
    private let socket: FrameSocket
    private let state = Mutex(State())

    /// A session ends with its socket, not with the server.
    private struct Weak: Sendable {
        weak let server: WorldServer?
    }

    init(server: WorldServer, socket: FrameSocket) {
        self.server = Weak(server: server)
        self.socket = socket
    }

    func start(ended: @escaping @Sendable () -> Void) {
        socket.start(
            receive: { [self] in receive($0) },
            ended: { [self] in
                finish()
                ended()
            })
    }

    func close() { socket.close() }

    var isFrozen: Bool { state.withLock { $0.isFrozen } }

    func freeze() {
        let handles = state.withLock { state in
            state.isFrozen = true
            return Array(state.handles.values)
        }
        for handle in handles { handle.closeNow() }
        server.server?.noteFreeze()
    }

    func answer(_ id: Int, _ reply: WorldReply) {
        guard let server = server.server, !isFrozen else { return }
        let answer = WorldAnswer(
            id: id, monotonic: server.monotonic.milliseconds,
            calendar: server.calendar.milliseconds,
            isSynchronized: server.calendar.isSynchronized, reply: reply)
        socket.send(WorldCoding.bytes(of: answer))
    }

    private func finish() {
        freeze()
        let tasks = state.withLock { state in
            state.isOver = true
            defer { state.tasks = [:] }
            return state.tasks
        }
        for task in tasks.values { task.cancel() }
    }

    private func receive(_ frame: [UInt8]) {
        guard let call = WorldCoding.message(WorldCall.self, of: frame) else {
            return socket.close()
        }
        if case .cancel(let request) = call.request {
            state.withLock { $0.tasks[request] }?.cancel()
            return
        }
        // Held while the task is noted, so that it cannot be over before.
        state.withLock { state in
            if state.isFrozen || state.isOver { return }
            state.tasks[call.id] = Task { [self] in
                await serve(call)
                self.state.withLock { _ = $0.tasks.removeValue(forKey: call.id) }
            }
        }
    }

    private func serve(_ call: WorldCall) async {
        guard let server = server.server else { return }
        switch call.request {
        case .hello:
            answer(call.id, .hello(bootID: server.bootID, isScripted: server.isScripted))
        case .events:
            for await event in server.bus.events() {
                switch event {
                case .arrived(let device): answer(call.id, .arrived(WireDevice(device)))
                case .left(let presence):
                    answer(call.id, .left(path: presence.path, address: presence.address))
                }
            }
        case .sleep(let deadline):
            do { try await server.monotonic.sleep(until: deadline) } catch {
                return answer(call.id, .failed(WireError(.cancelled)))
            }
            answer(call.id, .done)
        case .step(let entry, let name):
            let mayGo = await server.leave(WorldServer.Step(entry: entry, name: name))
            if mayGo { answer(call.id, .done) } else { freeze() }
        case .open(let path, let address):
            await open(call.id, USBPresence(path: path, address: address), server)
        case .cancel: break
        case .claim, .control, .startReports, .nextReports, .read, .write, .clearHalt, .close:
            await serveTransfer(call)
        }
    }

    private func open(_ id: Int, _ presence: USBPresence, _ server: WorldServer) async {
        do throws(PortError) {
            let device = try await server.bus.open(presence)
            guard let handle = device as? SimulatedUSBHandle else { throw .unexpected(code: 0) }
            let number = state.withLock { state -> Int? in
                if state.isFrozen { return nil }
                defer { state.nextHandle += 1 }
                state.handles[state.nextHandle] = handle
                return state.nextHandle
            }
            if let number { answer(id, .opened(handle: number)) }
        } catch {
            answer(id, .failed(WireError(error)))
        }
    }

    private func serveTransfer(_ call: WorldCall) async {
        do throws(PortError) {
            answer(call.id, try await transfer(call.request))
        } catch {
            answer(call.id, .failed(WireError(error)))
        }
    }

    private func transfer(_ request: WorldRequest) async throws(PortError) -> WorldReply {
        switch request {
        case .claim(let number, let interface, let alternateSetting):
            try await handle(number).claim(
                interface: interface, alternateSetting: alternateSetting)
            return .done
        case .control(let number, let setup, let data, let length, let limit):
            let answer = try await handle(number).control(
                setup.setup, data: Array(data), length: length, within: .milliseconds(limit))
            return .bytes(Data(answer))
        case .startReports(let number, let endpoint):
            try handle(number).startReports(endpoint: endpoint)
            return .done
        case .nextReports(let number, let endpoint, let length):
            return await reports(try handle(number), endpoint, length)
        case .read(let number, let endpoint, let count, let limit):
            let bytes = try await handle(number).read(
                endpoint: endpoint, atMost: count, within: .milliseconds(limit))
            return .bytes(Data(bytes))
        case .write(let number, let endpoint, let data, let limit):
            let written = await (try handle(number)).write(
                endpoint: endpoint, Array(data), within: .milliseconds(limit))
            return .written(count: written.count, failure: written.failure.map { WireError($0) })
        case .clearHalt(let number, let endpoint):
            try await handle(number).clearHalt(endpoint: endpoint)
            return .done
        case .close(let number):
            let handle = state.withLock { $0.handles.removeValue(forKey: number) }
            await handle?.close()
            return .done
        case .hello, .events, .open, .sleep, .step, .cancel:
            throw .unexpected(code: 0)
        }
    }

    private func handle(_ number: Int) throws(PortError) -> SimulatedUSBHandle {
        guard let handle = state.withLock({ $0.handles[number] }) else { throw .disconnected }
        return handle
    }

    /// Waits for one report and takes along what else is there.
    private func reports(
        _ handle: SimulatedUSBHandle, _ endpoint: UInt8, _ length: Int
    ) async -> WorldReply {
        switch await handle.nextReport(endpoint: endpoint, length: length) {
        case .bytes(let first):
            let rest = handle.waitingReports(endpoint: endpoint, atMost: reportCountMax - 1)
            return .reports(([first] + rest).map { Data($0) }, failure: nil)
        case .ended(let error): return .reports([], failure: WireError(error))
        case nil: return .reports([], failure: WireError(.cancelled))
        }
    }
}
