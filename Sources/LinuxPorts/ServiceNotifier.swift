import Glibc
import Ports

/// Tells the service manager how the daemon is, by the protocol of sd_notify(3): a datagram to the
/// socket that it named. Without one, as in a shell, every call does nothing.
public struct ServiceNotifier: Sendable {
    /// Path of the socket, or `@` and a name in the abstract namespace.
    private let address: String?
    /// How often `alive()` is due; nil when nobody watches. Half of what the manager allows, as
    /// sd_watchdog_enabled(3) recommends.
    public let watchdogInterval: Duration?

    /// What the service manager put into the environment.
    public static func fromEnvironment() -> ServiceNotifier {
        func variable(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }
        return ServiceNotifier(
            address: variable("NOTIFY_SOCKET"), watchdogMicroseconds: variable("WATCHDOG_USEC"),
            watchdogProcess: variable("WATCHDOG_PID"))
    }

    /// - Parameter address: `NOTIFY_SOCKET`.
    /// - Parameter watchdogMicroseconds: `WATCHDOG_USEC`.
    /// - Parameter watchdogProcess: `WATCHDOG_PID`: who is watched, this process when nil.
    init(address: String?, watchdogMicroseconds: String? = nil, watchdogProcess: String? = nil) {
        self.address = address
        let isMeant = watchdogProcess.map { $0 == "\(getpid())" } ?? true
        if isMeant, let limit = watchdogMicroseconds.flatMap({ Int64($0) }), limit > 0 {
            watchdogInterval = .microseconds(limit) / 2
        } else {
            watchdogInterval = nil
        }
    }

    /// Start-up is over.
    public func ready() { send("READY=1") }

    /// What `systemctl status` shows: one line.
    public func status(_ text: String) {
        send("STATUS=" + text.split(whereSeparator: \.isNewline).joined(separator: " "))
    }

    /// Feeds the watchdog.
    public func alive() { send("WATCHDOG=1") }

    /// The end has begun.
    public func stopping() { send("STOPPING=1") }

    /// Asks for more time to start or stop, counted from now; to be repeated within it.
    public func extendTimeout(by time: Duration) {
        send("EXTEND_TIMEOUT_USEC=\(time.inMilliseconds * 1_000)")
    }

    /// Does not wait: a manager that is stuck must not hold up the loop that feeds its watchdog.
    private func send(_ message: String) {
        guard let address, var target = socketAddress(address) else { return }
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        let bytes = Array(message.utf8)
        let flags = Int32(MSG_DONTWAIT | MSG_NOSIGNAL)
        withUnsafePointer(to: &target.address) { specific in
            specific.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                _ = sendto(descriptor, bytes, bytes.count, flags, generic, target.length)
            }
        }
    }
}

/// Nil for an address that is neither a path nor abstract, or too long.
func socketAddress(_ text: String) -> (address: sockaddr_un, length: socklen_t)? {
    var name = Array(text.utf8)
    guard let first = name.first, first == UInt8(ascii: "/") || first == UInt8(ascii: "@"),
        name.count > 1
    else { return nil }
    if first == UInt8(ascii: "@") { name[0] = 0 }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let isFitting = withUnsafeMutableBytes(of: &address.sun_path) { path in
        guard name.count < path.count else { return false }
        path.copyBytes(from: name)
        return true
    }
    guard isFitting, let start = MemoryLayout<sockaddr_un>.offset(of: \.sun_path) else {
        return nil
    }
    return (address, socklen_t(start + name.count))
}
