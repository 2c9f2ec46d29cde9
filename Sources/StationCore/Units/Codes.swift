/// The code of one produce, article or villager: letters, digits and hyphens, 1 to 40 of them,
/// so that it can stand in an account's name.
public protocol Code: Hashable, Comparable, Codable, Sendable, CustomStringConvertible {
    var text: String { get }
    init?(_ text: String)
}

extension Code {
    public static func < (left: Self, right: Self) -> Bool { left.text < right.text }
    public var description: String { text }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let code = Self(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "a code is 1 to 40 letters, digits or hyphens")
        }
        self = code
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}

/// What is bought from villagers: `apple`, or the five digits of an in-store code.
public struct ProduceCode: Code {
    public let text: String

    public init?(_ text: String) {
        guard Account.isSegment(text) else { return nil }
        self.text = text
    }
}

/// What can be ordered: its GTIN or head office's own number.
public struct ArticleCode: Code {
    public let text: String

    public init?(_ text: String) {
        guard Account.isSegment(text) else { return nil }
        self.text = text
    }
}

/// A villager: an opaque number.
public struct VillagerNumber: Hashable, Codable, Sendable, CustomStringConvertible {
    public let value: Int

    public init(_ value: Int) { self.value = value }
    public var description: String { String(value) }

    public init(from decoder: any Decoder) throws {
        value = try decoder.singleValueContainer().decode(Int.self)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(value)
    }
}
