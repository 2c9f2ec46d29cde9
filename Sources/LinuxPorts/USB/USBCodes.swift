import CLibUSB
import Ports

/// Where libusb's numbers end: nothing else in the tree knows them.
extension PortError {
    /// What the answer of a libusb call means; nil when the call went well.
    init?(libusb code: Int32) {
        guard code < 0 else { return nil }
        switch code {
        case LIBUSB_ERROR_NO_DEVICE.rawValue: self = .disconnected
        case LIBUSB_ERROR_ACCESS.rawValue: self = .permissionDenied
        case LIBUSB_ERROR_BUSY.rawValue: self = .busy
        case LIBUSB_ERROR_TIMEOUT.rawValue: self = .timedOut
        case LIBUSB_ERROR_OVERFLOW.rawValue: self = .overflow
        case LIBUSB_ERROR_PIPE.rawValue: self = .stalled
        default: self = .unexpected(code: code)
        }
    }

    /// What the end of a transfer means; nil when it completed.
    ///
    /// NO_DEVICE stands for both ENODEV and ESHUTDOWN. ERROR is `transferError`: whether it was
    /// the plug or only noise shows in the next half second.
    init?(status: libusb_transfer_status) {
        switch status {
        case LIBUSB_TRANSFER_COMPLETED: return nil
        case LIBUSB_TRANSFER_NO_DEVICE: self = .disconnected
        case LIBUSB_TRANSFER_TIMED_OUT: self = .timedOut
        case LIBUSB_TRANSFER_CANCELLED: self = .cancelled
        case LIBUSB_TRANSFER_STALL: self = .stalled
        case LIBUSB_TRANSFER_OVERFLOW: self = .overflow
        default: self = .transferError
        }
    }

    /// A transfer that the bus could not carry (EPROTO, EILSEQ, ETIME and the like).
    static let transferError = PortError.unexpected(code: LIBUSB_ERROR_IO.rawValue)
    static let notFound = PortError.unexpected(code: LIBUSB_ERROR_NOT_FOUND.rawValue)
    static let outOfMemory = PortError.unexpected(code: LIBUSB_ERROR_NO_MEM.rawValue)
    static let notSupported = PortError.unexpected(code: LIBUSB_ERROR_NOT_SUPPORTED.rawValue)
    static let noThread = PortError.unexpected(code: LIBUSB_ERROR_OTHER.rawValue)
}

/// Throws what the answer of a libusb call means.
func check(_ code: Int32) throws(PortError) {
    if let error = PortError(libusb: code) { throw error }
}
