import CUSBBed
import LinuxPorts
import Logging
import Ports
import Testing

@testable import LinuxPorts

extension OnTheBed {
    @Suite("Hot-plug") struct HotPlug {
        @Test func `what is there is told first and once, with its descriptors`() async throws {
            try #require(bed_start() == 0)
            let scale = BedDevice(BED_SCALE, port: 2)
            let usb = try ListenedBus()
            let first = try await usb.arrival()
            bed_announce_again(scale.slot)
            let printer = BedDevice(BED_TWO_SETTINGS_PRINTER, port: 3)
            let second = try await usb.arrival()
            scale.unplug()
            #expect(await usb.next() == .left(first.presence))
            printer.unplug()
            #expect(await usb.next() == .left(second.presence))
            await usb.bus.shutdown()
            #expect(await usb.next() == nil)

            #expect(first.presence.path == "1-2")
            #expect(first.vendor == bedVendor && first.product == UInt16(BED_SCALE.rawValue) + 1)
            let report = USBEndpoint(address: 0x81, transfer: .interrupt, maxPacketSize: 8)
            #expect(
                first.interfaces == [
                    USBInterface(
                        number: 0, interfaceClass: 3, interfaceSubclass: 0, interfaceProtocol: 0,
                        endpoints: [report])
                ])
            let out = USBEndpoint(address: 0x01, transfer: .bulk, maxPacketSize: 64)
            let back = USBEndpoint(address: 0x82, transfer: .bulk, maxPacketSize: 64)
            #expect(
                second.interfaces == [
                    USBInterface(
                        number: 0, interfaceClass: 7, interfaceSubclass: 1, interfaceProtocol: 1,
                        endpoints: [out]),
                    USBInterface(
                        number: 0, alternateSetting: 1, interfaceClass: 7, interfaceSubclass: 1,
                        interfaceProtocol: 2, endpoints: [out, back]),
                ])
        }

        @Test(arguments: 1...8)
        func `a device plugged in while the bus starts is told once`(port: Int32) async throws {
            try #require(bed_start() == 0)
            let plugging = Task { BedDevice(BED_SCANNER, port: port) }
            let usb = try ListenedBus()
            let scanner = await plugging.value
            let told = try await usb.arrival()
            scanner.unplug()
            #expect(await usb.next() == .left(told.presence))
            await usb.bus.shutdown()
            #expect(await usb.next() == nil)
        }

        @Test func `plugged in again at another port it is another presence`() async throws {
            let usb = try ListenedBus()
            let before = BedDevice(BED_SCANNER, port: 1)
            let first = try await usb.openNext()
            before.unplug()
            guard case .left(let gone) = await usb.next() else { throw BedError.notAnArrival }
            let after = BedDevice(BED_SCANNER, port: 4)
            let arrival = try await usb.arrival()
            #expect(gone.path == "1-1" && arrival.presence.path == "1-4")
            #expect(gone.address != arrival.presence.address)

            await #expect(throws: PortError.disconnected) { try await usb.bus.open(gone) }
            await #expect(throws: PortError.disconnected) {
                try await first.claim(interface: 0, alternateSetting: nil)
            }
            let second = try await usb.bus.open(arrival.presence)
            try await second.claim(interface: 0, alternateSetting: nil)
            var reports = second.reports(endpoint: 0x81, length: 8).makeAsyncIterator()
            after.report([1, 2, 3, 4, 5, 6, 7, 8])
            #expect(await reports.next() == .bytes([1, 2, 3, 4, 5, 6, 7, 8]))
            await first.close()
            await usb.bus.shutdown()
            after.unplug()
        }

        @Test func `two devices of one model are told apart by their ports`() async throws {
            let usb = try ListenedBus()
            let devices = [BedDevice(BED_SCANNER, port: 5), BedDevice(BED_SCANNER, port: 6)]
            var opened: [any USBDevice] = []
            for device in devices {
                let arrival = try await usb.arrival()
                #expect(arrival.presence.path == device.path)
                opened.append(try await usb.bus.open(arrival.presence))
            }
            for (number, device) in devices.enumerated() {
                try await opened[number].claim(interface: 0, alternateSetting: nil)
                var reports = opened[number].reports(endpoint: 0x81, length: 8)
                    .makeAsyncIterator()
                device.report([UInt8(number)])
                #expect(await reports.next() == .bytes([UInt8(number)]))
            }
            await usb.bus.shutdown()
            for device in devices { device.unplug() }
        }

        @Test func `nothing can be opened after the end`() async throws {
            let usb = try ListenedBus()
            let scale = BedDevice(BED_SCALE, port: 1)
            let presence = try await usb.arrival().presence
            await usb.bus.shutdown()
            await usb.bus.shutdown()
            await #expect(throws: PortError.disconnected) { try await usb.bus.open(presence) }
            scale.unplug()
        }
    }
}
