import Ports
import Synchronization

/// Reports between the pump of an endpoint and its one reader. When it is full the pump waits, and
/// with it the device: nothing is lost.
final class ReportQueue: Sendable {
    private struct State {
        var reports: [USBReport] = []
        var isOver = false
        var reader: CheckedContinuation<USBReport?, Never>?
        /// What the pump has in its hand while it waits for room.
        var held: (report: USBReport, pump: CheckedContinuation<Bool, Never>)?
    }
    private let state = Mutex(State())
    private let limit: Int

    init(limit: Int) {
        self.limit = limit
    }

    /// Waits for room; false when nobody reads any more or the task is cancelled.
    func push(_ report: USBReport) async -> Bool {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let (isTaken, reader) = state.withLock { state -> (Bool?, CheckedReader?) in
                    if state.isOver { return (false, nil) }
                    if let reader = state.reader.take() { return (true, reader) }
                    if state.reports.count < limit {
                        state.reports.append(report)
                        return (true, nil)
                    }
                    state.held = (report, continuation)
                    return (nil, nil)
                }
                reader?.resume(returning: report)
                if let isTaken { continuation.resume(returning: isTaken) }
            }
        } onCancel: {
            stop()
        }
    }

    /// Puts the last element behind the others; there is always room for it.
    func end(_ failure: PortError) {
        let reader = state.withLock { state -> CheckedReader? in
            if state.isOver { return nil }
            if let reader = state.reader.take() {
                state.isOver = true
                return reader
            }
            state.reports.append(.ended(failure))
            return nil
        }
        reader?.resume(returning: .ended(failure))
    }

    /// The next report; nil after `.ended` and after `stop`.
    func next() async -> USBReport? {
        await withCheckedContinuation { continuation in
            let (report, pump) = state.withLock { state -> (USBReport??, CheckedPump?) in
                if state.isOver { return (.some(nil), nil) }
                guard !state.reports.isEmpty else {
                    state.reader = continuation
                    return (nil, nil)
                }
                let report = state.reports.removeFirst()
                if case .ended = report { state.isOver = true }
                guard let held = state.held.take() else { return (report, nil) }
                state.reports.append(held.report)
                return (report, held.pump)
            }
            pump?.resume(returning: true)
            if let report { continuation.resume(returning: report) }
        }
    }

    /// Nobody reads any more.
    func stop() {
        let (reader, pump) = state.withLock { state in
            state.isOver = true
            state.reports = []
            return (state.reader.take(), state.held.take()?.pump)
        }
        reader?.resume(returning: nil)
        pump?.resume(returning: false)
    }
}

private typealias CheckedReader = CheckedContinuation<USBReport?, Never>
private typealias CheckedPump = CheckedContinuation<Bool, Never>

/// Holds a pump for as long as somebody holds the stream.
final class ReportSubscription: Sendable {
    private let queue: ReportQueue
    private let pump: Task<Void, Never>

    init(queue: ReportQueue, pump: Task<Void, Never>) {
        self.queue = queue
        self.pump = pump
    }

    deinit {
        stop()
    }

    func next() async -> USBReport? {
        await queue.next()
    }

    func stop() {
        queue.stop()
        pump.cancel()
    }
}
