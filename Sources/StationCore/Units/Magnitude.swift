/// An exact decimal: `coefficient` x 10^`exponent`, as a scale shows it. The exponent lies within
/// -127...127, the span of a scale's report.
public struct Magnitude: Hashable, Sendable, CustomStringConvertible {
    public let coefficient: Int
    public let exponent: Int

    public init(_ coefficient: Int, exponent: Int = 0) {
        self.coefficient = coefficient
        self.exponent = exponent
    }

    /// Reads `0.1`, `2`, `12.50`; nil for anything else, or for more than 15 digits.
    public init?(_ text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), parts.allSatisfy({ !$0.isEmpty }),
            parts.allSatisfy({ $0.utf8.allSatisfy { (0x30...0x39).contains($0) } })
        else { return nil }
        let digits = parts.joined()
        guard digits.count <= 15, let coefficient = Int(digits) else { return nil }
        self.init(coefficient, exponent: parts.count == 2 ? -parts[1].count : 0)
    }

    /// Plain decimal, with as many decimals as the scale sent: `113.5`, `20`, `0`.
    public var description: String {
        let digits = String(coefficient.magnitude)
        let sign = coefficient < 0 ? "-" : ""
        if exponent >= 0 {
            return sign + digits
                + (coefficient == 0 ? "" : String(repeating: "0", count: exponent))
        }
        let decimals = -exponent
        let padded = String(repeating: "0", count: max(0, decimals + 1 - digits.count)) + digits
        let point = padded.index(padded.endIndex, offsetBy: -decimals)
        return sign + padded[..<point] + "." + padded[point...]
    }
}

extension Magnitude: Comparable {
    public static func < (left: Magnitude, right: Magnitude) -> Bool { compare(left, right) < 0 }

    /// The absolute difference is at most `count` times `division`.
    public func isWithin(_ count: Int, of division: Magnitude, from other: Magnitude) -> Bool {
        let low = min(min(exponent, other.exponent), division.exponent)
        guard let a = scaled(to: low), let b = other.scaled(to: low),
            let step = division.scaled(to: low)
        else { return false }
        let (limit, overflow) = step.multipliedReportingOverflow(by: count)
        return overflow || abs(a - b) <= limit
    }

    /// At least `count` times `division`.
    public func isAtLeast(_ count: Int, of division: Magnitude) -> Bool {
        let low = min(exponent, division.exponent)
        guard let value = scaled(to: low), let step = division.scaled(to: low) else {
            return exponent > division.exponent
        }
        let (limit, overflow) = step.multipliedReportingOverflow(by: count)
        return !overflow && value >= limit
    }

    /// The coefficient at a lower exponent; nil where it does not fit 62 bits.
    private func scaled(to lower: Int) -> Int? {
        guard coefficient != 0 else { return 0 }
        guard exponent - lower <= 18 else { return nil }
        var value = coefficient
        for _ in 0..<(exponent - lower) {
            let (next, overflow) = value.multipliedReportingOverflow(by: 10)
            if overflow || next.magnitude > 1 << 62 { return nil }
            value = next
        }
        return value
    }

    private static func compare(_ left: Magnitude, _ right: Magnitude) -> Int {
        let low = min(left.exponent, right.exponent)
        switch (left.scaled(to: low), right.scaled(to: low)) {
        case (let a?, let b?): return a < b ? -1 : (a > b ? 1 : 0)
        case (nil, _): return left.coefficient < 0 ? -1 : 1
        case (_, nil): return right.coefficient < 0 ? 1 : -1
        }
    }
}

/// The units that scales send (USB HID weight unit usages, in their order and numbering), with
/// the exact size of one: nanograms, so that grains and carats are whole numbers too.
public enum MassUnit: String, CaseIterable, Codable, Sendable {
    case milligram = "mg"
    case gram = "g"
    case kilogram = "kg"
    case carat = "ct"
    case tael
    case grain = "gr"
    case pennyweight = "dwt"
    case metricTon = "t"
    case shortTon = "ton"
    case troyOunce = "ozt"
    case ounce = "oz"
    case pound = "lb"

    /// Nanograms in one unit; nil for the tael, which differs by region.
    public var nanograms: Int? {
        switch self {
        case .milligram: 1_000_000
        case .gram: 1_000_000_000
        case .kilogram: 1_000_000_000_000
        case .carat: 200_000_000
        case .tael: nil
        case .grain: 64_798_910
        case .pennyweight: 1_555_173_840
        case .metricTon: 1_000_000_000_000_000
        case .shortTon: 907_184_740_000_000
        case .troyOunce: 31_103_476_800
        case .ounce: 28_349_523_125
        case .pound: 453_592_370_000
        }
    }
}
