import ControlProtocol
import StationCore
import Texts

/// What the shelf holds of what a page shows now.
struct ShelfContents: Sendable {
    var produce: [ProducePrice] = []
    var articles: [Article] = []
    var refunds: [OrderRecord] = []
    var trades: [Entry] = []

    static let tradeCountMax = 8

    /// Reads only what the view asks for.
    init(of shelf: any CounterShelf, for view: CounterView) async {
        switch view.picks {
        case .produce: produce = await shelf.produce()
        case .articles: articles = await shelf.articles()
        case .refunds: refunds = await shelf.openOrders().filter { $0.refundOwed > .zero }
        case .reasons, nil: break
        }
        trades = await shelf.recentTrades(atMost: Self.tradeCountMax)
    }

    init() {}
}

/// The counter's page in regions: each is replaced only when it changed. Forms stand outside of
/// them and hold the revision; buttons and fields name their form, so that a region's text does
/// not change with it.
struct CounterRegions {
    enum Name: String, CaseIterable {
        case sentence, notice, slip, figure, details, typing, picks, code, menu, commands
        case status, trades
    }

    let screen: CounterScreen
    let shelf: ShelfContents
    let language: Language
    /// What was wrong with what this page sent, where the counter was not asked.
    let problem: PageText?

    private var view: CounterView { screen.view }

    func region(_ name: Name) -> HTML {
        switch name {
        case .sentence: "\(say(view.prompt))"
        case .notice: notice
        case .slip: waitingSlip
        case .figure: figure
        case .details: details
        case .menu: isMenu ? commands : .empty
        case .commands: isMenu ? .empty : commands
        case .typing: typing
        case .picks: picks
        case .code: code
        case .status: StatusStrip(screen: screen, language: language).html
        case .trades: trades
        }
    }

    private func say(_ text: some Text) -> String { text.text(in: language) }

    // MARK: - What is

    private var notice: HTML {
        if let problem { return said(problem, as: .refused) }
        guard let notice = view.notice else { return .empty }
        return said(notice, as: notice.tone)
    }

    private func said(_ text: some Text, as tone: Tone) -> HTML {
        "<p class=\"said \(tone.rawValue)\"><span class=\"mark\" aria-hidden=\"true\">\(tone.mark)</span> \(say(text))</p>"
    }

    /// A slip that cannot come out is said beside what was booked, and what is to be done: the
    /// strip with the devices is below the edge of a phone.
    private var waitingSlip: HTML {
        let printer = view.devices[.printer] ?? .absent
        guard printer.isWrong, !view.slipsOwed.isEmpty else { return .empty }
        let text = say(PageText.slipsWait(printer, view.slipsOwed))
        return
            "<p class=\"said waits\"><span class=\"mark\" aria-hidden=\"true\">\(printer.mark)</span> \(text)</p>"
    }

    private var figure: HTML {
        switch view.figure {
        case nil: return .empty
        case .money(let fen): return amount(say(fen))
        case .mass(let mass): return amount(say(mass))
        }
    }

    /// The number large, its unit small beside it.
    private func amount(_ text: String) -> HTML {
        let parts = text.split(separator: " ", maxSplits: 1)
        let unit = parts.count == 2 ? String(parts[1]) : ""
        return
            "<p class=\"figure\"><span class=\"number\">\(String(parts.first ?? ""))</span> <span class=\"unit\">\(unit)</span></p>"
    }

    private var details: HTML {
        guard !view.details.isEmpty else { return .empty }
        return "<dl class=\"details\">\(view.details.map(detail))</dl>"
    }

