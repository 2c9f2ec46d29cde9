import CSystemd
import Glibc
public import Ports

/// CLOCK_BOOTTIME.
public struct BootTimeClock: MonotonicClock {
    public init() {}

    public var milliseconds: Int { now(CLOCK_BOOTTIME) }

    public func sleep(until deadline: Int) async throws(CancellationError) {
        while true {
            let rest = deadline - milliseconds
            guard rest > 0 else { return }
            do {
                try await Task.sleep(for: .milliseconds(rest))
            } catch {
                throw CancellationError()
            }
        }
    }
}

/// CLOCK_REALTIME, which the daemon reads and never sets.
public struct SystemCalendarClock: CalendarClock {
    public init() {}

    public var milliseconds: Int { now(CLOCK_REALTIME) }

    /// What `adjtimex` says. A sandbox that protects the clock (`ProtectClock=`) forbids even
    /// asking; then the mark of systemd-timesyncd counts.
    public var isSynchronized: Bool {
        var state = timex()
        let answer = adjtimex(&state)
        guard answer >= 0 else { return access(timesyncMark, F_OK) == 0 }
        return answer != TIME_ERROR && state.status & STA_UNSYNC == 0
    }
}

extension Clocks {
    /// The clocks of this machine.
    ///
    /// - Throws: `.unexpected` with the errno where the kernel's boot id cannot be read.
    public static func linux() throws(PortError) -> Clocks {
        Clocks(
            monotonic: BootTimeClock(), calendar: SystemCalendarClock(),
            bootID: try firstLine(of: "/proc/sys/kernel/random/boot_id"))
    }
}

private let timesyncMark = "/run/systemd/timesync/synchronized"

private func now(_ clock: clockid_t) -> Int {
    var time = timespec()
    clock_gettime(clock, &time)
    return time.tv_sec * 1_000 + time.tv_nsec / 1_000_000
}

private func firstLine(of path: String) throws(PortError) -> String {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { throw .unexpected(code: errno) }
    defer { close(file) }
    var bytes = [UInt8](repeating: 0, count: 256)
    let count = read(file, &bytes, bytes.count)
    guard count > 0 else { throw .unexpected(code: errno) }
    return String(decoding: bytes.prefix(count).prefix { $0 != 0x0A }, as: UTF8.self)
}
