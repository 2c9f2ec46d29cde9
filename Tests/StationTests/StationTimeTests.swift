import Journal
import Simulators
import StationCore
import Testing

@testable import Station

@Suite("The station's own time")
struct StationTimeTests {
    /// 2026-09-21, as head office would say it.
    private static let today = 1_790_000_000_000

    private func last(_ time: Int, monotonic: Int) -> (moment: Moment, boot: String) {
        (Moment(time: time, quality: .network, monotonic: monotonic), "boot-1")
    }

    @Test func `a synchronised kernel is believed and never corrected`() {
        let clock = ManualClock(calendar: Self.today, isSynchronized: true)
        var time = StationTime(clocks: clock.clocks(bootID: "boot-1"), last: nil, kept: nil)
        #expect(time.now.quality == .network)
        #expect(time.learn(headOffice: Self.today + 90_000) == nil)
        #expect(time.now.time == Self.today)
    }

    @Test func `a clock of 1970 goes on from the last entry, by the time since the start`() {
        let clock = ManualClock(milliseconds: 40_000, calendar: 40_000, isSynchronized: false)
        let same = StationTime(
            clocks: clock.clocks(bootID: "boot-1"), last: last(Self.today, monotonic: 30_000),
            kept: nil)
        #expect(same.now.time == Self.today + 10_000)
        let later = StationTime(
            clocks: clock.clocks(bootID: "boot-2"), last: last(Self.today, monotonic: 30_000),
            kept: nil)
        #expect(later.now.time == Self.today + 40_000)
        #expect(same.now.quality == .unset)
        #expect(later.now.quality == .unset)
    }

    @Test func `a clock that is not before the last entry counts as the file's`() {
        let clock = ManualClock(calendar: Self.today + 5, isSynchronized: false)
        let time = StationTime(
            clocks: clock.clocks(bootID: "boot-2"), last: last(Self.today, monotonic: 30_000),
            kept: nil)
        #expect(time.now.quality == .file)
        #expect(time.now.time == Self.today + 5)
    }

    @Test func `the technician's time holds for this boot, until head office knows better`() {
        let clock = ManualClock(calendar: 0, isSynchronized: false)
        var time = StationTime(clocks: clock.clocks(bootID: "boot-1"), last: nil, kept: nil)
        #expect(time.now.quality == .unset)
        #expect(time.set(technician: Self.today) == Self.today)
        #expect(time.now.quality == .technician)
        let kept = time.setting
        let restarted = StationTime(
            clocks: clock.clocks(bootID: "boot-1"), last: nil, kept: kept)
        #expect(restarted.now == time.now)
        let rebooted = StationTime(
            clocks: clock.clocks(bootID: "boot-2"), last: nil, kept: kept)
        #expect(rebooted.now.quality == .unset)
        #expect(time.learn(headOffice: Self.today + 1_000) == 1_000)
        #expect(time.now.quality == .network)
    }

    @Test(arguments: [(0, nil), (4_999, nil), (-4_999, nil), (5_000, 5_000), (-5_000, -5_000)])
    func `below five seconds a difference is the line's delay`(by: Int, moved: Int?) {
        let clock = ManualClock(calendar: 0, isSynchronized: false)
        var time = StationTime(clocks: clock.clocks(bootID: "boot-1"), last: nil, kept: nil)
        #expect(time.learn(headOffice: Self.today) == Self.today)
        #expect(time.learn(headOffice: Self.today + by) == moved)
    }
}
