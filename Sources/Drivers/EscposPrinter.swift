public import Logging
public import Ports
public import StationCore

/// What became of a slip.
public enum PrintOutcome: Equatable, Sendable {
    public enum Reason: Equatable, Sendable {
        /// No printer is plugged in.
        case absent
        /// The printer failed or left; `.timedOut` when for 30 s it took nothing and gave no reason,
        /// or told of an error that no waiting mends.
        case failed(PortError)
    }

    case printed(SlipPrinted.Confirmation)
    /// Not one byte of the slip was accepted: it can be printed again without a doubt.
    case notStarted(Reason)
    /// The slip may hang out of the printer, in part or whole: so many of its bytes were accepted.
    case interrupted(sent: Int)
}

/// Points in the life of a slip at which everything may end; each is awaited.
public enum PrintStep: String, CaseIterable, Sendable {
    /// Before the first byte of the slip goes out.
    case firstByte
    /// After its last byte was accepted.
    case lastByte
    /// After the printer answered from behind it.
    case answered
}

/// The station's printer: whichever ESC/POS printer is plugged in now.
///
/// One thing at a time is done with it. Paper out and an open cover end no slip: it waits, says the
/// condition, and goes on. Nothing is ever sent twice.
public actor EscposPrinter {
    private let logger: Logger
    private var line: EscposLine?
    /// A job broke off, maybe inside a command whose rest would swallow the next job.
    private var mustRecover = true
    private var isHeld = false
    private var waiters: [CheckedContinuation<Void, Never>] = []
    /// Rings when a slip wants to be printed while the printer is listened to.
    private let isWanted = Alarm()

    /// What the printer that is plugged in now can do; nil where there is none.
    public var traits: PrinterTraits? { line?.traits }

    public init(logger: Logger) { self.logger = logger }

    /// Prints a slip, and returns when its fate is known. It may take as long as there is no paper;
    /// when the task is cancelled it breaks off.
    ///
    /// - Parameter bytes: the whole job, feed and cut included; not empty.
    public func print(
        _ bytes: [UInt8], steps: @Sendable (PrintStep) async -> Void = { _ in }
    ) async -> PrintOutcome {
        precondition(!bytes.isEmpty, "a slip without a byte")
        guard line != nil else { return .notStarted(.absent) }
        await hold()
        defer { release() }
        guard let line else { return .notStarted(.absent) }
        do {
            try await line.waitUntilReady()
            try await recover(line)
        } catch {
            note("slip not begun", error)
            return .notStarted(.failed(error))
        }
        await steps(.firstByte)
        let written = await line.send(job: bytes)
        if let failure = written.failure {
            note("slip broken off", failure, sent: written.count)
            if written.count == 0 { return .notStarted(.failed(failure)) }
            mustRecover = true
            return .interrupted(sent: written.count)
        }
        await steps(.lastByte)
        do {
            let confirmation = try await line.confirm()
            if confirmation == .answered { await steps(.answered) }
            return .printed(confirmation)
        } catch {
            note("slip not confirmed", error, sent: bytes.count)
            mustRecover = true
            return .interrupted(sent: bytes.count)
        }
    }

    /// Watches a printer until it fails or the task is cancelled; meanwhile slips go to it.
    func serve(_ line: EscposLine) async throws(PortError) {
        self.line = line
        // Whose bytes it got before it was plugged in, or this program ran, nobody knows.
        mustRecover = true
        defer { if self.line === line { self.line = nil } }
        while !Task.isCancelled {
            await hold()
            let failure = await watch(line)
            release()
            if let failure { throw failure }
        }
        throw .cancelled
    }

    /// Asks for the status once, then listens until something changes, a while has passed, or a
    /// slip wants to be printed.
    private func watch(_ line: EscposLine) async -> PortError? {
        do { try await line.refresh() } catch { return error }
        guard waiters.isEmpty, !Task.isCancelled else { return nil }
        let failure = await withTaskGroup(of: PortError?.self) { group in
            group.addTask { await line.listen() }
            group.addTask { [isWanted] in
                await isWanted.wait()
                return nil
            }
            var failure: PortError?
            for await outcome in group {
                failure = failure ?? outcome
                group.cancelAll()
            }
            return failure
        }
        return failure == .cancelled ? nil : failure
    }

    /// Fills up whatever command the job before was in, and starts anew. Of a printer that cannot
    /// confirm nobody hears that it still waits for bytes, and would swallow the next slip: so
    /// before each of them.
    private func recover(_ line: EscposLine) async throws(PortError) {
        guard mustRecover else { return }
        if let failure = await line.sendRecovery().failure { throw failure }
        mustRecover = line.traits.confirmation == .none
    }

    private func note(_ message: Logger.Message, _ error: PortError, sent: Int = 0) {
        logger.warning(
            message,
            metadata: [
                LogKey.device: "printer", LogKey.error: "\(error)", LogKey.count: "\(sent)",
            ])
    }

    // MARK: One thing at a time, in the order of asking

    private func hold() async {
        guard isHeld else {
            isHeld = true
            return
        }
        isWanted.ring()
        await withCheckedContinuation { waiters.append($0) }
    }

    private func release() {
        if waiters.isEmpty {
            isHeld = false
        } else {
            waiters.removeFirst().resume()
        }
    }
}
