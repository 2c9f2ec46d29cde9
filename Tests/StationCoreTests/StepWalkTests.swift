import StationCore
import Testing

@Suite("Every step that can be reached")
struct StepWalkTests {
    /// A counter at which every trade can begin: a purchase just now, a doubtful slip, two orders
    /// of the same sum to be refunded.
    private func start(_ quality: ClockQuality) throws -> Shop {
        var shop = try Shop()
        try shop.sellProduce(seller: 1)
        let slip = try #require(shop.books.owedSlips.first).sequence
        try shop.take(.slip(slip, .doubtful))
        for number in 1...2 { _ = try shop.rejectOrder(villager: 1, number: number) }
        shop.quality = quality
        return shop
    }

    /// A counter on one of the ways to it, and what lies on its scale.
    private struct Walker {
        var shop: Shop
        var ends: StepEnds
        var lying: Int? = 0

        init(_ shop: Shop) {
            self.shop = shop
            ends = StepEnds(shop)
        }

        /// What makes two walkers the same: the step, what ended the one before, what can be done.
        var place: Place {
            Place(
                step: ends.step, endedBy: ends.endedBy, lying: lying,
                commands: shop.view.commands,
                details: shop.view.details.filter { if case .seller = $0 { true } else { false } })
        }

        mutating func take(_ hand: Hand) throws {
            shop.monotonic += 2_000
            if let lying { try shop.load(lying) }
            var decision = Decision()
            switch hand {
            case .command(let command): decision = try shop.take(.scanned(.command(command)))
            case .number(let number): decision = try shop.type(number)
            case .code(let code): try shop.scan(code)
            case .pin: try shop.touch(.pin("123456"))
            case .load(let grams):
                lying = grams
                try shop.load(grams)
            case .scaleLost:
                lying = nil
                try shop.take(.scaleLost)
            }
            try ends.look(at: shop, after: hand.command, decision)
        }
    }

    private struct Place: Hashable {
        let step: String
        let endedBy: Command?
        let lying: Int?
        let commands: [Command]
        let details: [CounterView.Detail]
    }

    private enum Hand {
        case command(Command)
        case code(Recognised)
        case number(String)
        case pin
        case load(Int)
        case scaleLost

        var command: Command? {
            switch self {
            case .command(let command): command
            case .number: .enter
            case .code, .pin, .load, .scaleLost: nil
            }
        }
    }

    private func hands(_ shop: Shop) throws -> [Hand] {
        let owed = shop.books.orders.values.sorted { $0.name.sequence < $1.name.sequence }
        let order = try #require(owed.first)
        let one = try #require(OperatorNumber(1))
        return Command.allCases.map { .command($0) } + [
            .code(.villager(VillagerNumber(1))), .code(.produce(try Shop.price())),
            .code(.article(try Shop.article())), .code(.orderSlip(order, .slip)),
            .code(.shortSlip(order, order.slip)), .code(.badge(one, pinIsSet: true)),
            .code(.badge(one, pinIsSet: false)), .number("1"), .number("1290"), .pin, .load(0),
            .load(2_000), .scaleLost,
        ]
    }

    private static let steps: Set = [
        "day, confirm", "day, count", "idle, free", "idle, no day", "idle, nobody",
        "order, basket", "order, takeCash", "order, tender", "produce, alreadyBooked",
        "produce, byHand", "produce, clear", "produce, load", "produce, pay", "produce, produce",
        "produce, seller", "refund, compare", "refund, find", "refund, pay",
        "refund, secondProof", "refund, slip", "sign in, again", "sign in, checking",
        "sign in, choose", "sign in, pin", "slips", "undo, handedBack", "undo, reason",
    ]
    private static let stepsOfOldLists: Set = ["order, oldList", "produce, oldPrices"]

    @Test(arguments: [
        (ClockQuality.network, steps), (.unset, steps.union(stepsOfOldLists)),
    ])
    func `no two in a row are ended by the same command`(
        quality: ClockQuality, steps: Set<String>
    ) throws {
        let first = Walker(try start(quality))
        let hands = try hands(first.shop)
        var waiting = [first]
        var seen: Set = [first.place]
        var next = 0
        while next < waiting.count {
            for hand in hands {
                var walker = waiting[next]
                try walker.take(hand)
                if seen.insert(walker.place).inserted { waiting.append(walker) }
            }
            next += 1
        }
        #expect(Set(seen.map(\.step)) == steps)
    }
}
