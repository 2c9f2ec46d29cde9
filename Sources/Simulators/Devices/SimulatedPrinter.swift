public import Ports
internal import Synchronization

/// An ESC/POS printer of the USB printer class with paper in it.
///
/// What the host sends goes into a buffer of limited size and from there, when there is paper and
/// the cover is closed, onto the roll. Paper out stops it in the middle of anything; with new paper
/// it goes on from its own buffer. The buffer is lost at unplug, the paper is not.
public final class SimulatedPrinter: SimulatedUSBDevice {
    public struct Habits: Sendable, Equatable {
        public var paper: EscposPaper.Traits
        /// Bytes that wait for paper; beyond it the endpoint says NAK.
        public var bufferSize: Int
        /// Nil prints at once what there is paper for.
        public var bytesPerSecond: Int?
        /// Printers that never answer take the questions and say nothing.
        public var answers: Bool
        /// Some have no IN endpoint at all (protocol 1).
        public var isBidirectional: Bool
        /// Lines left at which the roll is said to end soon.
        public var nearEndLineCount: Int
        /// IEEE 1284; nil: it does not know the request.
        public var deviceID: String?
        /// Empty lines at the end of a job at which somebody tears it off: what is done where
        /// there is no cutter. Nil: nobody does.
        public var tornOffAfterFeed: Int?

        public init(
            paper: EscposPaper.Traits = EscposPaper.Traits(), bufferSize: Int = 4_096,
            bytesPerSecond: Int? = nil, answers: Bool = true, isBidirectional: Bool = true,
            nearEndLineCount: Int = 100,
            deviceID: String? = "MFG:Village;CMD:ESC/POS;MDL:Slip 58;CLS:PRINTER;",
            tornOffAfterFeed: Int? = nil
        ) {
            self.paper = paper
            self.bufferSize = bufferSize
            self.bytesPerSecond = bytesPerSecond
            self.answers = answers
            self.isBidirectional = isBidirectional
            self.nearEndLineCount = nearEndLineCount
            self.tornOffAfterFeed = tornOffAfterFeed
            self.deviceID = deviceID
        }
    }

    public enum Fault: String, Sendable, Codable, CaseIterable {
        case none, recoverable, cutter, unrecoverable
    }

    private struct State {
        var cable: SimulatedCable?
        var paper: EscposPaper
        var buffer: [UInt8] = []
        var answers: [UInt8] = []
        /// The last bytes at the door, for real-time commands that come in pieces.
        var door: [UInt8] = []
        var statusBackMask: UInt8 = 0
        var lastStatusBack: [UInt8] = []
        var linesLeft = rollLineCount
        var isCoverOpen = false
        var isSwitchedOff = false
        var fault = Fault.none
        var strips: [PrintedStrip] = []
        var open = PrintedStrip(number: 1)
        var drawerCount = 0
        var buzzerCount = 0
        var acceptedCount = 0
        var motor: Task<Void, Never>?

        var isPaperOut: Bool { linesLeft <= 0 }
        var canPrint: Bool { !isPaperOut && !isCoverOpen && !isSwitchedOff && fault == .none }

        mutating func finishStrip(_ end: PrintedStrip.End) {
            open.end = end
            strips.append(open)
            if strips.count > keptStripCount { strips.removeFirst(strips.count - keptStripCount) }
            open = PrintedStrip(number: open.number + 1)
        }
    }

    /// A new roll of 58 mm paper: 25 m in lines of 30 dots.
    public static let rollLineCount = 6_600

    public let vendor: UInt16
    public let product: UInt16
    public let interfaces: [USBInterface]
    private let habits: Habits
    private let clock: any MonotonicClock
    private let executor: (any TaskExecutor)?
    private let state: Mutex<State>
    private let printed = Signal()

    private static let outEndpoint: UInt8 = 0x01
    private static let inEndpoint: UInt8 = 0x82

