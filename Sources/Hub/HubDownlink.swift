import Cryptography
import SQLite
public import StationCore
import SyncProtocol

extension HubStore {
    // MARK: - What goes down

    /// The next messages in their order, as many as fit, and how many wait behind them.
    func messages(
        for id: StationEpoch, after number: Int, budget: Int
    ) throws -> ([HeadOfficeMessage], waiting: Int) {
        var list = try connection.prepare(
            """
            SELECT number, kind, body FROM message
            WHERE station = ? AND epoch = ? AND number > ? ORDER BY number
            """)
        var messages: [HeadOfficeMessage] = []
        var room = budget
        try list.forEach(.text(id.station.text), .integer(id.epoch), .integer(number)) { row in
            let body = row.blob(2)
            room -= body.count
            guard messages.isEmpty || room >= 0 else { return false }
            messages.append(
                HeadOfficeMessage(
                    number: row.integer(0), kind: HeadOfficeMessage.Kind(rawValue: row.text(1)),
                    body: try CanonicalForm.value(parsing: body)))
            return true
        }
        var count = try connection.prepare(
            "SELECT count(*) FROM message WHERE station = ? AND epoch = ? AND number > ?")
        let waiting = try count.first(
            .text(id.station.text), .integer(id.epoch),
            .integer(messages.last?.number ?? number)
        ) { $0.integer(0) }
        // A number that does not follow is a message lost here: nothing after it may go down.
        guard let first = messages.first, first.number == number + 1 else { return ([], 0) }
        return (messages, waiting ?? 0)
    }

    /// Numbers a message and puts it behind the others. Within a transaction.
    func send(
        _ kind: HeadOfficeMessage.Kind, _ body: some Encodable, list: Int? = nil,
        to id: StationEpoch
    ) throws {
        var number = try connection.prepare(
            """
            UPDATE station SET last_message = last_message + 1 WHERE station = ? AND epoch = ?
            RETURNING last_message
            """)
        let numbers = try number.all(.text(id.station.text), .integer(id.epoch)) { $0.integer(0) }
        guard let next = numbers.first else { throw HubError.unknownStation("\(id)") }
        var insert = try connection.prepare("INSERT INTO message VALUES (?, ?, ?, ?, ?, ?)")
        try insert.run(
            .text(id.station.text), .integer(id.epoch), .integer(next), .text(kind.rawValue),
            Value(list), .blob(CanonicalForm.bytes(of: try CanonicalCoding.encode(body))))
    }

    /// How far the operator's exposure may go.
    public func setLimit(_ exposure: Fen, of id: StationEpoch) throws {
        try connection.transaction { try send(.limit, ExposureLimit(exposure: exposure), to: id) }
    }

    /// The operator's balance grew. The identity is drawn here, so that it is booked once.
    public func topUpFloat(_ amount: Fen, of id: StationEpoch) throws {
        let identity = "float-" + Base64URL.encode(try randomBytes(12))
        try connection.transaction {
            try send(.floatToppedUp, FloatTopUp(identity: identity, amount: amount), to: id)
        }
    }

    /// What the operator's balance is by head office's books.
    public func stateFloat(_ balance: Fen, of id: StationEpoch) throws {
        try connection.transaction {
            try send(.floatStated, FloatStatement(balance: balance), to: id)
        }
    }

    // MARK: - Lists

    /// Makes a new version of the list and sends it to every station.
    ///
    /// - Returns: The version.
    public func publish<Item: ListItem>(_ items: [Item]) throws -> Int {
        let kind = Item.message
        return try connection.transaction {
            var version = try connection.prepare("SELECT list FROM list WHERE kind = ?")
            let list = (try version.first(.text(kind.rawValue)) { $0.integer(0) } ?? 0) + 1
            let validFrom = now()
            var replace = try connection.prepare("REPLACE INTO list VALUES (?, ?, ?, ?)")
            try replace.run(
                .text(kind.rawValue), .integer(list), .integer(validFrom),
                .blob(CanonicalForm.bytes(of: try CanonicalCoding.encode(items))))
            let chunks = try ListChunk.chunks(of: items, list: list, validFrom: validFrom)
            for id in try stationEpochs() {
                for chunk in chunks { try send(kind, chunk, list: list, to: id) }
            }
            return list
        }
    }

    /// The list in force; empty before the first.
    public func list<Item: ListItem>(of type: Item.Type) throws -> [Item] {
        try current(type)?.items ?? []
    }

    private func current<Item: ListItem>(
        _ type: Item.Type
    ) throws -> (list: Int, validFrom: Int, items: [Item])? {
        var find = try connection.prepare("SELECT list, valid_from, items FROM list WHERE kind = ?")
        let row = try find.first(.text(type.message.rawValue)) {
            ($0.integer(0), $0.integer(1), $0.blob(2))
        }
        guard let (list, validFrom, bytes) = row else { return nil }
        let items = try CanonicalCoding.decode(
            [Item].self, from: try CanonicalForm.value(parsing: bytes))
        return (list, validFrom, items)
    }

    /// A station misses a list: all of it goes down under new numbers, unless it is on its way
    /// already. Within a transaction.
    func sendList(_ kind: ListKind, to id: StationEpoch, after number: Int) throws {
        switch kind {
        case .articles: try sendList(of: Article.self, to: id, after: number)
        case .prices: try sendList(of: ProducePrice.self, to: id, after: number)
        }
    }

    private func sendList<Item: ListItem>(
        of type: Item.Type, to id: StationEpoch, after number: Int
    ) throws {
        guard let (list, validFrom, items) = try current(type) else { return }
        var onItsWay = try connection.prepare(
            """
            SELECT count(*) FROM message
            WHERE station = ? AND epoch = ? AND number > ? AND kind = ? AND list = ?
            """)
        let count = try onItsWay.first(
            .text(id.station.text), .integer(id.epoch), .integer(number),
            .text(type.message.rawValue), .integer(list)
        ) { $0.integer(0) }
        guard count == 0 else { return }
        for chunk in try ListChunk.chunks(of: items, list: list, validFrom: validFrom) {
            try send(type.message, chunk, list: list, to: id)
        }
    }
}
