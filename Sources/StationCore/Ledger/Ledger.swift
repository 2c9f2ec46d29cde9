/// Every balance that is not zero. The same code adds up the entries at the station, when a
/// journal is verified, and at head office.
public struct Ledger: Equatable, Sendable {
    public private(set) var balances: [AccountUnit: Int]

    public init() { balances = [:] }

    /// - Parameter balances: As stored; zero balances are dropped.
    public init(balances: [AccountUnit: Int]) {
        self.balances = balances.filter { $0.value != 0 }
    }

    public subscript(account: Account, unit: LedgerUnit = .money) -> Int {
        balances[AccountUnit(account, unit), default: 0]
    }

    public func money(_ account: Account) -> Fen { Fen(self[account]) }

    /// Adds the postings, or changes nothing and says which balance would leave its side, or which
    /// account counts something else.
    ///
    /// - Returns: The balances that changed, zero ones too.
    @discardableResult
    public mutating func post(_ postings: Postings) throws(LedgerError) -> [AccountUnit: Int] {
        var changed: [AccountUnit: Int] = [:]
        for line in postings.lines {
            guard line.unit.measure == line.account.measure else {
                throw .wrongUnit(line.account, line.unit)
            }
            let key = AccountUnit(line.account, line.unit)
            let (balance, overflow) = balances[key, default: 0]
                .addingReportingOverflow(line.amount)
            guard !overflow, balance.magnitude <= CanonicalValue.integerMax else {
                throw .tooLarge(line.account)
            }
            switch line.account.side {
            case .debit where balance < 0, .credit where balance > 0:
                throw .wrongSide(line.account, line.unit, balance: balance)
            case .debit, .credit, .either:
                changed[key] = balance
            }
        }
        for (key, balance) in changed { balances[key] = balance == 0 ? nil : balance }
        return changed
    }

    /// The sum of all balances whose account path begins with `prefix`.
    public func sum(under prefix: String, unit: LedgerUnit = .money) -> Int {
        balances.reduce(0) { sum, row in
            row.key.unit == unit && row.key.account.path.hasPrefix(prefix)
                ? sum + row.value : sum
        }
    }

    /// Cash taken and neither spent for its order nor paid back.
    public var exposure: Fen { prepaid + refundsOwed }

    /// Cash for orders that wait to be bought.
    public var prepaid: Fen { Fen(-sum(under: "order.prepaid.")) }

    /// To be paid out for orders.
    public var refundsOwed: Fen { Fen(-sum(under: "refund.owed.")) }
}
