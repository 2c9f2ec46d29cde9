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

    /// On which side the balance must stay; positive is debit.
    public enum Side: Sendable { case debit, credit, either }

    public var description: String { path }

    /// Nil when the path is none of the accounts of `Account.table`.
    public init?(path: String) {
        guard let row = Account.table.first(where: { $0.matches(path) }) else { return nil }
        self.path = path
        side = row.side
    }

    init(known path: String, _ side: Side) {
        self.path = path
        self.side = side
    }

    /// One row of the chart of accounts.
    struct Row {
        let path: String
        let hasDimension: Bool
        let side: Side

        func matches(_ other: String) -> Bool {
            guard hasDimension else { return other == path }
            guard other.hasPrefix(path + ".") else { return false }
            return Account.isSegment(other.dropFirst(path.count + 1))
        }
    }

    /// The chart of accounts: every account there is, with the side that its balance keeps.
    static let table: [Row] = [
        Row(path: "cash.drawer", hasDimension: false, side: .debit),
        Row(path: "cash.transit", hasDimension: false, side: .debit),
        Row(path: "cash.difference", hasDimension: false, side: .either),
        Row(path: "float.headoffice", hasDimension: false, side: .either),
        Row(path: "inventory.produce", hasDimension: true, side: .debit),
        Row(path: "receivable.headoffice", hasDimension: true, side: .debit),
        Row(path: "receivable.villager", hasDimension: true, side: .debit),
        Row(path: "order.prepaid", hasDimension: true, side: .credit),
        Row(path: "refund.owed", hasDimension: true, side: .credit),
        Row(path: "villager.credit", hasDimension: true, side: .credit),
        Row(path: "carrier.payable", hasDimension: true, side: .credit),
        Row(path: "income.commission", hasDimension: false, side: .credit),
        Row(path: "income.fee", hasDimension: false, side: .credit),
        Row(path: "income.produce", hasDimension: false, side: .either),
        Row(path: "expense.shrinkage", hasDimension: false, side: .either),
        Row(path: "rounding.difference", hasDimension: false, side: .either),
        Row(path: "equity.operator", hasDimension: false, side: .either),
        Row(path: "bay", hasDimension: false, side: .debit),
        Row(path: "crate", hasDimension: true, side: .debit),
        Row(path: "consignment", hasDimension: true, side: .debit),
        Row(path: "produce.source", hasDimension: false, side: .credit),
        Row(path: "produce.sent", hasDimension: false, side: .debit),
        Row(path: "produce.lost", hasDimension: false, side: .either),
        Row(path: "rack", hasDimension: false, side: .debit),
        Row(path: "run", hasDimension: true, side: .debit),
        Row(path: "parcel.outgoing", hasDimension: false, side: .debit),
        Row(path: "parcel.source", hasDimension: false, side: .credit),
        Row(path: "parcel.handed", hasDimension: false, side: .debit),
        Row(path: "parcel.returned", hasDimension: false, side: .debit),
        Row(path: "parcel.collected", hasDimension: false, side: .debit),
    ]

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
    public static let drawer = Account(known: "cash.drawer", .debit)
    public static let transit = Account(known: "cash.transit", .debit)
    public static let cashDifference = Account(known: "cash.difference", .either)
    public static let float = Account(known: "float.headoffice", .either)
    public static let roundingDifference = Account(known: "rounding.difference", .either)
    public static let operatorEquity = Account(known: "equity.operator", .either)
    public static let bay = Account(known: "bay", .debit)
    public static let produceSource = Account(known: "produce.source", .credit)

    public static func inventory(produce: ProduceCode) -> Account {
        Account(known: "inventory.produce." + produce.text, .debit)
    }
    public static func prepaid(_ order: EntryName) -> Account {
        Account(known: "order.prepaid.\(order)", .credit)
    }
    public static func refundOwed(_ order: EntryName) -> Account {
        Account(known: "refund.owed.\(order)", .credit)
    }
    public static func villagerReceivable(_ entry: EntryName) -> Account {
        Account(known: "receivable.villager.\(entry)", .debit)
    }
}
