/// What one entry changes in the books, as rows to be stored beside the journal. Made by
/// `Books.fold` alone, live and at a rebuild alike.
public struct BookChanges: Sendable {
    /// New balances; zero where an account was emptied.
    public var balances: [AccountUnit: Int] = [:]
    public var records: [BookRecord] = []

    public init() {}
}

/// One row of a projection: an order, a slip, a day, a fact. A trade adds a collection, not a table.
public struct BookRecord: Sendable {
    public let collection: Collection
    /// Unique within the collection.
    public let key: String
    /// Open records are loaded into the books at start; the others are looked up when asked for.
    public let isOpen: Bool
    /// Whether a row of this key may stand already. A decision's identity may not: it is applied
    /// once.
    public let mayExist: Bool
    private let content: Content

    /// Rows that change with every entry are stored now and then, so that they are spelled out
    /// only then.
    private enum Content: Sendable {
        case stored(CanonicalValue)
        case made(any Encodable & Sendable)
    }

    public struct Collection: RawRepresentable, Hashable, Sendable {
        public let rawValue: String
        public init(rawValue: String) { self.rawValue = rawValue }

        public static let order = Collection(rawValue: "order")
        public static let slip = Collection(rawValue: "slip")
        /// Its name stands beside `slip`: both change when a slip came out.
        public static let lastPrintedSlip = Collection(rawValue: "slip.last")
        public static let purchase = Collection(rawValue: "purchase")
        public static let day = Collection(rawValue: "day")
        public static let decision = Collection(rawValue: "decision")
        public static let villager = Collection(rawValue: "villager")
        public static let `operator` = Collection(rawValue: "operator")
        public static let fact = Collection(rawValue: "fact")

        /// Whether anybody asks for what is closed. Of a slip that came out, a purchase that
        /// stands for good or a day that is over, the journal says all.
        var keepsClosed: Bool {
            switch self {
            case .slip, .purchase, .day: false
            default: true
            }
        }
    }

    /// Whether the row is to stand; else it is to go.
    public var isKept: Bool { isOpen || collection.keepsClosed }

    public init(
        _ collection: Collection, key: String, isOpen: Bool, value: CanonicalValue,
        mayExist: Bool = true
    ) {
        self.collection = collection
        self.key = key
        self.isOpen = isOpen
        self.mayExist = mayExist
        content = .stored(value)
    }

    init(
        _ collection: Collection, key: String, isOpen: Bool, _ value: some Encodable & Sendable,
        mayExist: Bool = true
    ) {
        self.collection = collection
        self.key = key
        self.isOpen = isOpen
        self.mayExist = mayExist
        content = .made(value)
    }

    /// - Throws: `EncodingError` for a value that the journal does not allow.
    public func value() throws -> CanonicalValue {
        switch content {
        case .stored(let value): value
        case .made(let content): try CanonicalCoding.encode(content)
        }
    }

    /// The same row, as it is to be written where an earlier change of it was not yet.
    public func replacing(_ earlier: BookRecord) -> BookRecord {
        BookRecord(replacing: earlier, with: self)
    }

    private init(replacing earlier: BookRecord, with later: BookRecord) {
        collection = later.collection
        key = later.key
        isOpen = later.isOpen
        mayExist = earlier.mayExist
        content = later.content
    }
}

/// Why an entry cannot stand in these books.
public enum BooksError: Error, Equatable, Sendable, CustomStringConvertible {
    case ledger(LedgerError)
    /// The body is not what its kind asks for.
    case body(EntryKind, String)
    /// The entry does not follow from the state that it meets.
    case state(EntryKind, String)
    /// What the body says went into the drawer (negative: out of it) is not what is posted there.
    case cash(EntryKind, said: Fen, posted: Fen)
    /// This release knows no such kind, or no such version of its body: a newer release wrote it, or
    /// nobody did.
    case unknown(EntryKind, version: Int)
    /// A gap or a repetition.
    case sequence(expected: Int, found: Int)

    /// A body that could not be decoded, in plain words: which member, and what is wrong with it.
    static func undecoded(_ kind: EntryKind, _ error: any Error) -> BooksError {
        func said(_ context: DecodingError.Context, _ last: [any CodingKey] = []) -> BooksError {
            let path = (context.codingPath + last).map(\.stringValue).joined(separator: ".")
            let why = context.debugDescription
            return .body(kind, path.isEmpty ? why : "\(path): \(why)")
        }
        return switch error {
        case DecodingError.keyNotFound(let key, let context): said(context, [key])
        case DecodingError.typeMismatch(_, let context),
            DecodingError.valueNotFound(_, let context), DecodingError.dataCorrupted(let context):
            said(context)
        case EncodingError.invalidValue(_, let context): .body(kind, context.debugDescription)
        default: .body(kind, "\(error)")
        }
    }

    public var description: String {
        switch self {
        case .ledger(let error): error.description
        case .body(let kind, let why): "the body of \(kind): \(why)"
        case .state(let kind, let why): "\(kind): \(why)"
        case .cash(let kind, let said, let posted):
            "\(kind): its body moves \(said.count) fen of cash, its postings \(posted.count)"
        case .unknown(let kind, let version):
            "is of a kind that this release does not know (\(kind), version \(version))"
        case .sequence(let expected, let found): "expected entry \(expected), found \(found)"
        }
    }
}
