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
