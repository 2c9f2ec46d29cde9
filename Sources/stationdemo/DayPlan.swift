import Simulators
import Station

/// What a day is to bring, drawn from a seed before it begins: who trades what, and which mishap
/// meets which trade.
struct DayPlan: Equatable, Sendable {
    struct Sale: Equatable, Sendable {
        let villager: Int
        /// Index in `DemoLists.produce`.
        let produce: Int
        let grams: Int
    }

    struct Order: Equatable, Sendable {
        let villager: Int
        /// Index in `DemoLists.goods`.
        let article: Int
        let count: Int
        let isRejected: Bool
    }

    enum Trade: Equatable, Sendable {
        case sale(Sale)
        case order(Order)
    }

    /// One at the most for each trade, so that what comes of it is the seed's alone. `entry` counts
    /// from 1 over the entries that the trade makes when nothing goes wrong.
    enum Mishap: Equatable, Sendable {
        /// The program is killed at that step. For an exchange `entry` is the last one that it
        /// sends, for a message the one that it becomes.
        case death(Step, entry: Int, cutsPower: Bool)
        /// In the middle of the slip of `entry`.
        case printerPulled(entry: Int, afterBytes: Int, SimulatedUSBBus.Unplugging)
        case paperOut(entry: Int, afterLines: Int)
        /// While the load settles.
        case scalePulled(afterReports: Int, SimulatedUSBBus.Unplugging)
        /// In the middle of a code.
        case scannerPulled(afterReports: Int, SimulatedUSBBus.Unplugging)
        /// In the exchange that takes the trade's first entries up.
        case lineCut(afterBytes: Int, SimulatedLink.Direction)
    }

    struct Turn: Equatable, Sendable {
        let trade: Trade
        var mishap: Mishap?
    }

    static let villagerCount = 12
    /// Of the deaths, those that boot the box as well.
    static let powerCutCount = 4

    let seed: UInt64
    private(set) var turns: [Turn] = []

    init(seed: UInt64) {
        self.seed = seed
        var random = SplitMix(seed)
        for villager in 1...Self.villagerCount {
            turns.append(Turn(trade: .sale(Self.sale(of: villager, &random))))
            turns.append(Turn(trade: .order(Self.order(of: villager, &random))))
        }
        var free = turns.indices.shuffled(using: &random)
        // Those that fit only some trades come first.
        for form in Self.forms { placeScalePull(form, &free, &random) }
        let powerCuts = Step.allCases.shuffled(using: &random).prefix(Self.powerCutCount)
        for step in [Step.messageApplied] + Step.allCases.filter({ $0 != .messageApplied }) {
            placeDeath(at: step, cutsPower: powerCuts.contains(step), &free, &random)
        }
        for form in Self.forms {
            let index = Self.take(&free)
            turns[index].mishap = .printerPulled(
                entry: pick(turns[index].trade.slips, &random),
                afterBytes: Int.random(in: 1...250, using: &random), form)
        }
        for _ in 0..<2 {
            let index = Self.take(&free)
            turns[index].mishap = .paperOut(
                entry: pick(turns[index].trade.slips, &random),
                afterLines: Int.random(in: 1...12, using: &random))
        }
        turns[Self.take(&free)].mishap = .scannerPulled(
            afterReports: Int.random(in: 1...20, using: &random),
            pick(SimulatedUSBBus.Unplugging.allCases, &random))
        for direction in [SimulatedLink.Direction.up, .down, .up] {
            turns[Self.take(&free)].mishap = .lineCut(
                afterBytes: Int.random(in: 1...1_200, using: &random), direction)
        }
    }

    /// As the kernel tells it, and as an emulated bus does.
    private static let forms: [SimulatedUSBBus.Unplugging] = [.errorThenLeft, .noDeviceAtOnce]

    private static func sale(of villager: Int, _ random: inout SplitMix) -> Sale {
        Sale(
            villager: villager,
            produce: Int.random(in: 0..<DemoLists.produce.count, using: &random),
            grams: 500 + 2 * Int.random(in: 0..<1_500, using: &random) + 10 * villager)
    }

    private static func order(of villager: Int, _ random: inout SplitMix) -> Order {
        Order(
            villager: villager,
            article: Int.random(in: 0..<DemoLists.goods.count, using: &random),
            count: Int.random(in: 1...3, using: &random),
            // One refund at the least, whatever the seed.
            isRejected: Int.random(in: 0..<3, using: &random) == 0 || villager == 6)
    }

    private static func take(
        _ free: inout [Int], where fits: (Int) -> Bool = { _ in true }
    ) -> Int {
        guard let place = free.firstIndex(where: fits) else {
            preconditionFailure("more mishaps than trades")
        }
        return free.remove(at: place)
    }

    private mutating func placeScalePull(
        _ form: SimulatedUSBBus.Unplugging, _ free: inout [Int], _ random: inout SplitMix
    ) {
        let index = Self.take(&free) { turns[$0].trade.isSale }
        turns[index].mishap = .scalePulled(
            afterReports: Int.random(in: 0...5, using: &random), form)
    }

    private mutating func placeDeath(
        at step: Step, cutsPower: Bool, _ free: inout [Int], _ random: inout SplitMix
    ) {
        let index = Self.take(&free) { !turns[$0].trade.entries(at: step).isEmpty }
        turns[index].mishap = .death(
            step, entry: pick(turns[index].trade.entries(at: step), &random),
            cutsPower: cutsPower)
    }
}

/// - Parameter choices: one at least.
private func pick<Choice>(_ choices: [Choice], _ random: inout SplitMix) -> Choice {
    choices[Int.random(in: 0..<choices.count, using: &random)]
}

extension DayPlan.Trade {
    var isSale: Bool { if case .sale = self { true } else { false } }

    /// Of the entries that it makes, those that owe a slip: each is followed by its
    /// `slipPrinted`. A sale makes `bought`; an order `paid`, then what head office decided, then
    /// the refund where it was refused.
    var slips: [Int] {
        switch self {
        case .sale: [1]
        case .order(let order): order.isRejected ? [1, 3, 5] : [1, 3]
        }
    }

    /// At which of its entries the program can die at that step.
    func entries(at step: Step) -> [Int] {
        switch step {
        case .decided, .committed, .adopted: slips.flatMap { [$0, $0 + 1] }
        case .slipTaken, .firstByte, .lastByte, .answered, .slipRecorded: slips
        // The slip's entry goes up with the trade's first one.
        case .requestSent, .answerRead: [2]
        case .messageApplied: isSale ? [] : [3]
        }
    }
}

extension DayPlan.Mishap {
    /// What the line to head office must not take up before it is met.
    var needsQuietLine: Bool {
        switch self {
        case .lineCut, .death(.requestSent, _, _), .death(.answerRead, _, _): true
        case .death, .printerPulled, .paperOut, .scalePulled, .scannerPulled: false
        }
    }

    /// As the report counts it.
    var name: String {
        switch self {
        case .death(let step, _, let cutsPower):
            "killed at \(step.rawValue)\(cutsPower ? ", power cut" : "")"
        case .printerPulled(_, _, let form): "printer pulled in a slip, \(form.rawValue)"
        case .paperOut: "paper out in a slip"
        case .scalePulled(_, let form): "scale pulled in a weighing, \(form.rawValue)"
        case .scannerPulled(_, let form): "scanner pulled in a code, \(form.rawValue)"
        case .lineCut(_, let direction): "line cut, \(direction.rawValue)"
        }
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
