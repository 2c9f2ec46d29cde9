public import Logging
import Ports

/// The points of a trade, a print and an exchange between which a box may die. `(entry, step)`
/// names one of them.
public enum Step: String, CaseIterable, Sendable {
    // The workflow loop.
    case decided, committed, adopted
    // The printer's owner.
    case slipTaken, firstByte, lastByte, answered, slipRecorded
    // The uplink.
    case requestSent, answerRead, messageApplied
}

extension Step {
    /// What the number is that comes with the step.
    var numberKey: String {
        switch self {
        case .decided, .committed, .adopted, .slipTaken, .firstByte, .lastByte, .answered,
            .slipRecorded, .requestSent, .answerRead:
            LogKey.entry
        case .messageApplied: LogKey.message
        }
    }
}

/// Tells the steps to the log, at level debug.
public struct StepLog: StepObserver {
    private let logger: Logger

    public init(logger: Logger) { self.logger = logger }

    public func reached(_ step: Step, entry: Int) async {
        logger.debug(
            "step", metadata: [LogKey.step: "\(step.rawValue)", step.numberKey: "\(entry)"])
    }
}

/// Is told of each step before the next one is taken.
public protocol StepObserver: Sendable {
    /// - Parameter entry: Sequence of the entry it is about; for the uplink the last one that is
    ///   sent or acknowledged, for a message its number.
    func reached(_ step: Step, entry: Int) async
}
