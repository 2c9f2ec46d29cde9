internal import Glibc
internal import Ports
internal import Synchronization

/// Moves the bytes of a `SimulatedLink` on its own thread.
struct LinkPump {
    /// One way of a connection: bytes that were read, to be written when their time has come.
    private struct Pipe {
        let from: Int32
        let to: Int32
        let direction: SimulatedLink.Direction
        var waiting: [(due: Int, bytes: ArraySlice<UInt8>)] = []
        var waitingCount = 0
        var isAtEnd = false
        var hasPassedEnd = false

        var wantsBytes: Bool { !isAtEnd && waitingCount < waitingCountMax }
    }

    private struct Connection {
        var up: Pipe
        var down: Pipe
        /// Whether the last byte forwarded went down.
        var isAnswering = false
        var isBroken = false

        var isOver: Bool { isBroken || up.hasPassedEnd && down.hasPassedEnd }
    }

    private struct Budget {
        var bytes = 0.0

        mutating func grow(by milliseconds: Int, bytesPerSecond: Int?) {
            guard let bytesPerSecond else { return bytes = .infinity }
            let share = Double(bytesPerSecond) / 1_000
            let most = max(share * 100, 64)
            bytes = min((bytes.isFinite ? bytes : 0) + share * Double(milliseconds), most)
        }
    }

    private let listener: Int32
    private let wake: Int32
    private let target: Int
    private let shared: SimulatedLink.Shared
    private var connections: [Connection] = []
    private var up = Budget()
    private var down = Budget()
    private var lastTurn = now()

    init(listener: Int32, wake: Int32, target: Int, shared: SimulatedLink.Shared) {
        self.listener = listener
        self.wake = wake
        self.target = target
        self.shared = shared
    }

    mutating func run() {
        let shared = shared
        while true {
            let plan = shared.plan.withLock { $0 }
            if plan.isClosing { break }
            waitForBytes(plan)
            shared.plan.withLock { turn(&$0) }
        }
        for connection in connections { close(connection) }
        Glibc.close(listener)
        Glibc.close(wake)
    }

    /// Sleeps until bytes come, an order comes, or waiting bytes may be due.
    private func waitForBytes(_ plan: SimulatedLink.Plan) {
        let isOpen = plan.quality == .open
        var descriptors = [pollfd(fd: wake, events: Int16(POLLIN), revents: 0)]
        descriptors.append(
            pollfd(fd: plan.quality == .silent ? -1 : listener, events: Int16(POLLIN), revents: 0))
        for connection in connections {
            for pipe in [connection.up, connection.down] where isOpen && pipe.wantsBytes {
                descriptors.append(pollfd(fd: pipe.from, events: Int16(POLLIN), revents: 0))
            }
        }
        let isWaiting =
            isOpen
            && connections.contains { connection in
                connection.up.waitingCount + connection.down.waitingCount > 0
            }
        _ = poll(&descriptors, nfds_t(descriptors.count), isWaiting ? tick : idle)
        var drained = [UInt8](repeating: 0, count: 64)
        while Glibc.read(wake, &drained, drained.count) > 0 {}
    }

    private mutating func turn(_ plan: inout SimulatedLink.Plan) {
        let time = now()
        up.grow(by: time - lastTurn, bytesPerSecond: plan.shape.bytesPerSecond)
        down.grow(by: time - lastTurn, bytesPerSecond: plan.shape.bytesPerSecond)
        lastTurn = time
        if plan.quality != .silent { accept(&plan) }
        if plan.quality == .refused { breakAll() }
        for index in connections.indices {
            guard plan.quality == .open else { break }
            read(&connections[index].up, delay: plan.shape.delay)
            read(&connections[index].down, delay: plan.shape.delay)
            forwardUp(index, &plan)
            if plan.quality == .open { forwardDown(index, &plan) }
        }
        for connection in connections where connection.isOver { close(connection) }
        connections.removeAll(where: \.isOver)
    }

    private mutating func accept(_ plan: inout SimulatedLink.Plan) {
        while true {
            let client = Glibc.accept(listener, nil, nil)
            if client < 0 { return }
            makeOwn(client)
            guard plan.quality == .open, let server = connectToTarget() else {
                reset(client)
                continue
            }
            plan.counts.connections += 1
            connections.append(
                Connection(
                    up: Pipe(from: client, to: server, direction: .up),
                    down: Pipe(from: server, to: client, direction: .down)))
        }
    }

