import Drivers
import Journal
import Logging
import Ports
import Receipts
import StationCore
import Synchronization

/// Papers that are no entry's slip, and copies: printed between slips, lost at a kill on purpose.
final class PaperQueue: Sendable {
    enum Paper: Sendable {
        case copy(of: Int)
        case document(SlipDocument)
        /// Dropped where the box expects something else by the time the printer is free.
        case prompt(Prompt)
    }

    /// More than anybody asks for at once; beyond it nothing more is taken, and that is said.
    static let paperCountMax = 16

    private let papers = Mutex<[Paper]>([])
    private let bell: Alarm

    init(bell: Alarm) { self.bell = bell }

    /// - Returns: False where too many wait already.
    func add(_ paper: Paper) -> Bool {
        let isTaken = papers.withLock { papers in
            guard papers.count < Self.paperCountMax else { return false }
            papers.append(paper)
            return true
        }
        bell.ring()
        return isTaken
    }

    func take() -> Paper? { papers.withLock { $0.isEmpty ? nil : $0.removeFirst() } }

    /// Puts a paper back that could not be begun.
    func putBack(_ paper: Paper) { papers.withLock { $0.insert(paper, at: 0) } }
}

extension StationState {
    /// The oldest owed slip, which the printer has from now on.
    mutating func takeSlip() async -> StoredEntry? {
        guard counter.slipInFlight == nil,
            let slip = books.owedSlips.first(where: { !undrawable.contains($0.sequence) })
        else { return nil }
        do {
            guard let stored = try journal.reader.entry(slip.sequence) else { return nil }
            await decide(.slipTaken(slip.sequence))
            return stored
        } catch {
            logger.error("slip not read", metadata: [LogKey.error: "\(error)"])
            return nil
        }
    }
}

/// The printer's owner: takes owed slips oldest first, one at a time, and says what became of each.
struct SlipPrinting: Sendable {
    let workflow: Workflow
    let printer: EscposPrinter
    let papers: PaperQueue
    let mark: SlipMark
    let bell: Alarm
    let observer: any StepObserver
    let clock: any MonotonicClock
    let letterhead: Letterhead
    /// Of papers for the operator.
    let language: Language
    let screens: Screens
    let logger: Logger

    /// Milliseconds after an attempt that could not begin, where nothing else rings.
    private static let retryTime = 2_000

    /// Milliseconds until the disk is asked again to take what became of a slip; any entry that it
    /// takes before rings too.
    private static let bookingRetryTime = 30_000

    func run() async {
        bell.ring()
        var retry: Int?
        var unmarked: Unmarked?
        while !Task.isCancelled {
            await bell.wait(until: retry, by: clock)
            let isDone = await drain(&unmarked)
            retry = isDone ? nil : clock.milliseconds + Self.retryTime
        }
    }

    /// Prints what waits; false where the printer could not begin, or no slip may. Other papers
    /// need no mark and go on: a prompt on paper may be all that the operator has to read.
    private func drain(_ unmarked: inout Unmarked?) async -> Bool {
        var holdsSlips = false
        while !Task.isCancelled, await printer.traits != nil {
            do {
                if !holdsSlips, let slip = try await workflow.perform({ await $0.takeSlip() }) {
                    if try await print(slip, &unmarked) { continue }
                    guard unmarked != nil else { return false }
                    holdsSlips = true
                } else if let paper = papers.take() {
                    guard await print(paper) else {
                        papers.putBack(paper)
                        return false
                    }
                } else {
                    return !holdsSlips
                }
            } catch { return true }
        }
        return true
    }

    /// No slip is begun, since the mark that tells a later start of it cannot be written.
    private struct Unmarked {
        /// Slips that were owed when the operator was told last; he is told anew with each more.
        let owed: Int
    }

    /// Whether a slip may begin: its mark stands.
    private func set(
        _ number: Int, _ unmarked: inout Unmarked?
    ) async throws(Workflow.Ended) -> Bool {
        do throws(SlipMark.NotWritten) { try mark.set(number) } catch {
            if unmarked == nil {
                logger.error(
                    "no slip is begun: its mark cannot be written",
                    metadata: [LogKey.entry: "\(number)", LogKey.error: "\(error)"])
            }
            let told = unmarked?.owed
            let owed = try await workflow.perform { state in
                let owed = state.books.owedSlips.count
                if owed != told { await state.say(.slipsWait) }
                return owed
            }
            unmarked = Unmarked(owed: owed)
            return false
        }
        if unmarked != nil {
            logger.info("slips are begun again")
            try await workflow.perform { await $0.withdraw(.slipsWait) }
            unmarked = nil
        }
        return true
    }

