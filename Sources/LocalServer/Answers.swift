import FoundationEssentials
import Hummingbird
import NIOCore

extension Response {
    static func page(_ page: HTML, status: HTTPResponse.Status = .ok) -> Response {
        Response(
            status: status, headers: [.contentType: "text/html; charset=utf-8"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: page.text)))
    }

    static func plain(_ text: String, status: HTTPResponse.Status = .ok) -> Response {
        Response(
            status: status, headers: [.contentType: "text/plain; charset=utf-8"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }

    static func asset(_ bytes: [UInt8], type: String) -> Response {
        Response(
            status: .ok, headers: [.contentType: type],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    }

    static func json(
        _ value: some Encodable, status: HTTPResponse.Status = .ok
    ) throws -> Response {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return Response(
            status: status, headers: [.contentType: "application/json"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: try encoder.encode(value))))
    }

    /// To a page of this server, by GET.
    static func seeOther(_ path: String) -> Response {
        Response(status: .seeOther, headers: [.location: path])
    }

    /// A cookie of this browser session, out of reach of scripts and of other sites.
    mutating func setCookie(_ name: String, _ value: String) {
        setCookie(
            Cookie(name: name, value: value, path: "/", httpOnly: true, sameSite: .strict))
    }
}

extension Request {
    /// The body as a form; a longer one than the door takes is refused.
    func form() async throws -> Form {
        Form(Array(buffer: try await body.collect(upTo: DoorContext.bodySizeMax)))
    }
}
