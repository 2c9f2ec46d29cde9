import ControlProtocol
import Journal
import Ports
import Simulators
import StationCore
import Synchronization

/// The hands of everybody in the village: they scan, weigh, look at the paper and pull plugs, and
/// know of the box only what its papers, its journal and its control socket say.
final class Hands: Sendable {
    let time: DayTime
    let world: World
    let office: HeadOffice
    let link: SimulatedLink
    let box: Supervisor
    let technician: Technician
    let folders: DemoFolders

    private struct State {
        var shelf = CardShelf(goods: [])
        /// Fen in the drawer as the hands counted them, and what the last seller was paid.
        var drawer = 0
        var lastPaid = 0
        /// The last command and when it was scanned.
        var lastCommand: (command: Command, at: Int)?
        /// Deaths of the program after which the operator signed in again.
        var survived = 0
        /// What the trade that goes on is to meet.
        var mishap: DayPlan.Mishap?
        /// Mishaps that were seen to happen, by name.
        var met: [String: Int] = [:]
    }

    private let state = Mutex(State())

    private static let pin = "135790"

    init(
        clock: ManualClock, world: World, office: HeadOffice, link: SimulatedLink,
        box: Supervisor, folders: DemoFolders
    ) {
        self.world = world
        self.office = office
        self.link = link
        self.box = box
        self.folders = folders
        time = DayTime(clock: clock, box: box)
        technician = Technician(socket: folders.controlSocket)
    }

    /// The program died under what was being done.
    struct BoxDied: Error {}

    // MARK: - Looking

    /// Waits until the box's own report says so; meanwhile time passes.
    ///
    /// - Throws: `BoxDied`; `DemoFailure` where it did not come in two minutes of the village.
    func wait(
        _ what: String, until holds: (StationStatus) async throws -> Bool
    ) async throws {
        let end = time.clock.milliseconds + 120_000
        var last: StationStatus?
        while time.clock.milliseconds < end {
            try await time.rest()
            try checkLife()
            last = try? await technician.status()
            if let last, try await holds(last) { return }
            try await time.pass(.milliseconds(200))
        }
        throw DemoFailure(
            what: "\(what) did not come; \(last?.inWords ?? "the box says nothing"); "
                + "its log is \(folders.log)")
    }

    /// Throws where the program died and the operator did not sign in since.
    func checkLife() throws(BoxDied) {
        if box.deathCount > state.withLock({ $0.survived }) { throw BoxDied() }
    }

    func status() async throws -> StationStatus {
        try await ask { try await technician.status() }
    }

    /// Has the box ask head office now. It may die of what comes before it can answer.
    func askHeadOffice() async throws {
        try await expect(ask { try await technician.sync() })
    }

    /// - Throws: `BoxDied` where that is why there was no answer.
    private func ask<Answer: Sendable>(
        _ question: () async throws -> Answer
    ) async throws -> Answer {
        try await time.rest()
        do { return try await question() } catch is HTTPError {
            try await time.rest()
            try checkLife()
            throw DemoFailure(what: "the box did not answer at its control socket")
        }
    }

    var drawer: Int { state.withLock { $0.drawer } }
    var lastPaid: Int { state.withLock { $0.lastPaid } }
    func take(_ cash: Int) { state.withLock { $0.drawer += cash } }
    func pay(_ cash: Int) {
        state.withLock { state in
            state.drawer -= cash
            state.lastPaid = cash
        }
    }

    /// Mishaps that happened, in any order.
    var met: [String: Int] { state.withLock { $0.met } }
    var mishap: DayPlan.Mishap? { state.withLock { $0.mishap } }
    func set(_ mishap: DayPlan.Mishap?) { state.withLock { $0.mishap = mishap } }
    /// The one of this trade was seen to happen.
    func noteMishap() {
        state.withLock { state in
            if let mishap = state.mishap { state.met[mishap.name, default: 0] += 1 }
        }
    }

    /// Entries that came after that one, oldest first.
    func entries(after number: Int) throws -> [Entry] {
        try JournalReader(StateDirectory(path: folders.state))
            .entries(from: number + 1, limit: 10_000).map(\.entry)
    }

