import Glibc
import Testing

/// The approved papers, in files beside the tests. After a change that is meant, run the tests
/// with `APPROVE_PAPERS=1`, read what changed and commit it.
enum ExpectedPaper {
    static func check(
        _ text: String, _ name: String, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let folder = #filePath.split(separator: "/").dropLast().joined(separator: "/")
        let path = "/\(folder)/Papers/\(name).expected"
        if getenv("APPROVE_PAPERS") != nil {
            let file = try #require(fopen(path, "w"))
            defer { fclose(file) }
            _ = fputs(text, file)
            return
        }
        let expected = try #require(read(path), "no \(path)", sourceLocation: sourceLocation)
        #expect(text == expected, "\(name)", sourceLocation: sourceLocation)
    }

    static func read(_ path: String) -> String? {
        guard let file = fopen(path, "r") else { return nil }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 4_096)
        while case let count = fread(&part, 1, part.count, file), count > 0 {
            bytes += part.prefix(count)
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
