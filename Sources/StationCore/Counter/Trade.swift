/// What a trade may look at while it decides: never a store, never a device.
struct Desk {
    let books: Books
    let settings: CounterSettings
    let moment: Moment
    let weighing: Weighing
    let actor: Actor
    /// Of the slip, chosen for this trade or the station's.
    let language: Language
    /// The slip that the printer has now.
    let slipInFlight: Int?

    /// Days since a list became valid; nil where the clock cannot tell.
    func age(of list: AdoptedList) -> Int? {
        guard moment.quality != .unset else { return nil }
        return max(0, moment.time - list.validFrom) / 86_400_000
    }

    var exposureLimit: Fen { books.facts.exposureLimit ?? settings.exposureLimit }
}

/// What one input comes to in a trade.
enum TradeStep {
    /// The trade goes on in the state that it has now.
    case stay(Notice? = nil)
    /// Nothing changed, and why.
    case refuse(Refusal)
    /// Book this, then go on there.
    case book(EntryDraft, Notice, then: Activity)
    /// Nothing was booked; the counter is free.
    case leave(Notice? = nil)
    /// The shell is asked for something, and the trade waits for its answer.
    case ask(CounterEffect)
}

/// What is going on at the counter. What is only here is gone after a power cut, on purpose.
enum Activity: Equatable, Sendable {
    case idle
    case signingIn(SignIn)
    case produce(ProduceSale)
    case order(OrderSale)
    case refund(RefundPayment)
    case day(DayCount)
    case undo(PurchaseUndo)
    case slips(SlipSettling)
}

/// A draft that our own structs make cannot fail to encode; should it ever, nothing is booked.
func draft(_ content: some EntryContent, by actor: Actor, _ lines: [Posting]) -> EntryDraft? {
    guard let postings = try? Postings(lines) else { return nil }
    return try? EntryDraft(content, by: actor, postings)
}
