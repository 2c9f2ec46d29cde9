import FoundationEssentials
import Hummingbird
import NIOCore
import StationCore
import Texts

/// The counter's pages and what their forms send.
struct CounterRoutes: Sendable {
    let desk: any CounterDesk
    let shelf: any CounterShelf
    let visits: Visits
    /// The station's; a page may choose its own.
    let language: Language

    static let visitCookie = "station_visit"
    static let languageCookie = "station_language"

    func add(to router: Router<DoorContext>) {
        router.get("/") { _, _ in Response.seeOther("/counter") }
        router.get("/counter.css") { _, _ in
            Response.asset(PackageResources.counter_css, type: "text/css; charset=utf-8")
        }
        router.get("/counter.js") { _, _ in
            Response.asset(PackageResources.counter_js, type: "text/javascript; charset=utf-8")
        }
        router.get("/counter.svg") { _, _ in
            Response.asset(PackageResources.counter_svg, type: "image/svg+xml")
        }
        router.get("/counter") { request, _ in try await counter(request) }
        router.get("/counter/sign-in") { request, _ in try await signIn(request) }
        // So that a badge scanned at the counter brings up the PIN here.
        router.get("/counter/sign-in/events") { request, _ in
            EventStream(
                desk: desk, events: SignInEvents(visits: visits, token: token(of: request))
            ).response(to: request)
        }
        router.post("/counter/badge") { request, _ in try await badge(request) }
        router.post("/counter/pin") { request, _ in try await pin(request) }
        router.post("/counter/start-again") { request, _ in try await startAgain(request) }
        router.post("/counter/touch") { request, _ in try await touch(request) }
        router.get("/counter/slip/:number") { request, context in
            try await slip(request, number: context.parameters.get("number", as: Int.self))
        }
        router.get("/counter/events") { request, _ in try await events(request) }
    }

    // MARK: - Pages

    private func counter(_ request: Request) async throws -> Response {
        let screen = await desk.screen()
        guard let visit = visit(of: request), visit.maySee(screen) else {
            return remember(languageOf: request, in: .seeOther("/counter/sign-in"))
        }
        let regions = CounterRegions(
            screen: screen, shelf: await ShelfContents(of: shelf, for: screen.view),
            language: language(of: request), problem: visit.problem)
        let page = CounterPage(regions: regions, csrf: visit.csrf, pinCount: visit.pinCount)
        return remember(languageOf: request, in: .page(page.html))
    }

    private func signIn(_ request: Request) async throws -> Response {
        let screen = await desk.screen()
        var known = visit(of: request)
        if let known, known.maySee(screen) { return .seeOther("/counter") }
        var begun: String?
        if known == nil { (begun, known) = try visits.begin() }
        guard let visit = known else { throw HTTPError(.internalServerError) }
        let step = visit.step(at: screen)
        var response = Response.page(
            SignInPage(
                step: step, refusal: visit.refusal,
                problem: visit.problem, csrf: visit.csrf, pinCount: visit.pinCount,
                language: language(of: request)
            ).html)
        if let token = begun ?? token(of: request) {
            let isProof = step == .pin && SignInPage.step(of: screen.view.prompt) == .badge
            let proving = isProof ? screen.view.signedIn : nil
            visits.change(token) { visit in
                (visit.refusal, visit.problem) = (nil, nil)
                visit.proving = proving
            }
        }
        if let begun { response.setCookie(Self.visitCookie, begun) }
        return remember(languageOf: request, in: response)
    }

    private func slip(_ request: Request, number: Int?) async throws -> Response {
        guard let visit = visit(of: request), visit.maySee(await desk.screen()) else {
            return .seeOther("/counter/sign-in")
        }
        let number = number ?? 0
        let text = number > 0 ? await shelf.slipText(of: number) : nil
        return .page(
            SlipPage(number: number, slip: text, language: language(of: request)).html,
            status: text == nil ? .notFound : .ok)
    }

    private func events(_ request: Request) async throws -> Response {
        guard let token = token(of: request), let visit = visits[token],
            visit.maySee(await desk.screen())
        else {
            // Tells the page to ask no more, without an error in its console.
            return Response(status: .noContent)
        }
        return EventStream(
            desk: desk,
            events: CounterEvents(
                shelf: shelf, visits: visits, token: token, language: language(of: request))
        ).response(to: request)
    }

    // MARK: - Signing in

    private func badge(_ request: Request) async throws -> Response {
        let (token, form) = try await visitorsForm(request)
        var digits = String(TypedMoney.trimmed(form["badge"] ?? ""))
        // An empty field: the badge was scanned, and the counter asks for the PIN by now.
        guard !digits.isEmpty else { return .seeOther("/counter/sign-in") }
        // A scanner that types into the page sends the whole code.
        if case .badge(let scanned) = Barcode(text: digits) { digits = scanned.text }
        switch await desk.present(badge: digits) {
        case .lies:
            visits.change(token) { $0.proving = nil }
        case .hasCounter(let number):
            visits.change(token) { $0.proving = number }
        case .refused(let refusal):
            visits.change(token) { $0.refusal = refusal }
        }
        return .seeOther("/counter/sign-in")
    }

