import Cryptography
import Glibc

/// The station's private key: a file of its own, mode 0600, never in the journal or an export.
struct DeviceKey: Sendable {
    private let path: String

    init(stateDirectory: String) { path = stateDirectory + "/key" }

    enum Failure: Error, Equatable, CustomStringConvertible {
        case file(String, errno: Int32)
        case malformed(String)

        var description: String {
            switch self {
            case .file(let path, let number): "\(path): \(String(cString: strerror(number)))"
            case .malformed(let path): "\(path) does not hold a key"
            }
        }
    }

    /// Nil where there is none yet.
    func load() throws -> Ed25519.PrivateKey? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT { return nil }
            throw Failure.file(path, errno: errno)
        }
        defer { close(descriptor) }
        var seed = [UInt8](repeating: 0, count: Ed25519.keySize + 1)
        guard read(descriptor, &seed, seed.count) == Ed25519.keySize else {
            throw Failure.malformed(path)
        }
        return try Ed25519.PrivateKey(seed: Array(seed.prefix(Ed25519.keySize)))
    }

    /// Makes a key and returns when it is durable. One that a cut enrolment left is taken, since
    /// head office may know it by now.
    func loadOrMake() throws -> Ed25519.PrivateKey {
        if let key = try load() { return key }
        let key = try Ed25519.PrivateKey()
        let draft = path + ".new"
        unlink(draft)
        let descriptor = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Failure.file(draft, errno: errno) }
        defer { close(descriptor) }
        guard write(descriptor, key.seed, key.seed.count) == key.seed.count,
            fsync(descriptor) == 0, rename(draft, path) == 0
        else { throw Failure.file(draft, errno: errno) }
        try synchronizeDirectory()
        return key
    }

    private func synchronizeDirectory() throws {
        let parent = String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)])
        let descriptor = open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Failure.file(parent, errno: errno) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw Failure.file(parent, errno: errno) }
    }
}
