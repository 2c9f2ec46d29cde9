import Journal
import Ports
import StationCore

/// The station's own idea of the time: the system clock plus an offset of our own (the daemon
/// never sets the clock), with its quality. Order is the sequence; this only stamps.
struct StationTime: Sendable {
    private let clocks: Clocks
    /// What was set in this boot, kept over a restart of the daemon.
    private(set) var setting: ClockSetting?
    /// The last entry's stamp and the monotonic instant it belongs to: 0 when it is of an earlier
    /// boot. Nothing before it is believed.
    private let anchor: (time: Int, monotonic: Int)?

    /// - Parameters:
    ///   - last: Stamp and boot of the last entry, if there is one.
    ///   - kept: What local state holds; it counts in the boot in which it was set.
    init(clocks: Clocks, last: (moment: Moment, boot: String)?, kept: ClockSetting?) {
        self.clocks = clocks
        setting = kept?.boot == clocks.bootID ? kept : nil
        anchor = last.map {
            ($0.moment.time, $0.boot == clocks.bootID ? $0.moment.monotonic : 0)
        }
    }

    var now: Moment {
        let monotonic = clocks.monotonic.milliseconds
        let calendar = clocks.calendar.milliseconds
        if clocks.calendar.isSynchronized {
            return Moment(time: calendar, quality: .network, monotonic: monotonic)
        }
        if let setting {
            return Moment(
                time: calendar + setting.offset, quality: setting.quality, monotonic: monotonic)
        }
        guard let anchor else {
            return Moment(time: max(0, calendar), quality: .unset, monotonic: monotonic)
        }
        if calendar >= anchor.time {
            return Moment(time: calendar, quality: .file, monotonic: monotonic)
        }
        return Moment(
            time: anchor.time + max(0, monotonic - anchor.monotonic), quality: .unset,
            monotonic: monotonic)
    }

    /// Head office said what time it is, in milliseconds of UTC.
    ///
    /// - Returns: By how much the station's time moved, or nil where the kernel knows better or
    ///   the difference is below `correctionMin`.
    mutating func learn(headOffice time: Int) -> Int? {
        guard !clocks.calendar.isSynchronized else { return nil }
        let before = now
        let moved = time - before.time
        guard before.quality != .network || abs(moved) >= Self.correctionMin else { return nil }
        set(time, .network)
        return moved
    }

    /// The technician said what time it is.
    mutating func set(technician time: Int) -> Int {
        let moved = time - now.time
        set(time, .technician)
        return moved
    }

    private mutating func set(_ time: Int, _ quality: ClockQuality) {
        setting = ClockSetting(
            offset: time - clocks.calendar.milliseconds, quality: quality, boot: clocks.bootID)
    }

    /// Below it a difference is the line's delay, not the clock's error.
    static let correctionMin = 5_000
}
