public import Ports
public import StationCore

/// The devices that a station knows. The first row that fits wins, so what is special stands
/// before what is general.
///
/// A keyboard is claimed only by a row with its very numbers: any other may be one that types
/// commands.
public enum Catalog {
    public static let rows: [DeviceDefinition] = scanners + scales + printers

    /// What a general row would claim by mistake. Zebra's printers show the printer class and speak
    /// ZPL or EPL; CUPS's usb-quirks has them as one way only, never to be given back.
    public static let leftAlone: [DeviceMatch] = [.usbVendor(0x0a5f)]

    /// The row for a device and the interface to claim; nil where the catalog does not know it, or
    /// where it is set to a mode that is not spoken here.
    public static func row(for device: USBDeviceDescription) -> CatalogEntry? {
        if leftAlone.contains(where: { $0.holds(for: device) }) { return nil }
        for definition in rows {
            if let match = definition.match.first(where: { $0.holds(for: device) }),
                let interface = definition.interface(of: device)
            {
                return CatalogEntry(definition: definition, match: match, interface: interface)
            }
        }
        return nil
    }

    /// Everything that the system has to let the station open: the udev rules say the same.
    public static var usbRules: [USBRule] {
        rows.flatMap { row in row.match.map { USBRule(kind: row.kind, match: $0) } }
    }

    /// How a device is found by the system.
    public struct USBRule: Hashable, Sendable {
        public let kind: DeviceKind
        public let match: DeviceMatch
    }
}

extension DeviceMatch {
    /// The keys of a udev rule for a `usb_device` that fits it.
    public var udevKeys: String {
        switch self {
        case .usb(let vendor, let product):
            "ATTR{idVendor}==\"\(hex(vendor, 4))\", ATTR{idProduct}==\"\(hex(product, 4))\""
        case .usbVendor(let vendor):
            "ATTR{idVendor}==\"\(hex(vendor, 4))\""
        case .usbInterface(let interfaceClass, let subclass):
            "ENV{ID_USB_INTERFACES}==\"*:\(hex(interfaceClass, 2))\(hex(subclass, 2))??:*\""
        }
    }

    /// A rule of its own that lets the service open what fits it, for the log.
    public var udevRule: String {
        "SUBSYSTEM==\"usb\", ENV{DEVTYPE}==\"usb_device\", \(udevKeys), GROUP=\"stationd\", "
            + "MODE=\"0660\""
    }

    private func hex(_ number: some BinaryInteger, _ width: Int) -> String {
        let digits = String(number, radix: 16)
        return String(repeating: "0", count: width - digits.utf8.count) + digits
    }
}

// MARK: - Scanners

extension Catalog {
    /// In keyboard mode. A product number belongs to a mode, not to a model: a scanner that is set
    /// to another mode comes back with another number. Source: usb.ids; for Newland its integration
    /// guides (low byte 03 is the keyboard mode, the high byte the family).
    private static let scanners: [DeviceDefinition] = [
        scanner("honeywell", 0x0c2e, [0x0200, 0x0204, 0x0206, 0x0b61, 0x0b6a, 0x0b81]),
        scanner("hand-held-products", 0x0536, [0x01a0, 0x01ca]),
        scanner("zebra-symbol", 0x05e0, [0x1200, 0x1300]),
        scanner("datalogic", 0x05f9, [0x2206, 0x220c]),
        scanner("datalogic-gryphon", 0x080c, [0x0300, 0x0400, 0x0500, 0x0600]),
        scanner("intermec", 0x067e, [0x0801]),
        scanner("newland", 0x1eab, [0x0103, 0x0d03, 0x1303, 0x1403, 0x1d03]),
        scanner("access-is", 0x0db5, [0x013a]),
        scanner("tera", 0x0581, [0x0107, 0x0115, 0x011c, 0x020c]),
        scanner("winbond-decoder", 0x0416, [0xc141]),
        scanner("cypress-decoder", 0x04b4, [0xbca1, 0xde61, 0xde64]),
        scanner("meva", 0x24ea, [0x0197]),
        scanner("rapoo-decoder", 0x24ae, [0x0197]),
        scanner("ncr-scanner", 0x0404, [0x0202]),
        scanner("hp-scanner", 0x03f0, [0x0139]),
    ]

    private static func scanner(
        _ name: String, _ vendor: UInt16, _ products: [UInt16]
    ) -> DeviceDefinition {
        DeviceDefinition(
            name: name, match: products.map { .usb(vendor: vendor, product: $0) },
            speaks: .keyboardScanner)
    }
}

// MARK: - Scales

