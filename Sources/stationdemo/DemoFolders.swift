import ControlProtocol
import FoundationEssentials
import Glibc

/// Where the demo keeps its files.
struct DemoFolders: Sendable {
    let root: String

    var state: String { root + "/state" }
    var runtime: String { root + "/run" }
    var log: String { root + "/station.log" }
    var hub: String { root + "/hub.sqlite" }
    /// The cards on the shelf, since their paper is printed once.
    var shelf: String { root + "/shelf.json" }
    var controlSocket: String { runtime + "/" + ControlPath.socketName }
    var worldSocket: String { root + "/world.sock" }

    struct Failure: Error, CustomStringConvertible {
        let path: String
        let code: Int32
        var description: String { "\(path): \(String(cString: strerror(code)))" }
    }

    /// Bytes of a name: sockets lie in it, whose paths have 107 at the most.
    static let nameSizeMax = 80

    /// A folder of its own under `/tmp`, or the one that is named; what is missing is made.
    init(named name: String?) throws(Failure) {
        if let name {
            root = name
            try Self.make(name)
        } else {
            var template = Array("/tmp/stationdemo-XXXXXX".utf8CString)
            guard mkdtemp(&template) != nil else {
                throw Failure(path: "/tmp", code: errno)
            }
            root = String(
                decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        }
        try Self.make(state)
        try Self.make(runtime)
    }

    private static func make(_ path: String) throws(Failure) {
        if mkdir(path, 0o700) != 0 && errno != EEXIST { throw Failure(path: path, code: errno) }
    }

    /// Whether a station was at work here before.
    var isTakenUpAgain: Bool { access(state + "/journal.sqlite", F_OK) == 0 }

    /// The cards that were kept; nil where there are none that can be read.
    func keptShelf() -> CardShelf? {
        guard let data = try? Data(contentsOf: URL(filePath: shelf)) else { return nil }
        return try? JSONDecoder().decode(CardShelf.self, from: data)
    }

    func keep(_ shelf: CardShelf) throws {
        try JSONEncoder().encode(shelf).write(to: URL(filePath: self.shelf), options: .atomic)
    }

    /// Where nothing is left to look for.
    func remove() throws { try FileManager.default.removeItem(atPath: root) }

    /// The end of a file, for whoever has to be told what a program said last.
    func lastLines(of path: String) -> String {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return "" }
        defer { close(file) }
        _ = lseek(file, -Self.lastSize, SEEK_END)
        var bytes = [UInt8](repeating: 0, count: Self.lastSize)
        let count = read(file, &bytes, bytes.count)
        let lines = String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
            .split(separator: "\n")
        return lines.suffix(Self.lastLineCount).joined(separator: "\n")
    }

    private static let lastLineCount = 10
    /// Bytes that hold so many lines, and more. A shorter file is read from its beginning.
    private static let lastSize = 4_096

    /// As at a start of the kernel: what lay in memory is gone.
    func emptyRuntime() {
        guard let folder = opendir(runtime) else { return }
        defer { closedir(folder) }
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { name in
                name.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != "." && name != ".." { unlink(runtime + "/" + name) }
        }
    }
}
