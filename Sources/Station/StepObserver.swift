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

/// Is told of each step before the next one is taken.
public protocol StepObserver: Sendable {
    /// - Parameter entry: Sequence of the entry it is about; for the uplink the last one that is
    ///   sent or acknowledged, for a message its number.
    func reached(_ step: Step, entry: Int) async
}
