import Journal
import SQLite
import StationCore
import Testing

@testable import Station

@Suite("Local state that is gone beside an entry", .serialized)
struct LocalStateTests {
    /// The entry was flushed; what cannot be read after it must not make it look undone.
    @Test func `an entry that was committed stands, though the run ends with it`() async throws {
        let village = try await Village()
        let directory = StateDirectory(path: village.stateDirectory)
        var last = 0
        await #expect(throws: JournalError.self) {
            try await village.open { station in
                try await station.begin()
                last = try await station.books().lastSequence
                try await station.stalling(at: .committed) {
                    let connection = try Connection(path: directory.journalFile, mode: .readWrite)
                    try connection.execute("ALTER TABLE local RENAME TO away")
                }
                #expect(station.view.notice != .refused(.books))
            }
        }
        do {
            let connection = try Connection(path: directory.journalFile, mode: .readWrite)
            try connection.execute("ALTER TABLE away RENAME TO local")
        }
        #expect(try village.journal().books().lastSequence == last + 1)
    }
}
