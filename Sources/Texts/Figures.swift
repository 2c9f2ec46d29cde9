public import StationCore

extension Fen {
    /// Yuan with two decimals and no unit, as in a column of amounts: `45.60`, `-0.05`.
    public var figures: String {
        let sign = count < 0 ? "-" : ""
        return "\(sign)\(count.magnitude / 100).\(padded(count.magnitude % 100, to: 2))"
    }
}

/// With its unit, as in a sentence: `45.60 yuan`.
extension Fen: Text {
    public func text(in language: Language) -> String {
        switch language {
        case .english: "\(figures) yuan"
        case .simplifiedChinese, .traditionalChinese: "\(figures) 元"
        case .mongolian: "\(figures) юань"
        }
    }
}

extension FenPerKilogram {
    /// Yuan for a kilogram, no unit: `4.20`.
    public var figures: String { Fen(count).figures }
}

/// With its unit, as on a button: `4.20/kg`.
extension FenPerKilogram: Text {
    public func text(in language: Language) -> String {
        figures + (language == .mongolian ? "/кг" : "/kg")
    }
}

extension Grams {
    /// Kilograms with three decimals: `1.250 kg`, in Mongolian `1.250 кг`.
    public func kilograms(in language: Language) -> String {
        let sign = count < 0 ? "-" : ""
        let number = "\(sign)\(count.magnitude / 1_000).\(padded(count.magnitude % 1_000, to: 3))"
        return number + (language == .mongolian ? " кг" : " kg")
    }

    /// Jin (500 g) without the zeros that say nothing: `2.5`.
    private var jin: String {
        let sign = count < 0 ? "-" : ""
        var decimals = padded(count.magnitude % 500 * 2, to: 3)
        while decimals.hasSuffix("0") { decimals.removeLast() }
        return "\(sign)\(count.magnitude / 500)" + (decimals.isEmpty ? "" : "." + decimals)
    }
}

/// Kilograms; in Chinese with the jin that a villager reckons in: `1.250 kg（2.5斤）`.
extension Grams: Text {
    public func text(in language: Language) -> String {
        switch language {
        case .english, .mongolian: kilograms(in: language)
        case .simplifiedChinese, .traditionalChinese:
            "\(kilograms(in: language))（\(jin)斤）"
        }
    }
}

/// A mass without jin, where there is no room for both.
public struct Kilograms: Text, Hashable {
    private let mass: Grams

    public init(_ mass: Grams) { self.mass = mass }

    public func text(in language: Language) -> String { mass.kilograms(in: language) }
}

/// A minute of the local calendar.
public struct LocalTime: Hashable, Sendable {
    public let year: Int
    public let month: Int
    public let day: Int
    public let hour: Int
    public let minute: Int

    /// - Parameters:
    ///   - milliseconds: Of UTC since 1970; years beyond 9999 are shown as 9999.
    ///   - utcOffsetMinutes: What the local clock is ahead; 480 in China.
    public init(milliseconds: Int, utcOffsetMinutes: Int) {
        let minutes = floorDivide(min(max(milliseconds, 0), lastMillisecond), 60_000).quotient
        let local = floorDivide(minutes + min(max(utcOffsetMinutes, -1_440), 1_440), 1_440)
        (year, month, day) = civilDate(daysSince1970: local.quotient)
        hour = local.remainder / 60
        minute = local.remainder % 60
    }
}

extension LocalTime: Text {
    public func text(in language: Language) -> String {
        let clock = "\(padded(UInt(hour), to: 2)):\(padded(UInt(minute), to: 2))"
        switch language {
        case .english: return "\(day) \(englishMonths[month - 1]) \(year) \(clock)"
        case .simplifiedChinese, .traditionalChinese:
            return "\(year)年\(month)月\(day)日 \(clock)"
        case .mongolian: return "\(year) оны \(month) сарын \(day) \(clock)"
        }
    }
}

/// An entry's time; with a `~` where the clock was not sure.
public struct StampedTime: Text, Hashable {
    private let time: LocalTime
    private let isSure: Bool

    public init(_ moment: Moment, utcOffsetMinutes: Int) {
        self.init(moment.time, moment.quality, utcOffsetMinutes)
    }

    public init(_ slip: PrintedSlip, utcOffsetMinutes: Int) {
        self.init(slip.time, slip.clock, utcOffsetMinutes)
    }

    private init(_ milliseconds: Int, _ clock: ClockQuality, _ utcOffsetMinutes: Int) {
        time = LocalTime(milliseconds: milliseconds, utcOffsetMinutes: utcOffsetMinutes)
        isSure =
            switch clock {
            case .network, .technician: true
            case .file, .unset: false
            }
    }

    public func text(in language: Language) -> String {
        (isSure ? "" : "~") + time.text(in: language)
    }
}

private let englishMonths = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
]

/// 31 December 9999, 12:00 UTC.
private let lastMillisecond = 253_402_257_600_000

private func floorDivide(_ value: Int, _ divisor: Int) -> (quotient: Int, remainder: Int) {
    let remainder = (value % divisor + divisor) % divisor
    return ((value - remainder) / divisor, remainder)
}

/// The Gregorian calendar, counted in eras of 400 years that begin on 1 March.
private func civilDate(daysSince1970 days: Int) -> (year: Int, month: Int, day: Int) {
    let era = floorDivide(days + 719_468, 146_097)
    let dayOfEra = era.remainder
    let yearOfEra =
        (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthFromMarch = (5 * dayOfYear + 2) / 153
    let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
    let year = yearOfEra + era.quotient * 400 + (month <= 2 ? 1 : 0)
    return (year, month, dayOfYear - (153 * monthFromMarch + 2) / 5 + 1)
}

private func padded(_ number: UInt, to length: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, length - digits.utf8.count)) + digits
}
