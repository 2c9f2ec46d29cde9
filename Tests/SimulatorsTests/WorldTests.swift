import Glibc
import Ports
import Synchronization
import Testing

@testable import Simulators

@Suite("A world that outlives its child")
struct WorldTests {
    private let clock = ManualClock()

    private func path() -> String { "/tmp/world-\(getpid())-\(UInt32.random(in: 0 ... .max)).sock" }

    private func claimed(_ client: WorldClient, _ presence: USBPresence) async throws
        -> any USBDevice
    {
        let device = try await client.bus.open(presence)
        try await device.claim(interface: 0, alternateSetting: nil)
        return device
    }

    @Test func `the child's bus is the world's`() async throws {
        let world = World(clock: clock)
        let path = path()
        let server = try WorldServer(path: path, bus: world.bus, scripted: clock, bootID: "b1")
        defer { server.close() }
        world.plug(.scanner)
        let client = try #require(await WorldClient.connect(to: path))
        var events = client.bus.events().makeAsyncIterator()
        guard case .arrived(let device) = await events.next() else {
            Issue.record("nothing arrived")
            return
        }
        #expect(device.vendor == 0x05e0 && device.presence.path == "1-1.1")
        #expect(device.interfaces == world.scanner.interfaces)
        let scanner = try await claimed(client, device.presence)
        let reading = Task { () -> [USBReport] in
            var reports: [USBReport] = []
            for await report in scanner.reports(endpoint: 0x81, length: 8) {
                reports.append(report)
            }
            return reports
        }
        await world.bus.waitUntilListened(at: "1-1.1")
        #expect(world.scanner.scan("4006381333931"))
        world.unplug(.scanner, form: .noDeviceAtOnce)
        guard case .left = await events.next() else {
            Issue.record("nothing left")
            return
        }
        #expect(await reading.value.last == .ended(.disconnected))
        #expect(client.clocks.bootID == "b1")
    }

    @Test func `a scripted clock passes where the world lets it`() async throws {
        let world = World(clock: clock)
        let path = path()
        let server = try WorldServer(path: path, bus: world.bus, scripted: clock, bootID: "b1")
        defer { server.close() }
        let client = try #require(await WorldClient.connect(to: path))
        let clocks = client.clocks
        let start = clocks.monotonic.milliseconds
        let sleeping = Task {
            try await clocks.monotonic.sleep(for: .seconds(3_600))
            return (clocks.monotonic.milliseconds, clocks.calendar.milliseconds)
        }
        await clock.waitForSleepers(1)
        let calendar = clock.calendar.milliseconds
        await clock.jump(by: .seconds(3_600))
        let woken = try await sleeping.value
        #expect(woken == (start + 3_600_000, calendar + 3_600_000))
        let cancelled = Task { try await clocks.monotonic.sleep(for: .seconds(1)) }
        await clock.waitForSleepers(1)
        cancelled.cancel()
        await #expect(throws: CancellationError.self) { try await cancelled.value }
    }

    @Test func `a step without leave is the child's last`() async throws {
        let world = World(clock: clock)
        let path = path()
        let fatal = WorldServer.Step(entry: 7, name: "committed")
        let server = try WorldServer(
            path: path, bus: world.bus, scripted: clock, bootID: "b1", leave: { $0 != fatal })
        defer { server.close() }
        world.plug(.printer)
        let client = try #require(await WorldClient.connect(to: path))
        let presence = try #require(world.bus.presence(at: "1-1.3"))
        let printer = try await claimed(client, presence)
        await client.step(entry: 7, name: "decided")
        #expect(await printer.write(endpoint: 1, [0x41, 0x0a], within: .seconds(1)).count == 2)
        let last = Task { await client.step(entry: 7, name: "committed") }
        let late = Task {
            while world.bus.presence(at: "1-1.3") != nil, !Task.isCancelled {
                _ = await printer.write(endpoint: 1, [0x42, 0x0a], within: .seconds(1))
            }
        }
        await server.waitForFreeze()
        let count = world.printer.acceptedByteCount
        await clock.settle()
        client.close()
        late.cancel()
        await last.value
        await late.value
        #expect(world.printer.acceptedByteCount == count)
        await server.waitForSessions(0)
    }

