import CLibUSB
import Ports

/// A counted reference to what libusb knows of a device that is, or was, on the bus.
final class USBDeviceReference: Hashable, @unchecked Sendable {
    // Safety: libusb counts references atomically and a device's descriptors never change.
    private let pointer: OpaquePointer

    init(_ pointer: OpaquePointer) {
        self.pointer = libusb_ref_device(pointer)
    }

    deinit {
        libusb_unref_device(pointer)
    }

    static func == (left: USBDeviceReference, right: USBDeviceReference) -> Bool {
        left.pointer == right.pointer
    }

    func hash(into hasher: inout Hasher) {
        hasher.combine(pointer)
    }

    func open() throws(PortError) -> USBHandle {
        var handle: OpaquePointer?
        try check(libusb_open(pointer, &handle))
        guard let handle else { throw .outOfMemory }
        return USBHandle(owning: handle)
    }

    /// What the descriptors say; nil for a hub, which is a socket and not what is in it.
    func describe() -> USBDeviceDescription? {
        var descriptor = libusb_device_descriptor()
        guard libusb_get_device_descriptor(pointer, &descriptor) == 0,
            descriptor.bDeviceClass != UInt8(LIBUSB_CLASS_HUB.rawValue)
        else { return nil }
        return USBDeviceDescription(
            presence: USBPresence(path: path, address: libusb_get_device_address(pointer)),
            vendor: descriptor.idVendor, product: descriptor.idProduct, interfaces: interfaces)
    }

    private var path: String {
        var ports = [UInt8](repeating: 0, count: portDepthMax)
        let depth = libusb_get_port_numbers(pointer, &ports, Int32(ports.count))
        let chain = ports.prefix(Int(max(depth, 0))).map { "\($0)" }.joined(separator: ".")
        return "\(libusb_get_bus_number(pointer))-\(chain)"
    }

    private var interfaces: [USBInterface] {
        var found: UnsafeMutablePointer<libusb_config_descriptor>?
        // The bus may speak a moment before the kernel has chosen; it chooses the first.
        if libusb_get_active_config_descriptor(pointer, &found) != 0 {
            libusb_get_config_descriptor(pointer, 0, &found)
        }
        guard let found else { return [] }
        defer { libusb_free_config_descriptor(found) }
        let configuration = found.pointee
        return UnsafeBufferPointer(
            start: configuration.interface, count: Int(configuration.bNumInterfaces)
        ).flatMap { interface in
            UnsafeBufferPointer(start: interface.altsetting, count: Int(interface.num_altsetting))
                .map(USBInterface.init)
        }
    }
}

extension USBInterface {
    fileprivate init(_ descriptor: libusb_interface_descriptor) {
        self.init(
            number: descriptor.bInterfaceNumber,
            alternateSetting: descriptor.bAlternateSetting,
            interfaceClass: descriptor.bInterfaceClass,
            interfaceSubclass: descriptor.bInterfaceSubClass,
            interfaceProtocol: descriptor.bInterfaceProtocol,
            endpoints: UnsafeBufferPointer(
                start: descriptor.endpoint, count: Int(descriptor.bNumEndpoints)
            ).map(USBEndpoint.init))
    }
}

extension USBEndpoint {
    fileprivate init(_ descriptor: libusb_endpoint_descriptor) {
        let transfer: Transfer =
            switch descriptor.bmAttributes & 0x03 {
            case 0: .control
            case 1: .isochronous
            case 2: .bulk
            default: .interrupt
            }
        // Bits 11 and 12 say how many packets fit a microframe.
        self.init(
            address: descriptor.bEndpointAddress, transfer: transfer,
            maxPacketSize: Int(descriptor.wMaxPacketSize & 0x07FF))
    }
}

/// Seven tiers of hubs are the limit of USB.
private let portDepthMax = 7
