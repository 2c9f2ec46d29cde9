/// What a page, a prompt slip or `stationctl status` shows of the counter: values, not words.
public struct CounterView: Equatable, Sendable {
    public let revision: Int
    public let signedIn: OperatorNumber?
    /// His badge was just scanned: a page that waits asks for his PIN.
    public let opensPages: Bool
    /// The language of this trade's slip.
    public let language: Language
    /// What the box expects next.
    public let prompt: Prompt
    /// What was said last.
    public let notice: Notice?
    /// The number that matters now, the largest thing on the page.
    public let figure: Figure?
    public let details: [Detail]
    /// What can be touched now; the first one goes on.
    public let commands: [Command]
    public let typing: Typing?
    public let picks: Picks?
    /// Digits typed by number keys; six dots while a PIN is typed.
    public let digits: String
    public let cash: CashView
    public let slipsOwed: [Int]
    public let slipsDoubtful: [Int]
    public let devices: [DeviceKind: DeviceCondition]
    public let isForked: Bool

    public enum Figure: Hashable, Sendable {
        case mass(Grams)
        case money(Fen)
    }

    public enum Detail: Hashable, Sendable {
        case seller(VillagerNumber?)
        case produce(String)
        case price(FenPerKilogram)
        case gross(Grams)
        case amount(Fen)
        case line(OrderLine)
        case total(Fen)
        /// Days since the list of a quote became valid; nil where nobody knows.
        case listAge(days: Int?)
        case cash(Fen)
        case tendered(Fen)
        case change(Fen)
        case order(number: Int)
        case counted(Fen)
        case expected(Fen)
        case purchase(number: Int)
        case replaces(number: Int)
    }

    /// What a number field on the page is for.
    public enum Typing: Hashable, Sendable {
        case money, grams, quantity, code, pin, reason
    }

    /// Which list to pick from by touch.
    public enum Picks: Hashable, Sendable {
        case produce, articles, reasons
        case refunds(utcOffsetMinutes: Int)
    }
}

/// The station's money at a glance.
public struct CashView: Equatable, Sendable {
    public let dayIsOpen: Bool
    public let drawer: Fen
    public let float: Fen
    /// What head office said last that the float is; nil before it said so.
    public let floatStated: Fen?
    public let exposure: Fen
    public let exposureLimit: Fen
    /// The exposure is at 80 % of its limit or above.
    public let exposureIsHigh: Bool
    /// The float is below 1.25 times the prepaid orders that wait.
    public let floatIsLow: Bool
    public let ordersWaiting: Int
    public let refundsOwed: Fen
}

extension Counter {
    public func view(at moment: Moment) -> CounterView {
        let desk = desk(signedIn.map(Actor.of) ?? .station, moment)
        let scene = scene(desk)
        return CounterView(
            revision: revision, signedIn: signedIn, opensPages: opensPages(at: moment),
            language: desk.language,
            prompt: scene.prompt, notice: notice, figure: scene.figure, details: scene.details,
            commands: scene.commands, typing: scene.typing, picks: scene.picks,
            digits: shownDigits, cash: cashView(desk),
            slipsOwed: books.owedSlips.map(\.sequence),
            slipsDoubtful: books.doubtfulSlips.map(\.sequence), devices: devices,
            isForked: isForked)
    }

    private var shownDigits: String {
        if case .signingIn = activity { return String(repeating: "•", count: digits.count) }
        return digits
    }

    private func cashView(_ desk: Desk) -> CashView {
        let ledger = books.ledger
        return CashView(
            dayIsOpen: books.day != nil, drawer: ledger.money(.drawer),
            float: ledger.money(.float), floatStated: books.facts.statedFloat,
            exposure: ledger.exposure, exposureLimit: desk.exposureLimit,
            exposureIsHigh: desk.isHigh(exposure: ledger.exposure),
            floatIsLow: ledger.money(.float).count * 4 < ledger.prepaid.count * 5,
            ordersWaiting: books.orders.values.count { $0.state.isUndecided },
            refundsOwed: ledger.refundsOwed)
    }

    /// The part of the view that the activity decides.
    private struct Scene {
        var prompt: Prompt
        var figure: CounterView.Figure?
        var details: [CounterView.Detail] = []
        var commands: [Command] = []
        var typing: CounterView.Typing?
        var picks: CounterView.Picks?
    }

    private func scene(_ desk: Desk) -> Scene {
        switch activity {
        case .idle: return isForked ? stoppedScene() : idleScene()
        case .signingIn(let signIn):
            return Scene(prompt: signIn.prompt(), commands: [.cancel], typing: .pin)
        case .produce(let sale): return scene(sale, desk)
        case .order(let sale): return scene(sale, desk)
        case .refund(let refund): return scene(refund, desk)
        case .day(let count): return scene(count, desk)
        case .undo(let undo): return scene(undo)
        case .slips(let settling):
            return Scene(
                prompt: .didSlipComeOut(number: settling.slip),
                commands: [.cameOut, .didNotComeOut, .cancel])
        }
    }

    /// No trade is begun or confirmed; what came out of the printer can still be said.
    private func stoppedScene() -> Scene {
        guard signedIn != nil else { return Scene(prompt: .stopped) }
        let settling: [Command] = books.doubtfulSlips.isEmpty ? [] : [.settleSlips]
        return Scene(prompt: .stopped, commands: settling + [.signOut])
    }

