import FoundationEssentials
import SQLite
import Testing

/// A folder of its own that goes away with the test.
final class Scratch {
    let path: String

    init() throws {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "sqlite-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        path = folder.path
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}

@Suite("SQLite connections and statements")
struct ConnectionTests {
    let scratch: Scratch
    var file: String { scratch.path + "/a b%?#.sqlite" }

    init() throws { scratch = try Scratch() }

    private func open(_ mode: Connection.Mode = .create) throws -> Connection {
        try Connection(path: file, mode: mode, busyLimit: 0)
    }

    @Test func `integers, texts, bytes and null come back as they went in`() throws {
        let connection = try open()
        try connection.execute("CREATE TABLE a (a INTEGER, b TEXT, c BLOB, d TEXT) STRICT")
        var insert = try connection.prepare("INSERT INTO a VALUES (?, ?, ?, ?)")
        try insert.run(.integer(.min), .text("苹\0果"), .blob([0, 255, 0]), .null)
        try insert.run(.integer(.max), .text(""), .blob([]), .text("x"))
        try insert.run(Value(Int?.none), Value(String?.none), Value([UInt8]?.none), .null)
        var select = try connection.prepare("SELECT a, b, c, d FROM a")
        let rows = try select.all { row in
            (row.integer(0), row.text(1), row.blob(2), row.isNull(2), row.isNull(3))
        }
        #expect(rows.count == 3)
        #expect(rows[0] == (.min, "苹\0果", [0, 255, 0], false, true))
        #expect(rows[1] == (.max, "", [], false, false))
        #expect(rows[2] == (0, "", [], true, true))
        #expect(try connection.integer("SELECT count(*) FROM a WHERE b IS NULL") == 1)
        #expect(try connection.integer("SELECT max(a) FROM a WHERE a = 7") == nil)
        #expect(try connection.text("SELECT d FROM a WHERE d IS NOT NULL") == "x")
    }

    @Test func `an error says its codes, its words and the statement`() throws {
        let connection = try open()
        try connection.execute("CREATE TABLE a (a INTEGER PRIMARY KEY, b TEXT NOT NULL) STRICT")
        var insert = try connection.prepare("INSERT INTO a VALUES (?, ?)")
        try insert.run(.integer(1), .text("x"))
        let twice = try #require(throws: SQLiteError.self) {
            try insert.run(.integer(1), .text("x"))
        }
        #expect(twice.isKeyTaken)
        #expect(twice.description.contains("UNIQUE constraint failed: a.a (1555)"))
        #expect(twice.sql == "INSERT INTO a VALUES (?, ?)")
        let null = try #require(throws: SQLiteError.self) { try insert.run(.integer(2), .null) }
        #expect(null.message == "NOT NULL constraint failed: a.b")
        #expect(!null.isKeyTaken)
        try insert.run(.integer(2), .text("after an error the statement works"))
        let nonsense = try #require(throws: SQLiteError.self) { try connection.execute("SELEC") }
        #expect(nonsense.code == 1)
    }

    @Test func `a transaction is whole or has not happened`() throws {
        struct Stop: Error {}
        let connection = try open()
        try connection.execute("CREATE TABLE a (a INTEGER PRIMARY KEY)")
        #expect(throws: Stop.self) {
            try connection.transaction {
                try connection.execute("INSERT INTO a VALUES (1)")
                throw Stop()
            }
        }
        let isOpen = connection.isInTransaction
        #expect(!isOpen)
        #expect(try connection.integer("SELECT count(*) FROM a") == 0)
        let result = try connection.transaction {
            try connection.execute("INSERT INTO a VALUES (1), (2)")
            return connection.changes
        }
        #expect(result == 2)
        #expect(try connection.integer("SELECT count(*) FROM a") == 2)
    }

    @Test func `a query that is left early leaves nothing open`() throws {
        let writer = try open()
        try writer.execute(
            "PRAGMA journal_mode = WAL; CREATE TABLE a (a); INSERT INTO a VALUES (1), (2)")
        let reader = try open(.readOnly)
        var select = try reader.prepare("SELECT a FROM a")
        var seen = 0
        try select.forEach { _ in
            seen += 1
            return false
        }
        #expect(seen == 1)
        #expect(try select.first { $0.integer(0) } == 1)
        let checkpoint = try writer.checkpoint()
        #expect(checkpoint.logged == checkpoint.moved)
    }

    @Test func `a snapshot stays while others write`() throws {
        let writer = try open()
        try writer.execute("PRAGMA journal_mode = WAL; CREATE TABLE a (a)")
        let reader = try open(.readOnly)
        let counts = try reader.snapshot {
            let before = try reader.integer("SELECT count(*) FROM a")
            try writer.execute("INSERT INTO a VALUES (1)")
            return (before, try reader.integer("SELECT count(*) FROM a"))
        }
        #expect(counts == (0, 0))
        #expect(try reader.integer("SELECT count(*) FROM a") == 1)
    }

    @Test func `a reader cannot write, and a missing file is not made by reading`() throws {
        #expect(try #require(throws: SQLiteError.self) { _ = try open(.readOnly) }.isCannotOpen)
        #expect(try #require(throws: SQLiteError.self) { _ = try open(.readWrite) }.isCannotOpen)
        try open().execute("CREATE TABLE a (a)")
        for mode in [Connection.Mode.readOnly, .immutable] {
            let reader = try open(mode)
            #expect(try reader.integer("SELECT count(*) FROM a") == 0)
            let error = try #require(throws: SQLiteError.self) {
                try reader.execute("INSERT INTO a VALUES (1)")
            }
            #expect(error.isReadOnly)
        }
    }

    @Test func `a lock of another connection is said as busy`() throws {
        let first = try open()
        try first.execute("CREATE TABLE a (a); BEGIN IMMEDIATE")
        let second = try open(.readWrite)
        #expect(
            try #require(throws: SQLiteError.self) { try second.execute("BEGIN IMMEDIATE") }.isBusy)
        try first.execute("ROLLBACK")
        try second.execute("BEGIN IMMEDIATE")
    }

    @Test func `a file that is no database is said as damaged`() throws {
        try Data("this is no database, whatever its name says ".utf8).write(
            to: URL(fileURLWithPath: file))
        let connection = try open()
        let error = try #require(throws: SQLiteError.self) {
            try connection.integer("SELECT count(*) FROM sqlite_schema")
        }
        #expect(error.isCorrupt)
    }
}
