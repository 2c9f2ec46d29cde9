import Drivers
import Ports
import Simulators
import StationCore
import Testing

@Suite("What a printer says against a slip")
struct PrinterTroubleTests {
    private static let text = (1...5).map { "line \($0)" }.joined(separator: "\n")
    private static let slip = PrinterSessionTests.slip()

    private static func plugged(
        _ bench: DeviceBench, bufferSize: Int = 4_096
    ) async -> SimulatedPrinter {
        let printer = SimulatedPrinter(
            clock: bench.clock, habits: SimulatedPrinter.Habits(bufferSize: bufferSize))
        bench.bus.plug(printer, at: "1-3")
        await bench.expect { $0.isNow(.printer, .ready) }
        return printer
    }

    @Test(arguments: [SimulatedPrinter.Fault.cutter, .unrecoverable], [8, 4_096])
    func `an error that no waiting mends leaves a doubt after 30 seconds`(
        fault: SimulatedPrinter.Fault, bufferSize: Int
    ) async {
        let bench = DeviceBench()
        let printer = await Self.plugged(bench, bufferSize: bufferSize)
        let job = bench.startPrinting(Self.slip) { step in
            if step == .firstByte { printer.setFault(fault) }
        }
        await bench.pass(.seconds(26))
        #expect(job.outcome == nil)
        #expect(bench.isNow(.printer, .faulty))
        await bench.expect(within: .seconds(20)) { _ in job.outcome != nil }
        guard case .interrupted = job.outcome else {
            Issue.record("\(String(describing: job.outcome))")
            return
        }
        await bench.stop()
    }

    @Test(arguments: [SimulatedPrinter.Fault.cutter, .unrecoverable])
    func `an error that stands before the slip keeps it owed, and its turn ends`(
        fault: SimulatedPrinter.Fault
    ) async {
        let bench = DeviceBench()
        let printer = await Self.plugged(bench)
        printer.setFault(fault)
        let job = bench.startPrinting(Self.slip)
        await bench.pass(.seconds(28))
        #expect(job.outcome == nil)
        await bench.expect(within: .seconds(10)) { _ in job.outcome != nil }
        #expect(job.outcome == .notStarted(.failed(.timedOut)) && job.steps.isEmpty)
        #expect(bench.isNow(.printer, .faulty) && printer.hanging.lines.isEmpty)
        await bench.stop()
    }

    @Test(arguments: ["hot", "off line"], [true, false])
    func `a hot head and a printer off line are waited for`(
        trouble: String, isBefore: Bool
    ) async {
        let bench = DeviceBench()
        let printer = await Self.plugged(bench)
        let set: @Sendable (Bool) -> Void = { isOn in
            if trouble == "hot" {
                printer.setFault(isOn ? .recoverable : .none)
            } else {
                printer.setOffline(isOn)
            }
        }
        if isBefore { set(true) }
        let job = bench.startPrinting(Self.slip) { step in
            if step == .firstByte, !isBefore { set(true) }
        }
        await bench.expect(within: .seconds(8)) { bench in
            bench.isNow(.printer, trouble == "hot" ? .faulty : .offline)
        }
        await bench.pass(.seconds(120))
        #expect(job.outcome == nil)
        set(false)
        await bench.expect(within: .seconds(10)) { _ in job.outcome == .printed(.answered) }
        #expect(printer.strips.map(\.text) == [Self.text])
        await bench.stop()
    }

    @Test func `a printer that falls silent without paper is given up`() async {
        let bench = DeviceBench()
        let printer = ScriptedPrinter()
        bench.bus.plug(printer, at: "1-3")
        await bench.expect { $0.isNow(.printer, .ready) }
        let job = bench.startPrinting(Self.slip) { step in
            if step == .lastByte { printer.answer([0x10, 0x04, 0x04], [0x72]) }
        }
        await bench.expect(within: .seconds(8)) { $0.isNow(.printer, .paperOut) }
        await bench.pass(.seconds(120))
        #expect(job.outcome == nil)
        printer.fallSilent()
        await bench.pass(.seconds(25))
        #expect(job.outcome == nil)
        await bench.expect(within: .seconds(10)) { _ in job.outcome != nil }
        #expect(job.outcome == .interrupted(sent: Self.slip.count))
        await bench.stop()
    }