    private func idleScene() -> Scene {
        guard books.lastSequence > 0 else { return Scene(prompt: .enrol) }
        guard signedIn != nil else { return Scene(prompt: .signIn) }
        var commands: [Command] = books.day == nil ? [.day] : [.produce, .order, .refund]
        if books.day != nil, books.lastPurchase != nil { commands.append(.undo) }
        if !books.doubtfulSlips.isEmpty { commands.append(.settleSlips) }
        if books.day != nil { commands.append(.day) }
        if books.lastPrintedSlip != nil { commands.append(.reprint) }
        commands += [.askHeadOffice, .nextLanguage, .signOut]
        return Scene(prompt: books.day == nil ? .openDay : .chooseTrade, commands: commands)
    }

    private func scene(_ sale: ProduceSale, _ desk: Desk) -> Scene {
        var scene = Scene(prompt: sale.prompt(desk))
        if let replaces = sale.replaces { scene.details.append(.replaces(number: replaces)) }
        if sale.step != .seller { scene.details.append(.seller(sale.seller)) }
        if let price = sale.price {
            scene.details += [
                .produce(price.name.text(in: desk.language)), .price(price.price),
            ]
        }
        let shown = weighing.shown(at: desk.moment.monotonic)
        switch sale.step {
        case .seller:
            scene.commands = [.anonymous, .cancel]
        case .produce:
            scene.commands = [.cancel]
            scene.typing = .code
            scene.picks = .produce
        case .oldPrices:
            scene.commands = [.yes, .no]
        case .load:
            scene.figure = shown.map { .mass($0) }
            if let shown, let amount = sale.price?.price.amount(for: max(shown, .zero)) {
                scene.details.append(.amount(amount))
            }
            let byHand: [Command] = weighing.scale == nil ? [.weightByHand] : []
            scene.commands = [.takeWeight] + byHand + [.cancel]
        case .byHand:
            scene.commands = [.cancel]
            scene.typing = .grams
        case .alreadyBooked(_, let weighed, _):
            scene.figure = .mass(weighed.gross)
            scene.commands = [.yes, .no]
        case .pay(let weighed, _):
            scene.figure = .money(weighed.cash)
            scene.details += [.gross(weighed.gross), .amount(weighed.amount)]
            scene.commands = [.payCash, .cancel]
        case .clear:
            scene.figure = shown.map { .mass($0) }
            scene.commands = [.cancel]
        }
        return scene
    }

    private func scene(_ sale: OrderSale, _ desk: Desk) -> Scene {
        var scene = Scene(prompt: sale.prompt(desk))
        scene.details = sale.lines(in: desk.language).map { .line($0) }
        if let villager = sale.villager { scene.details.insert(.seller(villager), at: 0) }
        switch sale.step {
        case .basket:
            scene.figure = sale.items.isEmpty ? nil : .money(sale.total)
            scene.commands =
                sale.items.isEmpty ? [.cancel] : [.basketDone, .removeLast, .cancel]
            scene.typing = .quantity
            scene.picks = .articles
        case .oldList:
            scene.figure = .money(sale.total)
            scene.commands = [.yes, .no]
        case .tender:
            scene.figure = .money(sale.cash(desk))
            scene.details += [.total(sale.total), .listAge(days: sale.listAge(desk))]
            scene.commands = [.exactCash, .cancel]
            scene.typing = .money
        case .takeCash(let tendered, _):
            scene.figure = .money(tendered - sale.cash(desk))
            scene.details += [.total(sale.total), .cash(sale.cash(desk)), .tendered(tendered)]
            scene.commands = [.takeCash, .cancel]
        }
        return scene
    }

    private func scene(_ refund: RefundPayment, _ desk: Desk) -> Scene {
        var scene = Scene(prompt: refund.prompt(desk))
        switch refund.step {
        case .slip:
            scene.commands = [.cancel]
            scene.picks = .refunds(utcOffsetMinutes: settings.utcOffsetMinutes)
        case .compare(let name, _):
            scene.details = orderDetails(name)
            scene.commands = [.yes, .no]
        case .find(let shown, _):
            scene.details = orderDetails(shown.name)
            scene.commands = [.yes, .no, .cancel]
        case .secondProof(let name, _):
            scene.details = orderDetails(name)
            scene.commands = [.knowPerson, .cancel]
        case .pay(let name, _, _):
            scene.details = orderDetails(name)
            let owed = Fen(-books.ledger[.refundOwed(name)])
            scene.figure = .money(owed.rounded(toStep: settings.cashStep))
            scene.commands = [.payCash, .cancel]
        }
        return scene
    }

    private func orderDetails(_ name: EntryName) -> [CounterView.Detail] {
        guard let order = books.orders[name] else { return [] }
        return [.order(number: name.sequence)] + order.lines.map { .line($0) }
            + [.total(order.total)]
    }

    private func scene(_ count: DayCount, _ desk: Desk) -> Scene {
        var scene = Scene(prompt: count.prompt(desk))
        switch count.step {
        case .count:
            scene.commands = [.cancel]
            scene.typing = .money
        case .confirm(let counted):
            let expected = books.ledger.money(.drawer)
            scene.figure = .money(counted)
            scene.details = [.counted(counted), .expected(expected)]
            scene.commands = [.confirmCount, .no, .cancel]
        }
        return scene
    }

    private func scene(_ undo: PurchaseUndo) -> Scene {
        let bought = undo.purchase.bought
        var scene = Scene(prompt: undo.prompt(), figure: .money(bought.cash))
        scene.details = [
            .purchase(number: undo.purchase.sequence), .produce(bought.name), .gross(bought.gross),
            .amount(bought.amount),
        ]
        switch undo.step {
        case .reason:
            scene.commands = [.cancel]
            scene.typing = .reason
            scene.picks = .reasons
        case .handedBack:
            scene.commands = [.yes, .no, .cancel]
        }
        return scene
    }
}
