import StationCore
import Testing

@Suite("What is said of an entry that cannot stand") struct BooksErrorTests {
    @Test(arguments: [
        (
            BooksError.ledger(.wrongSide(.drawer, .money, balance: -91_400_000)),
            "cash.drawer would stand at -91400000 fen, and may not be below 0"
        ),
        (
            .ledger(.wrongSide(.produceSource, .grams(produce: "apple"), balance: 300)),
            "produce.source would stand at 300 g of apple, and may not be above 0"
        ),
        (.ledger(.unbalanced(unit: .pieces, by: 2)), "the postings sum to 2 pieces, not to 0"),
        (.ledger(.accountTwice(.drawer)), "cash.drawer is posted twice in one unit"),
        (.ledger(.zeroAmount(.drawer)), "a posting of 0 to cash.drawer"),
        (.ledger(.tooLarge(.drawer)), "a sum in cash.drawer is too large"),
        (
            .ledger(.wrongUnit(.drawer, .grams(produce: "walnut"))),
            "cash.drawer counts money, not g:walnut"
        ),
        (
            .cash(.produceBought, said: Fen(-100), posted: Fen(-1_000)),
            "produce.bought: its body moves -100 fen of cash, its postings -1000"
        ),
        (
            .unknown(EntryKind(rawValue: "produce.stolen"), version: 1),
            "is of a kind that this release does not know (produce.stolen, version 1)"
        ),
        (.state(.dayClosed, "no day is open"), "day.closed: no day is open"),
        (.sequence(expected: 3, found: 5), "expected entry 3, found 5"),
    ])
    func `is plain words`(error: BooksError, words: String) {
        #expect(error.description == words)
    }

    @Test(arguments: [
        ([String: CanonicalValue](), "the body of day.closed: language: missing"),
        (
            ["language": CanonicalValue.integer(3)],
            "the body of day.closed: language: another type of value"
        ),
    ])
    func `names the member that a body lacks`(
        body: [String: CanonicalValue], words: String
    ) throws {
        var books = Books()
        let station = try #require(StationNumber("990001"))
        let entry = Entry(
            station: station, epoch: 1, sequence: 1, kind: .dayClosed, version: 1,
            moment: Moment(time: 0, quality: .unset, monotonic: 0), boot: "b", actor: .station,
            postings: .none, body: .object(body))
        let error = #expect(throws: BooksError.self) { try books.apply(entry) }
        #expect(error?.description == words)
    }
}
