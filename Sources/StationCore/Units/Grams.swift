/// Mass in whole grams. A value that a scale gives in another unit is rounded once, half up, by
/// the driver.
public struct Grams: Hashable, Comparable, Codable, Sendable {
    public let count: Int

    public init(_ count: Int) { self.count = count }

    public static let zero = Grams(0)

    public static func < (left: Grams, right: Grams) -> Bool { left.count < right.count }
    public static func + (left: Grams, right: Grams) -> Grams { Grams(left.count + right.count) }
    public static func - (left: Grams, right: Grams) -> Grams { Grams(left.count - right.count) }

    public init(from decoder: any Decoder) throws {
        count = try decoder.singleValueContainer().decode(Int.self)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(count)
    }
}
