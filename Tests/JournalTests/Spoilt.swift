import FoundationEssentials
import JournalFixtures
import SQLite
import Testing

@testable import Journal

/// A journal's file, to be spoilt byte by byte.
struct Spoilt {
    let journal: Tampered
    let whole: [UInt8]
    private let rows: [Row]

    private struct Row: Equatable {
        let sequence: Int
        let canonical: [UInt8]
        let hash: [UInt8]
    }

    var file: URL { URL(filePath: journal.scratch.directory.journalFile) }

    init(entries: Int) throws {
        journal = try Tampered(entries: entries)
        // The log was moved into the file when the writer went.
        let path = journal.scratch.directory.journalFile
        whole = [UInt8](try Data(contentsOf: URL(filePath: path)))
        let connection = try Connection(path: path, mode: .readOnly)
        var select = try connection.prepare("SELECT sequence, canonical, hash FROM entry")
        rows = try select.all {
            Row(sequence: $0.integer(0), canonical: $0.blob(1), hash: $0.blob(2))
        }
    }

    /// What is found in the file with other bytes; nil where it does not even open.
    func verify(_ bytes: [UInt8]) throws -> Verification? {
        try Data(bytes).write(to: file)
        do { return try journal.verify() } catch JournalError.damaged { return nil }
    }

    /// The first entry that SQLite gives otherwise than it was written, or does not give while it
    /// has later ones or fails; nil where all that it gives is right. It is asked as whoever mends
    /// a file by hand does, so that it gives what it can.
    func firstWrong() throws -> Int? {
        var right = 0
        do {
            let connection = try Connection(path: file.path, mode: .readOnly)
            try connection.execute("PRAGMA trusted_schema = OFF; PRAGMA writable_schema = ON")
            var select = try connection.prepare(
                "SELECT sequence, canonical, hash FROM entry WHERE sequence > 0 ORDER BY sequence")
            var isRight = true
            try select.forEach { row in
                let found = Row(
                    sequence: row.integer(0), canonical: row.blob(1), hash: row.blob(2))
                isRight = right < rows.count && found == rows[right]
                if isRight { right += 1 }
                return isRight
            }
            return isRight ? nil : right + 1
        } catch let error as SQLiteError {
            try #require(error.isCorrupt || error.isOfOtherSchema, "\(error)")
            return error.isCorrupt ? right + 1 : nil
        }
    }
}
