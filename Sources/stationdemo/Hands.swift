import ControlProtocol
import Simulators
import StationCore
import Synchronization

/// The hands of everybody in the village: they scan, weigh, look at the paper and pull plugs, and
/// know of the box only what its papers and its control socket say.
final class Hands: Sendable {
    let clock: ManualClock
    let world: World
    let office: HeadOffice
    let link: SimulatedLink
    let box: Supervisor
    let technician: Technician
    let folders: DemoFolders
    /// What head office decides next.
    let mood: Mood
    private let shelf = Mutex(CardShelf(goods: []))
    /// Fen in the drawer as the hands counted them, and what the last seller was paid.
    private let purse = Mutex((drawer: 0, lastPaid: 0))

    private static let pin = "135790"

    init(
        clock: ManualClock, world: World, office: HeadOffice, link: SimulatedLink,
        box: Supervisor, folders: DemoFolders, mood: Mood
    ) {
        self.clock = clock
        self.world = world
        self.office = office
        self.link = link
        self.box = box
        self.folders = folders
        technician = Technician(socket: folders.controlSocket)
        self.mood = mood
    }

    var killCount: Int { box.killCount }

    // MARK: - Time and looking

    /// Lets the village's time run; what is real (disk, sockets) keeps up with it.
    func pause(_ duration: Duration) async {
        _ = await clock.run(
            atMost: duration, step: .milliseconds(25), pause: .microseconds(700),
            until: { false })
    }

    /// Waits until the box's own report says so.
    func wait(
        _ what: String, until holds: @escaping @Sendable (StationStatus) -> Bool
    ) async throws {
        let technician = technician
        let came = await clock.run(
            atMost: .seconds(600), step: .milliseconds(100), pause: .milliseconds(2)
        ) {
            guard let status = try? await technician.status() else { return false }
            return holds(status)
        }
        guard came else {
            let status = try? await technician.status()
            throw DemoFailure(
                what: "\(what) did not come; the box says \(String(describing: status)); "
                    + "its log is \(folders.log)")
        }
    }

    func slipsOnPaper() -> Int {
        world.printer.strips.filter { strip in
            strip.codes.contains {
                if case .slip = Barcode(text: $0.payload) { true } else { false }
            }
        }.count
    }

    private func isOnPaper(_ slip: Int) -> Bool {
        world.printer.strips.contains { strip in
            strip.codes.contains { code in
                guard case .slip(let found) = Barcode(text: code.payload) else { return false }
                return found.sequence.number == slip
            }
        }
    }

    // MARK: - Scanning

    func scan(_ payload: String) async {
        _ = world.scanner.scan(payload)
        await pause(.milliseconds(1_200))
    }

    private func cards(_ group: CardShelf.Group) -> [CardShelf.Card] {
        let strips = world.printer.strips
        return shelf.withLock { shelf in
            shelf.take(strips)
            return shelf.cards[group] ?? []
        }
    }

    /// From the sheet that the box printed.
    private func code(where isRight: (Barcode) -> Bool) throws -> String {
        for group in CardShelf.Group.allCases {
            if let card = cards(group).first(where: { isRight(Barcode(text: $0.payload)) }) {
                return card.payload
            }
        }
        throw DemoFailure(what: "no such card on the shelf")
    }

    func command(_ command: Command) async throws {
        await scan(
            try code {
                if case .command(let number, _) = $0 {
                    number.number == command.rawValue
                } else {
                    false
                }
            })
    }

    func type(_ digits: String) async throws {
        for digit in digits {
            await scan(
                try code {
                    if case .numberKey(let key, _) = $0 {
                        key.text == String(digit)
                    } else {
                        false
                    }
                })
        }
    }

    // MARK: - The day

