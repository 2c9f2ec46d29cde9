/// A paper as ESC/POS text, in the printer's own letters.
///
/// Chinese is GBK in the printer's Chinese mode. Cyrillic is code table CP866, one column a letter,
/// not GBK's two-column Cyrillic: half as many lines, and the form that a reader is used to. CP866
/// has no Ө and Ү; Є and Ї stand for them, as Mongolians typed before Unicode. A letter that no
/// table has is printed as `?`, or `〓` where it is as wide as a character.
///
/// Commands: Epson's ESC/POS. No drawer is ever opened from here, and nothing is asked: what the
/// printer answers is its driver's business.
public struct EscposText: ~Copyable {
    private let chinese = CodeTable("GBK")
    private let cyrillic = CodeTable("CP866")
    private let latin = CodeTable("CP437")
    private let columnCount: Int
    private let dotCount: Int
    private let hasCutter: Bool

    /// - Parameters:
    ///   - columnCount: Letters of font A in a line: 32 on paper of 58 mm, 48 on most of 80 mm.
    ///   - dotCount: Of the head.
    ///   - hasCutter: False for printers that print the letters of a cut command.
    public init(
        columnCount: Int = SlipDocument.columnCount, dotCount: Int = 384, hasCutter: Bool = true
    ) {
        self.columnCount = columnCount
        self.dotCount = dotCount
        self.hasCutter = hasCutter
    }

    /// False where the C library lacks GBK: each character then comes out as `??`.
    public var writesChinese: Bool { chinese.isKnown }

    /// One whole job: initialise, body, and at each cut the feed that brings it past the blade.
    public func render(_ document: SlipDocument) -> [UInt8] {
        let startsChinese: Bool
        switch document.language {
        case .simplifiedChinese, .traditionalChinese: startsChinese = true
        case .english, .mongolian: startsChinese = false
        }
        var job = Job(mode: startsChinese && writesChinese ? .chinese : .cyrillic)
        for line in document.lines(columnCount: columnCount) { write(line, to: &job) }
        return job.bytes
    }

    private func write(_ line: PrintLine, to job: inout Job) {
        switch line {
        case .text(let text, let style, let alignment):
            job.align(alignment)
            job.set(style)
            for letter in PaperText(text).letters { write(letter, to: &job) }
            job.bytes.append(0x0a)
        case .rule:
            job.align(.left)
            job.set(.normal)
            job.bytes += Array(repeating: 0x2d, count: columnCount) + [0x0a]
        case .feed(let count):
            job.set(.normal)
            job.bytes += [0x1b, 0x64, UInt8(clamping: count)]
        case .qr(let payload):
            job.align(.centre)
            job.bytes += qr(payload)
        case .code128(let payload):
            write(code128: payload, to: &job)
        case .cut:
            job.bytes += [0x1b, 0x64, 0x04]
            if hasCutter { job.bytes += [0x1d, 0x56, 0x42, 0x00] }
        }
    }

    private func write(_ letter: Unicode.Scalar, to job: inout Job) {
        if letter.isASCII {
            job.bytes.append(UInt8(letter.value))
        } else if PaperText.width(of: letter) == 2 {
            // Without the table two columns stay two columns.
            guard let bytes = chineseBytes(of: letter) ?? chineseBytes(of: "〓") else {
                job.bytes += [0x3f, 0x3f]
                return
            }
            job.turn(to: .chinese)
            job.bytes += bytes
        } else {
            let letter = substitutes[letter] ?? letter
            if let bytes = cyrillic.bytes(of: letter) {
                if !letter.isASCII { job.turn(to: .cyrillic) }
                job.bytes += bytes
            } else if let bytes = latin.bytes(of: letter) {
                job.turn(to: .latin)
                job.bytes += bytes
            } else {
                job.bytes.append(0x3f)
            }
        }
    }

    private func chineseBytes(of letter: Unicode.Scalar) -> [UInt8]? {
        guard let bytes = chinese.bytes(of: letter), bytes.count == 2, bytes[0] >= 0x81 else {
            return nil
        }
        return bytes
    }

    /// Model 2, modules of 6 dots, correction level M: about 20 mm for a slip's code.
    private func qr(_ payload: String) -> [UInt8] {
        let data = Array(payload.utf8)
        let size = data.count + 3
        return [0x1d, 0x28, 0x6b, 0x04, 0x00, 0x31, 0x41, 0x32, 0x00]
            + [0x1d, 0x28, 0x6b, 0x03, 0x00, 0x31, 0x43, 0x06]
            + [0x1d, 0x28, 0x6b, 0x03, 0x00, 0x31, 0x45, 0x31]
            + [0x1d, 0x28, 0x6b, UInt8(size & 0xff), UInt8(size >> 8 & 0xff), 0x31, 0x50, 0x30]
            + data
            + [0x1d, 0x28, 0x6b, 0x03, 0x00, 0x31, 0x51, 0x30]
    }

    /// Bars 10 mm high; the printer adds no letters, since clones print the code set's marks too.
    private func write(code128 payload: String, to job: inout Job) {
        job.align(.centre)
        guard let data = Code128.data(for: payload, headWidth: dotCount) else {
            return write(.text(payload, style: .normal, alignment: .centre), to: &job)
        }
        job.bytes +=
            [0x1d, 0x68, 0x50, 0x1d, 0x77, UInt8(Code128.moduleWidth), 0x1d, 0x48, 0x00]
            + [0x1d, 0x6b, 0x49, UInt8(data.count)] + data
    }
}

/// Bytes so far, and the manner in which the printer stands.
private struct Job {
    enum Mode { case chinese, cyrillic, latin }

    var bytes: [UInt8]
    private var mode: Mode
    private var style = SlipElement.Style.normal
    private var alignment = SlipElement.Alignment.left

    init(mode: Mode) {
        bytes = [0x1b, 0x40]
        self.mode = mode
        bytes += Self.command(for: mode)
    }

    private static func command(for mode: Mode) -> [UInt8] {
        switch mode {
        case .chinese: [0x1c, 0x26]
        case .cyrillic: [0x1c, 0x2e, 0x1b, 0x74, 17]
        case .latin: [0x1c, 0x2e, 0x1b, 0x74, 0]
        }
    }

    mutating func turn(to mode: Mode) {
        guard mode != self.mode else { return }
        self.mode = mode
        bytes += Self.command(for: mode)
    }

    mutating func align(_ alignment: SlipElement.Alignment) {
        guard alignment != self.alignment else { return }
        self.alignment = alignment
        switch alignment {
        case .left: bytes += [0x1b, 0x61, 0]
        case .centre: bytes += [0x1b, 0x61, 1]
        case .right: bytes += [0x1b, 0x61, 2]
        }
    }

    mutating func set(_ style: SlipElement.Style) {
        guard style != self.style else { return }
        if self.style == .bold || style == .bold { bytes += [0x1b, 0x45, style == .bold ? 1 : 0] }
        if self.style == .double || style == .double {
            bytes += [0x1d, 0x21, style == .double ? 0x11 : 0x00]
        }
        self.style = style
    }
}

/// What stands for letters that the code tables lack.
private let substitutes: [Unicode.Scalar: Unicode.Scalar] = [
    "Ө": "Є", "ө": "є", "Ү": "Ї", "ү": "ї", "×": "x", "І": "I", "і": "i",
]
