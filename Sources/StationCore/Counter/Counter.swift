/// What is going on at the counter now: who is signed in, which trade, what lies on the scale, and
/// the books that decisions are made from. Pure: an event goes in, a decision comes out; the
/// caller commits the entry, lets the books take it, and only then adopts this state.
public struct Counter: Equatable, Sendable {
    public private(set) var books: Books
    public let settings: CounterSettings
    /// Grows with each touch that was accepted and each change that one could be about; a touch
    /// that refers to an older one is refused, so that a double tap acts once.
    public internal(set) var revision = 1
    public internal(set) var signedIn: OperatorNumber?
    public internal(set) var notice: Notice?
    /// Digits typed by number keys and not entered yet.
    public internal(set) var digits = ""
    public private(set) var devices: [DeviceKind: DeviceCondition] = [:]
    public private(set) var isForked = false
    /// Why the disk takes nothing, as far as it is known: no trade is begun and no money asked for.
    public var diskTrouble: Refusal?
    var activity = Activity.idle
    var weighing: Weighing
    /// Of this trade's slip; over with the trade.
    private(set) var tradeLanguage: Language?
    public private(set) var slipInFlight: Int?
    /// What was booked before this run, until the first operator has read it.
    var startSentence: Notice?
    var lastInput = 0
    private var lastCommand: Command?
    private var lastCommandAt = 0
    /// Until when a page that waits may ask for the PIN of who has the counter, in monotonic
    /// milliseconds.
    var pagesOpenUntil: Int?

    static let idleTime = 600_000
    static let doubleReadTime = 1_000

    /// - Parameter isForked: As it was when the run before ended.
    public init(books: Books, settings: CounterSettings, isForked: Bool = false) {
        self.books = books
        self.settings = settings
        self.isForked = isForked
        weighing = Weighing(lastSale: books.lastPurchase?.bought.evidence)
    }

    /// The next instant, in monotonic milliseconds, at which something lapses by itself.
    public var deadline: Int? {
        let trade: Int? =
            switch activity {
            case .produce(let sale):
                [sale.deadline, weighing.freshUntil.map { $0 + 1 }].compactMap { $0 }.min()
            case .order(let sale): sale.deadline
            case .refund(let refund): refund.deadline
            case .idle, .signingIn, .day, .undo, .slips: nil
            }
        let idle = signedIn == nil ? nil : lastInput + Self.idleTime
        return [trade, idle, pagesOpenUntil].compactMap { $0 }.min()
    }

    public mutating func handle(_ event: CounterEvent, at moment: Moment) -> Decision {
        let before = (activity, signedIn, books.lastSequence)
        var decision = take(event, at: moment)
        // Beside an entry nothing lapses: it would be gone unsaid. It does with the next event.
        if decision.entry == nil, let step = waited(at: moment) {
            decision.effects += finish(step, at: moment).effects
        }
        // Digits that nobody entered are of the step that is over.
        if before.0 != activity { digits = "" }
        let isTouched = if case .touched = event { decision.refusal == nil } else { false }
        if isTouched || decision.entry != nil
            || before != (activity, signedIn, books.lastSequence)
        {
            revision += 1
        }
        return decision
    }

    private mutating func take(_ event: CounterEvent, at moment: Moment) -> Decision {
        switch event {
        case .scanned(let code):
            return scan(code, at: moment)
        case .touched(let input, let revision):
            guard revision == self.revision else { return refuse(.stale) }
            lastInput = moment.monotonic
            return handle(input, at: moment)
        case .weighed(let reading, let scale, let reported):
            weighing.take(reading, from: scale, at: reported)
            return Decision()
        case .scaleLost:
            weighing.lose()
            return Decision()
        case .device(let kind, let condition):
            devices[kind] = condition
            return Decision()
        case .pinChecked(let number, let check):
            return signIn(number, check, at: moment)
        case .slipTaken(let slip):
            slipInFlight = slip
            return Decision()
        case .slip(let slip, let outcome):
            slipInFlight = nil
            return settle(slip, outcome, at: moment)
        case .message(let message, let facts):
            return apply(message, facts, at: moment)
        case .forked:
            isForked = true
            if case .slips = activity { return Decision() }
            leave()
            return Decision()
        case .joined:
            isForked = false
            return Decision()
        case .technician(let request):
            return serve(request, at: moment)
        case .deadline:
            return lapse(at: moment)
        }
    }