    /// Number of the first entry of that kind after another.
    func booked(_ kind: EntryKind, after number: Int) throws -> Int? {
        try entries(after: number).first { $0.kind == kind }?.sequence
    }

    // MARK: - Scanning

    /// Scans a code and lets the box do all that comes of it.
    func scan(_ payload: String) async throws {
        try await time.rest()
        try checkLife()
        guard world.scanner.scan(payload) else {
            throw DemoFailure(what: "nobody listens to the scanner")
        }
        try await time.pass(.milliseconds(250))
        try checkLife()
    }

    func cards(_ group: CardShelf.Group) -> [CardShelf.Card] {
        let strips = world.printer.strips
        return state.withLock { state in
            state.shelf.take(strips)
            return state.shelf.cards[group] ?? []
        }
    }

    /// From the papers that the box printed.
    private func code(where isRight: (Barcode) -> Bool) throws(DemoFailure) -> String {
        for group in CardShelf.Group.allCases {
            if let card = cards(group).first(where: { isRight(Barcode(text: $0.payload)) }) {
                return card.payload
            }
        }
        throw DemoFailure(what: "no such card on the shelf")
    }

    /// The same command twice within a second would be a double read.
    func command(_ command: Command) async throws {
        let now = time.clock.milliseconds
        let last = state.withLock { $0.lastCommand }
        if let last, last.command == command, now - last.at <= 1_000 {
            try await time.pass(.milliseconds(1_001 - (now - last.at)))
        }
        let payload = try code { code in
            guard case .command(let number, _) = code else { return false }
            return number.number == command.rawValue
        }
        let scannedAt = time.clock.milliseconds
        state.withLock { $0.lastCommand = (command, scannedAt) }
        try await scan(payload)
    }

    func type(_ digits: String) async throws {
        for digit in digits {
            try await scan(
                try code { code in
                    guard case .numberKey(let key, _) = code else { return false }
                    return key.text == String(digit)
                })
        }
    }

    // MARK: - Living through deaths

    /// Has something booked, again where the program died before it was.
    ///
    /// - Returns: The entry's number.
    func goal(
        _ kind: EntryKind, after number: Int, _ act: () async throws -> Void
    ) async throws -> Int {
        for _ in 0..<2 {
            do { try await act() } catch is BoxDied {}
            try await revive()
            if let entry = try booked(kind, after: number) { return entry }
        }
        let status = try await status()
        throw DemoFailure(
            what: "\(kind) after entry \(number) was not booked; \(status.inWords); "
                + "its log is \(folders.log)")
    }

    /// Where the program died, it lives again by now; the operator signs in.
    func revive() async throws {
        try await time.rest()
        let deaths = box.deathCount
        let isDeath = state.withLock { state in
            defer { state.survived = deaths }
            return state.survived < deaths
        }
        guard isDeath else { return }
        world.scale.takeOff()
        try await waitForDevices()
        try await signIn()
    }

    func waitForDevices() async throws {
        try await wait("ready devices") { status in
            status.devices.filter { $0.condition == "ready" }.count == 3
        }
    }

    func signIn(isFirst: Bool = false) async throws {
        let before = try await status().lastEntry
        try await scan(
            try code { if case .badge = $0 { true } else { false } })
        try await type(Self.pin)
        if isFirst { try await type(Self.pin) }
        try await wait("sign-in") { _ in try booked(.signedIn, after: before) != nil }
    }

    func expect(_ answer: ControlAnswer) throws(DemoFailure) {
        guard answer.isDone else { throw DemoFailure(what: answer.text) }
    }
}

extension StationStatus {
    /// For whoever has to find out why a day did not end well.
    var inWords: String {
        let devices = devices.map { "\($0.kind ?? "unknown") \($0.condition ?? "left alone")" }
        return "last entry \(lastEntry), slips owed \(slips.owed), doubtful \(slips.doubtful), "
            + devices.joined(separator: ", ") + ", "
            + "head office has \(link.acknowledgedThrough)"
            + (link.problem.map { " (\($0))" } ?? "") + (day == nil ? ", no day is open" : "")
    }
}
