/// Keys of the USB HID keyboard page in the US layout, the one that a scanner is programmed to:
/// read this way there is no layout of the host that could differ.
enum KeyboardLayout {
    /// What a key means while no Alt is held.
    enum Key: Equatable {
        case character(UInt8)
        /// Enter, keypad Enter or Tab.
        case suffix
        case capsLock
        /// Num Lock, Scroll Lock and modifiers in a slot: they stand for nothing.
        case silent
        case unknown
    }

    struct Modifiers: OptionSet {
        let rawValue: UInt8

        static let control = Modifiers(rawValue: 0x11)
        static let shift = Modifiers(rawValue: 0x22)
        static let alt = Modifiers(rawValue: 0x44)
        static let gui = Modifiers(rawValue: 0x88)

        func has(_ either: Modifiers) -> Bool { !isDisjoint(with: either) }
    }

    static func key(_ usage: UInt8, _ modifiers: Modifiers, capsLock: Bool) -> Key {
        switch usage {
        case 0x28, 0x58, 0x2b: return .suffix
        case 0x39: return .capsLock
        case 0x53, 0x47, 0xe0...0xe7: return .silent
        default: break
        }
        if modifiers.has(.gui) { return .unknown }
        if modifiers.has(.control) { return control(usage).map { .character($0) } ?? .unknown }
        let isLetter = (0x04...0x1d).contains(usage)
        let isShifted = modifiers.has(.shift) != (isLetter && capsLock)
        return printable(usage, isShifted: isShifted).map { .character($0) } ?? .unknown
    }

    /// The digit of a keypad key, with which characters are entered by number while Alt is held.
    static func keypadDigit(_ usage: UInt8) -> Int? {
        switch usage {
        case 0x59...0x61: Int(usage) - 0x58
        case 0x62: 0
        default: nil
        }
    }

    private static let plainFrom1E = Array("1234567890".utf8)
    private static let shiftedFrom1E = Array("!@#$%^&*()".utf8)
    private static let plainFrom2C = Array(" -=[]\\#;'`,./".utf8)
    private static let shiftedFrom2C = Array(" _+{}|~:\"~<>?".utf8)
    private static let keypadFrom54 = Array("/*-+".utf8)
    private static let keypadFrom59 = Array("1234567890.".utf8)

    private static func printable(_ usage: UInt8, isShifted: Bool) -> UInt8? {
        switch usage {
        case 0x04...0x1d: (isShifted ? 0x41 : 0x61) + usage - 0x04
        case 0x1e...0x27: (isShifted ? shiftedFrom1E : plainFrom1E)[Int(usage - 0x1e)]
        case 0x29: 0x1b
        case 0x2a: 0x08
        case 0x2c...0x38: (isShifted ? shiftedFrom2C : plainFrom2C)[Int(usage - 0x2c)]
        case 0x54...0x57: keypadFrom54[Int(usage - 0x54)]
        case 0x59...0x63: keypadFrom59[Int(usage - 0x59)]
        default: nil
        }
    }

    /// ASCII 01 to 1a are Ctrl and a letter, the others Ctrl and the key of their printable half:
    /// GS (1d), which ends a field of a GS1 code, is Ctrl and `]`.
    private static func control(_ usage: UInt8) -> UInt8? {
        switch usage {
        case 0x04...0x1d: usage - 0x03
        case 0x1f: 0x00
        case 0x2f: 0x1b
        case 0x31, 0x32: 0x1c
        case 0x30: 0x1d
        case 0x23: 0x1e
        case 0x2d: 0x1f
        default: nil
        }
    }

    /// The character that `digits`, typed on the keypad under Alt, stand for: by the Windows
    /// convention a leading 0 means the Windows code page (1252), none the OEM one (437). Nil above
    /// 255: Chinese scanners send GBK or Unicode there, and nothing tells which.
    static func character(altDigits digits: [Int]) -> Unicode.Scalar? {
        guard (1...5).contains(digits.count) else { return nil }
        let number = digits.reduce(0) { $0 * 10 + $1 }
        guard number > 0, let byte = UInt8(exactly: number) else { return nil }
        if byte < 0x80 { return Unicode.Scalar(byte) }
        if digits[0] != 0 { return codePage437[Int(byte) - 0x80] }
        if byte >= 0xa0 { return Unicode.Scalar(byte) }
        let scalar = codePage1252[Int(byte) - 0x80]
        return scalar == unassigned ? nil : scalar
    }

    private static let unassigned: Unicode.Scalar = "\u{fffd}"

    private static let codePage1252 = Array(
        ("€\u{fffd}‚ƒ„…†‡ˆ‰Š‹Œ\u{fffd}Ž\u{fffd}"
            + "\u{fffd}‘’“”•–—˜™š›œ\u{fffd}žŸ").unicodeScalars)

    private static let codePage437 = Array(
        ("ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»"
            + "░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀"
            + "αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u{a0}").unicodeScalars)
}
