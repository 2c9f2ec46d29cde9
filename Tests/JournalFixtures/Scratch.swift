import FoundationEssentials
public import Journal

/// A state directory of its own that goes away with the test.
public final class Scratch {
    public let path: String

    public var directory: StateDirectory { StateDirectory(path: path) }

    public init() throws {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "journal-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        path = folder.path
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}
