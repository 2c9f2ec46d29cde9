import StationCore
import Testing

@Suite("The weight that may be sold by")
struct SaleWeightTests {
    private static let twoGrams = Division(magnitude: Magnitude(2), unit: .gram)

    private static func scale(
        _ division: Division = twoGrams, tellsStability: Bool = true
    ) -> ScaleIdentity {
        ScaleIdentity(
            model: "test-scale", path: "1-1", division: division, tellsStability: tellsStability)
    }

    private static func report(
        _ magnitude: Magnitude, _ unit: MassUnit = .gram
    ) -> WeightReading {
        WeightReading(
            status: magnitude.coefficient == 0 ? .zero : .stable,
            grams: Grams(magnitude.coefficient), magnitude: magnitude, unit: unit,
            frame: [3, 4, 2, 0, 0, 0])
    }

    private func refusal(_ weighing: Weighing, at now: Int) -> WeightRefusal? {
        do throws(WeightRefusal) {
            _ = try weighing.saleWeight(at: now)
            return nil
        } catch { return error }
    }

    @Test(arguments: [
        (Magnitude(40), twoGrams, true), (Magnitude(39), twoGrams, false),
        (Magnitude(38), twoGrams, false), (Magnitude(400, exponent: -1), twoGrams, true),
        (Magnitude(399, exponent: -1), twoGrams, false),
        (Magnitude(2), Division(magnitude: Magnitude(1, exponent: -1), unit: .ounce), true),
        (
            Magnitude(19, exponent: -1),
            Division(magnitude: Magnitude(1, exponent: -1), unit: .ounce), false
        ),
        (Magnitude(100), Division(magnitude: Magnitude(5), unit: .gram), true),
        (Magnitude(99), Division(magnitude: Magnitude(5), unit: .gram), false),
    ])
    func `the minimum is twenty divisions in the scale's own unit`(
        magnitude: Magnitude, division: Division, isSold: Bool
    ) {
        var weighing = Weighing()
        weighing.take(Self.report(magnitude, division.unit), from: Self.scale(division), at: 0)
        #expect(refusal(weighing, at: 0) == (isSold ? nil : .belowMinimum))
    }

    /// A scale of 2 g from which `sold` grams were just sold.
    private func afterSale(of sold: Int) throws -> Weighing {
        var weighing = Weighing()
        weighing.take(Self.report(Magnitude(sold)), from: Self.scale(), at: 0)
        weighing.sold(try weighing.saleWeight(at: 0))
        #expect(!weighing.isCleared)
        #expect(refusal(weighing, at: 0) == .notCleared)
        return weighing
    }

    /// The sale is so small that what is left is not another load already.
    @Test(arguments: [(0, true), (2, true), (4, true), (5, false), (6, false), (40, false)])
    func `a scale is clear within two divisions of zero`(left: Int, isClear: Bool) throws {
        var weighing = try afterSale(of: 40)
        weighing.take(Self.report(Magnitude(left)), from: Self.scale(), at: 100)
        #expect(weighing.isCleared == isClear)
        weighing.take(Self.report(Magnitude(40)), from: Self.scale(), at: 200)
        #expect(refusal(weighing, at: 200) == (isClear ? nil : .notCleared))
    }

    @Test(arguments: [
        (2_000, false), (2_002, false), (2_040, false), (2_041, true), (2_042, true),
        (1_960, false), (1_959, true), (1_958, true),
    ])
    func `a load that changed by more than twenty divisions is another one`(
        next: Int, isAnother: Bool
    ) throws {
        var weighing = try afterSale(of: 2_000)
        weighing.take(Self.report(Magnitude(next)), from: Self.scale(), at: 100)
        #expect(weighing.isCleared == isAnother)
        #expect(refusal(weighing, at: 100) == (isAnother ? nil : .notCleared))
    }

    @Test(arguments: [(0, true), (1_000, true), (1_001, false)])
    func `a report is sold by for a second`(age: Int, isSold: Bool) throws {
        var weighing = Weighing()
        weighing.take(Self.report(Magnitude(2_000)), from: Self.scale(), at: 50)
        #expect(refusal(weighing, at: 50 + age) == (isSold ? nil : .stale))
        #expect(weighing.shown(at: 50 + age) == (isSold ? Grams(2_000) : nil))
        var shop = try Shop()
        try shop.loadProduce()
        shop.monotonic += age
        let decision = try shop.take(
            .touched(.command(.takeWeight), revision: shop.counter.revision))
        #expect(decision.refusal == (isSold ? nil : .weight(.stale)))
    }