    private func detail(_ detail: CounterView.Detail) -> HTML {
        switch detail {
        case .seller(let villager?): row(.seller, villager.description)
        case .seller(nil): row(.seller, say(DetailLabel.anonymous))
        case .produce(let name): row(.produce, name)
        case .price(let price): row(.price, price.figures)
        case .gross(let mass): row(.gross, say(mass))
        case .amount(let fen): row(.amount, say(fen))
        case .line(let line):
            "<div class=\"line\"><dt>\(line.name) <span class=\"times\">\(line.quantity) × \(line.price.figures)</span></dt><dd>\(say(line.amount))</dd></div>"
        case .total(let fen): row(.total, say(fen))
        case .listAge(let days):
            row(.listAge, say(days.map { DetailLabel.days($0) } ?? .unknownAge))
        case .cash(let fen): row(.cash, say(fen))
        case .tendered(let fen): row(.tendered, say(fen))
        case .change(let fen): row(.change, say(fen))
        case .order(let number): row(.order, String(number))
        case .counted(let fen): row(.counted, say(fen))
        case .expected(let fen): row(.expected, say(fen))
        case .purchase(let number): row(.purchase, String(number))
        case .replaces(let number): row(.replaces, String(number))
        }
    }

    private func row(_ label: DetailLabel, _ value: String) -> HTML {
        "<div><dt>\(say(label))</dt><dd>\(value)</dd></div>"
    }

    // MARK: - What can be touched

    /// The free counter shows its commands as a list, which scrolls with the page: it is too high
    /// to lie over anything. Within a trade they are few and keep to the lower edge.
    private var isMenu: Bool { view.prompt == .chooseTrade || view.prompt == .openDay }

    private var commands: HTML {
        guard !view.commands.isEmpty else { return .empty }
        let buttons = view.commands.enumerated().map { index, command -> HTML in
            let goesOn = index == 0 && command != .cancel
            return """
                <button form="touch" name="command" value="\(command.number)" \
                class="\(goesOn ? "first" : "further")">\(say(command))</button>
                """
        }
        return "<div class=\"\(isMenu ? "menu" : "bar")\">\(buttons)</div>"
    }

    private var typing: HTML {
        switch view.typing {
        case .money:
            "\(field(.amountInYuan, kind: "money", mode: "decimal"))\(keypad(hasPoint: true))"
        case .grams:
            "\(field(.massInGrams, kind: "grams", mode: "numeric"))\(keypad(hasPoint: false))"
        case .quantity:
            // The articles matter more: the keys are folded away.
            """
            \(field(.quantityOrCode, kind: "quantity", mode: "numeric"))\
            <details><summary>\(say(PageText.number))</summary>\(keypad(hasPoint: false))</details>
            """
        case .pin: pinField
        case .code, .reason, nil: view.digits.isEmpty ? .empty : typedDigits
        }
    }

    /// A code can be typed wherever one is expected; scanning it is the usual way.
    private var code: HTML {
        switch view.prompt {
        case .seller, .produce, .refundSlip, .secondProof:
            field(.code, kind: "code", mode: "text")
        default:
            .empty
        }
    }

    /// What was typed with the number keys of the printed sheet so far.
    private var typedDigits: HTML { "<p class=\"digits\">\(view.digits)</p>" }

    private func keypad(hasPoint: Bool) -> HTML {
        Keypad(hasPoint: hasPoint, language: language).html
    }

    private func field(_ label: PageText, kind: String, mode: String) -> HTML {
        let digits = view.digits.isEmpty || kind == "code" ? HTML.empty : typedDigits
        return """
            <input form="type" type="hidden" name="kind" value="\(kind)">\
            <label for="typed">\(say(label))</label>\(digits)\
            <div class="entry"><input form="type" id="typed" name="typed" type="text" \
            inputmode="\(mode)" autocomplete="off" maxlength="200">\
            <button form="type">\(say(PageText.enter))</button></div>
            """
    }

    private var pinField: HTML {
        """
        <label for="typed">\(say(SignInPage.label(of: view.prompt)))</label>\
        <div class="entry"><input form="pin" id="typed" name="pin" type="password" \
        inputmode="numeric" autocomplete="off" maxlength="6">\
        <button form="pin">\(say(PageText.enter))</button></div>\
        \(keypad(hasPoint: false))
        """
    }

    private var picks: HTML {
        switch view.picks {
        case nil: return .empty
        case .produce:
            return picks(
                .choose,
                shelf.produce.map {
                    pick("produce:\($0.key)", $0.name.text(in: language), say($0.price))
                })
        case .articles:
            return picks(
                .choose,
                shelf.articles.map {
                    pick("article:\($0.key)", $0.name.text(in: language), say($0.price))
                })
        case .reasons:
            return picks(
                .chooseReason,
                ReversalReason.allCases.map { pick("reason:\($0.rawValue)", say($0), "") })
        case .refunds(let offset):
            return picks(.chooseOrder, shelf.refunds.map { refund($0, offset) })
        }
    }

