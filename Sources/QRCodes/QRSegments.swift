/// A part of a QR code's text in one mode.
enum QRSegment {
    case digits([UInt8])
    case alphanumeric([UInt8])
    case bytes([UInt8])

    private static let alphabet = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:".utf8)
    /// Digits in a row for which a segment of their own is worth its head.
    private static let digitRunMin = 14

    /// All in one, as densely as it allows.
    init(_ text: [UInt8]) {
        if text.allSatisfy({ (0x30...0x39).contains($0) }) {
            self = .digits(text)
        } else {
            self = text.allSatisfy(Self.alphabet.contains) ? .alphanumeric(text) : .bytes(text)
        }
    }

    /// Long runs of digits by themselves, the rest as densely as it allows.
    static func segments(of text: [UInt8]) -> [QRSegment] {
        var segments: [QRSegment] = []
        var rest = text[...]
        var other: [UInt8] = []
        func flush() {
            guard !other.isEmpty else { return }
            segments.append(QRSegment(other))
            other = []
        }
        while !rest.isEmpty {
            let run = rest.prefix { (0x30...0x39).contains($0) }
            if run.count >= digitRunMin {
                flush()
                segments.append(.digits(Array(run)))
                rest = rest.dropFirst(run.count)
            } else {
                other += run.isEmpty ? rest.prefix(1) : run
                rest = rest.dropFirst(max(run.count, 1))
            }
        }
        flush()
        return segments
    }

    /// The data codewords with their padding; nil when they do not fit the version.
    static func codewords(_ segments: [QRSegment], version: QRVersion) -> [UInt8]? {
        var bits = Bits()
        for segment in segments { segment.append(to: &bits, version: version) }
        let capacity = version.dataCount * 8
        guard bits.bits.count <= capacity else { return nil }
        bits.append(0, min(4, capacity - bits.bits.count))
        bits.append(0, (8 - bits.bits.count % 8) % 8)
        var bytes = bits.bytes
        var padding: UInt8 = 0xec
        while bytes.count < version.dataCount {
            bytes.append(padding)
            padding ^= 0xec ^ 0x11
        }
        return bytes
    }

    private func append(to bits: inout Bits, version: QRVersion) {
        let isSmall = version.number <= 9
        switch self {
        case .digits(let digits):
            bits.append(1, 4)
            bits.append(digits.count, isSmall ? 10 : 12)
            for start in stride(from: 0, to: digits.count, by: 3) {
                let group = digits[start..<min(start + 3, digits.count)]
                let number = group.reduce(0) { $0 * 10 + Int($1 - 0x30) }
                bits.append(number, group.count * 3 + 1)
            }
        case .alphanumeric(let text):
            bits.append(2, 4)
            bits.append(text.count, isSmall ? 9 : 11)
            let values = text.map { byte in Self.alphabet.firstIndex(of: byte) ?? 0 }
            for start in stride(from: 0, to: values.count, by: 2) {
                if start + 1 < values.count {
                    bits.append(values[start] * 45 + values[start + 1], 11)
                } else {
                    bits.append(values[start], 6)
                }
            }
        case .bytes(let bytes):
            bits.append(4, 4)
            bits.append(bytes.count, isSmall ? 8 : 16)
            for byte in bytes { bits.append(Int(byte), 8) }
        }
    }
}

private struct Bits {
    private(set) var bits: [Bool] = []

    mutating func append(_ value: Int, _ count: Int) {
        for place in stride(from: count - 1, through: 0, by: -1) {
            bits.append(value >> place & 1 == 1)
        }
    }

    var bytes: [UInt8] {
        stride(from: 0, to: bits.count, by: 8).map { start in
            bits[start..<(start + 8)].reduce(0) { $0 << 1 | ($1 ? 1 : 0) }
        }
    }
}

/// One size of code at one level.
struct QRVersion {
    static let last = 20

    let number: Int
    let level: QRCode.Level

    init(_ number: Int, _ level: QRCode.Level) {
        self.number = number
        self.level = level
    }

    var size: Int { number * 4 + 17 }

    private var correctionCount: Int { correctionCounts[level.rawValue][number - 1] }
    private var blockCount: Int { blockCounts[level.rawValue][number - 1] }

