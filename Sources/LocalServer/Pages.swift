import StationCore
import Texts

/// What all pages have around them.
struct PageFrame {
    let language: Language
    /// Where a change of the language leads back to.
    let path: String
    let title: String

    func page(_ body: HTML) -> HTML {
        """
        <!doctype html>
        <html lang="\(language.rawValue)">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>\(title)</title>
        <link rel="icon" href="/counter.svg">
        <link rel="stylesheet" href="/counter.css">
        <script src="/counter.js" defer></script>
        </head>
        <body>
        \(body)
        </body>
        </html>

        """
    }

    /// Shown by the script while the box does not answer.
    var lost: HTML {
        "<p id=\"lost\" role=\"alert\" hidden>\(PageText.noConnection.text(in: language))</p>"
    }

    /// Who is at the page, and the languages.
    func header(_ text: String) -> HTML {
        let label = PageText.language.text(in: language)
        return """
            <header>
            <p>\(text)</p>
            <nav aria-label="\(label)">\(Language.allCases.map(link))</nav>
            </header>
            """
    }

    private func link(to other: Language) -> HTML {
        let current: HTML = other == language ? " aria-current=\"true\"" : .empty
        return
            "<a href=\"\(path)?lang=\(other.rawValue)\" lang=\"\(other.rawValue)\"\(current)>\(other.ownName)</a> "
    }
}

extension Language {
    /// As somebody looks for it who reads no other.
    var ownName: String {
        switch self {
        case .english: "English"
        case .simplifiedChinese: "简体"
        case .traditionalChinese: "繁體"
        case .mongolian: "Монгол"
        }
    }
}

/// The counter as the signed-in operator sees it.
struct CounterPage {
    let regions: CounterRegions
    let csrf: String
    /// PINs that this visit has sent.
    let pinCount: Int

    private var language: Language { regions.language }

    var html: HTML {
        let view = regions.screen.view
        let operatorNumber = view.signedIn.map { PageText.operatorNumber($0.value) }
        let frame = PageFrame(
            language: language, path: "/counter", title: PageText.counter.text(in: language))
        return frame.page(
            """
            \(frame.lost)
            \(form("touch", "/counter/touch"))\(form("type", "/counter/touch"))\
            \(form("pin", "/counter/pin", "<input type=\"hidden\" name=\"count\" value=\"\(pinCount)\">"))
            <main data-events="/counter/events">
            <div class="head">
            \(region(.sentence, "h1", " aria-live=\"polite\""))
            \(region(.figure))
            </div>
            <div class="what">
            \(region(.notice, "div", " role=\"status\""))
            \(region(.slip, "div", " role=\"status\""))
            \(region(.details))
            </div>
            <div class="touch">
            \(region(.typing))
            \(region(.picks))
            \(region(.code))
            </div>
            \(region(.menu))
            \(region(.commands))
            </main>
            <noscript><p><a href="/counter">\(PageText.lookAgain.text(in: language))</a></p></noscript>
            <section aria-label="\(StatusLabel.station.text(in: language))">\
            \(region(.status))</section>
            <section aria-label="\(PageText.lastSlips.text(in: language))">\
            \(region(.trades))</section>
            \(frame.header(operatorNumber?.text(in: language) ?? ""))
            """)
    }

    private func form(_ name: String, _ action: String, _ field: HTML = .empty) -> HTML {
        """
        <form id="\(name)" method="post" action="\(action)">\
        <input type="hidden" name="csrf" value="\(csrf)">\(field)\
        <input type="hidden" name="revision" value="\(regions.screen.view.revision)"></form>
        """
    }

    private func region(
        _ name: CounterRegions.Name, _ tag: String = "div", _ attributes: String = ""
    ) -> HTML {
        let html = regions.region(name)
        let opening = HTML(
            markup: "<\(tag) id=\"\(name.rawValue)\" data-version=\"\(html.version)\"\(attributes)>"
        )
        return "\(opening)\(html)\(HTML(markup: "</\(tag)>"))"
    }
}

/// Badge, then PIN. It shows nothing of the counter but that it waits for a sign-in.
struct SignInPage {
    enum Step: String, Equatable {
        case badge, pin, newPIN, pinAgain
        /// Nobody can sign in before the box is enrolled.
        case enrol

