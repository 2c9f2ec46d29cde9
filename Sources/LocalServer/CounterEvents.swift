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

/// One server-sent event.
struct PageEvent: Equatable {
    let name: String
    let data: String
    /// Nothing follows: the page has no business here any more.
    var isLast = false

    var text: String { "event: \(name)\ndata: \(data)\n\n" }
}

/// Makes events for one page out of the counter's screens.
protocol PageEvents: Sendable {
    /// Nil where the screen has nothing new for this page.
    mutating func event(for screen: CounterScreen) async throws -> PageEvent?
}

/// Sends one page its events for as long as it is open.
struct EventStream<Events: PageEvents>: Sendable {
    let desk: any CounterDesk
    let events: Events

    /// Sent so often, so that either end finds out that the other is gone: a program that hangs
    /// keeps its connections, and a page that hears nothing for five seconds says so.
    static var heartbeat: Duration { .seconds(2) }
    static var beat: PageEvent { PageEvent(name: "beat", data: "") }

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
        var events = events
        for await _ in pokes.cancelOnGracefulShutdown() {
            let screen = newest.withLock { screen in
                defer { screen = nil }
                return screen
            }
            guard let screen else {
                try await writer.write(ByteBuffer(string: Self.beat.text))
                continue
            }
            guard let event = try await events.event(for: screen) else { continue }
            try await writer.write(ByteBuffer(string: event.text))
            if event.isLast { return }
        }
    }
}

/// `patch` with what changed on the counter's page, `gone` when its sign-in is over.
struct CounterEvents: PageEvents {
    let shelf: any CounterShelf
    let visits: Visits
    let token: String
    let language: Language
    private var versions: [String: String] = [:]
    private var contents = ShelfContents()
    private var revision: Int?

    init(shelf: any CounterShelf, visits: Visits, token: String, language: Language) {
        self.shelf = shelf
        self.visits = visits
        self.token = token
        self.language = language
    }

    mutating func event(for screen: CounterScreen) async throws -> PageEvent? {
        guard let visit = visits[token], visit.maySee(screen) else {
            return PageEvent(name: "gone", data: "", isLast: true)
        }
        if revision != screen.view.revision {
            contents = await ShelfContents(of: shelf, for: screen.view)
            revision = screen.view.revision
        }
        let patch = Patch(
            of: CounterRegions(
                screen: screen, shelf: contents, language: language, problem: visit.problem),
            known: versions)
        for (name, region) in patch.regions { versions[name] = region.version }
        let data = try JSONEncoder().encode(patch)
        return PageEvent(name: "patch", data: String(decoding: data, as: UTF8.self))
    }
}

/// `step` with the step of signing in that a page which waits is to show: no more than the page
/// itself would tell whoever asks for it. `over` and `gone` make it ask anew.
struct SignInEvents: PageEvents {
    let visits: Visits
    /// Nil where the browser keeps no cookies.
    let token: String?
    private var sent: String?

    init(visits: Visits, token: String?) {
        self.visits = visits
        self.token = token
    }

    mutating func event(for screen: CounterScreen) -> PageEvent? {
        let step = step(at: screen)
        guard step != sent else { return nil }
        sent = step
        return PageEvent(name: "step", data: step, isLast: step == "over" || step == "gone")
    }

    private func step(at screen: CounterScreen) -> String {
        guard let token else { return SignInPage.step(of: screen.view.prompt).rawValue }
        // The program was started anew and knows nobody.
        guard let visit = visits[token] else { return "gone" }
        return visit.maySee(screen) ? "over" : visit.step(at: screen).rawValue
    }
}
