import CUSBBed
import LinuxPorts
import Ports
import Testing

extension OnTheBed {
    @Suite("Claims and transfers") struct Transfers {
        @Test func `a claim takes the interface from its driver and closing gives it back`()
            async throws
        {
            let usb = try ListenedBus()
            let scanner = BedDevice(BED_SCANNER, port: 1)
            let device = try await usb.openNext()
            #expect(scanner.count(BED_CLAIMS) == 1 && scanner.count(BED_PLAIN_CLAIMS) == 0)
            #expect(scanner.count(BED_SETTINGS) == 0)
            await device.close()
            await device.close()
            #expect(scanner.count(BED_RELEASES) == 1 && scanner.count(BED_ATTACHES) == 1)
            await usb.bus.shutdown()
            scanner.unplug()
        }

        @Test func `an interface that somebody holds is busy until he lets go`() async throws {
            let usb = try ListenedBus()
            let printer = BedDevice(BED_PRINTER, port: 1)
            bed_hold(printer.slot, 1)
            let device = try await usb.bus.open(try await usb.arrival().presence)
            await #expect(throws: PortError.busy) {
                try await device.claim(interface: 0, alternateSetting: 0)
            }
            bed_hold(printer.slot, 0)
            try await device.claim(interface: 0, alternateSetting: 0)
            // There is nothing to choose from.
            #expect(printer.count(BED_SETTINGS) == 0)
            await usb.bus.shutdown()
            printer.unplug()
        }

