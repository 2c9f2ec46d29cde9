import CUSBBed
import Drivers
import LinuxPorts
import Logging
import Ports
import StationCore
import Synchronization
import Testing

extension OnTheBed {
    /// How the kernel tells an unplug: what is pending ends with errors first, or as gone.
    enum Unplug: CaseIterable { case errorsFirst, atOnce }

    @Suite("Sessions of the drivers") struct Sessions {
        @Test(arguments: Unplug.allCases)
        func `half a scan is dropped with its scanner, the next one comes whole`(
            how: Unplug
        ) async throws {
            let bench = try SessionBench()
            var scanner = BedDevice.scanner(port: 1)
            try await bench.expectReady(.scanner)
            scanner.type("6901234567892\n")
            try await bench.expect { $0.scans == ["6901234567892"] }
            scanner.type("69012345")
            try await eventually { bed_unread(scanner.slot) == 0 }
            scanner.unplug(how)
            try await bench.expect { $0.isNow(.scanner, .absent) }

            scanner = BedDevice.scanner(port: 7)
            try await bench.expectReady(.scanner)
            scanner.type("4006381333931\n")
            try await bench.expect { $0.scans.count == 2 }
            #expect(bench.heard.scans == ["6901234567892", "4006381333931"])
            await bench.stop()
            scanner.unplug()
        }

        @Test(arguments: Unplug.allCases)
        func `a weight ends with its scale and is asked again of the next`(
            how: Unplug
        ) async throws {
            let bench = try SessionBench()
            var scale = BedDevice.scale(port: 2)
            try await bench.expectReady(.scale)
            // The first report is the weighing before.
            scale.weigh(status: 4, grams: 5_000)
            scale.weigh(status: 3, grams: 1_200)
            scale.weigh(status: 4, grams: 1_240)
            try await bench.expect { $0.weights.count == 2 }
            #expect(bench.heard.weights == [.init(.moving, 1_200), .init(.stable, 1_240)])
            scale.unplug(how)
            try await bench.expect { $0.isScaleLost && $0.isNow(.scale, .absent) }

            scale = BedDevice.scale(port: 3)
            try await bench.expectReady(.scale)
            scale.weigh(status: 4, grams: 1_240)
            scale.weigh(status: 4, grams: 800)
            try await bench.expect { $0.weights.count == 3 }
            #expect(bench.heard.weights.last == .init(.stable, 800))
            await bench.stop()
            scale.unplug()
        }

        @Test(arguments: Unplug.allCases)
        func `a slip whose printer goes in the middle is told byte by byte, the next is printed`(
            how: Unplug
        ) async throws {
            let bench = try SessionBench()
            var printer = BedDevice.printer(port: 4)
            try await bench.expectReady(.printer)
            #expect(await bench.printer.print(slip) == .printed(.answered))
            #expect(printer.hasPrinted(slip))

            let printing = Task { [printer] in
                await bench.printer.print(slip) { step in
                    // Three bytes are not the slip's: automatic status is switched on in front.
                    if step == .firstByte { bed_accept(printer.slot, 3 + 9_000) }
                }
            }
            try await eventually { bed_spare(printer.slot) == 0 }
            printer.unplug(how)
            #expect(await printing.value == .interrupted(sent: 9_000))
            try await bench.expect { $0.isNow(.printer, .absent) }
            #expect(await bench.printer.print(slip) == .notStarted(.absent))

            printer = BedDevice.printer(port: 5)
            try await bench.expectReady(.printer)
            #expect(await bench.printer.print(slip) == .printed(.answered))
            #expect(printer.hasPrinted(slip))
            await bench.stop()
            printer.unplug()
        }

        @Test(arguments: Unplug.allCases)
        func `a slip of which no byte was taken is not begun`(how: Unplug) async throws {
            let bench = try SessionBench()
            let printer = BedDevice.printer(port: 4)
            try await bench.expectReady(.printer)
            let steps = StepKeeper()
            let printing = Task {
                await bench.printer.print(slip) { step in
                    if step == .firstByte { bed_accept(printer.slot, 0) }
                    steps.keep(step)
                }
            }
            try await eventually { steps.steps == [.firstByte] }
            printer.unplug(how)
            #expect(await printing.value == .notStarted(.failed(.disconnected)))
            await bench.stop()
        }

