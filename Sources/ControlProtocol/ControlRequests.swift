/// Paths of the control socket and what is sent there; every answer but `status` is a
/// `ControlAnswer`.
public enum ControlPath {
    /// The socket's name in the daemon's runtime directory.
    public static let socketName = "control.sock"

    /// GET: a `StationStatus`.
    public static let status = "/control/status"
    /// POST: an `EnrolRequest`.
    public static let enrol = "/control/enrol"
    /// POST: a `ClockRequest`.
    public static let clock = "/control/clock"
    /// POST, no body: asks head office now.
    public static let sync = "/control/sync"
    /// POST: a `PrintRequest`.
    public static let print = "/control/print"
}

public struct EnrolRequest: Codable, Hashable, Sendable {
    /// As head office printed it: `VK09...`.
    public let code: String

    public init(code: String) { self.code = code }
}

public struct ClockRequest: Codable, Hashable, Sendable {
    /// Milliseconds of UTC since 1970.
    public let time: Int

    public init(time: Int) { self.time = time }
}

/// What the technician has printed. None of it moves money.
public enum PrintRequest: Codable, Hashable, Sendable {
    /// The self-test: what is there, what is missing, the next step.
    case test
    /// The commands and number keys; `renew` draws a new secret, so that older sheets do nothing.
    case sheet(renew: Bool)
    /// A new badge of an operator, 1 to 99; the one before is void and the PIN is set anew.
    case badge(operatorNumber: Int)
    /// A card for a new villager, or a further one for a villager who is registered.
    case card(villager: Int?)
}

/// What came of a request.
public struct ControlAnswer: Codable, Hashable, Sendable {
    /// False: nothing was changed.
    public let isDone: Bool
    /// One English sentence: what was done, or what was wrong and what is allowed.
    public let text: String
    /// The number of the entry that was written, where one was.
    public let entry: Int?

    public init(isDone: Bool, text: String, entry: Int? = nil) {
        self.isDone = isDone
        self.text = text
        self.entry = entry
    }
}
