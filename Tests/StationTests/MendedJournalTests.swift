import Journal
import Logging
import SQLite
import StationCore
import Synchronization
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

    @Test func `a start that is told to end leaves the rest of it to the next one`() async throws {
        let village = try await Village()
        try await village.open { station in
            try await station.begin()
            try await station.sellApples(grams: 2_346)
        }
        let directory = StateDirectory(path: village.configuration.stateDirectory)
        try Connection(path: directory.journalFile, mode: .readWrite)
            .execute("DROP TABLE balance")
        let run = Mutex<Task<Void, any Error>?>(nil)
        let toldOfStart = Atomic(0)
        let toldOfEnd = Atomic(0)
        let station = Station(
            configuration: village.configuration,
            ports: StationPorts(
                bus: village.world.bus, clocks: village.clock.clocks(bootID: "boot-1"),
                exchange: village.headOffice.link, observer: Unobserved()),
            hooks: StationHooks(
                starting: {
                    toldOfStart.add(1, ordering: .relaxed)
                    run.withLock { $0?.cancel() }
                }, stopping: { toldOfEnd.add(1, ordering: .relaxed) }),
            logger: .init(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let task = run.withLock { run in
            let task = Task { try await station.run() }
            run = task
            return task
        }
        try await task.value
        #expect(toldOfStart.load(ordering: .relaxed) == 1)
        #expect(toldOfEnd.load(ordering: .relaxed) == 1)
        #expect(try !JournalReader(directory).verify().findings.isEmpty)
        try await village.open { _ async throws in
            #expect(try JournalReader(directory).verify().findings.isEmpty)
        }
    }
}
