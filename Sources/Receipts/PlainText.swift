/// A paper as text for a terminal or a file: what is said, not how large.
public enum PlainText {
    /// Ends with a line feed.
    public static func render(_ document: SlipDocument) -> String {
        document.lines().flatMap(lines).map { $0 + "\n" }.joined()
    }

    private static func lines(of line: PrintLine) -> [String] {
        switch line {
        case .text(let text, _, let alignment):
            let free = max(SlipDocument.columnCount - PaperText(text).width, 0)
            switch alignment {
            case .left: return [text]
            case .centre: return [String(repeating: " ", count: free / 2) + text]
            case .right: return [String(repeating: " ", count: free) + text]
            }
        case .rule: return [String(repeating: "-", count: SlipDocument.columnCount)]
        case .feed(let count): return Array(repeating: "", count: count)
        case .qr(let payload): return ["[QR]", payload]
        case .code128(let payload): return ["[Code 128] \(payload)"]
        case .cut: return [String(repeating: "- ", count: SlipDocument.columnCount / 2 - 1) + "-"]
        }
    }
}
