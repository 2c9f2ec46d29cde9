import Drivers
import StationCore
import Testing

@Suite("Codes of keyboard scanners")
struct KeyboardScannerDecoderTests {
    private static func scans(_ decoded: [Decoded]) -> [String] {
        decoded.compactMap { if case .scan(let scan) = $0 { scan.text } else { nil } }
    }

    @Test func `a code of 1,024 characters is delivered whole`() throws {
        let text = String(repeating: "12345678", count: 128)
        var decoder = KeyboardScannerDecoder()
        let reports = try Keystrokes.typing(text) + Keystrokes.enter
        #expect(reports.flatMap { decoder.push($0) } == [.scan(Scan(text: text))])
    }

    @Test func `a code of 1,025 characters is discarded whole, and the next one is read`() throws {
        var decoder = KeyboardScannerDecoder()
        let tooLong = try Keystrokes.typing(String(repeating: "1", count: 1_025))
        let next = try Keystrokes.typing("42") + Keystrokes.enter
        let decoded = (tooLong + Keystrokes.enter + next).flatMap { decoder.push($0) }
        let bytes = (1_025 * 2 + 1) * 8
        #expect(
            decoded == [.discarded(Discard(bytes: bytes, why: .tooLong)), .scan(Scan(text: "42"))])
    }

    @Test func `without a suffix a flush ends the code`() throws {
        var decoder = KeyboardScannerDecoder()
        #expect(try Keystrokes.typing("VK0").flatMap { decoder.push($0) }.isEmpty)
        #expect(decoder.isInFlight)
        #expect(decoder.flush() == [.scan(Scan(text: "VK0"))])
        #expect(!decoder.isInFlight)
        #expect(decoder.flush().isEmpty)
    }

    @Test func `LF alone as a suffix is no part of the code`() throws {
        var decoder = KeyboardScannerDecoder()
        let reports = try Keystrokes.typing("12") + Keystrokes.controlJ
        #expect(reports.flatMap { decoder.push($0) }.isEmpty)
        #expect(decoder.flush() == [.scan(Scan(text: "12"))])
    }

    @Test func `an Alt code that was not ended makes the code uncertain`() throws {
        var decoder = KeyboardScannerDecoder()
        let reports = try Keystrokes.typing("1") + [Keystrokes.report(0x62, modifiers: 0x04)]
        #expect(reports.flatMap { decoder.push($0) }.isEmpty)
        #expect(decoder.flush() == [.discarded(Discard(bytes: 24, why: .altCode))])
    }

    @Test func `a device that left takes its keys and its Caps Lock with it`() throws {
        var decoder = KeyboardScannerDecoder()
        _ = decoder.push(Keystrokes.report(0x39))
        _ = decoder.push(Keystrokes.report(0x04))
        #expect(decoder.finish() == [.discarded(Discard(bytes: 8, why: .unfinished))])
        let reports = [Keystrokes.report(0x04), Keystrokes.released] + Keystrokes.enter
        #expect(reports.flatMap { decoder.push($0) } == [.scan(Scan(text: "a"))])
    }

    @Test(arguments: UInt64(0)..<200)
    func `rubbish never traps, and a code after a suffix is read`(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        var decoder = KeyboardScannerDecoder()
        for _ in 0..<50 {
            let length = Int.random(in: 0...20, using: &generator)
            for case .scan(let scan) in decoder.push(generator.bytes(length)) {
                #expect(!scan.text.isEmpty && scan.text.unicodeScalars.count <= Scan.textLengthMax)
            }
        }
        // A scanner that works again: Caps Lock may be on, so digits.
        let again =
            [Keystrokes.released] + Keystrokes.enter + (try Keystrokes.typing("690"))
            + Keystrokes.enter
        #expect(Self.scans(again.flatMap { decoder.push($0) }).last == "690")
    }

    @Test(arguments: UInt64(0)..<200)
    func `a report that is cut, lost in part or foreign never makes another code`(
        seed: UInt64
    ) throws {
        var generator = SeededGenerator(seed: seed)
        let codes = (0..<8).map { _ in
            String(
                (0..<13).map { _ in Int.random(in: 0...9, using: &generator) }.map(String.init)
                    .joined())
        }
        var decoder = KeyboardScannerDecoder()
        var decoded: [Decoded] = []
        for code in codes {
            for report in try Keystrokes.typing(code) + Keystrokes.enter {
                switch Int.random(in: 0..<40, using: &generator) {
                case 0:
                    decoded += decoder.push(
                        Array(report.prefix(Int.random(in: 1...7, using: &generator))))
                case 1:
                    decoded += decoder.push(
                        generator.bytes(Int.random(in: 1...7, using: &generator)) + report)
                default: decoded += decoder.push(report)
                }
                // A report that came twice is one key.
                if Bool.random(using: &generator) { decoded += decoder.push(report) }
            }
        }
        // Where the suffix itself was cut, two codes run together: that one is discarded too.
        for scan in Self.scans(decoded) { #expect(codes.contains(scan)) }
    }

    @Test(arguments: UInt64(0)..<50)
    func `reports in one chunk or one by one are the same`(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let text = String(
            (0..<20).map { _ in "A1b2c3D4e5F6g7".randomElement(using: &generator) ?? "x" })
        let reports = try Keystrokes.typing(text) + Keystrokes.enter + Keystrokes.controlJ
        var single = KeyboardScannerDecoder()
        var joined = KeyboardScannerDecoder()
        #expect(reports.flatMap { single.push($0) } == [.scan(Scan(text: text))])
        #expect(joined.push(reports.flatMap { $0 }) == [.scan(Scan(text: text))])
    }
}
