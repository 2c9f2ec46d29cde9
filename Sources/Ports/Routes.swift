/// Tells when the box's ways into the network changed: an address or a route came or went.
///
/// What could not be reached a moment ago may be in reach now, so whoever waits to try again need
/// not wait any longer.
public protocol RouteWatch: Sendable {
    /// One element after each change, several close together may be one; ends where changes cannot
    /// be seen. Each call is a watch of its own, which ends with its stream.
    func changes() -> AsyncStream<Void>
}

/// For a box whose routes nobody watches: it tries again by time alone.
public struct UnwatchedRoutes: RouteWatch {
    public init() {}

    public func changes() -> AsyncStream<Void> { AsyncStream { $0.finish() } }
}
