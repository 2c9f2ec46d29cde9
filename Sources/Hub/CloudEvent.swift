public import StationCore
import SyncProtocol

/// An entry for other systems, as a CloudEvent 1.0 in JSON.
public enum CloudEvent {
    /// One line of NDJSON, without its line feed. `source` and `id` name the entry for ever;
    /// `data` is the entry in canonical form.
    public static func line(of entry: Entry) -> [UInt8] {
        var members: [String: CanonicalValue] = [
            "datacontenttype": .string("application/json"),
            "id": .string(String(entry.sequence)),
            "source": .string("/stations/\(entry.station)/\(entry.epoch)"),
            "specversion": .string("1.0"),
            "type": .string(entry.kind.rawValue),
        ]
        if let value = try? CanonicalForm.value(parsing: CanonicalForm.bytes(of: entry)) {
            members["data"] = value
        }
        members["time"] = instant(entry.moment.time).map { .string($0) }
        return CanonicalForm.bytes(of: .object(members))
    }

    /// RFC 3339 in UTC; nil for what it cannot write: before 1970 and after 9999.
    static func instant(_ milliseconds: Int) -> String? {
        guard (0..<253_402_300_800_000).contains(milliseconds) else { return nil }
        let (days, rest) = milliseconds.quotientAndRemainder(dividingBy: 86_400_000)
        // Days since 1 March 0000; a year begins in March, so that the odd day is its last.
        let shifted = days + 719_468
        let (era, dayOfEra) = shifted.quotientAndRemainder(dividingBy: 146_097)
        let yearOfEra =
            (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        let year = era * 400 + yearOfEra + (month <= 2 ? 1 : 0)
        let day = dayOfYear - (153 * marchMonth + 2) / 5 + 1
        let date = "\(digits(year, 4))-\(digits(month, 2))-\(digits(day, 2))"
        let time = [rest / 3_600_000, rest / 60_000 % 60, rest / 1_000 % 60]
            .map { digits($0, 2) }.joined(separator: ":")
        return "\(date)T\(time).\(digits(rest % 1_000, 3))Z"
    }

    private static func digits(_ number: Int, _ count: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, count - text.utf8.count)) + text
    }
}