    /// Lets the books take the entry that was decided, after it was numbered and stamped.
    public mutating func record(_ entry: Entry) throws(BooksError) -> BookChanges {
        try books.apply(entry)
    }

    /// The run begins: what was booked last, or that nothing was, is said first, and once more to
    /// the operator who signs in.
    public mutating func begin(saying sentence: Notice) {
        startSentence = sentence
        notice = sentence
    }

    /// Says why the shell could not carry something out; nothing else changes.
    public mutating func say(_ refusal: Refusal) { notice = .refused(refusal) }

    /// It can be carried out again.
    public mutating func withdraw(_ refusal: Refusal) {
        if notice == .refused(refusal) { notice = nil }
    }

    // MARK: - Scans and touches

    private mutating func scan(_ code: Recognised, at moment: Moment) -> Decision {
        lastInput = moment.monotonic
        switch code {
        case .command(let command):
            let isRepeat =
                command == lastCommand
                && moment.monotonic - lastCommandAt < Self.doubleReadTime
            lastCommand = command
            lastCommandAt = moment.monotonic
            return isRepeat ? refuse(.readTwice) : handle(.command(command), at: moment)
        case .digit(let digit):
            return type(digit, at: moment)
        case .article, .produce, .villager, .badge, .orderSlip, .shortSlip, .otherSlip,
            .foreignSlip,
            .foreignSheet, .unknown:
            return handle(.code(code), at: moment)
        }
    }

    private mutating func type(_ digit: Int, at moment: Moment) -> Decision {
        guard digits.count < TypedNumber.digitCountMax else { return refuse(.numberTooLarge) }
        digits += String(digit)
        if case .signingIn = activity, digits.count == SignIn.pinLength {
            let pin = digits
            digits = ""
            return handle(.pin(pin), at: moment)
        }
        notice = nil
        return Decision(effects: [.signal(.accepted)])
    }

    private mutating func handle(_ input: CounterInput, at moment: Moment) -> Decision {
        guard books.lastSequence > 0 else { return refuse(.notEnrolled) }
        switch input {
        case .code(.badge(let number, let pinIsSet)):
            return present(number, pinIsSet: pinIsSet, at: moment)
        case .code(.foreignSheet):
            return refuse(.foreignSheet)
        case .code(.unknown):
            return refuse(.codeUnknown)
        case .command(.enter):
            guard let number = TypedNumber(digits) else { return refuse(.notExpected) }
            digits = ""
            return handle(.number(number), at: moment)
        case .command(.clearDigits) where !digits.isEmpty:
            digits = ""
            return Decision(effects: [.signal(.accepted)])
        case .command(.cancel):
            return cancel()
        case .pin(let pin):
            guard case .signingIn(var signIn) = activity else { return refuse(.notExpected) }
            let step = signIn.take(pin)
            activity = .signingIn(signIn)
            return finish(step, at: moment)
        case .code, .command, .number, .reason:
            guard let signedIn else { return refuse(.notSignedIn) }
            return act(input, .of(signedIn), at: moment)
        }
    }

    private mutating func act(
        _ input: CounterInput, _ actor: Actor, at moment: Moment
    ) -> Decision {
        switch input {
        case .command(.signOut): return signOut(actor, automatic: false, at: moment)
        case .command(.askHeadOffice):
            notice = .askedHeadOffice
            return Decision(effects: [.sync, .signal(.accepted)])
        case .command(.nextLanguage): return nextLanguage()
        case .command(.reprint): return reprint()
        case .code, .command, .number, .pin, .reason:
            let desk = desk(actor, moment)
            if case .idle = activity { return finish(begin(input, desk), at: moment) }
            return finish(go(on: input, desk), at: moment)
        }
    }

    func desk(_ actor: Actor, _ moment: Moment) -> Desk {
        Desk(
            books: books, settings: settings, moment: moment, weighing: weighing, actor: actor,
            chosenLanguage: tradeLanguage, slipInFlight: slipInFlight,
            diskTrouble: diskTrouble)
    }

