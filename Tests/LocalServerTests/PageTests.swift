import PracticeCounter
import StationCore
import Synchronization
import Testing

@testable import LocalServer

@Suite("The counter's pages over TCP") struct PageTests {
    @Test func `who is not signed in can read the sign-in page and nothing else`() async throws {
        try await ServedDesk.run { served in
            var operatorPage = Visitor(served)
            try await operatorPage.signIn()
            try await operatorPage.openDay()
            var visitor = Visitor(served)
            #expect(try await visitor.get("/").header("location") == "/counter")
            for path in ["/counter", "/counter?lang=mn", "/counter/slip/5"] {
                let answer = try await visitor.get(path)
                #expect(answer.status == 303)
                #expect(answer.header("location") == "/counter/sign-in")
                #expect(answer.body.isEmpty)
            }
            let events = try await visitor.get("/counter/events")
            #expect(events.status == 204)
            #expect(events.body.isEmpty)
            let page = try await visitor.get("/counter/sign-in")
            #expect(page.status == 200)
            #expect(!page.body.contains("1000.00"))
            #expect(try await visitor.touch("command=001").header("location") == "/counter/sign-in")
            let patch = try await visitor.touch(
                "command=001", headers: "Accept: application/json\r\n")
            #expect(patch.status == 403)
            #expect(await served.desk.screen().view.prompt == .chooseTrade)
        }
    }

    @Test func `badge and PIN, set twice at first, open the counter`() async throws {
        try await ServedDesk.run { served in
            var visitor = Visitor(served)
            try await visitor.get("/counter/sign-in")
            let before = visitor.cookies
            try await visitor.post(
                "/counter/badge", "csrf=\(visitor.csrf)&badge=\(PracticeDesk.badge)")
            #expect(try await visitor.get("/counter/sign-in").body.contains("New PIN"))
            let first = "csrf=\(visitor.csrf)&count=\(visitor.pinCount)&step=newPIN&pin=123456"
            try await visitor.post("/counter/pin", first)
            #expect(try await visitor.get("/counter/sign-in").body.contains("again"))
            // A double tap does not repeat the PIN in the operator's stead.
            try await visitor.post("/counter/pin", first)
            #expect(await served.desk.screen().view.prompt == .repeatPIN)
            #expect(try await visitor.get("/counter/sign-in").body.contains("again"))
            try await visitor.post(
                "/counter/pin",
                "csrf=\(visitor.csrf)&count=\(visitor.pinCount)&step=pinAgain&pin=123456")
            #expect(try await visitor.get("/counter").body.contains("Operator 1"))
            #expect(visitor.cookies != before)
        }
    }

