import Testing

@testable import StationCore

@Suite("The chart of accounts")
struct AccountTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let path: String
        let side: Account.Side
        let unit: LedgerUnit

        var testDescription: String { path }
    }

    private static let apple = LedgerUnit.grams(produce: "apple")

    /// As the trades have them: assets and where things are on the debit side, what is owed and
    /// where things came from on the credit side.
    static let chart =
        rows(
            .money,
            debit: [
                "cash.drawer", "cash.transit", "inventory.produce.apple",
                "receivable.headoffice.7", "receivable.villager.1-42",
            ],
            credit: [
                "order.prepaid.1-42", "refund.owed.1-42", "villager.credit.17",
                "carrier.payable.post", "income.commission", "income.fee",
            ],
            either: [
                "float.headoffice", "equity.operator", "income.produce", "expense.shrinkage",
                "cash.difference", "rounding.difference",
            ])
        + rows(
            apple, debit: ["bay", "crate.3", "consignment.7", "produce.sent"],
            credit: ["produce.source"], either: ["produce.lost"])
        + rows(
            .pieces,
            debit: [
                "rack", "run.4", "parcel.outgoing", "parcel.handed", "parcel.returned",
                "parcel.collected",
            ],
            credit: ["parcel.source"], either: [])

    private static func rows(
        _ unit: LedgerUnit, debit: [String], credit: [String], either: [String]
    ) -> [Row] {
        [(debit, Account.Side.debit), (credit, .credit), (either, .either)].flatMap {
            (paths, side) in paths.map { Row(path: $0, side: side, unit: unit) }
        }
    }

    /// What takes anything in each unit.
    private static func against(_ unit: LedgerUnit, _ sign: Int) throws -> Account {
        let path =
            switch unit {
            case .money: "equity.operator"
            case .grams: sign > 0 ? "produce.sent" : "produce.source"
            case .pieces: sign > 0 ? "parcel.handed" : "parcel.source"
            }
        return try #require(Account(path: path))
    }

    @Test(arguments: chart)
    func `an account keeps its side, and counts one thing`(row: Row) throws {
        let account = try #require(Account(path: row.path))
        for sign in [1, -1] {
            var ledger = Ledger()
            var other = try Self.against(row.unit, -sign)
            if other == account { other = .cashDifference }
            let postings = try Postings([
                Posting(account, 5 * sign, row.unit), Posting(other, -5 * sign, row.unit),
            ])
            let isRight = row.side == .either || (row.side == .debit) == (sign > 0)
            if isRight {
                #expect(throws: Never.self) { try ledger.post(postings) }
                #expect(ledger[account, row.unit] == 5 * sign)
            } else {
                #expect(throws: LedgerError.wrongSide(account, row.unit, balance: 5 * sign)) {
                    try ledger.post(postings)
                }
                #expect(ledger == Ledger())
            }
        }
        for unit in [LedgerUnit.money, Self.apple, .pieces] where unit != row.unit {
            var ledger = Ledger()
            let sign = row.side == .credit ? -1 : 1
            let postings = try Postings([
                Posting(account, sign, unit), Posting(try Self.against(unit, -sign), -sign, unit),
            ])
            #expect(throws: LedgerError.wrongUnit(account, unit)) { try ledger.post(postings) }
        }
    }

    @Test func `there is no other account`() {
        #expect(Self.chart.count == Account.table.count)
        for row in Account.table {
            let path = row.hasDimension ? row.path + "." : row.path
            #expect(
                Self.chart.contains {
                    row.hasDimension ? $0.path.hasPrefix(path) : $0.path == path
                }, "\(row.path)")
        }
        for path in ["cash.pocket", "cash.drawer.1", "bay.1", "crate", "crate.", "crate.a b"] {
            #expect(Account(path: path) == nil, "\(path)")
        }
    }
}
