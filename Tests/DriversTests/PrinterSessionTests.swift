import Drivers
import Ports
import Simulators
import StationCore
import Testing

@Suite("Slips on a printer")
struct PrinterSessionTests {
    /// Initialisation, lines and a cut.
    static func slip(_ lines: Int = 5) -> [UInt8] {
        var bytes: [UInt8] = [0x1b, 0x40]
        for line in 1...lines { bytes += Array("line \(line)\n".utf8) }
        return bytes + [0x1d, 0x56, 0x42, 0x00]
    }

    private static func texts(_ printer: SimulatedPrinter) -> [String] {
        printer.strips.map(\.text)
    }

    private static func text(_ lines: Int = 5) -> String {
        (1...lines).map { "line \($0)" }.joined(separator: "\n")
    }

    /// A printer that is ready in the socket 1-3.
    private static func plugged(
        _ bench: DeviceBench, product: UInt16 = 0x0202, vendor: UInt16 = 0x04b8,
        habits: SimulatedPrinter.Habits = SimulatedPrinter.Habits()
    ) async -> SimulatedPrinter {
        let printer = SimulatedPrinter(
            clock: bench.clock, vendor: vendor, product: product, habits: habits)
        bench.bus.plug(printer, at: "1-3")
        await bench.expect { $0.isNow(.printer, .ready) }
        return printer
    }

    @Test func `a slip is printed, answered for, and told step by step`() async {
        let bench = DeviceBench()
        let printer = await Self.plugged(bench)
        let job = bench.startPrinting(Self.slip())
        await bench.expect { _ in job.outcome != nil }
        #expect(job.outcome == .printed(.answered))
        #expect(job.steps == [.firstByte, .lastByte, .answered])
        #expect(Self.texts(printer) == [Self.text()])
        #expect(printer.strips.allSatisfy { $0.errors.isEmpty })
        await bench.stop()
    }

    @Test(arguments: [(UInt16(0x0416), UInt16(0x5011)), (0x0519, 0x0003), (0x1234, 0x5678)])
    func `a model that cannot confirm counts as printed when it took the bytes`(
        vendor: UInt16, product: UInt16
    ) async {
        for isBidirectional in [true, false] {
            let bench = DeviceBench()
            let printer = await Self.plugged(
                bench, product: product, vendor: vendor,
                habits: SimulatedPrinter.Habits(
                    answers: false, isBidirectional: isBidirectional))
            let job = bench.startPrinting(Self.slip())
            await bench.expect { _ in job.outcome != nil }
            #expect(job.outcome == .printed(.transport))
            #expect(job.steps == [.firstByte, .lastByte])
            #expect(Self.texts(printer) == [Self.text()])
            await bench.stop()
        }
    }

    @Test func `a model that confirms and does not leaves a doubt after 30 seconds`() async {
        let bench = DeviceBench()
        _ = await Self.plugged(bench, habits: SimulatedPrinter.Habits(answers: false))
        let job = bench.startPrinting(Self.slip())
        await bench.pass(.seconds(25))
        #expect(job.outcome == nil)
        await bench.expect(within: .seconds(10)) { _ in job.outcome != nil }
        #expect(job.outcome == .interrupted(sent: Self.slip().count))
        #expect(job.steps == [.firstByte, .lastByte])
        await bench.stop()
    }

    @Test func `without a printer nothing is begun`() async {
        let bench = DeviceBench()
        let job = bench.startPrinting(Self.slip())
        await bench.expect { _ in job.outcome == .notStarted(.absent) }
        #expect(job.steps.isEmpty)
        await bench.stop()
    }

    @Test func `paper and cover are seen while nothing is printed`() async {
        let bench = DeviceBench()
        let printer = await Self.plugged(bench)
        printer.takePaperOut()
        await bench.expect(within: .seconds(6)) { $0.isNow(.printer, .paperOut) }
        printer.setCoverOpen(true)
        await bench.expect(within: .seconds(6)) { $0.isNow(.printer, .coverOpen) }
        printer.putPaperIn(lines: 50)
        printer.setCoverOpen(false)
        await bench.expect(within: .seconds(6)) { $0.isNow(.printer, .paperNearEnd) }
        printer.putPaperIn()
        printer.setFault(.cutter)
        await bench.expect(within: .seconds(6)) { $0.isNow(.printer, .faulty) }
        printer.setFault(.none)
        printer.setOffline(true)
        await bench.expect(within: .seconds(6)) { $0.isNow(.printer, .offline) }
        printer.setOffline(false)
        await bench.expect(within: .seconds(6)) { $0.isNow(.printer, .ready) }
        await bench.stop()
    }

