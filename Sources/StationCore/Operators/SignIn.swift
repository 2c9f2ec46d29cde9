/// Badge, then six digits. The first time the PIN is chosen, and typed twice.
struct SignIn: Equatable, Sendable {
    enum Step: Equatable, Sendable {
        case pin
        case choose
        case again(first: String)
        case checking
    }

    static let pinLength = 6

    let number: OperatorNumber
    var step: Step

    init(_ number: OperatorNumber, pinIsSet: Bool) {
        self.number = number
        step = pinIsSet ? .pin : .choose
    }

    /// - Parameter digits: Six, by number keys or typed on a page.
    mutating func take(_ digits: String) -> TradeStep {
        guard digits.utf8.count == Self.pinLength,
            digits.utf8.allSatisfy({ (0x30...0x39).contains($0) })
        else { return .refuse(.pinIsSixDigits) }
        switch step {
        case .pin:
            step = .checking
            return .ask(.verifyPIN(number, digits))
        case .choose:
            step = .again(first: digits)
            return .stay()
        case .again(let first):
            guard first == digits else {
                step = .choose
                return .refuse(.pinsDiffer)
            }
            step = .checking
            return .ask(.storePIN(number, digits))
        case .checking:
            return .refuse(.notExpected)
        }
    }

    func prompt() -> Prompt {
        switch step {
        case .pin: .enterPIN
        case .choose: .choosePIN
        case .again: .repeatPIN
        case .checking: .checkingPIN
        }
    }
}

/// Wrong tries, counted durably: five lock for a minute, and each further one for twice as long.
public struct PINTries: Hashable, Codable, Sendable {
    public private(set) var wrong: Int

    public static let freeTries = 5

    public init(wrong: Int = 0) { self.wrong = wrong }

    /// Milliseconds to wait before the next try.
    public var wait: Int {
        guard wrong >= Self.freeTries else { return 0 }
        return 60_000 << min(wrong - Self.freeTries, 10)
    }

    public mutating func countWrong() { wrong += 1 }

    public var left: Int { max(0, Self.freeTries - wrong) }
}
