import FoundationEssentials
import Hummingbird
import NIOCore
import ServiceLifecycle
import StationCore
import Synchronization

/// What a page replaces in itself.
struct Patch: Encodable {
    struct Region: Encodable {
        let version: String
        let html: String
    }

    let revision: Int
    /// Of a touch; true in events.
    let accepted: Bool
    let regions: [String: Region]

    /// - Parameter known: Versions that the page has; what did not change is left out.
    init(of regions: CounterRegions, accepted: Bool = true, known: [String: String] = [:]) {
        revision = regions.screen.view.revision
        self.accepted = accepted
        var changed: [String: Region] = [:]
        for name in CounterRegions.Name.allCases {
            let html = regions.region(name)
            let version = html.version
            guard known[name.rawValue] != version else { continue }
            changed[name.rawValue] = Region(version: version, html: html.text)
        }
        self.regions = changed
    }
}

/// Server-sent events for one page: `patch` with what changed, `gone` when its sign-in is over.
struct CounterEvents: Sendable {
    let desk: any CounterDesk
    let shelf: any CounterShelf
    let visits: Visits
    let token: String
    let language: Language

    /// A comment is sent so often, so that either end finds out that the other is gone.
    static let heartbeat = Duration.seconds(15)

    func response(to request: Request) -> Response {
        Response(
            status: .ok, headers: [.contentType: "text/event-stream"],
            body: ResponseBody { writer in
                try await request.body.consumeWithCancellationOnInboundClose { _ in
                    try await send(to: &writer)
                }
                try await writer.finish(nil)
            })
    }

    /// The newest screen waits for the writer; older ones are forgotten.
    private func send(to writer: inout any ResponseBodyWriter) async throws {
        let (pokes, poke) = AsyncStream.makeStream(
            of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let newest = Mutex<CounterScreen?>(nil)
        let screens = Task {
            for await screen in desk.screens() {
                newest.withLock { $0 = screen }
                poke.yield()
            }
            poke.finish()
        }
        let beats = Task {
            while true {
                try await Task.sleep(for: Self.heartbeat)
                poke.yield()
            }
        }
        defer {
            screens.cancel()
            beats.cancel()
        }
        var sent = Sent()
        for await _ in pokes.cancelOnGracefulShutdown() {
            let screen = newest.withLock { screen in
                defer { screen = nil }
                return screen
            }
            guard let event = try await event(for: screen, &sent) else {
                return try await writer.write(ByteBuffer(string: "event: gone\ndata: {}\n\n"))
            }
            try await writer.write(ByteBuffer(string: event))
        }
    }

    private struct Sent {
        var versions: [String: String] = [:]
        var shelf = ShelfContents()
        var revision: Int?
    }

    /// Nil when the page may not see the counter any more.
    private func event(for screen: CounterScreen?, _ sent: inout Sent) async throws -> String? {
        guard let screen else { return ":\n\n" }
        guard let visit = visits[token], visit.maySee(screen) else { return nil }
        if sent.revision != screen.view.revision {
            sent.shelf = await ShelfContents(of: shelf, for: screen.view)
            sent.revision = screen.view.revision
        }
        let patch = Patch(
            of: CounterRegions(
                screen: screen, shelf: sent.shelf, language: language, problem: visit.problem),
            known: sent.versions)
        for (name, region) in patch.regions { sent.versions[name] = region.version }
        let data = try JSONEncoder().encode(patch)
        return "event: patch\ndata: \(String(decoding: data, as: UTF8.self))\n\n"
    }
}