    private func pin(_ request: Request) async throws -> Response {
        let (token, form) = try await visitorsForm(request)
        guard visits.takePIN(token, madeAt: form["count"].flatMap { Int($0) }) else {
            return .seeOther("/counter/sign-in")
        }
        let asked = form["step"].flatMap(SignInPage.Step.init)?.prompt
        let answer = await desk.signIn(
            pin: form["pin"] ?? "", answering: asked, proving: visits[token]?.proving)
        switch answer {
        case .signedIn(let screen):
            // A new token: whoever knew the old one is not signed in by this.
            visits.end(token)
            let signedIn = try visits.begin(signIn: screen.signIn)
            var response = Response.seeOther("/counter")
            response.setCookie(Self.visitCookie, signedIn.token)
            return response
        case .again, .refused(.stale):
            return .seeOther("/counter/sign-in")
        case .refused(let refusal):
            visits.change(token) { $0.refusal = refusal }
            return .seeOther("/counter/sign-in")
        }
    }

    private func startAgain(_ request: Request) async throws -> Response {
        let (token, _) = try await visitorsForm(request)
        visits.change(token) { ($0.proving, $0.refusal) = (nil, nil) }
        let view = await desk.screen().view
        switch SignInPage.step(of: view.prompt) {
        case .pin, .newPIN, .pinAgain:
            _ = await desk.touch(.command(.cancel), revision: view.revision)
        case .badge, .enrol:
            break
        }
        return .seeOther("/counter/sign-in")
    }

    // MARK: - Touches

    private func touch(_ request: Request) async throws -> Response {
        let wantsPatch = request.headers[.accept]?.contains("application/json") == true
        guard let token = token(of: request), let visit = visits[token],
            visit.maySee(await desk.screen())
        else { return wantsPatch ? Response(status: .forbidden) : .seeOther("/counter/sign-in") }
        let form = try await request.form()
        guard form["csrf"] == visit.csrf, isSameOrigin(request) else {
            throw HTTPError(.forbidden, message: "this form is not of this page\n")
        }
        let outcome = await act(form)
        let problem: PageText? = if case .problem(let text) = outcome { text } else { nil }
        visits.change(token) { $0.problem = problem }
        guard wantsPatch else { return .seeOther("/counter") }
        let screen = await desk.screen()
        guard let visit = visits[token], visit.maySee(screen) else {
            return Response(status: .forbidden)
        }
        let regions = CounterRegions(
            screen: screen, shelf: await ShelfContents(of: shelf, for: screen.view),
            language: language(of: request), problem: visit.problem)
        return try .json(Patch(of: regions, accepted: outcome == .accepted))
    }

    private enum Outcome: Equatable {
        case accepted, refused
        case problem(PageText)
    }

    private func act(_ form: Form) async -> Outcome {
        guard let revision = form["revision"].flatMap({ Int($0) }) else {
            return .problem(.pageTooOld)
        }
        let answer: TouchAnswer
        switch await TouchReader(shelf: shelf).read(form) {
        case .input(let input): answer = await desk.touch(input, revision: revision)
        case .code(let text): answer = await desk.touch(code: text, revision: revision)
        case .problem(let text): return .problem(text)
        }
        return answer.refusal == nil ? .accepted : .refused
    }

    // MARK: - Who asks, and in which language

    private func token(of request: Request) -> String? {
        request.cookies[Self.visitCookie]?.value
    }

    private func visit(of request: Request) -> Visits.Visit? {
        token(of: request).flatMap { visits[$0] }
    }

    /// The form of somebody who is not signed in yet, from a page of ours.
    private func visitorsForm(_ request: Request) async throws -> (String, Form) {
        let form = try await request.form()
        guard let token = token(of: request), let visit = visits[token],
            form["csrf"] == visit.csrf, isSameOrigin(request)
        else { throw HTTPError(.forbidden, message: "this form is not of this page\n") }
        return (token, form)
    }

    private func isSameOrigin(_ request: Request) -> Bool {
        guard let origin = request.headers[.origin] else { return true }
        return origin == "http://\(request.head.authority ?? "")"
    }

    private func chosenLanguage(_ request: Request) -> Language? {
        request.uri.query.flatMap { Form(Array($0.utf8))["lang"] }.flatMap {
            Language(rawValue: $0)
        }
    }

    private func language(of request: Request) -> Language {
        chosenLanguage(request)
            ?? request.cookies[Self.languageCookie].flatMap { Language(rawValue: $0.value) }
            ?? language
    }

    private func remember(languageOf request: Request, in response: Response) -> Response {
        guard let chosen = chosenLanguage(request) else { return response }
        var response = response
        response.setCookie(Self.languageCookie, chosen.rawValue)
        return response
    }
}
