import Drivers
import Ports
import Simulators
import StationCore
import Testing

@Suite("What a printer says that it is")
struct PrinterIdentityTests {
    private static func answer(_ text: String) -> [UInt8] {
        let size = text.utf8.count + 2
        return [UInt8(size >> 8), UInt8(size & 0xff)] + Array(text.utf8)
    }

    @Test func `maker, model and languages are read in any order`() throws {
        let text = "MFG:ACME;CMD:ESC/POS;MDL:T80;CLS:PRINTER;"
        #expect(Self.answer(text).prefix(2) == [0x00, 0x2b])
        let id = try #require(PrinterDeviceID(answer: Self.answer(text)))
        #expect(id.maker == "ACME" && id.model == "T80" && id.commandSets == ["ESC/POS"])
        #expect(id.description == "ACME T80 [ESC/POS]")
        let other = "model: L 5 ;COMMAND SET: PCL , PJL,;MANUFACTURER:  Other"
        let long = try #require(PrinterDeviceID(answer: Self.answer(other)))
        #expect(long.maker == "Other" && long.model == "L 5")
        #expect(long.commandSets == ["PCL", "PJL"])
    }

    @Test func `the length may be little-endian, and longer than what came`() {
        let text = Array("MFG:ACME;MDL:T80;".utf8)
        #expect(PrinterDeviceID(answer: [0x13, 0x00] + text)?.model == "T80")
        #expect(PrinterDeviceID(answer: [0x00, 0x40] + text)?.model == "T80")
        #expect(PrinterDeviceID(answer: [0x00, 0x0e] + Array("MFG:x;MDL:y;MDL:z;".utf8)) != nil)
        #expect(
            PrinterDeviceID(answer: [0x00, 0x0e] + Array("MDL:x;CMD:PCL;".utf8))?.commandSets
                == ["PC"])
    }

    @Test(arguments: [[], [0x00], [0x00, 0x00], [0x00, 0x0d, 0x4d], [0xff, 0xff, 0x4d]])
    func `a length that cannot be is no id`(answer: [UInt8]) {
        #expect(PrinterDeviceID(answer: answer) == nil)
    }

    @Test func `rubbish in it is taken out`() throws {
        let bytes = Array("\tMFG: \n;MDL: A\u{0}B;CMD:PCL;".utf8)
        let id = try #require(PrinterDeviceID(answer: [0x00, 0x40] + bytes))
        #expect(id.maker == nil && id.model == "A" && id.commandSets.isEmpty)
        let chinese = try #require(
            PrinterDeviceID(answer: [0x00, 0x40] + Array("MDL:".utf8) + [0xb4, 0xf2, 0x3b]))
        #expect(chinese.model == "??")
    }

    @Test(arguments: [
        ("ESC/POS", true), ("ESCPOS", true), ("esc/pos", true), ("EPOS,ESC/POS", true),
        ("PCL,ESC/POS", true), ("PJL,PCL", false), ("PCLXL", false), ("ESCPL2,BDC,D4", false),
        ("ZPL", false), ("EPL2", false), ("STAR", false), ("PostScript", false), ("PS", false),
        ("", nil), ("XPP,XL", nil), ("EPSON", nil), ("PSALM", nil),
    ])
    func `only who names other languages and no ESC POS does not speak it`(
        commands: String, speaks: Bool?
    ) throws {
        let id = try #require(
            PrinterDeviceID(answer: Self.answer("MFG:ACME;MDL:T80;CMD:\(commands);")))
        #expect(id.speaksEscpos == speaks)
    }

    @Test(arguments: UInt64(0)..<200)
    func `rubbish, cut and doubled ids never trap, and say nothing that is not in them`(
        seed: UInt64
    ) {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<50 {
            var bytes = Self.answer("MFG:ACME;CMD:ESC/POS;MDL:T80;CLS:PRINTER;")
            switch Int.random(in: 0..<4, using: &generator) {
            case 0: bytes = generator.bytes(Int.random(in: 0...80, using: &generator))
            case 1: bytes.removeLast(Int.random(in: 1...bytes.count, using: &generator))
            case 2: bytes += bytes
            default:
                for _ in 0..<3 {
                    bytes[Int.random(in: bytes.indices, using: &generator)] = .random(
                        in: 0...255, using: &generator)
                }
            }
            guard let id = PrinterDeviceID(answer: bytes) else { continue }
            let words = [id.maker, id.model].compactMap { $0 } + id.commandSets
            #expect(words.reduce(0) { $0 + $1.utf8.count } <= max(0, bytes.count - 2))
            #expect(id.description.utf8.allSatisfy { (0x20...0x7e).contains($0) })
        }
    }
}

