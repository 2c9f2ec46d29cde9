import Testing

@testable import StationCore

extension Counter {
    /// Which step waits for an input, whatever stands in it.
    var stepName: String {
        switch activity {
        case .idle: "idle, \(signedIn == nil ? "nobody" : books.day == nil ? "no day" : "free")"
        case .signingIn(let signIn): "sign in, \(name(of: signIn.step))"
        case .produce(let sale): "produce, \(name(of: sale.step))"
        case .order(let sale): "order, \(name(of: sale.step))"
        case .refund(let refund): "refund, \(name(of: refund.step))"
        case .day(let count): "day, \(name(of: count.step))"
        case .undo(let undo): "undo, \(name(of: undo.step))"
        case .slips: "slips"
        }
    }

    /// An enum's case without what it carries.
    private func name(of step: Any) -> String {
        Mirror(reflecting: step).children.first?.label ?? "\(step)"
    }
}

/// Watches that no two steps in a row are ended by the same command.
struct StepEnds {
    private(set) var step: String
    /// What ended the step before; nil where it was no command.
    private(set) var endedBy: Command?

    init(_ shop: Shop) { step = shop.counter.stepName }

    /// - Parameters:
    ///   - command: What just acted, where it was a command.
    ///   - decision: A command that was refused ended nothing, though time or the scale may have.
    mutating func look(
        at shop: Shop, after command: Command? = nil, _ decision: Decision = Decision()
    ) throws {
        let next = shop.counter.stepName
        guard next != step else { return }
        let command = decision.refusal == nil ? command : nil
        if let command {
            #expect(command != endedBy, "\(command) ended the step before “\(step)” and this one")
            try tryAgain(command, shop)
        }
        step = next
        endedBy = command
    }

    /// The code that ended a step is read once more, too late for a double read.
    private func tryAgain(_ command: Command, _ shop: Shop) throws {
        var again = shop
        #expect(
            try again.command(command).refusal != nil
                || again.counter.stepName == shop.counter.stepName,
            "\(command) ended “\(step)” and would end “\(shop.counter.stepName)” too")
        #expect(again.entries.count == shop.entries.count, "\(command) books twice")
    }
}
