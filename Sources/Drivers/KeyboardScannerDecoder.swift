import StationCore

/// A scanner that plays a keyboard: boot reports of eight bytes (modifiers, reserved, six key
/// slots) into codes.
///
/// A character is a key that is down now and was not in the report before. Keys that appear
/// together count in the order of their slots, as every system takes them. Whatever makes a code
/// uncertain (a report that was cut, a key without a character) discards that code whole: half a
/// code may be another one.
///
/// Source: HID 1.11 appendix B, HID Usage Tables page 07.
public struct KeyboardScannerDecoder: DeviceDecoder {
    public static let reportLength = 8

    private var heldKeys: [UInt8] = []
    private var capsLock = false
    /// Digits typed under Alt; nil while no Alt is held.
    private var altDigits: [Int]?
    private var text = String.UnicodeScalarView()
    private var characterCount = 0
    /// Of the reports since the code in flight began.
    private var byteCount = 0
    /// Why the code in flight will be discarded.
    private var fault: Discard.Why?

    public init() {}

    /// Takes one report; a multiple of eight bytes is that many reports.
    public mutating func push(_ bytes: [UInt8]) -> [Decoded] {
        guard !bytes.isEmpty, bytes.count.isMultiple(of: Self.reportLength) else {
            fault = fault ?? .length
            return [.discarded(Discard(bytes: bytes.count, why: .length))]
        }
        var decoded: [Decoded] = []
        for start in stride(from: 0, to: bytes.count, by: Self.reportLength) {
            decoded += take(report: bytes[start..<start + Self.reportLength])
        }
        return decoded
    }

    /// Whether a code has begun: time for `flush` when nothing more comes.
    public var isInFlight: Bool { fault != nil || !text.isEmpty || altDigits?.isEmpty == false }

    /// Ends a code by time, for scanners that send no suffix.
    public mutating func flush() -> [Decoded] {
        if altDigits?.isEmpty == false { fault = fault ?? .altCode }
        altDigits = nil
        if text.last == "\n" { text.removeLast() }
        return endCode()
    }

    /// Drops the code in flight: the scanner left, or the input ended.
    public mutating func finish() -> [Decoded] {
        defer { self = KeyboardScannerDecoder() }
        guard byteCount > 0 else { return [] }
        return [.discarded(Discard(bytes: byteCount, why: fault ?? .unfinished))]
    }

    private mutating func take(report: ArraySlice<UInt8>) -> [Decoded] {
        let modifiers = KeyboardLayout.Modifiers(rawValue: report[report.startIndex])
        var keys: [UInt8] = []
        for key in report.dropFirst(2) where key != 0 && !keys.contains(key) { keys.append(key) }
        byteCount += Self.reportLength
        var decoded: [Decoded] = []
        if keys.contains(Self.errorRollOver) {
            // More keys are down than fit: the state before stays.
        } else if keys.contains(where: { $0 == Self.postFail || $0 == Self.undefinedError }) {
            fault = fault ?? .keyboardError
        } else {
            let pressed = keys.filter { !heldKeys.contains($0) }
            heldKeys = keys
            if modifiers.has(.alt) {
                altDigits = altDigits ?? []
            } else {
                decoded += endAltCode()
            }
            for key in pressed { decoded += press(key, modifiers) }
        }
        if !isInFlight { byteCount = 0 }
        return decoded
    }

    private static let errorRollOver: UInt8 = 0x01
    private static let postFail: UInt8 = 0x02
    private static let undefinedError: UInt8 = 0x03

    private mutating func press(
        _ usage: UInt8, _ modifiers: KeyboardLayout.Modifiers
    ) -> [Decoded] {
        if altDigits != nil {
            if let digit = KeyboardLayout.keypadDigit(usage), altDigits?.count != 5 {
                altDigits?.append(digit)
            } else {
                fault = fault ?? .altCode
            }
            return []
        }
        switch KeyboardLayout.key(usage, modifiers, capsLock: capsLock) {
        case .character(let byte):
            return accept(Unicode.Scalar(byte))
        case .suffix:
            return endCode()
        case .capsLock:
            capsLock.toggle()
            return []
        case .silent:
            return []
        case .unknown:
            fault = fault ?? .unknownKey
            return []
        }
    }

    private mutating func endAltCode() -> [Decoded] {
        guard let digits = altDigits else { return [] }
        altDigits = nil
        guard !digits.isEmpty else { return [] }
        guard let scalar = KeyboardLayout.character(altDigits: digits) else {
            fault = fault ?? .altCode
            return []
        }
        return accept(scalar)
    }

    /// CR and Tab end a code also where they are sent with Ctrl. LF in front of a code is the second
    /// half of the CR LF behind the code before.
    private mutating func accept(_ scalar: Unicode.Scalar) -> [Decoded] {
        switch scalar {
        case "\r", "\t":
            return endCode()
        case "\n" where !isInFlight:
            return []
        default:
            if characterCount == Scan.textLengthMax {
                fault = fault ?? .tooLong
            } else {
                text.append(scalar)
                characterCount += 1
            }
            return []
        }
    }

    private mutating func endCode() -> [Decoded] {
        defer {
            text = String.UnicodeScalarView()
            characterCount = 0
            byteCount = 0
            fault = nil
        }
        if let fault {
            return byteCount == 0 ? [] : [.discarded(Discard(bytes: byteCount, why: fault))]
        }
        return text.isEmpty ? [] : [.scan(Scan(text: String(text)))]
    }
}