    mutating func finish(_ step: TradeStep, at moment: Moment) -> Decision {
        switch step {
        case .stay(let said):
            notice = said
            return Decision(effects: [.signal(.accepted)])
        case .refuse(let refusal):
            return refuse(refusal)
        case .leave(let said):
            leave()
            if let said { notice = said }
            return Decision(effects: [.signal(.accepted)])
        case .ask(let effect):
            notice = nil
            return Decision(effects: [effect])
        case .book(let draft, let said, let next):
            return book(draft, said, then: next, at: moment)
        }
    }

    private mutating func book(
        _ draft: EntryDraft, _ said: Notice, then next: Activity, at moment: Moment
    ) -> Decision {
        guard books.allow(draft, at: moment) else {
            if draft.kind == .produceReversed, case .undo(let undo) = activity {
                return refuse(.cannotReverse(number: undo.purchase.sequence))
            }
            return refuse(.books)
        }
        if draft.kind == .produceBought, case .produce(let sale) = activity,
            case .pay(let weighed, _) = sale.step,
            let weight = weighed.weight
        {
            weighing.sold(weight)
        }
        if case .idle = next { leave() } else { activity = next }
        digits = ""
        notice = said
        return Decision(entry: draft, effects: [.signal(.booked)])
    }

    mutating func leave() {
        activity = .idle
        digits = ""
        tradeLanguage = nil
    }

    mutating func refuse(_ refusal: Refusal) -> Decision {
        notice = .refused(refusal)
        return Decision(effects: [.signal(.refused)], refusal: refusal)
    }

    private mutating func cancel() -> Decision {
        let said = noticeOfCancel
        leave()
        notice = said
        return Decision(effects: [.signal(.accepted)])
    }

    /// What was booked before is not said to be taken back.
    private var noticeOfCancel: Notice? {
        switch activity {
        case .idle: digits.isEmpty ? nil : .cancelled
        case .produce(let sale) where sale.step == .clear:
            books.lastPurchase.map { .booked(number: $0.sequence, paidOut: $0.bought.cash) }
        case .produce(let sale): sale.replaces.map { .staysUndone(number: $0) } ?? .cancelled
        case .signingIn, .order, .refund, .day, .undo, .slips: .cancelled
        }
    }

    private mutating func nextLanguage() -> Decision {
        // Other papers are the operator's, in the station's language.
        switch activity {
        case .idle, .produce, .order, .refund, .undo: break
        case .signingIn, .day, .slips: return refuse(.notExpected)
        }
        let all = Language.allCases
        let current = tradeLanguage ?? settings.language
        let index = all.firstIndex(of: current) ?? 0
        let next = all[(index + 1) % all.count]
        tradeLanguage = next
        notice = .language(next)
        return Decision(effects: [.signal(.accepted)])
    }

    private mutating func reprint() -> Decision {
        guard let slip = books.lastPrintedSlip else { return refuse(.nothingToReprint) }
        notice = .copyPrinting(number: slip)
        return Decision(effects: [.printCopy(slip), .signal(.accepted)])
    }

    // MARK: - Slips and the technician

    private func settle(_ slip: Int, _ outcome: SlipOutcome, at moment: Moment) -> Decision {
        guard books.slips[slip]?.state == .owed else { return Decision() }
        let entry: EntryDraft? =
            switch outcome {
            case .notStarted: nil
            case .printed(let confirmation):
                draft(SlipPrinted(slip: slip, confirmation: confirmation), by: .station, [])
            case .doubtful: draft(SlipDoubtful(slip: slip), by: .station, [])
            }
        return Decision(entry: entry)
    }

    private func serve(_ request: TechnicianRequest, at moment: Moment) -> Decision {
        guard books.lastSequence > 0 else { return Decision(refusal: .notEnrolled) }
        switch request {
        case .issueBadge(let number):
            return Decision(
                entry: draft(BadgeIssued(operator: number), by: .technician, []))
        case .issueCard(nil):
            let next = VillagerNumber(books.facts.nextVillager)
            return Decision(
                entry: draft(VillagerRegistered(villager: next), by: .technician, []))
        case .issueCard(let villager?):
            guard (1..<books.facts.nextVillager).contains(villager.value) else {
                return Decision(refusal: .codeUnknown)
            }
            return Decision(
                entry: draft(CardIssued(villager: villager), by: .technician, []))
        }
    }
}
