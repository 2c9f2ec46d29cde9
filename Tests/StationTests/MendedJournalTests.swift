import Journal
import SQLite
import StationCore
import Testing

@testable import Station

@Suite("A whole station whose projections are gone", .serialized)
struct MendedJournalTests {
    @Test func `the start makes them anew, and trade goes on`() async throws {
        let village = try await Village()
        try await village.open { station in
            try await station.begin()
            try await station.sellApples(grams: 2_346)
            try await station.slipsPrinted()
        }
        let directory = StateDirectory(path: village.configuration.stateDirectory)
        do {
            let connection = try Connection(path: directory.journalFile, mode: .readWrite)
            try connection.execute("DROP TABLE balance; DROP TRIGGER entry_is_not_updated")
        }
        #expect(try !JournalReader(directory).verify().findings.isEmpty)
        try await village.open { station in
            #expect(try JournalReader(directory).verify().findings.isEmpty)
            try await station.wait("scanner ready") { station.view.devices[.scanner] == .ready }
            try await station.wait("scale ready") { station.view.devices[.scale] == .ready }
            await station.scan(
                try #require(village.world.printer.strips.first?.codes.first).payload)
            try await station.type(RunningStation.pin)
            try await station.wait("signed in") { station.view.signedIn != nil }
            try await station.sellApples(grams: 1_000)
            try await station.slipsPrinted()
            try await station.acknowledged()
            try await village.checkTheEnd()
        }
    }
}
