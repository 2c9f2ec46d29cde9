/// A piece of a page. What is interpolated as a string is escaped; only another piece goes in as
/// it is, so that no text from outside can ever become markup.
struct HTML: ExpressibleByStringInterpolation, Equatable, Sendable {
    let text: String

    init(stringLiteral value: String) { text = value }

    init(stringInterpolation: StringInterpolation) { text = stringInterpolation.text }

    struct StringInterpolation: StringInterpolationProtocol {
        var text = ""

        init(literalCapacity: Int, interpolationCount: Int) {
            text.reserveCapacity(literalCapacity + 16 * interpolationCount)
        }

        mutating func appendLiteral(_ literal: String) { text += literal }
        mutating func appendInterpolation(_ piece: HTML) { text += piece.text }
        mutating func appendInterpolation(_ number: Int) { text += String(number) }
        mutating func appendInterpolation(_ letters: String) { text += HTML.escaped(letters) }

        mutating func appendInterpolation(_ pieces: [HTML]) {
            for piece in pieces { text += piece.text }
        }
    }

    /// For element content and for attribute values in double or single quotes. Control
    /// characters that no page may hold become U+FFFD.
    static func escaped(_ letters: String) -> String {
        var safe = ""
        safe.reserveCapacity(letters.utf8.count)
        for scalar in letters.unicodeScalars {
            switch scalar {
            case "&": safe += "&amp;"
            case "<": safe += "&lt;"
            case ">": safe += "&gt;"
            case "\"": safe += "&quot;"
            case "'": safe += "&#39;"
            case "\t", "\n", "\r": safe.unicodeScalars.append(scalar)
            case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}": safe.unicodeScalars.append("\u{FFFD}")
            default: safe.unicodeScalars.append(scalar)
            }
        }
        return safe
    }

    static let empty: HTML = ""

    /// Markup that our own code put together; nothing from outside ever goes in here.
    init(markup: String) { text = markup }

    /// Changes with the text: FNV-1a of 64 bits, hexadecimal.
    var version: String {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        return String(hash, radix: 16)
    }
}
