import Ports
import Simulators
import Testing

@Suite("Paper made from ESC/POS bytes")
struct PaperTests {
    private func printed(
        _ bytes: [UInt8], traits: EscposPaper.Traits = EscposPaper.Traits()
    ) -> (lines: [PrintedLine], errors: [String], others: [EscposPaper.Event]) {
        var paper = EscposPaper(traits: traits)
        var lines: [PrintedLine] = []
        var errors: [String] = []
        var others: [EscposPaper.Event] = []
        for event in bytes.flatMap({ paper.consume($0) }) {
            switch event {
            case .line(let line): lines.append(line)
            case .error(let error): errors.append(error)
            default: others.append(event)
            }
        }
        return (lines, errors, others)
    }

    @Test func `letters, sizes and sides`() throws {
        let bytes: [UInt8] =
            [0x1b, 0x40, 0x1b, 0x61, 1, 0x1d, 0x21, 0x11] + Array("AB".utf8)
            + [0x0a, 0x1d, 0x21, 0, 0x1b, 0x61, 0, 0x1b, 0x45, 1] + Array("c".utf8)
            + [0x1b, 0x45, 0] + Array("d".utf8) + [0x0a, 0x1b, 0x64, 2, 0x1d, 0x56, 0x42, 0]
        let (lines, errors, others) = printed(bytes)
        #expect(errors.isEmpty)
        #expect(lines.map(\.text) == ["AB", "cd", "", ""])
        #expect(lines.map(\.alignment) == [.centre, .left, .left, .left])
        #expect(others == [.cut(isPartial: true)])
        guard case .text(let runs) = try #require(lines.first).content else {
            Issue.record("no text")
            return
        }
        #expect(runs.map(\.width) == [2])
    }

    @Test func `Chinese in its own mode, tables outside of it`() {
        // U+6536 U+6B3E in GBK, then e-acute of CP437.
        let bytes: [UInt8] = [0x1c, 0x26, 0xca, 0xd5, 0xbf, 0xee, 0x1c, 0x2e, 0x82, 0x0a]
        let (lines, errors, _) = printed(bytes)
        #expect(errors.isEmpty)
        #expect(lines.map(\.text) == ["\u{6536}\u{6b3e}\u{e9}"])
    }

    @Test func `a line that is too long is broken, a Chinese one after 16 characters`() {
        let (lines, _, _) = printed(
            [0x1c, 0x26] + (0..<17).flatMap { _ in [0xca, 0xd5] as [UInt8] } + [0x0a])
        #expect(lines.map(\.text.count) == [16, 1])
        #expect(lines.map(\.isWrapped) == [true, false])
    }

    @Test func `codes keep what a scanner would read`() throws {
        let slip = "VK04123456010000000423141592639"
        let text = Array(slip.utf8)
        let qr: [UInt8] =
            [0x1d, 0x28, 0x6b, 3, 0, 0x31, 0x43, 4, 0x1d, 0x28, 0x6b, UInt8(text.count + 3), 0]
            + [0x31, 0x50, 0x30] + text + [0x1d, 0x28, 0x6b, 3, 0, 0x31, 0x51, 0x30]
        let code128: [UInt8] =
            [0x1d, 0x77, 2, 0x1d, 0x6b, 0x49, 13, 0x7b, 0x42] + Array("VK1".utf8)
            + [0x7b, 0x43, 10, 0, 4, 23, 14, 16]
        let (lines, errors, _) = printed(qr + code128)
        #expect(errors.isEmpty)
        let codes = lines.compactMap { line -> PrintedCode? in
            guard case .code(let code) = line.content else { return nil }
            return code
        }
        #expect(codes.map(\.payload) == [slip, "VK1100004231416"])
        #expect(codes.map(\.symbology) == [.qr, .code128])
        #expect(codes.first?.widthInDots == 100)
    }

    @Test func `bars of EAN-13 and of Code 128 are as many as the standards say`() throws {
        let ean = try #require(BarSymbol(ean: "6901234567892"))
        #expect(ean.moduleCount == 95 && ean.widths.count == 59)
        // Start B, V, K, switch to C, five pairs, check; stop has 13 modules.
        let own = try #require(BarSymbol(code128: "VK0112345678"))
        #expect(own.moduleCount == 11 * 10 + 13)
        #expect(BarSymbol(code128: "") == nil && BarSymbol(ean: "123") == nil)
    }

    @Test func `a code that does not fit prints nothing and says so`() {
        let (lines, errors, _) = printed(
            [0x1d, 0x77, 6, 0x1d, 0x6b, 0x49, 12, 0x7b, 0x42] + Array("0123456789".utf8))
        #expect(lines.isEmpty)
        #expect(errors.count == 1)
    }

    @Test func `what it does not know it prints, and says so`() {
        let (lines, errors, _) = printed([0x1b, 0x5a, 0x31, 0x0a])
        #expect(errors == ["unknown command 1b 5a"])
        #expect(lines.map(\.text) == ["1"])
    }

    @Test func `one that waits for a picture eats a job; zeros bring it back`() {
        var paper = EscposPaper()
        paper.confuse(missingBytes: 6_000)
        let eaten = Array("lost\n".utf8).flatMap { paper.consume($0) }
        #expect(eaten.isEmpty && paper.isInsideCommand)
        _ = [UInt8](repeating: 0, count: 8_192).flatMap { paper.consume($0) }
        _ = ([0x1b, 0x40] as [UInt8]).flatMap { paper.consume($0) }
        #expect(!paper.isInsideCommand)
        let next = Array("well\n".utf8).flatMap { paper.consume($0) }
        #expect(next.count == 1)
    }

    @Test(arguments: 0..<200 as Range<UInt64>)
    func `garbage never stops it`(seed: UInt64) {
        var numbers = SeededNumbers(seed: seed)
        var bytes: [UInt8] = []
        let starts: [[UInt8]] = [
            [0x1d, 0x28, 0x6b], [0x1d, 0x6b], [0x1d, 0x76, 0x30], [0x1c, 0x26], [0x1b, 0x40],
            [0x1d, 0x6b, 0x49], [0x10, 0x04], [0x1d, 0x56],
        ]
        for _ in 0..<200 {
            bytes += starts[numbers.below(starts.count)]
            bytes += numbers.bytes(numbers.below(12))
        }
        var paper = EscposPaper()
        for byte in bytes { _ = paper.consume(byte) }
        _ = [UInt8](repeating: 0, count: 70_000).map { paper.consume($0) }
    }
}

