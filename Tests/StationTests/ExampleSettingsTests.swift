import FoundationEssentials
import Testing

@testable import Station

@Suite("The example of all settings")
struct ExampleSettingsTests {
    /// Each `#Environment=NAME=VALUE` of the drop-in that shows all settings.
    private static func settings() throws -> [String: String] {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let file = root.appending(path: "systemd/stationd.service.d/example.conf")
        let text = try String(contentsOf: file, encoding: .utf8)
        var settings: [String: String] = [:]
        for line in text.split(separator: "\n") where line.hasPrefix("#Environment=") {
            let parts = line.split(separator: "=", maxSplits: 2, omittingEmptySubsequences: false)
            settings[String(parts[1])] = String(parts[2])
        }
        return settings
    }

    @Test func `it names every variable, and no other`() throws {
        #expect(try Set(Self.settings().keys) == Set(Configuration.names))
    }

    @Test func `what it gives as default is the default`() throws {
        for (variable, value) in try Self.settings() {
            #expect(
                try Configuration(environment: [variable: value]) == Configuration(),
                "\(variable)")
        }
    }
}