    private func connectToTarget() -> Int32? {
        let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        let descriptor = socket(AF_INET, kind, 0)
        guard descriptor >= 0 else { return nil }
        var address = loopbackAddress(port: target)
        let isConnected = withUnsafePointer(to: &address) { address in
            address.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                connect(descriptor, address, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        guard isConnected else {
            Glibc.close(descriptor)
            return nil
        }
        makeOwn(descriptor)
        var isOn: Int32 = 1
        setsockopt(
            descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &isOn,
            socklen_t(MemoryLayout<Int32>.size))
        return descriptor
    }

    private func read(_ pipe: inout Pipe, delay: Duration) {
        var buffer = [UInt8](repeating: 0, count: readSizeMax)
        while pipe.wantsBytes {
            let count = Glibc.read(pipe.from, &buffer, buffer.count)
            if count > 0 {
                let due = now() + delay.inMilliseconds
                pipe.waiting.append((due: due, bytes: buffer.prefix(count)))
                pipe.waitingCount += count
            } else {
                if count == 0 || errno != EAGAIN { pipe.isAtEnd = true }
                return
            }
        }
    }

    private mutating func forwardUp(_ index: Int, _ plan: inout SimulatedLink.Plan) {
        let hasBytes = connections[index].up.waiting.first.map { $0.due <= now() } ?? false
        if hasBytes, case .afterAnswers(let left) = plan.cut {
            let leftNow = connections[index].isAnswering ? left - 1 : left
            if leftNow <= 0 { return meetCut(&plan) }
            plan.cut = .afterAnswers(leftNow)
        }
        let count = Self.forward(&connections[index].up, &up, &plan)
        if count > 0 { connections[index].isAnswering = false }
        plan.counts.up += count
        meetCutIfDue(&plan)
    }

    private mutating func forwardDown(_ index: Int, _ plan: inout SimulatedLink.Plan) {
        let count = Self.forward(&connections[index].down, &down, &plan)
        if count > 0 && !connections[index].isAnswering {
            connections[index].isAnswering = true
            plan.counts.answers += 1
        }
        plan.counts.down += count
        meetCutIfDue(&plan)
    }

    /// Writes what is due and allowed.
    /// - Returns: bytes that went; they end where a cut is due.
    private static func forward(
        _ pipe: inout Pipe, _ budget: inout Budget, _ plan: inout SimulatedLink.Plan
    ) -> Int {
        var total = 0
        while let first = pipe.waiting.first, first.due <= now(), budget.bytes >= 1 {
            var allowed = first.bytes.count
            if budget.bytes.isFinite { allowed = min(allowed, Int(budget.bytes)) }
            var left: Int?
            if case .afterBytes(let bytes, pipe.direction) = plan.cut {
                left = bytes
                allowed = min(allowed, max(bytes, 0))
            }
            let count = allowed == 0 ? 0 : send(first.bytes.prefix(allowed), to: pipe.to)
            if count < 0 {
                pipe.isAtEnd = true
                pipe.waiting = []
                pipe.waitingCount = 0
                break
            }
            total += count
            budget.bytes -= Double(count)
            pipe.waitingCount -= count
            if count == first.bytes.count {
                pipe.waiting.removeFirst()
            } else {
                pipe.waiting[0].bytes = first.bytes.dropFirst(count)
            }
            if let left {
                plan.cut = .afterBytes(left - count, pipe.direction)
                if left - count <= 0 { return total }
            }
            if count < allowed { break }
        }
        if pipe.isAtEnd && pipe.waiting.isEmpty && !pipe.hasPassedEnd {
            pipe.hasPassedEnd = true
            shutdown(pipe.to, Int32(SHUT_WR))
        }
        return total
    }

    private mutating func meetCutIfDue(_ plan: inout SimulatedLink.Plan) {
        if case .afterBytes(let left, _) = plan.cut, left <= 0 { meetCut(&plan) }
    }

    private mutating func meetCut(_ plan: inout SimulatedLink.Plan) {
        plan.cut = nil
        plan.counts.cuts += 1
        plan.quality = plan.qualityAfterCut
        if plan.quality != .silent { breakAll() }
    }

    private mutating func breakAll() {
        for index in connections.indices { connections[index].isBroken = true }
    }

    private func close(_ connection: Connection) {
        if connection.isBroken {
            reset(connection.up.from)
            reset(connection.up.to)
        } else {
            Glibc.close(connection.up.from)
            Glibc.close(connection.up.to)
        }
    }
}

private let readSizeMax = 16_384
/// Beyond it the sender waits, as at a modem whose queue is full.
private let waitingCountMax = 65_536
/// Milliseconds between looks while bytes wait for their time or their turn.
private let tick: Int32 = 2
/// Milliseconds without any sign; each order wakes the thread anyway.
private let idle: Int32 = 10_000

/// Ends a connection so that the other end sees an error, not an end.
private func reset(_ descriptor: Int32) {
    var linger = linger(l_onoff: 1, l_linger: 0)
    setsockopt(
        descriptor, SOL_SOCKET, SO_LINGER, &linger,
        socklen_t(MemoryLayout.size(ofValue: linger)))
    Glibc.close(descriptor)
}

/// - Returns: bytes that the socket took, or -1 when it is broken.
private func send(_ bytes: ArraySlice<UInt8>, to descriptor: Int32) -> Int {
    let count = bytes.withUnsafeBytes { bytes in
        Glibc.send(descriptor, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
    }
    if count < 0 { return errno == EAGAIN ? 0 : -1 }
    return count
}

private func now() -> Int { RunningClock().milliseconds }
