import QRCodes

/// The head of a receipt printer: takes ESC/POS bytes one at a time and says what comes out.
///
/// It understands a strict subset. What it does not understand is told as an error, and its bytes
/// after the command's name are printed as text, as printers do. Source of the commands: the
/// manuals of the Epson TM family and of the common Chinese 58 mm printers.
public struct EscposPaper: Sendable {
    public struct Traits: Sendable, Equatable {
        /// 384 for paper of 58 mm, 576 for 80 mm.
        public var widthInDots: Int
        public var hasChineseFont: Bool
        public var isChineseAtPowerOn: Bool
        public var hasCutter: Bool
        public var hasQR: Bool

        public init(
            widthInDots: Int = 384, hasChineseFont: Bool = true, isChineseAtPowerOn: Bool = true,
            hasCutter: Bool = true, hasQR: Bool = true
        ) {
            self.widthInDots = widthInDots
            self.hasChineseFont = hasChineseFont
            self.isChineseAtPowerOn = isChineseAtPowerOn
            self.hasCutter = hasCutter
            self.hasQR = hasQR
        }
    }

    public enum Event: Equatable, Sendable {
        case line(PrintedLine)
        case cut(isPartial: Bool)
        case drawer
        case buzzer
        /// GS r: the printer answers when it comes to this place.
        case paperAsked, drawerAsked
        case identityAsked(UInt8)
        case processIDAsked([UInt8])
        /// GS a: which changes are to be told unasked; 0 none.
        case statusBack(UInt8)
        case error(String)
    }

    private struct Cell {
        var bytes: [UInt8]
        var isChinese: Bool
        var style: Style
    }

    private struct Style: Equatable {
        var isBold = false
        var isUnderlined = false
        var isInverted = false
        var width = 1
        var height = 1
        var isFontB = false
        var table: UInt8 = 0
    }

    public let traits: Traits
    private var pending: [UInt8] = []
    private var picture: (bytesPerRow: Int, rowCount: Int, bits: [UInt8])?
    private var cells: [Cell] = []
    private var lead: UInt8?
    private var style = Style()
    private var alignment = PrintedLine.Alignment.left
    private var isChinese: Bool
    private var codeHeight = 162
    private var codeModule = 3
    private var codeHasText = false
    private var qrModule = 3
    private var qrLevel = QRCode.Level.low
    private var qrData: [UInt8] = []

    public init(traits: Traits = Traits()) {
        self.traits = traits
        isChinese = traits.isChineseAtPowerOn && traits.hasChineseFont
    }

    /// Waits for so many bytes of a picture that nobody will send: what is left of a job that was
    /// cut off in the middle of one.
    public mutating func confuse(missingBytes count: Int) {
        pending = []
        picture = (bytesPerRow: 1, rowCount: count, bits: [])
    }

    /// Whether it stands in the middle of a command.
    public var isInsideCommand: Bool { !pending.isEmpty || picture != nil || lead != nil }

    public mutating func consume(_ byte: UInt8) -> [Event] {
        if picture != nil { return consumeBit(byte) }
        if !pending.isEmpty || byte < 0x20 || byte == 0x7f {
            guard pending.isEmpty, lead != nil else { return consumeCommand(byte) }
            lead = nil
            return [.error("half a Chinese character")] + consumeCommand(byte)
        }
        return consumeText(byte)
    }

    private mutating func consumeBit(_ byte: UInt8) -> [Event] {
        picture?.bits.append(byte)
        guard let done = picture, done.bits.count == done.bytesPerRow * done.rowCount else {
            return []
        }
        picture = nil
        var events = flush(isWrapped: false, evenIfEmpty: false)
        if done.bytesPerRow * 8 > traits.widthInDots { events.append(.error("picture too wide")) }
        let printed = PrintedPicture(
            bytesPerRow: done.bytesPerRow, rowCount: done.rowCount, bits: done.bits)
        events.append(.line(line(.picture(printed))))
        return events
    }

    private mutating func consumeText(_ byte: UInt8) -> [Event] {
        if let first = lead {
            lead = nil
            return append(Cell(bytes: [first, byte], isChinese: true, style: style))
        }
        if isChinese && byte >= 0x81 {
            lead = byte
            return []
        }
        return append(Cell(bytes: [byte], isChinese: false, style: style))
    }

    private mutating func append(_ cell: Cell) -> [Event] {
        var events: [Event] = []
        if cells.reduce(0, { $0 + width(of: $1) }) + width(of: cell) > traits.widthInDots {
            events = flush(isWrapped: true, evenIfEmpty: false)
        }
        cells.append(cell)
        return events
    }

