/// What one answer of a printer says; nil where this answer does not say (UnifiedPOS words).
public struct PrinterStatus: Hashable, Sendable {
    public enum Paper: String, CaseIterable, Sendable { case ok, nearEnd, out }
    public enum Cover: String, CaseIterable, Sendable { case open, closed }
    public enum Fault: String, CaseIterable, Sendable {
        case none, recoverable, cutter, unrecoverable
    }

    public var online: Bool?
    public var paper: Paper?
    public var cover: Cover?
    public var error: Fault?

    public init(
        online: Bool? = nil, paper: Paper? = nil, cover: Cover? = nil, error: Fault? = nil
    ) {
        self.online = online
        self.paper = paper
        self.cover = cover
        self.error = error
    }

    /// What is known after `answer` came on top of this.
    public func updated(by answer: PrinterStatus) -> PrinterStatus {
        PrinterStatus(
            online: answer.online ?? online, paper: answer.paper ?? paper,
            cover: answer.cover ?? cover, error: answer.error ?? error)
    }
}

/// What the counter says of a kind of device, and what the operator can do about it.
public enum DeviceCondition: String, CaseIterable, Sendable {
    /// None is plugged in.
    case absent
    /// Plugged in, not ready yet; the reason is in the log.
    case opening
    /// The system does not let us: a udev rule is missing.
    case permissionDenied
    /// Another program holds it.
    case inUse
    /// It speaks something that the station does not; another device is needed.
    case unsupported
    case ready
    case paperOut
    case coverOpen
    /// Ready, and the roll ends soon.
    case paperNearEnd
    case offline
    case faulty
}

public enum DeviceKind: String, CaseIterable, Sendable {
    case scanner, scale, printer
}
