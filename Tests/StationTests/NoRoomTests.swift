import FoundationEssentials
import Glibc
import StationCore
import Testing

@testable import Station

@Suite("A whole station whose disk has no room at all", .serialized)
struct NoRoomTests {
    /// Writes until nothing more goes in, the room of the reserve included.
    private func fill(_ state: String) throws {
        unlink(state + "/reserve")
        let file = Glibc.open(state + "/ballast", O_WRONLY | O_CREAT | O_APPEND, 0o600)
        try #require(file >= 0)
        defer { close(file) }
        for size in [65_536, 4_096, 512, 1] {
            let block = [UInt8](repeating: 0x55, count: size)
            while write(file, block, block.count) > 0 {}
        }
    }

    /// A station with one slip in a printer without paper, on a disk that then takes nothing: the
    /// paper comes back, and the slip is ahead of the books.
    private func printAhead(_ village: Village, _ station: RunningStation) async throws -> Int {
        try await station.begin()
        village.world.printer.takePaperOut()
        try await station.sellApples(grams: 2_346)
        _ = try await station.orderSoap()
        let owed = try await station.books().owedSlips.map(\.sequence)
        try #require(owed.count == 2)
        try fill(village.configuration.stateDirectory)
        try await takeTheRestOfTheLog(station)
        let strips = village.world.printer.strips.count
        village.world.printer.putPaperIn()
        try await station.wait("slip out") { village.world.printer.strips.count == strips + 1 }
        await village.clock.advance(by: .seconds(70))
        #expect(village.world.printer.strips.count == strips + 1)
        #expect(try await station.books().owedSlips.map(\.sequence) == owed)
        return try #require(owed.first)
    }

    /// The last block of the log may have room for a small entry: it is taken too, by entries that
    /// are no larger than that of a slip that came out.
    private func takeTheRestOfTheLog(_ station: RunningStation) async throws {
        let refused = try await station.wiring.workflow.perform { state in
            for number in 0..<1_000 {
                let entry = MessageRefused(number: number, reason: .malformed)
                do { try await state.write(entry) } catch { return true }
            }
            return false
        }
        #expect(refused)
    }

    private func mountSmallDisk(for village: Village) throws {
        let path = village.configuration.stateDirectory
        try #require(mount("tmpfs", path, "tmpfs", 0, "size=4096k") == 0, "mount: \(errno)")
    }

    @Test func `one slip is ahead of the books at the most, and room lets printing go on`()
        async throws
    {
        let village = try await Village()
        let state = village.configuration.stateDirectory
        try mountSmallDisk(for: village)
        defer { umount2(state, Int32(MNT_DETACH)) }
        try await village.open { station in
            _ = try await printAhead(village, station)
            unlink(state + "/ballast")
            try await station.slipsPrinted()
            try await station.acknowledged()
            try await village.checkTheEnd()
        }
    }

    @Test func `a slip ahead of the books is doubtful after a stop, and not printed twice`()
        async throws
    {
        let village = try await Village()
        let state = village.configuration.stateDirectory
        try mountSmallDisk(for: village)
        defer { umount2(state, Int32(MNT_DETACH)) }
        var ahead = 0
        try await village.open { station in ahead = try await printAhead(village, station) }
        unlink(state + "/ballast")
        try await village.open { station in
            try await station.slipsPrinted()
            #expect(station.view.slipsDoubtful == [ahead])
            try await station.acknowledged()
            try await village.checkTheEnd()
        }
    }
}