    public init(
        clock: any MonotonicClock, vendor: UInt16 = 0x04b8, product: UInt16 = 0x0202,
        habits: Habits = Habits(), executor: (any TaskExecutor)? = nil
    ) {
        self.clock = clock
        self.executor = executor
        self.vendor = vendor
        self.product = product
        self.habits = habits
        let out = USBEndpoint(address: Self.outEndpoint, transfer: .bulk, maxPacketSize: 64)
        let input = USBEndpoint(address: Self.inEndpoint, transfer: .bulk, maxPacketSize: 64)
        interfaces = [
            USBInterface(
                number: 0, interfaceClass: 7, interfaceSubclass: 1,
                interfaceProtocol: habits.isBidirectional ? 2 : 1,
                endpoints: habits.isBidirectional ? [out, input] : [out])
        ]
        state = Mutex(State(paper: EscposPaper(traits: habits.paper)))
    }

    // MARK: What hands do

    public func takePaperOut() { change { $0.linesLeft = 0 } }
    public func putPaperIn(lines: Int = rollLineCount) { change { $0.linesLeft = lines } }

    /// Lets so many more lines come out, and then there is no paper.
    public func letPaperEnd(afterLines count: Int) { change { $0.linesLeft = count } }

    public func setCoverOpen(_ isOpen: Bool) { change { $0.isCoverOpen = isOpen } }

    /// The key that takes it off line.
    public func setOffline(_ isOffline: Bool) { change { $0.isSwitchedOff = isOffline } }

    public func setFault(_ fault: Fault) { change { $0.fault = fault } }

    /// As after a job that broke off inside a picture: the next bytes vanish.
    public func confuse(missingBytes count: Int = 6_000) {
        change { $0.paper.confuse(missingBytes: count) }
    }

    /// Tears off what hangs in the printer, if anything does.
    public func tearOff() {
        change { state in if !state.open.lines.isEmpty { state.finishStrip(.torn) } }
    }

    // MARK: What eyes see

    /// Everything that was cut or torn off, oldest first.
    public var strips: [PrintedStrip] { state.withLock { $0.strips } }

    /// What hangs in the printer.
    public var hanging: PrintedStrip { state.withLock { $0.open } }

    public var isPaperOut: Bool { state.withLock { $0.isPaperOut } }
    public var isPaperNearEnd: Bool {
        state.withLock { !$0.isPaperOut && $0.linesLeft <= habits.nearEndLineCount }
    }
    public var isCoverOpen: Bool { state.withLock { $0.isCoverOpen } }
    public var isOffline: Bool { state.withLock { $0.isSwitchedOff } }
    public var isInsideCommand: Bool { state.withLock { $0.paper.isInsideCommand } }
    public var linesLeft: Int { state.withLock { $0.linesLeft } }
    public var waitingByteCount: Int { state.withLock { $0.buffer.count } }

    /// Bytes that were accepted over the cable since the world began.
    public var acceptedByteCount: Int { state.withLock { $0.acceptedCount } }
    public var drawerCount: Int { state.withLock { $0.drawerCount } }
    public var buzzerCount: Int { state.withLock { $0.buzzerCount } }

    /// Returns when something on the paper or of the printer's state changed since `version`.
    public func waitForChange(beyond version: Int) async -> Int {
        await printed.wait(beyond: version)
        return printed.version
    }

    public var version: Int { printed.version }

    // MARK: What the bus does

    public func plugged(_ cable: SimulatedCable) {
        state.withLock { state in
            state.cable = cable
            state.paper = EscposPaper(traits: habits.paper)
        }
        guard let rate = habits.bytesPerSecond else { return }
        let motor = Task(executorPreference: executor) { [weak self, clock] in
            while !Task.isCancelled {
                do { try await clock.sleep(for: .milliseconds(50)) } catch { return }
                self?.change(bytes: max(rate / 20, 1)) { _ in }
            }
        }
        state.withLock { $0.motor = motor }
    }

    public func unplugged() {
        let motor = state.withLock { state in
            state.cable = nil
            state.buffer = []
            state.answers = []
            state.door = []
            state.statusBackMask = 0
            state.lastStatusBack = []
            state.paper = EscposPaper(traits: habits.paper)
            defer { state.motor = nil }
            return state.motor
        }
        motor?.cancel()
        printed.raise()
    }

