/// What can go wrong at a seam, as far as the caller would act differently.
///
/// Each implementation maps its result codes here once; nothing above knows a library's numbers.
public enum PortError: Error, Equatable, Sendable {
    /// The device left, or is leaving: close it and wait for its next arrival. A transfer that
    /// ends with an error because the plug is being pulled is told as this too.
    case disconnected
    /// Nothing happened within the time that was given; the device may be well.
    case timedOut
    /// The endpoint refused (a USB stall). For a control request: it is not supported.
    case stalled
    /// Somebody else holds it: try again later and say so.
    case busy
    /// The system does not let us: a udev rule is missing.
    case permissionDenied
    /// The device sent more than was asked for.
    case overflow
    /// The caller gave up.
    case cancelled
    /// Anything else, with the library's own code for the log.
    case unexpected(code: Int32)
}
