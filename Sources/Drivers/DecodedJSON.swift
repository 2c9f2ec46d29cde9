import StationCore

/// A value as JSON, so that fields keep the order that is documented.
private enum JSONValue {
    case null
    case bool(Bool)
    case number(Int)
    case string(String)
    case strings([String])

    init(_ text: String?) {
        self = text.map { .string($0) } ?? .null
    }

    var text: String {
        switch self {
        case .null: "null"
        case .bool(let value): value ? "true" : "false"
        case .number(let value): String(value)
        case .string(let value): JSONValue.quoted(value)
        case .strings(let values):
            "[" + values.map(JSONValue.quoted).joined(separator: ",") + "]"
        }
    }

    private static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\n": quoted += "\\n"
            case "\r": quoted += "\\r"
            case "\t": quoted += "\\t"
            case "\u{0}"..."\u{1f}", "\u{7f}"..."\u{9f}":
                let digits = String(scalar.value, radix: 16)
                quoted += "\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}

private typealias Fields = [(name: String, value: JSONValue)]

extension Decoded {
    /// One line: an object whose first field is `event`.
    var json: String {
        let fields: Fields =
            switch self {
            case .scan(let scan):
                [
                    ("event", .string("scan")), ("text", .string(scan.text)),
                    ("aim", JSONValue(scan.aim)), ("symbology", JSONValue(scan.symbology)),
                ]
            case .weight(let reading):
                [
                    ("event", .string("weight")), ("status", .string(reading.status.rawValue)),
                    ("grams", reading.grams.map { .number($0.count) } ?? .null),
                    ("magnitude", .string(reading.magnitude.description)),
                    ("unit", JSONValue(reading.unit?.rawValue)),
                ]
            case .printerStatus(let status):
                [
                    ("event", .string("printerStatus")),
                    ("online", status.online.map { .bool($0) } ?? .null),
                    ("paper", JSONValue(status.paper?.rawValue)),
                    ("cover", JSONValue(status.cover?.rawValue)),
                    ("error", JSONValue(status.error?.rawValue)),
                ]
            case .barcode(let barcode):
                [("event", .string("barcode")), ("kind", .string(barcode.kind.rawValue))]
                    + barcode.fields
            case .discarded(let discard):
                [
                    ("event", .string("discarded")), ("bytes", .number(discard.bytes)),
                    ("why", .string(discard.why.rawValue)),
                ]
            }
        let members = fields.map { "\(JSONValue.string($0.name).text):\($0.value.text)" }
        return "{" + members.joined(separator: ",") + "}"
    }
}

extension Barcode {
    fileprivate var fields: Fields {
        switch self {
        case .gtin(let gtin): [("gtin", .string(gtin.text))]
        case .inStore(let code):
            [("item", .string(code.item.text)), ("grams", .string(code.gramDigits.text))]
        case .villagerCard(let digits), .badge(let digits): [("digits", .string(digits.text))]
        case .command(let number, let secret):
            [("command", .string(number.text)), ("stationSecret", .string(secret.text))]
        case .slip(let code):
            [
                ("station", .string(code.station.text)), ("epoch", .string(code.epoch.text)),
                ("sequence", .string(code.sequence.text)), ("mark", .string(code.mark.text)),
            ]
        case .rackPlace(let digits): [("digits", .string(digits.text))]
        case .parcelLabel(let digits): [("digits", .string(digits.text))]
        case .runLine(let run, let line):
            [("run", .string(run.text)), ("line", .string(line.text))]
        case .numberKey(let digit, let secret):
            [("digit", .string(digit.text)), ("stationSecret", .string(secret.text))]
        case .enrolment(let enrolment):
            [
                ("version", .string(Enrolment.version)), ("address", .string(enrolment.address)),
                ("station", .string(enrolment.station.text)),
                ("epoch", .string(enrolment.epochDigits)), ("token", .string(enrolment.token)),
                ("pins", .strings(enrolment.pins)),
            ]
        case .pairing(let digits): [("digits", .string(digits.text))]
        case .slipShort(let code):
            [
                ("sequence", .string(code.sequence.text)),
                ("halfMark", .string(code.halfMark.text)),
            ]
        case .unknown(_, let why): [("why", JSONValue(why?.rawValue))]
        }
    }
}