    @Test func `a badge's whole code, as a scanner types it, is as good as its digits`()
        async throws
    {
        try await ServedDesk.run { served in
            let code = Barcode.badge(try #require(Digits<8>(PracticeDesk.badge))).text
            var visitor = Visitor(served)
            try await visitor.get("/counter/sign-in")
            try await visitor.post("/counter/badge", "csrf=\(visitor.csrf)&badge=\(code)")
            #expect(await served.desk.screen().view.prompt == .choosePIN)
        }
    }

    @Test func `a wrong badge is refused, and the refusal is said once`() async throws {
        try await ServedDesk.run { served in
            var visitor = Visitor(served)
            try await visitor.get("/counter/sign-in")
            try await visitor.post("/counter/badge", "csrf=\(visitor.csrf)&badge=11111111")
            #expect(try await visitor.get("/counter/sign-in").body.contains("said refused"))
            #expect(try await !visitor.get("/counter/sign-in").body.contains("said refused"))
        }
    }

    @Test func `a cookie ends with its sign-in, though the same operator comes back`() async throws
    {
        try await ServedDesk.run { served in
            var first = Visitor(served)
            try await first.signIn()
            await served.desk.signOut()
            #expect(try await first.get("/counter").status == 303)
            var second = Visitor(served)
            try await second.signIn()
            #expect(try await second.get("/counter").status == 200)
            #expect(try await first.get("/counter").status == 303)
            #expect(try await first.get("/counter/events").status == 204)
        }
    }

    @Test func `a second page of the operator who has the counter asks for the PIN`() async throws {
        try await ServedDesk.run { served in
            var first = Visitor(served)
            try await first.signIn()
            let revision = await served.desk.screen().view.revision
            var second = Visitor(served)
            try await second.get("/counter/sign-in")
            try await second.post(
                "/counter/badge", "csrf=\(second.csrf)&badge=\(PracticeDesk.badge)")
            try await second.post(
                "/counter/pin", "csrf=\(second.csrf)&count=\(second.pinCount)&pin=999999")
            #expect(try await second.get("/counter").status == 303)
            // The same form once more: neither a second try nor a way in.
            try await second.post(
                "/counter/pin", "csrf=\(second.csrf)&count=\(second.pinCount)&pin=123456")
            #expect(try await second.get("/counter").status == 303)
            try await second.get("/counter/sign-in")
            try await second.post(
                "/counter/pin", "csrf=\(second.csrf)&count=\(second.pinCount)&pin=123456")
            #expect(try await second.get("/counter").status == 200)
            #expect(try await first.get("/counter").status == 200)
            #expect(await served.desk.screen().view.revision == revision)
        }
    }

    @Test func `a badge scanned by who has the counter asks waiting pages for the PIN`()
        async throws
    {
        try await ServedDesk.run { served in
            var first = Visitor(served)
            try await first.signIn()
            var second = Visitor(served)
            #expect(try await second.get("/counter/sign-in").body.contains("data-step=\"badge\""))
            try await second.post(
                "/counter/pin", "csrf=\(second.csrf)&count=\(second.pinCount)&pin=123456")
            #expect(try await second.get("/counter").status == 303)
            await served.desk.scanBadge()
            let page = try await second.get("/counter/sign-in")
            #expect(page.body.contains("data-step=\"pin\""))
            #expect(!page.body.contains("Drawer"))
            try await second.post(
                "/counter/pin", "csrf=\(second.csrf)&count=\(second.pinCount)&pin=999999")
            #expect(try await second.get("/counter").status == 303)
            try await second.get("/counter/sign-in")
            try await second.post(
                "/counter/pin", "csrf=\(second.csrf)&count=\(second.pinCount)&pin=123456")
            #expect(try await second.get("/counter").status == 200)
            #expect(try await first.get("/counter").status == 200)
        }
    }

    @Test func `a page that waits is told the step and nothing else`() async throws {
        try await ServedDesk.run { served in
            var visitor = Visitor(served)
            try await visitor.get("/counter/sign-in")
            let cookie = try #require(visitor.cookies[CounterRoutes.visitCookie])
            let request =
                "GET /counter/sign-in/events HTTP/1.1\r\nHost: localhost:\(served.port)\r\n"
                + "Cookie: \(CounterRoutes.visitCookie)=\(cookie)\r\n\r\n"
            let (seen, see) = AsyncStream.makeStream(of: String.self)
            let events = Task {
                try await served.exchange(Array(request.utf8)) { text in
                    see.yield(text)
                    return text.contains("data: newPIN")
                }
            }
            for await text in seen where text.contains("data: badge") { break }
            await served.desk.scanBadge()
            let told = try await events.value.split(separator: "\r\n")
                .filter { $0.hasPrefix("event") || $0.hasPrefix("data") }
                .flatMap { $0.split(separator: "\n") }
                .filter { !["event: beat", "data: "].contains($0) }
            #expect(
                told == ["event: step", "data: badge", "event: step", "data: newPIN"])
        }
    }

    @Test func `a page that the program does not know any more asks anew`() async throws {
        try await ServedDesk.run { served in
            let request =
                "GET /counter/sign-in/events HTTP/1.1\r\nHost: localhost:\(served.port)\r\n"
                + "Cookie: \(CounterRoutes.visitCookie)=0123\r\nConnection: close\r\n\r\n"
            let answer = try await served.exchange(Array(request.utf8))
            #expect(answer.contains("event: step\ndata: gone\n"))
        }
    }

    @Test(arguments: ["", "csrf=&", "csrf=00000000000000000000000000000000&"])
    func `a form without this visit's token changes nothing`(token: String) async throws {
        try await ServedDesk.run { served in
            var visitor = Visitor(served)
            try await visitor.signIn()
            let before = await served.desk.screen().view
            let answer = try await visitor.post(
                "/counter/touch", "\(token)revision=\(before.revision)&command=004")
            #expect(answer.status == 403)
            #expect(await served.desk.screen().view.prompt == before.prompt)
            #expect(try await visitor.post("/counter/pin", "\(token)pin=123456").status == 403)
        }
    }

    @Test func `a form from another origin changes nothing`() async throws {
        try await ServedDesk.run { served in
            var visitor = Visitor(served)
            try await visitor.signIn()
            let answer = try await visitor.touch(
                "command=004", headers: "Origin: http://127.0.0.1:1\r\n")
            #expect(answer.status == 403)
            #expect(await served.desk.screen().view.prompt == .openDay)
        }
    }

