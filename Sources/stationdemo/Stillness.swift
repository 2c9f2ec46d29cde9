import Glibc
import Simulators
import Synchronization

/// Knows when processes have nothing left to do: every thread of theirs sleeps until something
/// comes from outside. Then, and only then, a scripted clock may move on without overtaking real
/// work, however busy the machine is.
///
/// Source: proc(5), `State` and the counts of context switches in `/proc/PID/task/TID/status`. A
/// thread that waits for a processor is `R`, one that waits for the disk is `D`.
struct Stillness: Sendable {
    /// Asks for the processes to look at; nil where one of them is not there yet, empty where none
    /// will come any more.
    let processes: @Sendable () -> [pid_t]?

    /// Between two looks, microseconds.
    private static let pause: UInt32 = 150
    /// Looks in a row that must find everybody asleep: bytes on their way between two sockets of
    /// loopback TCP are nobody's for a moment.
    private static let lookCount = 2
    /// Milliseconds after which it is said that they never come to rest: far more than a start
    /// takes on the busiest machine.
    private static let limit = 120_000

    /// Returns when all of them are still. The looking is done by a thread of its own, so that the
    /// caller's does not count as awake.
    ///
    /// - Returns: false where they did not come to rest.
    func wait() async -> Bool {
        await withCheckedContinuation { continuation in
            detachThread { continuation.resume(returning: waitHere()) }
        }
    }

    private func waitHere() -> Bool {
        let clock = RunningClock()
        let end = clock.milliseconds + Self.limit
        var found = 0
        while clock.milliseconds < end, processes()?.isEmpty != true {
            found = isStill(except: Self.thisThread) ? found + 1 : 0
            if found == Self.lookCount { return true }
            usleep(Self.pause)
        }
        return false
    }

    /// Whether there was a moment between two looks at which no thread ran: each slept at both
    /// and had not been awake in between.
    func isStill(except looking: pid_t) -> Bool {
        guard let processes = processes(), !processes.isEmpty,
            let first = Self.sleepers(of: processes, looking),
            let second = Self.sleepers(of: processes, looking)
        else { return false }
        return first == second
    }

    /// By the link `PID/task/TID` that each thread has.
    private static var thisThread: pid_t {
        var target = [CChar](repeating: 0, count: 64)
        let count = readlink("/proc/thread-self", &target, target.count)
        let last = target.prefix(max(0, count)).split(separator: 0x2f).last ?? []
        let name = String(decoding: last.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return pid_t(name) ?? 0
    }

    private struct Sleeper: Equatable {
        let thread: pid_t
        /// The end of its status, which begins with how often it was given and gave up a
        /// processor.
        let switches: [CChar]
    }

    /// Nil where one is awake or ended while it was looked at.
    private static func sleepers(of processes: [pid_t], _ looking: pid_t) -> [Sleeper]? {
        var found: [Sleeper] = []
        for process in processes {
            guard let threads = threads(of: process), !threads.isEmpty else { return nil }
            for thread in threads where thread != looking {
                guard let sleeper = sleeper(process, thread) else { return nil }
                found.append(sleeper)
            }
        }
        return found
    }

    private static func threads(of process: pid_t) -> [pid_t]? {
        guard let folder = opendir("/proc/\(process)/task") else { return nil }
        defer { closedir(folder) }
        var found: [pid_t] = []
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { name in
                name.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if let thread = pid_t(name) { found.append(thread) }
        }
        return found
    }

    private static func sleeper(_ process: pid_t, _ thread: pid_t) -> Sleeper? {
        let file = open("/proc/\(process)/task/\(thread)/status", O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var status = [CChar](repeating: 0, count: 4_096)
        guard read(file, &status, status.count - 1) > 0 else { return nil }
        return status.withUnsafeBufferPointer { status in
            guard let start = status.baseAddress, strstr(start, "\nState:\tS ") != nil,
                let switches = strstr(start, "\nvoluntary_ctxt_switches:")
            else { return nil }
            let rest = UnsafeBufferPointer(start: switches, count: strlen(switches))
            return Sleeper(thread: thread, switches: Array(rest))
        }
    }
}
