import ControlProtocol
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

    var now: Report { report.withLock { $0 } }

    /// - Returns: Whether something changed that people see.
    func update(_ change: (inout Report) -> Void) -> Bool {
        report.withLock { report in
            let before = report
            change(&report)
            return report.state != before.state || report.problem != before.problem
        }
    }

    func selfTest(at time: Int) -> SelfTest.Link {
        let report = now
        guard let last = report.lastContact else { return .neverTried }
        guard report.problem != nil else { return .good }
        return .broken(minutes: max(0, time - last) / 60_000)
    }
}
