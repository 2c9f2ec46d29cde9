import Ports
import StationCore

/// The two pipes to a claimed ESC/POS printer: bytes out, answers in. Its calls come one at a time.
actor EscposLine {
    private let device: any USBDevice
    private let interface: UInt8
    private let out: UInt8
    /// Nil where the printer has no way back.
    private let input: USBEndpoint?
    let traits: PrinterTraits
    private let clock: any MonotonicClock
    private let say: @Sendable (DeviceCondition) -> Void

    private var decoder = EscposStatusDecoder()
    private var status = PrinterStatus()
    private var unansweredCount = 0
    private var bufferedAnswerCount = 0
    /// Status answers of any kind.
    private var answerCount = 0
    private var knowsPortStatus = true
    /// Of a question that the printer took by halves: it goes out before anything else, or the
    /// printer would take the next bytes for it.
    private var unsent: [UInt8] = []
    /// The whole of it: it is answered when its rest went out.
    private var cutQuestion: [UInt8] = []

    init(
        device: any USBDevice, interface: UInt8, out: UInt8, input: USBEndpoint?,
        traits: PrinterTraits, clock: any MonotonicClock,
        say: @escaping @Sendable (DeviceCondition) -> Void
    ) {
        self.device = device
        self.interface = interface
        self.out = out
        self.input = input
        self.traits = traits
        self.clock = clock
        self.say = say
    }

    /// For the answer to one question.
    private static let answerLimit = Duration.milliseconds(500)
    /// Questions without an answer after which the status counts as unknown.
    private static let unansweredCountMax = 2
    /// For a rest of old answers to come in.
    private static let drainLimit = Duration.milliseconds(20)
    private static let drainCountMax = 64
    /// Between two looks at a printer that is idle, or that waits for somebody.
    private static let idlePeriod = Duration.seconds(5)
    private static let waitingPeriod = Duration.seconds(1)
    /// For one write; then the status is looked at.
    private static let writeLimit = Duration.seconds(2)

    /// Errors of the cable in a row, after which a job is given up.
    private static let errorCountMax = 3
    private static let errorPause = Duration.milliseconds(50)

    private var canAsk: Bool { traits.answersStatus && input != nil }
    private var isSilent: Bool { unansweredCount >= Self.unansweredCountMax }

    // MARK: Looking after it

    /// Asks everything there is to ask and says what is the matter. A printer that stayed silent
    /// twice is asked one question now and then.
    func refresh() async throws(PortError) {
        if canAsk {
            if isSilent {
                try await drain()
                if try await ask(1) == .came { unansweredCount = 0 }
            } else {
                try await askAll()
            }
        }
        say(status.condition)
    }

    /// Waits for automatic status, no longer than until the next look.
    func listen() async -> PortError? {
        do {
            if input != nil {
                _ = try await receive(within: Self.idlePeriod)
            } else {
                try await sleep(Self.idlePeriod)
            }
            return nil
        } catch {
            return error
        }
    }

    /// Returns when nothing that it says speaks against printing.
    ///
    /// - Throws: `.timedOut` when it tells 30 s long of an error that no waiting mends.
    func waitUntilReady() async throws(PortError) {
        var silence = Silence(from: clock.milliseconds)
        while true {
            try await look()
            say(status.condition)
            switch status.hindrance {
            case nil: return
            case .passing: silence = Silence(from: clock.milliseconds)
            case .lasting:
                silence.goOn(to: clock.milliseconds)
                if silence.isOver { throw .timedOut }
            }
            try await sleep(Self.waitingPeriod)
        }
    }

    /// Asks what this printer may answer, while nothing is on its way to it.
    private func look() async throws(PortError) {
        if canAsk, !isSilent { try await askAll() }
        if !canAsk || isSilent { try await askPortStatus() }
    }

    /// GET_PORT_STATUS, for printers that answer nothing else. Before and after a job only: while
    /// their buffers are full some mix it into their data, or hang.
    private func askPortStatus() async throws(PortError) {
        guard knowsPortStatus else { return }
        let setup = USBSetup(
            requestType: 0xa1, request: 0x01, value: 0, index: UInt16(interface))
        do {
            let answer = try await device.control(
                setup, data: [], length: 1, within: Self.answerLimit)
            status = PrinterStatus(port: answer.first ?? 0)
        } catch {
            if error == .disconnected || error == .cancelled { throw error }
            knowsPortStatus = false
            status = PrinterStatus()
        }
    }

    // MARK: Sending

    /// Sends a whole job; `count` is right whatever happens.
    ///
    /// Where answers can be believed, automatic status is switched on behind the job's own
    /// initialisation, which switches it off: in the middle of a job nothing may be asked.
    func send(job: [UInt8]) async -> USBWritten {
        guard canAsk, job.starts(with: Self.initialise) else { return await send(job) }
        let head = Self.initialise.count
        let written = await send(
            Self.initialise + Self.automaticStatus + Array(job.dropFirst(head)))
        let count = max(min(written.count, head), written.count - Self.automaticStatus.count)
        return USBWritten(count: count, failure: written.failure)
    }

    /// Noughts for whatever picture the job before broke off in, then a new start.
    func sendRecovery() async -> USBWritten {
        await send(
            [UInt8](repeating: 0, count: 8_192) + Self.initialise
                + (canAsk ? Self.automaticStatus : []))
    }

    /// ESC @
    private static let initialise: [UInt8] = [0x1b, 0x40]
    /// GS a 255
    private static let automaticStatus: [UInt8] = [0x1d, 0x61, 0xff]

    private func send(_ job: [UInt8]) async -> USBWritten {
        let head = unsent
        let written = await sendAll(head + job)
        unsent = Array(head.dropFirst(written.count))
        return USBWritten(count: max(0, written.count - head.count), failure: written.failure)
    }

    private func sendAll(_ bytes: [UInt8]) async -> USBWritten {
        var count = 0
        var silence = Silence(from: clock.milliseconds)
        var hasClearedHalt = false
        var errorCount = 0
        while count < bytes.count {
            let chunk = Array(bytes[count...].prefix(traits.chunkSize))
            let written = await device.write(endpoint: out, chunk, within: Self.writeLimit)
            count += written.count
            if written.count > 0 {
                silence = Silence(from: clock.milliseconds)
                errorCount = 0
            }
            guard let failure = written.failure else { continue }
            do {
                switch failure {
                case .timedOut:
                    silence.goOn(to: clock.milliseconds)
                    if try await isHeldUp() {
                        silence = Silence(from: clock.milliseconds)
                    } else if silence.isOver {
                        return USBWritten(count: count, failure: .timedOut)
                    }
                case .stalled where !hasClearedHalt:
                    hasClearedHalt = true
                    try await device.clearHalt(endpoint: out)
                case .unexpected where errorCount < Self.errorCountMax:
                    // Noise on the cable; what was accepted is known.
                    errorCount += 1
                    try await sleep(Self.errorPause)
                default:
                    return USBWritten(count: count, failure: failure)
                }
            } catch {
                return USBWritten(count: count, failure: error)
            }
        }
        return USBWritten(count: count, failure: nil)
    }

    /// Whether the printer said why it takes nothing. Automatic status comes at a change alone, and
    /// a question would stand behind the bytes that are not taken: so what was said last holds.
    private func isHeldUp() async throws(PortError) -> Bool {
        if input != nil { _ = try await receive(within: Self.drainLimit) }
        say(status.condition)
        return status.hindrance == .passing
    }

    // MARK: Knowing that it was printed

    /// Returns when the job that was sent is printed, as far as this printer can say so.
    func confirm() async throws(PortError) -> SlipPrinted.Confirmation {
        guard traits.confirmation == .gsR, input != nil else {
            try await confirmByTransport()
            return .transport
        }
        let answered = bufferedAnswerCount
        let question: [UInt8] = [0x1d, 0x72, 0x01]
        decoder.forget()
        if let failure = await send(question).failure { throw failure }
        decoder.sent(question)
        try await wait { self.bufferedAnswerCount > answered }
        return .answered
    }

    /// What was accepted counts as printed, unless the printer says now that it is not.
    private func confirmByTransport() async throws(PortError) {
        do { try await look() } catch { return }
        if status.hindrance != nil { try await waitUntilReady() }
    }

    /// Waits for the answer from behind the job, and asks meanwhile what keeps it. What was said
    /// earlier counts only while the printer cannot even take a question; one that takes it and
    /// says nothing has fallen silent.
    private func wait(until isOver: () -> Bool) async throws(PortError) {
        var silence = Silence(from: clock.milliseconds)
        while true {
            let before = answerCount
            if isOver() { return }
            _ = try await receive(within: Self.waitingPeriod)
            if isOver() { return }
            let answer = canAsk ? try await askInTurn() : .none
            say(status.condition)
            silence.goOn(to: clock.milliseconds)
            let isSaidNow = answerCount > before || answer == .notAsked
            if isSaidNow, status.hindrance == .passing {
                silence = Silence(from: clock.milliseconds)
            } else if silence.isOver {
                throw .timedOut
            }
        }
    }

    // MARK: Asking

    private enum Answer { case came, none, notAsked }

    /// DLE EOT 1 to 4. Two questions without an answer make the status unknown.
    private func askAll() async throws(PortError) {
        try await drain()
        for question: UInt8 in 1...4 {
            if try await ask(question) == .came {
                unansweredCount = 0
            } else {
                unansweredCount += 1
                try await drain()
            }
            if isSilent {
                status = PrinterStatus()
                return
            }
        }
    }

    /// The same up to the first one that is not answered.
    private func askInTurn() async throws(PortError) -> Answer {
        for question: UInt8 in 1...4 {
            let answer = try await ask(question)
            if answer != .came { return answer }
        }
        return .came
    }

    private func ask(_ number: UInt8) async throws(PortError) -> Answer {
        let question: [UInt8] = [0x10, 0x04, number]
        switch await write(question: question).failure {
        case nil: break
        case .timedOut: return .notAsked
        case .stalled: return .none
        case let failure?: throw failure
        }
        decoder.sent(question)
        let deadline = clock.milliseconds + Self.answerLimit.inMilliseconds
        while case let left = deadline - clock.milliseconds, left > 0,
            let outputs = try await receive(within: .milliseconds(left))
        {
            if outputs.contains(where: { $0.answers(.realTime(number)) }) { return .came }
        }
        decoder.giveUpRealTime()
        return .none
    }

    private func write(question: [UInt8]) async -> USBWritten {
        let head = unsent
        let written = await device.write(
            endpoint: out, head + question, within: Self.answerLimit)
        let count = written.count - head.count
        if count < 0 {
            unsent = Array(head.dropFirst(written.count))
        } else {
            if !head.isEmpty { decoder.sent(cutQuestion) }
            unsent = count == 0 ? [] : Array(question.dropFirst(count))
            cutQuestion = question
        }
        return written
    }

    /// Reads what still comes of old answers, which count for nothing but automatic status.
    private func drain() async throws(PortError) {
        decoder.forget()
        for _ in 0..<Self.drainCountMax {
            if try await receive(within: Self.drainLimit) == nil { return }
        }
    }

    /// Nil when nothing came.
    private func receive(
        within limit: Duration
    ) async throws(PortError) -> [EscposStatusDecoder.Output]? {
        guard let input else { return nil }
        let bytes: [UInt8]
        do {
            bytes = try await device.read(
                endpoint: input.address, atMost: max(input.maxPacketSize, 1), within: limit)
        } catch {
            switch error {
            case .timedOut: return nil
            case .stalled:
                try await device.clearHalt(endpoint: input.address)
                return nil
            default: throw error
            }
        }
        let outputs = decoder.feed(bytes)
        for case .status(let answer, let question) in outputs {
            status = status.updated(by: answer)
            answerCount += 1
            if case .buffered = question { bufferedAnswerCount += 1 }
        }
        return outputs
    }

    private func sleep(_ duration: Duration) async throws(PortError) {
        do { try await clock.sleep(for: duration) } catch { throw .cancelled }
    }
}

