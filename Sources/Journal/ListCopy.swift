import SQLite
public import StationCore
import SyncProtocol

/// What a chunk of a list comes to, together with the chunks that are staged already.
public enum ListAssembly<Item: ListItem>: Equatable, Sendable {
    /// Others are missing: stage this one.
    case incomplete
    /// All are there, and the digest is the one that was announced.
    case whole(AdoptedList, [Item])
    /// All are there, but are not what was announced: the list is asked for anew.
    case wrongDigest
}

/// The downlink copy: the lists in force, and chunks of the lists to come.
enum ListCopy {
    static func stage(
        _ kind: HeadOfficeMessage.Kind, list: Int, chunk: Int, _ value: CanonicalValue,
        _ connection: borrowing Connection
    ) throws {
        var drop = try connection.prepare("DELETE FROM list_chunk WHERE kind = ? AND list <> ?")
        try drop.run(.text(kind.rawValue), .integer(list))
        var insert = try connection.prepare(
            """
            INSERT INTO list_chunk (kind, chunk, list, value) VALUES (?, ?, ?, ?)
            ON CONFLICT (kind, chunk) DO UPDATE SET list = excluded.list, value = excluded.value
            """)
        try insert.run(
            .text(kind.rawValue), .integer(chunk), .integer(list), text(value))
    }

    static func adopt(
        _ kind: HeadOfficeMessage.Kind, _ list: AdoptedList, _ items: [CopiedItem],
        _ connection: borrowing Connection
    ) throws {
        try dropChunks(kind, connection)
        var clear = try connection.prepare("DELETE FROM list_item WHERE kind = ?")
        try clear.run(.text(kind.rawValue))
        var insert = try connection.prepare(
            "INSERT INTO list_item (kind, key, value) VALUES (?, ?, ?)")
        for item in items {
            try insert.run(.text(kind.rawValue), .text(item.key), text(item.value))
        }
        var put = try connection.prepare(
            """
            INSERT INTO list (kind, list, valid_from, digest) VALUES (?, ?, ?, ?)
            ON CONFLICT (kind) DO UPDATE SET
                list = excluded.list, valid_from = excluded.valid_from, digest = excluded.digest
            """)
        try put.run(
            .text(kind.rawValue), .integer(list.list), .integer(list.validFrom),
            .text(list.digest))
    }

    static func dropChunks(
        _ kind: HeadOfficeMessage.Kind, _ connection: borrowing Connection
    ) throws {
        var drop = try connection.prepare("DELETE FROM list_chunk WHERE kind = ?")
        try drop.run(.text(kind.rawValue))
    }

    static func assemble<Item: ListItem>(
        _ chunk: ListChunk<Item>, _ connection: borrowing Connection
    ) throws -> ListAssembly<Item> {
        // Counted first: each chunk of a large list comes alone, and reading them all each time
        // would hold up the counter.
        var count = try connection.prepare(
            "SELECT count(*) FROM list_chunk WHERE kind = ? AND list = ? AND chunk <> ?")
        let others = try count.first(
            .text(Item.message.rawValue), .integer(chunk.list), .integer(chunk.chunk)
        ) { $0.integer(0) }
        guard (others ?? 0) + 1 >= chunk.chunkCount else { return .incomplete }
        var select = try connection.prepare(
            "SELECT value FROM list_chunk WHERE kind = ? AND list = ? AND chunk <> ?")
        let staged = try select.all(
            .text(Item.message.rawValue), .integer(chunk.list), .integer(chunk.chunk)
        ) { row in
            try CanonicalCoding.decode(
                ListChunk<Item>.self, from: try CanonicalForm.value(parsing: row.blob(0)))
        }
        let all = (staged + [chunk]).sorted { $0.chunk < $1.chunk }
        let items = all.flatMap(\.items)
        let isOneList =
            all.map(\.chunk) == Array(0..<chunk.chunkCount)
            && all.allSatisfy {
                $0.chunkCount == chunk.chunkCount && $0.digest == chunk.digest
                    && $0.validFrom == chunk.validFrom
            }
        guard isOneList, Set(items.map(\.key)).count == items.count,
            try ListDigest.of(items) == chunk.digest
        else { return .wrongDigest }
        let list = AdoptedList(
            list: chunk.list, validFrom: chunk.validFrom, digest: chunk.digest)
        return .whole(list, items)
    }

    private static func text(_ value: CanonicalValue) -> Value {
        .text(String(decoding: CanonicalForm.bytes(of: value), as: UTF8.self))
    }
}
