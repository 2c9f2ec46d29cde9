import Hub
import Simulators
import StationCore
import Testing

@testable import Station

/// The hands behind the counter: they trade by scanner, scale and paper, count the cash that goes
/// through them, and believe nothing but what the screen and the paper say.
struct ShopHands {
    var random: SeededRandom
    /// Fen in the drawer, as it was handed over and taken in.
    private(set) var drawer = 0
    /// The number of the last trade that moved cash, as far as the hands know.
    private(set) var lastTrade = 0
    /// What the deed in progress does to the drawer if it is booked. After a death nobody knows
    /// until the next first sentence.
    private var pending: Int?
    /// Numbers of orders that were paid for and not paid back.
    private(set) var orders: [Int] = []
    private(set) var refunded: Set<Int> = []
    private(set) var tradeCount = 0
    private var refunding: Int?
    private var isOrdering = false
    private var badge = ""
    var hasMishaps = false

    init(seed: UInt64) { random = SeededRandom(seed: seed) }

    // MARK: - The screen and the till

    /// What the first sentence after a start says about the deed that was cut off.
    mutating func resume(at station: RunningStation) throws {
        guard case .lastBooked(let number, let moved, _) = station.view.notice else {
            #expect(lastTrade == 0, "trade \(lastTrade) is not said")
            return forget()
        }
        if number > lastTrade {
            let cash = try #require(pending, "\(number) was booked by nobody")
            switch moved {
            case .paidOut(let fen): #expect(cash == -fen.count, "cash of \(number)")
            case .takenIn(let fen): #expect(cash == fen.count, "cash of \(number)")
            }
            settle(number)
        } else {
            #expect(number == lastTrade, "trade \(lastTrade) is lost")
            forget()
        }
    }

    private mutating func settle(_ number: Int) {
        drawer += pending ?? 0
        if let order = refunding {
            #expect(refunded.insert(order).inserted, "order \(order) was paid back twice")
        } else if let pending, pending > 0, isOrdering {
            orders.append(number)
        }
        lastTrade = number
        tradeCount += 1
        forget()
    }

    private mutating func forget() {
        pending = nil
        refunding = nil
        isOrdering = false
    }

    /// What a command would do to the drawer, by the screen that it is given at.
    private func effect(of command: Command, on view: CounterView) -> Int? {
        switch (view.prompt, command) {
        case (.payProduce(let cash), .payCash), (.payRefund(let cash), .payCash): -cash.count
        case (.takeCash, .takeCash):
            view.details.compactMap { if case .cash(let cash) = $0 { cash.count } else { nil } }
                .first
        case (.undoHandedBack(let cash), .yes): cash.count
        case (.undoHandedBack, .no): 0
        default: nil
        }
    }

    // MARK: - Scanning

    /// Scans, unless there is no scanner; something may happen before.
    mutating func scan(_ text: String, at station: RunningStation) async throws {
        if hasMishaps, Int.random(in: 0..<14, using: &random) == 0 {
            try await mishap(at: station)
        }
        if station.view.devices[.scanner] != .ready {
            station.village.world.plug(.scanner)
            try await station.wait("scanner") { station.view.devices[.scanner] == .ready }
        }
        await station.village.clock.advance(by: .milliseconds(1_100))
        _ = station.village.world.scanner.scan(text)
        await station.village.clock.settle()
        try station.lives()
    }

    mutating func command(_ command: Command, at station: RunningStation) async throws {
        let code = try await station.code(of: command)
        // The mishap comes before the hand looks.
        if hasMishaps, Int.random(in: 0..<14, using: &random) == 0 {
            try await mishap(at: station)
        }
        let wasMishap = hasMishaps
        hasMishaps = false
        defer { hasMishaps = wasMishap }
        let before = station.view
        pending = effect(of: command, on: before)
        isOrdering = command == .takeCash
        if command != .payCash { refunding = nil }
        try await scan(code, at: station)
        let view = station.view
        guard pending != nil, view.revision != before.revision else { return forget() }
        switch view.notice {
        case .booked(let number, _), .received(let number, _): settle(number)
        case .reversed: settle(try station.last(.produceReversed).sequence)
        default: forget()
        }
    }

