import FoundationEssentials
import Glibc
import SQLite
import StationCore
import SyncProtocol
import Testing

@testable import Hub

@Suite("Head office's file")
struct HubFileTests {
    let file = HubFile()

    private func mode(_ suffix: String = "") throws -> UInt32 {
        var status = stat()
        try #require(stat(file.path + suffix, &status) == 0)
        return status.st_mode & 0o777
    }

    private func write(_ text: String) throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: file.path))
    }

    @Test func `a file that must be there is not made`() throws {
        #expect(throws: HubError.missing(file.path)) { try file.open(.asItIs) }
        #expect(!FileManager.default.fileExists(atPath: file.path))
        let nowhere = file.path + "/no/hub.db"
        #expect(throws: HubError.self) { try HubStore(path: nowhere) { 0 } }
    }

    @Test(arguments: ["", "produce,price,en\n", String(repeating: "SQLite format 3\0", count: 400)])
    func `a file that is none of ours is left as it is`(text: String) throws {
        try write(text)
        #expect(throws: HubError.notOurs(file.path)) { try file.open(.asItIs) }
        #expect(try Data(contentsOf: URL(fileURLWithPath: file.path)) == Data(text.utf8))
        if !text.isEmpty {
            #expect(throws: HubError.notOurs(file.path)) { try file.open() }
        }
    }

    @Test func `the database of another program is left as it is`() throws {
        for version in [0, 1, 7] {
            let other = HubFile()
            let connection = try Connection(path: other.path, mode: .create)
            try connection.execute("CREATE TABLE entry (sequence INTEGER)")
            try connection.execute("PRAGMA user_version = \(version)")
            #expect(throws: HubError.notOurs(other.path)) { try other.open() }
            #expect(try connection.integer("SELECT count(*) FROM sqlite_schema") == 1)
            #expect(try connection.text("PRAGMA journal_mode") == "delete")
        }
    }

    @Test func `a folder is no file`() {
        let folder = FileManager.default.temporaryDirectory.path
        #expect(throws: HubError.notOurs(folder)) { try HubStore(path: folder) { 0 } }
    }

    @Test func `a file of a newer release is not touched`() throws {
        do { _ = try file.open() }
        do {
            let connection = try Connection(path: file.path, mode: .readWrite)
            try connection.execute("PRAGMA user_version = 99")
        }
        #expect(throws: HubError.release(99)) { try file.open() }
    }

    @Test func `others can neither read nor write it, also where they could`() throws {
        let store = try file.open()
        #expect(store.mended == [])
        for suffix in ["", "-wal", "-shm"] {
            #expect(try mode(suffix) == 0o600)
            chmod(file.path + suffix, 0o644)
        }
        let again = try file.open(.asItIs)
        #expect(again.mended.count == 3)
        #expect(
            again.mended.first?.hasSuffix("was open to others (mode 644); it is 600 now") == true)
        for suffix in ["", "-wal", "-shm"] { #expect(try mode(suffix) == 0o600) }
        #expect(try file.open().mended == [])
    }

    @Test func `after a message that is lost here nothing goes down`() async throws {
        let store = try file.open()
        let id = try await file.station(in: store).id
        for amount in 1...5 { try await store.setLimit(Fen(amount), of: id) }
        try await store.lose(message: 3)
        let (first, waiting) = try await store.messages(for: id, after: 0, budget: 1_000)
        #expect(first.map(\.number) == [1, 2])
        #expect(waiting == 0)
        let (rest, _) = try await store.messages(for: id, after: 2, budget: 1_000)
        #expect(rest.isEmpty)
        #expect(
            try await store.messages(for: id, after: 3, budget: 1_000).0.map(\.number) == [4, 5])
    }

    @Test func `a file of the first schema goes on`() async throws {
        do {
            let connection = try Connection(path: file.path, mode: .create)
            try connection.execute(try #require(HubStore.schemas.first))
            try connection.execute("PRAGMA user_version = 1")
            try connection.execute(
                """
                INSERT INTO station (station, epoch, added, token, last_message)
                    VALUES ('990001', 1, 5, 'token', 1);
                INSERT INTO message VALUES ('990001', 1, 1, 'limit', NULL, CAST('{"exposure":5}' AS BLOB));
                INSERT INTO list VALUES ('prices', 3, 5, CAST('[]' AS BLOB));
                """)
        }
        let store = try file.open(.asItIs)
        #expect(try await store.pragma("user_version") == HubStore.schemas.count)
        #expect(try await store.stations().map(\.id.description) == ["990001/1"])
        #expect(try await store.stationsWithoutNextKey() == [])
        try await store.promoteNextKey()
        #expect(try await store.stationsWithoutNextKey().count == 1)
        let id = try #require(try await store.stations().first?.id)
        try await store.miss(.prices, id)
        let (messages, _) = try await store.messages(for: id, after: 0, budget: 1_000)
        #expect(messages.map(\.kind) == [.limit, .prices])
        #expect(messages.first?.body.value["exposure"]?.integer == 5)
        #expect(messages.last?.body.value["list"]?.integer == 3)
    }
}

@Suite("The server's keys")
struct ServerKeyTests {
    let file = HubFile()

    @Test func `promotion puts the next key in use and makes a new next one`() async throws {
        let store = try file.open()
        let before = try await store.serverIdentities()
        #expect(try await store.promoteNextKey().pin == before.next.pin)
        let after = try await store.serverIdentities()
        #expect(after.current.pin == before.next.pin)
        #expect(![before.current.pin, before.next.pin].contains(after.next.pin))
        #expect(try await file.open().serverIdentities().next.pin == after.next.pin)
    }

    /// Whether a code was brought to its box is not known here.
    @Test
    func `a key is not promoted before each station's code was made anew, unless one insists`()
        async throws
    {
        let store = try file.open()
        let first = StationEpoch(station: try #require(StationNumber("990001")), epoch: 1)
        let second = StationEpoch(station: try #require(StationNumber("990002")), epoch: 1)
        for id in [first, second] { _ = try await store.addStation(id, address: "hub.example:1") }
        try await store.promoteNextKey()
        let keys = try await store.serverIdentities()
        await #expect(throws: HubError.wouldLose([first, second])) {
            try await store.promoteNextKey()
        }
        #expect(try await store.serverIdentities().current.pin == keys.current.pin)

        // The first gets its code again, the second a new box.
        let code = try await store.enrolment(of: first, address: "hub.example:1")
        #expect(code.pins.count == 2)
        await #expect(throws: HubError.wouldLose([second])) { try await store.promoteNextKey() }
        _ = try await store.addStation(
            StationEpoch(station: second.station, epoch: 2), address: "hub.example:1")
        #expect(try await store.promoteNextKey().pin == keys.next.pin)
        try await store.promoteNextKey(evenIfLost: true)
    }
}

extension HubStore {
    func lose(message number: Int) throws {
        try connection.execute("DELETE FROM message WHERE number = \(number)")
    }

    /// As a request that wants a list has it.
    func miss(_ kind: ListKind, _ id: StationEpoch) throws {
        try connection.transaction { try sendList(kind, to: id, after: 0) }
    }
}
