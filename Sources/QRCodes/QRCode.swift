/// A QR code of model 2 (ISO/IEC 18004), versions 1 to 20: what head office shows on a terminal,
/// and what a simulated printer puts on its paper, where 20 is as large as a slip can hold. The
/// station needs none of it: its printer draws its own.
public struct QRCode: Hashable, Sendable {
    /// How much of a code may be spoilt: about 7, 15, 25 and 30 %.
    public enum Level: Int, Sendable, Codable, CaseIterable {
        case low, medium, quartile, high

        /// As the format writes it.
        var bits: Int {
            switch self {
            case .low: 1
            case .medium: 0
            case .quartile: 3
            case .high: 2
            }
        }
    }

    /// Modules a side, without the quiet zone.
    public let size: Int
    /// Row by row; true is dark.
    private var modules: [Bool]
    /// Modules that no mask and no data may touch.
    private var isFixed: [Bool]

    /// Modules of light around the code.
    public static let quietZone = 4

    public subscript(row: Int, column: Int) -> Bool {
        guard (0..<size).contains(row), (0..<size).contains(column) else { return false }
        return modules[row * size + column]
    }

    /// Row by row; true is dark. Without the quiet zone.
    public var rows: [[Bool]] { (0..<size).map { row in (0..<size).map { self[row, $0] } } }

    /// Nil when the text is too long for version 20: 666 bytes at level M, 382 at level H.
    public init?(_ text: String, level: Level = .medium) {
        self.init(Array(text.utf8), level: level)
    }

    /// See `init(_:level:)`; what the bytes mean is the reader's affair.
    ///
    /// - Parameter inOneSegment: Long runs of digits are not packed by themselves, as printers
    ///   leave it; the code may be larger.
    public init?(_ bytes: [UInt8], level: Level = .medium, inOneSegment: Bool = false) {
        let segments =
            inOneSegment ? [QRSegment(bytes)] : QRSegment.segments(of: bytes)
        let fitting = (1...QRVersion.last).lazy.compactMap { number -> (QRVersion, [UInt8])? in
            let version = QRVersion(number, level)
            return QRSegment.codewords(segments, version: version).map { (version, $0) }
        }
        guard let (version, data) = fitting.first else { return nil }
        self.init(version: version)
        place(version.withErrorCorrection(data))
        let masked = (0..<8).map { mask in
            var code = self
            code.apply(mask: mask, level)
            return code
        }
        guard let best = masked.min(by: { $0.penalty < $1.penalty }) else { return nil }
        self = best
    }

    private init(version: QRVersion) {
        size = version.size
        modules = Array(repeating: false, count: size * size)
        isFixed = modules
        for index in 0..<size {
            fix(6, index, index.isMultiple(of: 2))
            fix(index, 6, index.isMultiple(of: 2))
        }
        for (row, column) in [(3, 3), (3, size - 4), (size - 4, 3)] {
            drawSquare(row, column, radius: 4) { $0 != 2 && $0 != 4 }
        }
        let places = version.alignmentPlaces
        for row in places {
            for column in places where !isFinder(row, column) {
                drawSquare(row, column, radius: 2) { $0 != 1 }
            }
        }
        // Kept free for the format, which is drawn with the mask.
        drawFormat(mask: 0, version.level)
        drawVersion(version)
    }

    private func isFinder(_ row: Int, _ column: Int) -> Bool {
        (row == 6 && (column == 6 || column == size - 7)) || (row == size - 7 && column == 6)
    }

    private mutating func fix(_ row: Int, _ column: Int, _ isDark: Bool) {
        guard (0..<size).contains(row), (0..<size).contains(column) else { return }
        modules[row * size + column] = isDark
        isFixed[row * size + column] = true
    }

    /// Rings around a centre; `isDark` tells by the distance.
    private mutating func drawSquare(
        _ row: Int, _ column: Int, radius: Int, isDark: (Int) -> Bool
    ) {
        for y in -radius...radius {
            for x in -radius...radius {
                fix(row + y, column + x, isDark(max(abs(x), abs(y))))
            }
        }
    }

    private mutating func drawFormat(mask: Int, _ level: Level) {
        // Ten bits of BCH behind level and mask, and a mask so that it is never all light.
        let number = level.bits << 3 | mask
        var remainder = number
        for _ in 0..<10 { remainder = (remainder << 1) ^ ((remainder >> 9) * 0x537) }
        let bits = (number << 10 | remainder) ^ 0x5412
        for index in 0..<15 {
            let isDark = bits >> index & 1 == 1
            switch index {
            case 0..<6: fix(index, 8, isDark)
            case 6, 7: fix(index + 1, 8, isDark)
            case 8: fix(8, 7, isDark)
            default: fix(8, 14 - index, isDark)
            }
            if index < 8 {
                fix(8, size - 1 - index, isDark)
            } else {
                fix(size - 15 + index, 8, isDark)
            }
        }
        fix(size - 8, 8, true)
    }