        /// What a PIN typed at this step answers.
        var prompt: Prompt? {
            switch self {
            case .pin: .enterPIN
            case .newPIN: .choosePIN
            case .pinAgain: .repeatPIN
            case .badge, .enrol: nil
            }
        }
    }

    let step: Step
    let refusal: Refusal?
    let problem: PageText?
    let csrf: String
    /// PINs that this visit has sent.
    let pinCount: Int
    let language: Language

    /// What the counter asks for, as far as a page may know that is not signed in.
    static func step(of prompt: Prompt) -> Step {
        switch prompt {
        case .enterPIN, .checkingPIN: .pin
        case .choosePIN: .newPIN
        case .repeatPIN: .pinAgain
        case .enrol: .enrol
        default: .badge
        }
    }

    static func label(of prompt: Prompt) -> PageText {
        switch step(of: prompt) {
        case .newPIN: .newPIN
        case .pinAgain: .pinAgain
        case .badge, .pin, .enrol: .pin
        }
    }

    var html: HTML {
        let frame = PageFrame(
            language: language, path: "/counter/sign-in", title: say(PageText.signIn))
        return frame.page(
            """
            \(frame.lost)
            \(frame.header(say(PageText.counter)))
            <main class="narrow" data-step="\(step.rawValue)">
            <h1>\(say(sentence))</h1>
            \(said)
            \(fields)
            </main>
            """)
    }

    private func say(_ text: some Text) -> String { text.text(in: language) }

    private var sentence: Prompt {
        switch step {
        case .enrol: .enrol
        case .badge: .signIn
        case .pin: .enterPIN
        case .newPIN: .choosePIN
        case .pinAgain: .repeatPIN
        }
    }

    private var said: HTML {
        let text = problem.map { say($0) } ?? refusal.map { say($0) }
        guard let text else { return .empty }
        return
            "<p class=\"said refused\" role=\"alert\"><span class=\"mark\" aria-hidden=\"true\">✕</span> \(text)</p>"
    }

    private var fields: HTML {
        switch step {
        case .enrol:
            "<p><a href=\"/counter/sign-in\">\(say(PageText.lookAgain))</a></p>"
        case .badge:
            form(
                "/counter/badge",
                """
                <p>\(say(PageText.badgeHint))</p>\
                <label for="typed">\(say(PageText.badge))</label>\
                <div class="entry"><input id="typed" name="badge" type="text" inputmode="numeric" \
                autocomplete="off" maxlength="24" data-first>\
                <button class="first">\(say(PageText.goOn))</button></div>
                """)
        case .pin, .newPIN, .pinAgain:
            "\(pinForm)\(form("/counter/start-again", "<button>\(say(PageText.startAgain))</button>"))"
        }
    }

    private var pinForm: HTML {
        let label: PageText = step == .newPIN ? .newPIN : step == .pinAgain ? .pinAgain : .pin
        return form(
            "/counter/pin",
            """
            <input type="hidden" name="step" value="\(step.rawValue)">\
            <input type="hidden" name="count" value="\(pinCount)">\
            <label for="typed">\(say(label))</label>\
            <div class="entry"><input id="typed" name="pin" type="password" inputmode="numeric" \
            autocomplete="off" maxlength="6" data-first>\
            <button class="first">\(say(step == .pin ? PageText.signIn : PageText.goOn))</button></div>
            """)
    }

    private func form(_ action: String, _ fields: HTML) -> HTML {
        """
        <form method="post" action="\(action)"><input type="hidden" name="csrf" value="\(csrf)">\
        \(fields)\(action == "/counter/start-again" ? .empty : Keypad(hasPoint: false, language: language).html)\
        </form>
        """
    }
}

/// A slip as it was printed, or would be.
struct SlipPage {
    let number: Int
    let slip: String?
    let language: Language

    var html: HTML {
        let title = PageText.slip(number).text(in: language)
        let frame = PageFrame(language: language, path: "/counter/slip/\(number)", title: title)
        let paper: HTML =
            if let slip { "<pre class=\"paper\">\(slip)</pre>" } else {
                "<p>\(PageText.noSuchSlip.text(in: language))</p>"
            }
        return frame.page(
            """
            \(frame.header(title))
            <main class="narrow">
            \(paper)
            <p><a class="button" href="/counter">\(PageText.backToCounter.text(in: language))</a></p>
            </main>
            """)
    }
}