@Suite("Printers judged by what they say")
struct PrinterJudgementTests {
    private static func printer(
        _ clock: ManualClock, id: String?, vendor: UInt16 = 0x1234, product: UInt16 = 0x5678
    ) -> SimulatedPrinter {
        SimulatedPrinter(
            clock: clock, vendor: vendor, product: product,
            habits: SimulatedPrinter.Habits(deviceID: id))
    }

    @Test func `one of another language gets no byte, and leaves its place to the next`() async {
        let bench = DeviceBench()
        let office = Self.printer(bench.clock, id: "MFG:ACME;CMD:PJL,PCL;MDL:Laser 5;")
        bench.bus.plug(office, at: "1-3")
        await bench.expect { $0.isNow(.printer, .unsupported) }
        let early = bench.startPrinting(PrinterSessionTests.slip())
        await bench.expect { _ in early.outcome == .notStarted(.absent) }
        let slips = SimulatedPrinter(clock: bench.clock)
        bench.bus.plug(slips, at: "1-4")
        await bench.expect { $0.isLast(.printer, .ready, at: "1-4") }
        let job = bench.startPrinting(PrinterSessionTests.slip())
        await bench.expect { _ in job.outcome == .printed(.answered) }
        #expect(office.strips.isEmpty && office.hanging.lines.isEmpty)
        #expect(slips.strips.count == 1)
        #expect(bench.bus.presence(at: "1-3") != nil)
        bench.bus.unplug("1-3")
        await bench.expect { $0.isLast(.printer, .absent, at: "1-3") }
        await bench.stop()
    }

    @Test(arguments: [nil, "", "MFG:;MDL:;CMD:;CLS:PRINTER;", "MFG:X;MDL:58;CMD:XPP,XL;"])
    func `one that tells nothing is printed on, as its class says`(id: String?) async {
        let bench = DeviceBench()
        let printer = Self.printer(bench.clock, id: id)
        bench.bus.plug(printer, at: "1-3")
        await bench.expect { $0.isNow(.printer, .ready) }
        let job = bench.startPrinting(PrinterSessionTests.slip())
        await bench.expect { _ in job.outcome == .printed(.transport) }
        #expect(printer.strips.count == 1)
        await bench.stop()
    }

    @Test func `what its row says of a known printer counts for more`() async {
        let bench = DeviceBench()
        let printer = Self.printer(
            bench.clock, id: "MFG:ACME;CMD:PCL;MDL:Laser 5;", vendor: 0x04b8, product: 0x0e03)
        bench.bus.plug(printer, at: "1-3")
        await bench.expect { $0.isNow(.printer, .ready) }
        await bench.stop()
    }

    @Test func `one that is slow to close is left open a second longer, at the end too`() async {
        let bench = DeviceBench()
        let printer = Self.printer(
            bench.clock, id: nil, vendor: 0x0519, product: 0x0001)
        bench.bus.plug(printer, at: "1-3")
        await bench.expect { $0.isNow(.printer, .ready) }
        let stopped = bench.clock.milliseconds
        let stopping = Task { await bench.stop() }
        await bench.expect { $0.isNow(.printer, .absent) }
        await stopping.value
        #expect(bench.clock.milliseconds - stopped >= 1_000)
    }
}
