import CLibUSB
import Ports

/// An open device; closed when it goes. Its owner sees to it that no transfer is pending then, and
/// that this is not on the event thread, which holds locks that `libusb_close` takes.
struct USBHandle: ~Copyable, @unchecked Sendable {
    // Safety: libusb locks a handle itself; the pointer never changes.
    private let pointer: OpaquePointer

    init(owning pointer: OpaquePointer) {
        self.pointer = pointer
        // So that a claim takes the interface from usbhid or usblp and a release gives it back.
        libusb_set_auto_detach_kernel_driver(pointer, 1)
    }

    deinit {
        libusb_close(pointer)
    }

    func claim(interface number: UInt8) throws(PortError) {
        try check(libusb_claim_interface(pointer, Int32(number)))
    }

    /// Fails only where there is nothing to give back: the device left.
    func release(interface number: UInt8) {
        libusb_release_interface(pointer, Int32(number))
    }

    func select(alternateSetting: UInt8, of number: UInt8) throws(PortError) {
        try check(
            libusb_set_interface_alt_setting(pointer, Int32(number), Int32(alternateSetting)))
    }

    func clearHalt(endpoint: UInt8) throws(PortError) {
        try check(libusb_clear_halt(pointer, endpoint))
    }

    func submit(_ transfer: USBTransfer) throws(PortError) {
        try transfer.submit(on: pointer)
    }
}
