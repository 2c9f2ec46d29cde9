/// The text of an EAN with its check digit; nil where the printer would print nothing.
func eanText(_ data: [UInt8], length: Int) -> String? {
    guard data.count == length || data.count == length - 1,
        data.allSatisfy({ (0x30...0x39).contains($0) })
    else { return nil }
    let digits = data.prefix(length - 1).map { Int($0) - 0x30 }
    let sum = digits.reversed().enumerated().reduce(0) { sum, digit in
        sum + digit.element * (digit.offset.isMultiple(of: 2) ? 3 : 1)
    }
    let check = (10 - sum % 10) % 10
    if data.count == length && Int(data[length - 1]) - 0x30 != check { return nil }
    return String(decoding: data.prefix(length - 1), as: UTF8.self) + String(check)
}

/// What a scanner reads of Code 128 data as GS k 73 takes it: `{A`, `{B` or `{C` first, which may
/// change in the middle; in `{C` each byte is a pair of digits.
func code128Text(_ data: [UInt8]) -> (text: String, moduleCount: Int)? {
    enum Set { case a, b, c }
    guard data.count >= 3, data[0] == 0x7b else { return nil }
    var set: Set?
    var text: [UInt8] = []
    var symbolCount = 0
    var rest = data[...]
    while let byte = rest.popFirst() {
        if byte == 0x7b {
            guard let letter = rest.popFirst() else { return nil }
            symbolCount += 1
            switch letter {
            case 0x41: set = .a
            case 0x42: set = .b
            case 0x43: set = .c
            case 0x31 where set != nil: text.append(0x1d)
            case 0x7b where set == .b: text.append(0x7b)
            default: return nil
            }
            continue
        }
        symbolCount += 1
        switch set {
        case .a where byte < 0x60, .b where (0x20...0x7f).contains(byte): text.append(byte)
        case .c where byte < 100: text += [0x30 + byte / 10, 0x30 + byte % 10]
        default: return nil
        }
    }
    guard !text.isEmpty else { return nil }
    // The start is among the symbols; check and stop follow.
    return (String(decoding: text, as: UTF8.self), 11 * (symbolCount + 1) + 13)
}

/// Modules along one side of the smallest QR of that level that holds `data`, quiet zone not
/// counted; nil where none does. Source: ISO/IEC 18004, table 7, by data codewords.
func qrSide(of data: [UInt8], level: UInt8) -> Int? {
    let codewords = qrCodewords[Int(level - 0x30)]
    let isNumeric = data.allSatisfy { (0x30...0x39).contains($0) }
    let isAlphanumeric = data.allSatisfy { alphanumericBytes.contains($0) }
    for (index, count) in codewords.enumerated() {
        let version = index + 1
        let group = version < 10 ? 0 : version < 27 ? 1 : 2
        let bits: Int
        if isNumeric {
            let rest = [0, 4, 7][data.count % 3]
            bits = 4 + [10, 12, 14][group] + data.count / 3 * 10 + rest
        } else if isAlphanumeric {
            bits = 4 + [9, 11, 13][group] + data.count / 2 * 11 + data.count % 2 * 6
        } else {
            bits = 4 + [8, 16, 16][group] + data.count * 8
        }
        if bits <= count * 8 { return 17 + 4 * version }
    }
    return nil
}

private let alphanumericBytes = Set("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:".utf8)

/// Data codewords of versions 1 to 20 for levels L, M, Q, H: larger ones do not fit on a slip.
private let qrCodewords: [[Int]] = [
    [
        19, 34, 55, 80, 108, 136, 156, 194, 232, 274, 324, 370, 428, 461, 523, 589, 647, 721, 795,
        861,
    ],
    [
        16, 28, 44, 64, 86, 108, 124, 154, 182, 216, 254, 290, 334, 365, 415, 453, 507, 563, 627,
        669,
    ],
    [
        13, 22, 34, 48, 62, 76, 88, 110, 132, 154, 180, 206, 244, 261, 295, 325, 367, 397, 445, 485,
    ],
    [
        9, 16, 26, 36, 46, 60, 66, 86, 100, 122, 140, 158, 180, 197, 223, 253, 283, 313, 341, 385,
    ],
]