extension Catalog {
    /// Numbers: usbscale's scales.h and usb.ids. Divisions: from no document of the makers; they are
    /// what scales of that kind and capacity commonly have, for each unit that the button selects,
    /// the coarser one where in doubt. What the scale's own plate says goes before: it is configured
    /// as `STATION_SCALE_DIVISION`. That the first report is the weighing before is usbscale's
    /// observation and is taken for all.
    private static let scales: [DeviceDefinition] = [
        scale("dymo-m10", 0x0922, [0x8003], postal5kg),
        scale("dymo-m25", 0x0922, [0x8004], postal10kg),
        scale(
            "dymo-s", 0x0922, [0x8009],
            [
                Division(magnitude: Magnitude(1, exponent: -1), unit: .kilogram),
                Division(magnitude: Magnitude(100), unit: .gram),
                Division(magnitude: Magnitude(2, exponent: -1), unit: .pound),
            ]),
        scale("mettler-ps60", 0x0eb8, [0xf000], shipping70kg),
        scale(
            "mettler-ariva", 0x0eb8, [0xf001, 0x2200],
            [
                Division(magnitude: Magnitude(5, exponent: -3), unit: .kilogram),
                Division(magnitude: Magnitude(5), unit: .gram),
                Division(magnitude: Magnitude(1, exponent: -2), unit: .pound),
            ]),
        scale("fairbanks-scb-r9000", 0x0b67, [0x555e], shipping70kg),
        scale("stamps-com-510", 0x1446, [0x6a73], postal5kg),
        scale("ping-ds25", 0x1446, [0x6a78, 0x6a79], postal10kg),
        scale("stamps-com-5", 0x2474, [0x0550], postal5kg),
        scale("stamps-com-35", 0x2474, [0x3550], postal10kg),
        scale("usps-ps311", 0x7b7c, [0x0100], postal10kg),
        scale("sanford-dymo-10", 0x6096, [0x0158], postal5kg),
        scale("pitney-bowes-397", 0x0d8f, [0x0200], postal5kg),
    ]

    private static let postal5kg = [
        Division(magnitude: Magnitude(2), unit: .gram),
        Division(magnitude: Magnitude(1, exponent: -1), unit: .ounce),
    ]

    private static let postal10kg = [
        Division(magnitude: Magnitude(5), unit: .gram),
        Division(magnitude: Magnitude(2, exponent: -1), unit: .ounce),
    ]

    private static let shipping70kg = [
        Division(magnitude: Magnitude(2, exponent: -2), unit: .kilogram),
        Division(magnitude: Magnitude(20), unit: .gram),
        Division(magnitude: Magnitude(5, exponent: -2), unit: .pound),
    ]

    private static func scale(
        _ name: String, _ vendor: UInt16, _ products: [UInt16], _ divisions: [Division]
    ) -> DeviceDefinition {
        DeviceDefinition(
            name: name, match: products.map { .usb(vendor: vendor, product: $0) },
            speaks: .hidScale(ScaleTraits(divisions: divisions)))
    }
}

// MARK: - Printers

extension Catalog {
    /// Numbers: usb.ids, CUPS's usb-quirks and public reports. Only where a maker's manual has GS r
    /// is an answer waited for; a printer of which nothing is known is asked for its status and left
    /// alone when it stays silent.
    private static let printers: [DeviceDefinition] = [
        // UB-U05 cards show a vendor class; TM-T88IV and TM-T70 print 180 dots an inch.
        printer("epson-tm", 0x04b8, [0x0202], wide(dotCount: 512, columnCount: 42)),
        printer("epson-tm-t20", 0x04b8, [0x0e03, 0x0e31], wide()),
        printer("bixolon-srp-350", 0x1504, [0x001f], wide(dotCount: 512, columnCount: 42)),
        printer("citizen-ct", 0x2730, [0x0fff, 0x2002, 0x200f], wide()),
        printer("citizen-ct-e351", 0x1d90, [0x20f0], wide()),
        // Its manual has no status command; the IN endpoint is there and silent.
        printer("pos58", 0x0416, [0x5011], chinese),
        printer("chinese-0485", 0x0485, [0x7541], chinese),
        printer("chinese-0483", 0x0483, [0x5743], chinese),
        printer("chinese-0456", 0x0456, [0x0808], chinese),
        // Parallel adapters: they take bytes and say nothing, and any printer may be behind them.
        printer("ics-adapter", 0x0fe6, [0x811e], adapter),
        printer("prolific-adapter", 0x067b, [0x2305], adapter),
        printer("custom-k80", 0x0dd4, [0x0237], unproven),
        printer("ncr-716x", 0x0404, [0x0311, 0x0312], unproven),
        printer("wincor-th", 0x0aa7, Array(0x0300...0x0306), unproven),
        // One way only, and many of them speak Star's own language: their id tells.
        printer("star-slow-to-close", 0x0519, [0x0001], star(closeDelay: .seconds(1))),
        DeviceDefinition(name: "star", match: [.usbVendor(0x0519)], speaks: .escpos(star())),
        DeviceDefinition(
            name: "usb-printer", match: [.usbInterface(class: 0x07, subclass: 0x01)],
            speaks: .escpos(PrinterTraits(heedsDeviceID: true))),
    ]

    private static let adapter = PrinterTraits(
        answersStatus: false, heedsDeviceID: true)
    private static let chinese = PrinterTraits(answersStatus: false)
    private static let unproven = PrinterTraits(dotCount: 576, columnCount: 48, hasCutter: true)

    private static func star(closeDelay: Duration = .zero) -> PrinterTraits {
        PrinterTraits(
            answersStatus: false, isUnidirectional: true, heedsDeviceID: true,
            closeDelay: closeDelay, hasCutter: true)
    }

    /// 80 mm of paper and a cutter, with a manual that has GS r.
    private static func wide(dotCount: Int = 576, columnCount: Int = 48) -> PrinterTraits {
        PrinterTraits(
            confirmation: .gsR, dotCount: dotCount, columnCount: columnCount, hasCutter: true)
    }

    private static func printer(
        _ name: String, _ vendor: UInt16, _ products: [UInt16], _ traits: PrinterTraits
    ) -> DeviceDefinition {
        DeviceDefinition(
            name: name, match: products.map { .usb(vendor: vendor, product: $0) },
            speaks: .escpos(traits))
    }
}