    /// Found by what was bought and when, and by the sum.
    private func refund(_ order: OrderRecord, _ utcOffsetMinutes: Int) -> HTML {
        let lines = order.lines.map(\.name).joined(separator: ", ")
        let date = StampedTime(order.slip, utcOffsetMinutes: utcOffsetMinutes)
        return pick(
            "refund:\(order.name)",
            "\(say(DetailLabel.order)) \(order.name.sequence), \(say(date)): \(lines)",
            say(order.refundOwed))
    }

    private func picks(_ heading: PageText, _ buttons: [HTML]) -> HTML {
        let list: HTML =
            buttons.isEmpty ? "<p>\(say(PageText.nothingToChoose))</p>" : "\(buttons)"
        return "<h2>\(say(heading))</h2><div class=\"picks\">\(list)</div>"
    }

    private func pick(_ value: String, _ name: String, _ price: String) -> HTML {
        "<button form=\"touch\" name=\"pick\" value=\"\(value)\"><span>\(name)</span> <span class=\"price\">\(price)</span></button>"
    }

    // MARK: - What was

    private var trades: HTML {
        let lines = shelf.trades.map { entry -> HTML in
            let trade = TradeLine(entry)
            let title = trade.map { say($0.title) } ?? entry.kind.rawValue
            let cash = trade?.cash.map { say($0) } ?? ""
            return
                "<li><a href=\"/counter/slip/\(entry.sequence)\"><span>\(entry.sequence)</span><span>\(title)</span></a> <span class=\"price\">\(cash)</span></li>"
        }
        let list: HTML =
            lines.isEmpty ? "<p>\(say(PageText.noSlips))</p>" : "<ol>\(lines)</ol>"
        return "<h2>\(say(PageText.lastSlips))</h2>\(list)"
    }
}

/// How a notice looks and sounds: told by word and shape, never by colour alone.
enum Tone: String {
    case good, refused, plain

    var mark: String {
        switch self {
        case .good: "✓"
        case .refused: "✕"
        case .plain: "•"
        }
    }
}

extension Notice {
    var tone: Tone {
        switch self {
        case .refused: .refused
        case .booked, .received, .dayOpened, .dayClosed, .signedIn, .reversed, .slipSettled: .good
        case .lastBooked, .nothingBooked, .cancelled, .signedOut, .orderStands, .exposureHigh,
            .badgeSeen, .staysUndone, .language, .askedHeadOffice, .copyPrinting:
            .plain
        }
    }
}

/// One entry as the list of the last slips says it.
struct TradeLine {
    let title: SlipTitle
    /// That moved; nil where no cash belongs to it.
    let cash: Fen?

    /// Nil for an entry that has no slip.
    init?(_ entry: Entry) {
        switch entry.kind {
        case .produceBought: title = .produceBought
        case .orderPaid: title = .orderPaid
        case .orderBought: title = .orderBought
        case .orderRejected: title = .orderRejected
        case .refundPaid: title = .refundPaid
        case .produceReversed: title = .correction
        case .dayClosed: title = .dayClosed
        default: return nil
        }
        cash = (try? entry.cashMoved)?.amount
    }
}

/// Digits to touch; only a script can press them, so it shows them.
struct Keypad {
    let hasPoint: Bool
    let language: Language

    var html: HTML {
        let keys = ["1", "2", "3", "4", "5", "6", "7", "8", "9"].map(key)
        let last: HTML =
            "\(hasPoint ? key(".") : "<span></span>")\(key("0"))<button type=\"button\" data-key=\"delete\" aria-label=\"\(PageText.delete.text(in: language))\">⌫</button>"
        return
            "<div class=\"keypad\" role=\"group\" aria-label=\"\(PageText.number.text(in: language))\">\(keys)\(last)</div>"
    }

    private func key(_ digit: String) -> HTML {
        "<button type=\"button\" data-key=\"\(digit)\">\(digit)</button>"
    }
}
