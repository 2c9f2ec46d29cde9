import Cryptography
import Journal
import LocalServer
import Logging
import Ports
import StationCore

/// Since when a locked operator waits. The count of wrong tries is durable; after a start the
/// waiting begins anew, so that pulling the plug gains nothing.
struct PINLocks {
    private var since: [OperatorNumber: Int] = [:]

    mutating func start(_ number: OperatorNumber, at monotonic: Int) {
        since[number] = monotonic
    }

    /// Milliseconds still to wait.
    mutating func wait(_ tries: PINTries, of number: OperatorNumber, at monotonic: Int) -> Int {
        guard tries.wait > 0 else { return 0 }
        if since[number] == nil { since[number] = monotonic }
        return max(0, (since[number] ?? monotonic) + tries.wait - monotonic)
    }
}

extension StationState {
    enum PINTry: Sendable {
        case locked(seconds: Int)
        case check(Scrypt.Verifier)
    }

    /// Counts a try before it is checked, so that a power cut in between gives no free one.
    mutating func beginPIN(_ number: OperatorNumber) async throws(JournalError) -> PINTry {
        guard let secret = try journal.reader.operatorSecret(number),
            let verifier = secret.verifier.flatMap({ Scrypt.Verifier(text: $0) })
        else { throw .damaged("no PIN of operator \(number)") }
        var tries = PINTries(wrong: secret.wrongTries)
        let wait = locks.wait(tries, of: number, at: now.monotonic)
        guard wait == 0 else { return .locked(seconds: (wait + 999) / 1_000) }
        tries.countWrong()
        try await write(local: [.operatorSecret(secret.with(wrongTries: tries.wrong))])
        locks.start(number, at: now.monotonic)
        return .check(verifier)
    }

    /// What a check says, after it was counted.
    mutating func endPIN(
        _ number: OperatorNumber, isRight: Bool
    ) async throws(JournalError) -> PINCheck {
        guard let secret = try journal.reader.operatorSecret(number) else {
            throw .damaged("no secret of operator \(number)")
        }
        if isRight {
            try await write(local: [.operatorSecret(secret.with(wrongTries: 0))])
            return .right
        }
        let tries = PINTries(wrong: secret.wrongTries)
        return tries.wait > 0
            ? .locked(seconds: tries.wait / 1_000) : .wrong(triesLeft: tries.left)
    }

    mutating func storePIN(
        _ number: OperatorNumber, _ verifier: Scrypt.Verifier
    ) async throws(JournalError) {
        guard let secret = try journal.reader.operatorSecret(number), secret.verifier == nil
        else { throw .damaged("operator \(number) has a PIN or no badge") }
        try await write(
            local: [
                .operatorSecret(
                    OperatorSecret(
                        number: number, badge: secret.badge, verifier: verifier.text,
                        wrongTries: 0))
            ])
    }
}

extension OperatorSecret {
    fileprivate func with(wrongTries: Int) -> OperatorSecret {
        OperatorSecret(
            number: number, badge: badge, verifier: verifier, wrongTries: wrongTries)
    }
}

/// The entrance for everything that an operator does: hands it to the loop and checks PINs, which
/// takes its time, outside.
struct Entrance: Sendable {
    let workflow: Workflow
    let logger: Logger
    /// Cost of a new verifier.
    let pinCost: Scrypt.Parameters

    func scan(_ scan: Scan) async throws(Workflow.Ended) {
        let decision = try await workflow.perform { state in
            let code = state.recognise(Barcode(scan))
            return await state.decide(.scanned(code))
        }
        _ = try await finish(decision)
    }

    func touch(_ input: CounterInput, revision: Int) async throws(Workflow.Ended) -> Refusal? {
        let decision = try await workflow.perform { state in
            await state.decide(.touched(input, revision: revision))
        }
        return try await finish(decision)
    }

    func touch(code text: String, revision: Int) async throws(Workflow.Ended) -> Refusal? {
        let decision = try await workflow.perform { state in
            let code = state.recognise(typed: text)
            return await state.decide(.touched(.code(code), revision: revision))
        }
        return try await finish(decision)
    }

    /// A PIN for whatever sign-in lies on the counter, and what came of it.
    func type(pin: String) async throws(Workflow.Ended) -> Refusal? {
        let decision = try await workflow.perform { state in
            await state.decide(.touched(.pin(pin), revision: state.counter.revision))
        }
        return try await finish(decision)
    }

    /// Checks a PIN and leaves the counter as it is.
    func check(_ number: OperatorNumber, pin: String) async throws(Workflow.Ended) -> PINCheck? {
        do {
            let begun = try await workflow.perform { state in
                await result { () throws(JournalError) in try await state.beginPIN(number) }
            }.get()
            guard case .check(let verifier) = begun else {
                if case .locked(let seconds) = begun { return .locked(seconds: seconds) }
                return nil
            }
            let isRight = try Scrypt.verify(pin, verifier)
            return try await workflow.perform { state in
                await result { () throws(JournalError) in
                    try await state.endPIN(number, isRight: isRight)
                }
            }.get()
        } catch let error as Workflow.Ended {
            throw error
        } catch {
            logger.error("PIN not checked", metadata: [LogKey.error: "\(error)"])
            return nil
        }
    }

    /// What is left to do of a decision outside the loop.
    private func finish(_ decision: Decision) async throws(Workflow.Ended) -> Refusal? {
        for effect in decision.effects {
            switch effect {
            case .verifyPIN(let number, let pin):
                guard let check = try await check(number, pin: pin) else { return .books }
                return try await workflow.perform { state in
                    await state.decide(.pinChecked(number, check)).refusal
                }
            case .storePIN(let number, let pin):
                return try await store(number, pin)
            case .lookUp, .printCopy, .sync, .signal: break
            }
        }
        return decision.refusal
    }

    private func store(
        _ number: OperatorNumber, _ pin: String
    ) async throws(Workflow.Ended) -> Refusal? {
        let verifier: Scrypt.Verifier
        do { verifier = try Scrypt.verifier(of: pin, pinCost) } catch {
            logger.error("PIN not stored", metadata: [LogKey.error: "\(error)"])
            return .books
        }
        return try await workflow.perform { state in
            do {
                try await state.storePIN(number, verifier)
            } catch {
                return .books
            }
            return await state.decide(.pinChecked(number, .stored)).refusal
        }
    }
}

/// A typed result of an asynchronous body, to carry a failure out of the loop.
func result<Value, Failure: Error>(
    _ body: () async throws(Failure) -> Value
) async -> Result<Value, Failure> {
    do { return .success(try await body()) } catch { return .failure(error) }
}
