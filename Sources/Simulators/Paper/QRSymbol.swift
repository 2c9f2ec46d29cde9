/// The modules of a QR code as the printer's head would burn them: model 2, versions 1 to 20,
/// which is as large as a slip can hold. Source: ISO/IEC 18004.
public struct QRSymbol: Equatable, Sendable {
    public enum Level: Int, Sendable, Codable, CaseIterable { case low, medium, quartile, high }

    /// Modules along one side, quiet zone not counted.
    public let side: Int
    private var isDark: [Bool]
    private var isFixed: [Bool]

    /// Nil where it does not fit into version 20.
    public init?(_ bytes: [UInt8], level: Level) {
        guard let segment = Segment(bytes, level: level) else { return nil }
        let version = segment.version
        side = 17 + 4 * version
        isDark = Array(repeating: false, count: side * side)
        isFixed = isDark
        drawFixedPatterns(version)
        drawData(Blocks(version: version, level: level).interleaved(segment.codewords))
        let masked = (0..<8).map { number -> QRSymbol in
            var symbol = self
            symbol.applyMask(number)
            symbol.drawFormat(level, mask: number)
            return symbol
        }
        guard let best = masked.min(by: { $0.penalty < $1.penalty }) else { return nil }
        isDark = best.isDark
    }

    /// Rows from the top, modules from the left; true is black.
    public var rows: [[Bool]] {
        (0..<side).map { Array(isDark[($0 * side)..<(($0 + 1) * side)]) }
    }

    private mutating func set(_ x: Int, _ y: Int, _ value: Bool) {
        isDark[y * side + x] = value
        isFixed[y * side + x] = true
    }

    // MARK: What is the same in every code of a version

    private mutating func drawFixedPatterns(_ version: Int) {
        for index in 0..<side {
            set(6, index, index.isMultiple(of: 2))
            set(index, 6, index.isMultiple(of: 2))
        }
        for (x, y) in [(3, 3), (side - 4, 3), (3, side - 4)] { drawFinder(x, y) }
        let places = alignmentPlaces(version)
        for (row, y) in places.enumerated() {
            for (column, x) in places.enumerated() {
                let last = places.count - 1
                let isCorner = (row == 0 || row == last) && (column == 0 || column == last)
                if isCorner && !(row == last && column == last) { continue }
                for dy in -2...2 {
                    for dx in -2...2 { set(x + dx, y + dy, max(abs(dx), abs(dy)) != 1) }
                }
            }
        }
        drawFormat(.low, mask: 0)
        if version >= 7 { drawVersion(version) }
    }

    private mutating func drawFinder(_ x: Int, _ y: Int) {
        for dy in -4...4 {
            for dx in -4...4 {
                guard (0..<side).contains(x + dx), (0..<side).contains(y + dy) else { continue }
                let distance = max(abs(dx), abs(dy))
                set(x + dx, y + dy, distance != 2 && distance != 4)
            }
        }
    }

    private func alignmentPlaces(_ version: Int) -> [Int] {
        if version == 1 { return [] }
        let count = version / 7 + 2
        let step = (version * 4 + count * 2 + 1) / (count * 2 - 2) * 2
        return [6] + (0..<(count - 1)).map { side - 7 - $0 * step }.reversed()
    }

    private mutating func drawFormat(_ level: Level, mask: Int) {
        let number = [1, 0, 3, 2][level.rawValue] << 3 | mask
        let bits = (number << 10 | remainder(number, generator: 0x537, bits: 10)) ^ 0x5412
        func bit(_ index: Int) -> Bool { bits >> index & 1 == 1 }
        for index in 0...5 { set(8, index, bit(index)) }
        set(8, 7, bit(6))
        set(8, 8, bit(7))
        set(7, 8, bit(8))
        for index in 9..<15 { set(14 - index, 8, bit(index)) }
        for index in 0..<8 { set(side - 1 - index, 8, bit(index)) }
        for index in 8..<15 { set(8, side - 15 + index, bit(index)) }
        set(8, side - 8, true)
    }

    private mutating func drawVersion(_ version: Int) {
        let bits = version << 12 | remainder(version, generator: 0x1f25, bits: 12)
        for index in 0..<18 {
            let value = bits >> index & 1 == 1
            set(side - 11 + index % 3, index / 3, value)
            set(index / 3, side - 11 + index % 3, value)
        }
    }

    private func remainder(_ number: Int, generator: Int, bits: Int) -> Int {
        (0..<bits).reduce(number) { rest, _ in
            rest << 1 ^ (rest >> (bits - 1) & 1) * generator
        }
    }

