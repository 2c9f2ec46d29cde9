import FoundationEssentials
import Glibc

struct FileProblem: Error {
    let path: String
    let number: Int32
}

/// Bytes of a file; 0 where there is none.
func size(of path: String) throws -> Int {
    var status = stat()
    guard stat(path, &status) == 0 else {
        guard errno == ENOENT else { throw FileProblem(path: path, number: errno) }
        return 0
    }
    return Int(status.st_size)
}

func copyFile(_ path: String, to other: String) throws {
    try FileManager.default.copyItem(atPath: path, toPath: other)
}
