/// One line of an entry: `amount` is positive for a debit and never zero.
public struct Posting: Hashable, Sendable {
    public let account: Account
    public let amount: Int
    public let unit: LedgerUnit

    public init(_ account: Account, _ amount: Int, _ unit: LedgerUnit = .money) {
        self.account = account
        self.amount = amount
        self.unit = unit
    }
}

/// The postings of one entry: none, or for each unit at least two that sum to zero.
public struct Postings: Hashable, Sendable {
    public let lines: [Posting]

    public static let none = Postings(lines: [])

    private init(lines: [Posting]) { self.lines = lines }

    /// - Parameter lines: In the order decided. Lines of amount zero are left out, so that a sum
    ///   that needs no rounding has no line for it.
    public init(_ lines: [Posting]) throws(LedgerError) {
        let lines = lines.filter { $0.amount != 0 }
        try Self.check(lines)
        self.lines = lines
    }

    /// For lines that were stored: a zero amount is refused too.
    public init(stored lines: [Posting]) throws(LedgerError) {
        if let line = lines.first(where: { $0.amount == 0 }) {
            throw .zeroAmount(line.account)
        }
        try Self.check(lines)
        self.lines = lines
    }

    private static func check(_ lines: [Posting]) throws(LedgerError) {
        var sums: [LedgerUnit: Int] = [:]
        var seen: Set<AccountUnit> = []
        for line in lines {
            guard seen.insert(AccountUnit(line.account, line.unit)).inserted else {
                throw .accountTwice(line.account)
            }
            let (sum, overflow) = sums[line.unit, default: 0]
                .addingReportingOverflow(line.amount)
            guard !overflow, sum.magnitude <= CanonicalValue.integerMax else {
                throw .tooLarge(line.account)
            }
            sums[line.unit] = sum
        }
        if let off = sums.first(where: { $0.value != 0 }) {
            throw .unbalanced(unit: off.key, by: off.value)
        }
    }

    /// The same lines with the opposite sign: what a reversal posts.
    public var negated: Postings {
        Postings(lines: lines.map { Posting($0.account, -$0.amount, $0.unit) })
    }
}

/// What a balance belongs to.
public struct AccountUnit: Hashable, Sendable {
    public let account: Account
    public let unit: LedgerUnit

    public init(_ account: Account, _ unit: LedgerUnit = .money) {
        self.account = account
        self.unit = unit
    }
}

/// Why postings cannot stand.
public enum LedgerError: Error, Equatable, Sendable, CustomStringConvertible {
    case unbalanced(unit: LedgerUnit, by: Int)
    case accountTwice(Account)
    case zeroAmount(Account)
    case tooLarge(Account)
    /// The balance would leave the side on which it must stay.
    case wrongSide(Account, LedgerUnit, balance: Int)
    /// The account counts something else.
    case wrongUnit(Account, LedgerUnit)

    public var description: String {
        switch self {
        case .unbalanced(let unit, let sum): "the postings sum to \(unit.quantity(sum)), not to 0"
        case .accountTwice(let account): "\(account) is posted twice in one unit"
        case .zeroAmount(let account): "a posting of 0 to \(account)"
        case .tooLarge(let account): "a sum in \(account) is too large"
        case .wrongSide(let account, let unit, let balance):
            "\(account) would stand at \(unit.quantity(balance)), and may not be "
                + (balance < 0 ? "below 0" : "above 0")
        case .wrongUnit(let account, let unit):
            "\(account) counts \(account.measure.rawValue), not \(unit.name)"
        }
    }
}
