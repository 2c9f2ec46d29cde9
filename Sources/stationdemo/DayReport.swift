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
        let owing = stored.filter { $0.entry.kind.owesSlip }
        let slips = Slips(owing: owing, onPaper: hands.slipsOnPaper)
        let mishaps = Mishaps(plan: plan, hands: hands)
        let checks = [
            // What the hands counted into the drawer is what the books have.
            ("cash as counted by hand", books[.cashDifference] == 0),
            ("each slip once on paper, with its entry's mark", slips.areRight),
            ("every planned mishap came", mishaps.areRight),
            ("no other death", kinds["station.started"] == mishaps.deathCount + 1),
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

/// The paper compared with the books, slip by slip.
private struct Slips {
    let onPaper: Int
    let faults: [String]

    var areRight: Bool { faults.isEmpty }

    init(owing: [StoredEntry], onPaper: [Int: [SlipCode]]) {
        self.onPaper = onPaper.values.reduce(0) { $0 + $1.count }
        var faults: [String] = []
        for stored in owing {
            let number = stored.entry.sequence
            let codes = onPaper[number] ?? []
            if codes.count != 1 { faults.append("slip \(number) came out \(codes.count) times") }
            let mark = Digits<8>.mark(ofHash: stored.hash.bytes)
            if codes.contains(where: { $0.mark != mark }) {
                faults.append("slip \(number) has another entry's mark")
            }
        }
        let numbers = Set(owing.map(\.entry.sequence))
        faults += onPaper.keys.filter { !numbers.contains($0) }.sorted()
            .map { "slip \($0) is no entry's" }
        self.faults = faults
    }
}

/// What was planned beside what came.
private struct Mishaps {
    let lines: [String]
    let deathCount: Int
    let areRight: Bool

    init(plan: DayPlan, hands: Hands) {
        var planned: [String: Int] = [:]
        var deathCount = 0
        for mishap in plan.turns.compactMap(\.mishap) {
            planned[mishap.name, default: 0] += 1
            if case .death = mishap { deathCount += 1 }
        }
        self.deathCount = deathCount
        let met = hands.met
        lines =
            planned.keys.sorted().map { "\($0): \(met[$0] ?? 0) of \(planned[$0] ?? 0)" }
            + [
                "deaths \(hands.box.deathCount) of \(deathCount), "
                    + "power cuts \(hands.box.powerCutCount) of \(DayPlan.powerCutCount)"
            ]
        areRight =
            met == planned && hands.box.deathCount == deathCount
            && hands.box.powerCutCount == DayPlan.powerCutCount
    }
}