        @Test func `without an answer the status of its port tells that paper is out`()
            async throws
        {
            let bench = try SessionBench()
            let printer = BedDevice(BED_PRINTER, port: 4, vendor: 0x0416, product: 0x5011)
            try await bench.expectReady(.printer)
            bed_port_status(printer.slot, 0x30)
            let printing = Task { await bench.printer.print(slip) }
            try await bench.expect { $0.isNow(.printer, .paperOut) }
            #expect(printer.written.isEmpty)

            bed_port_status(printer.slot, 0x18)
            bed_accept(printer.slot, 9_000)
            try await eventually { bed_spare(printer.slot) == 0 }
            let asked = printer.count(BED_PORT_QUESTIONS)
            #expect(asked > 1)
            bed_accept(printer.slot, 9_000)
            try await eventually { bed_spare(printer.slot) == 0 }
            #expect(printer.count(BED_PORT_QUESTIONS) == asked)
            bed_accept(printer.slot, -1)
            #expect(await printing.value == .printed(.transport))
            #expect(printer.count(BED_PORT_QUESTIONS) == asked + 1)
            // It cannot confirm: noughts for whatever it still waits for, and ESC @, go before.
            #expect(printer.written == [UInt8](repeating: 0, count: 8_192) + [0x1b, 0x40] + slip)
            await bench.stop()
            printer.unplug()
        }

        @Test func `noise on the cable repeats and loses no byte of a slip`() async throws {
            let bench = try SessionBench()
            let printer = BedDevice.printer(port: 4)
            try await bench.expectReady(.printer)
            let printing = Task { [printer] in
                await bench.printer.print(slip) { step in
                    if step == .firstByte { bed_accept(printer.slot, 3 + 9_000) }
                }
            }
            try await eventually { bed_spare(printer.slot) == 0 }
            printer.fail(true)
            bed_accept(printer.slot, -1)
            printer.fail(false)
            #expect(await printing.value == .printed(.answered))
            #expect(printer.hasPrinted(slip))
            await bench.stop()
            printer.unplug()
        }

        @Test func `a printer that another program holds is in use, then ready`() async throws {
            let bench = try SessionBench()
            let printer = BedDevice.printer(port: 6, isHeld: true)
            try await bench.expect { $0.isNow(.printer, .inUse) }
            bed_hold(printer.slot, 0)
            try await bench.expectReady(.printer)
            await bench.stop()
            printer.unplug()
        }

        @Test func `a printer that says it speaks PCL gets no byte and is given back`()
            async throws
        {
            let bench = try SessionBench()
            let office = BedDevice(BED_TWO_SETTINGS_PRINTER, port: 6)
            try await bench.expect { $0.isNow(.printer, .unsupported) }
            #expect(office.written.isEmpty)
            #expect(office.count(BED_RELEASES) == 1 && office.count(BED_ATTACHES) == 1)
            let printer = BedDevice.printer(port: 4)
            try await bench.expectReady(.printer)
            #expect(await bench.printer.print(slip) == .printed(.answered))
            #expect(office.written.isEmpty)
            await bench.stop()
            office.unplug()
            printer.unplug()
        }

        @Test func `scanner, scale and printer work side by side over many replugs`()
            async throws
        {
            let bench = try SessionBench()
            for round in Int32(0)..<6 {
                let how: Unplug = round % 2 == 0 ? .errorsFirst : .atOnce
                let scanner = BedDevice.scanner(port: 1 + round)
                let scale = BedDevice.scale(port: 7 + round % 3)
                let printer = BedDevice.printer(port: 10 + round % 3)
                for kind in DeviceKind.allCases { try await bench.expectReady(kind) }
                scanner.type("\(1_000 + round)\n")
                scale.weigh(status: 4, grams: 1)
                scale.weigh(status: 4, grams: 100 + Int(round))
                #expect(await bench.printer.print(slip) == .printed(.answered))
                try await bench.expect { heard in
                    heard.scans.count == Int(round) + 1 && heard.weights.count == Int(round) + 1
                }
                for device in [scanner, scale, printer] { device.unplug(how) }
                try await bench.expect { heard in
                    DeviceKind.allCases.allSatisfy { heard.isNow($0, .absent) }
                }
            }
            #expect(bench.heard.scans == (1_000..<1_006).map { "\($0)" })
            #expect(bench.heard.weights == (100..<106).map { .init(.stable, $0) })
            await bench.stop()
        }
    }
}

/// 20,000 bytes: initialisation, lines, and a cut.
private let slip: [UInt8] =
    [0x1b, 0x40] + (0..<1_999).flatMap { Array("line \(1_000 + $0)\n".utf8) }
    + [0x1d, 0x56, 0x42, 0x00, 0x0a, 0x0a, 0x0a, 0x0a]

/// The drivers on the real bus, with what they said.
private final class SessionBench: Sendable {
    let printer: EscposPrinter
    private let bus: LibUSBBus
    private let running: Task<Void, Never>
    private let keeper = EventKeeper()