    @Test(arguments: [(3, true), (4, false)])
    func `noise on the cable is tried against three times`(count: Int, isPrinted: Bool) async {
        let bench = DeviceBench()
        let printer = await Self.plugged(bench)
        let bus = bench.bus
        let job = bench.startPrinting(Self.slip) { step in
            guard step == .firstByte else { return }
            bus.fail(.write, at: "1-3", with: .unexpected(code: -1), count: count)
        }
        await bench.expect { _ in job.outcome != nil }
        if isPrinted {
            #expect(job.outcome == .printed(.answered))
            #expect(printer.strips.map(\.text) == [Self.text])
        } else {
            #expect(job.outcome == .notStarted(.failed(.unexpected(code: -1))))
        }
        await bench.stop()
    }

    @Test func `a device that is there and always fails is faulty, not absent`() async {
        let bench = DeviceBench()
        _ = await Self.plugged(bench)
        bench.bus.fail(.read, at: "1-3", with: .unexpected(code: -1), count: .max)
        await bench.expect(within: .seconds(10)) { $0.isNow(.printer, .faulty) }
        await bench.pass(.seconds(60))
        #expect(!bench.conditions(.printer).contains(.absent))
        bench.bus.fail(.read, at: "1-3", with: .unexpected(code: -1), count: 0)
        await bench.expect(within: .seconds(10)) { $0.isNow(.printer, .ready) }
        await bench.stop()
    }

    @Test func `an answer after a question that was not answered is its own`() async {
        let bench = DeviceBench()
        let printer = ScriptedPrinter()
        // On line, with the drawer's pin high: as an answer to question 2 it would say cover open.
        printer.answer([0x10, 0x04, 0x01], [0x16])
        printer.answer([0x10, 0x04, 0x02], [])
        bench.bus.plug(printer, at: "1-3")
        await bench.expect { $0.isNow(.printer, .ready) }
        let job = bench.startPrinting(Self.slip)
        await bench.pass(.seconds(10))
        printer.say([0x00])
        await bench.expect { _ in job.outcome == .printed(.answered) }
        #expect(!bench.conditions(.printer).contains(.coverOpen))
        await bench.stop()
    }
}

@Suite("Printers that answer nothing but their port's status")
struct PortStatusTests {
    private static let slip = PrinterSessionTests.slip()
    private static let text = (1...5).map { "line \($0)" }.joined(separator: "\n")

    private static func plugged(
        _ bench: DeviceBench, product: UInt16 = 0x5011, vendor: UInt16 = 0x0416,
        bufferSize: Int = 4_096
    ) async -> SimulatedPrinter {
        let printer = SimulatedPrinter(
            clock: bench.clock, vendor: vendor, product: product,
            habits: SimulatedPrinter.Habits(bufferSize: bufferSize, answers: false))
        bench.bus.plug(printer, at: "1-3")
        await bench.expect { $0.isNow(.printer, .ready) }
        return printer
    }

    /// POS58, an adapter, Star, and one of which nothing is known.
    static let models: [(UInt16, UInt16)] = [
        (0x0416, 0x5011), (0x0fe6, 0x811e), (0x0519, 0x0003), (0x1234, 0x5678),
    ]

