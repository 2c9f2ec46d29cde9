import ControlProtocol
import Glibc
import Hummingbird
import NIOCore

/// What a request came through: the pages' address or the control socket.
struct DoorContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    let channel: any Channel

    init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        channel = source.channel
    }

    /// Bytes of a request's body.
    static let bodySizeMax = 8_192
    var maxUploadSize: Int { Self.bodySizeMax }

    var isControl: Bool {
        if case .unixDomainSocket = channel.localAddress { true } else { false }
    }
}

/// Lets in who may come in, and says to every browser what it may do with the answer.
struct Door: RouterMiddleware {
    typealias Context = DoorContext

    /// Origins that may show the pages inside their own.
    let embeddingOrigins: [String]

    func handle(
        _ request: Request, context: DoorContext,
        next: (Request, DoorContext) async throws -> Response
    ) async throws -> Response {
        var response: Response
        do {
            response = try await admit(request, context, next)
        } catch let error as HTTPError {
            response = .plain(error.body ?? "\(error.status)\n", status: error.status)
        }
        response.headers[.cacheControl] = "no-store"
        response.headers[.contentSecurityPolicy] = policy
        response.headers[.xContentTypeOptions] = "nosniff"
        if let name = HTTPFields.Element.Name("Referrer-Policy") {
            response.headers[name] = "same-origin"
        }
        return response
    }

    private func admit(
        _ request: Request, _ context: DoorContext,
        _ next: (Request, DoorContext) async throws -> Response
    ) async throws -> Response {
        let isControlPath = request.uri.path.hasPrefix("/control/")
        guard isControlPath == context.isControl else { throw HTTPError(.notFound) }
        if context.isControl {
            guard Self.mayControl(try await Self.peer(of: context.channel)) else {
                return try Response.json(
                    ControlAnswer(
                        isDone: false,
                        text: "the control socket takes root and the service's own user only"),
                    status: .forbidden)
            }
        } else {
            guard let address = context.channel.localAddress, let port = address.port,
                Self.isOwn(host: request.head.authority, ip: address.ipAddress, port: port)
            else { throw HTTPError(.misdirectedRequest, message: "unknown host\n") }
        }
        return try await next(request, context)
    }

    /// Everything from this server, nothing inline, no frame around it but a named one.
    private var policy: String {
        let ancestors =
            embeddingOrigins.isEmpty ? "'none'" : embeddingOrigins.joined(separator: " ")
        return "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
            + "img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors \(ancestors)"
    }

    /// A page of somewhere else that had its name point at this machine is not ours: only the
    /// names of loopback are taken, and the number that the connection was made to.
    static func isOwn(host: String?, ip: String?, port: Int) -> Bool {
        guard let host else { return false }
        return ["127.0.0.1", "localhost", "[::1]", ip].contains { name in
            guard let name else { return false }
            return host == "\(name):\(port)" || (port == 80 && host == name)
        }
    }

    /// Root, or whom the service runs as.
    static func mayControl(_ user: uid_t, own: uid_t = geteuid()) -> Bool {
        user == 0 || user == own
    }

    /// `struct ucred` of the kernel, which the C library keeps behind a switch.
    private struct Credentials {
        let process: pid_t
        let user: uid_t
        let group: gid_t
    }

    /// The user at the other end of a Unix socket, as the kernel knows it.
    static func peer(of channel: any Channel) async throws -> uid_t {
        guard let provider = channel as? any SocketOptionProvider else {
            throw HTTPError(.forbidden)
        }
        let credentials: Credentials = try await provider.unsafeGetSocketOption(
            level: SocketOptionLevel(SOL_SOCKET), name: SocketOptionName(SO_PEERCRED)
        ).get()
        return credentials.user
    }
}
