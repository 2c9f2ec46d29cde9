public import StationCore

/// What is on a paper, whatever prints it. 32 columns are enough for everything; a Chinese
/// character takes two.
public struct SlipDocument: Hashable, Sendable {
    public let language: Language
    public let elements: [SlipElement]

    public init(language: Language, elements: [SlipElement]) {
        self.language = language
        self.elements = elements
    }

    /// Columns of paper of 58 mm in a printer's font A.
    public static let columnCount = 32

    /// The lines as they come out, none wider than the paper. Each renderer starts from these, so
    /// that a preview breaks where the paper breaks.
    public func lines(columnCount: Int = SlipDocument.columnCount) -> [PrintLine] {
        elements.flatMap { $0.lines(columnCount) }
    }
}

public enum SlipElement: Hashable, Sendable {
    case text(String, style: Style = .normal, alignment: Alignment = .left)
    /// A label that may wrap, and at the right a value that is never broken, unless it alone is
    /// wider than the paper.
    case columns(left: String, right: String, style: Style = .normal)
    case rule
    case feed(lineCount: Int)
    case qr(String)
    /// An even number of digits behind letters, as our own codes have it.
    case code128(String)
    /// The paper ends here.
    case cut

    public enum Style: Hashable, Sendable {
        case normal, bold
        /// Twice as wide and high: a letter takes two columns, a Chinese character four.
        case double
    }

    public enum Alignment: Hashable, Sendable { case left, centre, right }
}

/// One line of the paper.
public enum PrintLine: Hashable, Sendable {
    case text(String, style: SlipElement.Style, alignment: SlipElement.Alignment)
    case rule
    case feed(lineCount: Int)
    case qr(String)
    case code128(String)
    case cut
}

extension SlipElement {
    fileprivate func lines(_ columnCount: Int) -> [PrintLine] {
        switch self {
        case .text(let text, let style, let alignment):
            let width = columnCount / (style == .double ? 2 : 1)
            return PaperText(text).wrapped(to: width).map {
                .text($0.string, style: style, alignment: alignment)
            }
        case .columns(let left, let right, let style):
            let width = columnCount / (style == .double ? 2 : 1)
            return twoColumns(PaperText(left), PaperText(right), width).map {
                .text($0, style: style, alignment: .left)
            }
        case .rule: return [.rule]
        case .feed(let count): return [.feed(lineCount: count)]
        case .qr(let payload): return [.qr(payload)]
        case .code128(let payload): return [.code128(payload)]
        case .cut: return [.cut]
        }
    }

    /// The value stands in the label's last line, or in lines of its own where both do not fit.
    private func twoColumns(_ left: PaperText, _ right: PaperText, _ width: Int) -> [String] {
        let room = width - right.width - 1
        if room < PaperText.labelWidthMin, left.width > max(room, 0) {
            return left.wrapped(to: width).map(\.string)
                + right.wrapped(to: width).map { $0.padded(before: width) }
        }
        var lines = left.wrapped(to: max(room, 1))
        let last = lines.removeLast()
        let gap = width - last.width - right.width
        return lines.map(\.string)
            + [last.string + String(repeating: " ", count: max(gap, 0)) + right.string]
    }
}
