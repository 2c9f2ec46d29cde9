/// Exactly `length` decimal digits, leading zeros included: a card's number is no quantity.
///
/// The description tells only how many there are, since card and badge digits stand in no log.
public struct Digits<let length: Int>: Hashable, Sendable, CustomStringConvertible {
    public let text: String

    /// Nil where `text` is not exactly `length` ASCII digits.
    public init?(_ text: some StringProtocol) {
        guard text.utf8.count == length, text.utf8.allSatisfy(isDigit) else { return nil }
        self.text = String(text)
    }

    /// Filled up with zeros in front; nil where `number` is negative or has more digits.
    public init?(_ number: Int) {
        let digits = String(number)
        guard number >= 0, digits.utf8.count <= length else { return nil }
        text = String(repeating: "0", count: length - digits.utf8.count) + digits
    }

    /// The digits as a number. All lengths in use fit: the longest is nine.
    public var number: Int { Int(text) ?? Int.max }

    public var description: String { "\(length) digits" }
}

/// Whether `byte` is one of the ASCII digits.
func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

extension Digits<8> {
    /// The mark of an entry, which binds a slip's code to the entry's content: the first eight
    /// bytes of its hash, big-endian, modulo 10^8. Nil where `hash` is shorter than that.
    public static func mark(ofHash hash: some Collection<UInt8>) -> Digits<8>? {
        guard hash.count >= 8 else { return nil }
        let number = hash.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        return Digits<8>(Int(number % 100_000_000))
    }

    /// The half of a mark that fits a one-dimensional code.
    public var firstHalf: Digits<4>? { Digits<4>(text.prefix(4)) }
}
