import Receipts
import StationCore
import Testing
import Texts

@Suite("slips")
struct SlipPapers {
    @Test(arguments: SampleSlip.allCases, Language.allCases)
    func `each slip in each language reads as approved`(
        sample: SampleSlip, language: Language
    ) throws {
        let text = PlainText.render(try sample.document(language))
        try ExpectedPaper.check(text, "\(sample.rawValue).\(language.rawValue)")
    }

    @Test(arguments: SampleSlip.allCases)
    func `a slip that is printed again is the same, and a copy says that it is one`(
        sample: SampleSlip
    ) throws {
        let slip = PlainText.render(try sample.document(.english))
        #expect(PlainText.render(try sample.document(.english)) == slip)
        let copy = PlainText.render(try sample.document(.english, copy: 2))
        #expect(copy.contains("\nCOPY 2\n"))
        #expect(copy.replacing("COPY 2\n", with: "") == slip)
    }

    @Test func `a copy says so in double size`() throws {
        let document = try SampleSlip.orderPaid.document(.simplifiedChinese, copy: 1)
        #expect(document.elements.contains(.text("副本 1", style: .double)))
    }

    @Test(arguments: [
        (ClockQuality.network, "31 May 2026 13:04"), (.technician, "31 May 2026 13:04"),
        (.file, "~31 May 2026 13:04"), (.unset, "~31 May 2026 13:04"),
    ])
    func `a date that is not sure has a tilde`(quality: ClockQuality, date: String) throws {
        let operatorNumber = try #require(OperatorNumber(7))
        let entry = try SampleSlip.entry(
            RefundPaid(
                language: .english, order: EntryName(epoch: 1, sequence: 41), amount: Fen(100),
                cash: Fen(100), proof: RefundProof(first: .slip, second: .card)),
            sequence: 42, by: .of(operatorNumber), quality: quality)
        let text = PlainText.render(
            try Slip.document(
                for: entry, hash: SampleSlip.hash, letterhead: SampleSlip.letterhead(.english)))
        #expect(text.contains(" \(date)\n"))
        #expect(text.contains("Operator 7\n"))
    }

    @Test func `a sum that needs no rounding shows none`() throws {
        let text = PlainText.render(try SampleSlip.dayClosed.document(.english))
        #expect(!text.contains("Rounding"))
    }

    @Test func `an entry that owes no slip has none`() throws {
        let entry = try SampleSlip.entry(
            DayOpened(counted: .zero, expected: .zero, first: true), sequence: 2, by: .station)
        #expect(throws: SlipError.noSlip(.dayOpened)) {
            try Slip.document(
                for: entry, hash: SampleSlip.hash, letterhead: SampleSlip.letterhead(.english))
        }
    }

    @Test func `a body of another kind is said, not trapped on`() throws {
        let good = try SampleSlip.orderPaid.entry(.english)
        let entry = Entry(
            station: good.station, epoch: 1, sequence: 3, kind: .orderPaid, version: 1,
            moment: good.moment, boot: "b", actor: .station, postings: .none, body: .empty)
        #expect {
            try Slip.document(
                for: entry, hash: SampleSlip.hash, letterhead: SampleSlip.letterhead(.english))
        } throws: { error in
            if case .body(.orderPaid, _) = error as? SlipError { true } else { false }
        }
    }

    @Test(arguments: [(100, [UInt8](repeating: 1, count: 7)), (100_000_000, SampleSlip.hash)])
    func `what does not fit the codes is refused`(sequence: Int, hash: [UInt8]) throws {
        let good = try SampleSlip.orderPaid.entry(.english)
        let entry = Entry(
            station: good.station, epoch: 1, sequence: sequence, kind: good.kind, version: 1,
            moment: good.moment, boot: "b", actor: .station, postings: .none, body: good.body)
        #expect(throws: SlipError.codes(entry.name)) {
            try Slip.document(
                for: entry, hash: hash, letterhead: SampleSlip.letterhead(.english))
        }
    }
}

@Suite("lines of a paper")
struct PaperLines {
    private func rows(_ element: SlipElement) -> [String] {
        PlainText.render(SlipDocument(language: .english, elements: [element]))
            .split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init)
    }

    @Test func `a long label wraps, the value stands whole at its end`() {
        #expect(
            rows(.columns(left: "Price of everything that there is", right: "1234567.89"))
                == ["Price of everything", "that there is         1234567.89"])
    }

    @Test func `a value that leaves no room for the label has a line of its own`() {
        #expect(
            rows(.columns(left: "Net weight", right: "12345678.901 kg（24691357.8斤）"))
                == ["Net weight", " 12345678.901 kg（24691357.8斤）"])
    }

    @Test func `a Chinese character is never split over two lines`() {
        #expect(
            rows(.text("a一二三四五六七八九十一二三四五六七"))
                == ["a一二三四五六七八九十一二三四五", "六七"])
    }

    @Test func `Chinese punctuation does not begin a line`() {
        #expect(
            rows(.text("一二三四五六七八九十一二三四五六，七"))
                == ["一二三四五六七八九十一二三四五", "六，七"])
    }

    @Test func `a word longer than the paper is broken, nothing is lost`() {
        let word = String(repeating: "x", count: 70)
        #expect(rows(.text(word)).map(\.count) == [32, 32, 6])
    }

    @Test func `double size has half the columns`() {
        #expect(rows(.text("农产品收购农产品收购", style: .double)) == ["农产品收购农产品", "收购"])
    }
}
