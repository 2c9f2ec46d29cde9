public import StationCore

/// The one spelling of a value as bytes, by RFC 8785: what is hashed, stored and signed.
///
/// Objects stand in the order of their names' UTF-16 code units, without white space; strings with
/// the fewest escapes; numbers are integers within 2^53 - 1. docs/journal-format.md has the rules
/// in words and vectors.
public enum CanonicalForm {
    public static func bytes(of value: CanonicalValue) -> [UInt8] {
        var writer = Writer()
        writer.append(value)
        return writer.bytes
    }

    public static func bytes(of entry: Entry) -> [UInt8] {
        var writer = Writer()
        writer.append(entry)
        return writer.bytes
    }

    /// Whether `left` stands before `right` among the names of an object.
    ///
    /// UTF-8 keeps the order of code points. UTF-16 differs in one thing alone: what lies above
    /// U+FFFF (lead bytes from F0) stands before U+E000 to U+FFFF (lead bytes EE and EF).
    static func isNamed(_ left: String, before right: String) -> Bool {
        var others = right.utf8.makeIterator()
        for byte in left.utf8 {
            guard let other = others.next() else { return false }
            guard byte != other else { continue }
            if byte >= 0xee && other >= 0xee && (byte >= 0xf0) != (other >= 0xf0) {
                return byte >= 0xf0
            }
            return byte < other
        }
        return others.next() != nil
    }
}

private struct Writer {
    var bytes: [UInt8] = []

    init() { bytes.reserveCapacity(512) }

    mutating func append(_ value: CanonicalValue) {
        switch value {
        case .integer(let number): append(raw: String(number))
        case .string(let text): append(string: text)
        case .boolean(let flag): append(raw: flag ? "true" : "false")
        case .array(let elements):
            bytes.append(UInt8(ascii: "["))
            for (index, element) in elements.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                append(element)
            }
            bytes.append(UInt8(ascii: "]"))
        case .object(let members):
            bytes.append(UInt8(ascii: "{"))
            let names = members.sorted { CanonicalForm.isNamed($0.key, before: $1.key) }
            for (index, member) in names.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                append(string: member.key)
                bytes.append(UInt8(ascii: ":"))
                append(member.value)
            }
            bytes.append(UInt8(ascii: "}"))
        }
    }

    /// The twelve members in the order of their names, without a dictionary in between.
    mutating func append(_ entry: Entry) {
        append(raw: "{\"body\":")
        append(entry.body)
        append(raw: ",\"boot\":")
        append(string: entry.boot)
        append(raw: ",\"epoch\":\(entry.epoch),\"kind\":")
        append(string: entry.kind.rawValue)
        append(raw: ",\"monotonic\":\(entry.moment.monotonic)")
        append(raw: ",\"operator\":\(entry.actor.number),\"postings\":[")
        for (index, line) in entry.postings.lines.enumerated() {
            append(raw: index > 0 ? ",[" : "[")
            append(string: line.account.path)
            append(raw: ",\(line.amount),")
            append(string: line.unit.name)
            append(raw: "]")
        }
        append(raw: "],\"quality\":\"\(entry.moment.quality.rawValue)\"")
        append(raw: ",\"sequence\":\(entry.sequence),\"station\":\"\(entry.station.text)\"")
        append(raw: ",\"time\":\(entry.moment.time),\"version\":\(entry.version)}")
    }

    private mutating func append(raw text: String) { bytes.append(contentsOf: text.utf8) }

    private mutating func append(string text: String) {
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""): append(raw: "\\\"")
            case UInt8(ascii: "\\"): append(raw: "\\\\")
            case 0x08: append(raw: "\\b")
            case 0x09: append(raw: "\\t")
            case 0x0a: append(raw: "\\n")
            case 0x0c: append(raw: "\\f")
            case 0x0d: append(raw: "\\r")
            case 0x00..<0x20:
                append(raw: byte < 0x10 ? "\\u000" : "\\u00")
                append(raw: String(byte, radix: 16))
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }
}
