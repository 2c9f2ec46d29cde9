public import Ports

/// HTTP/1.1 by libcurl, one thread for all exchanges. TLS is 1.3, trusted by pins alone; redirects
/// are not followed, proxies of the environment are not asked.
///
/// No thread runs before the first exchange, and an idle one sleeps without a timer.
public final class CurlExchange: HTTPExchange {
    /// Bytes of a request that the kernel may hold unsent. What waits with us can still be given
    /// up when the link is cut; what the kernel holds would be sent again for nothing.
    public static let unsentByteCountMax = 4_096

    private let engine = CurlEngine()

    public init() {}

    deinit { engine.stop() }

    public func send(
        _ request: HTTPRequest, to destination: HTTPDestination, limits: HTTPLimits
    ) async throws(HTTPError) -> HTTPAnswer {
        try await engine.run(Exchange(request: request, destination: destination, limits: limits))
    }

    /// Ends the exchanges under way as `.cancelled` and closes every connection that is kept.
    public func closeConnections() async {
        await engine.closeConnections()
    }
}

/// What is asked of one exchange.
struct Exchange: Sendable {
    let request: HTTPRequest
    let destination: HTTPDestination
    let limits: HTTPLimits
}