    @Test(arguments: models)
    func `no byte goes out without paper, and with paper the slip is printed`(
        vendor: UInt16, product: UInt16
    ) async {
        let bench = DeviceBench()
        let printer = await Self.plugged(bench, product: product, vendor: vendor)
        printer.takePaperOut()
        let job = bench.startPrinting(Self.slip)
        await bench.expect { $0.isNow(.printer, .paperOut) }
        await bench.pass(.seconds(120))
        #expect(job.outcome == nil && job.steps.isEmpty)
        printer.putPaperIn()
        await bench.expect { _ in job.outcome == .printed(.transport) }
        #expect(printer.strips.map(\.text) == [Self.text])
        #expect(bench.isNow(.printer, .ready))
        await bench.stop()
    }

    @Test(arguments: models)
    func `a slip that waits in the printer for paper is not printed yet`(
        vendor: UInt16, product: UInt16
    ) async {
        let bench = DeviceBench()
        let printer = await Self.plugged(bench, product: product, vendor: vendor)
        printer.letPaperEnd(afterLines: 2)
        let job = bench.startPrinting(Self.slip)
        await bench.expect { $0.isNow(.printer, .paperOut) }
        await bench.pass(.seconds(120))
        #expect(job.outcome == nil && job.steps == [.firstByte, .lastByte])
        printer.putPaperIn()
        await bench.expect { _ in job.outcome == .printed(.transport) }
        #expect(printer.strips.map(\.text) == [Self.text])
        await bench.stop()
    }

    @Test func `in the middle of a slip nothing is asked, and its end is a doubt`() async {
        let bench = DeviceBench()
        let printer = await Self.plugged(bench, bufferSize: 8)
        printer.letPaperEnd(afterLines: 2)
        let job = bench.startPrinting(PrinterSessionTests.slip(40))
        await bench.pass(.seconds(28))
        #expect(job.outcome == nil && !bench.conditions(.printer).contains(.paperOut))
        await bench.expect(within: .seconds(10)) { _ in job.outcome != nil }
        guard case .interrupted = job.outcome else {
            Issue.record("\(String(describing: job.outcome))")
            return
        }
        await bench.stop()
    }

    @Test func `an error said before the slip keeps it owed`() async {
        let bench = DeviceBench()
        let printer = await Self.plugged(bench)
        printer.setFault(.cutter)
        let job = bench.startPrinting(Self.slip)
        await bench.expect { $0.isNow(.printer, .faulty) }
        await bench.expect(within: .seconds(40)) { _ in job.outcome != nil }
        #expect(job.outcome == .notStarted(.failed(.timedOut)) && job.steps.isEmpty)
        await bench.stop()
    }

    @Test func `one that does not know the request is printed to`() async {
        let bench = DeviceBench()
        _ = await Self.plugged(bench)
        bench.bus.fail(.control, at: "1-3", with: .stalled)
        let job = bench.startPrinting(Self.slip)
        await bench.expect { _ in job.outcome == .printed(.transport) }
        await bench.stop()
    }

    /// What goes before the slip is more than its buffer holds.
    @Test func `one that says nothing at all and has no paper keeps its slip owed`() async {
        let bench = DeviceBench()
        let printer = await Self.plugged(bench)
        printer.takePaperOut()
        bench.bus.fail(.control, at: "1-3", with: .stalled)
        let job = bench.startPrinting(Self.slip)
        await bench.expect(within: .seconds(40)) { _ in job.outcome != nil }
        #expect(job.outcome == .notStarted(.failed(.timedOut)) && job.steps.isEmpty)
        await bench.stop()
    }

    @Test func `one that cannot confirm prints each slip whole, whatever it still waited for`()
        async
    {
        let bench = DeviceBench()
        let printer = await Self.plugged(bench)
        bench.bus.fail(.control, at: "1-3", with: .stalled)
        for count in 1...2 {
            printer.confuse()
            let job = bench.startPrinting(Self.slip)
            await bench.expect { _ in job.outcome == .printed(.transport) }
            #expect(printer.strips.count { $0.text.hasSuffix(Self.text) } == count)
        }
        await bench.stop()
    }
}
