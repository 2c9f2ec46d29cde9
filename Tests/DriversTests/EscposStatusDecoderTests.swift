import Drivers
import StationCore
import Testing

@Suite("Status answers of ESC/POS printers")
struct EscposStatusDecoderTests {
    @Test func `an answer names its question`() {
        var decoder = EscposStatusDecoder()
        decoder.sent([0x1d, 0x72, 0x01, 0x10, 0x04, 0x02])
        #expect(
            decoder.feed([0x16, 0x00, 0x10, 0x00, 0x00, 0x00]) == [
                .status(
                    PrinterStatus(cover: .open, error: PrinterStatus.Fault.none),
                    answering: .realTime(2)),
                .status(PrinterStatus(paper: .ok), answering: .buffered(1)),
                .status(
                    PrinterStatus(
                        online: true, paper: .ok, cover: .closed, error: PrinterStatus.Fault.none),
                    answering: nil),
            ])
    }

    @Test func `a question that was forgotten is not answered by a late byte`() {
        var decoder = EscposStatusDecoder()
        decoder.sent([0x10, 0x04, 0x01])
        decoder.forget()
        #expect(decoder.feed([0x12]) == [.discarded(Discard(bytes: 1, why: .unasked))])
    }

    @Test func `a question given up is answered by nothing that comes later`() {
        var decoder = EscposStatusDecoder()
        decoder.sent([0x10, 0x04, 0x02])
        decoder.giveUpRealTime()
        decoder.sent([0x10, 0x04, 0x01])
        #expect(
            decoder.feed([0x16]) == [
                .status(PrinterStatus(online: true), answering: .realTime(1))
            ])
    }

    /// Answers that were asked for, and blocks between them with any bytes but 00 in them.
    @Test(arguments: UInt64(0)..<200)
    func `what stands in a block that was asked for is no status`(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var decoder = EscposStatusDecoder()
        for _ in 0..<20 {
            let name = (0..<Int.random(in: 0..<80, using: &generator)).map { _ in
                UInt8.random(in: 1...255, using: &generator)
            }
            let first: UInt8 = [0x35, 0x37, 0x3b, 0x3d, 0x5f].randomElement(using: &generator) ?? 0
            decoder.sent([0x1d, 0x49, 0x42, 0x10, 0x04, 0x01])
            let outputs = generator.cut([first] + name + [0x00, 0x1a]).flatMap { decoder.feed($0) }
            #expect(
                outputs == [
                    .discarded(Discard(bytes: name.count + 2, why: .notStatus)),
                    .status(PrinterStatus(online: false), answering: .realTime(1)),
                ])
        }
    }

    @Test func `an endless block that was asked for is given up, and what follows is read`() {
        var decoder = EscposStatusDecoder()
        decoder.sent([0x1d, 0x49, 0x42, 0x10, 0x04, 0x01])
        let block = [0x5f] + [UInt8](repeating: 0xb2, count: 80)
        #expect(
            decoder.feed(block + [0x1a]) == [
                .discarded(Discard(bytes: 81, why: .unknown)),
                .status(PrinterStatus(online: false), answering: .realTime(1)),
            ])
    }

    @Test func `a block without an end is given up, and what follows is read`() {
        var decoder = EscposStatusDecoder()
        let block = [0x5f] + [UInt8](repeating: 0x41, count: 80)
        #expect(decoder.feed(block) == [.discarded(Discard(bytes: 81, why: .unknown))])
        decoder.sent([0x10, 0x04, 0x01])
        #expect(
            decoder.feed([0x5f, 0x41, 0x1a]) == [
                .discarded(Discard(bytes: 2, why: .unknown)),
                .status(PrinterStatus(online: false), answering: .realTime(1)),
            ])
    }

    @Test func `questions without answers do not pile up`() {
        var decoder = EscposStatusDecoder()
        for _ in 0..<10_000 { decoder.sent([0x10, 0x04, 0x01]) }
        let answers = decoder.feed([UInt8](repeating: 0x12, count: 100))
        #expect(answers.count(where: { if case .status = $0 { true } else { false } }) == 64)
    }

    @Test(arguments: UInt64(0)..<200)
    func `any cut of the bytes gives the same answers`(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let likely: [UInt8] = [0x12, 0x16, 0x10, 0x00, 0x0c, 0x5f, 0x37, 0x41, 0x13, 0xb0, 0x18]
        let bytes = (0..<60).map { _ in
            Int.random(in: 0..<4, using: &generator) == 0
                ? UInt8.random(in: 0...255, using: &generator)
                : likely.randomElement(using: &generator) ?? 0
        }
        let questions: [UInt8] = [
            0x10, 0x04, 0x02, 0x1d, 0x72, 0x01, 0x10, 0x04, 0x04, 0x1d, 0x49, 0x43,
        ]
        var whole = EscposStatusDecoder()
        whole.sent(questions)
        let atOnce = whole.feed(bytes)
        var cut = EscposStatusDecoder()
        cut.sent(questions)
        let byPieces = generator.cut(bytes).flatMap { cut.feed($0) }
        #expect(Self.statuses(atOnce) == Self.statuses(byPieces))
        #expect(
            Self.discarded(atOnce) + Self.bytes(whole.finish())
                == Self.discarded(byPieces) + Self.bytes(cut.finish()))
    }

    @Test(arguments: UInt64(0)..<200)
    func `rubbish never traps, and without a question only status blocks speak`(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var decoder = EscposStatusDecoder()
        for _ in 0..<50 {
            for output in decoder.feed(generator.bytes(Int.random(in: 0...30, using: &generator))) {
                if case .status(_, let question) = output { #expect(question == nil) }
            }
            decoder.sent([0x1b, 0x40] + generator.bytes(3).map { $0 | 0x80 })
        }
    }

    private static func statuses(
        _ outputs: [EscposStatusDecoder.Output]
    ) -> [EscposStatusDecoder.Output] {
        outputs.filter { if case .status = $0 { true } else { false } }
    }

    private static func discarded(_ outputs: [EscposStatusDecoder.Output]) -> Int {
        outputs.reduce(0) {
            if case .discarded(let discard) = $1 { $0 + discard.bytes } else { $0 }
        }
    }

    private static func bytes(_ decoded: [Decoded]) -> Int {
        decoded.reduce(0) {
            if case .discarded(let discard) = $1 { $0 + discard.bytes } else { $0 }
        }
    }
}
