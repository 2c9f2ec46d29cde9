public import Ports
internal import Synchronization

/// A barcode scanner in keyboard mode: boot-protocol reports of 8 bytes, US layout.
public final class SimulatedScanner: SimulatedUSBDevice {
    /// What scanners in the field do differently.
    public struct Habits: Sendable, Equatable {
        public enum Suffix: String, Sendable, Codable, CaseIterable {
            /// CR LF arrives as Enter and Ctrl-J.
            case enter, enterAndControlJ, tab, keypadEnter, none
        }

        public var suffix: Suffix
        /// Which of the six key slots is used, 0 to 5.
        public var slot: Int
        /// Shift comes in a report of its own before the key and leaves after it.
        public var sendsShiftAlone: Bool
        /// No report without a key between different keys.
        public var rollsOver: Bool

        public init(
            suffix: Suffix = .enter, slot: Int = 0, sendsShiftAlone: Bool = false,
            rollsOver: Bool = false
        ) {
            precondition((0..<6).contains(slot), "a report has six key slots")
            self.suffix = suffix
            self.slot = slot
            self.sendsShiftAlone = sendsShiftAlone
            self.rollsOver = rollsOver
        }
    }

    public let vendor: UInt16
    public let product: UInt16
    public let habits: Habits
    public let interfaces = [
        USBInterface(
            number: 0, interfaceClass: 3, interfaceSubclass: 1, interfaceProtocol: 1,
            endpoints: [USBEndpoint(address: endpoint, transfer: .interrupt, maxPacketSize: 8)])
    ]

    private static let endpoint: UInt8 = 0x81
    private let cable = Mutex<SimulatedCable?>(nil)

    public init(vendor: UInt16 = 0x05e0, product: UInt16 = 0x1200, habits: Habits = Habits()) {
        self.vendor = vendor
        self.product = product
        self.habits = habits
    }

    public func plugged(_ cable: SimulatedCable) { self.cable.withLock { $0 = cable } }
    public func unplugged() { cable.withLock { $0 = nil } }

    /// SET_PROTOCOL, SET_IDLE and the LEDs are taken; the report descriptor is told.
    public func control(
        _ setup: USBSetup, data: [UInt8], length: Int
    ) throws(PortError) -> [UInt8] {
        switch (setup.requestType, setup.request) {
        case (0x21, 0x09), (0x21, 0x0a), (0x21, 0x0b): return []
        case (0x81, 0x06) where setup.value == 0x2200: return keyboardReportDescriptor
        default: throw .stalled
        }
    }

    /// Reads a code: everything that the trigger makes the scanner send.
    /// - Returns: false when it is lost because no host fetches reports. Characters that the layout
    ///   does not have are left out, as scanners do.
    @discardableResult
    public func scan(_ text: String) -> Bool {
        send(Self.reports(of: text, habits: habits))
    }

    /// Sends reports as they are: a beginning of a scan, or what no scanner would send.
    @discardableResult
    public func send(_ reports: some Sequence<[UInt8]>) -> Bool {
        guard let cable = cable.withLock({ $0 }) else { return false }
        var isTaken = true
        for report in reports where !cable.send(report: report, endpoint: Self.endpoint) {
            isTaken = false
        }
        return isTaken
    }

    /// The reports of one code, suffix included.
    public static func reports(of text: String, habits: Habits) -> [[UInt8]] {
        var keys = text.unicodeScalars.compactMap { key(for: $0) }
        switch habits.suffix {
        case .enter: keys.append(Key(usage: 0x28, modifiers: 0))
        case .enterAndControlJ:
            keys.append(Key(usage: 0x28, modifiers: 0))
            keys.append(Key(usage: 0x0d, modifiers: leftControl))
        case .tab: keys.append(Key(usage: 0x2b, modifiers: 0))
        case .keypadEnter: keys.append(Key(usage: 0x58, modifiers: 0))
        case .none: break
        }
        var reports: [[UInt8]] = []
        for (index, key) in keys.enumerated() {
            if habits.sendsShiftAlone && key.modifiers != 0 {
                reports.append(report(0, key.modifiers, habits.slot))
            }
            reports.append(report(key.usage, key.modifiers, habits.slot))
            if habits.sendsShiftAlone && key.modifiers != 0 {
                reports.append(report(0, key.modifiers, habits.slot))
            }
            let next = index + 1 < keys.count ? keys[index + 1] : nil
            if !habits.rollsOver || next == nil || next?.usage == key.usage {
                reports.append(report(0, 0, habits.slot))
            }
        }
        return reports
    }

    private static func report(_ usage: UInt8, _ modifiers: UInt8, _ slot: Int) -> [UInt8] {
        var report = [UInt8](repeating: 0, count: 8)
        report[0] = modifiers
        report[2 + slot] = usage
        return report
    }

    private struct Key {
        let usage: UInt8
        let modifiers: UInt8
    }

    private static let leftControl: UInt8 = 0x01
    private static let leftShift: UInt8 = 0x02

    /// HID usage page 07 under the US layout; control characters as Ctrl and a key.
    private static func key(for scalar: Unicode.Scalar) -> Key? {
        guard scalar.isASCII else { return nil }
        let value = UInt8(scalar.value)
        switch value {
        case 0x61...0x7a: return Key(usage: value - 0x61 + 0x04, modifiers: 0)
        case 0x41...0x5a: return Key(usage: value - 0x41 + 0x04, modifiers: leftShift)
        case 0x31...0x39: return Key(usage: value - 0x31 + 0x1e, modifiers: 0)
        case 0x30: return Key(usage: 0x27, modifiers: 0)
        case 0x20: return Key(usage: 0x2c, modifiers: 0)
        case 0x01...0x1a: return Key(usage: value - 0x01 + 0x04, modifiers: leftControl)
        case 0x1d: return Key(usage: 0x30, modifiers: leftControl)
        default: break
        }
        if let place = plainMarks.firstIndex(of: value) {
            return Key(usage: markUsages[place], modifiers: 0)
        }
        if let place = shiftedMarks.firstIndex(of: value) {
            return Key(usage: markUsages[place], modifiers: leftShift)
        }
        guard let place = shiftedDigits.firstIndex(of: value) else { return nil }
        return Key(usage: 0x1e + UInt8(place), modifiers: leftShift)
    }

    private static let plainMarks = Array("-=[]\\;'`,./".utf8)
    private static let shiftedMarks = Array("_+{}|:\"~<>?".utf8)
    private static let markUsages: [UInt8] = [
        0x2d, 0x2e, 0x2f, 0x30, 0x31, 0x33, 0x34, 0x35, 0x36, 0x37, 0x38,
    ]
    /// On 1 to 9 and 0.
    private static let shiftedDigits = Array("!@#$%^&*()".utf8)
}

/// Boot keyboard, 8 bytes in, no report ids. Built from the HID 1.11 boot layout.
private let keyboardReportDescriptor: [UInt8] = [
    0x05, 0x01, 0x09, 0x06, 0xa1, 0x01, 0x05, 0x07, 0x19, 0xe0, 0x29, 0xe7, 0x15, 0x00, 0x25, 0x01,
    0x75, 0x01, 0x95, 0x08, 0x81, 0x02, 0x95, 0x01, 0x75, 0x08, 0x81, 0x01, 0x95, 0x06, 0x75, 0x08,
    0x15, 0x00, 0x25, 0x65, 0x05, 0x07, 0x19, 0x00, 0x29, 0x65, 0x81, 0x00, 0xc0,
]