    private func print(
        _ slip: StoredEntry, _ unmarked: inout Unmarked?
    ) async throws(Workflow.Ended) -> Bool {
        let number = slip.entry.sequence
        await observer.reached(.slipTaken, entry: number)
        let drawn = await bytes(of: slip, copy: nil)
        let outcome: SlipOutcome
        if let drawn, !drawn.isEmpty, try await set(number, &unmarked) {
            outcome = await send(drawn, number)
        } else {
            outcome = .notStarted
        }
        if drawn == nil {
            try await workflow.perform { state in state.undrawable.insert(number) }
        }
        guard try await record(number, outcome) else { return false }
        mark.clear()
        guard outcome != .notStarted else { return drawn == nil }
        await observer.reached(.slipRecorded, entry: number)
        return true
    }

    /// Books what became of a slip. While the disk takes nothing this waits and so does printing:
    /// at most one slip is ahead of the books, and its mark stands until they have it.
    ///
    /// - Returns: False where the run ended before.
    private func record(
        _ number: Int, _ outcome: SlipOutcome
    ) async throws(Workflow.Ended) -> Bool {
        while !Task.isCancelled {
            let decision = try await workflow.perform { state in
                await state.decide(.slip(number, outcome))
            }
            if decision.refusal == nil { return true }
            await bell.wait(until: clock.milliseconds + Self.bookingRetryTime, by: clock)
        }
        return false
    }

    private func send(_ bytes: [UInt8], _ number: Int) async -> SlipOutcome {
        let outcome = await printer.print(bytes) { step in
            switch step {
            case .firstByte: await observer.reached(.firstByte, entry: number)
            case .lastByte: await observer.reached(.lastByte, entry: number)
            case .answered: await observer.reached(.answered, entry: number)
            }
        }
        switch outcome {
        case .printed(let confirmation): return .printed(confirmation)
        case .notStarted: return .notStarted
        case .interrupted: return .doubtful
        }
    }

    private func print(_ paper: PaperQueue.Paper) async -> Bool {
        switch paper {
        case .document(let document): return await begin(await render(document))
        case .copy(let sequence): return await printCopy(of: sequence)
        case .prompt(let prompt):
            guard screens.latest.view.prompt == prompt else { return true }
            return await begin(await render(Paper.prompt(prompt, language: language)))
        }
    }

    /// False where the printer could not begin; what cannot be drawn is done with.
    private func begin(_ bytes: [UInt8]?) async -> Bool {
        guard let bytes else { return true }
        if bytes.isEmpty { return false }
        if case .notStarted = await printer.print(bytes) { return false }
        return true
    }

    private func printCopy(of sequence: Int) async -> Bool {
        do {
            let next = try await workflow.perform { $0.nextCopy(of: sequence) }
            guard let next else { return true }
            let isBegun = await begin(await bytes(of: next.entry, copy: next.copy.count))
            if isBegun { try await workflow.perform { await $0.count(copy: next.copy) } }
            return isBegun
        } catch { return true }
    }

    private func bytes(of slip: StoredEntry, copy: Int?) async -> [UInt8]? {
        do {
            return await render(
                try Slip.document(
                    for: slip.entry, hash: slip.hash.bytes, letterhead: letterhead, copy: copy))
        } catch {
            logger.error(
                "slip cannot be drawn",
                metadata: [
                    LogKey.entry: "\(slip.entry.sequence)", LogKey.error: "\(error)",
                ])
            return nil
        }
    }

    /// Empty where the printer is gone meanwhile.
    private func render(_ document: SlipDocument) async -> [UInt8] {
        guard let traits = await printer.traits else { return [] }
        return EscposText(
            columnCount: traits.columnCount, dotCount: traits.dotCount,
            hasCutter: traits.hasCutter
        ).render(document)
    }
}

extension StationState {
    /// An entry whose slip is copied, and which copy it would be.
    func nextCopy(of sequence: Int) -> (entry: StoredEntry, copy: CopiedSlip)? {
        do {
            guard let stored = try journal.reader.entry(sequence) else { return nil }
            let before = local.copied?.slip == sequence ? local.copied?.count : nil
            return (stored, CopiedSlip(slip: sequence, count: (before ?? 0) + 1))
        } catch {
            logger.error(
                "slip not read",
                metadata: [LogKey.entry: "\(sequence)", LogKey.error: "\(error)"])
            return nil
        }
    }
}
