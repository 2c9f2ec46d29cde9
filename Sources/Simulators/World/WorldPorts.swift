internal import FoundationEssentials
internal import Ports
internal import Synchronization

/// The world's bus, reached over its socket.
struct WorldBus: USBBus {
    let client: WorldClient

    func events() -> AsyncStream<USBBusEvent> { client.events() }

    func open(_ presence: USBPresence) async throws(PortError) -> any USBDevice {
        switch await client.call(.open(path: presence.path, address: presence.address)) {
        case .opened(let handle): return WorldDevice(client: client, handle: handle)
        case .failed(let failure): throw failure.error
        default: throw .unexpected(code: strangeAnswer)
        }
    }
}

/// A device that the world has opened for us.
struct WorldDevice: USBDevice {
    let client: WorldClient
    let handle: Int

    func claim(interface number: UInt8, alternateSetting: UInt8?) async throws(PortError) {
        try expectDone(
            await client.call(
                .claim(handle: handle, interface: number, alternateSetting: alternateSetting)))
    }

    func control(
        _ setup: USBSetup, data: [UInt8], length: Int, within limit: Duration
    ) async throws(PortError) -> [UInt8] {
        try expectBytes(
            await client.call(
                .control(
                    handle: handle, setup: WireSetup(setup), data: Data(data), length: length,
                    limit: limit.inMilliseconds)))
    }

    func reports(endpoint: UInt8, length: Int) -> AsyncStream<USBReport> {
        let feed = ReportFeed()
        return AsyncStream(unfolding: { [client, handle] in
            if let report = feed.next() { return report }
            if feed.hasEnded { return nil }
            if !feed.hasStarted {
                feed.start()
                let reply = await client.call(.startReports(handle: handle, endpoint: endpoint))
                if case .failed(let failure) = reply {
                    feed.take([], failure.error)
                    return feed.next()
                }
            }
            let reply = await client.call(
                .nextReports(handle: handle, endpoint: endpoint, length: length))
            switch reply {
            case .reports(let reports, let failure):
                feed.take(reports.map { Array($0) }, failure?.error)
            case .failed(let failure): feed.take([], failure.error)
            default: feed.take([], .unexpected(code: strangeAnswer))
            }
            return Task.isCancelled ? nil : feed.next()
        })
    }

    func read(
        endpoint: UInt8, atMost count: Int, within limit: Duration
    ) async throws(PortError) -> [UInt8] {
        try expectBytes(
            await client.call(
                .read(
                    handle: handle, endpoint: endpoint, count: count,
                    limit: limit.inMilliseconds)))
    }

    func write(endpoint: UInt8, _ bytes: [UInt8], within limit: Duration) async -> USBWritten {
        let reply = await client.call(
            .write(
                handle: handle, endpoint: endpoint, data: Data(bytes),
                limit: limit.inMilliseconds))
        switch reply {
        case .written(let count, let failure):
            return USBWritten(count: count, failure: failure?.error)
        case .failed(let failure): return USBWritten(count: 0, failure: failure.error)
        default: return USBWritten(count: 0, failure: .unexpected(code: strangeAnswer))
        }
    }

    func clearHalt(endpoint: UInt8) async throws(PortError) {
        try expectDone(await client.call(.clearHalt(handle: handle, endpoint: endpoint)))
    }

    func close() async {
        _ = await client.call(.close(handle: handle))
    }

    private func expectDone(_ reply: WorldReply) throws(PortError) {
        switch reply {
        case .done: return
        case .failed(let failure): throw failure.error
        default: throw .unexpected(code: strangeAnswer)
        }
    }

    private func expectBytes(_ reply: WorldReply) throws(PortError) -> [UInt8] {
        switch reply {
        case .bytes(let data): return Array(data)
        case .failed(let failure): throw failure.error
        default: throw .unexpected(code: strangeAnswer)
        }
    }
}

/// Reports that came together and are handed out one by one.
private final class ReportFeed: Sendable {
    private struct State {
        var waiting: [USBReport] = []
        var hasStarted = false
        var hasEnded = false
    }

    private let state = Mutex(State())

    var hasStarted: Bool { state.withLock { $0.hasStarted } }
    var hasEnded: Bool { state.withLock { $0.hasEnded } }

    func start() { state.withLock { $0.hasStarted = true } }

    func take(_ reports: [[UInt8]], _ failure: PortError?) {
        state.withLock { state in
            state.waiting += reports.map { .bytes($0) }
            if let failure {
                state.waiting.append(.ended(failure))
                state.hasEnded = true
            }
        }
    }

    func next() -> USBReport? {
        state.withLock { $0.waiting.isEmpty ? nil : $0.waiting.removeFirst() }
    }
}

/// The world's script of time, as far as its last word told.
struct WorldMonotonic: MonotonicClock {
    let client: WorldClient

    var milliseconds: Int { client.monotonic }

    func sleep(until deadline: Int) async throws(CancellationError) {
        if case .done = await client.call(.sleep(until: deadline)) { return }
        throw CancellationError()
    }
}

struct WorldCalendar: CalendarClock {
    let client: WorldClient

    var milliseconds: Int { client.calendar }
    var isSynchronized: Bool { client.isSynchronized }
}

/// The world said something else than the question allows: the two ends are not of one build.
private let strangeAnswer: Int32 = -71
