import Cryptography
import Journal
import LocalServer
import Logging
import Ports
import StationCore
import SyncProtocol

/// Everything that the workflow loop owns. An event is decided on a copy of the counter, what it
/// comes to is committed, and only then the copy becomes the counter and effects are handed on.
struct StationState {
    private(set) var counter: Counter
    let journal: JournalWriter
    private(set) var local: LocalState
    var time: StationTime
    /// Set when nobody knows what the disk holds, or the journal was set aside: the loop ends with
    /// it, and only a new start goes on.
    private(set) var failure: (any Error)?
    /// Why the disk takes nothing, as far as it is known.
    private(set) var diskTrouble: Refusal? {
        get { counter.diskTrouble }
        set { counter.diskTrouble = newValue }
    }
    /// Sequence of the sign-in that has the counter.
    private(set) var signIn: Int?
    let surroundings: Surroundings
    var locks = PINLocks()
    /// Lists that came broken the last time.
    var listHolds: [ListKind: ListHold] = [:]
    /// Somebody wants an exchange with head office now.
    var isSyncAsked = false
    /// Owed slips that this release cannot draw: they stay owed and let the others pass.
    var undrawable: Set<Int> = []

    /// Who is around the loop: all of them take what they are given at once.
    struct Surroundings: Sendable {
        let clocks: Clocks
        let observer: any StepObserver
        let logger: Logger
        let screens: Screens
        let slipBell: Alarm
        let uplinkBell: Alarm
        let deadlines: Deadlines
        let papers: PaperQueue
        let link: LinkBoard
    }

    init(
        journal: JournalWriter, settings: CounterSettings, surroundings: Surroundings
    ) throws(JournalError) {
        self.journal = journal
        self.surroundings = surroundings
        local = try journal.reader.localState()
        let books = try journal.reader.books()
        counter = Counter(books: books, settings: settings, isForked: local.isForked)
        time = StationTime(
            clocks: surroundings.clocks,
            last: books.lastMoment.flatMap { moment in books.lastBoot.map { (moment, $0) } },
            kept: local.clock)
        diskTrouble = journal.hasRoomForTrade ? nil : .diskFull
    }

    var books: Books { counter.books }
    var now: Moment { time.now }
    var logger: Logger { surroundings.logger }

    // MARK: - Deciding

    /// Decides and commits one event.
    ///
    /// - Parameter changes: Local changes of the same transaction.
    /// - Returns: What came of it; `.diskFull` or `.diskReadOnly` where the disk took nothing.
    @discardableResult
    mutating func decide(
        _ event: CounterEvent, local changes: [LocalChange] = []
    ) async -> Decision {
        await decide(event, local: { _ in changes })
    }

    /// The same where a local change depends on what is decided.
    @discardableResult
    mutating func decide(
        _ event: CounterEvent, local changes: (Decision) -> [LocalChange]
    ) async -> Decision {
        // Who comes to trade is not sent away by what was true half a minute ago.
        if diskTrouble != nil, event.isFromOperator { await lookAfterDisk() }
        let moment = now
        var next = counter
        var decision = next.handle(event, at: moment)
        do throws(JournalError) {
            try await commit(decision.entry, changes(decision), &next, moment)
        } catch {
            decision = refuse(error, of: decision.entry?.kind)
            await publish()
            return decision
        }
        if let typed = decision.lookUp {
            let recognised = recognise(typed: typed)
            return await decide(.scanned(recognised))
        }
        await carryOut(decision.effects)
        await publish()
        return decision
    }

    /// Writes an entry of the station itself, which no trade decides.
    mutating func write(
        _ content: some EntryContent, by actor: StationCore.Actor = .station,
        local changes: [LocalChange] = []
    ) async throws(JournalError) {
        let draft: EntryDraft
        do { draft = try EntryDraft(content, by: actor) } catch {
            throw .failed("\(type(of: content).kind): \(error)")
        }
        var next = counter
        try await commit(draft, changes, &next, now)
        await publish()
    }

