/// Money in whole fen, 1/100 yuan.
public struct Fen: Hashable, Comparable, Codable, Sendable {
    public let count: Int

    public init(_ count: Int) { self.count = count }

    public static let zero = Fen(0)

    public static func < (left: Fen, right: Fen) -> Bool { left.count < right.count }
    public static func + (left: Fen, right: Fen) -> Fen { Fen(left.count + right.count) }
    public static func - (left: Fen, right: Fen) -> Fen { Fen(left.count - right.count) }
    public static prefix func - (amount: Fen) -> Fen { Fen(-amount.count) }

    /// Rounded half up to a multiple of `step`; the amount itself when the step is 1 or less.
    /// Only for amounts of cash that are not negative.
    public func rounded(toStep step: Int) -> Fen {
        guard step > 1 else { return self }
        return Fen((count + step / 2) / step * step)
    }

    public init(from decoder: any Decoder) throws {
        count = try decoder.singleValueContainer().decode(Int.self)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(count)
    }
}

/// Price in fen for a kilogram.
public struct FenPerKilogram: Hashable, Codable, Sendable {
    public let count: Int

    public init(_ count: Int) { self.count = count }

    /// Grams x fen per kg / 1000, rounded half up, once. Nil where the product does not fit; the
    /// mass must not be negative.
    public func amount(for mass: Grams) -> Fen? {
        let (product, overflow) = mass.count.multipliedReportingOverflow(by: count)
        guard !overflow, product <= Int.max - 500 else { return nil }
        return Fen((product + 500) / 1_000)
    }

    public init(from decoder: any Decoder) throws {
        count = try decoder.singleValueContainer().decode(Int.self)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(count)
    }
}
