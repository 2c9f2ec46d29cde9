/// Lower-case hexadecimal digits, two a byte.
public enum Hex {
    public static func encode(_ bytes: some Sequence<UInt8>) -> String {
        var text: [UInt8] = []
        for byte in bytes {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// Nil for an odd number of digits or anything that is no digit; takes upper case too.
    public static func decode(_ text: String) -> [UInt8]? {
        let values = text.utf8.map { value(of: $0) }
        guard values.count.isMultiple(of: 2) else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(values.count / 2)
        for index in stride(from: 0, to: values.count, by: 2) {
            guard let high = values[index], let low = values[index + 1] else { return nil }
            bytes.append(high << 4 | low)
        }
        return bytes
    }

    private static let digits = Array("0123456789abcdef".utf8)

    private static func value(of digit: UInt8) -> UInt8? {
        switch digit {
        case 0x30...0x39: digit - 0x30
        case 0x41...0x46: digit - 0x41 + 10
        case 0x61...0x66: digit - 0x61 + 10
        default: nil
        }
    }
}

/// Base64 of RFC 4648 section 4, padded.
public enum Base64 {
    private static let alphabet = Alphabet(last: "+/")

    public static func encode(_ bytes: [UInt8]) -> String {
        alphabet.encode(bytes, isPadded: true)
    }

    /// Nil for anything but the one spelling of its bytes.
    public static func decode(_ text: String) -> [UInt8]? {
        guard let bytes = alphabet.decode(text.utf8.prefix { $0 != padding }),
            encode(bytes) == text
        else { return nil }
        return bytes
    }
}

/// Base64 of RFC 4648 section 5 (`-` and `_`), without padding.
public enum Base64URL {
    private static let alphabet = Alphabet(last: "-_")

    public static func encode(_ bytes: [UInt8]) -> String {
        alphabet.encode(bytes, isPadded: false)
    }

    /// Nil for anything but the one spelling of its bytes.
    public static func decode(_ text: String) -> [UInt8]? {
        guard let bytes = alphabet.decode(text.utf8), encode(bytes) == text else { return nil }
        return bytes
    }
}

private let padding = UInt8(ascii: "=")

private struct Alphabet {
    private let symbols: [UInt8]
    private let values: [UInt8: UInt32]

    init(last: String) {
        symbols = Array(
            ("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789" + last).utf8)
        values = Dictionary(
            uniqueKeysWithValues: zip(symbols, (0..<64).map { UInt32($0) }))
    }

    func encode(_ bytes: [UInt8], isPadded: Bool) -> String {
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count + 2) / 3 * 4)
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            var bits: UInt32 = 0
            for index in 0..<3 {
                bits = bits << 8 | (index < group.count ? UInt32(group[start + index]) : 0)
            }
            for index in 0..<4 {
                if index <= group.count {
                    text.append(symbols[Int(bits >> (18 - 6 * UInt32(index)) & 63)])
                } else if isPadded {
                    text.append(padding)
                }
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// Leftover bits are dropped: the caller compares with the one right spelling.
    func decode(_ text: some Sequence<UInt8>) -> [UInt8]? {
        var bytes: [UInt8] = []
        var bits: UInt32 = 0
        var count = 0
        for symbol in text {
            guard let value = values[symbol] else { return nil }
            bits = bits << 6 | value
            count += 6
            if count >= 8 {
                count -= 8
                bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
            }
        }
        return bytes
    }
}
