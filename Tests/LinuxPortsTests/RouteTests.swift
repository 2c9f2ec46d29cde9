import Glibc
import Testing

@testable import LinuxPorts

@Suite("Changes of routes, as the kernel tells them", .timeLimit(.minutes(1)))
struct RouteTests {
    /// A message with `size` bytes behind its header.
    private func message(_ kind: UInt16, size: Int = 12) -> [UInt8] {
        let length = UInt32(16 + size)
        var bytes = withUnsafeBytes(of: length) { Array($0) }
        bytes += withUnsafeBytes(of: kind) { Array($0) }
        bytes += [UInt8](repeating: 0, count: 10 + size)
        return bytes + [UInt8](repeating: 0, count: (4 - bytes.count % 4) % 4)
    }

    @Test(arguments: [(20, true), (21, true), (24, true), (25, true), (16, false), (3, false)])
    func `addresses and routes count, and nothing else`(kind: UInt16, isChange: Bool) {
        #expect(RouteMessage.tellsChange(message(kind)[...]) == isChange)
        #expect(RouteMessage.tellsChange((message(16, size: 5) + message(kind))[...]) == isChange)
    }

    @Test(arguments: 0..<300 as Range<UInt64>)
    func `no datagram traps`(seed: UInt64) {
        var random = SeededNumbers(state: seed)
        var bytes: [UInt8] = []
        for _ in 0..<Int.random(in: 0..<4, using: &random) {
            bytes += message(
                .random(in: 0..<32, using: &random), size: .random(in: 0..<9, using: &random))
        }
        for _ in 0..<Int.random(in: 0..<6, using: &random) where !bytes.isEmpty {
            bytes[.random(in: 0..<bytes.count, using: &random)] = .random(
                in: 0...255, using: &random)
        }
        bytes = Array(bytes.prefix(.random(in: 0...bytes.count, using: &random)))
        let isChange = RouteMessage.tellsChange(bytes[...])
        #expect(!isChange || bytes.count >= 16)
    }

    @Test func `each change is told, until nobody watches`() async throws {
        var ends: [Int32] = [0, 0]
        try #require(socketpair(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0, &ends) == 0)
        let kernel = ends[1]
        defer { close(kernel) }
        let listener = Task {
            var count = 0
            for await _ in RouteListener.changes(told: ends[0]) {
                count += 1
                let next = message(count == 1 ? 20 : 24)
                if count < 5 {
                    #expect(send(kernel, next, next.count, 0) == next.count)
                } else {
                    break
                }
            }
            return count
        }
        let first = message(16) + message(24)
        #expect(send(kernel, first, first.count, 0) == first.count)
        #expect(await listener.value == 5)
        // The thread closes its end when the watch is over.
        while send(kernel, first, first.count, Int32(MSG_NOSIGNAL)) >= 0 { await Task.yield() }
    }

    @Test func `the kernel's socket can be had, and the watch ends with its task`() async {
        let watch = Task {
            for await _ in RouteListener().changes() {}
            return Task.isCancelled
        }
        watch.cancel()
        #expect(await watch.value)
    }
}