    @Test(arguments: ["evil.example", "127.0.0.1", "127.0.0.1:1", "localhost.evil.example:80", ""])
    func `a host that is not this one is turned away`(host: String) async throws {
        try await ServedDesk.run { served in
            let request =
                "GET /counter/sign-in HTTP/1.1\r\nHost: \(host)\r\nConnection: close\r\n\r\n"
            let answer = try WireAnswer(try await served.exchange(Array(request.utf8)))
            #expect(answer.status == 421 || answer.status == 400)
            #expect(!answer.body.contains("csrf"))
        }
    }

    @Test func `every page forbids what is not its own, and is kept nowhere`() async throws {
        try await ServedDesk.run { served in
            var visitor = Visitor(served)
            for path in ["/counter/sign-in", "/counter.css", "/counter.js", "/nothing", "/counter"]
            {
                let answer = try await visitor.get(path)
                #expect(answer.header("cache-control") == "no-store")
                let policy = try #require(answer.header("content-security-policy"))
                #expect(policy.contains("default-src 'none'"))
                #expect(!policy.contains("unsafe"))
                #expect(policy.contains("frame-ancestors 'none'"))
            }
            let cookie = try await Visitor(served).firstCookie()
            #expect(cookie.contains("SameSite=Strict"))
            #expect(cookie.contains("HttpOnly"))
        }
    }

    @Test func `a sale goes through by forms alone`() async throws {
        try await ServedDesk.run { served in
            var visitor = Visitor(served)
            try await visitor.signIn()
            try await visitor.openDay()
            await served.desk.load(0)
            try await visitor.touch("command=001")
            try await visitor.touch("command=020")
            #expect(try await visitor.get("/counter").body.contains("Sichuan pepper"))
            try await visitor.touch("pick=produce:00123")
            await served.desk.load(3_482)
            #expect(try await visitor.get("/counter").body.contains("3.482"))
            try await visitor.touch("command=021")
            #expect(try await visitor.get("/counter").body.contains("15.70"))
            let paid = try await visitor.touch("command=022")
            #expect(paid.header("location") == "/counter")
            await served.desk.load(0)
            let last = try #require(await served.desk.entries.last)
            let bought = try #require(try last.content(ProduceBought.self))
            #expect(bought.cash == Fen(1_570))
            let slip = try await visitor.get("/counter/slip/\(last.sequence)")
            #expect(slip.body.contains("&lt;amount&gt;"))
            #expect(try await visitor.get("/counter/slip/99").status == 404)
        }
    }

    @Test func `the list of the last slips shows no cash that did not move`() async throws {
        try await ServedDesk.run { served in
            var visitor = Visitor(served)
            try await visitor.signIn()
            try await visitor.openDay()
            await served.desk.load(0)
            for command in ["command=001", "command=020", "pick=produce:00123"] {
                try await visitor.touch(command)
            }
            await served.desk.load(3_482)
            for command in ["command=021", "command=022"] { try await visitor.touch(command) }
            let bought = try #require(await served.desk.entries.last)
            #expect(TradeLine(bought)?.cash == Fen(1_570))
            await served.desk.load(0)
            for touch in ["command=005", "pick=reason:wrongWeight", "command=029"] {
                try await visitor.touch(touch)
            }
            let reversal = try #require(await served.desk.entries.last)
            #expect(reversal.kind == .produceReversed)
            #expect(TradeLine(reversal)?.cash == .zero)
        }
    }

    @Test func `a double tap acts once`() async throws {
        try await ServedDesk.run { served in
            var visitor = Visitor(served)
            try await visitor.signIn()
            let revision = await served.desk.screen().view.revision
            for _ in 0..<2 {
                try await visitor.post(
                    "/counter/touch", "csrf=\(visitor.csrf)&revision=\(revision)&command=004")
            }
            #expect(await served.desk.screen().view.prompt == .countDrawer)
            #expect(await served.desk.screen().view.notice == .refused(.stale))
        }
    }

    @Test(arguments: [
        "kind=money&typed=45.6x", "kind=money&typed=", "kind=grams&typed=1.5", "command=abc",
        "command=999", "pick=produce:none", "pick=", "pick=reason:none", "", "typed=1&kind=%zz",
    ])
    func `what cannot be understood is said and asks the counter nothing`(
        fields: String
    ) async throws {
        try await ServedDesk.run { served in
            var visitor = Visitor(served)
            try await visitor.signIn()
            try await visitor.touch("command=004")
            let before = await served.desk.screen()
            let patch = try await visitor.touch(fields, headers: "Accept: application/json\r\n")
            #expect(patch.status == 200)
            if fields != "typed=1&kind=%zz" {
                #expect(patch.body.contains("said refused"))
                #expect(await served.desk.screen() == before)
            }
            #expect(patch.body.contains("\"accepted\":false"))
        }
    }

