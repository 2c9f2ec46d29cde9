import ControlProtocol
import Logging
import Ports
import Receipts
import StationCore
import Synchronization

/// How it stands with the way to head office, as the uplink said it last.
final class LinkBoard: Sendable {
    struct Report: Equatable, Sendable {
        var state = StationStatus.Link.State.none
        /// Milliseconds of UTC since 1970.
        var lastContact: Int?
        var problem: String?
    }

    private let report = Mutex(Report())
    /// What the log has of the link; nil before the first attempt came to an end.
    private let logged = Mutex<Report?>(nil)
    private let logger: Logger

    init(logger: Logger) { self.logger = logger }

    var now: Report { report.withLock { $0 } }

    /// - Returns: Whether something changed that people see.
    func update(_ change: (inout Report) -> Void) -> Bool {
        let (before, after) = report.withLock { report in
            let before = report
            change(&report)
            return (before, report)
        }
        guard after.state != before.state || after.problem != before.problem else { return false }
        log(after, after: before.state)
        return true
    }

    /// A line where an attempt ended in another way than the one before it. That one is made, or
    /// that nothing is to be done, is no news of the link.
    private func log(_ report: Report, after before: StationStatus.Link.State) {
        let wasReached = before == .sending && report.state == .idle && report.problem == nil
        guard wasReached || report.state == .waiting || report.state == .refused else { return }
        let end = Report(state: report.state, problem: report.problem)
        let isNews = logged.withLock { logged in
            defer { logged = end }
            return logged != end
        }
        guard isNews else { return }
        switch end.state {
        case .refused:
            logger.error(
                "head office refuses",
                metadata: [LogKey.state: "refused", LogKey.error: "\(end.problem ?? "")"])
        case .waiting:
            logger.warning(
                "head office is not reached; it is tried again",
                metadata: [LogKey.state: "waiting", LogKey.error: "\(end.problem ?? "")"])
        case .idle, .sending, .none:
            logger.info("head office is reached", metadata: [LogKey.state: "reached"])
        }
    }

    func selfTest(at time: Int) -> SelfTest.Link {
        let report = now
        guard let last = report.lastContact else { return .neverTried }
        guard report.problem != nil else { return .good }
        return .broken(minutes: max(0, time - last) / 60_000)
    }
}
