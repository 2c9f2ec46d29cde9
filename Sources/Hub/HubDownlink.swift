import Cryptography
import SQLite
public import StationCore
import SyncProtocol

extension HubStore {
    // MARK: - What goes down

    /// The next messages in their order, as many as fit, and how many wait behind them. A number
    /// that does not follow is a message lost here: nothing after it may go down.
    func messages(
        for id: StationEpoch, after number: Int, budget: Int
    ) throws -> ([HeadOfficeMessage], waiting: Int) {
        var list = try connection.prepare(
            """
            SELECT m.number, m.kind, coalesce(c.body, m.body) FROM message AS m
            LEFT JOIN list_chunk AS c
                ON c.kind = m.kind AND c.list = m.list AND c.chunk = m.chunk
            WHERE m.station = ? AND m.epoch = ? AND m.number > ? ORDER BY m.number
            """)
        var messages: [HeadOfficeMessage] = []
        var room = budget
        var isWhole = true
        try list.forEach(.text(id.station.text), .integer(id.epoch), .integer(number)) { row in
            let next = (messages.last?.number ?? number) + 1
            isWhole = row.integer(0) == next
            guard isWhole else { return false }
            let body = row.blob(2)
            room -= body.count
            guard messages.isEmpty || room >= 0 else { return false }
            messages.append(
                HeadOfficeMessage(
                    number: row.integer(0), kind: HeadOfficeMessage.Kind(rawValue: row.text(1)),
                    body: try CanonicalForm.value(parsing: body)))
            return true
        }
        guard isWhole else { return (messages, 0) }
        var count = try connection.prepare(
            "SELECT count(*) FROM message WHERE station = ? AND epoch = ? AND number > ?")
        let waiting = try count.first(
            .text(id.station.text), .integer(id.epoch),
            .integer(messages.last?.number ?? number)
        ) { $0.integer(0) }
        return (messages, waiting ?? 0)
    }

    /// Numbers a message and puts it behind the others. Within a transaction.
    func send(
        _ kind: HeadOfficeMessage.Kind, _ body: some Encodable, to id: StationEpoch
    ) throws {
        var number = try connection.prepare(
            """
            UPDATE station SET last_message = last_message + 1 WHERE station = ? AND epoch = ?
            RETURNING last_message
            """)
        let numbers = try number.all(.text(id.station.text), .integer(id.epoch)) { $0.integer(0) }
        guard let next = numbers.first else { throw HubError.unknownStation("\(id)") }
        var insert = try connection.prepare(
            "INSERT INTO message (station, epoch, number, kind, body) VALUES (?, ?, ?, ?, ?)")
        try insert.run(
            .text(id.station.text), .integer(id.epoch), .integer(next), .text(kind.rawValue),
            .blob(CanonicalForm.bytes(of: try CanonicalCoding.encode(body))))
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
            try keepChunks(of: items, list: list, validFrom: validFrom)
            try sendChunks(kind, list: list, to: nil)
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
        // A file of an earlier schema has them in messages alone.
        try keepChunks(of: items, list: list, validFrom: validFrom)
        try sendChunks(type.message, list: list, to: id)
    }

    /// The chunks stand once, however many stations they go to.
    private func keepChunks<Item: ListItem>(
        of items: [Item], list: Int, validFrom: Int
    ) throws {
        var insert = try connection.prepare("INSERT OR IGNORE INTO list_chunk VALUES (?, ?, ?, ?)")
        for chunk in try ListChunk.chunks(of: items, list: list, validFrom: validFrom) {
            try insert.run(
                .text(Item.message.rawValue), .integer(list), .integer(chunk.chunk),
                .blob(CanonicalForm.bytes(of: try CanonicalCoding.encode(chunk))))
        }
    }

    /// Numbers the chunks of a list and puts them behind the other messages.
    ///
    /// - Parameter id: Nil for every station.
    private func sendChunks(
        _ kind: HeadOfficeMessage.Kind, list: Int, to id: StationEpoch?
    ) throws {
        let whose = id == nil ? "TRUE" : "station.station = ?3 AND station.epoch = ?4"
        var insert = try connection.prepare(
            """
            INSERT INTO message (station, epoch, number, kind, list, chunk, body)
            SELECT station, epoch, last_message + 1 + chunk, kind, list, chunk, x''
            FROM station CROSS JOIN list_chunk WHERE kind = ?1 AND list = ?2 AND \(whose)
            """)
        var count = try connection.prepare(
            """
            UPDATE station SET last_message = last_message
                + (SELECT count(*) FROM list_chunk WHERE kind = ?1 AND list = ?2)
            WHERE \(whose)
            """)
        if let id {
            let station = Value.text(id.station.text)
            try insert.run(.text(kind.rawValue), .integer(list), station, .integer(id.epoch))
            try count.run(.text(kind.rawValue), .integer(list), station, .integer(id.epoch))
        } else {
            try insert.run(.text(kind.rawValue), .integer(list))
            try count.run(.text(kind.rawValue), .integer(list))
        }
    }
}
