import HTTPExchange
import StationCore
import Synchronization
import SyncProtocol
import Testing

@testable import Hub

@Suite("Many stations at once", .timeLimit(.minutes(5)))
struct CrowdTests {
    let file = HubFile()

    private static let stationCount = 10
    private static let entryCount = 30
    /// Of each station at once, none of which knows what the others do.
    private static let senderCount = 3

    /// What the requests of one station came to.
    private struct Tally {
        var taken: [ClosedRange<Int>] = []
        var refused: [String] = []
        /// Answers whose cursor is before one that the same sender had seen.
        var backward = 0
        var highest = 0
    }

    /// Sends ranges of any place and length, the same one twice at once now and then, until head
    /// office has all.
    private static func send(
        _ station: WrittenStation, to hub: RunningHub, by exchange: CurlExchange,
        seed: UInt64, tally: borrowing Mutex<Tally>
    ) async throws {
        var random = SeededRandom(seed: seed)
        var seen = 0
        while seen < entryCount {
            // Mostly what comes next; else something that was sent, or is not its turn.
            let first =
                switch random.below(4) {
                case 0: 1 + random.below(entryCount)
                case 1: min(seen + 1 + random.below(6), entryCount)
                default: seen + 1
                }
            let range = first...min(entryCount, first + random.below(5))
            let request = try station.request(
                range, token: random.below(2) == 0 ? station.token : nil)
            let count = random.below(3) == 0 ? 2 : 1
            let answers = try await withThrowingTaskGroup(of: (Int, [UInt8]).self) { group in
                for _ in 0..<count {
                    group.addTask {
                        let answer = try await hub.send(request, by: exchange)
                        return (answer.status, answer.body)
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            let before = seen
            for (status, body) in answers {
                // Before entry 1 has come, only the token opens the door.
                if status == 403, before == 0 { continue }
                guard status == 200 || status == 409 else {
                    tally.withLock { $0.refused.append("\(status)") }
                    continue
                }
                let answer = try SyncAnswer(bytes: body)
                tally.withLock { tally in
                    if status == 200 { tally.taken.append(range) }
                    if answer.acknowledgedThrough < before { tally.backward += 1 }
                    let head = answer.head
                    if head != nil, head != station.heads[answer.acknowledgedThrough] {
                        tally.refused.append("head at \(answer.acknowledgedThrough)")
                    }
                    tally.highest = max(tally.highest, answer.acknowledgedThrough)
                }
                seen = max(seen, answer.acknowledgedThrough)
            }
        }
    }

    @Test(arguments: 0..<3 as Range<UInt64>)
    func `repeated, overtaken and doubled requests lose nothing and store nothing twice`(
        seed: UInt64
    ) async throws {
        let store = try file.open()
        var stations: [WrittenStation] = []
        for number in 0..<Self.stationCount {
            var station = try await file.station(String(990_001 + number), in: store)
            for amount in 2...Self.entryCount { try station.putIn(amount) }
            stations.append(station)
        }
        let all = stations
        // As another process that has the file open.
        let beside = try file.open()
        try await RunningHub.whileRunning(store) { hub in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for (number, station) in all.enumerated() {
                    group.addTask {
                        try await Self.drain(
                            station, to: hub, seed: seed &* 64 &+ UInt64(number))
                    }
                }
                let watching = Task { try await Self.watch(beside) }
                try await group.waitForAll()
                watching.cancel()
                #expect(try await watching.value > 0)
            }
        }
        while let id = try await store.stationsToUnpack(count: 1).first {
            try await store.unpackNext(id)
        }
        for station in stations {
            #expect(
                try await store.entries(of: station.id, after: 0, count: 1_000) == station.entries)
            #expect(try await store.status(of: station.id)?.state == .well)
        }
    }

    private static func drain(
        _ station: WrittenStation, to hub: RunningHub, seed: UInt64
    ) async throws {
        let tally = Tallies()
        let exchange = CurlExchange()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for sender in 0..<senderCount {
                group.addTask {
                    try await send(
                        station, to: hub, by: exchange, seed: seed &* 8 &+ UInt64(sender),
                        tally: tally.tally)
                }
            }
            try await group.waitForAll()
        }
        let sum = tally.tally.withLock { $0 }
        #expect(sum.refused == [])
        #expect(sum.backward == 0)
        #expect(sum.highest == entryCount)
        // Each entry was taken by one request, and by no second one.
        #expect(
            sum.taken.sorted { $0.lowerBound < $1.lowerBound }.flatMap { Array($0) }
                == Array(1...entryCount))
    }

    private final class Tallies: Sendable {
        let tally = Mutex(Tally())
    }

    /// Cursors that only grow, and what is unpacked never ahead of them.
    ///
    /// - Returns: How often it looked.
    private static func watch(_ store: HubStore) async throws -> Int {
        var last: [StationEpoch: Int] = [:]
        var count = 0
        repeat {
            for status in try await store.stations() {
                #expect(status.acknowledgedThrough >= last[status.id] ?? 0)
                #expect(status.unpackedThrough <= status.acknowledgedThrough)
                last[status.id] = status.acknowledgedThrough
            }
            count += 1
            await Task.yield()
        } while !Task.isCancelled
        return count
    }
}
