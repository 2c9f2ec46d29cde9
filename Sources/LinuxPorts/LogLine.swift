import Logging

/// One line of the log, before it is known where it goes: a constant message and named fields.
struct LogLine: Equatable, Sendable {
    struct Field: Equatable, Sendable {
        let name: String
        let value: String
    }

    let level: Logger.Level
    let message: String
    /// By name.
    let fields: [Field]

    init(level: Logger.Level, message: String, metadata: Logger.Metadata) {
        self.level = level
        self.message = message
        fields = metadata.sorted { $0.key < $1.key }
            .map { Field(name: $0.key, value: "\($0.value)") }
    }

    /// `device lost device=scale path=1-2.3`: what a person reads, in `journalctl` as on a
    /// terminal.
    var text: String {
        fields.reduce(escaped(message)) { $0 + " \(escaped($1.name))=\(quoted($1.value))" }
    }

    /// The line on a terminal, its end included.
    ///
    /// - Parameter time: Milliseconds of UTC since 1970.
    func terminalLine(at time: Int) -> String {
        let name = "\(level)"
        let padding = String(repeating: " ", count: max(levelWidth - name.count, 0))
        return "\(utcText(time)) \(name)\(padding) \(text)\n"
    }

    /// What journald takes, `NAME=value` each.
    func journalFields(identifier: String) -> [String] {
        ["MESSAGE=\(text)", "PRIORITY=\(level.priority)", "SYSLOG_IDENTIFIER=\(identifier)"]
            + fields.map { "\(journalName($0.name))=\($0.value)" }
    }
}

extension Logger.Level {
    /// The numbers of syslog(3).
    fileprivate var priority: Int {
        switch self {
        case .trace, .debug: 7
        case .info: 6
        case .notice: 5
        case .warning: 4
        case .error: 3
        case .critical: 2
        }
    }
}

/// `critical`, the longest name of a level.
private let levelWidth = 8
/// Characters, as systemd.journal-fields(7) has it.
private let journalNameLengthMax = 64

/// journald takes capital letters, digits and underscores, and drops a field that has others.
private func journalName(_ name: String) -> String {
    let letters = name.uppercased().map { letter in
        letter.isASCII && (letter.isLetter || letter.isNumber) ? letter : "_"
    }
    return String(("STATION_" + letters).prefix(journalNameLengthMax))
}

/// A value that would read as several words, or as none, stands in quotation marks.
private func quoted(_ value: String) -> String {
    let isPlain = value.unicodeScalars.allSatisfy { !" \"=\\".unicodeScalars.contains($0) }
    let safe = escaped(value)
    if isPlain, safe == value, !value.isEmpty { return value }
    return "\"" + safe.reduce(into: "") { $0 += $1 == "\"" ? "\\\"" : String($1) } + "\""
}

/// What comes from outside must not end the line, or paint on the terminal.
private func escaped(_ text: String) -> String {
    text.unicodeScalars.reduce(into: "") { line, scalar in
        switch scalar {
        case "\n": line += "\\n"
        case "\r": line += "\\r"
        case "\t": line += "\\t"
        case "\\": line += "\\\\"
        case _ where isInvisible(scalar): line += "\\u{\(String(scalar.value, radix: 16))}"
        default: line.unicodeScalars.append(scalar)
        }
    }
}

private func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator: true
    default: false
    }
}

/// `2026-03-09T08:05:07.042Z`; the years before 1970 do not occur.
private func utcText(_ time: Int) -> String {
    let milliseconds = max(time, 0)
    let (year, month, day) = civilDate(daysSince1970: milliseconds / 86_400_000)
    let ofDay = milliseconds % 86_400_000
    let parts = [ofDay / 3_600_000, ofDay / 60_000 % 60, ofDay / 1_000 % 60]
    let clock = parts.map { padded($0, 2) }.joined(separator: ":")
    return "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))T\(clock)"
        + ".\(padded(ofDay % 1_000, 3))Z"
}

private func padded(_ number: Int, _ width: Int) -> String {
    let digits = "\(number)"
    return String(repeating: "0", count: max(width - digits.count, 0)) + digits
}

/// The Gregorian date, counted in years that begin in March, so that the leap day is the last.
private func civilDate(daysSince1970 days: Int) -> (year: Int, month: Int, day: Int) {
    let sinceMarchOf0 = days + 719_468
    let era = sinceMarchOf0 / 146_097
    let ofEra = sinceMarchOf0 % 146_097
    let yearOfEra = (ofEra - ofEra / 1_460 + ofEra / 36_524 - ofEra / 146_096) / 365
    let ofYear = ofEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let marchMonth = (5 * ofYear + 2) / 153
    let day = ofYear - (153 * marchMonth + 2) / 5 + 1
    let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
}
