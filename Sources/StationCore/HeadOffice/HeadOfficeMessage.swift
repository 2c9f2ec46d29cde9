/// One message from head office, as it came down. Numbers are gapless and applied in order.
public struct HeadOfficeMessage: Codable, Hashable, Sendable {
    public let number: Int
    public let kind: Kind
    public let body: MessageBody

    /// Kinds that this release knows; another one is refused upward and never stops the next.
    public struct Kind: RawRepresentable, Codable, Hashable, Sendable {
        public let rawValue: String
        public init(rawValue: String) { self.rawValue = rawValue }

        public static let articles = Kind(rawValue: "articles")
        public static let prices = Kind(rawValue: "prices")
        public static let decision = Kind(rawValue: "decision")
        public static let floatToppedUp = Kind(rawValue: "floatToppedUp")
        public static let floatStated = Kind(rawValue: "floatStated")
        public static let limit = Kind(rawValue: "limit")
    }

    public init(number: Int, kind: Kind, body: CanonicalValue) {
        self.number = number
        self.kind = kind
        self.body = MessageBody(value: body)
    }
}

/// A body whose shape depends on the kind.
public struct MessageBody: Hashable, Sendable {
    public let value: CanonicalValue

    public init(value: CanonicalValue) { self.value = value }

    public func decoded<Body: Decodable>(as type: Body.Type) throws -> Body {
        try CanonicalCoding.decode(type, from: value)
    }
}

extension MessageBody: Codable {
    public init(from decoder: any Decoder) throws {
        value = try CanonicalValue(from: decoder)
    }

    public func encode(to encoder: any Encoder) throws { try value.encode(to: encoder) }
}

extension CanonicalValue: Codable {
    private struct Name: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    public init(from decoder: any Decoder) throws {
        if let members = try? decoder.container(keyedBy: Name.self) {
            var object: [String: CanonicalValue] = [:]
            for name in members.allKeys {
                object[name.stringValue] = try members.decode(CanonicalValue.self, forKey: name)
            }
            self = .object(object)
        } else if var elements = try? decoder.unkeyedContainer() {
            var array: [CanonicalValue] = []
            while !elements.isAtEnd { array.append(try elements.decode(CanonicalValue.self)) }
            self = .array(array)
        } else {
            let single = try decoder.singleValueContainer()
            if let flag = try? single.decode(Bool.self) {
                self = .boolean(flag)
            } else if let number = try? single.decode(Int.self) {
                self = .integer(number)
            } else {
                self = .string(try single.decode(String.self))
            }
        }
    }

    public func encode(to encoder: any Encoder) throws {
        switch self {
        case .integer(let number):
            var container = encoder.singleValueContainer()
            try container.encode(number)
        case .string(let text):
            var container = encoder.singleValueContainer()
            try container.encode(text)
        case .boolean(let flag):
            var container = encoder.singleValueContainer()
            try container.encode(flag)
        case .array(let elements):
            var container = encoder.unkeyedContainer()
            for element in elements { try container.encode(element) }
        case .object(let members):
            var container = encoder.container(keyedBy: Name.self)
            for (name, member) in members {
                try container.encode(member, forKey: Name(stringValue: name))
            }
        }
    }
}

/// `decision`: what head office decided on an order.
public struct OrderDecision: Codable, Hashable, Sendable {
    /// Applied once, whatever is repeated and under whatever number.
    public let identity: String
    public let order: EntryName
    public let verdict: Verdict
    /// What head office paid; with `bought` only.
    public let cost: Fen?

    public enum Verdict: String, Codable, Sendable { case bought, rejected }

    public init(identity: String, order: EntryName, verdict: Verdict, cost: Fen?) {
        self.identity = identity
        self.order = order
        self.verdict = verdict
        self.cost = cost
    }
}

/// `floatToppedUp`.
public struct FloatTopUp: Codable, Hashable, Sendable {
    public let identity: String
    public let amount: Fen

    public init(identity: String, amount: Fen) {
        self.identity = identity
        self.amount = amount
    }
}

/// `floatStated`.
public struct FloatStatement: Codable, Hashable, Sendable {
    public let balance: Fen

    public init(balance: Fen) { self.balance = balance }
}

/// `limit`.
public struct ExposureLimit: Codable, Hashable, Sendable {
    public let exposure: Fen

    public init(exposure: Fen) { self.exposure = exposure }
}

/// `prices` and `articles`: one chunk of a list, which is adopted whole when its last chunk is
/// there and the digest agrees.
public struct ListChunk<Item: ListItem>: Codable, Hashable, Sendable {
    /// Version of the list; a higher one replaces a lower one.
    public let list: Int
    /// Milliseconds of UTC since 1970.
    public let validFrom: Int
    /// From 0.
    public let chunk: Int
    public let chunkCount: Int
    /// SHA-256 over the canonical form of the array of all items, hexadecimal.
    public let digest: String
    public let items: [Item]

    public init(
        list: Int, validFrom: Int, chunk: Int, chunkCount: Int, digest: String, items: [Item]
    ) {
        self.list = list
        self.validFrom = validFrom
        self.chunk = chunk
        self.chunkCount = chunkCount
        self.digest = digest
        self.items = items
    }

    /// Of a list of 10,000 articles in the smallest chunks.
    private static var chunkCountMax: Int { 10_000 }

    /// Whether it can be a part of a list at all: its numbers and its prices are in range.
    public var isWellFormed: Bool {
        list >= 1 && (1...Self.chunkCountMax).contains(chunkCount) && chunk >= 0
            && chunk < chunkCount && items.allSatisfy(\.isPriced)
    }
}

public protocol ListItem: Codable, Hashable, Sendable {
    static var message: HeadOfficeMessage.Kind { get }
    var key: String { get }
    /// Fen, for one or for a kilogram.
    var fen: Int { get }
}

extension ListItem {
    /// Fen at the most, for one or for a kilogram: a million yuan. It is as much as a villager may
    /// hand over at once, and leaves all room that the sums of a whole basket need.
    public static var priceMax: Int { 100_000_000 }

    /// Whether its price is above zero and not above `priceMax`.
    public var isPriced: Bool { (1...Self.priceMax).contains(fen) }
}

/// What a produce fetches today.
public struct ProducePrice: ListItem {
    public static let message = HeadOfficeMessage.Kind.prices
    public let produce: ProduceCode
    public let name: LocalizedName
    public let price: FenPerKilogram

    public var key: String { produce.text }
    public var fen: Int { price.count }

    public init(produce: ProduceCode, name: LocalizedName, price: FenPerKilogram) {
        self.produce = produce
        self.name = name
        self.price = price
    }
}

/// What can be ordered.
public struct Article: ListItem {
    public static let message = HeadOfficeMessage.Kind.articles
    public let article: ArticleCode
    public let name: LocalizedName
    /// Fen for one.
    public let price: Fen

    public var key: String { article.text }
    public var fen: Int { price.count }

    public init(article: ArticleCode, name: LocalizedName, price: Fen) {
        self.article = article
        self.name = name
        self.price = price
    }
}
