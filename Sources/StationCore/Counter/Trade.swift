/// What a trade may look at while it decides: never a store, never a device.
struct Desk {
    let books: Books
    let settings: CounterSettings
    let moment: Moment
    let weighing: Weighing
    let actor: Actor
    /// Chosen for this trade's slip.
    let chosenLanguage: Language?
    /// Of the slip, chosen for this trade or the station's.
    var language: Language { chosenLanguage ?? settings.language }
    /// The slip that the printer has now.
    let slipInFlight: Int?
    /// What moves money is not asked for while the disk takes nothing.
    let diskTrouble: Refusal?

    func age(of list: AdoptedList) -> ListAge { ListAge(of: list, at: moment) }

    /// Milliseconds for which a command that pays money out is valid once the box asks for it.
    static let payTime = 30_000

    var exposureLimit: Fen { books.facts.exposureLimit ?? settings.exposureLimit }

    /// At 80 % of the limit or above it is warned about.
    func isHigh(exposure: Fen) -> Bool { exposure.count * 10 >= exposureLimit.count * 8 }
}

/// How old the prices of a list are.
enum ListAge: Equatable, Sendable {
    case fresh(days: Int)
    /// More than a week, in whole days; nil where the clock cannot tell, or is behind the list.
    case doubtful(days: Int?)
    /// More than 30 days.
    case tooOld(days: Int)

    private static let day = 86_400_000
    private static let freshMax = 7 * day
    private static let doubtfulMax = 30 * day
    /// Head office may send in the evening what is valid from the morning on.
    private static let aheadMax = day

    /// Whole days since it became valid; nil where nobody knows.
    var days: Int? {
        switch self {
        case .fresh(let days), .tooOld(let days): days
        case .doubtful(let days): days
        }
    }

    init(of list: AdoptedList, at moment: Moment) {
        let age = moment.time - list.validFrom
        if moment.quality == .unset || age < -Self.aheadMax {
            self = .doubtful(days: nil)
        } else if age <= Self.freshMax {
            self = .fresh(days: max(0, age) / Self.day)
        } else {
            self =
                age <= Self.doubtfulMax
                ? .doubtful(days: age / Self.day) : .tooOld(days: age / Self.day)
        }
    }
}

/// What one input comes to in a trade.
enum TradeStep {
    /// The trade goes on in the state that it has now.
    case stay(Notice? = nil)
    /// Nothing came of it, and why. The trade may have gone back to an earlier step, as it does
    /// where an offer lapsed.
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
