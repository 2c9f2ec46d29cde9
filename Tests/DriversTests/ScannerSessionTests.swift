import Drivers
import LogFixtures
import Ports
import Simulators
import StationCore
import Testing

@Suite("Scanners on the bus")
struct ScannerSessionTests {
    @Test(arguments: SimulatedScanner.Habits.Suffix.allCases)
    func `a code is heard within two seconds of the plug, whatever its suffix`(
        suffix: SimulatedScanner.Habits.Suffix
    ) async {
        let bench = DeviceBench()
        let scanner = SimulatedScanner(
            habits: SimulatedScanner.Habits(suffix: suffix, slot: 3, sendsShiftAlone: true))
        bench.bus.plug(scanner, at: "1-1")
        await bench.expect { $0.isNow(.scanner, .ready) }
        scanner.scan("VK011234567840")
        await bench.expect(within: .seconds(1)) { $0.scans == ["VK011234567840"] }
        scanner.scan("96385074")
        await bench.expect(within: .seconds(1)) { $0.scans.count == 2 }
        #expect(bench.scans == ["VK011234567840", "96385074"])
        await bench.stop()
    }

    @Test(arguments: SimulatedUSBBus.Unplugging.allCases)
    func `a scan in flight is dropped whole, and the scanner works at another port`(
        form: SimulatedUSBBus.Unplugging
    ) async {
        let bench = DeviceBench()
        let scanner = SimulatedScanner()
        bench.bus.plug(scanner, at: "1-1")
        await bench.expect { $0.isNow(.scanner, .ready) }
        scanner.scan("1")
        await bench.expect { $0.scans == ["1"] }
        let reports = SimulatedScanner.reports(of: "6901234567892", habits: scanner.habits)
        scanner.send(reports.prefix(9))
        await bench.clock.advance(by: .milliseconds(20))
        bench.bus.unplug("1-1", form: form)
        await bench.expect { $0.isNow(.scanner, .absent) }
        bench.bus.plug(scanner, at: "1-4.2")
        await bench.expect { $0.isNow(.scanner, .ready) }
        scanner.scan("42")
        await bench.expect { $0.scans == ["1", "42"] }
        await bench.stop()
        #expect(bench.isNow(.scanner, .absent))
    }

    @Test func `half a code of a scanner that sends a suffix is dropped by time`() async {
        let bench = DeviceBench()
        let scanner = SimulatedScanner()
        bench.bus.plug(scanner, at: "1-1")
        await bench.expect { $0.isNow(.scanner, .ready) }
        scanner.scan("12")
        await bench.expect { $0.scans == ["12"] }
        scanner.send(SimulatedScanner.reports(of: "3456", habits: scanner.habits).prefix(4))
        await bench.clock.advance(by: .seconds(1))
        scanner.scan("78")
        await bench.expect { $0.scans == ["12", "78"] }
        await bench.stop()
    }

    @Test func `a slow code without a suffix is not cut as long as its keys come`() async {
        let bench = DeviceBench()
        let scanner = SimulatedScanner(habits: SimulatedScanner.Habits(suffix: .none))
        bench.bus.plug(scanner, at: "1-1")
        await bench.expect { $0.isNow(.scanner, .ready) }
        for report in SimulatedScanner.reports(of: "6901234", habits: scanner.habits) {
            scanner.send([report])
            await bench.clock.advance(by: .milliseconds(200))
        }
        #expect(bench.scans.isEmpty)
        await bench.expect { $0.scans == ["6901234"] }
        await bench.stop()
    }

    @Test func `a keyboard that the catalog does not know is told of and not even opened`() async {
        let bench = DeviceBench()
        let keyboard = SimulatedScanner(vendor: 0x046d, product: 0xc31c)
        bench.bus.plug(keyboard, at: "1-1")
        await bench.clock.advance(by: .seconds(3))
        let unknown = DeviceIdentity(
            model: nil, path: "1-1", vendor: keyboard.vendor, product: keyboard.product)
        #expect(bench.events == [.unknown(unknown, isThere: true)])
        #expect(!keyboard.scan("VK011234567840"))
        bench.bus.unplug("1-1")
        await bench.expect { $0.events.last == .unknown(unknown, isThere: false) }
        await bench.stop()
    }

    @Test func `two scanners are heard at once`() async {
        let bench = DeviceBench()
        let first = SimulatedScanner()
        let second = SimulatedScanner(vendor: 0x1eab, product: 0x0103)
        bench.bus.plug(first, at: "1-1")
        bench.bus.plug(second, at: "1-2")
        await bench.bus.waitUntilListened(at: "1-1")
        await bench.bus.waitUntilListened(at: "1-2")
        first.scan("1")
        second.scan("2")
        await bench.expect { Set($0.scans) == ["1", "2"] }
        await bench.stop()
    }

    @Test(arguments: [
        (PortError.busy, SimulatedUSBBus.Operation.claim, DeviceCondition.inUse),
        (.permissionDenied, .open, .permissionDenied), (.stalled, .claim, .faulty),
        (.unexpected(code: -1), .claim, .faulty),
    ])
    func `what keeps a device from being opened is said, and it is tried again`(
        error: PortError, operation: SimulatedUSBBus.Operation, condition: DeviceCondition
    ) async {
        let bench = DeviceBench()
        bench.bus.fail(operation, at: "1-1", with: error, count: 5)
        let scanner = SimulatedScanner()
        bench.bus.plug(scanner, at: "1-1")
        await bench.expect(within: .seconds(5)) { $0.isNow(.scanner, condition) }
        #expect(!bench.conditions(.scanner).contains(.absent))
        await bench.expect(within: .seconds(9)) { $0.isNow(.scanner, .ready) }
        scanner.scan("1")
        await bench.expect { $0.scans == ["1"] }
        await bench.stop()
    }

    @Test func `permissions that come a moment late are not spoken of`() async {
        let bench = DeviceBench()
        bench.bus.fail(.open, at: "1-1", with: .permissionDenied, count: 2)
        bench.bus.plug(SimulatedScanner(), at: "1-1")
        await bench.expect { $0.isNow(.scanner, .ready) }
        #expect(bench.conditions(.scanner) == [.opening, .ready])
        await bench.stop()
    }

    @Test func `where the system does not let it be opened, the log has the rule to write`() async {
        let book = LogBook()
        let bench = DeviceBench(logger: book.logger)
        bench.bus.fail(.open, at: "1-1", with: .permissionDenied, count: 4)
        let scanner = SimulatedScanner()
        bench.bus.plug(scanner, at: "1-1")
        await bench.expect(within: .seconds(9)) { $0.isNow(.scanner, .ready) }
        let rules = book.lines.compactMap { $0.fields[LogKey.rule] }
        let match = DeviceMatch.usb(vendor: scanner.vendor, product: scanner.product)
        #expect(rules == [match.udevRule])
        #expect(
            DeviceMatch.usb(vendor: 0x04b8, product: 0x0202).udevRule
                == #"SUBSYSTEM=="usb", ENV{DEVTYPE}=="usb_device", ATTR{idVendor}=="04b8", "#
                + #"ATTR{idProduct}=="0202", GROUP="stationd", MODE="0660""#)
        await bench.stop()
    }

    @Test func `requests that a scanner refuses are no failure`() async {
        let bench = DeviceBench()
        bench.bus.fail(.control, at: "1-1", with: .stalled, count: 3)
        bench.bus.plug(SimulatedScanner(), at: "1-1")
        await bench.expect { $0.isNow(.scanner, .ready) }
        await bench.stop()
    }
}
