/// One HTTP request; header names in any case.
public struct HTTPRequest: Sendable, Equatable {
    public let method: String
    /// Path and query, beginning with a slash.
    public let path: String
    public let headers: [HTTPHeader]
    public let body: [UInt8]

    public init(method: String, path: String, headers: [HTTPHeader] = [], body: [UInt8] = []) {
        self.method = method
        self.path = path
        self.headers = headers
        self.body = body
    }
}

public struct HTTPHeader: Sendable, Equatable {
    public let name: String
    public let value: String

    public init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}

public struct HTTPAnswer: Sendable, Equatable {
    public let status: Int
    public let headers: [HTTPHeader]
    public let body: [UInt8]

    public init(status: Int, headers: [HTTPHeader] = [], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// The first header of that name, whatever its case.
    public func header(_ name: String) -> String? {
        headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }
}

/// Where a request goes.
public enum HTTPDestination: Sendable, Hashable {
    /// TLS to a server that is trusted by the SHA-256 of its public key (SPKI) alone: one of
    /// `pins`, 32 bytes each, must match. No authority and no host name is asked; the dates of its
    /// certificate only where `time`, in milliseconds of UTC since 1970, is given.
    case pinned(host: String, port: Int, pins: [[UInt8]], time: Int? = nil)
    /// Plain HTTP over a Unix socket: the control socket.
    case unixSocket(path: String)
}

/// How long to wait, for one exchange.
public struct HTTPLimits: Sendable, Hashable {
    /// For the connection and the handshake.
    public let connect: Duration
    /// Without any byte going either way.
    public let stall: Duration
    /// For the whole exchange.
    public let total: Duration
    /// Bytes of an answer's body at the most; a longer one is refused.
    public let answerSizeMax: Int

    public init(connect: Duration, stall: Duration, total: Duration, answerSizeMax: Int) {
        self.connect = connect
        self.stall = stall
        self.total = total
        self.answerSizeMax = answerSizeMax
    }
}

public enum HTTPError: Error, Equatable, Sendable, CustomStringConvertible {
    /// No connection came about: the link is down or nobody listens.
    case unreachable(String)
    /// The server showed a key that is none of the pins.
    case untrusted
    /// The server's key is the right one, but its certificate is not valid at that time.
    case outOfDate
    /// The exchange broke off or took too long; whether the request arrived is not known.
    case interrupted(String)
    /// The answer is none, or too large.
    case malformed(String)
    case cancelled

    /// For people.
    public var description: String {
        switch self {
        case .unreachable(let why): "no connection: \(why)"
        case .untrusted: "the server's key is none of the pins"
        case .outOfDate: "the server's certificate is not valid now"
        case .interrupted(let why): "broke off: \(why)"
        case .malformed(let what): "malformed: \(what)"
        case .cancelled: "cancelled"
        }
    }
}

/// Sends one request and reads its whole answer. A connection is kept for the next request to the
/// same destination until `closeConnections`.
public protocol HTTPExchange: Sendable {
    func send(
        _ request: HTTPRequest, to destination: HTTPDestination, limits: HTTPLimits
    ) async throws(HTTPError) -> HTTPAnswer

    func closeConnections() async
}