    @Test(arguments: 53...56)
    func `a question that was taken by halves is ended before anything else`(
        length: Int
    ) async {
        let bench = DeviceBench()
        let printer = await Self.plugged(
            bench, habits: SimulatedPrinter.Habits(bufferSize: 64))
        let cut: [UInt8] = [0x0a, 0x1d, 0x56, 0x42, 0x00]
        let text = String(repeating: "x", count: length)
        let slip = [0x1b, 0x40, 0x0a] + Array(text.utf8) + cut
        // Behind its first line the rest of the slip and GS r fill the buffer but for some bytes.
        printer.letPaperEnd(afterLines: 1)
        let job = bench.startPrinting(slip)
        await bench.expect(within: .seconds(15)) { $0.isNow(.printer, .paperOut) }
        await bench.pass(.seconds(60))
        #expect(job.outcome == nil)
        printer.putPaperIn()
        await bench.expect(within: .seconds(20)) { _ in printer.strips.count == 1 }
        let next = bench.startPrinting(Self.slip())
        await bench.expect(within: .seconds(20)) { _ in next.outcome == .printed(.answered) }
        #expect(job.outcome == .printed(.answered))
        #expect(printer.strips.map { $0.text.filter { $0 == "x" } } == [text, ""])
        #expect(printer.strips.allSatisfy { $0.errors.isEmpty })
        #expect(printer.strips.last?.text == Self.text())
        await bench.stop()
    }

    @Test func `without paper no byte goes out, and with paper the slip is printed`() async {
        let bench = DeviceBench()
        let printer = await Self.plugged(bench)
        printer.takePaperOut()
        let job = bench.startPrinting(Self.slip())
        await bench.expect { $0.isNow(.printer, .paperOut) }
        await bench.pass(.seconds(120))
        #expect(job.outcome == nil && job.steps.isEmpty)
        printer.putPaperIn()
        await bench.expect(within: .seconds(5)) { _ in job.outcome == .printed(.answered) }
        #expect(Self.texts(printer) == [Self.text()])
        await bench.stop()
    }

    @Test(arguments: [64, 4_096])
    func `paper that ends in the middle only makes the slip late`(bufferSize: Int) async {
        let bench = DeviceBench()
        let printer = await Self.plugged(
            bench, habits: SimulatedPrinter.Habits(bufferSize: bufferSize))
        printer.letPaperEnd(afterLines: 7)
        let job = bench.startPrinting(Self.slip(40))
        await bench.expect(within: .seconds(8)) { $0.isNow(.printer, .paperOut) }
        await bench.pass(.seconds(300))
        #expect(job.outcome == nil)
        printer.putPaperIn()
        await bench.expect(within: .seconds(10)) { _ in job.outcome != nil }
        #expect(job.outcome == .printed(.answered))
        #expect(Self.texts(printer) == [Self.text(40)])
        await bench.expect(within: .seconds(6)) { $0.isNow(.printer, .ready) }
        await bench.stop()
    }

    @Test func `a slip longer than buffer and transfer goes on from the byte where it stopped`()
        async
    {
        let bench = DeviceBench()
        let printer = await Self.plugged(
            bench, habits: SimulatedPrinter.Habits(bufferSize: 100, bytesPerSecond: 1_000))
        let job = bench.startPrinting(Self.slip(1_500))
        await bench.expect(within: .seconds(60)) { _ in job.outcome != nil }
        #expect(job.outcome == .printed(.answered))
        #expect(Self.texts(printer) == [Self.text(1_500)])
        await bench.stop()
    }

    @Test func `a printer that takes nothing and says nothing ends it after 30 seconds`() async {
        let bench = DeviceBench()
        let printer = await Self.plugged(
            bench, product: 0x5011, vendor: 0x0416,
            habits: SimulatedPrinter.Habits(bufferSize: 8, answers: false))
        let job = bench.startPrinting(Self.slip(40)) { step in
            if step == .firstByte { printer.setFault(.recoverable) }
        }
        await bench.pass(.seconds(28))
        #expect(job.outcome == nil)
        await bench.expect(within: .seconds(10)) { _ in job.outcome != nil }
        #expect(job.outcome == .interrupted(sent: 8))
        await bench.stop()
    }

    @Test func `slips go out in the order in which they were asked for`() async {
        let bench = DeviceBench()
        let printer = await Self.plugged(bench)
        let first = bench.startPrinting(Self.slip(3))
        await bench.clock.settle()
        let second = bench.startPrinting(Self.slip(4))
        await bench.expect { _ in first.outcome != nil && second.outcome != nil }
        #expect(Self.texts(printer) == [Self.text(3), Self.text(4)])
        await bench.stop()
    }
}

@Suite("Slips that are broken off")
struct BrokenSlipTests {
    private static let slip = PrinterSessionTests.slip()

