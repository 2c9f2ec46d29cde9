import Drivers
import Ports
import StationCore
import Testing

@Suite("The catalog of devices")
struct CatalogTests {
    private static func device(
        _ vendor: UInt16, _ product: UInt16, _ interfaces: USBInterface...
    ) -> USBDeviceDescription {
        USBDeviceDescription(
            presence: USBPresence(path: "1-2", address: 5), vendor: vendor, product: product,
            interfaces: interfaces)
    }

    private static func hid(
        _ number: UInt8 = 0, subclass: UInt8, protocol interfaceProtocol: UInt8
    ) -> USBInterface {
        USBInterface(
            number: number, interfaceClass: 3, interfaceSubclass: subclass,
            interfaceProtocol: interfaceProtocol,
            endpoints: [USBEndpoint(address: 0x81, transfer: .interrupt, maxPacketSize: 8)])
    }

    private static func printer(
        _ number: UInt8 = 0, class interfaceClass: UInt8 = 7, protocol interfaceProtocol: UInt8 = 2
    ) -> USBInterface {
        USBInterface(
            number: number, interfaceClass: interfaceClass, interfaceSubclass: 1,
            interfaceProtocol: interfaceProtocol,
            endpoints: [
                USBEndpoint(address: 0x01, transfer: .bulk, maxPacketSize: 64),
                USBEndpoint(address: 0x82, transfer: .bulk, maxPacketSize: 64),
            ])
    }

    @Test func `each kind is found by its numbers`() throws {
        let scanner = Self.device(0x05e0, 0x1200, Self.hid(subclass: 1, protocol: 1))
        let scale = Self.device(0x0922, 0x8003, Self.hid(subclass: 0, protocol: 0))
        let epson = Self.device(0x04b8, 0x0202, Self.printer())
        #expect(Catalog.row(for: scanner)?.definition.name == "zebra-symbol")
        #expect(Catalog.row(for: scale)?.definition.name == "dymo-m10")
        #expect(Catalog.row(for: epson)?.definition.name == "epson-tm")
        #expect(try #require(Catalog.row(for: epson)).definition.kind == .printer)
    }

    @Test func `a keyboard that no row names is left alone`() {
        #expect(
            Catalog.row(for: Self.device(0x046d, 0xc31c, Self.hid(subclass: 1, protocol: 1))) == nil
        )
    }

    @Test func `a scanner set to another mode is not taken for a keyboard`() {
        #expect(
            Catalog.row(for: Self.device(0x05e0, 0x1200, Self.hid(subclass: 0, protocol: 0))) == nil
        )
    }

    @Test func `of a composite scanner the keyboard interface is claimed`() {
        let device = Self.device(
            0x0c2e, 0x0204, Self.hid(0, subclass: 0, protocol: 0),
            Self.hid(1, subclass: 1, protocol: 2), Self.hid(2, subclass: 1, protocol: 1))
        #expect(Catalog.row(for: device)?.interface.number == 2)
    }

    @Test func `a printer that no row names is taken by its class, and cannot confirm`() throws {
        let entry = try #require(Catalog.row(for: Self.device(0x1234, 0x5678, Self.printer())))
        guard case .escpos(let traits) = entry.definition.speaks else {
            Issue.record("not a printer")
            return
        }
        #expect(entry.definition.name == "usb-printer")
        #expect(traits.confirmation == .none)
    }

    @Test func `a label printer with the printer class is left alone`() {
        #expect(Catalog.row(for: Self.device(0x0a5f, 0x0080, Self.printer())) == nil)
        #expect(Catalog.row(for: Self.device(0x0a5f, 0x0080, Self.printer(protocol: 1))) == nil)
    }

    @Test func `what is odd about a printer stands in its row`() throws {
        func traits(_ vendor: UInt16, _ product: UInt16) throws -> PrinterTraits {
            let entry = try #require(Catalog.row(for: Self.device(vendor, product, Self.printer())))
            guard case .escpos(let traits) = entry.definition.speaks else {
                throw NotAPrinter()
            }
            return traits
        }
        #expect(try traits(0x0519, 0x0001).closeDelay == .seconds(1))
        #expect(try traits(0x0519, 0x0003).closeDelay == .zero)
        for product: UInt16 in [0x0001, 0x0003] {
            #expect(try traits(0x0519, product).isUnidirectional)
        }
        #expect(try traits(0x1234, 0x5678).heedsDeviceID)
        #expect(try !traits(0x04b8, 0x0202).heedsDeviceID)
        #expect(try !traits(0x0416, 0x5011).answersStatus)
    }

    private struct NotAPrinter: Error {}

    @Test func `the bidirectional interface of a printer is preferred, others are none`() {
        let device = Self.device(
            0x1234, 0x5678, Self.printer(0, protocol: 1), Self.printer(1, protocol: 2),
            Self.printer(2, protocol: 4))
        #expect(Catalog.row(for: device)?.interface.number == 1)
        #expect(Catalog.row(for: Self.device(0x1234, 0x5678, Self.printer(protocol: 4))) == nil)
    }

    @Test func `a printer card of the vendor's class is found by its numbers alone`() {
        #expect(
            Catalog.row(for: Self.device(0x04b8, 0x0202, Self.printer(class: 0xff)))?
                .definition.name == "epson-tm")
        #expect(Catalog.row(for: Self.device(0x1234, 0x5678, Self.printer(class: 0xff))) == nil)
    }

    @Test func `names are unique, and no row hides another`() {
        let names = Catalog.rows.map(\.name)
        #expect(Set(names).count == names.count)
        var seen: Set<DeviceMatch> = []
        for match in Catalog.rows.flatMap(\.match) {
            #expect(seen.insert(match).inserted)
            if case .usb(let vendor, _) = match { #expect(!seen.contains(.usbVendor(vendor))) }
        }
    }

    @Test func `every protocol of the catalog has captures`() throws {
        let captured = Set(try Capture.all().map(\.driver))
        for row in Catalog.rows { #expect(captured.contains(row.speaks.driver.rawValue)) }
    }

    @Test func `each match has its udev keys`() {
        let keys = Catalog.usbRules.map(\.match.udevKeys)
        #expect(Set(keys).count == keys.count)
        #expect(keys.contains(#"ATTR{idVendor}=="05e0", ATTR{idProduct}=="1200""#))
        #expect(keys.contains(#"ATTR{idVendor}=="0519""#))
        #expect(keys.contains(#"ENV{ID_USB_INTERFACES}=="*:0701??:*""#))
    }
}
