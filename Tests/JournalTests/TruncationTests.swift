import FoundationEssentials
import Glibc
import JournalFixtures
import StationCore
import SyncProtocol
import Testing

@testable import Journal

@Suite("A journal that was cut short")
struct TruncationTests {
    private static let pageSize = StorageSettings().pageSize

    private func cut(_ spoilt: Spoilt, pages: Int, bytes: Int) -> [UInt8] {
        Array(spoilt.whole.prefix(pages * Self.pageSize + bytes))
    }

    @Test func `at whatever length, the first entry that is lost is named, and the length`()
        throws
    {
        let spoilt = try Spoilt(entries: 60)
        let pages = spoilt.whole.count / Self.pageSize
        var named = 0
        for page in 1..<pages {
            for bytes in [0, 1, Self.pageSize / 2, Self.pageSize - 1] {
                let length = "\(page) pages and \(bytes) bytes"
                let short = "it was cut short: of \(pages) pages \(page) are there"
                try Data(cut(spoilt, pages: page, bytes: bytes)).write(to: spoilt.file)
                let result: Verification
                do { result = try spoilt.journal.verify() } catch {
                    #expect(error as? JournalError == .damaged(short), "\(length)")
                    continue
                }
                #expect(result.findings.contains(.file(short)), "\(length): \(result)")
                guard let wrong = try spoilt.firstWrong() else { continue }
                #expect(result.entries == wrong - 1, "\(length)")
                guard case .entry(wrong, _) = result.findings.first else {
                    Issue.record("\(length), entry \(wrong): \(result)")
                    continue
                }
                named += 1
            }
        }
        #expect(named > (pages - 20) * 4, "the first pages are the empty journal's")
    }

    @Test(arguments: [0.3, 0.6, 0.9])
    func `what is right is exported, and what is not is said after it`(part: Double) throws {
        let spoilt = try Spoilt(entries: 900)
        let length = Int(Double(spoilt.whole.count) * part)
        let right = try #require(try spoilt.verify(Array(spoilt.whole.prefix(length)))).entries
        #expect(right > 20)
        let reader = try JournalReader(salvaging: spoilt.journal.scratch.directory)
        var lines = 0
        let error = #expect(throws: JournalError.self) {
            try reader.export { _ in lines += 1 }
        }
        #expect(lines == right)
        guard case .damaged(let what) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(what.hasPrefix("entry \(right + 1): "))
    }

    /// A station that was killed leaves its log, which says how many pages there are.
    @Test func `with a log beside it, the first entry that is lost is named as well`() throws {
        let source = try Scratch()
        let other = try Scratch()
        let station = try TradingStation(JournalWriter(source.directory), seed: 11)
        try station.enrol()
        try station.trade(entries: 60)
        _ = try station.journal.connection.checkpoint()
        try station.trade(entries: 5)
        let file = other.directory.journalFile
        for suffix in ["", "-wal"] {
            try copyFile(source.directory.journalFile + suffix, to: file + suffix)
        }
        try #require(truncate(file, off_t(try size(of: file) / 2)) == 0)
        let result = try JournalReader(salvaging: other.directory).verify()
        #expect((10..<60).contains(result.entries))
        guard case .entry(result.entries + 1, _) = result.findings.first else {
            Issue.record("\(result)")
            return
        }
    }

    @Test func `the station does not open it, and writes nothing to it`() throws {
        let spoilt = try Spoilt(entries: 60)
        let bytes = Array(spoilt.whole.prefix(spoilt.whole.count / 2))
        _ = try spoilt.verify(bytes)
        let directory = spoilt.journal.scratch.directory
        for open in [
            { _ = try JournalWriter(directory) }, { _ = try JournalReader(directory) },
        ] {
            let error = #expect(throws: JournalError.self) { try open() }
            guard case .damaged = error else {
                Issue.record("\(String(describing: error))")
                return
            }
        }
        let after = try Data(contentsOf: URL(filePath: directory.journalFile))
        #expect([UInt8](after) == bytes)
    }
}
