internal import Glibc
internal import Synchronization

/// A bad line in front of a real server: a TCP proxy on loopback that forwards bytes and can be
/// cut at any byte, slowed, delayed or refused. What goes through it is not looked at, so TLS stays
/// what it is.
///
/// One thread of its own moves everything, by the machine's clock. Cuts are counted over all
/// connections from the moment they are asked for, so that one that was asked for is met exactly.
public final class SimulatedLink: Sendable {
    public enum Direction: String, Sendable, Codable { case up, down }

    public enum Quality: Equatable, Sendable {
        case open
        /// A connection is taken and closed at once; those that stand are closed.
        case refused
        /// As a radio that lost its cell: nothing is closed and nothing goes through.
        case silent
    }

    public struct Shape: Equatable, Sendable {
        /// In each direction; nil is as fast as it can.
        public var bytesPerSecond: Int?
        /// One way.
        public var delay: Duration

        public init(bytesPerSecond: Int? = nil, delay: Duration = .zero) {
            self.bytesPerSecond = bytesPerSecond
            self.delay = delay
        }
    }

    public enum Cut: Equatable, Sendable {
        /// When so many more bytes have been forwarded that way; the next one is not.
        case afterBytes(Int, Direction)
        /// When so many more answers have gone down: at the first byte up after them. An answer is
        /// a run of bytes down after bytes up; a TLS handshake counts for one.
        case afterAnswers(Int)
    }

    public enum Failure: Error, Equatable, Sendable {
        case system(call: String, code: Int32)
    }

    public struct Counts: Equatable, Sendable {
        public var up = 0
        public var down = 0
        public var answers = 0
        public var connections = 0
        public var cuts = 0
    }

    struct Plan: Sendable {
        var quality = Quality.open
        var shape = Shape()
        var cut: Cut?
        /// What becomes of the link when a cut is met.
        var qualityAfterCut = Quality.open
        var counts = Counts()
        var isClosing = false
    }

    final class Shared: Sendable {
        let plan = Mutex(Plan())
    }

    /// Where the station connects to.
    public let port: Int
    private let shared = Shared()
    private let wakeDescriptor: Int32

    /// - Parameter port: of the server behind it, on loopback.
    public init(to port: Int) throws(Failure) {
        let listener = try listenOnLoopback()
        self.port = listener.port
        // No pipe: nobody who wakes a pump that ended is to be killed by a signal.
        var ends: [Int32] = [0, 0]
        guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0 else {
            let code = errno
            Glibc.close(listener.descriptor)
            throw .system(call: "socketpair", code: code)
        }
        for descriptor in ends { makeOwn(descriptor) }
        wakeDescriptor = ends[1]
        let shared = shared
        let listening = listener.descriptor
        let wake = ends[0]
        detachThread {
            var pump = LinkPump(listener: listening, wake: wake, target: port, shared: shared)
            pump.run()
        }
    }

    deinit {
        change { $0.isClosing = true }
        Glibc.close(wakeDescriptor)
    }

    /// Ends every connection and the proxy itself.
    public func close() { change { $0.isClosing = true } }

    public var quality: Quality { shared.plan.withLock { $0.quality } }
    public func set(_ quality: Quality) { change { $0.quality = quality } }

    public var shape: Shape { shared.plan.withLock { $0.shape } }
    public func set(_ shape: Shape) { change { $0.shape = shape } }

    /// Cuts every connection at that point; nil takes the order back.
    public func cut(_ cut: Cut?, then quality: Quality = .open) {
        change { plan in
            plan.cut = cut
            plan.qualityAfterCut = quality
        }
    }

    /// Whether a cut that was asked for is still to come.
    public var isCutPending: Bool { shared.plan.withLock { $0.cut != nil } }

    public var counts: Counts { shared.plan.withLock { $0.counts } }

    private func change(_ act: (inout Plan) -> Void) {
        shared.plan.withLock { act(&$0) }
        var byte: UInt8 = 1
        _ = send(wakeDescriptor, &byte, 1, Int32(MSG_NOSIGNAL))
    }
}

private func listenOnLoopback() throws(SimulatedLink.Failure) -> (descriptor: Int32, port: Int) {
    let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
    let descriptor = socket(AF_INET, kind | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { throw .system(call: "socket", code: errno) }
    var address = loopbackAddress(port: 0)
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isBound = withUnsafeMutablePointer(to: &address) { address in
        address.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
            bind(descriptor, address, size) == 0 && listen(descriptor, 64) == 0
                && getsockname(descriptor, address, &size) == 0
        }
    }
    guard isBound else {
        let code = errno
        close(descriptor)
        throw .system(call: "bind", code: code)
    }
    return (descriptor, Int(address.sin_port.bigEndian))
}
