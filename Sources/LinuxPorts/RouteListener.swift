import Glibc
public import Ports
import Synchronization

/// The kernel's own word on addresses and routes, by rtnetlink(7).
///
/// A thread sleeps in the kernel while somebody watches; there is none while nobody does. A box on
/// which the socket cannot be had (a sandbox without AF_NETLINK) sees no changes.
public struct RouteListener: RouteWatch {
    public init() {}

    public func changes() -> AsyncStream<Void> {
        guard let socket = Self.makeSocket() else { return AsyncStream { $0.finish() } }
        return Self.changes(told: socket)
    }

    /// - Parameter socket: Datagrams of rtnetlink come out of it. It is closed at the end.
    static func changes(told socket: Int32) -> AsyncStream<Void> {
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        var bell: [Int32] = [-1, -1]
        guard socketpair(AF_UNIX, kind, 0, &bell) == 0 else {
            close(socket)
            return AsyncStream { $0.finish() }
        }
        let (stream, watch) = AsyncStream.makeStream(
            of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let ears = Ears(socket: socket, bell: bell[0], cord: bell[1], watch: watch)
        watch.onTermination = { _ in ears.cover() }
        ears.open()
        return stream
    }

    private static func makeSocket() -> Int32? {
        let kind = Int32(SOCK_RAW.rawValue | SOCK_CLOEXEC.rawValue)
        let descriptor = socket(AF_NETLINK, kind, RouteMessage.family)
        guard descriptor >= 0 else { return nil }
        var address = RouteMessage.Address()
        let isBound = withUnsafePointer(to: &address) { address in
            address.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(descriptor, address, socklen_t(MemoryLayout<RouteMessage.Address>.size)) == 0
            }
        }
        guard isBound else {
            close(descriptor)
            return nil
        }
        return descriptor
    }
}

/// The thread of one watch, and the descriptors that it owns.
private final class Ears: Sendable {
    private let socket: Int32
    private let bell: Int32
    /// Closing it rings the bell.
    private let cord: Mutex<Int32?>
    private let watch: AsyncStream<Void>.Continuation

    init(socket: Int32, bell: Int32, cord: Int32, watch: AsyncStream<Void>.Continuation) {
        self.socket = socket
        self.bell = bell
        self.cord = Mutex(cord)
        self.watch = watch
    }

    func open() {
        var thread = pthread_t()
        let context = Unmanaged.passRetained(self).toOpaque()
        let code = pthread_create(
            &thread, nil,
            { context in
                guard let context else { return nil }
                Unmanaged<Ears>.fromOpaque(context).takeRetainedValue().listen()
                return nil
            }, context)
        guard code == 0 else { fatalError("no thread for rtnetlink: \(code)") }
        pthread_detach(thread)
    }

    /// Ends the thread.
    func cover() {
        cord.withLock { cord in
            if let end = cord { close(end) }
            cord = nil
        }
    }

    private func listen() {
        var buffer = [UInt8](repeating: 0, count: 8_192)
        var waiting = [
            pollfd(fd: socket, events: Int16(POLLIN), revents: 0),
            pollfd(fd: bell, events: Int16(POLLIN), revents: 0),
        ]
        while true {
            guard poll(&waiting, 2, -1) > 0 else { continue }
            if waiting[1].revents != 0 { break }
            let count = recv(socket, &buffer, buffer.count, Int32(MSG_DONTWAIT))
            if count > 0 {
                if RouteMessage.tellsChange(buffer.prefix(count)) { watch.yield() }
            } else if count < 0, errno == ENOBUFS {
                // So much changed that the kernel could not say all of it.
                watch.yield()
            } else if count == 0 || errno != EAGAIN && errno != EINTR {
                break
            }
        }
        watch.finish()
        close(socket)
        close(bell)
    }
}

/// What a datagram of rtnetlink is about: only its headers are read.
enum RouteMessage {
    /// NETLINK_ROUTE.
    static let family: Int32 = 0
    /// RTMGRP_IPV4_IFADDR, RTMGRP_IPV4_ROUTE, RTMGRP_IPV6_IFADDR and RTMGRP_IPV6_ROUTE.
    static let groups: UInt32 = 0x10 | 0x40 | 0x100 | 0x400
    /// RTM_NEWADDR, RTM_DELADDR, RTM_NEWROUTE and RTM_DELROUTE.
    private static let kinds: Set<UInt16> = [20, 21, 24, 25]
    private static let headerSize = 16

    /// The kernel's `sockaddr_nl`, bound to the groups above.
    struct Address {
        var family = sa_family_t(AF_NETLINK)
        var padding: UInt16 = 0
        /// 0 for one that the kernel chooses.
        var port: UInt32 = 0
        var groups = RouteMessage.groups
    }

    /// Whether one of the messages tells of an address or a route. Length and type are in the
    /// machine's own byte order; messages begin at multiples of four.
    static func tellsChange(_ bytes: ArraySlice<UInt8>) -> Bool {
        var rest = bytes
        while rest.count >= headerSize {
            let (length, kind) = rest.withUnsafeBytes { bytes in
                (
                    Int(bytes.loadUnaligned(as: UInt32.self)),
                    bytes.loadUnaligned(fromByteOffset: 4, as: UInt16.self)
                )
            }
            guard length >= headerSize, length <= rest.count else { return false }
            if kinds.contains(kind) { return true }
            rest = rest.dropFirst((length + 3) & ~3)
        }
        return false
    }
}