@Suite("A printer on the bus")
struct PrinterTests {
    private let clock = ManualClock()

    private func opened(
        _ printer: SimulatedPrinter
    ) async throws -> (bus: SimulatedUSBBus, handle: any USBDevice) {
        let bus = SimulatedUSBBus(clock: clock)
        let handle = try await bus.open(bus.plug(printer, at: "1-3"))
        try await handle.claim(interface: 0, alternateSetting: nil)
        return (bus, handle)
    }

    private func ask(_ question: [UInt8], _ handle: any USBDevice) async throws -> [UInt8] {
        _ = await handle.write(endpoint: 1, question, within: .seconds(1))
        return try await handle.read(endpoint: 0x82, atMost: 64, within: .seconds(1))
    }

    @Test func `paper out stops it in the middle, new paper lets it go on`() async throws {
        let printer = SimulatedPrinter(clock: clock)
        let (_, handle) = try await opened(printer)
        printer.letPaperEnd(afterLines: 3)
        let slip = Array("1\n2\n3\n4\n5\n".utf8) + [0x1d, 0x72, 1]
        #expect(await handle.write(endpoint: 1, slip, within: .seconds(1)).failure == nil)
        #expect(printer.hanging.lines.map(\.text) == ["1", "2", "3"])
        #expect(try await ask([0x10, 4, 4], handle) == [0x7e])
        #expect(try await ask([0x10, 4, 1], handle) == [0x1a])
        #expect(try await ask([0x10, 4, 2], handle) == [0x32])
        printer.putPaperIn()
        #expect(printer.hanging.lines.map(\.text) == ["1", "2", "3", "4", "5"])
        #expect(try await handle.read(endpoint: 0x82, atMost: 64, within: .seconds(1)) == [0])
    }

    @Test func `what was not printed at an unplug never will be`() async throws {
        let printer = SimulatedPrinter(clock: clock)
        let (bus, handle) = try await opened(printer)
        printer.letPaperEnd(afterLines: 1)
        _ = await handle.write(endpoint: 1, Array("1\n2\n".utf8), within: .seconds(1))
        bus.unplug("1-3", form: .noDeviceAtOnce)
        printer.putPaperIn()
        #expect(printer.hanging.lines.map(\.text) == ["1"])
        printer.tearOff()
        #expect(printer.strips.map(\.end) == [.torn])
    }

    @Test func `changes are told unasked once that was asked for`() async throws {
        let printer = SimulatedPrinter(clock: clock)
        let (_, handle) = try await opened(printer)
        #expect(try await ask([0x1d, 0x61, 0xff], handle) == [0x10, 0, 0, 0])
        printer.setCoverOpen(true)
        let told = try await handle.read(endpoint: 0x82, atMost: 64, within: .seconds(1))
        #expect(told == [0x38, 0, 0, 0])
    }

    @Test func `one that never answers lets the question time out`() async throws {
        let printer = SimulatedPrinter(
            clock: clock, habits: SimulatedPrinter.Habits(answers: false))
        let (_, handle) = try await opened(printer)
        let asking = Task { try await ask([0x10, 4, 1], handle) }
        await clock.waitForSleepers(1)
        await clock.advance(by: .seconds(1))
        await #expect(throws: PortError.timedOut) { try await asking.value }
    }

    @Test func `a slow one takes the time that its bytes need`() async throws {
        let printer = SimulatedPrinter(
            clock: clock,
            habits: SimulatedPrinter.Habits(bufferSize: 64, bytesPerSecond: 200))
        let (_, handle) = try await opened(printer)
        let bytes = [UInt8](repeating: 0x0a, count: 264)
        let writing = Task { await handle.write(endpoint: 1, bytes, within: .seconds(10)) }
        await clock.waitForSleepers(2)
        await clock.advance(by: .milliseconds(500))
        #expect(printer.hanging.lines.count == 100)
        await clock.advance(by: .milliseconds(600))
        #expect(await writing.value.failure == nil)
    }
}
