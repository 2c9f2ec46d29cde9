/// What a scanned text is by its form alone; whether such an article or card exists is looked up
/// later.
///
/// Our own codes are `VK`, kind (two digits), content (digits) and check (two digits, ISO 7064
/// MOD 97-10 over kind and content). The two letters sit on the same key on nearly all keyboards,
/// so that most scanners set to another country still send them.
public enum Barcode: Hashable, Sendable {
    case gtin(GTIN)
    case inStore(InStoreCode)
    case villagerCard(Digits<8>)
    /// Worthless without the PIN; never on a slip or in an entry.
    case badge(Digits<8>)
    /// The secret makes a sheet of another station, or one that was renewed, do nothing.
    case command(Digits<3>, stationSecret: Digits<5>)
    case slip(SlipCode)
    case rackPlace(Digits<4>)
    case parcelLabel(Digits<9>)
    case runLine(run: Digits<6>, line: Digits<2>)
    case numberKey(Digits<1>, stationSecret: Digits<5>)
    case enrolment(Enrolment)
    /// Shown by the box to a scanner that is to be let in.
    case pairing(Digits<6>)
    case slipShort(SlipShortCode)
    /// None of these: perhaps a waybill or a postal number, so the text is kept.
    case unknown(text: String, why: Why?)

    public enum Why: String, CaseIterable, Sendable {
        /// It has the form of an article number or of our own code, and the check digits are wrong.
        case check
        /// It begins like our own codes and is none.
        case form
    }

    public enum Kind: String, CaseIterable, Sendable {
        case gtin8, gtin12, gtin13, gtin14, inStore, villagerCard, badge, command, slip, rackPlace
        case parcelLabel, runLine, numberKey, enrolment, pairing, slipShort, unknown
    }
}

/// The QR code of a slip: the entry for ever, and a mark that no one can guess.
public struct SlipCode: Hashable, Sendable {
    public let station: Digits<6>
    public let epoch: Digits<2>
    public let sequence: Digits<9>
    public let mark: Digits<8>

    public init(station: Digits<6>, epoch: Digits<2>, sequence: Digits<9>, mark: Digits<8>) {
        self.station = station
        self.epoch = epoch
        self.sequence = sequence
        self.mark = mark
    }
}

/// The code of a slip for one-dimensional scanners: Code 128 of this fits a head of 384 dots.
public struct SlipShortCode: Hashable, Sendable {
    public let sequence: Digits<8>
    /// The first half of the mark.
    public let halfMark: Digits<4>

    public init(sequence: Digits<8>, halfMark: Digits<4>) {
        self.sequence = sequence
        self.halfMark = halfMark
    }
}

extension Barcode {
    /// What was scanned. Where the scanner tells the symbology, only an EAN/UPC symbol (or ITF-14)
    /// is an article number: a postal number in Code 128 may pass the same check.
    public init(_ scan: Scan) {
        let mayBeArticle: Bool
        switch scan.aim {
        case nil: mayBeArticle = true
        case let aim?:
            mayBeArticle = aim.hasPrefix("]E") || aim == "]I1" && scan.text.utf8.count == 14
        }
        self.init(text: scan.text, mayBeArticle: mayBeArticle)
    }

    /// What a text is whose symbology nobody told. Letters in front of our own codes may be small:
    /// a scanner behind a Caps Lock turns them.
    public init(text: String) {
        self.init(text: text, mayBeArticle: true)
    }

    private init(text: String, mayBeArticle: Bool) {
        if text.utf8.starts(with: [0x56, 0x4b], by: { $0 & ~0x20 == $1 }) {
            self = Barcode.own(text)
        } else if mayBeArticle, GTIN.lengths.contains(text.utf8.count),
            text.utf8.allSatisfy(isDigit)
        {
            guard let gtin = GTIN(text) else {
                self = .unknown(text: text, why: .check)
                return
            }
            self = InStoreCode(gtin).map { .inStore($0) } ?? .gtin(gtin)
        } else {
            self = .unknown(text: text, why: nil)
        }
    }

    private static func own(_ text: String) -> Barcode {
        let digits = text.dropFirst(2)
        guard digits.utf8.count >= 4, digits.utf8.allSatisfy(isDigit),
            hasLength(of: digits.prefix(2), digits.utf8.count - 4)
        else { return .unknown(text: text, why: .form) }
        guard mod97CheckDigits(digits.utf8.dropLast(2)) == digits.suffix(2) else {
            return .unknown(text: text, why: .check)
        }
        let content = digits.dropFirst(2).dropLast(2)
        return own(kind: digits.prefix(2), content) ?? .unknown(text: text, why: .form)
    }

