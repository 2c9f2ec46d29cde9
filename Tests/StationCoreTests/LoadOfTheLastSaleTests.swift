import StationCore
import Testing

@Suite("The load of the last sale")
struct LoadOfTheLastSaleTests {
    /// What a scale can be set to by its button, or what another scale shows of the same load.
    enum Shown: CaseIterable {
        case grams, kilograms, ounces

        var scale: ScaleIdentity {
            let division =
                switch self {
                case .grams: Division(magnitude: Magnitude(2), unit: .gram)
                case .kilograms: Division(magnitude: Magnitude(2, exponent: -3), unit: .kilogram)
                case .ounces: Division(magnitude: Magnitude(1, exponent: -1), unit: .ounce)
                }
            return ScaleIdentity(
                model: "test-scale", path: "1-1", division: division, tellsStability: true)
        }

        /// 454 g, to the nearest that can be shown.
        var load: Magnitude {
            switch self {
            case .grams: Magnitude(454)
            case .kilograms: Magnitude(454, exponent: -3)
            case .ounces: Magnitude(160, exponent: -1)
            }
        }
    }

    private static func show(
        _ magnitude: Magnitude, _ shown: Shown, on weighing: inout Weighing
    ) {
        weighing.take(
            WeightReading(
                status: magnitude.coefficient == 0 ? .zero : .stable, grams: Grams(454),
                magnitude: magnitude, unit: shown.scale.division.unit, frame: []),
            from: shown.scale, at: 0)
    }

    private static func sold(_ shown: Shown) throws -> (Weighing, SaleWeight) {
        var weighing = Weighing()
        show(Magnitude(0), shown, on: &weighing)
        show(shown.load, shown, on: &weighing)
        let weight = try weighing.saleWeight(at: 0)
        weighing.sold(weight)
        return (weighing, weight)
    }

    @Test(arguments: Shown.allCases, Shown.allCases)
    func `it is not sold twice, whatever unit it is shown in`(first: Shown, then: Shown) throws {
        let (running, weight) = try Self.sold(first)
        for var weighing in [running, Weighing(lastSale: weight.evidence)] {
            Self.show(then.load, then, on: &weighing)
            #expect(throws: WeightRefusal.notCleared) { try weighing.saleWeight(at: 0) }
            Self.show(Magnitude(0), then, on: &weighing)
            Self.show(then.load, then, on: &weighing)
            #expect(throws: Never.self) { try weighing.saleWeight(at: 0) }
        }
    }

    @Test func `another load in the same unit is another sale`() throws {
        var (weighing, _) = try Self.sold(.grams)
        Self.show(Magnitude(494), .grams, on: &weighing)
        #expect(!weighing.isCleared)
        Self.show(Magnitude(496), .grams, on: &weighing)
        #expect(weighing.isCleared)
    }

    @Test func `it still lies there after a start`() throws {
        var shop = try Shop()
        try shop.sellProduce(grams: 2_000)
        shop.counter = Counter(books: shop.books, settings: CounterSettings(language: .english))
        try shop.signIn()
        try shop.command(.produce)
        try shop.command(.anonymous)
        try shop.scan(.produce(try Shop.price()))
        try shop.load(2_000)
        #expect(try shop.takeWeight().refusal == .weight(.notCleared))
    }
}
