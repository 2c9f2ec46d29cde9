import StationCore

/// SplitMix64: the same seed gives the same run everywhere.
struct SeededRandom: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }

    mutating func below(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &self) }

    /// Letters, escapes, and code points from all the ranges in which encodings differ.
    mutating func text() -> String {
        let scalars: [Unicode.Scalar] = [
            "a", "b", "Z", "\"", "\\", "\n", "\u{1}", "\u{7f}", "é", "€", "苹", "\u{d7ff}",
            "\u{e000}", "\u{ff21}", "\u{fffd}", "\u{10000}", "🍎", "\u{10ffff}",
        ]
        var text = ""
        for _ in 0..<below(5) { text.unicodeScalars.append(scalars[below(scalars.count)]) }
        return text
    }

    mutating func value(depth: Int) -> CanonicalValue {
        switch below(depth > 0 ? 5 : 3) {
        case 0:
            return .integer(
                Int.random(
                    in: -CanonicalValue.integerMax...CanonicalValue.integerMax, using: &self))
        case 1: return .string(text())
        case 2: return .boolean(below(2) == 0)
        case 3: return .array((0..<below(4)).map { _ in value(depth: depth - 1) })
        default:
            var members: [String: CanonicalValue] = [:]
            for _ in 0..<below(4) { members[text()] = value(depth: depth - 1) }
            return .object(members)
        }
    }
}