    private func width(of cell: Cell) -> Int {
        (cell.isChinese ? 24 : cell.style.isFontB ? 9 : 12) * cell.style.width
    }

    private mutating func consumeCommand(_ byte: UInt8) -> [Event] {
        pending.append(byte)
        switch EscposCommand.read(pending) {
        case .more: return []
        case .bits(let bytesPerRow, let rowCount):
            pending = []
            picture = (bytesPerRow, rowCount, [])
            return []
        case .complete(let command):
            pending = []
            return obey(command)
        }
    }

    private mutating func obey(_ command: EscposCommand) -> [Event] {
        switch command {
        case .nothing, .lineSpacing: return []
        case .lineFeed: return flush(isWrapped: false, evenIfEmpty: true)
        case .feedLines(let count): return feed(count)
        case .feedDots(let count): return feed((count + 29) / 30)
        case .cut(let isPartial, let feed): return cut(isPartial: isPartial, feed: feed)
        case .drawer: return [.drawer]
        case .buzzer: return [.buzzer]
        case .barcode(let kind, let data): return barcode(kind: kind, data)
        case .qrStore(let data):
            qrData = data
            return []
        case .qrPrint: return qr()
        case .askPaper: return [.paperAsked]
        case .askDrawer: return [.drawerAsked]
        case .askIdentity(let number): return [.identityAsked(number)]
        case .statusBack(let mask): return [.statusBack(mask)]
        case .processID(let bytes): return [.processIDAsked(bytes)]
        case .unknown(let bytes): return [.error("unknown command \(hexadecimal(bytes))")]
        case .initialise, .align, .bold, .underline, .font, .printMode, .size, .invert,
            .codeTable, .chinese, .chineseDouble, .codeHeight, .codeModule, .codeText, .qrModule,
            .qrCorrection:
            return set(command)
        }
    }

    private mutating func set(_ command: EscposCommand) -> [Event] {
        switch command {
        case .initialise:
            self = EscposPaper(traits: traits)
        case .align(let value):
            guard cells.isEmpty else { return [.error("alignment inside a line")] }
            let sides: [PrintedLine.Alignment] = [.left, .centre, .right]
            guard Int(value) < sides.count else { return [.error("alignment \(value)")] }
            alignment = sides[Int(value)]
        case .bold(let isOn): style.isBold = isOn
        case .underline(let weight): style.isUnderlined = weight > 0
        case .font(let font): style.isFontB = font == 1
        case .printMode(let bits):
            style.isFontB = bits & 0x01 != 0
            style.isBold = bits & 0x08 != 0
            style.height = bits & 0x10 != 0 ? 2 : 1
            style.width = bits & 0x20 != 0 ? 2 : 1
            style.isUnderlined = bits & 0x80 != 0
        case .size(let bits):
            style.width = Int(bits >> 4 & 7) + 1
            style.height = Int(bits & 7) + 1
        case .invert(let isOn): style.isInverted = isOn
        case .codeTable(let number):
            guard characterSets[number] != nil else { return [.error("code table \(number)")] }
            style.table = number
        case .chinese(let isOn):
            guard traits.hasChineseFont else { return [.error("no Chinese font")] }
            isChinese = isOn
        case .chineseDouble(let isOn):
            style.width = isOn ? 2 : 1
            style.height = isOn ? 2 : 1
        case .codeHeight(let dots): codeHeight = max(Int(dots), 1)
        case .codeModule(let dots):
            guard (2...6).contains(dots) else { return [.error("module of \(dots) dots")] }
            codeModule = Int(dots)
        case .codeText(let place): codeHasText = place != 0
        case .qrModule(let dots):
            guard (1...16).contains(dots) else { return [.error("QR module of \(dots) dots")] }
            qrModule = Int(dots)
        case .qrCorrection(let level):
            guard let level = QRCode.Level(rawValue: Int(level) - 0x30) else {
                return [.error("QR correction \(level)")]
            }
            qrLevel = level
        default: break
        }
        return []
    }

    // MARK: Lines

    private func line(_ content: PrintedLine.Content, isWrapped: Bool = false) -> PrintedLine {
        PrintedLine(alignment: alignment, content: content, isWrapped: isWrapped)
    }

    private mutating func feed(_ count: Int) -> [Event] {
        let started = flush(isWrapped: false, evenIfEmpty: false)
        let blanks = max(count - (started.isEmpty ? 0 : 1), 0)
        return started + (0..<blanks).map { _ in .line(line(.text([]))) }
    }

