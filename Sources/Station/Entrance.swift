import Cryptography
import Journal
import LocalServer
import Logging
import Ports
import StationCore

/// The entrance for everything that an operator does: hands it to the loop and checks PINs, which
/// takes its time, outside.
struct Entrance: Sendable {
    let workflow: Workflow
    let logger: Logger
    /// Cost of a new verifier.
    let pinCost: Scrypt.Parameters
    let key: DeviceKey

    /// What came of an input, as the loop said it in the very job that ended it.
    struct Outcome: Sendable {
        let refusal: Refusal?
        /// The counter under the sign-in that this input made, where it made one.
        var signedIn: CounterScreen?
    }

    func scan(_ scan: Scan) async throws(Workflow.Ended) {
        let barcode = Barcode(scan)
        let decision = try await workflow.perform { [key] state in
            // A scan enrols only a box that never was; later it takes the control socket.
            if case .enrolment(let enrolment) = barcode, state.books.lastSequence == 0 {
                await state.enrol(scanned: enrolment, key: key)
                return Decision()
            }
            return await state.decide(.scanned(state.recognise(barcode)))
        }
        _ = try await finish(decision)
    }

    func touch(_ input: CounterInput, revision: Int) async throws(Workflow.Ended) -> Refusal? {
        let decision = try await workflow.perform { state in
            await state.decide(.touched(input, revision: revision))
        }
        return try await finish(decision).refusal
    }

    func touch(code text: String, revision: Int) async throws(Workflow.Ended) -> Refusal? {
        let decision = try await workflow.perform { state in
            let code = state.recognise(typed: text)
            return await state.decide(.touched(.code(code), revision: revision))
        }
        return try await finish(decision).refusal
    }

    /// A PIN for the sign-in that lies on the counter, and what came of it.
    ///
    /// - Parameter asked: What it answers; `.stale` where something else is asked.
    func type(
        pin: String, answering asked: Prompt?
    ) async throws(Workflow.Ended) -> Outcome {
        let decision = try await workflow.perform { state in
            if let asked, state.counter.view(at: state.now).prompt != asked {
                return Decision(refusal: .stale)
            }
            return await state.decide(.touched(.pin(pin), revision: state.counter.revision))
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
    private func finish(_ decision: Decision) async throws(Workflow.Ended) -> Outcome {
        for effect in decision.effects {
            switch effect {
            case .verifyPIN(let number, let pin):
                guard let check = try await check(number, pin: pin) else {
                    return Outcome(refusal: .books)
                }
                return try await workflow.perform { state in
                    await state.signIn(number, check)
                }
            case .storePIN(let number, let pin):
                return try await store(number, pin)
            case .lookUp, .printCopy, .sync, .signal: break
            }
        }
        return Outcome(refusal: decision.refusal)
    }

    private func store(
        _ number: OperatorNumber, _ pin: String
    ) async throws(Workflow.Ended) -> Outcome {
        let verifier: Scrypt.Verifier
        do { verifier = try Scrypt.verifier(of: pin, pinCost) } catch {
            logger.error("PIN not stored", metadata: [LogKey.error: "\(error)"])
            return Outcome(refusal: .books)
        }
        return try await workflow.perform { state in
            do {
                try await state.storePIN(number, verifier)
            } catch {
                return Outcome(refusal: .books)
            }
            return await state.signIn(number, .stored)
        }
    }
}

extension StationState {
    /// Hands the counter what the check of a PIN said. Where another badge took the sign-in's
    /// place meanwhile, nobody is signed in by it, however right the PIN.
    fileprivate mutating func signIn(
        _ number: OperatorNumber, _ check: PINCheck
    ) async -> Entrance.Outcome {
        let decision = await decide(.pinChecked(number, check))
        if let refusal = decision.refusal { return Entrance.Outcome(refusal: refusal) }
        guard decision.entry?.kind == .signedIn else { return Entrance.Outcome(refusal: .stale) }
        return Entrance.Outcome(refusal: nil, signedIn: screen)
    }
}

/// A typed result of an asynchronous body, to carry a failure out of the loop.
func result<Value, Failure: Error>(
    _ body: () async throws(Failure) -> Value
) async -> Result<Value, Failure> {
    do { return .success(try await body()) } catch { return .failure(error) }
}