/// How long a printer has neither taken a byte nor given a reason. A gap between two looks counts
/// for little, so that a box that was asleep does not give up a printer that had no chance.
private struct Silence {
    private(set) var milliseconds = 0
    private var last: Int

    /// After which a job is given up.
    private static let max = Duration.seconds(30)
    private static let stepMax = Duration.seconds(5)

    init(from now: Int) { last = now }

    var isOver: Bool { milliseconds >= Self.max.inMilliseconds }

    mutating func goOn(to now: Int) {
        milliseconds += min(now - last, Self.stepMax.inMilliseconds)
        last = now
    }
}

extension EscposStatusDecoder.Output {
    fileprivate func answers(_ question: EscposStatusDecoder.Question) -> Bool {
        if case .status(_, question) = self { true } else { false }
    }
}

extension PrinterStatus {
    /// GET_PORT_STATUS: bit 5 paper empty, 4 selected, 3 no error. Noughts are of printers that
    /// know the request by name only.
    fileprivate init(port byte: UInt8) {
        self.init(
            online: byte == 0 || byte & 0x10 != 0, paper: byte & 0x20 == 0 ? nil : .out,
            error: byte == 0 || byte & 0x08 != 0 ? PrinterStatus.Fault.none : .unrecoverable)
    }

    /// What keeps a slip from being printed now.
    fileprivate enum Hindrance {
        /// Hands mend it or it passes by itself, and the printer goes on from its own buffer: paper
        /// out, cover open, off line, a hot head.
        case passing
        /// It may never end.
        case lasting
    }

    /// Nil where nothing is known to speak against it.
    fileprivate var hindrance: Hindrance? {
        if paper == .out || cover == .open { return .passing }
        switch error ?? PrinterStatus.Fault.none {
        case .cutter, .unrecoverable: return .lasting
        case .recoverable: return .passing
        case .none: return online == false ? .passing : nil
        }
    }

    fileprivate var condition: DeviceCondition {
        if cover == .open { return .coverOpen }
        if paper == .out { return .paperOut }
        if let error, error != PrinterStatus.Fault.none { return .faulty }
        if online == false { return .offline }
        return paper == .nearEnd ? .paperNearEnd : .ready
    }
}
