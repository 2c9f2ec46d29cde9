import ControlProtocol
import Journal
import StationCore

/// What the seed determines, read from paper, journal and head office when the box has stopped.
struct DayReport: Sendable {
    let lines: [String]
    let isGood: Bool

    /// - Parameter status: the box's last word.
    init(plan: DayPlan, hands: Hands, last status: ControlProtocol.StationStatus) async throws {
        let journal = try JournalReader(StateDirectory(path: hands.folders.state))
        let stored = try journal.entries(from: 1, limit: status.lastEntry + 1)
        var books = Ledger()
        var kinds: [String: Int] = [:]
        for entry in stored.map(\.entry) {
            try books.post(entry.postings)
            kinds[entry.kind.rawValue, default: 0] += 1
        }
        let there = try await hands.office.ledger()
        let slips = SlipComparison(
            owing: Dictionary(
                uniqueKeysWithValues: stored.filter { $0.entry.kind.owesSlip }
                    .map { ($0.entry.sequence, Digits<8>.mark(ofHash: $0.hash.bytes)) }),
            onPaper: hands.slipsOnPaper)
        let planned = plan.turns.compactMap(\.mishap)
        let mishaps = MishapComparison(planned: planned, met: hands.met)
        let deaths = planned.count { if case .death = $0 { true } else { false } }
        let checks = [
            // What the hands counted into the drawer is what the books have.
            ("cash as counted by hand", books[.cashDifference] == 0),
            ("each slip once on paper, with its entry's mark", slips.isRight),
            ("every planned mishap came", mishaps.isRight),
            (
                "died \(hands.box.deathCount) times, power cut \(hands.box.powerCutCount) times, "
                    + "as planned",
                hands.box.deathCount == deaths
                    && hands.box.powerCutCount == DayPlan.powerCutCount
                    && kinds["station.started"] == deaths + 1
            ),
            ("both sides equal", books == there),
            ("journal verified", try journal.verify().findings.isEmpty),
            ("box stopped at entry \(status.lastEntry)", stored.count == status.lastEntry),
        ]
        let isDone =
            status.link.acknowledgedThrough == status.lastEntry && status.slips.owed.isEmpty
            && status.slips.doubtful.isEmpty
        lines =
            ["seed \(plan.seed)", "entries \(status.lastEntry)"]
            + kinds.sorted { $0.key < $1.key }.map { "  \($0.key) \($0.value)" }
            + books.balances.sorted { $0.key.account.path < $1.key.account.path }
            // An order's own accounts are empty or told by the kinds above.
            .filter { $0.key.unit == .money && !$0.key.account.path.contains("-") }
            .map { "balance \($0.key.account) \($0.value)" }
            + ["mishaps:"] + mishaps.lines.map { "  \($0)" }
            + [
                "slips on paper \(slips.onPaper), owed \(status.slips.owed.count), doubtful "
                    + "\(status.slips.doubtful.count)"
            ] + slips.faults
            + ["acknowledged \(status.link.acknowledgedThrough) of \(status.lastEntry)"]
            + checks.map { "\($0.0): \($0.1 ? "yes" : "no")" }
        isGood = isDone && checks.allSatisfy(\.1)
    }
}

/// The paper compared with the books, slip by slip: one that came out twice does not stand for one
/// that never did.
struct SlipComparison: Equatable, Sendable {
    let onPaper: Int
    let faults: [String]

    var isRight: Bool { faults.isEmpty }

    /// - Parameters:
    ///   - owing: marks of the entries that owe a slip, by number.
    ///   - onPaper: codes of the slips that came out whole, by number.
    init(owing: [Int: Digits<8>?], onPaper: [Int: [SlipCode]]) {
        self.onPaper = onPaper.values.reduce(0) { $0 + $1.count }
        var faults: [String] = []
        for (number, mark) in owing.sorted(by: { $0.key < $1.key }) {
            let codes = onPaper[number] ?? []
            if codes.count != 1 { faults.append("slip \(number) came out \(codes.count) times") }
            if codes.contains(where: { $0.mark != mark }) {
                faults.append("slip \(number) has another entry's mark")
            }
        }
        faults += onPaper.keys.filter { owing[$0] == nil }.sorted()
            .map { "slip \($0) is no entry's" }
        self.faults = faults
    }
}

/// What was planned beside what came.
struct MishapComparison: Equatable, Sendable {
    let lines: [String]
    let isRight: Bool

    /// - Parameter met: how often each was seen to happen, by name.
    init(planned mishaps: [DayPlan.Mishap], met: [String: Int]) {
        let planned = mishaps.reduce(into: [String: Int]()) { $0[$1.name, default: 0] += 1 }
        lines = Set(planned.keys).union(met.keys).sorted()
            .map { "\($0): \(met[$0] ?? 0) of \(planned[$0] ?? 0)" }
        isRight = met == planned
    }
}
