import Testing

/// What a keyboard scanner sends, written by hand from the usage tables: the tests' own way from
/// text to reports, which shares nothing with the decoder.
enum Keystrokes {
    static let released = [UInt8](repeating: 0, count: 8)
    static let enter = stroke(0x28)
    static let controlJ = stroke(0x0d, modifiers: 0x01)

    static func report(_ keys: UInt8..., modifiers: UInt8 = 0) -> [UInt8] {
        [modifiers, 0] + keys + [UInt8](repeating: 0, count: 6 - keys.count)
    }

    static func stroke(_ key: UInt8, modifiers: UInt8 = 0) -> [[UInt8]] {
        [report(key, modifiers: modifiers), released]
    }

    /// Capital letters, small letters and digits.
    static func typing(_ text: String) throws -> [[UInt8]] {
        try text.utf8.flatMap { byte in
            switch byte {
            case UInt8(ascii: "1")...UInt8(ascii: "9"): stroke(byte - 0x31 + 0x1e)
            case UInt8(ascii: "0"): stroke(0x27)
            case UInt8(ascii: "a")...UInt8(ascii: "z"): stroke(byte - 0x61 + 0x04)
            case UInt8(ascii: "A")...UInt8(ascii: "Z"):
                stroke(byte - 0x41 + 0x04, modifiers: 0x02)
            default: try #require(nil as [[UInt8]]?, "no key for \(byte)")
            }
        }
    }
}