    @Test(arguments: 0..<40 as Range<UInt64>)
    func `whoever dies in the middle of a write has sent what the printer took, and no more`(
        seed: UInt64
    ) async throws {
        var numbers = SeededNumbers(seed: seed)
        let world = World(
            clock: clock, printer: SimulatedPrinter.Habits(bufferSize: 8 + numbers.below(60)))
        let path = path()
        let server = try WorldServer(path: path, bus: world.bus, scripted: clock, bootID: "b1")
        defer { server.close() }
        world.plug(.printer)
        world.printer.letPaperEnd(afterLines: numbers.below(12))
        let sent = (0..<60).flatMap { Array("\($0 + 10)\n".utf8) }
        let chunkSize = 1 + numbers.below(50)
        let known = Known()
        let client = try #require(await WorldClient.connect(to: path))
        let printer = try await claimed(
            client, try #require(world.bus.presence(at: "1-1.3")))
        let writing = Task {
            var rest = sent[...]
            while !rest.isEmpty {
                let written = await printer.write(
                    endpoint: 1, Array(rest.prefix(chunkSize)), within: .seconds(30))
                known.add(written.count)
                rest = rest.dropFirst(written.count)
                if written.failure != nil { return }
            }
        }
        for _ in 0..<numbers.below(30) { await Task.yield() }
        if numbers.below(3) > 0 { await clock.waitForSleepers(1) }
        client.close()
        await server.waitForSessions(0)
        await writing.value
        let accepted = world.printer.acceptedByteCount
        #expect(known.count <= accepted && accepted <= known.count + chunkSize)
        world.printer.putPaperIn()
        await clock.advance(by: .seconds(60))
        #expect(world.printer.acceptedByteCount == accepted)
        let lines = world.printer.hanging.lines.map(\.text)
        let expected = String(decoding: sent.prefix(accepted), as: UTF8.self)
            .split(separator: "\n").prefix(accepted / 3).map(String.init)
        #expect(lines == expected)
        #expect(world.printer.waitingByteCount == 0)

        let next = try #require(await WorldClient.connect(to: path))
        let again = try await claimed(next, try #require(world.bus.presence(at: "1-1.3")))
        #expect(await again.write(endpoint: 1, [0x0a], within: .seconds(1)).failure == nil)
    }

    private final class Known: Sendable {
        private let state = Mutex(0)
        var count: Int { state.withLock { $0 } }
        func add(_ count: Int) { state.withLock { $0 += count } }
    }
}

@Suite("Frames between world and child")
struct FrameTests {
    @Test(arguments: 0..<100 as Range<UInt64>)
    func `any cut of the bytes gives the same frames`(seed: UInt64) throws {
        var numbers = SeededNumbers(seed: seed)
        let frames = (0..<10).map { _ in numbers.bytes(numbers.below(300)) }
        var rest = frames.flatMap { FrameReader.frame($0) }[...]
        var reader = FrameReader()
        var read: [[UInt8]] = []
        while !rest.isEmpty {
            let count = 1 + numbers.below(40)
            read += try reader.push(rest.prefix(count))
            rest = rest.dropFirst(count)
        }
        #expect(read == frames)
    }

    @Test(arguments: 0..<100 as Range<UInt64>)
    func `garbage ends or waits, and no message is made of it`(seed: UInt64) {
        var numbers = SeededNumbers(seed: seed)
        var reader = FrameReader()
        do throws(FrameReader.Failure) {
            for frame in try reader.push(numbers.bytes(numbers.below(500))) {
                #expect(WorldCoding.message(WorldCall.self, of: frame) == nil)
            }
        } catch {}
    }

    @Test func `a message goes there and back`() {
        let calls: [WorldRequest] = [
            .hello, .step(entry: nil, name: "answered"), .sleep(until: 5),
            .claim(handle: 1, interface: 0, alternateSetting: nil),
            .open(path: "1-1", address: 3),
        ]
        for (id, request) in calls.enumerated() {
            let call = WorldCall(id: id, request: request)
            #expect(WorldCoding.message(WorldCall.self, of: WorldCoding.bytes(of: call)) == call)
        }
    }
}