    /// GET_DEVICE_ID, GET_PORT_STATUS and SOFT_RESET of the printer class.
    public func control(
        _ setup: USBSetup, data: [UInt8], length: Int
    ) throws(PortError) -> [UInt8] {
        switch (setup.requestType, setup.request) {
        case (0xa1, 0x00):
            guard let deviceID = habits.deviceID else { throw .stalled }
            let text = Array(deviceID.utf8)
            let size = text.count + 2
            return [UInt8(size >> 8), UInt8(size & 0xff)] + text
        case (0xa1, 0x01):
            return state.withLock { state in
                [
                    (state.isPaperOut ? 0x20 : 0) | (state.isSwitchedOff ? 0 : 0x10)
                        | (state.canPrint ? 0x08 : 0)
                ]
            }
        case (0x21, 0x02), (0x23, 0x02):
            change { state in
                state.buffer = []
                state.paper = EscposPaper(traits: self.habits.paper)
            }
            return []
        default: throw .stalled
        }
    }

    public func write(endpoint: UInt8, _ bytes: ArraySlice<UInt8>) -> Int {
        guard endpoint == Self.outEndpoint else { return 0 }
        var count = 0
        changeIfAny { state in
            while count < bytes.count {
                let rest = bytes.dropFirst(count)
                if state.buffer.count >= self.habits.bufferSize { self.moveIfInstant(&state) }
                if state.buffer.count >= self.habits.bufferSize {
                    // A question passes by a full buffer, if it comes whole.
                    guard rest.starts(with: [0x10, 0x04]), rest.count >= 3 else { break }
                    self.answerAtDoor(rest[rest.startIndex + 2], &state)
                    count += 3
                } else {
                    self.meetAtDoor(rest[rest.startIndex], &state)
                    count += 1
                }
            }
            state.acceptedCount += count
            // Who waits for room must not be woken by its own vain attempt.
            return count > 0
        }
        return count
    }

    public func read(endpoint: UInt8, atMost count: Int) -> [UInt8] {
        guard endpoint == Self.inEndpoint else { return [] }
        return state.withLock { state in
            let answer = Array(state.answers.prefix(count))
            state.answers.removeFirst(answer.count)
            return answer
        }
    }

    // MARK: Inside

    /// Real-time questions are answered at the door, whatever waits in the buffer; the bytes go
    /// into the buffer all the same, since they may be part of a picture.
    private func meetAtDoor(_ byte: UInt8, _ state: inout State) {
        state.door = state.door.suffix(2) + [byte]
        state.buffer.append(byte)
        guard state.door.count == 3, state.door[0] == 0x10, state.door[1] == 0x04 else { return }
        answerAtDoor(byte, &state)
    }

    private func answerAtDoor(_ question: UInt8, _ state: inout State) {
        if let answer = realTimeAnswer(question, state) { say([answer], &state) }
    }

    private func moveIfInstant(_ state: inout State) {
        if habits.bytesPerSecond == nil { move(&state) }
    }

    private func realTimeAnswer(_ number: UInt8, _ state: State) -> UInt8? {
        let fixed: UInt8 = 0x12
        switch number {
        case 1: return fixed | (state.canPrint ? 0 : 0x08)
        case 2:
            return fixed | (state.isCoverOpen ? 0x04 : 0) | (state.isPaperOut ? 0x20 : 0)
                | (state.fault == .none ? 0 : 0x40)
        case 3:
            switch state.fault {
            case .none: return fixed
            case .recoverable: return fixed | 0x04
            case .cutter: return fixed | 0x08
            case .unrecoverable: return fixed | 0x20
            }
        case 4: return fixed | (isLow(state) ? 0x0c : 0) | (state.isPaperOut ? 0x60 : 0)
        default: return nil
        }
    }

    private func isLow(_ state: State) -> Bool { state.linesLeft <= habits.nearEndLineCount }

    /// The four bytes of automatic status back.
    private func statusBlock(_ state: State) -> [UInt8] {
        let first: UInt8 = 0x10 | (state.canPrint ? 0 : 0x08) | (state.isCoverOpen ? 0x20 : 0)
        let second: UInt8 =
            switch state.fault {
            case .none: 0
            case .recoverable: 0x04
            case .cutter: 0x08
            case .unrecoverable: 0x20
            }
        let third: UInt8 = (isLow(state) ? 0x03 : 0) | (state.isPaperOut ? 0x0c : 0)
        return [first, second, third, 0]
    }

