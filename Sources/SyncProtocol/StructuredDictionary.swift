import Cryptography
import StationCore

/// A dictionary of RFC 8941 as far as the head of a request needs it: whole numbers that are not
/// negative, strings, bytes, and lists of words, all without parameters. A name may stand once.
struct StructuredDictionary {
    enum Item: Hashable {
        case integer(Int)
        case text(String)
        case bytes([UInt8])
        case words([String])
    }

    private var items: [String: Item] = [:]

    var names: [String] { items.keys.sorted() }

    subscript(name: String) -> Item? { items[name] }

    /// Nil for anything else.
    init?(_ text: String) {
        guard text.utf8.allSatisfy({ (0x20..<0x7f).contains($0) }) else { return nil }
        var rest = Substring(text)
        repeat {
            rest = rest.drop { $0 == " " }
            let name = rest.prefix { $0.isASCII && $0.isLowercase }
            rest = rest.dropFirst(name.count)
            guard !name.isEmpty, rest.popFirst() == "=", let item = Item(&rest),
                items.updateValue(item, forKey: String(name)) == nil
            else { return nil }
            rest = rest.drop { $0 == " " }
            if rest.isEmpty { return }
        } while rest.popFirst() == ","
        return nil
    }
}

extension StructuredDictionary.Item {
    /// Takes one item from the front of the text.
    fileprivate init?(_ rest: inout Substring) {
        switch rest.first {
        case "\"":
            guard let text = Self.enclosed(&rest, by: "\""), !text.contains("\\") else {
                return nil
            }
            self = .text(text)
        case ":":
            guard let text = Self.enclosed(&rest, by: ":"), let bytes = Base64.decode(text) else {
                return nil
            }
            self = .bytes(bytes)
        case "(":
            rest.removeFirst()
            guard let end = rest.firstIndex(of: ")") else { return nil }
            let words = rest[..<end].split(separator: " ")
            guard words.allSatisfy({ $0.allSatisfy { $0.isASCII && $0.isLowercase } }) else {
                return nil
            }
            rest = rest[rest.index(after: end)...]
            self = .words(words.map(String.init))
        default:
            let digits = rest.prefix { ("0"..."9").contains($0) }
            guard digits.utf8.count <= 16, let number = Int(digits),
                number <= CanonicalValue.integerMax, String(number) == digits
            else { return nil }
            rest = rest.dropFirst(digits.count)
            self = .integer(number)
        }
    }

    private static func enclosed(_ rest: inout Substring, by mark: Character) -> String? {
        rest.removeFirst()
        guard let end = rest.firstIndex(of: mark) else { return nil }
        defer { rest = rest[rest.index(after: end)...] }
        return String(rest[..<end])
    }
}
