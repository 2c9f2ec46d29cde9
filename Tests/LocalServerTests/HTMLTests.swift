import StationCore
import Testing

@testable import LocalServer

@Suite("What a page is made of") struct PagePieceTests {
    @Test(arguments: [
        ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
        ("\" onclick='x'", "&quot; onclick=&#39;x&#39;"), ("a & b", "a &amp; b"),
        ("bell\u{7}", "bell\u{FFFD}"), ("苹果 – алим", "苹果 – алим"),
    ])
    func `text from outside never becomes markup`(letters: String, expected: String) {
        let piece: HTML = "<p>\(letters)</p>"
        #expect(piece.text == "<p>\(expected)</p>")
    }

    @Test func `a piece goes into a piece as it is`() {
        let inner: HTML = "<b>\("<")</b>"
        let outer: HTML = "<p>\(inner)\([inner, inner])</p>"
        #expect(outer.text == "<p><b>&lt;</b><b>&lt;</b><b>&lt;</b></p>")
    }

    @Test(arguments: 0..<200)
    func `escaped letters hold no character that ends text or a value`(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let letters = String(
            decoding: (0..<60).map { _ in UInt8.random(in: 0...255, using: &random) }, as: UTF8.self
        )
        let safe = HTML.escaped(letters)
        #expect(!safe.contains { "<>\"'".contains($0) })
    }
}

@Suite("What forms send") struct FormReadingTests {
    @Test(arguments: [
        ("45", 4_500), ("45.6", 4_560), ("45,60", 4_560), (" 45.60 ", 4_560), ("0.05", 5),
        ("007", 700), ("0", 0),
    ])
    func `an amount becomes whole fen exactly`(text: String, fen: Int) {
        #expect(TypedMoney.fen(text)?.value == fen)
    }

    @Test(arguments: [
        "", " ", "-1", "1.234", "1.2.3", ".50", "1e3", "四十五", "45.6x", "1 000",
        "99999999999999999999",
    ])
    func `what is no amount is none`(text: String) {
        #expect(TypedMoney.fen(text) == nil)
    }

    @Test func `fields are decoded, and the first of a name counts`() {
        let form = Form(Array("a=1+2&a=3&b=%E8%8B%B9&c&d=%zz".utf8))
        #expect(form["a"] == "1 2")
        #expect(form["b"] == "苹")
        #expect(form["c"] == "")
        #expect(form["d"] == nil)
    }

    @Test(arguments: 0..<300)
    func `garbage is read as a form without harm`(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let alphabet = Array("ab=&%+19~\u{FF}".utf8)
        let bytes = (0..<Int.random(in: 0...80, using: &random)).map { _ in
            alphabet[Int.random(in: 0..<alphabet.count, using: &random)]
        }
        let form = Form(bytes)
        if let value = form["a"] { #expect(value.utf8.count <= bytes.count) }
    }
}

/// SplitMix64: the same numbers for the same seed on every machine.
struct SeededRandom: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var value = state
        value = (value ^ (value >> 30)) &* 0xbf58_476d_1ce4_e5b9
        value = (value ^ (value >> 27)) &* 0x94d0_49bb_1331_11eb
        return value ^ (value >> 31)
    }
}
