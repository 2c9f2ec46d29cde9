import Glibc
import Texts

/// Lines of aligned columns, two spaces between them.
struct Columns {
    private let rows: [[String]]

    /// - Parameter right: Columns that hold numbers.
    init(_ rows: [[String]], right: Set<Int> = []) {
        let count = rows.map(\.count).max() ?? 0
        let widths = (0..<count).map { column in
            rows.map { $0.count > column ? Self.width($0[column]) : 0 }.max() ?? 0
        }
        self.rows = rows.map { row in
            row.enumerated().map { column, cell in
                let space = String(repeating: " ", count: widths[column] - Self.width(cell))
                if right.contains(column) { return space + cell }
                return column == row.count - 1 ? cell : cell + space
            }
        }
    }

    var text: String { rows.map { $0.joined(separator: "  ") }.joined(separator: "\n") }

    /// On a terminal: Chinese characters take two places.
    private static func width(_ text: String) -> Int {
        text.unicodeScalars.reduce(0) { width, scalar in
            switch scalar.value {
            case 0x1100...0x115f, 0x2e80...0xa4cf, 0xac00...0xd7a3, 0xf900...0xfaff,
                0xfe30...0xfe4f, 0xff00...0xff60, 0xffe0...0xffe6, 0x20000...0x3ffff:
                width + 2
            default:
                width + 1
            }
        }
    }
}

/// An instant as a person at this machine reads and types it.
enum WrittenTime {
    /// `2026-11-24 17:05:11 +0800` in this machine's zone.
    static func text(_ milliseconds: Int) -> String {
        var seconds = time_t(milliseconds / 1_000)
        var parts = tm()
        localtime_r(&seconds, &parts)
        var buffer = [CChar](repeating: 0, count: 64)
        let count = strftime(&buffer, buffer.count, "%Y-%m-%d %H:%M:%S %z", &parts)
        return String(decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Reads `2026-11-24 17:05`, `2026-11-24T17:05:11`, both in this machine's zone, or with `Z`
    /// or `+08:00` behind; nil for anything else and for days that do not exist.
    static func milliseconds(_ text: String) -> Int? {
        guard let match = text.wholeMatch(of: pattern),
            let year = Int(match.1), let month = Int(match.2), let day = Int(match.3),
            let hour = Int(match.4), let minute = Int(match.5),
            (1...12).contains(month), (0...23).contains(hour), (0...59).contains(minute)
        else { return nil }
        let second = match.6.flatMap { Int($0) } ?? 0
        var parts = tm()
        parts.tm_year = Int32(year - 1_900)
        parts.tm_mon = Int32(month - 1)
        parts.tm_mday = Int32(day)
        parts.tm_hour = Int32(hour)
        parts.tm_min = Int32(minute)
        parts.tm_sec = Int32(second)
        parts.tm_isdst = -1
        let seconds: Int
        if let zone = match.7 {
            guard let offset = offset(of: zone) else { return nil }
            seconds = timegm(&parts) - offset
        } else {
            seconds = mktime(&parts)
        }
        guard second <= 59, parts.tm_mday == Int32(day) else { return nil }
        return seconds * 1_000
    }

    private static var pattern:
        Regex<
            (
                Substring, Substring, Substring, Substring, Substring, Substring, Substring?,
                Substring?
            )
        >
    {
        /(\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2})(?::(\d{2}))?\s?(Z|[+-]\d{2}:?\d{2})?/
    }

    /// Seconds that `+08:00` is ahead of UTC.
    private static func offset(of zone: Substring) -> Int? {
        if zone == "Z" { return 0 }
        let digits = zone.filter(\.isNumber)
        guard let hours = Int(digits.prefix(2)), let minutes = Int(digits.suffix(2)),
            hours <= 14, minutes <= 59
        else { return nil }
        return (zone.hasPrefix("-") ? -1 : 1) * (hours * 3_600 + minutes * 60)
    }
}
