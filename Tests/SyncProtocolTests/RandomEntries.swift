import StationCore
import SyncProtocol

extension SeededRandom {
    /// Entries one after the other as a station writes them, and wilder ones among them.
    mutating func entries(_ count: Int, first: Int, station: StationNumber, epoch: Int) -> [Entry] {
        var time = 1_767_225_600_000
        var monotonic = 5_000
        var boot = "6f1c0a9e"
        return (0..<count).map { index in
            time = min(time + below(4_000_000), CanonicalValue.integerMax)
            monotonic += below(4_000_000)
            if below(9) == 0 {
                boot = text() + String(below(1_000))
                monotonic = below(10_000)
            }
            if below(20) == 0 { time = -CanonicalValue.integerMax + below(1_000) }
            if below(20) == 0 { time = CanonicalValue.integerMax - below(1_000) }
            return Entry(
                station: station, epoch: epoch, sequence: first + index,
                kind: EntryKind(rawValue: ["order.paid", "day.opened", text()][below(3)]),
                version: 1 + below(2),
                moment: Moment(
                    time: time, quality: ClockQuality.allCases[below(4)], monotonic: monotonic),
                boot: boot, actor: Actor(number: below(102)) ?? .station, postings: postings(),
                body: body())
        }
    }

    private mutating func postings() -> Postings {
        guard below(3) > 0 else { return .none }
        let amount = 1 + below(100_000)
        let lines = [Posting(.drawer, amount), Posting(.operatorEquity, -amount)]
        return (try? Postings(stored: lines)) ?? .none
    }

    private mutating func body() -> CanonicalValue {
        switch below(4) {
        case 0: return .empty
        case 1: return .object(["counted": .integer(below(90_000)), "first": .boolean(true)])
        case 2: return .object(["counted": .integer(below(90_000)), "slip": .string(text())])
        default:
            var members: [String: CanonicalValue] = [:]
            for _ in 0..<below(4) { members[text()] = value(depth: 2) }
            return .object(members)
        }
    }
}