    // MARK: What is written into it

    private mutating func drawData(_ codewords: [UInt8]) {
        var index = 0
        for right in stride(from: side - 1, through: 1, by: -2) {
            let column = right <= 6 ? right - 1 : right
            let isUpward = (column + 1) & 2 == 0
            for step in 0..<side {
                for x in [column, column - 1] {
                    let y = isUpward ? side - 1 - step : step
                    guard !isFixed[y * side + x], index < codewords.count * 8 else { continue }
                    isDark[y * side + x] = codewords[index >> 3] >> (7 - index & 7) & 1 == 1
                    index += 1
                }
            }
        }
    }

    private mutating func applyMask(_ number: Int) {
        for y in 0..<side {
            for x in 0..<side where !isFixed[y * side + x] {
                let inverts =
                    switch number {
                    case 0: (x + y) % 2 == 0
                    case 1: y % 2 == 0
                    case 2: x % 3 == 0
                    case 3: (x + y) % 3 == 0
                    case 4: (x / 3 + y / 2) % 2 == 0
                    case 5: x * y % 2 + x * y % 3 == 0
                    case 6: (x * y % 2 + x * y % 3) % 2 == 0
                    default: ((x + y) % 2 + x * y % 3) % 2 == 0
                    }
                if inverts { isDark[y * side + x].toggle() }
            }
        }
    }

    /// Long runs and blocks of one colour; a reader does not mind which mask was chosen by it.
    private var penalty: Int {
        var sum = 0
        for line in 0..<side {
            for isRow in [true, false] {
                var run = 0
                var last: Bool?
                for step in 0..<side {
                    let value = isRow ? isDark[line * side + step] : isDark[step * side + line]
                    run = value == last ? run + 1 : 1
                    last = value
                    if run == 5 { sum += 3 } else if run > 5 { sum += 1 }
                }
            }
        }
        for y in 0..<(side - 1) {
            for x in 0..<(side - 1) {
                let corner = isDark[y * side + x]
                let isBlock =
                    corner == isDark[y * side + x + 1]
                    && corner == isDark[(y + 1) * side + x]
                    && corner == isDark[(y + 1) * side + x + 1]
                if isBlock { sum += 3 }
            }
        }
        let dark = isDark.count { $0 }
        return sum + abs(dark * 20 - isDark.count * 10) / isDark.count * 10
    }
}

/// The data bits in the most compact of the three modes, padded to the smallest version.
private struct Segment {
    let version: Int
    let codewords: [UInt8]

    init?(_ bytes: [UInt8], level: QRSymbol.Level) {
        let isNumeric = bytes.allSatisfy { (0x30...0x39).contains($0) }
        let isAlphanumeric = bytes.allSatisfy { alphanumericBytes.contains($0) }
        for version in 1...20 {
            let isSmall = version < 10
            var bits = BitWriter()
            if isNumeric {
                bits.append(1, 4)
                bits.append(bytes.count, isSmall ? 10 : 12)
                for start in stride(from: 0, to: bytes.count, by: 3) {
                    let group = bytes[start..<min(start + 3, bytes.count)]
                    bits.append(
                        group.reduce(0) { $0 * 10 + Int($1) - 0x30 }, [0, 4, 7, 10][group.count])
                }
            } else if isAlphanumeric {
                bits.append(2, 4)
                bits.append(bytes.count, isSmall ? 9 : 11)
                let values = bytes.map { alphanumericBytes.firstIndex(of: $0) ?? 0 }
                for start in stride(from: 0, to: values.count, by: 2) {
                    let group = values[start..<min(start + 2, values.count)]
                    bits.append(group.reduce(0) { $0 * 45 + $1 }, group.count == 2 ? 11 : 6)
                }
            } else {
                bits.append(4, 4)
                bits.append(bytes.count, isSmall ? 8 : 16)
                for byte in bytes { bits.append(Int(byte), 8) }
            }
            let capacity = Blocks(version: version, level: level).dataCount
            if bits.count > capacity * 8 { continue }
            self.version = version
            codewords = bits.padded(to: capacity)
            return
        }
        return nil
    }
}

private let alphanumericBytes = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:".utf8)

private struct BitWriter {
    private var bits: [Bool] = []
    var count: Int { bits.count }

    mutating func append(_ value: Int, _ length: Int) {
        for index in (0..<length).reversed() { bits.append(value >> index & 1 == 1) }
    }

