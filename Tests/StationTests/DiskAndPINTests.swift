import FoundationEssentials
import Glibc
import StationCore
import Testing

@testable import Station

@Suite("A whole station on a full disk, and wrong PINs", .serialized)
struct DiskAndPINTests {
    /// Mounts a small disk of memory under the state; needs the right to mount.
    private func mountSmallDisk(for village: Village) throws {
        let path = village.configuration.stateDirectory
        try #require(mount("tmpfs", path, "tmpfs", 0, "size=4096k") == 0, "mount: \(errno)")
    }

    private func fill(_ path: String) throws {
        let file = Glibc.open(path, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        try #require(file >= 0)
        defer { close(file) }
        for size in [65_536, 4_096, 512] {
            let block = [UInt8](repeating: 0x55, count: size)
            while write(file, block, block.count) > 0 {}
        }
    }

    @Test func `on a full disk trade is refused aloud, the slip is still noted, and room mends it`()
        async throws
    {
        let village = try await Village()
        let state = village.configuration.stateDirectory
        try mountSmallDisk(for: village)
        defer { umount2(state, Int32(MNT_DETACH)) }
        try await village.open { station in
            try await station.begin()
            village.world.printer.takePaperOut()
            try await station.sellApples(grams: 2_346)
            try fill(state + "/ballast")
            for _ in 0..<40 where try await station.control.status().disk.state != .full {
                await station.scan("6901234567892")
                try await station.command(.basketDone)
                try await station.command(.exactCash)
                try await station.command(.takeCash)
                try await station.command(.cancel)
            }
            let full = try await station.control.status().disk.state
            #expect(full == .full)
            let sequence = try await station.books().lastSequence
            await station.scan("6901234567892")
            #expect(station.view.notice == .refused(.diskFull))
            #expect(station.view.prompt == .chooseTrade)
            #expect(try await station.books().lastSequence == sequence)
            village.world.printer.putPaperIn()
            try await station.wait("slip noted") {
                await (try? station.books().lastSequence) ?? 0 > sequence
            }
            #expect(try station.last(.slipPrinted).sequence > sequence)
            unlink(state + "/ballast")
            let last = try await station.books().lastSequence
            await village.clock.advance(by: .seconds(31))
            #expect(try await station.books().lastSequence == last)
            let found = try await station.control.status().disk.state
            #expect(found == .writable)
            _ = try await station.orderSoap()
            let mended = try await station.control.status().disk.state
            #expect(mended == .writable)
            try await station.slipsPrinted()
            try await station.acknowledged()
            try await village.checkTheEnd()
        }
    }

    @Test func `five wrong PINs lock, and a restart gives no further try`() async throws {
        let village = try await Village()
        let number = try #require(OperatorNumber(1))
        try await village.open { station in
            try await station.begin()
            let entrance = station.wiring.entrance
            for left in [4, 3, 2, 1] {
                let check = try await entrance.check(number, pin: "111111")
                #expect(check == .wrong(triesLeft: left))
            }
            let fifth = try await entrance.check(number, pin: "111111")
            #expect(fifth == .locked(seconds: 60))
            let still = try await entrance.check(number, pin: RunningStation.pin)
            #expect(still == .locked(seconds: 60))
        }
        try await village.open { station in
            let entrance = station.wiring.entrance
            let still = try await entrance.check(number, pin: RunningStation.pin)
            #expect(still == .locked(seconds: 60))
            await village.clock.advance(by: .seconds(61))
            let later = try await entrance.check(number, pin: RunningStation.pin)
            #expect(later == .right)
        }
    }
}
