import FoundationEssentials
import Glibc
import StationCore
import Testing

@testable import QRCodes

@Suite("QR codes")
struct QRCodeTests {
    /// What another reader than ours makes of the code, at three dots a module.
    private func read(_ code: QRCode) throws -> String {
        let side = (code.size + 2 * QRCode.quietZone) * 3
        var picture = Array("P5 \(side) \(side) 255\n".utf8)
        for row in 0..<side {
            for column in 0..<side {
                let isDark = code[row / 3 - QRCode.quietZone, column / 3 - QRCode.quietZone]
                picture.append(isDark ? 0 : 255)
            }
        }
        let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).pgm")
        try Data(picture).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let command = "zbarimg --quiet --raw -Sdisable -Sqrcode.enable \(file.path)"
        let pipe = try #require(popen(command, "r"))
        defer { pclose(pipe) }
        var output: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4_096)
        while case let count = fread(&buffer, 1, buffer.count, pipe), count > 0 {
            output += buffer[..<count]
        }
        return String(decoding: output, as: UTF8.self)
    }

    @Test(arguments: 1...QRVersion.last, QRCode.Level.allCases)
    func `every version is read by another reader`(number: Int, level: QRCode.Level) throws {
        // Bytes, as many as the version just takes: a head of 12 or 20 bits, and no end mark.
        let version = QRVersion(number, level)
        let count = version.dataCount - (number <= 9 ? 2 : 3)
        let text = String((0..<count).map { Character(Unicode.Scalar(97 + UInt8($0 % 26))) })
        let code = try #require(QRCode(text, level: level))
        #expect(code.size == version.size)
        #expect(try read(code) == text + "\n")
    }

    @Test(arguments: [
        "1", "12", "123", "01234567890123", "VK0112345678", "HTTPS://HUB.EXAMPLE:8443/",
        "https://hub.example/?a=01234567890123456789&b", "苹果 3.20",
    ])
    func `digits, capitals and bytes are read`(text: String) throws {
        for inOneSegment in [false, true] {
            let code = try #require(QRCode(Array(text.utf8), inOneSegment: inOneSegment))
            #expect(try read(code) == text + "\n")
        }
    }

    @Test func `the longest enrolment code is read, by a scanner and as what it is`() throws {
        let station = try #require(Digits<6>("990001"))
        let enrolment = try #require(
            Enrolment(
                address: String(repeating: "h", count: 35) + ":8443", station: station, epoch: 99,
                token: String(repeating: "T", count: 22),
                pins: ["a", "b"].map { String(repeating: $0, count: 43) }))
        let text = Barcode.enrolment(enrolment).text
        let code = try #require(QRCode(text))
        #expect(code.size <= QRVersion(10, .medium).size)
        #expect(Barcode(text: String(try read(code).dropLast())) == .enrolment(enrolment))
    }

    @Test func `what is too long has no code`() {
        for (level, count) in [(QRCode.Level.medium, 666), (.high, 382)] {
            #expect(QRCode(String(repeating: "a", count: count), level: level) != nil)
            #expect(QRCode(String(repeating: "a", count: count + 1), level: level) == nil)
        }
    }

    @Test(arguments: [
        ("0123456789", QRCode.Level.low, 21), ("VK04123456010000000423141592639", .medium, 25),
        ("http://127.0.0.1:8080/counter", .quartile, 29),
        (String(repeating: "1234567890", count: 65), .low, 57),
    ])
    func `a text takes the smallest version that holds it`(
        text: String, level: QRCode.Level, size: Int
    ) throws {
        let code = try #require(QRCode(text, level: level))
        #expect(code.size == size)
        #expect(code.rows.count == size && code.rows.allSatisfy { $0.count == size })
        #expect(code.rows[0].prefix(8) == [true, true, true, true, true, true, true, false])
    }

    @Test func `a terminal shows light around the code`() throws {
        let code = try #require(QRCode("VK0112345678"))
        let lines = code.text(colours: false).split(separator: "\n")
        #expect(lines.count == (code.size + 2 * QRCode.quietZone + 1) / 2)
        #expect(lines.allSatisfy { $0.hasPrefix("████") && $0.hasSuffix("████") })
        #expect(code.text(colours: true).contains("\u{1b}[40;97m"))
    }
}
