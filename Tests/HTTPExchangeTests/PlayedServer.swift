import Glibc
import Simulators
import Synchronization

/// A server on a Unix socket that takes one request a connection and answers with the bytes that it
/// was given, whatever they are.
final class PlayedServer: Sendable {
    /// What it does behind the bytes.
    enum Ending: Sendable {
        case close
        /// Says nothing more, and keeps the connection until the other side gives up.
        case silence
        /// Says the last piece again and again, until nobody listens.
        case again
    }

    let path: String
    private let listener: Int32
    private let heard = Mutex<[[UInt8]]>([])

    init(_ pieces: [[UInt8]], then ending: Ending = .close) throws {
        path = "/tmp/played-\(getpid())-\(UInt64.random(in: 0...UInt64.max)).sock"
        listener = socket(
            AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let isBound = withUnsafePointer(to: &address) { address in
            address.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(self.listener, address, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
            }
        }
        guard isBound, listen(listener, 16) == 0 else { throw NoServer(code: errno) }
        let door = listener
        detachThread { [weak self] in
            while true {
                let client = accept(door, nil, nil)
                if client < 0 { break }
                let request = Self.readRequest(client)
                self?.heard.withLock { $0.append(request) }
                Self.play(pieces, ending, to: client)
                close(client)
            }
            close(door)
        }
    }

    deinit {
        shutdown(listener, Int32(SHUT_RDWR))
        unlink(path)
    }

    /// The requests, as they stood on the wire.
    var requests: [String] { heard.withLock { $0.map { String(decoding: $0, as: UTF8.self) } } }

    struct NoServer: Error { let code: Int32 }

    /// Up to the end of a body whose length is stated.
    private static func readRequest(_ client: Int32) -> [UInt8] {
        var request: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4_096)
        while true {
            let text = String(decoding: request, as: UTF8.self)
            if let head = text.firstRange(of: "\r\n\r\n") {
                let length = text.firstMatch(of: /Content-Length: (\d+)/).flatMap { Int($0.1) } ?? 0
                if text[head.upperBound...].utf8.count >= length { return request }
            }
            let count = read(client, &buffer, buffer.count)
            guard count > 0 else { return request }
            request += buffer.prefix(count)
        }
    }

    private static func play(_ pieces: [[UInt8]], _ ending: Ending, to client: Int32) {
        for piece in pieces { guard say(piece, to: client) else { return } }
        switch ending {
        case .close: return
        case .silence:
            var byte: UInt8 = 0
            while read(client, &byte, 1) > 0 {}
        case .again:
            let last = pieces.last ?? []
            while say(last, to: client) {
                // Slow enough to be heard as single bytes, fast enough to be no stall.
                var waiting = pollfd(fd: client, events: 0, revents: 0)
                poll(&waiting, 1, 5)
            }
        }
    }

    private static func say(_ bytes: [UInt8], to client: Int32) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                send(client, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }
}
