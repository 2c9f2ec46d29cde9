import Drivers
import Testing

@Suite("Decoding what was written down")
struct DecodeTests {
    private static let twentyGrams =
        #"{"event":"weight","status":"stable","grams":20,"magnitude":"20","unit":"g"}"#

    @Test(arguments: [
        "03 04 02 00 14 00", "030402001400", "0304 0200\n1400", "  03 04 02\t00 14 00  ",
        "# a label\n03 04 02\n00 14 00\n", "03 04 02 00 14 00\r\n",
        "\n\n03 04 02 00 14 00\n\n---\n",
    ])
    func `groups and lines are joined to one report`(input: String) throws {
        #expect(try Decode.lines(of: input, driver: .hidScale) == [Self.twentyGrams])
    }

    @Test(arguments: ["#", "# next", "", "---"])
    func `a label, an empty line and a new start end a report`(end: String) throws {
        let input = "03 04 02 00 14\n\(end)\n00"
        #expect(
            try Decode.lines(of: input, driver: .hidScale) == [
                #"{"event":"discarded","bytes":5,"why":"length"}"#,
                #"{"event":"discarded","bytes":1,"why":"length"}"#,
            ])
    }

    @Test(arguments: [
        ("03 04\n\nzz", 3, "zz"), ("0", 1, "0"), ("# label\n03 0x04", 2, "0x04"),
        ("> 10 4", 1, "4"), ("03;04", 1, "03;04"), ("０３", 1, "０３"),
    ])
    func `what is no input is named with its line and what is allowed`(
        input: String, line: Int, group: String
    ) {
        #expect(throws: DecodeError.notHexadecimal(line: line, group: group)) {
            try Decode.lines(of: input, driver: .barcode)
        }
        let text = DecodeError.notHexadecimal(line: line, group: group).description
        #expect(text.contains("line \(line)") && text.contains("hexadecimal"))
    }

    @Test func `an unknown driver is told the names of those that there are`() {
        #expect(throws: DecodeError.unknownDriver("scale")) { try Decode.Driver.named("scale") }
        for driver in Decode.Driver.allCases {
            #expect(DecodeError.unknownDriver("scale").description.contains(driver.rawValue))
        }
    }

    @Test func `raw bytes are cut by the length of a report`() {
        let report: [UInt8] = [3, 4, 2, 0, 20, 0]
        #expect(
            Decode.lines(ofRaw: report + report + [3], driver: .hidScale) == [
                Self.twentyGrams, Self.twentyGrams,
                #"{"event":"discarded","bytes":1,"why":"length"}"#,
            ])
        #expect(
            Decode.lines(ofRaw: [0x10, 0, 0, 0, 0x12], driver: .escposStatus) == [
                #"{"event":"printerStatus","online":true,"paper":"ok","cover":"closed","error":"none"}"#,
                #"{"event":"discarded","bytes":1,"why":"unasked"}"#,
            ])
        #expect(
            Decode.lines(ofRaw: Array("96385074\r\nVK011234567840\n".utf8), driver: .barcode) == [
                #"{"event":"barcode","kind":"gtin8","gtin":"96385074"}"#,
                #"{"event":"barcode","kind":"villagerCard","digits":"12345678"}"#,
            ])
    }

    @Test func `what JSON cannot hold is escaped`() throws {
        let reports =
            Keystrokes.stroke(0x34, modifiers: 0x02) + Keystrokes.stroke(0x31)
            + Keystrokes.stroke(0x30, modifiers: 0x01) + Keystrokes.enter
        let lines = Decode.lines(ofRaw: reports.flatMap { $0 }, driver: .keyboardScanner)
        #expect(
            lines == [#"{"event":"scan","text":"\"\\\u001d","aim":null,"symbology":null}"#])
    }

    @Test func `lines are decoded as they come`() throws {
        var decode = Decode(driver: .escposStatus)
        #expect(try decode.push(line: "> 10 04 04").isEmpty)
        #expect(try decode.push(line: "72").isEmpty)
        #expect(
            try decode.push(line: "> 10 04 01") == [
                #"{"event":"printerStatus","online":null,"paper":"out","cover":null,"error":null}"#
            ])
        #expect(decode.finish().isEmpty)
    }

    @Test(arguments: UInt64(0)..<200)
    func `each driver takes any bytes without trapping`(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let bytes = generator.bytes(Int.random(in: 0...300, using: &generator))
        for driver in Decode.Driver.allCases {
            for line in Decode.lines(ofRaw: bytes, driver: driver) {
                #expect(line.hasPrefix(#"{"event":""#) && line.hasSuffix("}"))
                #expect(line.utf8.allSatisfy { $0 >= 0x20 })
            }
        }
    }
}