    @Test(arguments: UInt64(0)..<120)
    func `a plug pulled at any byte tells truly whether one was accepted`(seed: UInt64) async {
        var generator = SeededGenerator(seed: seed)
        let bench = DeviceBench()
        let printer = SimulatedPrinter(clock: bench.clock)
        bench.bus.plug(printer, at: "1-3")
        await bench.expect { $0.isNow(.printer, .ready) }
        let form = SimulatedUSBBus.Unplugging.allCases.randomElement(using: &generator)
        bench.bus.unplug(
            "1-3", afterBytes: Int.random(in: 1...90, using: &generator),
            form: form ?? .errorThenLeft)
        let job = bench.startPrinting(Self.slip)
        await bench.expect(within: .seconds(10)) { _ in job.outcome != nil }
        switch job.outcome {
        case .notStarted: #expect(printer.hanging.lines.isEmpty && printer.strips.isEmpty)
        case .interrupted(let sent): #expect((1...Self.slip.count).contains(sent))
        case .printed(let confirmation):
            #expect(confirmation == .answered)
            #expect(printer.strips.count == 1)
        case nil: break
        }
        if bench.bus.presence(at: "1-3") == nil {
            await bench.expect { $0.isNow(.printer, .absent) }
        }

        // At another port the next slip is whole, whatever the one before left behind.
        printer.tearOff()
        let torn = printer.strips.count
        bench.bus.unplug("1-3")
        bench.bus.plug(printer, at: "2-1")
        await bench.expect { $0.isLast(.printer, .ready, at: "2-1") }
        let next = bench.startPrinting(Self.slip)
        await bench.expect(within: .seconds(10)) { _ in next.outcome != nil }
        #expect(next.outcome == .printed(.answered))
        #expect(
            printer.strips.dropFirst(torn).map(\.text) == [
                (1...5).map { "line \($0)" }.joined(separator: "\n")
            ])
        await bench.stop()
    }

    @Test func `pulled before the first byte the slip is not begun`() async {
        let bench = DeviceBench()
        let printer = SimulatedPrinter(clock: bench.clock)
        bench.bus.plug(printer, at: "1-3")
        await bench.expect { $0.isNow(.printer, .ready) }
        printer.takePaperOut()
        let job = bench.startPrinting(Self.slip)
        await bench.expect { $0.isNow(.printer, .paperOut) }
        bench.bus.unplug("1-3")
        await bench.expect { _ in job.outcome != nil }
        #expect(job.outcome == .notStarted(.failed(.disconnected)))
        #expect(job.steps.isEmpty)
        await bench.stop()
    }

    @Test func `pulled without paper in the middle the slip is in doubt`() async {
        let bench = DeviceBench()
        let printer = SimulatedPrinter(clock: bench.clock)
        bench.bus.plug(printer, at: "1-3")
        await bench.expect { $0.isNow(.printer, .ready) }
        printer.letPaperEnd(afterLines: 2)
        let job = bench.startPrinting(Self.slip)
        await bench.expect(within: .seconds(6)) { $0.isNow(.printer, .paperOut) }
        bench.bus.unplug("1-3", form: .leftFirst)
        await bench.expect(within: .seconds(3)) { _ in job.outcome != nil }
        #expect(job.outcome == .interrupted(sent: Self.slip.count))
        await bench.stop()
    }

    @Test func `after a broken picture the next slip is whole`() async {
        let bench = DeviceBench()
        let printer = SimulatedPrinter(clock: bench.clock)
        bench.bus.plug(printer, at: "1-3")
        await bench.expect { $0.isNow(.printer, .ready) }
        printer.confuse()
        let job = bench.startPrinting(Self.slip)
        await bench.expect(within: .seconds(10)) { _ in job.outcome != nil }
        #expect(job.outcome == .printed(.answered))
        #expect(printer.strips.last?.lines.suffix(5).map(\.text) == (1...5).map { "line \($0)" })
        await bench.stop()
    }

    @Test func `a printer that was away prints its next slip whole, whatever it got meanwhile`()
        async
    {
        let bench = DeviceBench()
        let printer = SimulatedPrinter(clock: bench.clock)
        bench.bus.plug(printer, at: "1-3")
        await bench.expect { $0.isNow(.printer, .ready) }
        bench.bus.unplug("1-3")
        printer.confuse()
        bench.bus.plug(printer, at: "1-4")
        await bench.expect { $0.isLast(.printer, .ready, at: "1-4") }
        let job = bench.startPrinting(Self.slip)
        await bench.expect(within: .seconds(10)) { _ in job.outcome != nil }
        #expect(job.outcome == .printed(.answered))
        #expect(printer.strips.last?.lines.suffix(5).map(\.text) == (1...5).map { "line \($0)" })
        await bench.stop()
    }

    @Test func `the second printer waits until the first one leaves`() async {
        let bench = DeviceBench()
        let first = SimulatedPrinter(clock: bench.clock)
        let second = SimulatedPrinter(clock: bench.clock)
        bench.bus.plug(first, at: "1-3")
        await bench.expect { $0.isNow(.printer, .ready) }
        bench.bus.plug(second, at: "1-4")
        bench.bus.unplug("1-3")
        await bench.expect { $0.isLast(.printer, .ready, at: "1-4") }
        let job = bench.startPrinting(Self.slip)
        await bench.expect { _ in job.outcome == .printed(.answered) }
        #expect(first.strips.isEmpty && second.strips.count == 1)
        await bench.stop()
    }
}