    /// Commits what is local alone.
    mutating func write(local changes: [LocalChange]) async throws(JournalError) {
        var next = counter
        try await commit(nil, changes, &next, now)
    }

    /// Knows what head office has though it could not be stored.
    mutating func hold(_ acknowledgement: Acknowledgement) { local.acknowledged = acknowledgement }

    /// Room came or went without an entry: what is shown of the disk follows.
    mutating func noteRoom() async {
        switch diskTrouble {
        case .diskFull where journal.hasRoomForTrade: diskTrouble = nil
        case .diskReadOnly where !journal.isReadOnly: diskTrouble = nil
        case nil where !journal.hasRoomForTrade: diskTrouble = .diskFull
        default: return
        }
        await publish()
    }

    /// Counts a copy that came out. One that the disk did not take is counted in this run alone.
    mutating func count(copy: CopiedSlip) async {
        do { try await write(local: [.copied(copy)]) } catch {
            local.copied = copy
            logger.warning("copy not counted", metadata: [LogKey.error: "\(error)"])
        }
    }

    private mutating func commit(
        _ draft: EntryDraft?, _ changes: [LocalChange], _ next: inout Counter, _ moment: Moment
    ) async throws(JournalError) {
        guard let draft else {
            if !changes.isEmpty { try journal.commit(nil, local: changes) }
            counter = next
            if !changes.isEmpty { readLocalAgain() }
            return
        }
        let stored = try journal.next(draft, at: moment, boot: surroundings.clocks.bootID)
        try await commit(stored, changes, &next)
    }

    private mutating func commit(
        _ stored: StoredEntry, _ changes: [LocalChange], _ next: inout Counter
    ) async throws(JournalError) {
        let sequence = stored.entry.sequence
        await surroundings.observer.reached(.decided, entry: sequence)
        let booked: BookChanges
        do { booked = try next.record(stored.entry) } catch {
            // The counter tried this very entry before; a difference is our own mistake.
            throw .failed("entry \(sequence): \(error)")
        }
        try journal.commit(stored, booked, local: changes)
        await surroundings.observer.reached(.committed, entry: sequence)
        counter = next
        if !changes.isEmpty { readLocalAgain() }
        diskTrouble = journal.hasRoomForTrade ? nil : .diskFull
        noteSignIn(stored.entry)
        await surroundings.observer.reached(.adopted, entry: sequence)
        logger.info(
            "booked",
            metadata: [LogKey.entry: "\(sequence)", LogKey.kind: "\(stored.entry.kind)"])
        surroundings.slipBell.ring()
        surroundings.uplinkBell.ring()
    }

    /// What was committed has happened, so that nothing is refused here any more; but without its
    /// local state the run cannot go on.
    private mutating func readLocalAgain() {
        do throws(JournalError) { local = try journal.reader.localState() } catch {
            logger.error("local state not read", metadata: [LogKey.error: "\(error)"])
            failure = error
        }
    }

    /// Entry 1.
    mutating func write(
        enrolment content: StationEnrolled, station: StationNumber, epoch: Int,
        local changes: [LocalChange]
    ) async throws(JournalError) {
        let stored = try journal.enrolment(
            content, by: .station, station: station, epoch: epoch, at: now,
            boot: surroundings.clocks.bootID)
        var next = counter
        try await commit(stored, changes, &next)
        await publish()
    }

    private mutating func noteSignIn(_ entry: Entry) {
        if entry.kind == .signedIn { signIn = entry.sequence }
        if counter.signedIn == nil { signIn = nil }
    }

