import Receipts
import StationCore
import Testing

@Suite("slips of whatever head office sends")
struct RandomSlips {
    @Test(arguments: 0..<300)
    func `no line is wider than the paper, no byte a command`(seed: UInt64) throws {
        var random = SeededNumbers(seed: seed)
        let entry = try anyEntry(&random)
        let letterhead = Letterhead(
            stationName: random.name(), utcOffsetMinutes: Int.random(in: -900...900, using: &random)
        )
        let hash = (0..<32).map { _ in UInt8.random(in: 0...255, using: &random) }
        let copy = Bool.random(using: &random) ? Int.random(in: 1...9_999, using: &random) : nil
        let document = try Slip.document(
            for: entry, hash: hash, letterhead: letterhead, copy: copy)
        for line in document.lines() {
            guard case .text(let text, let style, _) = line else { continue }
            #expect(columns(text) <= (style == .double ? 16 : 32), "\(text)")
        }
        let printout = Printout(EscposText().render(document))
        #expect(printout.errors == [])
        #expect(printout.others == [])
        #expect(printout.lines.allSatisfy { !$0.isWrapped })
        #expect(printout.codes.contains { $0.symbology == .qr })
    }

    private func anyEntry(_ random: inout SeededNumbers) throws -> Entry {
        let language = try #require(Language.allCases.randomElement(using: &random))
        let order = EntryName(epoch: 1, sequence: Int.random(in: 1...99_999_999, using: &random))
        let lines = try (0..<Int.random(in: 0...5, using: &random)).map { _ in
            OrderLine(
                article: try #require(ArticleCode("A-1")), name: random.name(),
                quantity: Int.random(in: -999...999, using: &random),
                price: Fen(random.number() / 999))
        }
        let content: any EntryContent
        switch Int.random(in: 0..<6, using: &random) {
        case 0:
            content = ProduceBought(
                language: language, seller: nil, produce: try #require(ProduceCode("1")),
                name: random.name(), gross: Grams(random.small()), tare: Grams(random.small()),
                price: FenPerKilogram(random.number()), list: 1, amount: Fen(random.number()),
                cash: Fen(random.number()), evidence: nil, replaces: random.number())
        case 1:
            content = ProduceReversed(
                language: language, reverses: random.number(), reason: .wrongPayment,
                produce: try #require(ProduceCode("1")), name: random.name(),
                net: Grams(random.number()), amount: Fen(random.number()),
                cash: Fen(random.number()), handedBack: Bool.random(using: &random),
                slipReplaced: false)
        case 2:
            content = OrderPaid(
                language: language, villager: nil, lines: lines, total: Fen(random.number()),
                cash: Fen(random.small()), tendered: Fen(random.small()), list: 1)
        case 3:
            content = OrderBought(
                language: language, order: order, decision: "d", lines: lines,
                total: Fen(random.small()), cost: Fen(random.small()))
        case 4:
            content = OrderRejected(
                language: language, order: order, decision: "d", lines: lines,
                refund: Fen(random.number()))
        default:
            content = DayClosed(
                language: language, opened: random.number(), counted: Fen(random.number()),
                expected: Fen(random.number()), exposure: Fen(random.number()),
                float: Fen(random.number()), slipsOwed: random.number(),
                refundsOwed: Fen(random.number()), owedByVillagers: Fen(random.number()),
                totals: DayTotals())
        }
        let actor = try #require(Actor(number: Int.random(in: 0...101, using: &random)))
        return try SampleSlip.entry(
            content, sequence: Int.random(in: 1...99_999_999, using: &random), by: actor,
            quality: try #require(ClockQuality.allCases.randomElement(using: &random)),
            time: random.number())
    }

    /// Counted apart from the code under test: two for what East Asian printers draw wide.
    private func columns(_ text: String) -> Int {
        text.unicodeScalars.reduce(0) { $0 + ($1.value < 0x1100 || $1 == "№" ? 1 : 2) }
    }
}

/// SplitMix64.
struct SeededNumbers: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var value = state
        value = (value ^ (value >> 30)) &* 0xbf58_476d_1ce4_e5b9
        value = (value ^ (value >> 27)) &* 0x94d0_49bb_1331_11eb
        return value ^ (value >> 31)
    }

    /// Any number that the journal allows, small ones as often as huge ones.
    mutating func number() -> Int {
        let limit = CanonicalValue.integerMax >> Int.random(in: 0...52, using: &self)
        return Int.random(in: -limit...limit, using: &self)
    }

    /// So small that a difference of two fits too.
    mutating func small() -> Int { number() / 2 }

    /// From alphabets, signs, rare characters, emoji and control characters; often very long.
    mutating func name() -> String {
        let ranges: [ClosedRange<UInt32>] = [
            0x20...0x7e, 0x20...0x7e, 0x00...0x9f, 0xa0...0x17f, 0x300...0x36f, 0x400...0x4ff,
            0x4e00...0x9fff, 0x4e00...0x9fff, 0x3000...0x303f, 0x2000...0x206f, 0xff00...0xffef,
            0x1f300...0x1f9ff, 0x20000...0x2a6df, 0x1800...0x18aa, 0xe000...0xe0ff,
        ]
        let length = Int.random(in: 1...120, using: &self)
        let spread = Int.random(in: 1...ranges.count, using: &self)
        var name = String.UnicodeScalarView()
        for _ in 0..<length {
            let range = ranges[Int.random(in: 0..<spread, using: &self)]
            if let letter = Unicode.Scalar(UInt32.random(in: range, using: &self)) {
                name.append(letter)
            }
        }
        return String(name)
    }
}