    private mutating func drawVersion(_ version: QRVersion) {
        guard version.number >= 7 else { return }
        var remainder = version.number
        for _ in 0..<12 { remainder = (remainder << 1) ^ ((remainder >> 11) * 0x1f25) }
        let bits = version.number << 12 | remainder
        for index in 0..<18 {
            let isDark = bits >> index & 1 == 1
            fix(index / 3, size - 11 + index % 3, isDark)
            fix(size - 11 + index % 3, index / 3, isDark)
        }
    }

    /// In columns of two, from the lower right, up and down by turns.
    private mutating func place(_ codewords: [UInt8]) {
        var index = 0
        for right in stride(from: size - 1, to: 0, by: -2) {
            let right = right <= 6 ? right - 1 : right
            for step in 0..<size {
                let isUpward = (right + 1) & 2 == 0
                let row = isUpward ? size - 1 - step : step
                for column in [right, right - 1] {
                    let place = row * size + column
                    guard !isFixed[place], index < codewords.count * 8 else { continue }
                    modules[place] = codewords[index / 8] >> UInt8(7 - index % 8) & 1 == 1
                    index += 1
                }
            }
        }
    }

    private mutating func apply(mask: Int, _ level: Level) {
        for row in 0..<size {
            for column in 0..<size where !isFixed[row * size + column] {
                if Self.isInverted(mask, row, column) { modules[row * size + column].toggle() }
            }
        }
        drawFormat(mask: mask, level)
    }

    private static func isInverted(_ mask: Int, _ row: Int, _ column: Int) -> Bool {
        switch mask {
        case 0: (row + column) % 2 == 0
        case 1: row % 2 == 0
        case 2: column % 3 == 0
        case 3: (row + column) % 3 == 0
        case 4: (row / 2 + column / 3) % 2 == 0
        case 5: row * column % 2 + row * column % 3 == 0
        case 6: (row * column % 2 + row * column % 3) % 2 == 0
        default: ((row + column) % 2 + row * column % 3) % 2 == 0
        }
    }

    /// How hard the code is to read, by the four rules of the standard.
    private var penalty: Int {
        var sum = 0
        let rows = rows
        let columns = (0..<size).map { column in (0..<size).map { self[$0, column] } }
        for line in rows + columns { sum += Self.penalty(ofLine: line) }
        for row in 0..<(size - 1) {
            for column in 0..<(size - 1) {
                let isDark = rows[row][column]
                if rows[row][column + 1] == isDark, rows[row + 1][column] == isDark,
                    rows[row + 1][column + 1] == isDark
                {
                    sum += 3
                }
            }
        }
        let dark = modules.count { $0 }
        return sum + abs(dark * 20 - modules.count * 10) / modules.count * 10
    }

    private static func penalty(ofLine line: [Bool]) -> Int {
        var sum = 0
        var length = 0
        for (index, module) in line.enumerated() {
            length = index > 0 && line[index - 1] == module ? length + 1 : 1
            if length == 5 { sum += 3 } else if length > 5 { sum += 1 }
        }
        // Looks like the middle of a finder with light at one side.
        let finder = [true, false, true, true, true, false, true]
        let light = [Bool](repeating: false, count: 4)
        for start in 0...(line.count - 11) {
            let part = line[start..<(start + 11)]
            if part.elementsEqual(finder + light) || part.elementsEqual(light + finder) {
                sum += 40
            }
        }
        return sum
    }
}

extension QRCode {
    /// For a terminal: two rows of modules a line of text. Light is drawn, so that the code is
    /// right on a dark terminal; with `colours` it is right on any.
    public func text(colours: Bool) -> String {
        var lines: [String] = []
        let range = -Self.quietZone..<(size + Self.quietZone)
        for row in stride(from: range.lowerBound, to: range.upperBound, by: 2) {
            let line = range.map { column in
                switch (self[row, column], self[row + 1, column]) {
                case (false, false): "█"
                case (false, true): "▀"
                case (true, false): "▄"
                case (true, true): " "
                }
            }.joined()
            lines.append(colours ? "\u{1b}[40;97m\(line)\u{1b}[0m" : line)
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