    private func say(_ bytes: [UInt8], _ state: inout State) {
        guard habits.answers, habits.isBidirectional else { return }
        state.answers += bytes
        state.answers = state.answers.suffix(Self.answerCountMax)
    }

    /// Answers that nobody fetches: the oldest are lost.
    private static let answerCountMax = 1_024

    /// Changes something, prints what can be printed now, and tells whom it may concern.
    private func change(bytes: Int? = nil, _ act: (inout State) -> Void) {
        changeIfAny(bytes: bytes) { state in
            act(&state)
            return true
        }
    }

    /// As above; `act` says whether it changed anything.
    private func changeIfAny(bytes: Int? = nil, _ act: (inout State) -> Bool) {
        let (isChanged, cable) = state.withLock { state -> (Bool, SimulatedCable?) in
            guard act(&state) else { return (false, nil) }
            moveIfInstant(&state)
            if let bytes { move(&state, atMost: bytes) }
            if state.statusBackMask != 0 {
                let block = statusBlock(state)
                if block != state.lastStatusBack {
                    state.lastStatusBack = block
                    say(block, &state)
                }
            }
            return (true, state.cable)
        }
        guard isChanged else { return }
        cable?.changed()
        printed.raise()
    }

    /// Feeds the head from the buffer while there is something to print on.
    private func move(_ state: inout State, atMost limit: Int = .max) {
        var used = 0
        while state.canPrint, used < limit, used < state.buffer.count {
            let events = state.paper.consume(state.buffer[used])
            used += 1
            for event in events { obey(event, &state) }
        }
        state.buffer.removeFirst(used)
        if let feed = habits.tornOffAfterFeed, used > 0, state.buffer.isEmpty,
            state.open.endsInFeed(of: feed)
        {
            state.finishStrip(.torn)
        }
    }

    private func obey(_ event: EscposPaper.Event, _ state: inout State) {
        switch event {
        case .line(let line):
            state.open.add(line)
            state.linesLeft = max(state.linesLeft - line.heightInLines, 0)
        case .cut(let isPartial): state.finishStrip(isPartial ? .partialCut : .cut)
        case .drawer: state.drawerCount += 1
        case .buzzer: state.buzzerCount += 1
        case .paperAsked:
            say([(isLow(state) ? 0x03 : 0) | (state.isPaperOut ? 0x0c : 0)], &state)
        case .drawerAsked: say([0], &state)
        case .identityAsked(let number): say(identity(number), &state)
        case .processIDAsked(let bytes): say([0x37, 0x22] + bytes + [0], &state)
        case .statusBack(let mask):
            state.statusBackMask = mask
            state.lastStatusBack = []
        case .error(let text): state.open.errors.append(text)
        }
    }

    private func identity(_ number: UInt8) -> [UInt8] {
        switch number {
        case 1, 2, 3: [0x20]
        case 0x41: [0x5f] + Array("1.0".utf8) + [0]
        case 0x42: [0x5f] + Array("VILLAGE".utf8) + [0]
        case 0x43: [0x5f] + Array("SLIP58".utf8) + [0]
        default: []
        }
    }
}

/// Strips that the world remembers: more than a long day's.
private let keptStripCount = 2_000

extension PrintedStrip {
    /// Whether it is more than so many empty lines, and ends in them.
    fileprivate func endsInFeed(of count: Int) -> Bool {
        let end = lines.suffix(count)
        return lines.count > count && end.count == count && end.allSatisfy(\.isEmpty)
            && !lines.allSatisfy(\.isEmpty)
    }
}

extension PrintedLine {
    fileprivate var isEmpty: Bool {
        if case .text(let runs) = content { runs.isEmpty } else { false }
    }

    /// Paper that it takes, in lines of 30 dots.
    var heightInLines: Int {
        switch content {
        case .text(let runs): runs.map(\.height).max() ?? 1
        case .code(let code): (code.heightInDots + 29) / 30 + (code.hasText ? 1 : 0)
        case .picture(let picture): (picture.rowCount + 29) / 30
        }
    }
}