    func begin(villagers: Int) async throws {
        try await wait("ready devices") { status in
            status.devices.filter { $0.condition == "ready" }.count == 3
        }
        let enrolment = try await office.enrolment(address: "127.0.0.1:\(link.port)")
        try await expect(technician.enrol(Barcode.enrolment(enrolment).text))
        try await wait("lists") { $0.lists.prices != nil && $0.lists.articles != nil }
        try await expect(technician.print(.sheet(renew: false)))
        try await expect(technician.print(.badge(operatorNumber: 1)))
        for _ in 0..<villagers { try await expect(technician.print(.card(villager: nil))) }
        let papers = villagers + 2
        let world = world
        try await wait("papers") { _ in world.printer.strips.count >= papers }
        try await signIn(isFirst: true)
        try await command(.day)
        take(5_000_000)
        try await type("5000000")
        try await command(.enter)
        try await command(.confirmCount)
        try await wait("day") { $0.day != nil }
    }

    private func expect(_ answer: ControlAnswer) throws {
        guard answer.isDone else { throw DemoFailure(what: answer.text) }
    }

    private func signIn(isFirst: Bool = false) async throws {
        let before = try await technician.status().lastEntry
        await scan(
            try code { if case .badge = $0 { true } else { false } })
        try await type(Self.pin)
        if isFirst { try await type(Self.pin) }
        try await wait("sign-in") { $0.lastEntry > before }
    }

    /// A villager sells; the program may be killed at a step of this very entry.
    func sell(
        produce: Int, grams: Int, villager: Int, killedAt step: String?, cutsPower: Bool
    ) async throws {
        let number = try await technician.status().lastEntry + 1
        let kills = killCount
        if let step {
            box.kill(
                at: WorldServer.Step(entry: number, name: step), cutsPower: cutsPower)
        }
        try await weigh(produce: produce, grams: grams, villager: villager)
        if let step {
            try await afterKill(kills)
            // What was only decided is nowhere.
            if step == "decided" {
                try await weigh(produce: produce, grams: grams, villager: villager)
            }
        }
        pay(produce, grams)
        try await settle()
    }

    private func weigh(produce: Int, grams: Int, villager: Int) async throws {
        world.scale.takeOff()
        await pause(.milliseconds(1_500))
        try await command(.produce)
        await scan(cards(.villagers)[villager - 1].payload)
        await scan(DemoLists.cards[produce].payload)
        world.scale.put(grams)
        await pause(.seconds(3))
        try await command(.takeWeight)
        try await command(.payCash)
        world.scale.takeOff()
        await pause(.seconds(2))
    }

    private func pay(_ produce: Int, _ grams: Int) {
        let amount = (grams * DemoLists.produce[produce].fen + 500) / 1_000
        let cash = Fen(amount).rounded(toStep: 10).count
        purse.withLock { $0 = ($0.drawer - cash, cash) }
    }

    private func take(_ cash: Int) { purse.withLock { $0.drawer += cash } }

    /// The program dies and lives again; the operator signs in and looks at what is doubtful.
    private func afterKill(_ before: Int) async throws {
        let box = box
        let isKilled = await clock.run(atMost: .seconds(120)) { box.killCount > before }
        guard isKilled else { throw DemoFailure(what: "the step never came") }
        world.scale.takeOff()
        try await wait("ready devices") { status in
            status.devices.filter { $0.condition == "ready" }.count == 3
        }
        try await signIn()
    }

    /// Every slip is out: doubtful ones are settled by looking at the paper.
    func settle() async throws {
        await pause(.seconds(1))
        while let slip = try await technician.status().slips.doubtful.first {
            try await command(.settleSlips)
            try await command(isOnPaper(slip) ? .cameOut : .didNotComeOut)
            await pause(.seconds(1))
        }
        try await wait("slips") { $0.slips.owed.isEmpty && $0.slips.doubtful.isEmpty }
    }

    /// - Parameter killedAtMessage: The program dies when it has applied the decision.
    func order(
        article: Int, count: Int, isRejected: Bool, killedAtMessage: Bool
    ) async throws {
        mood.set(isRejected ? .rejects : .buys)
        let kills = killCount
        if killedAtMessage, let message = try await office.status()?.lastMessage {
            box.kill(
                at: WorldServer.Step(entry: message + 1, name: "messageApplied"),
                cutsPower: false)
        }
        let before = try await technician.status().lastEntry
        try await command(.order)
        await scan(DemoLists.goods[article].code)
        try await type(String(count))
        try await command(.enter)
        try await command(.basketDone)
        try await command(.exactCash)
        try await command(.takeCash)
        let cash = Fen(DemoLists.goods[article].fen * count).rounded(toStep: 10).count
        take(cash)
        if killedAtMessage {
            try await afterKill(kills)
            try await settle()
        }
        // The order, its slip, the decision and its slip.
        try await wait("decision") { $0.lastEntry >= before + 4 && $0.slips.owed.isEmpty }
        guard isRejected else { return }
        let slip = try slipCode(of: before + 1)
        await scan(slip)
        try await command(.knowPerson)
        try await command(.payCash)
        take(-cash)
        try await wait("refund") { $0.lastEntry >= before + 6 && $0.slips.owed.isEmpty }
    }

