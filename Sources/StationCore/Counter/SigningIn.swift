/// Who has the counter: badge and PIN, and how one leaves.
extension Counter {
    private static let pagesOpenTime = 60_000

    mutating func present(
        _ number: OperatorNumber, pinIsSet: Bool, at moment: Moment
    ) -> Decision {
        if signedIn == number { return openPages(at: moment) }
        switch activity {
        case .idle, .signingIn:
            digits = ""
            activity = .signingIn(SignIn(number, pinIsSet: pinIsSet))
            notice = nil
            return Decision(effects: [.signal(.accepted)])
        case .produce, .order, .refund, .day, .undo, .slips:
            return refuse(.otherOperatorSignedIn)
        }
    }

    /// Whoever has the counter may take it to a second page: there his PIN is asked for.
    mutating func openPages(at moment: Moment) -> Decision {
        if case .signingIn = activity { return refuse(.notExpected) }
        pagesOpenUntil = moment.monotonic + Self.pagesOpenTime
        notice = .badgeSeen
        return Decision(effects: [.signal(.accepted)])
    }

    /// Whether a page that waits asks for the PIN of the operator who has the counter.
    func opensPages(at moment: Moment) -> Bool {
        signedIn != nil && pagesOpenUntil.map { moment.monotonic < $0 } == true
    }

    mutating func signIn(
        _ number: OperatorNumber, _ check: PINCheck, at moment: Moment
    ) -> Decision {
        guard case .signingIn(var signIn) = activity, signIn.number == number,
            signIn.step == .checking
        else { return Decision() }
        switch check {
        case .right, .stored:
            guard let entry = draft(OperatorSignedIn(), by: .of(number), []) else {
                return refuse(.books)
            }
            let said = startSentence ?? .signedIn(number)
            let decision = finish(.book(entry, said, then: .idle), at: moment)
            guard decision.entry != nil else { return decision }
            signedIn = number
            pagesOpenUntil = nil
            lastInput = moment.monotonic
            startSentence = nil
            return decision
        case .wrong(let left):
            signIn.step = .pin
            activity = .signingIn(signIn)
            return refuse(.pinWrong(triesLeft: left))
        case .locked(let seconds):
            activity = .idle
            return refuse(.pinLocked(seconds: seconds))
        }
    }

    mutating func signOut(
        _ actor: Actor, automatic: Bool, at moment: Moment
    ) -> Decision {
        guard let number = signedIn,
            let draft = draft(
                OperatorSignedOut(operator: number, automatic: automatic), by: actor, [])
        else { return refuse(.notSignedIn) }
        let decision = finish(.book(draft, .signedOut, then: .idle), at: moment)
        guard decision.entry != nil else { return decision }
        signedIn = nil
        pagesOpenUntil = nil
        return decision
    }

    /// The operator leaves though the disk takes no entry of it.
    public mutating func leaveUnbooked() {
        signedIn = nil
        leave()
        notice = .signedOut
        revision += 1
    }

    /// Ten idle minutes sign out; other deadlines lapse in the trade itself.
    mutating func lapse(at moment: Moment) -> Decision {
        weighing.expire(at: moment.monotonic)
        if let until = pagesOpenUntil, until <= moment.monotonic { pagesOpenUntil = nil }
        guard signedIn != nil, moment.monotonic - lastInput >= Self.idleTime else {
            return Decision()
        }
        return signOut(.station, automatic: true, at: moment)
    }
}
