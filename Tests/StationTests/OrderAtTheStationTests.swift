import Hub
import StationCore
import Testing

@testable import Station

@Suite("Orders and undoing at a whole station", .serialized)
struct OrderAtTheStationTests {
    @Test func `bought cheaper, the rest is paid out against the paper that was printed`()
        async throws
    {
        let village = try await Village()
        try await village.open { station in
            try await station.begin()
            let order = try await station.orderSoap()
            try await station.slipsPrinted()
            try await station.decide(order, .bought(cost: Fen(1_200)))
            try await station.slipsPrinted()
            await station.scan(try station.codeOnPaper(of: order))
            #expect(station.view.prompt == .secondProof)
            try await station.command(.knowPerson)
            #expect(station.view.prompt == .payRefund(Fen(90)))
            try await station.command(.payCash)
            try await station.slipsPrinted()
            let refund = try #require(try station.last(.refundPaid).content(RefundPaid.self))
            #expect(refund.proof == RefundProof(first: .slip, second: .person))
            #expect(refund.cash == Fen(90))
            try await station.acknowledged()
        }
        try await village.checkTheEnd()
    }

    @Test func `rejected, all is owed back; half a code asks to compare date and amount`()
        async throws
    {
        let village = try await Village()
        try await village.open { station in
            try await station.begin()
            let order = try await station.orderSoap()
            try await station.slipsPrinted()
            let short = try #require(
                village.world.printer.strips.last?.codes.map(\.payload).first {
                    $0.hasPrefix("VK11")
                })
            try await station.decide(order, .rejected)
            await station.scan(short)
            let paid = try #require(try station.entries().first { $0.sequence == order })
            let slip = PrintedSlip(
                number: order, amount: Fen(1_290), time: paid.moment.time,
                clock: paid.moment.quality)
            #expect(
                station.view.prompt
                    == .compareSlip(
                        slip, utcOffsetMinutes: station.wiring.settings.utcOffsetMinutes))
            try await station.command(.yes)
            try await station.command(.knowPerson)
            #expect(station.view.prompt == .payRefund(Fen(1_290)))
            try await station.command(.payCash)
            try await station.slipsPrinted()
            #expect(try await station.books().ledger.exposure == .zero)
            try await station.acknowledged()
        }
        try await village.checkTheEnd()
    }

    @Test func `an article is found in whatever length its number is scanned`() async throws {
        let village = try await Village()
        try await village.open { station in
            try await station.begin()
            await station.scan("06901234567892")
            #expect(station.view.prompt == .moreArticles)
            await station.scan("6901234567892")
            #expect(station.view.figure == .money(Fen(2_580)))
        }
    }

    @Test func `a slip of another station pays nothing`() async throws {
        let village = try await Village()
        try await village.open { station in
            try await station.begin()
            let order = try await station.orderSoap()
            try await station.slipsPrinted()
            guard case .slip(let own) = Barcode(text: try station.codeOnPaper(of: order)) else {
                Issue.record("no slip's code on the paper")
                return
            }
            let number = try #require(Digits<6>("423142"))
            await station.scan(
                Barcode.slip(
                    SlipCode(
                        station: number, epoch: own.epoch, sequence: own.sequence,
                        mark: own.mark)
                ).text)
            #expect(station.view.notice == .refused(.foreignSlip))
        }
    }

    @Test func `a refund that is owed is not begun by a code whose mark is another one`()
        async throws
    {
        let village = try await Village()
        try await village.open { station in
            try await station.begin()
            let order = try await station.orderSoap()
            try await station.slipsPrinted()
            try await station.decide(order, .rejected)
            #expect(station.view.cash.refundsOwed == Fen(1_290))
            guard case .slip(let own) = Barcode(text: try station.codeOnPaper(of: order)) else {
                Issue.record("no slip's code on the paper")
                return
            }
            let number = try #require(Int(own.mark.text))
            // The last digit is of the whole mark alone, the first one of its half, too.
            for other in [(number + 1) % 100_000_000, (number + 10_000_000) % 100_000_000] {
                let mark = try #require(Digits<8>(other))
                let code = SlipCode(
                    station: own.station, epoch: own.epoch, sequence: own.sequence, mark: mark)
                await station.scan(Barcode.slip(code).text)
                #expect(station.view.notice == .refused(.foreignSlip))
                #expect(station.view.prompt == .chooseTrade)
            }
            let half = try #require(Digits<8>((number + 10_000_000) % 100_000_000)?.firstHalf)
            let sequence = try #require(Digits<8>(order))
            await station.scan(
                Barcode.slipShort(SlipShortCode(sequence: sequence, halfMark: half)).text)
            #expect(station.view.notice == .refused(.foreignSlip))
            await station.scan(Barcode.slip(own).text)
            #expect(station.view.prompt == .secondProof)
        }
    }

    @Test func `a start before any trade says that nothing was booked`() async throws {
        let village = try await Village()
        try await village.open { station in
            try await station.begin()
        }
        try await village.open { station in
            #expect(station.view.notice == .nothingBooked)
        }
    }

    @Test func `the last purchase is undone with a correction slip`() async throws {
        let village = try await Village()
        try await village.open { station in
            try await station.begin()
            try await station.sellApples(grams: 2_346)
            try await station.slipsPrinted()
            let drawer = station.view.cash.drawer
            try await station.command(.undo)
            try await station.type("1")
            try await station.command(.enter)
            try await station.command(.yes)
            try await station.slipsPrinted()
            #expect(station.view.cash.drawer > drawer)
            let bought = try station.last(.produceBought).sequence
            let reversed = try station.last(.produceReversed)
            #expect(
                try reversed.content(ProduceReversed.self)?.reverses == bought)
            _ = try station.codeOnPaper(of: reversed.sequence)
            try await station.command(.cancel)
            try await station.acknowledged()
        }
        try await village.checkTheEnd()
    }

    @Test func `the day closes with a difference that is booked, and a slip`() async throws {
        let village = try await Village()
        try await village.open { station in
            try await station.begin()
            try await station.command(.day)
            try await station.type("99950")
            try await station.command(.enter)
            #expect(station.view.prompt == .confirmCount(difference: Fen(-50)))
            try await station.command(.confirmCount)
            try await station.slipsPrinted()
            #expect(!station.view.cash.dayIsOpen)
            _ = try station.codeOnPaper(of: try station.last(.dayClosed).sequence)
            try await station.acknowledged()
        }
        try await village.checkTheEnd()
    }

    @Test func `a touch of an older page acts not at all`() async throws {
        let village = try await Village()
        try await village.open { station in
            try await station.begin()
            let revision = station.view.revision
            let entrance = station.wiring.entrance
            let first = try await entrance.touch(.command(.produce), revision: revision)
            let second = try await entrance.touch(.command(.produce), revision: revision)
            #expect(first == nil)
            #expect(second == .stale)
        }
    }

    @Test func `ten minutes without a hand sign the operator out`() async throws {
        let village = try await Village()
        try await village.open { station in
            try await station.begin()
            await village.clock.advance(by: .seconds(590))
            #expect(station.view.signedIn != nil)
            await village.clock.advance(by: .seconds(15))
            try await station.wait("signed out") { station.view.signedIn == nil }
        }
    }
}
