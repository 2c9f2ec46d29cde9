import CUSBBed
import LinuxPorts
import Ports
import Synchronization
import Testing

extension OnTheBed {
    @Suite("Unplugged in the middle") struct Unplugs {
        @Test func `what is pending ends as disconnected when the bus knows it at once`()
            async throws
        {
            let usb = try ListenedBus()
            let printer = BedDevice(BED_PRINTER, port: 1)
            let device = try await usb.openNext()
            bed_accept(printer.slot, 16_484)
            let reading = Task {
                try await device.read(endpoint: 0x82, atMost: 64, within: .seconds(30))
            }
            let writing = Task {
                await device.write(
                    endpoint: 1, [UInt8](repeating: 1, count: 40_000), within: .seconds(30))
            }
            try await eventually { printer.written.count == 16_484 }
            printer.unplug()
            #expect(await writing.value == USBWritten(count: 16_484, failure: .disconnected))
            await #expect(throws: PortError.disconnected) { try await reading.value }
            guard case .left = await usb.next() else { throw BedError.notAnArrival }

            #expect(
                await device.write(endpoint: 1, [1], within: .seconds(1))
                    == USBWritten(count: 0, failure: .disconnected))
            await #expect(throws: PortError.disconnected) {
                try await device.clearHalt(endpoint: 1)
            }
            await device.close()
            #expect(printer.count(BED_RELEASES) == 0)
            await usb.bus.shutdown()
            #expect(await usb.next() == nil)
        }

        @Test func `a write that ends with an error is an unplug when the bus says so in time`()
            async throws
        {
            let plugged = Plugged()
            let clock = JumpingClock { number in
                if number == 5 { plugged.device?.unplug() }
                // The bus speaks when it likes: real time goes on here.
                if number > 5 { try? await Task.sleep(for: .milliseconds(20)) }
            }
            let usb = try ListenedBus(clock: clock)
            let printer = BedDevice(BED_PRINTER, port: 1)
            plugged.device = printer
            let device = try await usb.openNext()
            bed_accept(printer.slot, 40)
            let writing = Task {
                await device.write(
                    endpoint: 1, [UInt8](repeating: 1, count: 64), within: .seconds(30))
            }
            try await eventually { printer.written.count == 40 }
            printer.fail(true)
            #expect(await writing.value == USBWritten(count: 40, failure: .disconnected))
            await usb.bus.shutdown()
        }

        @Test func `a write that ends with an error while the device stays says the error`()
            async throws
        {
            let clock = JumpingClock()
            let usb = try ListenedBus(clock: clock)
            let printer = BedDevice(BED_PRINTER, port: 1)
            let device = try await usb.openNext()
            printer.fail(true)
            let failed = await device.write(endpoint: 1, [1, 2], within: .milliseconds(300))
            guard case .unexpected = failed.failure else {
                Issue.record("\(failed)")
                return
            }
            #expect(failed.count == 0 && clock.milliseconds == 300)
            printer.fail(false)
            #expect(
                await device.write(endpoint: 1, [1, 2], within: .seconds(1))
                    == USBWritten(count: 2, failure: nil))
            await usb.bus.shutdown()
            printer.unplug()
        }

        @Test func `reports that end with errors are tried again three times, then given up`()
            async throws
        {
            let clock = JumpingClock()
            let usb = try ListenedBus(clock: clock)
            let scanner = BedDevice(BED_SCANNER, port: 1)
            let device = try await usb.openNext()
            var reports = device.reports(endpoint: 0x81, length: 8).makeAsyncIterator()
            scanner.report([1])
            #expect(await reports.next() == .bytes([1]))
            scanner.fail(true)
            #expect(await reports.next() == .ended(.unexpected(code: -1)))
            #expect(await reports.next() == nil)
            #expect(clock.milliseconds == 150 && clock.sleepCount == 3)

            scanner.unplug()
            guard case .left = await usb.next() else { throw BedError.notAnArrival }
            await device.close()
            await usb.bus.shutdown()
            #expect(await usb.next() == nil)
        }

        @Test func `a short noise on the cable loses no report that follows`() async throws {
            let plugged = Plugged()
            let clock = JumpingClock { _ in plugged.device?.fail(false) }
            let usb = try ListenedBus(clock: clock)
            let scanner = BedDevice(BED_SCANNER, port: 1)
            plugged.device = scanner
            let device = try await usb.openNext()
            var reports = device.reports(endpoint: 0x81, length: 8).makeAsyncIterator()
            for round in UInt8(0)..<6 {
                try await eventually { scanner.count(BED_SUBMISSIONS) >= 2 * (Int(round) + 1) }
                scanner.fail(true)
                scanner.report([round])
                #expect(await reports.next() == .bytes([round]))
            }
            await usb.bus.shutdown()
            scanner.unplug()
        }

        @Test func `a device given up that never left can be opened again`() async throws {
            let usb = try ListenedBus(clock: JumpingClock())
            let scanner = BedDevice(BED_SCANNER, port: 1)
            let presence = try await usb.arrival().presence
            for round in UInt8(1)...2 {
                let device = try await usb.bus.open(presence)
                try await device.claim(interface: 0, alternateSetting: nil)
                var reports = device.reports(endpoint: 0x81, length: 8).makeAsyncIterator()
                scanner.report([round])
                #expect(await reports.next() == .bytes([round]))
                scanner.fail(true)
                #expect(await reports.next() == .ended(.unexpected(code: -1)))
                scanner.fail(false)
                await device.close()
            }
            await usb.bus.shutdown()
            #expect(await usb.next() == nil)
            scanner.unplug()
        }

        @Test(arguments: [true, false])
        func `reports end once and the bus says once that it left`(withErrors: Bool)
            async throws
        {
            let usb = try ListenedBus()
            let scanner = BedDevice(BED_SCANNER, port: 1)
            let device = try await usb.openNext()
            let reading = Task {
                var got: [USBReport] = []
                for await report in device.reports(endpoint: 0x81, length: 8) {
                    got.append(report)
                }
                return got
            }
            scanner.report([1])
            try await eventually { scanner.count(BED_SUBMISSIONS) == 3 }
            scanner.fail(withErrors)
            scanner.unplug()
            #expect(await reading.value == [.bytes([1]), .ended(.disconnected)])
            guard case .left = await usb.next() else { throw BedError.notAnArrival }
            await device.close()
            await usb.bus.shutdown()
            #expect(await usb.next() == nil)
        }

        @Test func `the end of the bus ends what is pending`() async throws {
            let usb = try ListenedBus()
            let printer = BedDevice(BED_PRINTER, port: 1)
            let device = try await usb.openNext()
            let scanner = BedDevice(BED_SCANNER, port: 2)
            let reader = try await usb.openNext()
            bed_accept(printer.slot, 10)
            let writing = Task {
                await device.write(
                    endpoint: 1, [UInt8](repeating: 1, count: 64), within: .seconds(30))
            }
            var reports = reader.reports(endpoint: 0x81, length: 8).makeAsyncIterator()
            try await eventually {
                printer.written.count == 10 && scanner.count(BED_SUBMISSIONS) == 2
            }
            await usb.bus.shutdown()
            #expect(await writing.value == USBWritten(count: 10, failure: .cancelled))
            #expect(await reports.next() == .ended(.cancelled))
            #expect(printer.count(BED_RELEASES) == 1 && scanner.count(BED_RELEASES) == 1)
            #expect(await usb.next() == nil)
            printer.unplug()
            scanner.unplug()
        }
    }
}

/// A device that a clock's hook reaches before it is there.
private final class Plugged: Sendable {
    private let held = Mutex<BedDevice?>(nil)

    var device: BedDevice? {
        get { held.withLock { $0 } }
        set { held.withLock { $0 = newValue } }
    }
}
