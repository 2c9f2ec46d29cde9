internal import Glibc
internal import Synchronization

/// Cuts a stream of bytes into frames: four bytes of length, most significant first, then content.
struct FrameReader {
    enum Failure: Error, Equatable {
        case tooLong(Int)
    }

    /// Far above a printer's largest write in base64.
    static let lengthMax = 1 << 20

    private var buffer: [UInt8] = []

    /// Any cut of the bytes gives the same frames.
    mutating func push(_ bytes: some Sequence<UInt8>) throws(Failure) -> [[UInt8]] {
        buffer += bytes
        var frames: [[UInt8]] = []
        var start = 0
        while buffer.count - start >= 4 {
            let length = buffer[start..<(start + 4)].reduce(0) { $0 << 8 | Int($1) }
            guard length <= Self.lengthMax else { throw .tooLong(length) }
            guard buffer.count - start >= 4 + length else { break }
            frames.append(Array(buffer[(start + 4)..<(start + 4 + length)]))
            start += 4 + length
        }
        buffer.removeFirst(start)
        return frames
    }

    static func frame(_ content: [UInt8]) -> [UInt8] {
        let length = content.count
        precondition(length <= lengthMax, "a frame of \(length) bytes")
        return (0..<4).map { UInt8(truncatingIfNeeded: length >> (24 - 8 * $0)) } + content
    }
}

/// Frames over a connected Unix socket. Reads on a thread of its own; writes wait for the other
/// end, which always reads.
final class FrameSocket: Sendable {
    private struct State {
        var descriptor: Int32?
    }

    private let state: Mutex<State>

    init(_ descriptor: Int32) {
        state = Mutex(State(descriptor: descriptor))
    }

    /// - Parameter path: at most 107 bytes.
    convenience init?(connectingTo path: String) {
        let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        let descriptor = socket(AF_UNIX, kind, 0)
        guard descriptor >= 0, var address = unixAddress(path) else { return nil }
        let isConnected = withUnsafePointer(to: &address) { address in
            address.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
            }
        }
        guard isConnected else {
            Glibc.close(descriptor)
            return nil
        }
        self.init(descriptor)
    }

    /// Calls `receive` for each frame on a thread of its own, and `ended` once, last.
    func start(
        receive: @escaping @Sendable ([UInt8]) -> Void, ended: @escaping @Sendable () -> Void
    ) {
        guard let descriptor = state.withLock({ $0.descriptor }) else { return ended() }
        detachThread { [self] in
            var reader = FrameReader()
            var buffer = [UInt8](repeating: 0, count: 65_536)
            reading: while true {
                let count = Glibc.read(descriptor, &buffer, buffer.count)
                if count <= 0 { break }
                do throws(FrameReader.Failure) {
                    for frame in try reader.push(buffer.prefix(count)) { receive(frame) }
                } catch {
                    break reading
                }
            }
            state.withLock { state in
                state.descriptor = nil
                Glibc.close(descriptor)
            }
            ended()
        }
    }

    /// A frame that cannot be sent is lost: the end of the connection is told by `ended`.
    func send(_ content: [UInt8]) {
        let frame = FrameReader.frame(content)
        state.withLock { state in
            guard let descriptor = state.descriptor else { return }
            var rest = frame[...]
            while !rest.isEmpty {
                let count = rest.withUnsafeBytes {
                    Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
                }
                if count <= 0 { return }
                rest = rest.dropFirst(count)
            }
        }
    }

    /// Both ends see the end.
    func close() {
        state.withLock { state in
            if let descriptor = state.descriptor { shutdown(descriptor, Int32(SHUT_RDWR)) }
        }
    }
}

/// Nil where the path is too long for a socket.
func unixAddress(_ path: String) -> sockaddr_un? {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let bytes = path.utf8.map { CChar(bitPattern: $0) }
    guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else { return nil }
    withUnsafeMutableBytes(of: &address.sun_path) { place in
        for (index, byte) in bytes.enumerated() { place[index] = UInt8(bitPattern: byte) }
    }
    return address
}
