import FoundationEssentials
import Hummingbird
import Logging
import NIOCore
import ServiceLifecycle
import Simulators
import Texts

/// Serves the panel on loopback.
struct PanelServer {
    let demo: DemoWorld
    let port: Int
    let logger: Logger

    func service() -> any Service {
        Application(
            router: router(),
            configuration: ApplicationConfiguration(
                address: .hostname("127.0.0.1", port: port), serverName: nil),
            logger: logger)
    }

    private func router() -> Router<BasicRequestContext> {
        let router = Router()
        router.add(middleware: OwnHostOnly(port: port))
        router.get("/") { [demo] _, _ in
            html(PanelPage(demo: demo).whole())
        }
        router.get("/panel.css") { _, _ in
            response(PanelAssets.style, "text/css; charset=utf-8")
        }
        router.get("/panel.js") { _, _ in
            response(PanelAssets.script, "text/javascript; charset=utf-8")
        }
        router.get("/panel.svg") { _, _ in response(PanelAssets.icon, "image/svg+xml") }
        router.get("/events") { [demo] request, _ in
            let last = request.uri.queryParameters["after"].flatMap { Int($0) } ?? 0
            return Response(
                status: .ok,
                headers: [.contentType: "text/event-stream", .cacheControl: "no-store"],
                body: ResponseBody { writer in
                    let events = PanelEvents(demo: demo, lastStrip: last)
                    try await events.write(to: &writer)
                })
        }
        router.post("/do") { [demo] request, context in
            try await act(request, context, demo)
        }
        return router
    }

    private func act(
        _ request: Request, _ context: BasicRequestContext, _ demo: DemoWorld
    ) async throws -> Response {
        let body = try await request.body.collect(upTo: bodySizeMax)
        var form = try URLEncodedFormDecoder().decode(
            WorldAction.Form.self, from: String(buffer: body))
        if let value = request.uri.queryParameters["value"] { form.value = String(value) }
        guard let action = WorldAction(form) else {
            return response(
                WorldText.cannot.text(in: demo.language), "text/plain; charset=utf-8", .badRequest)
        }
        let said = await demo.perform(action).text(in: demo.language)
        let wantsText = request.headers[.accept] == "text/plain"
        if wantsText { return response(said, "text/plain; charset=utf-8") }
        return Response(status: .seeOther, headers: [.location: "/"])
    }
}

/// A scanned text of the greatest length, each byte as three.
private let bodySizeMax = 8_192

private func html(_ page: Markup) -> Response {
    var answer = response(page.text, "text/html; charset=utf-8")
    answer.headers[.contentSecurityPolicy] =
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; "
        + "form-action 'self'; frame-src http://127.0.0.1:*; base-uri 'none'; "
        + "frame-ancestors 'none'"
    return answer
}

private func response(
    _ text: String, _ type: String, _ status: HTTPResponse.Status = .ok
) -> Response {
    Response(
        status: status,
        headers: [.contentType: type, .cacheControl: "no-store", .xContentTypeOptions: "nosniff"],
        body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
}

/// A page from somewhere else cannot reach the world through its visitor's browser.
private struct OwnHostOnly: RouterMiddleware {
    let port: Int

    func handle(
        _ request: Request, context: BasicRequestContext,
        next: (Request, BasicRequestContext) async throws -> Response
    ) async throws -> Response {
        let names = ["127.0.0.1:\(port)", "localhost:\(port)"]
        guard let host = request.head.authority, names.contains(host) else {
            throw HTTPError(.misdirectedRequest)
        }
        let origins = names.map { "http://\($0)" }
        if let origin = request.headers[.origin], !origins.contains(origin) {
            throw HTTPError(.forbidden)
        }
        return try await next(request, context)
    }
}

/// Tells one page what changed, until it is closed.
private struct PanelEvents {
    struct Change: Encodable {
        var id: String?
        var strip: Int?
        let html: String
    }

    let demo: DemoWorld
    /// What the page has already.
    let lastStrip: Int

    func write(to writer: inout any ResponseBodyWriter) async throws {
        var shown: [String: Markup] = [:]
        var lastStrip = lastStrip
        while true {
            let page = PanelPage(demo: demo)
            var changes: [Change] = []
            for (id, content) in page.fragments() where shown[id] != content {
                shown[id] = content
                changes.append(Change(id: id, html: content.text))
            }
            for strip in page.strips.reversed() where strip.number > lastStrip {
                lastStrip = strip.number
                changes.append(
                    Change(strip: strip.number, html: page.piece(strip).text))
            }
            for change in changes {
                let data = try JSONEncoder().encode(change)
                try await writer.write(
                    ByteBuffer(string: "data: \(String(decoding: data, as: UTF8.self))\n\n"))
            }
            try await cancelWhenGracefulShutdown { try await Task.sleep(for: lookInterval) }
        }
    }
}

/// Between two looks at the world while a page is open: as quick as an eye.
private let lookInterval = Duration.milliseconds(200)