    /// Pays an order back; the hands remember that they did.
    mutating func payRefund(of order: Int, at station: RunningStation) async throws {
        refunding = order
        try await command(.payCash, at: station)
    }

    /// Types a number and looks at it before it is entered.
    mutating func enter(_ digits: String, at station: RunningStation) async throws {
        let wasMishap = hasMishaps
        hasMishaps = false
        defer { hasMishaps = wasMishap }
        if !station.view.digits.isEmpty { try await command(.clearDigits, at: station) }
        for digit in digits {
            let number = try #require(Int(String(digit)))
            try await scan(try await station.code(ofKey: number), at: station)
        }
        try await command(.enter, at: station)
    }

    // MARK: - Being at the counter

    /// The first life: enrolled, a badge, a card, the day opened with a count.
    mutating func begin(at station: RunningStation) async throws {
        try await station.begin()
        drawer = 100_000
        badge = try #require(station.village.world.printer.strips.first?.codes.first).payload
    }

    /// Signs in, opens the day, and puts away what lies on the counter.
    mutating func comeToCounter(at station: RunningStation) async throws {
        if !station.view.slipsOwed.isEmpty, Bool.random(using: &random) { station.mendPrinter() }
        for _ in 0..<20 {
            switch station.view.prompt {
            case .chooseTrade: return
            case .signIn: try await scan(badge, at: station)
            case .enterPIN: try await typePIN(at: station)
            case .openDay: try await count(at: station)
            case .clearScale:
                station.village.world.scale.takeOff()
                await station.village.clock.advance(by: .seconds(2))
                if case .clearScale = station.view.prompt {
                    station.plugAll()
                    try await command(.cancel, at: station)
                }
            default: try await command(.cancel, at: station)
            }
            try station.lives()
        }
        try await station.wait("free counter", atMost: .zero) { false }
    }

    private mutating func typePIN(at station: RunningStation) async throws {
        let wasMishap = hasMishaps
        hasMishaps = false
        defer { hasMishaps = wasMishap }
        for digit in RunningStation.pin {
            let number = try #require(Int(String(digit)))
            try await scan(try await station.code(ofKey: number), at: station)
        }
    }

    /// Opens or closes the day: the count of the hands is what the books have.
    mutating func count(at station: RunningStation) async throws {
        try await settleSlips(at: station)
        try await command(.day, at: station)
        guard station.view.prompt == .countDrawer else { return }
        try await enter(String(drawer), at: station)
        guard case .confirmCount(let difference) = station.view.prompt else { return }
        #expect(difference == .zero, "the drawer has \(drawer)")
        try await command(.confirmCount, at: station)
    }

    /// Looks at the paper for each doubtful slip, with a printer in order.
    mutating func settleSlips(at station: RunningStation) async throws {
        for _ in 0..<20 {
            guard station.view.prompt == .chooseTrade || station.view.prompt == .openDay,
                !station.view.slipsDoubtful.isEmpty
            else { return }
            station.mendPrinter()
            await station.village.clock.advance(by: .seconds(3))
            try await command(.settleSlips, at: station)
            guard case .didSlipComeOut(let slip) = station.view.prompt else { continue }
            let isOut = station.village.world.printer.strips.contains {
                $0.shows(slip: slip)
            }
            try await command(isOut ? .cameOut : .didNotComeOut, at: station)
        }
    }
}

extension PrintedStrip {
    /// Whether the slip's own code is on it.
    func shows(slip: Int) -> Bool {
        codes.contains { $0.payload.hasPrefix(Village.slipCode(slip)) }
    }
}
