/// A code that somebody scanned, typed or picked, after it was looked up: the core never asks a
/// store.
public enum Recognised: Hashable, Sendable {
    case article(Article)
    case produce(ProducePrice)
    case villager(VillagerNumber)
    case badge(OperatorNumber, pinIsSet: Bool)
    case command(Command)
    case digit(Int)
    /// The slip of an order, or of news about it.
    case orderSlip(OrderRecord, RefundProof.First)
    /// The same by its short code, which holds half the mark: the paper is to be compared.
    case shortSlip(OrderRecord, PrintedSlip)
    /// A slip of this station that is no order's.
    case otherSlip(Int)
    /// Not a slip of this station, or its mark is another one.
    case foreignSlip
    /// A command or number key of another station's sheet, or of an old sheet.
    case foreignSheet
    case unknown
}

/// One thing that the operator did.
public enum CounterInput: Hashable, Sendable {
    case code(Recognised)
    case command(Command)
    /// A number that was typed; fen where money is asked, grams where a weight is.
    case number(TypedNumber)
    /// Six digits typed on a page.
    case pin(String)
    case reason(ReversalReason)
}

extension CounterInput {
    /// The order whose slip was shown.
    var order: OrderRecord? {
        switch self {
        case .code(.orderSlip(let order, _)), .code(.shortSlip(let order, _)): order
        case .code, .command, .number, .pin, .reason: nil
        }
    }
}

/// A number as it was typed: `text` keeps leading zeros, which a code may have.
public struct TypedNumber: Hashable, Sendable {
    public let text: String
    public let value: Int

    public static let digitCountMax = 18

    /// Nil unless it is 1 to 18 digits.
    public init?(_ text: String) {
        guard (1...Self.digitCountMax).contains(text.utf8.count),
            text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let value = Int(text)
        else { return nil }
        self.text = text
        self.value = value
    }
}

/// Everything that can reach the counter.
public enum CounterEvent: Hashable, Sendable {
    case scanned(Recognised)
    /// A touch refers to the revision that its page showed.
    case touched(CounterInput, revision: Int)
    /// A report of the scale and the monotonic millisecond at which it came, which alone is how
    /// fresh it is: it may have waited for the disk since.
    case weighed(WeightReading, ScaleIdentity, at: Int)
    case scaleLost
    case device(DeviceKind, DeviceCondition)
    case pinChecked(OperatorNumber, PINCheck)
    /// The printer's owner took this slip out of the queue.
    case slipTaken(Int)
    case slip(Int, SlipOutcome)
    case message(HeadOfficeMessage, MessageFacts)
    /// Head office knows another journal of this station and epoch.
    case forked
    /// Head office's chain is this journal's after all: its own copy was mended.
    case joined
    case technician(TechnicianRequest)
    /// The instant of `Counter.deadline` has come.
    case deadline
}

extension CounterEvent {
    /// Whether somebody at the counter waits for what comes of it.
    public var isFromOperator: Bool {
        switch self {
        case .scanned, .touched: true
        case .weighed, .scaleLost, .device, .pinChecked, .slipTaken, .slip, .message, .forked,
            .joined, .technician, .deadline:
            false
        }
    }
}

/// How an attempt to print a slip ended.
public enum SlipOutcome: Hashable, Sendable {
    /// No byte went out: it is owed as before.
    case notStarted
    case printed(SlipPrinted.Confirmation)
    /// Some bytes went out and no more is known.
    case doubtful
}

/// What the store says about a message, looked up with it.
public struct MessageFacts: Hashable, Sendable {
    /// A decision or top-up of this identity was applied before.
    public let wasApplied: Bool
    /// The order that a decision is about.
    public let order: OrderRecord?
    public let list: ListArrival

    public enum ListArrival: Hashable, Sendable {
        /// The message brings no list.
        case none
        /// A list with a higher number is in force.
        case older
        /// Staged; more chunks are to come.
        case staged
        /// The last chunk came and the digest agrees, or not.
        case complete(AdoptedList, digestAgrees: Bool)
    }

    public init(wasApplied: Bool = false, order: OrderRecord? = nil, list: ListArrival = .none) {
        self.wasApplied = wasApplied
        self.order = order
        self.list = list
    }
}

/// What the technician asks at the control socket and what becomes an entry.
public enum TechnicianRequest: Hashable, Sendable {
    case issueBadge(OperatorNumber)
    /// A card for a new villager, or a further one.
    case issueCard(VillagerNumber?)
}

/// What a check of a PIN said.
public enum PINCheck: Hashable, Sendable {
    case right
    /// The first PIN was stored.
    case stored
    case wrong(triesLeft: Int)
    /// Seconds until the next try.
    case locked(seconds: Int)
}

/// What the shell carries out after the commit, handing each to its owner and never waiting.
public enum CounterEffect: Hashable, Sendable {
    case verifyPIN(OperatorNumber, String)
    case storePIN(OperatorNumber, String)
    /// Look a typed number up as a code and feed what it is back.
    case lookUp(String)
    /// A further copy of a slip that was printed.
    case printCopy(Int)
    /// Ask head office now.
    case sync
    case signal(Signal)
}

/// What can be heard.
public enum Signal: String, Hashable, Sendable {
    case accepted, booked, refused
}

/// What one event comes to: at most one entry, and effects.
public struct Decision: Equatable, Sendable {
    public var entry: EntryDraft?
    public var effects: [CounterEffect] = []
    /// Why nothing came of it, for whoever asked.
    public var refusal: Refusal?

    public init(
        entry: EntryDraft? = nil, effects: [CounterEffect] = [], refusal: Refusal? = nil
    ) {
        self.entry = entry
        self.effects = effects
        self.refusal = refusal
    }
}

/// What a station is configured to do; head office's word goes before it where there is one.
public struct CounterSettings: Hashable, Sendable {
    /// Fen; cash is rounded to it.
    public let cashStep: Int
    public let exposureLimit: Fen
    public let language: Language
    /// What the local clock is ahead of UTC.
    public let utcOffsetMinutes: Int

    public init(
        cashStep: Int = 10, exposureLimit: Fen = Fen(200_000),
        language: Language = .simplifiedChinese, utcOffsetMinutes: Int = 480
    ) {
        self.utcOffsetMinutes = utcOffsetMinutes
        self.cashStep = cashStep
        self.exposureLimit = exposureLimit
        self.language = language
    }
}
