/// What a printer says that it is: the IEEE 1284 id, text of `KEY:value;` in any order.
///
/// Cheap printers leave it empty or carry another maker's: it says nothing that a row of the catalog
/// knows better, but a printer found by its class alone is judged by it.
///
/// Source: USB printer class 1.1; lengths and rubbish as CUPS meets them.
public struct PrinterDeviceID: Hashable, Sendable {
    /// MFG or MANUFACTURER; nil where it is missing or empty, as all of these.
    public let maker: String?
    /// MDL or MODEL.
    public let model: String?
    /// CMD or COMMAND SET: languages that it understands, as written; often empty.
    public let commandSets: [String]

    /// Bytes to ask for; no id is longer.
    public static let lengthMax = 1_024
    /// Of the shortest id, with the two bytes of its length: `MFG:x;MDL:y;`.
    private static let lengthMin = 14

    /// - Parameter answer: to GET_DEVICE_ID: the length, big-endian and itself included, then text.
    ///   Some printers send it little-endian.
    /// - Returns: Nil where it is none.
    public init?(answer: [UInt8]) {
        guard answer.count >= 2 else { return nil }
        let (first, second) = (Int(answer[0]), Int(answer[1]))
        let possible = Self.lengthMin...Self.lengthMax
        let lengths = [first << 8 | second, second << 8 | first]
        guard let length = lengths.first(where: possible.contains) else { return nil }
        var values: [String: String] = [:]
        for part in Self.text(answer.prefix(length).dropFirst(2)).split(separator: ";") {
            let pair = part.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            let value = pair.count == 2 ? Self.trimmed(pair[1]) : ""
            let key = Self.trimmed(pair[0]).uppercased()
            if !value.isEmpty, values[key] == nil { values[key] = value }
        }
        maker = values["MFG"] ?? values["MANUFACTURER"]
        model = values["MDL"] ?? values["MODEL"]
        commandSets = (values["CMD"] ?? values["COMMAND SET"] ?? "").split(separator: ",")
            .map(Self.trimmed).filter { !$0.isEmpty }
    }

    /// Whether it takes ESC/POS; nil where the id does not tell: it names no language, or only
    /// names that nobody knows, as clones do.
    public var speaksEscpos: Bool? {
        let names = commandSets.map { set in
            String(decoding: set.uppercased().utf8.filter(Self.isLetterOrDigit), as: UTF8.self)
        }
        if names.contains(where: { $0.hasPrefix("ESCPOS") || $0 == "EPOS" }) { return true }
        return names.contains(where: Self.isOtherLanguage) ? false : nil
    }

    /// Languages of office, photo and label printers, and Star's; a version may follow.
    private static let otherLanguages = [
        "PCL", "PJL", "POSTSCRIPT", "PS", "PDF", "PWG", "URF", "ESCPL", "ESCPR", "ESCPAGE", "BJL",
        "BJRASTER",
        "HPGL", "HBP", "SPL", "GDI", "ZJS", "ZPL", "EPL", "CPCL", "TSPL", "DPL", "SBPL", "STAR",
    ]

    private static func isOtherLanguage(_ name: String) -> Bool {
        otherLanguages.contains { language in
            name == language || name.hasPrefix(language) && language.utf8.count > 2
        }
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte)
    }

    /// Up to the first control character; white space becomes blanks, and what is not ASCII a
    /// question mark.
    private static func text(_ bytes: some Sequence<UInt8>) -> String {
        var text: [UInt8] = []
        for byte in bytes {
            switch byte {
            case 0x09...0x0d: text.append(0x20)
            case 0x00...0x1f, 0x7f: return String(decoding: text, as: UTF8.self)
            case 0x80...0xff: text.append(UInt8(ascii: "?"))
            default: text.append(byte)
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    private static func trimmed(_ text: Substring) -> String {
        var rest = text.drop { $0 == " " }
        while rest.last == " " { rest.removeLast() }
        return String(rest)
    }
}

extension PrinterDeviceID: CustomStringConvertible {
    /// For the log.
    public var description: String {
        let name = [maker, model].compactMap { $0 }.joined(separator: " ")
        return "\(name) [\(commandSets.joined(separator: ","))]"
    }
}
