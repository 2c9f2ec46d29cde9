import FoundationEssentials
import Glibc
import JournalFixtures
import StationCore
import Testing

@testable import Journal

/// A file system of its own in memory, as small as a test wants it. Needs the right to mount:
/// root, or a namespace as `scripts/swift-tests` makes it.
private final class SmallDisk {
    let path: String
    private var ballast: String { path + "/ballast" }

    init(kibibytes: Int) throws {
        path =
            FileManager.default.temporaryDirectory
            .appending(path: "disk-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true)
        guard mount("tmpfs", path, "tmpfs", 0, "size=\(kibibytes)k") == 0 else {
            throw FileProblem(path: path, number: errno)
        }
    }

    deinit {
        umount2(path, Int32(MNT_DETACH))
        rmdir(path)
    }

    var directory: StateDirectory { StateDirectory(path: path) }

    /// Takes the room that is left but for `kept` bytes.
    func fill(butFor kept: Int = 0) throws {
        let file = open(ballast, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        guard file >= 0 else { throw FileProblem(path: ballast, number: errno) }
        defer { close(file) }
        let block = [UInt8](repeating: 0x55, count: 4_096)
        while write(file, block, block.count) > 0 {}
        guard errno == ENOSPC else { throw FileProblem(path: ballast, number: errno) }
        if kept > 0 {
            var status = stat()
            fstat(file, &status)
            ftruncate(file, max(0, status.st_size - off_t(kept)))
        }
    }

    func makeRoom() { unlink(ballast) }

    func makeReadOnly() throws {
        let flags = UInt(MS_REMOUNT | MS_RDONLY)
        guard mount("tmpfs", path, "tmpfs", flags, nil) == 0 else {
            throw FileProblem(path: path, number: errno)
        }
    }
}

@Suite("Full and read-only disks", .serialized)
struct DiskTests {
    private func station(_ disk: SmallDisk, entries: Int) throws -> TradingStation {
        let station = try TradingStation(JournalWriter(disk.directory), seed: 4)
        try station.enrol()
        try station.trade(entries: entries)
        return station
    }

    /// Trades until there is no room.
    private func tradeUntilFull(_ station: TradingStation) -> JournalError? {
        for _ in 0..<5_000 {
            do {
                try station.append(try EntryDraft.topUp("\(station.random.next())"))
            } catch { return error as? JournalError }
        }
        return nil
    }

    @Test func `a full disk refuses business and keeps what the station itself must say`() throws {
        let disk = try SmallDisk(kibibytes: 6_144)
        let station = try station(disk, entries: 200)
        while station.books.slips.count < 5 { try station.trade() }
        try disk.fill()
        #expect(tradeUntilFull(station) == .diskFull)
        #expect(station.journal.hasRoom)

        // Its own entries and the cursor go into the reserve.
        for slip in station.books.owedSlips {
            try station.printed(slip.sequence)
        }
        for number in 0..<400 {
            try station.append(
                EntryDraft(MessageRefused(number: number, reason: .unknownKind), by: .station),
                local: [.appliedThrough(number)])
        }
        try station.journal.commit(nil, local: [.cleanShutdown(true)])
        #expect(!station.journal.hasRoom)
        // The reserve is for them alone: business does not come back before there is room.
        #expect(throws: JournalError.diskFull) { try station.append(try EntryDraft.topUp("no")) }
        try station.journal.idle()
        #expect(!station.journal.hasRoom)
        #expect(try station.journal.reader.localState().appliedThrough == 399)

        disk.makeRoom()
        try station.append(try EntryDraft.topUp("yes"))
        #expect(station.journal.hasRoom)
        let count = try #require(station.journal.head).sequence
        #expect(try station.journal.reader.verify() == Verification(entries: count))
        #expect(try station.journal.reader.books() == station.books)
    }

    @Test(arguments: [0, 8, 40, 100, 400, 1_000])
    func `wherever the room ends, what was committed stands and nothing else`(
        kibibytes: Int
    ) throws {
        let disk = try SmallDisk(kibibytes: 4_096)
        let station = try station(disk, entries: 50)
        try disk.fill(butFor: kibibytes * 1_024)
        #expect(tradeUntilFull(station) == .diskFull)
        let head = station.journal.head
        #expect(try station.journal.reader.head() == head)
        try station.append(
            EntryDraft(MessageRefused(number: 1, reason: .malformed), by: .station))
        let count = try #require(station.journal.head).sequence
        #expect(try station.journal.reader.verify() == Verification(entries: count))
    }

    @Test func `a station starts on a full disk and still speaks for itself`() throws {
        let disk = try SmallDisk(kibibytes: 4_096)
        do {
            let station = try station(disk, entries: 100)
            try disk.fill()
            #expect(tradeUntilFull(station) == .diskFull)
            // One may still find room in the log's last block.
            for number in 0..<1_000 where station.journal.hasRoom {
                try station.append(
                    EntryDraft(MessageRefused(number: number, reason: .malformed), by: .station))
            }
            #expect(!station.journal.hasRoom)
        }
        try disk.fill()
        let again = try TradingStation(JournalWriter(disk.directory), seed: 5)
        #expect(!again.journal.hasRoom)
        #expect(throws: JournalError.diskFull) { try again.append(try EntryDraft.topUp("no")) }
        #expect(try again.journal.reader.verify().findings.isEmpty)
    }

    @Test func `a disk without room for a journal says so`() throws {
        let disk = try SmallDisk(kibibytes: 64)
        try disk.fill()
        #expect(throws: JournalError.diskFull) { _ = try JournalWriter(disk.directory) }
        disk.makeRoom()
        try disk.fill(butFor: 8_192)
        #expect(throws: JournalError.diskFull) { _ = try JournalWriter(disk.directory) }
    }

    @Test func `a read-only disk is read, and says that it cannot be written`() throws {
        let disk = try SmallDisk(kibibytes: 4_096)
        let books = try { try station(disk, entries: 50).books }()
        try disk.makeReadOnly()
        #expect(throws: JournalError.readOnly) { _ = try JournalWriter(disk.directory) }
        let reader = try JournalReader(disk.directory)
        #expect(try reader.books() == books)
        #expect(try reader.verify() == Verification(entries: 51))
    }

    @Test func `a log left by a power cut is read on a disk that became read-only`() throws {
        let scratch = try Scratch()
        let disk = try SmallDisk(kibibytes: 4_096)
        let station = try TradingStation(JournalWriter(scratch.directory), seed: 4)
        try station.enrol()
        try station.trade(entries: 50)
        for suffix in ["", "-wal", "-shm"] {
            try copyFile(
                scratch.directory.journalFile + suffix, to: disk.directory.journalFile + suffix)
        }
        try disk.makeReadOnly()
        let reader = try JournalReader(disk.directory)
        #expect(try reader.books() == station.books)
        #expect(throws: JournalError.readOnly) { _ = try JournalWriter(disk.directory) }
    }
}
