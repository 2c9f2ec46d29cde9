public import ControlProtocol
public import StationCore

/// The counter as the pages use it. Whoever owns the counter implements it; the pages decide
/// nothing of the business.
public protocol CounterDesk: Sendable {
    /// The counter as it is now.
    func screen() async -> CounterScreen

    /// The counter now and after each change; a slow reader gets the newest only.
    func screens() -> AsyncStream<CounterScreen>

    /// Hands one touch to the counter and waits for what came of it.
    ///
    /// - Parameter revision: What the page showed; an older one is refused as `.stale`.
    func touch(_ input: CounterInput, revision: Int) async -> TouchAnswer

    /// The same with a code that was typed or pasted, which the desk looks up first.
    func touch(code text: String, revision: Int) async -> TouchAnswer

    /// Presents a badge by its eight digits, as a scan of it would.
    func present(badge digits: String) async -> BadgeAnswer

    /// Types a PIN and waits until it was checked, durable count of wrong tries included.
    ///
    /// - Parameters:
    ///   - asked: What the form showed; where the counter asks something else by now the PIN is
    ///     refused as `.stale`, so that a double tap does not repeat a new PIN by itself.
    ///   - proving: Nil: for the sign-in that lies on the counter. An operator who has the counter
    ///     already: his PIN is checked and the counter is left as it is.
    func signIn(
        pin: String, answering asked: Prompt?, proving: OperatorNumber?
    ) async -> SignInAnswer
}

/// The lists and papers that the pages show beside the counter.
public protocol CounterShelf: Sendable {
    /// The price list in force, in the order to be shown; empty while there is none.
    func produce() async -> [ProducePrice]
    /// The articles in force, in the order to be shown; empty while there is none.
    func articles() async -> [Article]
    /// Orders that are not over or for which something is owed, oldest first.
    func openOrders() async -> [OrderRecord]
    /// The last entries that have a slip, newest first.
    func recentTrades(atMost count: Int) async -> [Entry]
    /// The slip of an entry as plain text; nil where that entry does not exist or has none.
    func slipText(of sequence: Int) async -> String?
}

/// What the technician asks at the control socket. Each call returns when the outcome is known.
public protocol StationControl: Sendable {
    func status() async throws(ControlUnavailable) -> StationStatus
    func enrol(code: String) async -> ControlAnswer
    /// - Parameter time: Milliseconds of UTC since 1970.
    func setClock(to time: Int) async -> ControlAnswer
    func syncNow() async -> ControlAnswer
    func print(_ request: PrintRequest) async -> ControlAnswer
}

/// The station is stopping: nobody knows how it stands any more.
public struct ControlUnavailable: Error {
    public init() {}
}

/// The counter's view and under which sign-in it is used.
public struct CounterScreen: Equatable, Sendable {
    public let view: CounterView
    /// Number of the `operator.signedIn` entry of the operator who has the counter, nil while
    /// nobody has: a page's cookie is good for one sign-in only.
    public let signIn: Int?
    /// How it stands with the way to head office.
    public let link: StationStatus.Link.State
    /// Entries that head office does not have yet.
    public let waiting: Int

    public init(
        view: CounterView, signIn: Int?, link: StationStatus.Link.State = .none, waiting: Int = 0
    ) {
        self.view = view
        self.signIn = signIn
        self.link = link
        self.waiting = waiting
    }
}

/// What came of a touch, and the counter after it.
public struct TouchAnswer: Equatable, Sendable {
    /// Nil: it was accepted.
    public let refusal: Refusal?
    public let screen: CounterScreen

    public init(refusal: Refusal?, screen: CounterScreen) {
        self.refusal = refusal
        self.screen = screen
    }
}

public enum BadgeAnswer: Equatable, Sendable {
    /// The counter took it; its prompt now asks for a PIN, or for a new one.
    case lies
    /// This operator has the counter already: the PIN is asked for the page alone.
    case hasCounter(OperatorNumber)
    case refused(Refusal)
}

public enum SignInAnswer: Equatable, Sendable {
    /// The page may now show the counter as this screen has it.
    case signedIn(CounterScreen)
    /// A first PIN was taken; it is to be typed again.
    case again
    case refused(Refusal)
}