        @Test func `the setting with two ways is selected where there are several`() async throws {
            let usb = try ListenedBus()
            let printer = BedDevice(BED_TWO_SETTINGS_PRINTER, port: 1)
            let device = try await usb.openNext(alternateSetting: 1)
            #expect(printer.count(BED_SETTINGS) == 1)
            bed_answer(printer.slot, [0x10, 4, 1], 3, [0x16], 1)
            #expect(
                await device.write(endpoint: 1, [0x10, 4, 1], within: .seconds(5))
                    == USBWritten(count: 3, failure: nil))
            #expect(
                try await device.read(endpoint: 0x82, atMost: 64, within: .seconds(5)) == [0x16])
            await usb.bus.shutdown()
            printer.unplug()
        }

        @Test func `a control transfer brings what was asked for or says stalled`() async throws {
            let usb = try ListenedBus()
            let printer = BedDevice(BED_PRINTER, port: 1)
            let device = try await usb.openNext()
            let identity = USBSetup(requestType: 0xA1, request: 0, value: 0, index: 0)
            let answer = try await device.control(
                identity, data: [], length: 255, within: .seconds(5))
            #expect(answer.count == Int(answer[0]) << 8 + Int(answer[1]))
            #expect(String(decoding: answer.dropFirst(2), as: UTF8.self).hasPrefix("MFG:Bed;"))

            let unknown = USBSetup(requestType: 0xC0, request: 0x55, value: 0, index: 0)
            await #expect(throws: PortError.stalled) {
                try await device.control(unknown, data: [], length: 8, within: .seconds(5))
            }
            let reset = USBSetup(requestType: 0x21, request: 2, value: 0, index: 0)
            #expect(
                try await device.control(reset, data: [], length: 0, within: .seconds(5)).isEmpty)
            await usb.bus.shutdown()
            printer.unplug()
        }

        @Test func `64 KiB go out whole and in order`() async throws {
            let usb = try ListenedBus()
            let printer = BedDevice(BED_PRINTER, port: 1)
            let device = try await usb.openNext()
            let bytes = (0..<65_536).map { UInt8(truncatingIfNeeded: $0 / 251 + $0) }
            #expect(
                await device.write(endpoint: 1, bytes, within: .seconds(10))
                    == USBWritten(count: bytes.count, failure: nil))
            // Not compared inside the macro, whose report of a difference takes minutes.
            let isWhole = printer.written == bytes
            #expect(isWhole)
            await usb.bus.shutdown()
            printer.unplug()
        }

        @Test func `a write whose time is up says where to go on`() async throws {
            let usb = try ListenedBus()
            let printer = BedDevice(BED_PRINTER, port: 1)
            let device = try await usb.openNext()
            let bytes = (0..<40_000).map { UInt8(truncatingIfNeeded: $0 / 251 + $0) }
            bed_accept(printer.slot, 20_001)
            let part = await device.write(endpoint: 1, bytes, within: .milliseconds(80))
            #expect(part == USBWritten(count: 20_001, failure: .timedOut))
            bed_accept(printer.slot, -1)
            let rest = await device.write(
                endpoint: 1, Array(bytes[part.count...]), within: .seconds(5))
            #expect(rest == USBWritten(count: 19_999, failure: nil))
            // Not compared inside the macro, whose report of a difference takes minutes.
            let isWhole = printer.written == bytes
            #expect(isWhole)
            await usb.bus.shutdown()
            printer.unplug()
        }

        @Test func `a cancelled task cancels its write and learns its count`() async throws {
            let usb = try ListenedBus()
            let printer = BedDevice(BED_PRINTER, port: 1)
            let device = try await usb.openNext()
            bed_accept(printer.slot, 100)
            let writing = Task {
                await device.write(
                    endpoint: 1, [UInt8](repeating: 7, count: 500), within: .seconds(30))
            }
            try await eventually { printer.written.count == 100 }
            writing.cancel()
            #expect(await writing.value == USBWritten(count: 100, failure: .cancelled))
            let late = Task {
                while !Task.isCancelled { await Task.yield() }
                return await device.write(endpoint: 1, [1], within: .seconds(30))
            }
            late.cancel()
            #expect(await late.value == USBWritten(count: 0, failure: .cancelled))
            await usb.bus.shutdown()
            printer.unplug()
        }

        @Test func `a read that brings nothing times out, one that brings too much says so`()
            async throws
        {
            let usb = try ListenedBus()
            let printer = BedDevice(BED_PRINTER, port: 1)
            let device = try await usb.openNext()
            await #expect(throws: PortError.timedOut) {
                try await device.read(endpoint: 0x82, atMost: 64, within: .milliseconds(30))
            }
            printer.report([1, 2, 3])
            #expect(
                try await device.read(endpoint: 0x82, atMost: 100, within: .seconds(5))
                    == [1, 2, 3])
            printer.report([1, 2, 3])
            await #expect(throws: PortError.overflow) {
                try await device.read(endpoint: 0x82, atMost: 2, within: .seconds(5))
            }
            await usb.bus.shutdown()
            printer.unplug()
        }

        @Test func `reports come in their order and the device waits while nobody reads`()
            async throws
        {
            let usb = try ListenedBus()
            let scanner = BedDevice(BED_SCANNER, port: 1)
            let device = try await usb.openNext()
            let stream = device.reports(endpoint: 0x81, length: 8)
            let sent = (0..<700).map { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }
            for bytes in sent { scanner.report(bytes) }
            try await eventually { bed_unread(scanner.slot) == 700 - Int32(reportCountMax) }
            var got: [USBReport] = []
            for await report in stream.prefix(sent.count) { got.append(report) }
            #expect(got == sent.map(USBReport.bytes))
            await usb.bus.shutdown()
            scanner.unplug()
        }

        @Test func `a stalled endpoint ends its reports and works again when cleared`()
            async throws
        {
            let usb = try ListenedBus()
            let scale = BedDevice(BED_SCALE, port: 1)
            let device = try await usb.openNext()
            var stream = device.reports(endpoint: 0x81, length: 6).makeAsyncIterator()
            scale.report([3, 2, 2, 0, 0, 0])
            #expect(await stream.next() == .bytes([3, 2, 2, 0, 0, 0]))
            bed_stall(scale.slot, 1)
            #expect(await stream.next() == .ended(.stalled))
            #expect(await stream.next() == nil)
            try await device.clearHalt(endpoint: 0x81)
            #expect(scale.count(BED_HALTS_CLEARED) == 1)
            var again = device.reports(endpoint: 0x81, length: 6).makeAsyncIterator()
            scale.report([3, 4, 2, 0, 0xD2, 4])
            #expect(await again.next() == .bytes([3, 4, 2, 0, 0xD2, 4]))
            await usb.bus.shutdown()
            scale.unplug()
        }

        @Test func `who no longer reads leaves no transfer behind`() async throws {
            let usb = try ListenedBus()
            let scanner = BedDevice(BED_SCANNER, port: 1)
            let device = try await usb.openNext()
            let reading = Task {
                for await _ in device.reports(endpoint: 0x81, length: 8) {}
            }
            try await eventually { scanner.count(BED_SUBMISSIONS) == 2 }
            reading.cancel()
            await reading.value
            var again = device.reports(endpoint: 0x81, length: 8).makeAsyncIterator()
            try await eventually { scanner.count(BED_SUBMISSIONS) == 4 }
            scanner.report([9])
            #expect(await again.next() == .bytes([9]))
            await usb.bus.shutdown()
            scanner.unplug()
        }

        @Test func `a device that describes itself wrongly is refused, not fatal`() async throws {
            let usb = try ListenedBus()
            let odd = BedDevice(BED_NO_PACKETS, port: 1)
            let device = try await usb.bus.open(try await usb.arrival().presence)
            await #expect(throws: PortError.self) {
                try await device.claim(interface: 0, alternateSetting: nil)
                _ = try await device.read(endpoint: 0x81, atMost: 0, within: .milliseconds(1))
            }
            #expect(
                await device.write(endpoint: 0x05, [1], within: .seconds(1)).failure != nil)
            var reports = device.reports(endpoint: 0x81, length: 0).makeAsyncIterator()
            odd.report([1])
            _ = await reports.next()
            await usb.bus.shutdown()
            odd.unplug()
        }
    }
}
