import Ports
import Simulators
import Testing

@testable import Uplink

@Suite("When the next attempt is due")
struct PaceTests {
    @Test func `after the first failure at once, then up to one, two, four and eight seconds`() {
        var pace = Pace()
        let waits = (0..<6).map { _ in pace.failed { $0 - 1 } }
        #expect(waits == [300, 999, 1_999, 3_999, 7_999, 7_999])
        pace.succeeded(sent: 0)
        #expect(pace.failed { $0 - 1 } == 300)
    }

    @Test func `full jitter may be nothing`() {
        var pace = Pace()
        let waits = (0..<9).map { _ in pace.failed { _ in 0 } }
        #expect(waits == [300, 0, 0, 0, 0, 0, 0, 0, 0])
    }

    @Test func `batches double when they come through whole, and halve at a failure`() {
        var pace = Pace()
        #expect(pace.batchCount == 50)
        pace.succeeded(sent: 49)
        #expect(pace.batchCount == 50)
        pace.succeeded(sent: 50)
        #expect(pace.batchCount == 100)
        pace.succeeded(sent: 100)
        #expect(pace.batchCount == 100)
        for _ in 0..<10 { _ = pace.failed { _ in 0 } }
        #expect(pace.batchCount == 5)
    }

    @Test func `asking begins with five seconds, doubles to ten minutes, and begins anew`() {
        var pace = Pace()
        let waits = (0..<9).map { _ in pace.nextAsk() }
        #expect(
            waits == [
                5_000, 10_000, 20_000, 40_000, 80_000, 160_000, 320_000, 600_000, 600_000,
            ])
        pace.resetAsk()
        #expect(pace.nextAsk() == 5_000)
    }
}

@Suite("One waiter that is woken")
struct AlarmTests {
    @Test func `a ring that came first is not lost, and two are one`() async {
        let clock = ManualClock()
        let alarm = Alarm()
        alarm.ring()
        alarm.ring()
        await alarm.wait()
        let begin = clock.milliseconds
        async let waited: Void = alarm.wait(until: begin + 500, by: clock)
        await clock.waitForSleepers(1)
        await clock.advance(by: .milliseconds(500))
        await waited
        #expect(clock.milliseconds == begin + 500)
    }

    @Test func `a cancelled waiter goes on`() async {
        let alarm = Alarm()
        let waiter = Task { await alarm.wait() }
        waiter.cancel()
        await waiter.value
    }

    @Test func `a time that is over is no wait`() async {
        let clock = ManualClock()
        await Alarm().wait(until: clock.milliseconds, by: clock)
    }
}