    func padded(to capacity: Int) -> [UInt8] {
        var all = bits + Array(repeating: false, count: min(4, capacity * 8 - bits.count))
        while !all.count.isMultiple(of: 8) { all.append(false) }
        var bytes = stride(from: 0, to: all.count, by: 8).map { start in
            all[start..<(start + 8)].reduce(UInt8(0)) { $0 << 1 | ($1 ? 1 : 0) }
        }
        var pad: UInt8 = 0xec
        while bytes.count < capacity {
            bytes.append(pad)
            pad ^= 0xec ^ 0x11
        }
        return bytes
    }
}

/// How a version spreads its codewords over blocks of Reed-Solomon code.
private struct Blocks {
    let blockCount: Int
    let checkCount: Int
    let totalCount: Int

    var dataCount: Int { totalCount - checkCount * blockCount }

    init(version: Int, level: QRSymbol.Level) {
        checkCount = checkCodewordCounts[level.rawValue][version - 1]
        blockCount = blockCounts[level.rawValue][version - 1]
        var modules = (16 * version + 128) * version + 64
        if version >= 2 {
            let places = version / 7 + 2
            modules -= (25 * places - 10) * places - 55
        }
        if version >= 7 { modules -= 36 }
        totalCount = modules / 8
    }

    func interleaved(_ data: [UInt8]) -> [UInt8] {
        let shortCount = blockCount - totalCount % blockCount
        let shortLength = totalCount / blockCount - checkCount
        let generator = ReedSolomon.generator(of: checkCount)
        var blocks: [(data: [UInt8], check: [UInt8])] = []
        var start = 0
        for number in 0..<blockCount {
            let length = shortLength + (number < shortCount ? 0 : 1)
            let part = Array(data[start..<(start + length)])
            blocks.append((part, ReedSolomon.remainder(of: part, by: generator)))
            start += length
        }
        var all: [UInt8] = []
        for index in 0...shortLength {
            for block in blocks where index < block.data.count { all.append(block.data[index]) }
        }
        for index in 0..<checkCount { all += blocks.map { $0.check[index] } }
        return all
    }
}

/// Over GF(2^8) with 11d.
private enum ReedSolomon {
    static func multiply(_ left: UInt8, _ right: UInt8) -> UInt8 {
        var product = 0
        for bit in (0..<8).reversed() {
            product = product << 1 ^ (product >> 7) * 0x11d
            product ^= Int(right >> UInt8(bit) & 1) * Int(left)
        }
        return UInt8(truncatingIfNeeded: product)
    }

    static func generator(of degree: Int) -> [UInt8] {
        var result = Array(repeating: UInt8(0), count: degree)
        result[degree - 1] = 1
        var root: UInt8 = 1
        for _ in 0..<degree {
            for index in 0..<degree {
                result[index] = multiply(result[index], root)
                if index + 1 < degree { result[index] ^= result[index + 1] }
            }
            root = multiply(root, 2)
        }
        return result
    }

    static func remainder(of data: [UInt8], by generator: [UInt8]) -> [UInt8] {
        var result = Array(repeating: UInt8(0), count: generator.count)
        for byte in data {
            let factor = byte ^ result.removeFirst()
            result.append(0)
            for index in generator.indices { result[index] ^= multiply(generator[index], factor) }
        }
        return result
    }
}

/// Of one block; levels L, M, Q, H, versions 1 to 20.
private let checkCodewordCounts: [[Int]] = [
    [7, 10, 15, 20, 26, 18, 20, 24, 30, 18, 20, 24, 26, 30, 22, 24, 28, 30, 28, 28],
    [10, 16, 26, 18, 24, 16, 18, 22, 22, 26, 30, 22, 22, 24, 24, 28, 28, 26, 26, 26],
    [13, 22, 18, 26, 18, 24, 18, 22, 20, 24, 28, 26, 24, 20, 30, 24, 28, 28, 26, 30],
    [17, 28, 22, 16, 22, 28, 26, 26, 24, 28, 24, 28, 22, 24, 24, 30, 28, 28, 26, 28],
]

private let blockCounts: [[Int]] = [
    [1, 1, 1, 1, 1, 2, 2, 2, 2, 4, 4, 4, 4, 4, 6, 6, 6, 6, 7, 8],
    [1, 1, 1, 2, 2, 4, 4, 4, 5, 5, 5, 8, 9, 9, 10, 10, 11, 13, 14, 16],
    [1, 1, 2, 2, 4, 4, 6, 6, 8, 8, 8, 10, 12, 16, 12, 17, 16, 18, 21, 20],
    [1, 1, 2, 4, 4, 4, 5, 6, 8, 8, 11, 11, 16, 16, 18, 16, 19, 21, 25, 25],
]
