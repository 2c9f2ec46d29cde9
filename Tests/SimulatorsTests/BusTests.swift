import Ports
import Simulators
import Testing

@Suite("A bus without a kernel")
struct BusTests {
    private let clock = ManualClock()

    private func opened(
        _ device: any SimulatedUSBDevice, on bus: SimulatedUSBBus
    ) async throws -> any USBDevice {
        let handle = try await bus.open(bus.plug(device, at: "1-1"))
        try await handle.claim(interface: 0, alternateSetting: nil)
        return handle
    }

    @Test func `a listener hears first what is there, then what comes and goes`() async throws {
        let bus = SimulatedUSBBus(clock: clock)
        let first = bus.plug(SimulatedScanner(), at: "1-1")
        var events = bus.events().makeAsyncIterator()
        let second = bus.plug(SimulatedScale(clock: clock), at: "1-2")
        bus.unplug("1-1", form: .noDeviceAtOnce)
        let again = bus.plug(SimulatedScanner(), at: "1-1")
        var heard: [String] = []
        for _ in 0..<4 {
            switch await events.next() {
            case .arrived(let device): heard.append("+\(device.presence)")
            case .left(let presence): heard.append("-\(presence)")
            case nil: break
            }
        }
        #expect(heard == ["+\(first)", "+\(second)", "-\(first)", "+\(again)"])
        #expect(first != again && first.path == again.path)
    }

    @Test func `a scan comes as the reports of its keys`() async throws {
        let bus = SimulatedUSBBus(clock: clock)
        let scanner = SimulatedScanner()
        let handle = try await opened(scanner, on: bus)
        #expect(scanner.scan("lost") == false)
        var reports = handle.reports(endpoint: 0x81, length: 8).makeAsyncIterator()
        #expect(scanner.scan("A1"))
        let expected: [[UInt8]] = [
            [2, 0, 4, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0, 0, 0], [0, 0, 0x1e, 0, 0, 0, 0, 0],
            [0, 0, 0, 0, 0, 0, 0, 0], [0, 0, 0x28, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0, 0, 0],
        ]
        for report in expected { #expect(await reports.next() == .bytes(report)) }
    }

    @Test(arguments: SimulatedUSBBus.Unplugging.allCases)
    func `an unplug ends what is pending, whatever the order of its signs`(
        form: SimulatedUSBBus.Unplugging
    ) async throws {
        let bus = SimulatedUSBBus(clock: clock)
        let printer = SimulatedPrinter(clock: clock)
        let handle = try await opened(printer, on: bus)
        var events = bus.events().makeAsyncIterator()
        _ = await events.next()
        let pending = Task { () -> PortError? in
            do throws(PortError) {
                _ = try await handle.read(endpoint: 0x82, atMost: 64, within: .seconds(60))
                return nil
            } catch { return error }
        }
        await clock.waitForSleepers(1)
        bus.unplug("1-1", form: form)
        await clock.advance(by: .milliseconds(400))
        #expect(await pending.value == .disconnected)
        guard case .left = await events.next() else {
            Issue.record("the bus says nothing")
            return
        }
        let written = await handle.write(endpoint: 1, [0x0a], within: .seconds(1))
        #expect(written == USBWritten(count: 0, failure: .disconnected))
    }

    @Test func `a second handle cannot claim what the first holds`() async throws {
        let bus = SimulatedUSBBus(clock: clock)
        let presence = bus.plug(SimulatedPrinter(clock: clock), at: "1-1")
        let first = try await bus.open(presence)
        let second = try await bus.open(presence)
        try await first.claim(interface: 0, alternateSetting: nil)
        await #expect(throws: PortError.busy) {
            try await second.claim(interface: 0, alternateSetting: nil)
        }
        await first.close()
        try await second.claim(interface: 0, alternateSetting: nil)
    }