    /// All codewords, from the modules that are left over for them.
    private var codewordCount: Int {
        var modules = (16 * number + 128) * number + 64
        if number >= 2 {
            let alignments = number / 7 + 2
            modules -= (25 * alignments - 10) * alignments - 55
            if number >= 7 { modules -= 36 }
        }
        return modules / 8
    }

    var dataCount: Int { codewordCount - correctionCount * blockCount }

    /// Rows, and columns, of the centres of alignment patterns.
    var alignmentPlaces: [Int] {
        guard number > 1 else { return [] }
        let count = number / 7 + 2
        let step = (number * 8 + count * 3 + 5) / (count * 4 - 4) * 2
        return [6] + (0..<(count - 1)).map { size - 7 - $0 * step }.reversed()
    }

    /// The codewords in the order in which they are placed: a byte of each block by turns.
    func withErrorCorrection(_ data: [UInt8]) -> [UInt8] {
        let generator = ReedSolomon.generator(degree: correctionCount)
        let shortLength = data.count / blockCount
        let longBlocks = data.count % blockCount
        var blocks: [[UInt8]] = []
        var start = 0
        for index in 0..<blockCount {
            let length = shortLength + (index >= blockCount - longBlocks ? 1 : 0)
            blocks.append(Array(data[start..<(start + length)]))
            start += length
        }
        let corrections = blocks.map { ReedSolomon.remainder($0, generator) }
        var codewords: [UInt8] = []
        for index in 0...shortLength {
            for block in blocks where index < block.count { codewords.append(block[index]) }
        }
        for index in 0..<correctionCount {
            for correction in corrections { codewords.append(correction[index]) }
        }
        return codewords
    }
}

/// Reed-Solomon codes over GF(2^8) with the polynomial 0x11d.
private enum ReedSolomon {
    static func generator(degree: Int) -> [UInt8] {
        var coefficients = [UInt8](repeating: 0, count: degree - 1) + [1]
        var root: UInt8 = 1
        for _ in 0..<degree {
            for index in 0..<degree {
                coefficients[index] = product(coefficients[index], root)
                if index + 1 < degree { coefficients[index] ^= coefficients[index + 1] }
            }
            root = product(root, 2)
        }
        return coefficients
    }

    static func remainder(_ data: [UInt8], _ generator: [UInt8]) -> [UInt8] {
        var rest = [UInt8](repeating: 0, count: generator.count)
        for byte in data {
            let factor = byte ^ rest.removeFirst()
            rest.append(0)
            for index in rest.indices { rest[index] ^= product(generator[index], factor) }
        }
        return rest
    }

    private static func product(_ left: UInt8, _ right: UInt8) -> UInt8 {
        var product: UInt8 = 0
        for place in (0..<8).reversed() {
            product = (product << 1) ^ (product >> 7 == 1 ? 0x1d : 0)
            if right >> UInt8(place) & 1 == 1 { product ^= left }
        }
        return product
    }
}

/// Codewords of error correction in each block; levels L, M, Q, H, versions 1 to 20. Source:
/// ISO/IEC 18004, table of error correction characteristics.
private let correctionCounts: [[Int]] = [
    [7, 10, 15, 20, 26, 18, 20, 24, 30, 18, 20, 24, 26, 30, 22, 24, 28, 30, 28, 28],
    [10, 16, 26, 18, 24, 16, 18, 22, 22, 26, 30, 22, 22, 24, 24, 28, 28, 26, 26, 26],
    [13, 22, 18, 26, 18, 24, 18, 22, 20, 24, 28, 26, 24, 20, 30, 24, 28, 28, 26, 30],
    [17, 28, 22, 16, 22, 28, 26, 26, 24, 28, 24, 28, 22, 24, 24, 30, 28, 28, 26, 28],
]

/// Blocks, in the same order. Source: as above.
private let blockCounts: [[Int]] = [
    [1, 1, 1, 1, 1, 2, 2, 2, 2, 4, 4, 4, 4, 4, 6, 6, 6, 6, 7, 8],
    [1, 1, 1, 2, 2, 4, 4, 4, 5, 5, 5, 8, 9, 9, 10, 10, 11, 13, 14, 16],
    [1, 1, 2, 2, 4, 4, 6, 6, 8, 8, 8, 10, 12, 16, 12, 17, 16, 18, 21, 20],
    [1, 1, 2, 4, 4, 4, 5, 6, 8, 8, 11, 11, 16, 16, 18, 16, 19, 21, 25, 25],
]
