public import Ports
public import StationCore

/// One row of the catalog: how a device is recognised, what it speaks, and in which fields it
/// differs from others that speak the same.
public struct DeviceDefinition: Hashable, Sendable {
    /// Stands in the journal as evidence and in the log: never changed once released.
    public let name: String
    public let match: [DeviceMatch]
    public let speaks: Speaks

    public init(name: String, match: [DeviceMatch], speaks: Speaks) {
        self.name = name
        self.match = match
        self.speaks = speaks
    }

    public enum Speaks: Hashable, Sendable {
        case keyboardScanner
        case hidScale(ScaleTraits)
        case escpos(PrinterTraits)

        /// Which decoder's captures show this protocol.
        public var driver: Decode.Driver {
            switch self {
            case .keyboardScanner: .keyboardScanner
            case .hidScale: .hidScale
            case .escpos: .escposStatus
            }
        }
    }

    public var kind: DeviceKind {
        switch speaks {
        case .keyboardScanner: .scanner
        case .hidScale: .scale
        case .escpos: .printer
        }
    }
}

/// How a device on the bus is recognised before it is opened.
public enum DeviceMatch: Hashable, Sendable {
    case usb(vendor: UInt16, product: UInt16)
    /// All products of a maker.
    case usbVendor(UInt16)
    /// Any device with such an interface.
    case usbInterface(class: UInt8, subclass: UInt8)

    func holds(for device: USBDeviceDescription) -> Bool {
        switch self {
        case .usb(let vendor, let product): device.vendor == vendor && device.product == product
        case .usbVendor(let vendor): device.vendor == vendor
        case .usbInterface(let interfaceClass, let subclass):
            device.interfaces.contains {
                $0.interfaceClass == interfaceClass && $0.interfaceSubclass == subclass
            }
        }
    }
}

/// In what USB HID scales differ.
public struct ScaleTraits: Hashable, Sendable {
    /// The smallest step in each unit that the scale can be switched to; the first one counts in
    /// all others.
    public let divisions: [Division]
    /// The first report after opening is the weighing before.
    public let firstReportIsStale: Bool

    /// - Parameter divisions: one at least.
    public init(divisions: [Division], firstReportIsStale: Bool = true) {
        precondition(!divisions.isEmpty, "a scale without a division")
        self.divisions = divisions
        self.firstReportIsStale = firstReportIsStale
    }

    /// The division while the scale shows `unit`.
    func division(for unit: MassUnit?) -> Division {
        divisions.first { $0.unit == unit } ?? divisions[0]
    }
}

/// In what ESC/POS printers differ.
public struct PrinterTraits: Hashable, Sendable {
    /// What proves that a slip was printed.
    public enum Confirmation: Hashable, Sendable {
        /// Nothing: what the device accepted counts as printed.
        case none
        /// The answer to GS r 1, which waits in the buffer behind the slip.
        case gsR
    }

    public let confirmation: Confirmation
    /// Questions about paper and cover are asked; some printers take them and never answer.
    public let answersStatus: Bool
    /// Its way back is not used, whatever its descriptor says.
    public let isUnidirectional: Bool
    /// These numbers may be another printer's: where its IEEE 1284 id names other languages and no
    /// ESC/POS, it is left alone.
    public let heedsDeviceID: Bool
    /// Between its last transfer and its closing.
    public let closeDelay: Duration
    /// Bytes of one transfer.
    public let chunkSize: Int
    /// Across the paper: 384 for 58 mm, 512 or 576 for 80 mm.
    public let dotCount: Int
    /// Of font A.
    public let columnCount: Int
    public let hasCutter: Bool

    public init(
        confirmation: Confirmation = .none, answersStatus: Bool = true,
        isUnidirectional: Bool = false, heedsDeviceID: Bool = false,
        closeDelay: Duration = .zero, chunkSize: Int = 4_096,
        dotCount: Int = 384, columnCount: Int = 32, hasCutter: Bool = false
    ) {
        precondition(chunkSize > 0, "no byte a transfer")
        self.confirmation = confirmation
        self.answersStatus = answersStatus
        self.isUnidirectional = isUnidirectional
        self.heedsDeviceID = heedsDeviceID
        self.closeDelay = closeDelay
        self.chunkSize = chunkSize
        self.dotCount = dotCount
        self.columnCount = columnCount
        self.hasCutter = hasCutter
    }
}

/// A device that the catalog knows, and the interface to claim.
public struct CatalogEntry: Hashable, Sendable {
    public let definition: DeviceDefinition
    /// By what the row knew it.
    public let match: DeviceMatch
    public let interface: USBInterface
}

extension DeviceDefinition {
    /// How long it is left open after its last transfer.
    var closeDelay: Duration {
        if case .escpos(let traits) = speaks { traits.closeDelay } else { .zero }
    }

    /// The interface of `device` that speaks this row's protocol; nil where it has none, so that a
    /// scanner set to another mode is not taken for a keyboard.
    func interface(of device: USBDeviceDescription) -> USBInterface? {
        switch speaks {
        case .keyboardScanner:
            device.interfaces.first {
                $0.interfaceClass == 0x03 && $0.interfaceSubclass == 1
                    && $0.interfaceProtocol == 1 && $0.interruptIn != nil
            }
        case .hidScale:
            device.interfaces.first {
                $0.interfaceClass == 0x03 && $0.interfaceProtocol == 0 && $0.interruptIn != nil
            }
        case .escpos:
            printerInterface(of: device)
        }
    }

    /// Bidirectional (protocol 2) before unidirectional (1), as CUPS does; 3 and 4 speak other
    /// things. Some printers that are known by their id are of the vendor's class.
    private func printerInterface(of device: USBDeviceDescription) -> USBInterface? {
        let withOut = device.interfaces.filter { $0.bulkOut != nil }
        let ofClass = withOut.filter {
            $0.interfaceClass == 0x07 && $0.interfaceSubclass == 1
                && (1...2).contains($0.interfaceProtocol)
        }
        return ofClass.max { $0.interfaceProtocol < $1.interfaceProtocol }
            ?? withOut.first { $0.interfaceClass == 0xff }
    }
}

extension USBInterface {
    var interruptIn: USBEndpoint? { endpoints.first { $0.transfer == .interrupt && $0.isIn } }
    var bulkOut: USBEndpoint? { endpoints.first { $0.transfer == .bulk && !$0.isIn } }
    var bulkIn: USBEndpoint? { endpoints.first { $0.transfer == .bulk && $0.isIn } }
}