    init() throws {
        try #require(bed_start() == 0)
        let logger = Logger(label: "bed") { _ in SwiftLogNoOpLogHandler() }
        bus = try LibUSBBus(clock: BootTimeClock(), logger: logger)
        printer = EscposPrinter(logger: logger)
        let watch = DeviceWatch(
            bus: bus, clock: BootTimeClock(), logger: logger, printer: printer,
            deliver: { [keeper] in keeper.keep($0) })
        running = Task { await watch.run() }
    }

    var heard: Heard { Heard(events: keeper.events) }

    func expect(_ isTrue: (Heard) -> Bool) async throws {
        try await eventually { isTrue(heard) }
    }

    /// Within two seconds of the plug, which was just before.
    func expectReady(_ kind: DeviceKind) async throws {
        let clock = ContinuousClock()
        let plugged = clock.now
        try await expect { $0.isNow(kind, .ready) }
        #expect(clock.now - plugged < .seconds(2))
    }

    func stop() async {
        running.cancel()
        await running.value
        await bus.shutdown()
    }
}

private final class EventKeeper: Sendable {
    private let kept = Mutex<[DeviceEvent]>([])

    var events: [DeviceEvent] { kept.withLock { $0 } }

    func keep(_ event: DeviceEvent) { kept.withLock { $0.append(event) } }
}

private final class StepKeeper: Sendable {
    private let kept = Mutex<[PrintStep]>([])

    var steps: [PrintStep] { kept.withLock { $0 } }

    func keep(_ step: PrintStep) { kept.withLock { $0.append(step) } }
}

private struct Heard {
    struct Weight: Equatable {
        let status: WeightStatus
        let grams: Int?

        init(_ status: WeightStatus, _ grams: Int?) {
            self.status = status
            self.grams = grams
        }
    }

    let events: [DeviceEvent]

    var scans: [String] {
        events.compactMap { if case .scanned(let scan) = $0 { scan.text } else { nil } }
    }

    var weights: [Weight] {
        events.compactMap { event in
            guard case .weight(let reading, _, _) = event else { return nil }
            return Weight(reading.status, reading.grams?.count)
        }
    }

    var isScaleLost: Bool { events.contains(.scaleLost) }

    func isNow(_ kind: DeviceKind, _ condition: DeviceCondition) -> Bool {
        let last = events.last { if case .condition(kind, _, _) = $0 { true } else { false } }
        guard case .condition(_, condition, _) = last else { return false }
        return true
    }
}

/// Devices of the catalog.
extension BedDevice {
    fileprivate static func scanner(port: Int32) -> BedDevice {
        BedDevice(BED_SCANNER, port: port, vendor: 0x05e0, product: 0x1200)
    }

    fileprivate static func scale(port: Int32) -> BedDevice {
        BedDevice(BED_SCALE, port: port, vendor: 0x0eb8, product: 0xf000)
    }

    /// One that answers, with paper in it.
    fileprivate static func printer(port: Int32, isHeld: Bool = false) -> BedDevice {
        BedDevice(BED_PRINTER, port: port, vendor: 0x04b8, product: 0x0202) { printer in
            bed_hold(printer.slot, isHeld ? 1 : 0)
            for question: UInt8 in 1...4 {
                printer.answer([0x10, 0x04, question], [question == 1 ? 0x16 : 0x12])
            }
            printer.answer([0x1d, 0x72, 0x01], [0x00])
        }
    }

    fileprivate func unplug(_ how: OnTheBed.Unplug) {
        if how == .errorsFirst { fail(true) }
        unplug()
    }

    /// Digits and the Enter key on a keyboard.
    fileprivate func type(_ text: String) {
        for letter in text.utf8 {
            let usage: UInt8 =
                switch letter {
                case UInt8(ascii: "1")...UInt8(ascii: "9"): 0x1e + letter - UInt8(ascii: "1")
                case UInt8(ascii: "0"): 0x27
                default: 0x28
                }
            report([0, 0, usage, 0, 0, 0, 0, 0])
            report([0, 0, 0, 0, 0, 0, 0, 0])
        }
    }

    /// Only who read its report descriptor knows that report 7 is the weight.
    fileprivate func weigh(status: UInt8, grams: Int) {
        report([7, status, 2, 0, UInt8(grams & 0xFF), UInt8(grams >> 8)])
    }

    /// Whether a slip stands whole among what was written, behind its initialisation.
    fileprivate func hasPrinted(_ slip: [UInt8]) -> Bool {
        String(decoding: written, as: Unicode.ASCII.self)
            .contains(String(decoding: slip.dropFirst(2), as: Unicode.ASCII.self))
    }
}
