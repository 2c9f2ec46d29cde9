import Ports
import Simulators
import Synchronization
import Testing

@Suite("Time that is advanced by hand")
struct ManualClockTests {
    private final class Log: Sendable {
        struct Entry { let deadline: Int, at: Int }
        private let state = Mutex<[Entry]>([])
        var entries: [Entry] { state.withLock { $0 } }
        func note(_ deadline: Int, at time: Int) {
            state.withLock { $0.append(Entry(deadline: deadline, at: time)) }
        }
    }

    @Test(arguments: 0..<60 as Range<UInt64>)
    func `sleepers wake in the order of their deadlines, each at its own time`(seed: UInt64) async {
        var numbers = SeededNumbers(seed: seed)
        let clock = ManualClock()
        let start = clock.milliseconds
        let woken = Log()
        let deadlines = (0..<20).map { _ in start + numbers.below(50) * 10 + 1 }
        await withTaskGroup(of: Void.self) { group in
            for (index, deadline) in deadlines.enumerated() {
                group.addTask {
                    do { try await clock.sleep(until: deadline) } catch { return }
                    woken.note(deadline, at: clock.milliseconds)
                }
                await clock.waitForSleepers(index + 1)
            }
            await clock.advance(by: .seconds(1))
        }
        #expect(woken.entries.map(\.deadline) == deadlines.sorted())
        #expect(woken.entries.allSatisfy { $0.at == $0.deadline })
    }

    @Test func `a cancelled sleeper throws and is forgotten`() async {
        let clock = ManualClock()
        let sleeper = Task { () -> Bool in
            do { try await clock.sleep(for: .seconds(60)) } catch { return true }
            return false
        }
        await clock.waitForSleepers(1)
        sleeper.cancel()
        #expect(await sleeper.value)
        #expect(clock.deadlines.isEmpty)
    }

    @Test func `the calendar goes with it and can be set apart`() async {
        let clock = ManualClock(milliseconds: 0, calendar: 0, isSynchronized: false)
        await clock.advance(by: .seconds(5))
        #expect(clock.calendar.milliseconds == 5_000)
        clock.calendar.set(1_790_000_000_000, isSynchronized: true)
        await clock.advance(by: .seconds(1))
        #expect(clock.calendar.milliseconds == 1_790_000_001_000)
        #expect(clock.milliseconds == 6_000)
        #expect(clock.calendar.isSynchronized)
    }

    @Test func `it runs until something holds, or says that it never did`() async {
        let clock = ManualClock()
        let end = clock.milliseconds + 500
        #expect(await clock.run(atMost: .seconds(1)) { clock.milliseconds >= end })
        #expect(await clock.run(atMost: .seconds(1)) { false } == false)
    }
}

/// The same numbers for the same seed (SplitMix64).
struct SeededNumbers: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed &* 0x9e37_79b9_7f4a_7c15 &+ 1 }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var value = state
        value = (value ^ (value >> 30)) &* 0xbf58_476d_1ce4_e5b9
        value = (value ^ (value >> 27)) &* 0x94d0_49bb_1331_11eb
        return value ^ (value >> 31)
    }

    mutating func below(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &self) }

    mutating func bytes(_ count: Int) -> [UInt8] {
        (0..<count).map { _ in UInt8.random(in: 0...255, using: &self) }
    }
}
