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