    @Test func `a page speaks the language that was chosen for it`() async throws {
        try await ServedDesk.run { served in
            var visitor = Visitor(served)
            #expect(try await visitor.get("/counter/sign-in").body.contains("lang=\"en\""))
            try await visitor.get("/counter/sign-in?lang=zh-Hans")
            let page = try await visitor.get("/counter/sign-in")
            #expect(page.body.contains("<html lang=\"zh-Hans\">"))
            let other = try await visitor.get("/counter/sign-in?lang=xx")
            #expect(other.body.contains("<html lang=\"zh-Hans\">"))
        }
    }

    @Test func `events bring what changed, and end with the sign-in`() async throws {
        try await ServedDesk.run { served in
            var visitor = Visitor(served)
            try await visitor.signIn()
            let cookie = try #require(visitor.cookies[CounterRoutes.visitCookie])
            let request =
                "GET /counter/events HTTP/1.1\r\nHost: localhost:\(served.port)\r\n"
                + "Cookie: \(CounterRoutes.visitCookie)=\(cookie)\r\n\r\n"
            let (seen, see) = AsyncStream.makeStream(of: Void.self)
            async let events = served.exchange(Array(request.utf8)) { text in
                if text.contains("event: patch") { see.yield() }
                return text.contains("event: gone")
            }
            var first = seen.makeAsyncIterator()
            await first.next()
            await served.desk.signOut()
            let text = try await events
            #expect(text.contains("text/event-stream"))
            #expect(text.contains("event: gone"))
        }
    }

    @Test func `a page that is still open does not hold up the shutdown`() async throws {
        let left = Mutex<Task<String, any Error>?>(nil)
        try await ServedDesk.run { served in
            var visitor = Visitor(served)
            try await visitor.signIn()
            let cookie = try #require(visitor.cookies[CounterRoutes.visitCookie])
            let request =
                "GET /counter/events HTTP/1.1\r\nHost: localhost:\(served.port)\r\n"
                + "Cookie: \(CounterRoutes.visitCookie)=\(cookie)\r\n\r\n"
            let (seen, see) = AsyncStream.makeStream(of: Void.self)
            let events = Task {
                try await served.exchange(Array(request.utf8)) { text in
                    if text.contains("event: patch") { see.yield() }
                    return false
                }
            }
            left.withLock { $0 = events }
            var first = seen.makeAsyncIterator()
            await first.next()
        }
        let events = try #require(left.withLock { $0 })
        #expect(try await !events.value.contains("event: gone"))
    }

    @Test(arguments: 0..<60)
    func `garbage is answered or dropped, and the next visitor is served`(
        seed: UInt64
    ) async throws {
        try await ServedDesk.run { served in
            var random = SeededRandom(seed: seed)
            let good = Array(
                "POST /counter/touch HTTP/1.1\r\nHost: localhost:\(served.port)\r\nConnection: close\r\nContent-Length: 9\r\n\r\ncommand=1"
                    .utf8)
            var bytes = good
            for _ in 0..<Int.random(in: 1...12, using: &random) {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes.insert(UInt8.random(in: 0...255, using: &random), at: place)
                default: bytes.removeSubrange(place..<min(bytes.count, place + 5))
                }
            }
            // The end of the head and a closing pair, so that the server need not wait for more.
            bytes += Array("\r\n\r\n\r\nGET / HTTP/9.9\r\n\r\n".utf8)
            let answer = try await served.exchange(bytes) { $0.contains("\r\n\r\n") }
            #expect(!answer.hasPrefix("HTTP/1.1 200"))
            var visitor = Visitor(served)
            #expect(try await visitor.get("/counter/sign-in").status == 200)
        }
    }

    @Test func `a body beyond the limit is refused`() async throws {
        try await ServedDesk.run { served in
            var visitor = Visitor(served)
            try await visitor.signIn()
            let long = String(repeating: "a", count: DoorContext.bodySizeMax + 1)
            #expect(try await visitor.touch("typed=\(long)").status == 413)
        }
    }
}

extension Visitor {
    /// The whole line of the first cookie that this server sets.
    fileprivate func firstCookie() async throws -> String {
        var visitor = self
        return try #require(try await visitor.get("/counter/sign-in").header("set-cookie"))
    }
}
