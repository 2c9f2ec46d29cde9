/// The bars of a one-dimensional code: widths in modules, a bar first, then a gap, and so on.
public struct BarSymbol: Equatable, Sendable {
    public let widths: [Int]

    public var moduleCount: Int { widths.reduce(0, +) }

    /// Code 128 in set B, digits in pairs in set C where at least four of them end the text.
    ///
    /// Nil where a character is none of set B.
    public init?(code128 text: String) {
        let bytes = Array(text.utf8)
        guard !bytes.isEmpty, bytes.allSatisfy({ (0x20...0x7f).contains($0) }) else { return nil }
        let digitCount = bytes.reversed().prefix { (0x30...0x39).contains($0) }.count
        let pairedCount = digitCount < 4 ? 0 : digitCount - digitCount % 2
        let letters = bytes.dropLast(pairedCount)
        var values = letters.isEmpty ? [105] : [104] + letters.map { Int($0) - 32 }
        if pairedCount > 0 {
            if !letters.isEmpty { values.append(99) }
            let digits = bytes.suffix(pairedCount).map { Int($0) - 0x30 }
            for start in stride(from: 0, to: pairedCount, by: 2) {
                values.append(digits[start] * 10 + digits[start + 1])
            }
        }
        let check = values.enumerated().reduce(0) { $0 + $1.element * max($1.offset, 1) } % 103
        widths = (values + [check, 106]).flatMap { value in
            code128Widths[value].utf8.map { Int($0) - 0x30 }
        }
    }

    /// EAN-13 or EAN-8 with its check digit; nil for anything else.
    public init?(ean text: String) {
        let digits = text.utf8.map { Int($0) - 0x30 }
        guard digits.allSatisfy({ (0...9).contains($0) }) else { return nil }
        var modules = "101"
        switch digits.count {
        case 13:
            let parity = Array(eanParities[digits[0]].utf8)
            for (index, digit) in digits[1...6].enumerated() {
                let isOfSetL = parity[index] == UInt8(ascii: "L")
                modules += isOfSetL ? eanLeft[digit] : String(eanRight(digit).reversed())
            }
            modules += "01010" + digits[7...].map { eanRight($0) }.joined()
        case 8:
            modules += digits[..<4].map { eanLeft[$0] }.joined()
            modules += "01010" + digits[4...].map { eanRight($0) }.joined()
        default: return nil
        }
        modules += "101"
        var widths: [Int] = []
        var last: Character?
        for module in modules {
            if module == last { widths[widths.count - 1] += 1 } else { widths.append(1) }
            last = module
        }
        self.widths = widths
    }
}

private func inverted(_ modules: String) -> String {
    String(modules.map { $0 == "0" ? "1" : "0" })
}

private func eanRight(_ digit: Int) -> String { inverted(eanLeft[digit]) }

private let eanLeft = [
    "0001101", "0011001", "0010011", "0111101", "0100011", "0110001", "0101111", "0111011",
    "0110111", "0001011",
]

/// Which of the six left digits are of the set L, by the first digit.
private let eanParities = [
    "LLLLLL", "LLGLGG", "LLGGLG", "LLGGGL", "LGLLGG", "LGGLLG", "LGGGLL", "LGLGLG", "LGLGGL",
    "LGGLGL",
]

/// ISO/IEC 15417, by symbol value; 103 to 105 start, 106 stops.
private let code128Widths = [
    "212222", "222122", "222221", "121223", "121322", "131222", "122213", "122312", "132212",
    "221213", "221312", "231212", "112232", "122132", "122231", "113222", "123122", "123221",
    "223211", "221132", "221231", "213212", "223112", "312131", "311222", "321122", "321221",
    "312212", "322112", "322211", "212123", "212321", "232121", "111323", "131123", "131321",
    "112313", "132113", "132311", "211313", "231113", "231311", "112133", "112331", "132131",
    "113123", "113321", "133121", "313121", "211331", "231131", "213113", "213311", "213131",
    "311123", "311321", "331121", "312113", "312311", "332111", "314111", "221411", "431111",
    "111224", "111422", "121124", "121421", "141122", "141221", "112214", "112412", "122114",
    "122411", "142112", "142211", "241211", "221114", "413111", "241112", "134111", "111242",
    "121142", "121241", "114212", "124112", "124211", "411212", "421112", "421211", "212141",
    "214121", "412121", "111143", "111341", "131141", "114113", "114311", "411113", "411311",
    "113141", "114131", "311141", "411131", "211412", "211214", "211232", "2331112",
]
