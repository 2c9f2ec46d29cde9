/// What a posting counts: money, produce or parcels.
public enum LedgerUnit: Hashable, Sendable {
    /// Fen.
    case money
    /// Grams of one produce.
    case grams(produce: String)
    /// Pieces.
    case pieces

    /// As in the canonical form: `CNY`, `g:<produce>`, `pc`.
    public var name: String {
        switch self {
        case .money: "CNY"
        case .grams(let produce): "g:" + produce
        case .pieces: "pc"
        }
    }

    var measure: Account.Measure {
        switch self {
        case .money: .money
        case .grams: .grams
        case .pieces: .pieces
        }
    }

    /// So much of it for people: `1250 fen`, `-300 g of apple`, `2 pieces`.
    func quantity(_ amount: Int) -> String {
        switch self {
        case .money: "\(amount) fen"
        case .grams(let produce): "\(amount) g of \(produce)"
        case .pieces: "\(amount) pieces"
        }
    }

    public init?(name: String) {
        switch name {
        case "CNY": self = .money
        case "pc": self = .pieces
        default:
            guard name.hasPrefix("g:"), Account.isSegment(name.dropFirst(2)) else { return nil }
            self = .grams(produce: String(name.dropFirst(2)))
        }
    }
}

/// An account: a dotted path whose last part may be a dimension, `order.prepaid.1-42`.
public struct Account: Hashable, Sendable, CustomStringConvertible {
    public let path: String
    public let side: Side
    public let measure: Measure

    /// What the account counts.
    public enum Measure: String, Sendable { case money, grams, pieces }

    /// On which side the balance must stay; positive is debit.
    public enum Side: Sendable { case debit, credit, either }

    public var description: String { path }

    /// Nil when the path is none of the accounts of `Account.table`.
    public init?(path: String) {
        guard let row = Account.table.first(where: { $0.matches(path) }) else { return nil }
        self.path = path
        side = row.side
        measure = row.measure
    }

    /// For the paths below: one that is not in the table is our own mistake.
    private static func known(_ path: String) -> Account {
        guard let account = Account(path: path) else { preconditionFailure("no account \(path)") }
        return account
    }

    /// One row of the chart of accounts.
    struct Row {
        let path: String
        let hasDimension: Bool
        let side: Side
        let measure: Measure

        func matches(_ other: String) -> Bool {
            guard hasDimension else { return other == path }
            guard other.hasPrefix(path + ".") else { return false }
            return Account.isSegment(other.dropFirst(path.count + 1))
        }
    }

    /// The chart of accounts: every account there is, with the side that its balance keeps
    /// and what it counts.
    static let table: [Row] = [
        account("cash.drawer", .debit, .money),
        account("cash.transit", .debit, .money),
        account("cash.difference", .either, .money),
        account("float.headoffice", .either, .money),
        dimension("inventory.produce", .debit, .money),
        dimension("receivable.headoffice", .debit, .money),
        dimension("receivable.villager", .debit, .money),
        dimension("order.prepaid", .credit, .money),
        dimension("refund.owed", .credit, .money),
        dimension("villager.credit", .credit, .money),
        dimension("carrier.payable", .credit, .money),
        account("income.commission", .credit, .money),
        account("income.fee", .credit, .money),
        account("income.produce", .either, .money),
        account("expense.shrinkage", .either, .money),
        account("rounding.difference", .either, .money),
        account("equity.operator", .either, .money),
        account("bay", .debit, .grams),
        dimension("crate", .debit, .grams),
        dimension("consignment", .debit, .grams),
        account("produce.source", .credit, .grams),
        account("produce.sent", .debit, .grams),
        account("produce.lost", .either, .grams),
        account("rack", .debit, .pieces),
        dimension("run", .debit, .pieces),
        account("parcel.outgoing", .debit, .pieces),
        account("parcel.source", .credit, .pieces),
        account("parcel.handed", .debit, .pieces),
        account("parcel.returned", .debit, .pieces),
        account("parcel.collected", .debit, .pieces),
    ]

    private static func account(_ path: String, _ side: Side, _ measure: Measure) -> Row {
        Row(path: path, hasDimension: false, side: side, measure: measure)
    }

    /// The path goes on with a dimension.
    private static func dimension(_ path: String, _ side: Side, _ measure: Measure) -> Row {
        Row(path: path, hasDimension: true, side: side, measure: measure)
    }

    /// A dimension: letters, digits and hyphens, 1 to 40 of them.
    static func isSegment(_ text: some StringProtocol) -> Bool {
        (1...40).contains(text.utf8.count)
            && text.utf8.allSatisfy {
                switch $0 {
                case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, 0x2d: true
                default: false
                }
            }
    }
}

extension Account {
    public static let drawer = known("cash.drawer")
    public static let transit = known("cash.transit")
    public static let cashDifference = known("cash.difference")
    public static let float = known("float.headoffice")
    public static let roundingDifference = known("rounding.difference")
    public static let operatorEquity = known("equity.operator")
    public static let bay = known("bay")
    public static let produceSource = known("produce.source")

    public static func inventory(produce: ProduceCode) -> Account {
        known("inventory.produce." + produce.text)
    }
    public static func prepaid(_ order: EntryName) -> Account {
        known("order.prepaid.\(order)")
    }
    public static func refundOwed(_ order: EntryName) -> Account {
        known("refund.owed.\(order)")
    }
    public static func villagerReceivable(_ entry: EntryName) -> Account {
        known("receivable.villager.\(entry)")
    }
}
