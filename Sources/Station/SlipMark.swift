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

    /// - Returns: False where it could not be written: then no byte may go out.
    func set(_ slip: Int) -> Bool {
        let draft = path + ".new"
        let descriptor = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o640)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        let text = Array(String(slip).utf8)
        return write(descriptor, text, text.count) == text.count && rename(draft, path) == 0
    }

    func clear() { unlink(path) }
}