    private mutating func flush(isWrapped: Bool, evenIfEmpty: Bool) -> [Event] {
        if cells.isEmpty && !evenIfEmpty { return [] }
        var events: [Event] = []
        var runs: [PrintedRun] = []
        var rest = cells[...]
        while let first = rest.first {
            let run = rest.prefix { $0.style == first.style && $0.isChinese == first.isChinese }
            rest = rest.dropFirst(run.count)
            let bytes = run.flatMap(\.bytes)
            let set = first.isChinese ? "GBK" : characterSets[first.style.table] ?? "CP437"
            let (text, isWhole) = decode(run.map(\.bytes), all: bytes, set)
            if !isWhole { events.append(.error("no character for \(hexadecimal(bytes))")) }
            append(text, first.style, to: &runs)
        }
        cells = []
        events.append(.line(line(.text(runs), isWrapped: isWrapped)))
        return events
    }

    private func append(_ text: String, _ style: Style, to runs: inout [PrintedRun]) {
        let run = PrintedRun(
            text: text, isBold: style.isBold, isUnderlined: style.isUnderlined,
            isInverted: style.isInverted, width: style.width, height: style.height)
        guard var last = runs.popLast() else { return runs.append(run) }
        let lastText = last.text
        last.text = text
        guard last == run else {
            last.text = lastText
            return runs.append(contentsOf: [last, run])
        }
        last.text = lastText + text
        runs.append(last)
    }

    private func decode(
        _ characters: [[UInt8]], all bytes: [UInt8], _ set: String
    ) -> (text: String, isWhole: Bool) {
        guard let letters = Letters(set) else { return ("", false) }
        if let text = letters.text(of: bytes) { return (text, true) }
        let text = characters.map { letters.text(of: $0) ?? "\u{fffd}" }.joined()
        return (text, false)
    }

    private mutating func cut(isPartial: Bool, feed count: Int) -> [Event] {
        var events = flush(isWrapped: false, evenIfEmpty: false)
        events += feed((count + 29) / 30)
        if traits.hasCutter { events.append(.cut(isPartial: isPartial)) }
        return events
    }

    // MARK: Codes

    private mutating func barcode(kind: UInt8, _ data: [UInt8]) -> [Event] {
        let events = flush(isWrapped: false, evenIfEmpty: false)
        let symbology: PrintedCode.Symbology
        let payload: String?
        let moduleCount: Int
        switch kind {
        case 67: (symbology, payload, moduleCount) = (.ean13, eanText(data, length: 13), 95)
        case 68: (symbology, payload, moduleCount) = (.ean8, eanText(data, length: 8), 67)
        case 73:
            let read = code128Text(data)
            (symbology, payload, moduleCount) = (.code128, read?.text, read?.moduleCount ?? 0)
        default: return events + [.error("barcode kind \(kind)")]
        }
        guard let payload else { return events + [.error("\(symbology.rawValue): wrong data")] }
        let width = moduleCount * codeModule
        if width > traits.widthInDots {
            return events + [.error("\(symbology.rawValue): \(width) dots do not fit")]
        }
        let code = PrintedCode(
            symbology: symbology, payload: payload, widthInDots: width, heightInDots: codeHeight,
            hasText: codeHasText, level: .low)
        return events + [.line(line(.code(code)))]
    }

    private mutating func qr() -> [Event] {
        guard traits.hasQR else { return [.error("no QR in this printer")] }
        let events = flush(isWrapped: false, evenIfEmpty: false)
        guard !qrData.isEmpty else { return events + [.error("QR: nothing stored")] }
        guard let symbol = QRCode(qrData, level: qrLevel, inOneSegment: true) else {
            return events + [.error("QR: too long")]
        }
        let width = symbol.size * qrModule
        if width > traits.widthInDots {
            return events + [.error("QR: \(width) dots do not fit")]
        }
        let code = PrintedCode(
            symbology: .qr, payload: String(decoding: qrData, as: UTF8.self), widthInDots: width,
            heightInDots: width, hasText: false, level: qrLevel)
        return events + [.line(line(.code(code)))]
    }
}

/// ESC t n, as far as the paper knows it.
private let characterSets: [UInt8: String] = [
    0: "CP437", 2: "CP850", 3: "CP860", 4: "CP863", 5: "CP865", 16: "CP1252", 17: "CP866",
    18: "CP852", 19: "CP858",
]

func hexadecimal(_ bytes: [UInt8]) -> String {
    bytes.prefix(16).map { byte in
        let text = String(byte, radix: 16)
        return text.count == 1 ? "0" + text : text
    }.joined(separator: " ")
}
