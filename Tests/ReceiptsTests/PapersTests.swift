import Receipts
import StationCore
import Testing

/// The papers that are no slips.
enum SamplePaper: String, CaseIterable, Sendable {
    case villagerCard, badge, commandSheet, prompt, selfTest, selfTestInTrouble

    func document(_ language: Language) throws -> SlipDocument {
        let station = try #require(StationNumber("123456"))
        let letterhead = SampleSlip.letterhead(language)
        switch self {
        case .villagerCard:
            return Paper.villagerCard(
                try #require(Digits<8>("12345678")), of: VillagerNumber(7), station: station,
                letterhead: letterhead, language: language)
        case .badge:
            return Paper.badge(
                try #require(Digits<8>("20481024")), of: try #require(OperatorNumber(1)),
                station: station, letterhead: letterhead, language: language)
        case .commandSheet:
            return Paper.commandSheet(
                secret: try #require(Digits<5>("31415")), station: station,
                letterhead: letterhead, language: language)
        case .prompt: return Paper.prompt(.takeCash(change: Fen(710)), language: language)
        case .selfTest:
            let report = SelfTest(
                station: station, version: "1.0.0", address: "http://192.0.2.7:8080",
                scanner: .ready, scale: .ready, printer: .ready, link: .good, waitingEntries: 0,
                owedSlips: 0, doubtfulSlips: 0,
                moment: Moment(time: 1_780_203_840_000, quality: .network, monotonic: 1),
                disk: .free(megabytes: 12_345))
            return Paper.selfTest(report, letterhead: letterhead, language: language)
        case .selfTestInTrouble:
            let report = SelfTest(
                station: nil, version: "1.0.0",
                fingerprint: String(repeating: "5e", count: 32), scanner: .absent,
                scale: .permissionDenied, printer: .paperNearEnd, link: .broken(minutes: 95),
                waitingEntries: 1_234, owedSlips: 3, doubtfulSlips: 1,
                moment: Moment(time: 0, quality: .unset, monotonic: 1), disk: .full)
            return Paper.selfTest(report, letterhead: letterhead, language: language)
        }
    }
}

@Suite("papers that are no slips")
struct OtherPapers {
    @Test(arguments: SamplePaper.allCases, Language.allCases)
    func `each paper in each language reads as approved`(
        sample: SamplePaper, language: Language
    ) throws {
        let text = PlainText.render(try sample.document(language))
        try ExpectedPaper.check(text, "\(sample.rawValue).\(language.rawValue)")
    }

    @Test(arguments: SamplePaper.allCases, Language.allCases)
    func `each paper prints whole, its codes inside the head`(
        sample: SamplePaper, language: Language
    ) throws {
        let document = try sample.document(language)
        let printout = Printout(EscposText().render(document))
        #expect(printout.errors == [])
        #expect(printout.others == [])
        #expect(printout.cutCount == 1)
        #expect(printout.lines.allSatisfy { !$0.isWrapped })
        let codes = document.elements.compactMap { element -> String? in
            switch element {
            case .qr(let payload), .code128(let payload): payload
            default: nil
            }
        }
        #expect(printout.codes.map(\.payload) == codes)
    }

    @Test func `the sheet has every command and every digit once, for this station`() throws {
        let secret = try #require(Digits<5>("31415"))
        let printout = Printout(
            EscposText().render(try SamplePaper.commandSheet.document(.simplifiedChinese)))
        let read = printout.codes.map { Barcode(text: $0.payload) }
        let commands = try Command.allCases.map {
            Barcode.command(try #require(Digits<3>($0.number)), stationSecret: secret)
        }
        let keys = try (0...9).map {
            Barcode.numberKey(try #require(Digits<1>($0)), stationSecret: secret)
        }
        #expect(read == commands + keys)
    }

    @Test func `card and badge carry their own codes`() throws {
        func codes(_ sample: SamplePaper) throws -> [String] {
            Printout(EscposText().render(try sample.document(.english))).codes.map(\.payload)
        }
        #expect(try codes(.villagerCard) == ["VK011234567840"])
        #expect(try codes(.badge) == ["VK022048102426"])
    }

    @Test func `scanning the sample codes of a self-test does nothing`() throws {
        for code in Printout(EscposText().render(try SamplePaper.selfTest.document(.english))).codes
        {
            #expect(Barcode(text: code.payload).kind == .unknown)
        }
    }
}
