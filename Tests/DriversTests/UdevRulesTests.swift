import Drivers
import FoundationEssentials
import Testing

@Suite("Rules for udev")
struct UdevRulesTests {
    /// The lines of udev/60-station.rules about single devices, comments left out.
    private static func linesOfRows() throws -> [String] {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let file = root.appending(path: "udev/60-station.rules")
        let text = try String(contentsOf: file, encoding: .utf8)
        return text.split(separator: "\n").map(String.init).filter {
            $0.contains("ENV{STATION_DEVICE}=\"") || $0.hasPrefix("ATTR{idVendor}")
        }
    }

    @Test func `udev opens the rows of the catalog, in their order, and nothing else`() throws {
        let leftAlone = Catalog.leftAlone.map { "\($0.udevKeys), GOTO=\"station_end\"" }
        let expected = Catalog.usbRules.map {
            "\($0.match.udevKeys), ENV{STATION_DEVICE}=\"\($0.kind.rawValue)\""
        }
        #expect(try Self.linesOfRows() == leftAlone + expected)
    }
}
