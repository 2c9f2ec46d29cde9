public import StationCore
internal import Texts

/// What stands at the head of a station's papers, and how its dates are shown.
public struct Letterhead: Hashable, Sendable {
    /// As configured; may be in any script.
    public let stationName: String
    /// What the local clock is ahead of UTC; 480 in China.
    public let utcOffsetMinutes: Int

    public init(stationName: String, utcOffsetMinutes: Int) {
        self.stationName = stationName
        self.utcOffsetMinutes = utcOffsetMinutes
    }

    /// Characters of a station's name at the most.
    private static let nameLengthMax = 32

    /// What `isAllowed` takes, in words.
    public static let allowedName =
        "at most \(nameLengthMax) characters, none of them a line's end or another control character"

    /// Whether a station may be called so. What is invisible and part of a script is taken: the
    /// Mongolian one is not written without.
    public static func isAllowed(name: String) -> Bool {
        name.count <= nameLengthMax
            && name.unicodeScalars.allSatisfy { scalar in
                switch scalar.properties.generalCategory {
                case .control, .lineSeparator, .paragraphSeparator: false
                default: true
                }
            }
    }
}

public enum SlipError: Error, Equatable, Sendable {
    /// Entries of this kind owe no slip.
    case noSlip(EntryKind)
    /// The body is not what its kind says; the text names the member.
    case body(EntryKind, String)
    /// Epoch, number or hash do not fit the slip's codes.
    case codes(EntryName)
}

/// The slip of an entry: a pure function of it, so that it can be printed again word for word.
public enum Slip {
    /// - Parameters:
    ///   - hash: The entry's hash in the chain; its mark stands in the codes.
    ///   - copy: Which copy a reprint is, from 1; nil for the slip itself.
    /// - Throws: `SlipError`.
    public static func document(
        for entry: Entry, hash: [UInt8], letterhead: Letterhead, copy: Int? = nil
    ) throws(SlipError) -> SlipDocument {
        let codes = try Codes(entry.station, entry.name, hash)
        let content = try content(of: entry)
        var writer = PaperWriter(language: content.language)
        writer.head(letterhead, entry.station)
        writer.title(content.title)
        if let copy { writer.title(SlipTitle.copy(copy)) }
        content.write(to: &writer)
        writer.rule()
        writer.stamp(entry, letterhead)
        writer.qr(codes.qr)
        writer.code128(codes.short)
        for advice in content.advice { writer.line(advice) }
        writer.line(SlipText.whomToAsk)
        writer.cut()
        return writer.document
    }

    /// What stands on an entry's slip in double size.
    public static func sum(of entry: Entry) throws(SlipError) -> Fen {
        try content(of: entry).sum
    }

    private static func content(of entry: Entry) throws(SlipError) -> any SlipContent {
        do {
            let content: (any SlipContent)? =
                if let bought = try entry.content(ProduceBought.self) {
                    bought
                } else if let reversed = try entry.content(ProduceReversed.self) {
                    reversed
                } else if let paid = try entry.content(OrderPaid.self) {
                    paid
                } else if let bought = try entry.content(OrderBought.self) {
                    bought
                } else if let rejected = try entry.content(OrderRejected.self) {
                    rejected
                } else if let refund = try entry.content(RefundPaid.self) {
                    refund
                } else if let closed = try entry.content(DayClosed.self) {
                    closed
                } else {
                    nil
                }
            if let content { return content }
        } catch {
            throw .body(entry.kind, "\(error)")
        }
        throw .noSlip(entry.kind)
    }
}

/// The codes by which a slip is found again.
private struct Codes {
    let qr: String
    let short: String

    init(
        _ station: StationNumber, _ name: EntryName, _ hash: [UInt8]
    ) throws(SlipError) {
        guard let station = Digits<6>(station.text), let epoch = Digits<2>(name.epoch),
            let sequence = Digits<9>(name.sequence), let shortSequence = Digits<8>(name.sequence),
            let mark = Digits<8>.mark(ofHash: hash), let halfMark = mark.firstHalf
        else { throw .codes(name) }
        let slip = SlipCode(station: station, epoch: epoch, sequence: sequence, mark: mark)
        qr = Barcode.slip(slip).text
        short =
            Barcode.slipShort(SlipShortCode(sequence: shortSequence, halfMark: halfMark)).text
    }
}

/// An entry's body as its slip needs it.
protocol SlipContent {
    var language: Language { get }
    var title: SlipTitle { get }
    /// What the reader is to do with the slip.
    var advice: [any Text] { get }
    /// What stands in double size.
    var sum: Fen { get }
    /// From the title to the sum.
    func write(to writer: inout PaperWriter)
}
