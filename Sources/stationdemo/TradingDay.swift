import ControlProtocol
import Hub
import Journal
import Logging
import ServiceLifecycle
import Simulators
import StationCore

/// A trading day without a person: hands do everything by scanner, scale and paper, the program is
/// killed between steps, and at the end both ends must hold the same books. What it reports is
/// determined by the seed.
final class TradingDay: Sendable {
    let hands: Hands
    private let seed: UInt64

    init(seed: UInt64, hands: Hands) {
        self.seed = seed
        self.hands = hands
    }

    static let villagerCount = 12
    /// Steps of the workflow loop and of the printer's owner at which the program is killed, each
    /// in one villager's trade.
    private static let deadlySteps = [
        "decided", "committed", "adopted", "slipTaken", "firstByte", "lastByte", "answered",
        "slipRecorded",
    ]

    /// Eight in trades, one at a message, two in exchanges.
    static let killCount = deadlySteps.count + 3

    func run() async throws -> DayReport {
        var random = SplitMix(seed)
        try await hands.begin(villagers: Self.villagerCount)
        for villager in 1...Self.villagerCount {
            let steps = Self.deadlySteps
            let step = villager <= steps.count ? steps[villager - 1] : nil
            try await sell(by: villager, &random, killedAt: step, cutsPower: villager % 3 == 0)
            try await order(by: villager, &random)
            try await mishap(after: villager, &random)
        }
        try await hands.undoLast()
        try await hands.killedUplink(at: "requestSent")
        try await hands.killedUplink(at: "answerRead")
        try await hands.closeDay()
        try await hands.settle()
        return try await DayReport(seed: seed, hands: hands)
    }

    private func sell(
        by villager: Int, _ random: inout SplitMix, killedAt step: String?, cutsPower: Bool
    ) async throws {
        let produce = Int.random(in: 0..<DemoLists.produce.count, using: &random)
        let grams = 500 + 2 * Int.random(in: 0..<1_500, using: &random) + 10 * villager
        try await hands.sell(
            produce: produce, grams: grams, villager: villager, killedAt: step,
            cutsPower: cutsPower)
    }

    private func order(by villager: Int, _ random: inout SplitMix) async throws {
        // One refund at the least, whatever the seed.
        let isRejected = villager == 6 || Int.random(in: 0..<3, using: &random) == 0
        let article = Int.random(in: 0..<DemoLists.goods.count, using: &random)
        let count = Int.random(in: 1...3, using: &random)
        try await hands.order(
            article: article, count: count, isRejected: isRejected,
            killedAtMessage: villager == 11)
    }

    private func mishap(after villager: Int, _ random: inout SplitMix) async throws {
        switch villager % 4 {
        case 0: try await hands.runOutOfPaper()
        case 1: try await hands.pullOut(.scale, .errorThenLeft)
        case 2: try await hands.pullOut(.scanner, .noDeviceAtOnce)
        default:
            try await hands.cutLine(
                afterBytes: 200 + Int.random(in: 0..<1_500, using: &random),
                answers: villager % 8 == 3)
        }
    }
}

/// What the seed determines.
struct DayReport: Sendable {
    let lines: [String]
    let isGood: Bool

    init(seed: UInt64, hands: Hands) async throws {
        let status = try await hands.technician.status()
        let journal = try JournalReader(StateDirectory(path: hands.folders.state))
        let verified = try journal.verify()
        var here = Ledger()
        var kinds: [String: Int] = [:]
        for stored in try journal.entries(from: 1, limit: status.lastEntry) {
            try here.post(stored.entry.postings)
            kinds[stored.entry.kind.rawValue, default: 0] += 1
        }
        let there = try await hands.office.ledger()
        let isEqual = here == there
        let isDone = status.link.acknowledgedThrough == status.lastEntry
        let isPrinted = status.slips.owed.isEmpty && status.slips.doubtful.isEmpty
        let onPaper = hands.slipsOnPaper()
        let owing = try journal.entries(from: 1, limit: status.lastEntry)
            .count { $0.entry.kind.owesSlip }
        // What the hands counted into the drawer is what the books have.
        let isCashRight = here[.cashDifference] == 0
        lines =
            ["seed \(seed)", "entries \(status.lastEntry)"]
            + kinds.sorted { $0.key < $1.key }.map { "  \($0.key) \($0.value)" }
            + here.balances.sorted { $0.key.account.path < $1.key.account.path }
            // An order's own accounts are empty or told by the kinds above.
            .filter { $0.key.unit == .money && !$0.key.account.path.contains("-") }
            .map { "balance \($0.key.account) \($0.value)" }
            + [
                "slips on paper \(onPaper), owed \(status.slips.owed.count), doubtful "
                    + "\(status.slips.doubtful.count)",
                "kills \(hands.killCount) of \(TradingDay.killCount)",
                "cash as counted by hand: \(isCashRight ? "yes" : "no")",
                "acknowledged \(status.link.acknowledgedThrough) of \(status.lastEntry)",
                "both sides equal: \(isEqual ? "yes" : "no")",
                "journal verified: \(verified.findings.isEmpty ? "yes" : "no")",
            ]
        isGood =
            isEqual && isDone && isPrinted && verified.findings.isEmpty && isCashRight
            && onPaper == owing && hands.killCount == TradingDay.killCount
    }
}

/// SplitMix64: the same seed gives the same day on every machine.
struct SplitMix: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
