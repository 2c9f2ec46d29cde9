import Receipts
import StationCore
import Testing

/// One entry of every kind that owes a slip, as it may happen in the village.
enum SampleSlip: String, CaseIterable, Sendable {
    case produceBought, produceBoughtByHand, produceReversed, produceReversedStillOwed
    case orderPaid, orderBought, orderBoughtCheaper, orderRejected
    case refundPaid, refundPaidWithoutSlip, dayClosed

    static func letterhead(_ language: Language) -> Letterhead {
        switch language {
        case .english: Letterhead(stationName: "Green Hill Station", utcOffsetMinutes: 480)
        case .simplifiedChinese: Letterhead(stationName: "青山服务站", utcOffsetMinutes: 480)
        case .traditionalChinese: Letterhead(stationName: "青山服務站", utcOffsetMinutes: 480)
        case .mongolian:
            Letterhead(stationName: "Ногоон толгой үйлчилгээний цэг", utcOffsetMinutes: 480)
        }
    }

    /// Its mark is 31415926.
    static let hash: [UInt8] =
        [0, 0, 0, 0, 0x01, 0xdf, 0x5e, 0x76] + Array(repeating: 7, count: 24)

    func document(_ language: Language, copy: Int? = nil) throws -> SlipDocument {
        try Slip.document(
            for: entry(language), hash: Self.hash, letterhead: Self.letterhead(language),
            copy: copy)
    }

    func entry(_ language: Language) throws -> Entry {
        switch self {
        case .produceBought: try entry(Self.apples(language, byHand: false, replaces: nil))
        case .produceBoughtByHand: try entry(Self.apples(language, byHand: true, replaces: 40))
        case .produceReversed: try entry(Self.reversal(language, handedBack: true))
        case .produceReversedStillOwed: try entry(Self.reversal(language, handedBack: false))
        case .orderPaid:
            try entry(
                OrderPaid(
                    language: language, villager: nil, lines: Self.lines(language),
                    total: Fen(27_847), cash: Fen(27_850), tendered: Fen(30_000), list: 3))
        case .orderBought:
            try entry(
                OrderBought(
                    language: language, order: EntryName(epoch: 1, sequence: 41), decision: "d-1",
                    lines: Self.lines(language), total: Fen(27_847), cost: Fen(27_847)),
                by: .headOffice)
        case .orderBoughtCheaper:
            try entry(
                OrderBought(
                    language: language, order: EntryName(epoch: 1, sequence: 41), decision: "d-1",
                    lines: Self.lines(language), total: Fen(27_847), cost: Fen(26_000)),
                by: .headOffice)
        case .orderRejected:
            try entry(
                OrderRejected(
                    language: language, order: EntryName(epoch: 1, sequence: 41), decision: "d-2",
                    lines: Self.lines(language), refund: Fen(27_847)),
                by: .headOffice)
        case .refundPaid: try entry(Self.refund(language, .slip))
        case .refundPaidWithoutSlip: try entry(Self.refund(language, .lostSlip))
        case .dayClosed: try entry(Self.day(language))
        }
    }

    private func entry(_ content: some EntryContent, by actor: Actor? = nil) throws -> Entry {
        let one = try #require(OperatorNumber(1))
        return try Self.entry(content, sequence: 42, by: actor ?? .of(one))
    }

    static func entry(
        _ content: some EntryContent, sequence: Int, by actor: Actor,
        quality: ClockQuality = .network, time: Int = 1_780_203_840_000
    ) throws -> Entry {
        Entry(
            station: try #require(StationNumber("123456")), epoch: 1, sequence: sequence,
            kind: type(of: content).kind, version: type(of: content).version,
            moment: Moment(time: time, quality: quality, monotonic: 1), boot: "b1",
            actor: actor, postings: .none, body: try CanonicalCoding.encode(content))
    }

    // MARK: Contents

    private static func apples(
        _ language: Language, byHand: Bool, replaces: Int?
    ) throws -> ProduceBought {
        let evidence = WeighingEvidence(
            frame: "03 04 02 fd d4 30 00 00", status: "stable", shown: "12.500 kg",
            scale: "hid-scale 1-2", division: "5 g", settled: 900)
        return ProduceBought(
            language: language, seller: VillagerNumber(7),
            produce: try #require(ProduceCode("10001")), name: appleNames[language] ?? "",
            gross: Grams(12_500), tare: Grams(160), price: FenPerKilogram(420), list: 9,
            amount: Fen(5_183), cash: Fen(5_180), evidence: byHand ? nil : evidence,
            replaces: replaces)
    }

    private static let appleNames: [Language: String] = [
        .english: "Apples, red, first grade", .simplifiedChinese: "红富士苹果 一级",
        .traditionalChinese: "紅富士蘋果 一級", .mongolian: "Улаан алим, нэгдүгээр зэрэг",
    ]

    private static func reversal(
        _ language: Language, handedBack: Bool
    ) throws -> ProduceReversed {
        ProduceReversed(
            language: language, reverses: 40, reason: .wrongWeight,
            produce: try #require(ProduceCode("10001")), name: appleNames[language] ?? "",
            net: Grams(12_340), amount: Fen(5_183), cash: Fen(5_180), handedBack: handedBack,
            slipReplaced: false)
    }

    private static func lines(_ language: Language) throws -> [OrderLine] {
        let names: [Language: [String]] = [
            .english: ["Rice cooker 3 L, with steamer and a lid of glass", "Soap 100 g"],
            .simplifiedChinese: ["电饭煲3升（带蒸笼，玻璃盖，一年保修）", "香皂100克"],
            .traditionalChinese: ["電飯煲3升（帶蒸籠，玻璃蓋，一年保修）", "香皂100克"],
            .mongolian: ["Будаа агшаагч 3 л, жигнүүртэй, шилэн тагтай", "Үнэртэй саван 100 г"],
        ]
        let own = names[language] ?? []
        let codes = try [#require(ArticleCode("A-1")), #require(ArticleCode("A-2"))]
        return [
            OrderLine(article: codes[0], name: own[0], quantity: 2, price: Fen(13_500)),
            OrderLine(article: codes[1], name: own[1], quantity: 7, price: Fen(121)),
        ]
    }

    private static func refund(_ language: Language, _ first: RefundProof.First) -> RefundPaid {
        RefundPaid(
            language: language, order: EntryName(epoch: 1, sequence: 41), amount: Fen(1_847),
            cash: Fen(1_850), proof: RefundProof(first: first, second: .person))
    }

    private static func day(_ language: Language) -> DayClosed {
        var totals = DayTotals()
        totals.produceReversed = 1
        totals.cashHandedBack = Fen(1_500)
        totals.produceBought = 12
        totals.produceCash = Fen(61_230)
        totals.ordersPaid = 3
        totals.ordersCash = Fen(84_100)
        totals.refundsPaid = 1
        totals.refundsCash = Fen(1_850)
        return DayClosed(
            language: language, opened: 2, counted: Fen(120_500), expected: Fen(121_020),
            exposure: Fen(63_000), float: Fen(500_000), slipsOwed: 0, refundsOwed: Fen(4_560),
            owedByVillagers: Fen(1_200), totals: totals)
    }
}
