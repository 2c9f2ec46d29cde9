import StationCore
import Texts

/// Makes an input to the counter of what a form sent. It decides nothing: what a pick stands for is
/// looked up in the lists as they are now.
struct TouchReader {
    let shelf: any CounterShelf

    enum Touch: Equatable {
        case input(CounterInput)
        /// To be looked up by the desk.
        case code(String)
        case problem(PageText)
    }

    func read(_ form: Form) async -> Touch {
        if let number = form["command"] {
            guard let command = Int(number).flatMap({ Command(rawValue: $0) }) else {
                return .problem(.pageTooOld)
            }
            return .input(.command(command))
        }
        if let pick = form["pick"] { return await read(pick: pick) }
        guard let typed = form["typed"] else { return .problem(.pageTooOld) }
        return read(typed: String(TypedMoney.trimmed(typed)), as: form["kind"] ?? "")
    }

    private func read(typed text: String, as kind: String) -> Touch {
        switch kind {
        case "money":
            guard let fen = TypedMoney.fen(text) else { return .problem(.notAnAmount) }
            return .input(.number(fen))
        case "grams":
            guard let grams = TypedNumber(text) else { return .problem(.notANumber) }
            return .input(.number(grams))
        case "quantity":
            guard let quantity = TypedNumber(text) else { return code(text) }
            return .input(.number(quantity))
        default:
            return code(text)
        }
    }

    private func code(_ text: String) -> Touch {
        guard !text.isEmpty, text.count <= Scan.textLengthMax else {
            return .problem(.notANumber)
        }
        return .code(text)
    }

    private func read(pick: String) async -> Touch {
        let parts = pick.split(separator: ":", maxSplits: 1).map(String.init)
        guard parts.count == 2 else { return .problem(.pageTooOld) }
        let recognised: Recognised?
        switch parts[0] {
        case "produce":
            recognised = await shelf.produce().first { $0.key == parts[1] }.map { .produce($0) }
        case "article":
            recognised = await shelf.articles().first { $0.key == parts[1] }.map { .article($0) }
        case "refund":
            recognised = await shelf.openOrders()
                .first { $0.name.description == parts[1] && $0.refundOwed > .zero }
                .map { .orderSlip($0, .lostSlip) }
        case "reason":
            guard let reason = ReversalReason(rawValue: parts[1]) else {
                return .problem(.pageTooOld)
            }
            return .input(.reason(reason))
        default:
            recognised = nil
        }
        return recognised.map { .input(.code($0)) } ?? .problem(.pageTooOld)
    }
}