    /// One table of reports of a scale that tells no stability: grams and when they came.
    struct Reports: Sendable {
        let reports: [(grams: Int, at: Int)]
        let asked: Int
        let isSold: Bool
    }

    @Test(arguments: [
        Reports(reports: [(2_000, 0), (2_000, 350), (2_000, 700)], asked: 700, isSold: true),
        // Two reports; three in less than the time.
        Reports(reports: [(2_000, 0), (2_000, 700)], asked: 700, isSold: false),
        Reports(reports: [(2_000, 0), (2_000, 350), (2_000, 699)], asked: 699, isSold: false),
        // Off by one division, and by two.
        Reports(reports: [(2_000, 0), (2_002, 350), (1_998, 700)], asked: 700, isSold: true),
        Reports(reports: [(2_000, 0), (2_000, 350), (2_004, 700)], asked: 700, isSold: false),
        Reports(reports: [(2_000, 0), (2_000, 350), (2_003, 700)], asked: 700, isSold: false),
        // One division each, and two in all: a load that creeps is none that lies still.
        Reports(reports: [(2_000, 0), (2_002, 350), (2_004, 700)], asked: 700, isSold: false),
        // What moved counts anew from then on.
        Reports(
            reports: [(1_000, 0), (2_000, 350), (2_000, 700), (2_000, 1_050)], asked: 1_050,
            isSold: true),
        Reports(
            reports: [(1_000, 0), (2_000, 350), (2_000, 700), (2_000, 1_049)], asked: 1_049,
            isSold: false),
    ])
    func `without a word of stability three reports within one division and 700 ms are stable`(
        table: Reports
    ) {
        var weighing = Weighing()
        var told = Weighing()
        for report in table.reports {
            let reading = Self.report(Magnitude(report.grams))
            weighing.take(reading, from: Self.scale(tellsStability: false), at: report.at)
            told.take(reading, from: Self.scale(), at: report.at)
        }
        #expect(refusal(weighing, at: table.asked) == (table.isSold ? nil : .moving))
        #expect(refusal(told, at: table.asked) == nil)
    }

    @Test func `a scale that was away or showed another unit counts its reports anew`() {
        for isAway in [true, false] {
            var weighing = Weighing()
            let scale = Self.scale(tellsStability: false)
            let reading = Self.report(Magnitude(2_000))
            for at in [0, 350] { weighing.take(reading, from: scale, at: at) }
            if isAway {
                weighing.lose()
            } else {
                weighing.take(Self.report(Magnitude(2_000), .ounce), from: scale, at: 500)
                #expect(refusal(weighing, at: 500) == .otherUnit)
            }
            for at in [700, 1_050] { weighing.take(reading, from: scale, at: at) }
            #expect(refusal(weighing, at: 1_050) == .moving)
            weighing.take(reading, from: scale, at: 1_400)
            #expect(refusal(weighing, at: 1_400) == nil)
        }
    }

    /// A shop as it is after a restart in the middle of the last sale: paid, and the load lies
    /// there.
    private func restartedShop() throws -> Shop {
        var shop = try Shop()
        try shop.loadProduce(seller: 7)
        try shop.takeWeight()
        try shop.command(.payCash)
        shop.counter = Counter(books: shop.books, settings: shop.counter.settings)
        try shop.signIn()
        try shop.scan(.villager(VillagerNumber(8)))
        try shop.scan(.produce(try Shop.price()))
        return shop
    }

    @Test(arguments: [2_000, 2_040]) func `a load left lying over a restart is not sold again`(
        lying: Int
    ) throws {
        var shop = try restartedShop()
        try shop.load(lying)
        #expect(shop.view.prompt == .clearScale)
        #expect(try shop.takeWeight().refusal == .weight(.notCleared))
        try shop.load(1_960)
        #expect(try shop.takeWeight().refusal == .weight(.notCleared))
        try shop.load(4)
        try shop.load(lying)
        #expect(try shop.takeWeight().refusal == nil)
    }

    @Test func `another load after a restart is sold at once`() throws {
        var shop = try restartedShop()
        try shop.load(2_042)
        #expect(try shop.takeWeight().refusal == nil)
    }
}
