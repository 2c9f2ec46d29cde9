/// The data of GS k 73: code set B for the letters, C for pairs of digits.
///
/// A real-time command is obeyed even in the middle of another command's data, so the pairs must
/// not spell one: 16 20 would open the drawer, 16 04 ask for a status.
enum Code128 {
    /// - Parameter headWidth: Dots.
    /// - Returns: Nil where `payload` is not letters followed by an even number of digits, or where every way
    /// to write it spells a real-time command or is wider than the head; then its text must do.
    static func data(for payload: String, headWidth: Int) -> [UInt8]? {
        let bytes = Array(payload.utf8)
        let letters = bytes.prefix { !isDigit($0) }
        let digits = bytes.dropFirst(letters.count).map { $0 - 0x30 }
        guard letters.allSatisfy({ (0x41...0x5a).contains($0) }), digits.allSatisfy({ $0 < 10 }),
            digits.count.isMultiple(of: 2), digits.count >= 4
        else { return nil }
        let head = [UInt8](arrayLiteral: 0x7b, 0x42) + letters
        let aligned = head + [0x7b, 0x43] + pairs(digits)
        let shifted =
            head + [digits[0] + 0x30, 0x7b, 0x43] + pairs(digits.dropFirst().dropLast())
            + [0x7b, 0x42, digits[digits.count - 1] + 0x30]
        return [aligned, shifted].first {
            !spellsCommand($0) && moduleCount(of: $0) * moduleWidth <= headWidth
        }
    }

    /// Dots of the narrowest bar.
    static let moduleWidth = 2

    private static func pairs(_ digits: some Collection<UInt8>) -> [UInt8] {
        let digits = Array(digits)
        return stride(from: 0, to: digits.count, by: 2).map { digits[$0] * 10 + digits[$0 + 1] }
    }

    /// DLE EOT, DLE ENQ or DLE DC4.
    private static func spellsCommand(_ data: [UInt8]) -> Bool {
        zip(data, data.dropFirst()).contains { $0 == 0x10 && [0x04, 0x05, 0x14].contains($1) }
    }

    /// Eleven modules for each symbol and the check, thirteen for the stop. A brace and its letter
    /// are one symbol: the start, or a change of set.
    private static func moduleCount(of data: [UInt8]) -> Int {
        11 * (data.count - data.count { $0 == 0x7b } + 1) + 13
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
}
