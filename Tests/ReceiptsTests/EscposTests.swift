import Receipts
import Simulators
import StationCore
import Testing

@Suite("slips as ESC/POS")
struct EscposSlips {
    @Test(arguments: SampleSlip.allCases, Language.allCases)
    func `what comes out on paper is what the plain text says`(
        sample: SampleSlip, language: Language
    ) throws {
        let document = try sample.document(language)
        let printout = Printout(EscposText().render(document))
        #expect(printout.errors == [])
        #expect(printout.others == [])
        #expect(printout.cutCount == 1)
        #expect(printout.lines.allSatisfy { !$0.isWrapped })
        let blank = printout.plainText.split(separator: "\n").map { $0 + "\n" }.joined()
        #expect(blank == inPrinterLetters(comparable(document)))
    }

    @Test(arguments: Language.allCases)
    func `a slip carries its QR and its Code 128, which fit the head`(language: Language) throws {
        let printout = Printout(EscposText().render(try SampleSlip.orderPaid.document(language)))
        #expect(
            printout.codes.map(\.payload)
                == ["VK04123456010000000423141592639", "VK1100000042314116"])
        #expect(printout.codes.allSatisfy { $0.widthInDots <= 384 })
        #expect(printout.codes.allSatisfy { !$0.hasText })
    }

    @Test func `the sum and what it is are in double size`() throws {
        let document = try SampleSlip.produceBought.document(.simplifiedChinese)
        let doubles = Printout(EscposText().render(document)).lines.filter { line in
            guard case .text(let runs) = line.content else { return false }
            return !runs.isEmpty && runs.allSatisfy { $0.width == 2 && $0.height == 2 }
        }
        #expect(doubles.map(\.text) == ["农产品收购", "51.80 元"])
        #expect(doubles.last?.alignment == .right)
    }

    @Test(arguments: SampleSlip.allCases, [(42, 512), (48, 576)])
    func `wider paper is used to its edge`(sample: SampleSlip, paper: (Int, Int)) throws {
        let (columns, dots) = paper
        let job = EscposText(columnCount: columns, dotCount: dots)
            .render(try sample.document(.english))
        let printout = Printout(job, .init(widthInDots: dots))
        #expect(printout.errors == [])
        #expect(printout.lines.allSatisfy { !$0.isWrapped })
        #expect(printout.lines.contains { $0.text == String(repeating: "-", count: columns) })
        #expect(printout.lines.map(\.text.count).max() == columns)
    }

    @Test func `a printer without a cutter gets no cut and a longer feed`() throws {
        let document = try SampleSlip.produceBought.document(.english)
        let job = EscposText(hasCutter: false).render(document)
        #expect(Printout(job).cutCount == 0)
        #expect(job.suffix(3) == [0x1b, 0x64, 0x04])
    }

    @Test(arguments: [
        (Language.simplifiedChinese, [0x1b, 0x40, 0x1c, 0x26]),
        (.english, [0x1b, 0x40, 0x1c, 0x2e, 0x1b, 0x74, 0x11]),
        (.mongolian, [0x1b, 0x40, 0x1c, 0x2e, 0x1b, 0x74, 0x11]),
    ])
    func `a job begins with the letters of its language`(language: Language, head: [UInt8]) {
        let document = SlipDocument(language: language, elements: [.text("1")])
        #expect(EscposText().render(document).starts(with: head))
    }

    @Test(arguments: [
        ("Өө Үү", "Єє Її"), ("café", "café"), ("苹果 ok 苹", "苹果 ok 苹"),
        ("алим 苹果 алим", "алим 苹果 алим"), ("\u{20000}", "〓"), ("😀", "〓"), ("ɐ", "?"),
        ("a\u{1b}@b\u{10}\u{14}\u{1}c", "a@bc"), ("a\u{200f}b", "ab"), ("a\u{a0}b", "a b"),
        ("№ 5", "№ 5"), ("2×3", "2x3"),
    ])
    func `letters that a printer lacks are replaced, commands are dropped`(
        text: String, printed: String
    ) {
        let document = SlipDocument(language: .english, elements: [.text(text)])
        let printout = Printout(EscposText().render(document))
        #expect(printout.errors == [])
        #expect(printout.lines.first?.text == printed)
    }

    /// 16 20 would open the drawer, 16 04 and 16 05 ask for a status or clear the buffer.
    @Test(arguments: [16, 1_620, 1_604, 1_605, 162_001, 16_200_104, 20_162_016, 41_604_160])
    func `no Code 128 of a slip spells a real-time command`(sequence: Int) throws {
        let digits = try #require(Digits<8>(sequence))
        var printedAsText = 0
        for half in 0..<10_000 where half.isMultiple(of: 7) || half / 100 == 20 {
            let mark = try #require(Digits<4>(half))
            let text = Barcode.slipShort(SlipShortCode(sequence: digits, halfMark: mark)).text
            let document = SlipDocument(language: .english, elements: [.code128(text)])
            let job = EscposText().render(document)
            let pairs = zip(job, job.dropFirst())
            #expect(!pairs.contains { $0 == 0x10 && [0x04, 0x05, 0x14].contains($1) })
            let printout = Printout(job)
            if printout.codes.isEmpty { printedAsText += 1 }
            #expect((printout.codes.first?.payload ?? printout.lines.first?.text) == text)
        }
        #expect(printedAsText < 50)
    }
}

/// As a printer draws it whose Cyrillic table has no Ө and Ү.
private func inPrinterLetters(_ text: String) -> String {
    let substitutes: [Character: Character] = ["Ө": "Є", "ө": "є", "Ү": "Ї", "ү": "ї"]
    return String(text.map { substitutes[$0] ?? $0 })
}
