/// A GS1 article number of 8, 12, 13 or 14 digits whose check digit is right.
public struct GTIN: Hashable, Sendable {
    public let text: String

    /// Nil where `text` has another length, is not digits, or its check digit is wrong.
    public init?(_ text: some StringProtocol) {
        let digits = Array(text.utf8)
        guard GTIN.lengths.contains(digits.count), digits.allSatisfy(isDigit),
            gs1CheckDigit(digits.dropLast()) == digits.last
        else { return nil }
        self.text = String(text)
    }

    static let lengths: Set<Int> = [8, 12, 13, 14]

    /// The same number in every length that it has, its own first: an article is scanned with 12
    /// or 13 digits as the scanner is set (UPC-A is EAN-13 with a leading 0), and listed with
    /// either.
    public var spellings: [String] {
        let digits = text.drop { $0 == "0" }
        let others = [14, 13, 12, 8].filter { $0 >= digits.count && $0 != text.utf8.count }
        return [text] + others.map { String(repeating: "0", count: $0 - digits.count) + digits }
    }
}

/// A number of restricted circulation (prefix 20 to 29) in the layout of Chinese label scales for
/// weight: prefix, five digits of item, five of grams, check digit. `2500123007569` is item 00123,
/// 0.756 kg.
public struct InStoreCode: Hashable, Sendable {
    /// 20 to 29: what the store tells apart by it is its own affair.
    public let prefix: Digits<2>
    public let item: Digits<5>
    public let gramDigits: Digits<5>

    public var grams: Grams { Grams(gramDigits.number) }

    /// Nil where `gtin` is not thirteen digits that begin with 20 to 29.
    public init?(_ gtin: GTIN) {
        let text = gtin.text
        guard text.utf8.count == 13, text.hasPrefix("2"), let prefix = Digits<2>(text.prefix(2)),
            let item = Digits<5>(text.dropFirst(2).prefix(5)),
            let gramDigits = Digits<5>(text.dropFirst(7).prefix(5))
        else { return nil }
        self.prefix = prefix
        self.item = item
        self.gramDigits = gramDigits
    }

    public var text: String {
        let digits = prefix.text + item.text + gramDigits.text
        return digits + String(UnicodeScalar(gs1CheckDigit(digits.utf8)))
    }
}
