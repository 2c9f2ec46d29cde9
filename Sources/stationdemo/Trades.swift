import Journal
import Simulators
import Station
import StationCore

/// What operator and villagers do in a day.
extension Hands {
    /// A box out of its carton becomes a station with an open day.
    func begin() async throws {
        try await waitForDevices()
        let enrolment = try await office.enrolment(address: "127.0.0.1:\(link.port)")
        try await expect(technician.enrol(Barcode.enrolment(enrolment).text))
        try await wait("lists") { $0.lists.prices != nil && $0.lists.articles != nil }
        try await expect(technician.print(.sheet(renew: false)))
        try await expect(technician.print(.badge(operatorNumber: 1)))
        let papers = DayPlan.villagerCount + 2
        for _ in 0..<DayPlan.villagerCount {
            try await expect(technician.print(.card(villager: nil)))
        }
        try await wait("papers") { _ in world.printer.strips.count >= papers }
        try await signIn(isFirst: true)
        try await command(.day)
        take(5_000_000)
        try await type("5000000")
        try await command(.enter)
        try await command(.confirmCount)
        try await wait("day") { $0.day != nil }
        try await settle()
    }

    /// One trade with its mishap, from a counter where nothing waits to one where nothing waits.
    func serve(_ turn: DayPlan.Turn) async throws {
        let before = try await status().lastEntry
        let deaths = box.deathCount
        set(turn.mishap)
        try await prepareMishap(after: before)
        switch turn.trade {
        case .sale(let sale):
            try await sell(sale)
            try await meetLine()
        case .order(let order):
            try await serve(order)
        }
        try await settle()
        if case .death = turn.mishap, box.deathCount == deaths + 1 { noteMishap() }
        set(nil)
    }

    // MARK: - Produce

    func sell(_ sale: DayPlan.Sale) async throws {
        let before = try await status().lastEntry
        _ = try await goal(.produceBought, after: before) { try await weigh(sale) }
        let amount = (sale.grams * DemoLists.produce[sale.produce].fen + 500) / 1_000
        pay(Fen(amount).rounded(toStep: 10).count)
        world.scale.takeOff()
        try await time.pass(.seconds(1))
        try await settle()
    }

    private func weigh(_ sale: DayPlan.Sale) async throws {
        world.scale.takeOff()
        try await time.pass(.seconds(1))
        try await command(.produce)
        try await scan(cards(.villagers)[sale.villager - 1].payload)
        try await scan(goods: DemoLists.cards[sale.produce].payload)
        world.scale.put(sale.grams)
        if case .scalePulled(let reports, let form) = mishap {
            try await pullScale(afterReports: reports, form)
        }
        try await time.pass(.seconds(2))
        try await command(.takeWeight)
        try await command(.payCash)
    }

    func undoLast() async throws {
        let before = try await status().lastEntry
        _ = try await goal(.produceReversed, after: before) {
            try await command(.undo)
            try await type("2")
            try await command(.enter)
            try await command(.yes)
        }
        take(lastPaid)
        try await command(.cancel)
        try await settle()
    }

    // MARK: - Orders

    private func serve(_ order: DayPlan.Order) async throws {
        let before = try await status().lastEntry
        let cash = Fen(DemoLists.goods[order.article].fen * order.count).rounded(toStep: 10).count
        let paid = try await goal(.orderPaid, after: before) {
            try await self.order(order)
        }
        take(cash)
        try await settle()
        try await meetLine()
        let decided = try await decide(paid, isRejected: order.isRejected)
        try await settle()
        guard order.isRejected else { return }
        _ = try await goal(.refundPaid, after: decided) {
            try await scan(try slipCode(of: paid))
            try await command(.knowPerson)
            try await command(.payCash)
        }
        take(-cash)
    }

    private func order(_ order: DayPlan.Order) async throws {
        try await command(.order)
        try await scan(goods: DemoLists.goods[order.article].code)
        try await type(String(order.count))
        try await command(.enter)
        try await command(.basketDone)
        try await command(.exactCash)
        try await command(.takeCash)
    }

    /// Head office decides when the order's own slip is out, so that nothing comes between.
    private func decide(_ order: Int, isRejected: Bool) async throws -> Int {
        try await wait("order at head office") { _ in try await office.hasOrder(order) }
        try await office.decide(order, isRejected: isRejected)
        let kind: EntryKind = isRejected ? .orderRejected : .orderBought
        return try await goal(kind, after: order) {
            try await askHeadOffice()
            try await wait("decision") { _ in try booked(kind, after: order) != nil }
        }
    }

    private func slipCode(of number: Int) throws(DemoFailure) -> String {
        guard let code = slipsOnPaper[number]?.first else {
            throw DemoFailure(what: "slip \(number) is not on paper")
        }
        return Barcode.slip(code).text
    }

    // MARK: - Slips

    /// Codes of the slips that came out whole, by number: what was torn off is none.
    var slipsOnPaper: [Int: [SlipCode]] {
        var found: [Int: [SlipCode]] = [:]
        for strip in world.printer.strips where strip.end != .torn {
            for code in strip.codes {
                guard case .slip(let slip) = Barcode(text: code.payload) else { continue }
                found[slip.sequence.number, default: []].append(slip)
            }
        }
        return found
    }

    /// Looks after the printer until every slip is out and everything is at head office. What is
    /// doubtful is settled by looking at the paper.
    func settle() async throws {
        let end = time.clock.milliseconds + 300_000
        while time.clock.milliseconds < end {
            do {
                if try await lookAfterPrinter() { return }
            } catch is BoxDied {}
            try await revive()
        }
        let status = try await status()
        throw DemoFailure(
            what: "the slips did not come out; \(status.inWords); its log is \(folders.log)")
    }

    /// - Returns: true where nothing is left to do.
    private func lookAfterPrinter() async throws -> Bool {
        try await time.pass(.milliseconds(200))
        try checkLife()
        let now = try await status()
        if world.socket(of: .printer) == nil {
            try await plugPrinterAgain()
        } else if world.printer.isPaperOut {
            try await putPaperIn()
        } else if let slip = now.slips.doubtful.first {
            try await command(.settleSlips)
            try await command(slipsOnPaper[slip] == nil ? .didNotComeOut : .cameOut)
        } else if now.slips.owed.isEmpty {
            return now.link.waiting == 0 || link.quality == .refused
        }
        return false
    }

    func closeDay() async throws {
        try await settle()
        let before = try await status().lastEntry
        _ = try await goal(.dayClosed, after: before) {
            try await command(.day)
            try await type(String(drawer))
            try await command(.enter)
            try await command(.confirmCount)
        }
        try await settle()
    }
}
