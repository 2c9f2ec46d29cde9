import Glibc
import SQLite
import StationCore
import SyncProtocol

extension JournalWriter {
    /// Head office refused the enrolment token: copies the journal to a file beside it, and
    /// begins as a box that was never enrolled. Clock and command sheet stay as they are.
    ///
    /// - Returns: The copy's path.
    /// - Throws: `.holdsTrade` when an entry has postings or head office has acknowledged any.
    public func setAside() throws(JournalError) -> String {
        guard let head else { throw .notEnrolled }
        guard try !holdsTrade() else { throw .holdsTrade }
        let copy = directory.path + "/set-aside-\(head.station)-\(head.hash.mark).sqlite"
        try attempt {
            // A copy that a power cut left half made is made again.
            unlink(copy)
            var vacuum = try connection.prepare("VACUUM INTO ?")
            try vacuum.run(.text(copy))
            try synchronize(copy)
            try directory.synchronize()
            try connection.transaction {
                try connection.execute(
                    """
                    DROP TABLE entry;
                    \(Schema.entryTable)
                    DELETE FROM balance; DELETE FROM record;
                    DELETE FROM list; DELETE FROM list_item; DELETE FROM list_chunk;
                    DELETE FROM operator_secret; DELETE FROM card;
                    """)
                var forget = try connection.prepare("DELETE FROM local WHERE key = ?")
                for key in LocalKey.ofEnrolment { try forget.run(.text(key.rawValue)) }
            }
        }
        self.head = nil
        return copy
    }

    private func holdsTrade() throws(JournalError) -> Bool {
        if try reader.localState().acknowledged != nil { return true }
        var next = 1
        while true {
            let chunk = try reader.entries(from: next, limit: 500)
            guard let last = chunk.last else { return false }
            if chunk.contains(where: { !$0.entry.postings.lines.isEmpty }) { return true }
            next = last.entry.sequence + 1
        }
    }

    private func synchronize(_ path: String) throws {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw SystemError("open", path) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw SystemError("fsync", path) }
    }
}
