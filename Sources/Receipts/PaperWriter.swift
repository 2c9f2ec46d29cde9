internal import StationCore
internal import Texts

/// Puts a paper together, every text in the paper's language.
struct PaperWriter {
    let language: Language
    private var elements: [SlipElement] = []

    init(language: Language) { self.language = language }

    var document: SlipDocument { SlipDocument(language: language, elements: elements) }

    /// Columns of the longest name of anything; three lines of an order.
    private static let nameWidthMax = 3 * SlipDocument.columnCount

    func text(_ text: some Text) -> String { text.text(in: language) }

    // MARK: Lines

    mutating func head(_ letterhead: Letterhead, _ station: StationNumber?) {
        let name = PaperText(letterhead.stationName).shortened(to: Self.nameWidthMax)
        let number = station.map(\.text) ?? text(PaperLine.notEnrolled)
        elements.append(.columns(left: name.string, right: number))
        rule()
    }

    mutating func title(_ title: some Text) {
        elements.append(.text(text(title), style: .double))
    }

    mutating func line(_ line: some Text, style: SlipElement.Style = .normal) {
        elements.append(.text(text(line), style: style))
    }

    /// A name from outside, in bold.
    mutating func name(_ name: String) {
        let name = PaperText(name).shortened(to: Self.nameWidthMax)
        elements.append(.text(name.string, style: .bold))
    }

    mutating func pair(_ label: some Text, _ value: String, style: SlipElement.Style = .normal) {
        elements.append(.columns(left: text(label), right: value, style: style))
    }

    /// `Scale: ready`; a next step may be longer than a line.
    mutating func item(_ label: some Text, _ state: some Text) {
        let colon: String
        switch language {
        case .english, .mongolian: colon = ": "
        case .simplifiedChinese, .traditionalChinese: colon = "："
        }
        elements.append(.text(text(label) + colon + text(state)))
    }

    mutating func value(_ value: String) {
        elements.append(.text(value, alignment: .right))
    }

    mutating func sample(_ letters: String) { elements.append(.text(letters)) }

    /// A line of an order: how many at what price, and the product. A product that is no number
    /// of fen is left out.
    mutating func order(_ line: OrderLine) {
        name(line.name)
        let (amount, overflow) = line.quantity.multipliedReportingOverflow(by: line.price.count)
        elements.append(
            .columns(
                left: "\(line.quantity) x \(line.price.figures)",
                right: overflow ? "?" : Fen(amount).figures))
    }

    /// The sum that the slip is about, in double size.
    mutating func amount(_ label: some Text, _ amount: Fen) {
        elements.append(.text(text(label), style: .bold))
        elements.append(.text(text(amount), style: .double, alignment: .right))
    }

    /// What was paid where the exact sum was rounded to the cash step.
    mutating func rounded(_ label: some Text, _ exact: Fen, cash: Fen) {
        guard exact != cash else { return }
        pair(label, exact.figures)
        pair(SlipText.rounding, (cash - exact).figures)
    }

    mutating func rule() { elements.append(.rule) }
    mutating func feed() { elements.append(.feed(lineCount: 1)) }
    mutating func cut() { elements.append(.cut) }
    mutating func qr(_ payload: String) { elements.append(.qr(payload)) }

    /// A number key, as large as it can be.
    mutating func digit(_ digit: Int) {
        elements.append(.text(String(digit), style: .double))
    }

    mutating func bars(_ payload: String) { elements.append(.code128(payload)) }

    /// Bars, and their text for whoever has to type it.
    mutating func code128(_ payload: String) {
        bars(payload)
        elements.append(.text(payload, alignment: .centre))
    }

    /// Number, date and who decided it. A `~` stands before a date that is not sure.
    mutating func stamp(_ entry: Entry, _ letterhead: Letterhead) {
        pair(SlipText.number(entry.sequence), date(entry.moment, letterhead))
        switch entry.actor {
        case .station: line(SlipText.stationItself)
        case .headOffice: line(SlipText.headOffice)
        case .technician: line(SlipText.technician)
        default: line(SlipText.operatorNumber(entry.actor.number))
        }
    }

    func date(_ moment: Moment, _ letterhead: Letterhead) -> String {
        text(StampedTime(moment, utcOffsetMinutes: letterhead.utcOffsetMinutes))
    }
}
