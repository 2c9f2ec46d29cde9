import StationCore
import Texts

/// Money, queues and devices at a glance. Whatever is wrong is said by word and shape.
struct StatusStrip {
    let screen: CounterScreen
    let language: Language

    private var cash: CashView { screen.view.cash }

    var html: HTML {
        "<dl class=\"strip\">\(money)\(queues)\(DeviceKind.allCases.map(device))</dl>"
    }

    private func say(_ text: some Text) -> String { text.text(in: language) }

    private func item(_ label: some Text, _ value: HTML, isWrong: Bool = false) -> HTML {
        "<div class=\"\(isWrong ? "wrong" : "right")\"><dt>\(say(label))</dt><dd>\(value)</dd></div>"
    }

    private var money: [HTML] {
        let closed: HTML =
            cash.dayIsOpen ? .empty : " <small>\(say(StatusLabel.dayClosed))</small>"
        let low: HTML =
            cash.floatIsLow ? " <small>▲ \(say(StatusLabel.low))</small>" : .empty
        let high: HTML =
            cash.exposureIsHigh ? " <small>▲ \(say(StatusLabel.high))</small>" : .empty
        return [
            item(StatusLabel.drawer, "\(cash.drawer.figures)\(closed)"),
            item(
                StatusLabel.float, "\(cash.float.figures)\(low)\(stated)",
                isWrong: cash.floatIsLow),
            item(
                StatusLabel.exposure,
                "\(cash.exposure.figures) <small>\(say(StatusLabel.limit)) \(cash.exposureLimit.figures)</small>\(high)",
                isWrong: cash.exposureIsHigh),
        ]
    }

    /// Another balance at head office is said until it is found out why.
    private var stated: HTML {
        guard let stated = cash.floatStated, stated != cash.float else { return .empty }
        return " <small>\(say(StatusLabel.floatStated)) \(stated.figures)</small>"
    }

    private var queues: [HTML] {
        var items = [
            item(
                StatusLabel.notSent,
                "\(screen.waiting) <small>\(mark(of: screen)) \(say(link))</small>",
                isWrong: screen.link == .refused),
            item(StatusLabel.slipsOwed, "\(screen.view.slipsOwed.count)"),
        ]
        let doubtful = screen.view.slipsDoubtful
        if !doubtful.isEmpty {
            let numbers = doubtful.map(String.init).joined(separator: ", ")
            items.append(item(StatusLabel.slipsDoubtful, "▲ No. \(numbers)", isWrong: true))
        }
        return items
    }

    private func mark(of screen: CounterScreen) -> HTML {
        switch screen.link {
        case .idle, .sending: "●"
        case .waiting: "▲"
        case .refused, .none: "✕"
        }
    }

    private var link: StatusLabel {
        switch screen.link {
        case .idle: .linkIdle
        case .sending: .linkSending
        case .waiting: .linkWaiting
        case .refused: .linkRefused
        case .none: .linkNone
        }
    }

    private func device(_ kind: DeviceKind) -> HTML {
        let condition = screen.view.devices[kind] ?? .absent
        return item(
            kind, "<span aria-hidden=\"true\">\(condition.mark)</span> \(say(condition))",
            isWrong: condition.isWrong)
    }
}

extension DeviceCondition {
    /// The device does nothing before somebody has done something.
    var isWrong: Bool {
        switch self {
        case .ready, .opening, .paperNearEnd: false
        case .paperOut, .coverOpen, .offline, .absent, .permissionDenied, .inUse, .unsupported,
            .faulty:
            true
        }
    }

    var mark: String {
        switch self {
        case .ready: "●"
        case .opening, .paperNearEnd, .paperOut, .coverOpen, .offline: "▲"
        case .absent, .permissionDenied, .inUse, .unsupported, .faulty: "✕"
        }
    }
}
