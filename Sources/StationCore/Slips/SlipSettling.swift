/// The operator looks at the oldest doubtful slip: it came out, or it did not.
struct SlipSettling: Equatable, Sendable {
    let slip: Int

    func handle(_ input: CounterInput, _ desk: Desk) -> TradeStep {
        switch input {
        case .command(.cameOut): settle(cameOut: true, desk)
        case .command(.didNotComeOut): settle(cameOut: false, desk)
        case .code, .command, .number, .pin, .reason: .refuse(.notExpected)
        }
    }

    private func settle(cameOut: Bool, _ desk: Desk) -> TradeStep {
        let settled = draft(SlipSettled(slip: slip, cameOut: cameOut), by: desk.actor, [])
        guard let settled else { return .refuse(.books) }
        return .book(settled, .slipSettled(number: slip), then: .idle)
    }
}