    @Test func `a full printer takes a part and says how much`() async throws {
        let bus = SimulatedUSBBus(clock: clock)
        let printer = SimulatedPrinter(
            clock: clock, habits: SimulatedPrinter.Habits(bufferSize: 100))
        printer.takePaperOut()
        let handle = try await opened(printer, on: bus)
        let bytes = [UInt8](repeating: 0x0a, count: 150)
        let writing = Task { await handle.write(endpoint: 1, bytes, within: .seconds(2)) }
        await clock.waitForSleepers(1)
        await clock.advance(by: .seconds(2))
        #expect(await writing.value == USBWritten(count: 100, failure: .timedOut))
        let asked = await handle.write(endpoint: 1, [0x10, 0x04, 0x04], within: .seconds(2))
        #expect(asked.failure == nil)
        #expect(try await handle.read(endpoint: 0x82, atMost: 64, within: .seconds(1)) == [0x7e])
        printer.putPaperIn()
        let rest = await handle.write(endpoint: 1, Array(bytes[100...]), within: .seconds(2))
        #expect(rest == USBWritten(count: 50, failure: nil))
        #expect(printer.hanging.lines.count == 150)
    }

    @Test(arguments: [0, 1, 7, 40])
    func `a plug pulled after so many bytes leaves a right count`(count: Int) async throws {
        let bus = SimulatedUSBBus(clock: clock)
        let printer = SimulatedPrinter(clock: clock)
        let handle = try await opened(printer, on: bus)
        bus.unplug("1-1", afterBytes: count, form: .errorThenLeft)
        let written = await handle.write(
            endpoint: 1, [UInt8](repeating: 0x41, count: 41), within: .seconds(1))
        #expect(written == USBWritten(count: count, failure: .disconnected))
        #expect(printer.acceptedByteCount == count)
    }
}

@Suite("A scale that a hand loads")
struct ScaleTests {
    private let clock = ManualClock()

    private func nextReports(
        _ count: Int, of scale: SimulatedScale, put grams: Int
    ) async throws -> [[UInt8]] {
        let bus = SimulatedUSBBus(clock: clock)
        let handle = try await bus.open(bus.plug(scale, at: "1-1"))
        try await handle.claim(interface: 0, alternateSetting: nil)
        var reports = handle.reports(endpoint: 0x81, length: 8).makeAsyncIterator()
        scale.put(grams)
        await clock.waitForSleepers(1)
        await clock.advance(by: .milliseconds(100 * count))
        var found: [[UInt8]] = []
        for _ in 0..<count {
            guard case .bytes(let bytes) = await reports.next() else { break }
            found.append(bytes)
        }
        return found
    }

    @Test func `it moves, then it stands; the first report is an old one`() async throws {
        let reports = try await nextReports(
            6, of: SimulatedScale(clock: clock), put: 1_250)
        #expect(reports.map { $0[1] } == [2, 3, 3, 3, 4, 4])
        #expect(reports.last == [3, 4, 2, 0, 0xe2, 0x04])
    }

    @Test(
        arguments: [
            (SimulatedScale.Unit.ounce, Int8(-1), 1, 3_218, [3, 4, 0x0b, 0xff, 0x6f, 0x04]),
            (.kilogram, -3, 2, 1_251, [3, 4, 0x03, 0xfd, 0xe4, 0x04]),
            (.gram, 0, 2, 30_001, [3, 6, 0x02, 0, 0x32, 0x75]),
            (.gram, 0, 2, -50, [3, 5, 0x02, 0, 50, 0]),
        ] as [(SimulatedScale.Unit, Int8, Int, Int, [UInt8])])
    func `units, divisions, overload and under zero`(
        unit: SimulatedScale.Unit, exponent: Int8, division: Int, grams: Int, report: [UInt8]
    ) async throws {
        let traits = SimulatedScale.Traits(
            unit: unit, exponent: exponent, division: division, movingReportCount: 0,
            beginsWithStaleReport: false)
        let reports = try await nextReports(
            1, of: SimulatedScale(clock: clock, traits: traits), put: grams)
        #expect(reports == [report])
    }

    @Test func `a mute scale says nothing and fails nothing`() async throws {
        let bus = SimulatedUSBBus(clock: clock)
        let scale = SimulatedScale(clock: clock)
        scale.setMute(true)
        let handle = try await bus.open(bus.plug(scale, at: "1-1"))
        try await handle.claim(interface: 0, alternateSetting: nil)
        var reports = handle.reports(endpoint: 0x81, length: 8).makeAsyncIterator()
        await clock.waitForSleepers(1)
        await clock.advance(by: .seconds(3))
        scale.setMute(false)
        scale.put(500)
        await clock.advance(by: .milliseconds(100))
        guard case .bytes(let first) = await reports.next() else {
            Issue.record("no report")
            return
        }
        #expect(first[1] == 3)
    }
}
