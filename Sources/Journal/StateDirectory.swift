import Cryptography
import Glibc

/// The folder with everything that a station must not lose.
public struct StateDirectory: Hashable, Sendable {
    public let path: String

    /// - Parameter path: A folder that stands already; systemd or the caller makes it.
    public init(path: String) { self.path = path }

    public var journalFile: String { path + "/journal.sqlite" }
    var lockFile: String { path + "/lock" }
    var reserveFile: String { path + "/reserve" }

    /// Makes the names of new and renamed files durable.
    func synchronize() throws(SystemError) {
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw SystemError("open", path) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw SystemError("fsync", path) }
    }
}

/// The right to write: one holder at a time, given back by the kernel when the holder ends,
/// however it ends.
struct WriterLock: ~Copyable {
    private let descriptor: Int32

    init(_ directory: StateDirectory) throws(JournalError) {
        let path = directory.lockFile
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o640)
        guard descriptor >= 0 else { throw JournalError(SystemError("open", path)) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            defer { close(descriptor) }
            guard errno == EWOULDBLOCK else { throw JournalError(SystemError("flock", path)) }
            throw .locked(path: path, process: WriterLock.holder(descriptor))
        }
        self.descriptor = descriptor
        // For the message above alone, so that a full disk is no reason to fail.
        let text = Array("\(getpid())\n".utf8)
        if ftruncate(descriptor, 0) == 0 { _ = pwrite(descriptor, text, text.count, 0) }
    }

    deinit { close(descriptor) }

    private static func holder(_ descriptor: Int32) -> Int? {
        var text = [UInt8](repeating: 0, count: 16)
        let count = pread(descriptor, &text, text.count, 0)
        guard count > 0 else { return nil }
        return Int(String(decoding: text[..<count].prefix { $0 != 0x0a }, as: UTF8.self))
    }
}

/// Room that is kept for the station's own entries: a file that is given up when the disk is
/// full, so that "printed", "doubtful" and the cursors can still be written.
struct Reserve {
    /// Bytes. As large as the write-ahead log may grow, so that the log can always be moved into
    /// the file, which then begins anew over room that it has. What is left is enough for some
    /// hundred entries of the station, days of owed slips.
    static let size = StorageSettings.logPagesMax * StorageSettings.pageSizeChosen + 512 * 1_024

    let directory: StateDirectory

    var isWhole: Bool {
        var status = stat()
        return stat(directory.reserveFile, &status) == 0 && status.st_size == off_t(Reserve.size)
    }

    /// Bytes that the disk still takes; what is the system's own is not counted.
    var freeSize: Int {
        var status = statvfs()
        guard statvfs(directory.path, &status) == 0 else { return 0 }
        return Int(status.f_bavail) * Int(status.f_frsize)
    }

    /// Gives the room up; false when there was none.
    func release() -> Bool { unlink(directory.reserveFile) == 0 }

    /// Takes the room, with bytes that no file system can leave out or press together.
    func make() throws(JournalError) {
        guard !isWhole else { return }
        // Asked first: a card that is full is not worn by attempts.
        guard freeSize >= Reserve.size else { throw .diskFull }
        let path = directory.reserveFile
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o640)
        guard descriptor >= 0 else { throw JournalError(SystemError("open", path)) }
        defer { close(descriptor) }
        do {
            let bytes = try randomBytes(Reserve.size)
            var written = 0
            while written < bytes.count {
                let count = bytes.withUnsafeBytes {
                    write(descriptor, $0.baseAddress?.advanced(by: written), $0.count - written)
                }
                guard count > 0 else { throw SystemError("write", path) }
                written += count
            }
            guard fsync(descriptor) == 0 else { throw SystemError("fsync", path) }
        } catch {
            unlink(path)
            throw JournalError(error)
        }
    }
}