    private mutating func refuse(_ error: JournalError, of kind: EntryKind?) -> Decision {
        let refusal: Refusal
        switch error {
        case .diskFull: refusal = .diskFull
        case .readOnly: refusal = .diskReadOnly
        case .locked, .newerSchema, .newerEntry, .missing, .noRight, .holdsNone, .repeated,
            .damaged, .holdsTrade, .notEnrolled, .failed:
            refusal = .books
            failure = error
        }
        diskTrouble = refusal
        logger.error("not booked", metadata: [LogKey.error: "\(error)"])
        counter.say(refusal)
        // Nobody stays signed in because the disk is full, least of all one who went away.
        if kind == .signedOut, failure == nil {
            counter.leaveUnbooked()
            signIn = nil
        }
        return Decision(effects: [.signal(.refused)], refusal: refusal)
    }

    /// Head office refused the enrolment token: nothing was traded under it, so that the journal
    /// goes to a file beside it and the run ends. The service manager's next start finds a box
    /// that never was enrolled, without anything of this run in memory.
    ///
    /// A journal that holds trade stays as it is: then a person has to find out why.
    mutating func abandonEnrolment() {
        do throws(JournalError) {
            failure = EnrolmentRefused(copy: try journal.setAside())
        } catch {
            logger.error(
                "the enrolment token was refused", metadata: [LogKey.error: "\(error)"])
        }
    }

    /// Says aloud why something could not be carried out; nothing else changes.
    mutating func say(_ refusal: Refusal) async {
        counter.say(refusal)
        await publish()
    }

    mutating func withdraw(_ refusal: Refusal) async {
        counter.withdraw(refusal)
        await publish()
    }

    // MARK: - Effects

    private mutating func carryOut(_ effects: [CounterEffect]) async {
        for effect in effects {
            switch effect {
            case .printCopy(let slip):
                if !surroundings.papers.add(.copy(of: slip)) { counter.say(.printerBusy) }
            case .sync: askHeadOffice()
            // The caller checks PINs outside the loop; a look-up was fed back already.
            case .verifyPIN, .storePIN, .lookUp, .signal: break
            }
        }
    }

    mutating func askHeadOffice() {
        isSyncAsked = true
        surroundings.uplinkBell.ring()
    }

    var screen: CounterScreen {
        CounterScreen(
            view: counter.view(at: now), signIn: signIn, link: surroundings.link.now.state,
            waiting: waitingEntries)
    }

    /// Shows the counter as it is now, and plans for when something lapses.
    mutating func publish() async {
        surroundings.screens.show(screen)
        surroundings.deadlines.set(counter.deadline)
    }

    /// The last job: an orderly end is remembered.
    mutating func end() async {
        guard books.lastSequence > 0 else { return }
        do { try await write(local: [.cleanShutdown(true)]) } catch {
            logger.warning("end not noted", metadata: [LogKey.error: "\(error)"])
        }
    }
}

extension Decision {
    /// A typed number that is to be looked up and fed back.
    fileprivate var lookUp: String? {
        for case .lookUp(let text) in effects { return text }
        return nil
    }
}

extension StationState {
    /// What was booked last, said at start so that nobody wonders whether it was.
    mutating func sayLastTrade() throws(JournalError) {
        counter.begin(saying: try lastTrade())
    }

    private func lastTrade() throws(JournalError) -> Notice {
        var end: Int?
        while true {
            let found = try journal.reader.latest(before: end, limit: Self.lookBack)
            for stored in found {
                guard let cash = try cashMoved(by: stored.entry) else { continue }
                let sequence = stored.entry.sequence
                return .lastBooked(
                    number: sequence, cash, slip: books.slips[sequence]?.state ?? .printed)
            }
            guard let oldest = found.last?.entry.sequence, oldest > 1 else {
                return .nothingBooked
            }
            end = oldest
        }
    }

    /// Entries read at a time: those of the station and of head office lie between trades.
    private static let lookBack = 50

    private func cashMoved(by entry: Entry) throws(JournalError) -> CashMoved? {
        do { return try entry.cashMoved } catch {
            throw .damaged("entry \(entry.sequence): \(error)")
        }
    }
}
