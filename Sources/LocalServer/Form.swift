import StationCore

/// The fields of an `application/x-www-form-urlencoded` body or of a query.
struct Form: Equatable, Sendable {
    private let fields: [String: String]

    static let fieldCountMax = 16

    /// Takes the first value of each name. What is no form at all is an empty one.
    init(_ bytes: [UInt8]) {
        var fields: [String: String] = [:]
        for pair in bytes.split(separator: UInt8(ascii: "&")).prefix(Self.fieldCountMax) {
            let parts = pair.split(
                separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = parts.first.flatMap({ Form.decoded($0) }), fields[name] == nil else {
                continue
            }
            fields[name] = parts.count == 2 ? Form.decoded(parts[1]) : ""
        }
        self.fields = fields
    }

    subscript(_ name: String) -> String? { fields[name] }

    /// Nil where a percent sign is not followed by two hexadecimal digits, or the bytes are not
    /// UTF-8.
    private static func decoded(_ bytes: ArraySlice<UInt8>) -> String? {
        var plain: [UInt8] = []
        var rest = bytes.makeIterator()
        while let byte = rest.next() {
            switch byte {
            case UInt8(ascii: "+"):
                plain.append(UInt8(ascii: " "))
            case UInt8(ascii: "%"):
                guard let high = rest.next().flatMap(hexadecimal),
                    let low = rest.next().flatMap(hexadecimal)
                else { return nil }
                plain.append(high << 4 | low)
            default:
                plain.append(byte)
            }
        }
        return String(validating: plain, as: UTF8.self)
    }

    private static func hexadecimal(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        default: nil
        }
    }
}

/// What somebody typed as an amount of money.
enum TypedMoney {
    /// Reads yuan with at most two decimals, after a point or a comma: `45`, `45.6`, `45,60`. Exact:
    /// the digits are moved, never divided.
    ///
    /// - Returns: Whole fen, or nil for anything else.
    static func fen(_ text: String) -> TypedNumber? {
        let parts = trimmed(text).split(
            omittingEmptySubsequences: false, whereSeparator: { $0 == "." || $0 == "," })
        guard (1...2).contains(parts.count), !parts[0].isEmpty else { return nil }
        let decimals = parts.count == 2 ? parts[1] : ""
        guard decimals.utf8.count <= 2 else { return nil }
        return TypedNumber(
            parts[0] + decimals + String(repeating: "0", count: 2 - decimals.utf8.count))
    }

    static func trimmed(_ text: String) -> Substring {
        var rest = text[...]
        while let first = rest.first, first.isWhitespace { rest.removeFirst() }
        while let last = rest.last, last.isWhitespace { rest.removeLast() }
        return rest
    }
}
