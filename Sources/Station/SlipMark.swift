import Glibc
import Logging
import Ports

/// Which slip is in the printer, in a file that a restart of the daemon outlives and a power cut
/// does not: it needs no flush.
struct SlipMark: Sendable {
    private let path: String

    init(runtimeDirectory: String) { path = runtimeDirectory + "/slip-in-printer" }

    func read() -> Int? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 32)
        let count = Glibc.read(descriptor, &bytes, bytes.count)
        guard count > 0 else { return nil }
        return Int(String(decoding: bytes.prefix(count), as: UTF8.self))
    }

    /// The runtime directory is full, read-only or gone.
    struct NotWritten: Error, CustomStringConvertible {
        let code: Int32
        let path: String
        var description: String { "\(path): \(String(cString: strerror(code)))" }
    }

    /// - Throws: Where it could not be written: then no byte may go out.
    func set(_ slip: Int) throws(NotWritten) {
        let draft = path + ".new"
        let descriptor = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o640)
        guard descriptor >= 0 else { throw NotWritten(code: errno, path: draft) }
        defer { close(descriptor) }
        let text = Array(String(slip).utf8)
        let count = write(descriptor, text, text.count)
        guard count == text.count else {
            throw NotWritten(code: count < 0 ? errno : ENOSPC, path: draft)
        }
        guard rename(draft, path) == 0 else { throw NotWritten(code: errno, path: path) }
    }

    func clear() { unlink(path) }
}
