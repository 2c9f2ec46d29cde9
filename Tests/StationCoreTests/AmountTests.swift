import StationCore
import Testing

@Suite("What a weight comes to")
struct AmountTests {
    @Test(arguments: [
        (1, 499, 0), (1, 500, 1), (1, 501, 1), (1, 1_499, 1), (1, 1_500, 2), (3, 500, 2),
        (5, 100, 1), (4, 100, 0), (2_345, 700, 1_642), (2_345, 699, 1_639), (1_001, 500, 501),
        (999, 500, 500), (1_003, 500, 502), (0, 450, 0), (2_000, 0, 0),
    ])
    func `is rounded once, half up`(grams: Int, price: Int, fen: Int) {
        #expect(FenPerKilogram(price).amount(for: Grams(grams)) == Fen(fen))
    }

    @Test(arguments: [(14, 10), (15, 20), (16, 20), (25, 30), (4, 0), (5, 10), (10, 10)])
    func `in cash is rounded half up to the step`(fen: Int, cash: Int) {
        #expect(Fen(fen).rounded(toStep: 10) == Fen(cash))
        #expect(Fen(fen).rounded(toStep: 1) == Fen(fen))
    }

    @Test(arguments: [
        (Int.max - 500, 1, (Int.max - 500 + 500) / 1_000), (Int.max - 499, 1, nil),
        (Int.max, 1, nil), (Int.max, Int.max, nil), (1 << 32, 1 << 31, nil),
        (1, Int.max - 500, Int.max / 1_000),
    ])
    func `is none where it does not fit`(grams: Int, price: Int, fen: Int?) {
        #expect(FenPerKilogram(price).amount(for: Grams(grams)) == fen.map { Fen($0) })
    }

    @Test(arguments: [Int.max, Int.max / 2_000, CanonicalValue.integerMax / 2 + 1])
    func `beyond what an entry holds is refused`(price: Int) throws {
        var shop = try Shop()
        try shop.loadProduce(price: try Shop.price(price))
        #expect(try shop.takeWeight().refusal == .amountTooLarge)
        #expect(shop.books.lastPurchase == nil)
    }
}