    private func slipCode(of number: Int) throws -> String {
        for strip in world.printer.strips {
            for code in strip.codes {
                if case .slip(let found) = Barcode(text: code.payload),
                    found.sequence.number == number
                {
                    return code.payload
                }
            }
        }
        throw DemoFailure(what: "slip \(number) is not on paper")
    }

    func undoLast() async throws {
        let before = try await technician.status().lastEntry
        try await command(.undo)
        try await type("2")
        try await command(.enter)
        try await command(.yes)
        take(purse.withLock { $0.lastPaid })
        try await wait("correction") { $0.lastEntry > before }
        try await command(.cancel)
        try await settle()
    }

    func closeDay() async throws {
        try await settle()
        let counted = purse.withLock { $0.drawer }
        try await command(.day)
        try await type(String(counted))
        try await command(.enter)
        try await command(.confirmCount)
        try await wait("day closed") { $0.day == nil }
        try await settle()
        try await wait("acknowledged") { $0.link.waiting == 0 }
    }

    // MARK: - Mishaps

    func runOutOfPaper() async throws {
        world.printer.letPaperEnd(afterLines: 8)
        try await command(.produce)
        try await command(.anonymous)
        await scan(DemoLists.cards[0].payload)
        let grams = 1_000 + 20 * slipsOnPaper()
        world.scale.put(grams)
        await pause(.seconds(3))
        try await command(.takeWeight)
        let before = try await technician.status().lastEntry
        try await command(.payCash)
        pay(0, grams)
        try await wait("booking") { $0.lastEntry > before }
        world.scale.takeOff()
        await pause(.seconds(20))
        world.printer.putPaperIn()
        try await settle()
    }

    func pullOut(_ device: World.Device, _ form: SimulatedUSBBus.Unplugging) async throws {
        world.unplug(device, form: form)
        await pause(.seconds(3))
        // At another port of the same hub.
        world.plug(device, at: World.usualSocket(of: device) + ".1")
        try await wait("replugged") { status in
            status.devices.filter { $0.condition == "ready" }.count == 3
        }
    }

    func cutLine(afterBytes count: Int, answers: Bool) async throws {
        link.cut(answers ? .afterAnswers(1) : .afterBytes(count, .up))
        _ = try await technician.sync()
        await pause(.seconds(5))
    }

    /// What waits goes up in one batch, and the program is killed in the middle of the exchange.
    func killedUplink(at step: String) async throws {
        try await settle()
        try await wait("acknowledged") { $0.link.waiting == 0 }
        link.set(.refused)
        try await command(.produce)
        try await command(.anonymous)
        await scan(DemoLists.cards[1].payload)
        // Another mass each time, so that nobody asks whether it was booked already.
        let grams = 700 + 20 * killCount
        world.scale.put(grams)
        await pause(.seconds(3))
        try await command(.takeWeight)
        try await command(.payCash)
        world.scale.takeOff()
        await pause(.seconds(2))
        try await settle()
        pay(1, grams)
        let last = try await technician.status().lastEntry
        let kills = killCount
        box.kill(at: WorldServer.Step(entry: last, name: step), cutsPower: false)
        link.set(.open)
        try await afterKill(kills)
        try await settle()
    }
}

/// What head office decides at the moment.
final class Mood: Sendable {
    private let state = Mutex(WorldAction.HeadOfficeMood.buys)

    var now: WorldAction.HeadOfficeMood { state.withLock { $0 } }
    func set(_ mood: WorldAction.HeadOfficeMood) { state.withLock { $0 = mood } }
}
