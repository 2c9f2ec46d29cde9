import ControlProtocol
import Hub
import Journal
import LocalServer
import Ports
import Simulators
import StationCore
import Testing

@testable import Station

/// The hands of the operator, the technician and the villager, at a station that runs.
struct RunningStation: Sendable {
    let village: Village
    let wiring: Wiring
    let life: BoxLife

    static let pin = "246810"

    var view: CounterView { wiring.screens.latest.view }

    var control: ControlService {
        ControlService(
            workflow: wiring.workflow, papers: wiring.papers, inventory: wiring.inventory,
            key: wiring.key, letterhead: wiring.letterhead, language: .english,
            pagesAddress: "127.0.0.1", stateDirectory: wiring.configuration.stateDirectory,
            link: wiring.link)
    }

    /// Lets time run until something is so.
    func wait(
        _ what: String, atMost limit: Duration = .seconds(120),
        sourceLocation: SourceLocation = #_sourceLocation,
        until condition: @escaping @Sendable () async -> Bool
    ) async throws {
        let life = life
        let came = await village.clock.run(atMost: limit) {
            if life.isOver { return true }
            return await condition()
        }
        try lives()
        if came { return }
        Issue.record(
            """
            \(what) did not come; the counter says \(view.prompt), \(String(describing: view.notice)), \
            devices \(view.devices), owed \(view.slipsOwed), doubtful \(view.slipsDoubtful)
            """,
            sourceLocation: sourceLocation)
        throw DidNotCome(what: what)
    }

    struct DidNotCome: Error { let what: String }

    /// The box died; what it shows and answers from then on is nobody's.
    struct Died: Error {}

    func lives() throws(Died) {
        if life.isOver { throw Died() }
    }

    func books() async throws -> Books {
        try await wiring.workflow.perform { $0.books }
    }

    /// Scans, and waits until the counter has taken it.
    func scan(_ text: String) async {
        await village.clock.advance(by: .milliseconds(1_200))
        #expect(village.world.scanner.scan(text))
        await village.clock.settle()
    }

    func secret() async throws -> Digits<5> {
        let text = try await wiring.workflow.perform { $0.local.stationSecret }
        let secret = try #require(text)
        return try #require(Digits<5>(secret))
    }

    func command(_ command: Command) async throws {
        let number = try #require(Digits<3>(command.number))
        await scan(Barcode.command(number, stationSecret: try await secret()).text)
    }

    func type(_ digits: String) async throws {
        for digit in digits {
            let key = try #require(Digits<1>(String(digit)))
            await scan(Barcode.numberKey(key, stationSecret: try await secret()).text)
        }
    }

    /// Enrols, waits for the lists, issues badge 1 and signs its operator in, all by scanner.
    func begin() async throws {
        let code = try await village.headOffice.enrolmentCode(of: Village.number)
        let answer = await control.enrol(code: code)
        try #require(answer.isDone, "\(answer.text)")
        try await wait("lists") {
            await (try? books().facts.articleList) != nil
        }
        try await wait("printer ready") { view.devices[.printer] == .ready }
        try await wait("scanner ready") { view.devices[.scanner] == .ready }
        try await wait("scale ready") { view.devices[.scale] == .ready }
        let issued = await control.print(.badge(operatorNumber: 1))
        try #require(issued.isDone, "\(issued.text)")
        try await wait("badge printed") { village.world.printer.strips.count == 1 }
        let badge = try #require(village.world.printer.strips.first?.codes.first).payload
        await scan(badge)
        try await type(Self.pin)
        try await type(Self.pin)
        try await wait("signed in") { view.signedIn != nil }
        try await command(.day)
        try await type("100000")
        try await command(.enter)
        try await command(.confirmCount)
        try await wait("day open") { view.cash.dayIsOpen }
    }

    /// An operator whose PIN is chosen, in a later run.
    func signIn(badge: String) async throws {
        try await wait("scanner ready") { view.devices[.scanner] == .ready }
        await scan(badge)
        try await type(Self.pin)
        try await wait("signed in") { view.signedIn != nil }
    }

    /// One weighing from the free counter on, by scanner alone.
    func sellApples(grams: Int) async throws {
        try await weighApples(grams: grams)
        try await command(.payCash)
        village.world.scale.takeOff()
        try await wait("cleared") { view.prompt == .chooseTrade }
    }

    /// The same up to the offer to pay.
    func weighApples(grams: Int) async throws {
        village.world.scale.takeOff()
        try await command(.produce)
        try await command(.anonymous)
        try await type("123")
        try await command(.enter)
        village.world.scale.put(grams)
        try await wait("stable") { view.prompt == .takeWeight }
        try await command(.takeWeight)
        if case .alreadyBooked = view.prompt { try await command(.yes) }
    }

    /// Lets a disk stall with the next entry, which is of no trade, while `body` acts.
    func stalling(
        at step: Step = .decided, _ body: () async throws -> Void
    ) async throws {
        let stall = life.stall(at: step)
        async let issued = control.print(.badge(operatorNumber: 9))
        await stall.begins()
        let acted: Result<Void, any Error>
        do { acted = .success(try await body()) } catch { acted = .failure(error) }
        stall.end()
        try #require(await issued.isDone)
        try acted.get()
        await village.clock.settle()
    }

    /// One piece of soap for exactly its price, 12.90; returns the order's number.
    func orderSoap() async throws -> Int {
        await scan("6901234567892")
        try await command(.basketDone)
        try await command(.exactCash)
        try await command(.takeCash)
        try await wait("order booked") { view.prompt == .chooseTrade }
        return try last(.orderPaid).sequence
    }

    func slipsPrinted() async throws {
        try await wait("slips printed") { await (try? books().owedSlips.isEmpty) == true }
    }

    func acknowledged() async throws {
        try await wait("acknowledged", atMost: .seconds(700)) {
            await (try? wiring.workflow.perform { $0.waitingEntries }) == 0
        }
    }

    /// The QR code that stands on the paper of an entry's slip.
    func codeOnPaper(of sequence: Int) throws -> String {
        let codes = village.world.printer.strips.flatMap(\.codes).map(\.payload)
        return try #require(codes.last { $0.hasPrefix(Village.slipCode(sequence)) })
    }

    /// Head office decides an order, and the station hears of it.
    func decide(_ order: Int, _ verdict: OrderVerdict) async throws {
        try await acknowledged()
        _ = try await village.headOffice.entries()
        try await village.headOffice.store.decide(
            EntryName(epoch: 1, sequence: order), of: Village.id.station, verdict)
        let applied = try await wiring.workflow.perform { $0.local.appliedThrough }
        _ = await control.syncNow()
        try await wait("decision") {
            await (try? wiring.workflow.perform { $0.local.appliedThrough }) ?? 0 > applied
        }
    }

    func entries() throws -> [Entry] {
        try village.journal().entries(from: 1, limit: 100_000).map(\.entry)
    }

    func last(_ kind: EntryKind) throws -> Entry {
        try #require(try entries().last { $0.kind == kind })
    }
}
