import Receipts
import Simulators
import Testing

/// What comes out of a 58 mm printer that is fed with a job.
struct Printout {
    var lines: [PrintedLine] = []
    var cutCount = 0
    var errors: [String] = []
    var others: [EscposPaper.Event] = []

    init(_ job: [UInt8], _ traits: EscposPaper.Traits = .init()) {
        var paper = EscposPaper(traits: traits)
        for byte in job {
            for event in paper.consume(byte) {
                switch event {
                case .line(let line): lines.append(line)
                case .cut: cutCount += 1
                case .error(let text): errors.append(text)
                default: others.append(event)
                }
            }
        }
        if paper.isInsideCommand { errors.append("ends inside a command") }
    }

    var codes: [PrintedCode] {
        lines.compactMap { if case .code(let code) = $0.content { code } else { nil } }
    }

    /// In the form of `PlainText`, without the feed before a cut.
    var plainText: String {
        var rows: [String] = []
        for line in lines {
            switch line.content {
            case .text:
                rows.append(line.text)
            case .code(let code) where code.symbology == .qr: rows += ["[QR]", code.payload]
            case .code(let code): rows.append("[Code 128] \(code.payload)")
            case .picture: rows.append("[picture]")
            }
        }
        return rows.map { $0.drop { $0 == " " } + "\n" }.joined()
    }
}

/// A paper in the same form: aligned lines without their margin, no feed and no cut.
func comparable(_ document: SlipDocument) -> String {
    PlainText.render(document).split(separator: "\n").filter { !$0.hasPrefix("- - ") }
        .map { $0.drop { $0 == " " } + "\n" }.joined()
}
