import Drivers
import FoundationEssentials
import Testing

/// A recorded or constructed input of a decoder, with what it has to give.
struct Capture: CustomStringConvertible, Sendable {
    let driver: String
    let name: String
    let input: String
    /// Nil where there is no such file.
    let expected: String?

    var description: String { "\(driver)/\(name)" }

    static let folder = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Sources/Simulators/Captures")

    static func all() throws -> [Capture] {
        let files = FileManager.default
        return try files.contentsOfDirectory(atPath: folder.path).sorted().flatMap { driver in
            let directory = folder.appending(path: driver)
            return try files.contentsOfDirectory(atPath: directory.path).sorted()
                .filter { $0.hasSuffix(".capture") }
                .map { file in
                    let name = String(file.dropLast(".capture".count))
                    let expected = directory.appending(path: name + ".expected")
                    return Capture(
                        driver: driver, name: name,
                        input: try String(
                            contentsOf: directory.appending(path: file), encoding: .utf8),
                        expected: try? String(contentsOf: expected, encoding: .utf8))
                }
        }
    }
}

@Suite("Captures of devices")
struct CaptureTests {
    @Test(arguments: try Capture.all())
    func `a capture gives what was approved for it`(capture: Capture) throws {
        let expected = try #require(capture.expected)
        let driver = try Decode.Driver.named(capture.driver)
        let lines = try Decode.lines(of: capture.input, driver: driver)
        #expect(lines.map { $0 + "\n" }.joined() == expected)
    }

    @Test(arguments: try Capture.all())
    func `a capture says in its header what it is`(capture: Capture) {
        #expect(capture.input.hasPrefix("# "))
        #expect(capture.input.contains("\n# Odd: "))
    }

    @Test func `each driver has captures, and each capture a driver`() throws {
        let drivers = Set(try Capture.all().map(\.driver))
        #expect(drivers == Set(Decode.Driver.allCases.map(\.rawValue)))
    }
}