    /// Whether the content of that kind may have `length` digits.
    private static func hasLength(of kind: Substring, _ length: Int) -> Bool {
        switch kind {
        case "01", "02", "03", "07": length == 8
        case "04": length == 25
        case "05": length == 4
        case "06": length == 9
        case "08", "10": length == 6
        case "09": length.isMultiple(of: 3)
        case "11": length == 12
        default: false
        }
    }

    private static func own(kind: Substring, _ content: Substring) -> Barcode? {
        switch kind {
        case "01": Digits<8>(content).map { .villagerCard($0) }
        case "02": Digits<8>(content).map { .badge($0) }
        case "03":
            pair(content, Digits<3>.init, Digits<5>.init).map {
                .command($0, stationSecret: $1)
            }
        case "04": SlipCode(content: content).map { .slip($0) }
        case "05": Digits<4>(content).map { .rackPlace($0) }
        case "06": Digits<9>(content).map { .parcelLabel($0) }
        case "07": pair(content, Digits<6>.init, Digits<2>.init).map { .runLine(run: $0, line: $1) }
        case "08":
            pair(content, Digits<1>.init, Digits<5>.init).map {
                .numberKey($0, stationSecret: $1)
            }
        case "09": Enrolment(content: content).map { .enrolment($0) }
        case "10": Digits<6>(content).map { .pairing($0) }
        case "11":
            pair(content, Digits<8>.init, Digits<4>.init).map {
                .slipShort(SlipShortCode(sequence: $0, halfMark: $1))
            }
        default: nil
        }
    }

    /// Two numbers that stand one behind the other.
    private static func pair<let a: Int, let b: Int>(
        _ content: Substring, _ first: (Substring) -> Digits<a>?,
        _ second: (Substring) -> Digits<b>?
    ) -> (Digits<a>, Digits<b>)? {
        guard let head = first(content.prefix(a)), let tail = second(content.dropFirst(a)) else {
            return nil
        }
        return (head, tail)
    }
}

extension SlipCode {
    fileprivate init?(content: Substring) {
        guard let station = Digits<6>(content.prefix(6)),
            let epoch = Digits<2>(content.dropFirst(6).prefix(2)),
            let sequence = Digits<9>(content.dropFirst(8).prefix(9)),
            let mark = Digits<8>(content.dropFirst(17))
        else { return nil }
        self.init(station: station, epoch: epoch, sequence: sequence, mark: mark)
    }
}

extension Barcode {
    /// The text of the code: what is printed, and what a scanner sends.
    public var text: String {
        switch self {
        case .gtin(let gtin): gtin.text
        case .inStore(let code): code.text
        case .villagerCard(let digits): Barcode.ownText("01", digits.text)
        case .badge(let digits): Barcode.ownText("02", digits.text)
        case .command(let number, let secret): Barcode.ownText("03", number.text + secret.text)
        case .slip(let code):
            Barcode.ownText(
                "04", code.station.text + code.epoch.text + code.sequence.text + code.mark.text)
        case .rackPlace(let digits): Barcode.ownText("05", digits.text)
        case .parcelLabel(let digits): Barcode.ownText("06", digits.text)
        case .runLine(let run, let line): Barcode.ownText("07", run.text + line.text)
        case .numberKey(let digit, let secret): Barcode.ownText("08", digit.text + secret.text)
        case .enrolment(let enrolment): Barcode.ownText("09", enrolment.content)
        case .pairing(let digits): Barcode.ownText("10", digits.text)
        case .slipShort(let code): Barcode.ownText("11", code.sequence.text + code.halfMark.text)
        case .unknown(let text, _): text
        }
    }

    private static func ownText(_ kind: String, _ content: String) -> String {
        let digits = kind + content
        return "VK" + digits + mod97CheckDigits(digits.utf8)
    }

    public var kind: Kind {
        switch self {
        case .gtin(let gtin):
            switch gtin.text.utf8.count {
            case 8: .gtin8
            case 12: .gtin12
            case 13: .gtin13
            default: .gtin14
            }
        case .inStore: .inStore
        case .villagerCard: .villagerCard
        case .badge: .badge
        case .command: .command
        case .slip: .slip
        case .rackPlace: .rackPlace
        case .parcelLabel: .parcelLabel
        case .runLine: .runLine
        case .numberKey: .numberKey
        case .enrolment: .enrolment
        case .pairing: .pairing
        case .slipShort: .slipShort
        case .unknown: .unknown
        }
    }
}

extension Barcode: CustomStringConvertible {
    /// The kind alone: what a log may say of a code.
    public var description: String { kind.rawValue }
}
