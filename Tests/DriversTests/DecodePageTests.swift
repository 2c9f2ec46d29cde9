import Drivers
import FoundationEssentials
import StationCore
import Testing

@Suite("The page on decode")
struct DecodePageTests {
    private static func page() throws -> String {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        return try String(contentsOf: root.appending(path: "docs/decode.md"), encoding: .utf8)
    }

    @Test func `every word that decode can print stands in it`() throws {
        let page = try Self.page()
        let words =
            Decode.Driver.allCases.map(\.rawValue) + Discard.Why.allCases.map(\.rawValue)
            + WeightStatus.allCases.map(\.rawValue) + MassUnit.allCases.map(\.rawValue)
            + Barcode.Kind.allCases.map(\.rawValue) + Barcode.Why.allCases.map(\.rawValue)
            + PrinterStatus.Paper.allCases.map(\.rawValue)
            + PrinterStatus.Cover.allCases.map(\.rawValue)
            + PrinterStatus.Fault.allCases.map(\.rawValue)
        for word in words { #expect(page.contains("`\(word)`"), "\(word)") }
    }

    @Test func `every field that a capture brings about stands in it`() throws {
        let page = try Self.page()
        let names = try Capture.all().flatMap { capture in
            (capture.expected ?? "").split(separator: "\n").flatMap { line in
                line.matches(of: /"(\w+)":/).map { String($0.1) }
            }
        }
        for name in Set(names) { #expect(page.contains("`\(name)`"), "\(name)") }
    }

    @Test func `its examples come out as it says`() throws {
        let examples = try Self.page().matches(
            of: /\$ stationctl decode (\S+) <<END\n((?s).*?)END\n((?s).*?)```/)
        #expect(examples.count == 5)
        for example in examples {
            let lines = try Decode.lines(
                of: String(example.2), driver: try Decode.Driver.named(String(example.1)))
            #expect(lines.map { $0 + "\n" }.joined() == example.3)
        }
    }
}
