import StationCore
import Testing

@testable import SyncProtocol

@Suite("Canonical form")
struct CanonicalFormTests {
    @Test(arguments: [
        (#" { "b" : 1 , "a" : [ true , false ] } "#, #"{"a":[true,false],"b":1}"#),
        (#""\u20ac\/\u0001\u001F\b\f\n\r\t\"\\""#, #""€/\u0001\u001f\b\f\n\r\t\"\\""#),
        (#""\ud83c\udf4e""#, #""🍎""#),
        ("[]", "[]"), ("{}", "{}"), ("0", "0"), ("-7", "-7"),
        ("9007199254740991", "9007199254740991"),
        ("-9007199254740991", "-9007199254740991"),
        (
            #"{"\ue000":1,"\ud83c\udf4e":2,"\u20ac":3,"z":4,"":5}"#,
            "{\"\":5,\"z\":4,\"€\":3,\"🍎\":2,\"\u{e000}\":1}"
        ),
        (#"{"aa":1,"a":2}"#, #"{"a":2,"aa":1}"#),
    ])
    func `any spelling becomes the one spelling`(text: String, canonical: String) throws {
        let value = try CanonicalForm.value(parsing: Array(text.utf8))
        let bytes = CanonicalForm.bytes(of: value)
        #expect(String(decoding: bytes, as: UTF8.self) == canonical)
        #expect(try CanonicalForm.value(parsing: bytes) == value)
    }

    @Test(arguments: [
        ("null", CanonicalRefusal.Reason.null, 0), ("[1,null]", .null, 3),
        ("1.5", .fraction, 1), ("1e3", .exponent, 1), ("0E1", .exponent, 1),
        ("-0", .negativeZero, 0),
        ("-0.5", .fraction, 2), ("01", .leadingZero, 0), ("9007199254740992", .integerTooLarge, 0),
        ("[-9007199254740992]", .integerTooLarge, 1),
        ("123456789012345678901234567890", .integerTooLarge, 0),
        (#"{"a":1,"a":2}"#, .duplicateName, 7), (#"{"a":1,"\u0061":2}"#, .duplicateName, 7),
        (#""\ud800""#, .loneSurrogate, 1), (#""\ud800\u0041""#, .loneSurrogate, 1),
        (#""\udc00""#, .loneSurrogate, 1), (#""\x""#, .badEscape, 1), (#""\u12g4""#, .badEscape, 5),
        ("\"a\nb\"", .controlCharacter, 2), ("\"\\n\u{1}\"", .controlCharacter, 3),
        ("\"abc", .unexpectedEnd, 4), ("", .unexpectedEnd, 0), ("[1,]", .unexpectedByte, 3),
        ("{1:2}", .unexpectedByte, 1), ("{\"a\"}", .unexpectedByte, 4), ("tru", .unexpectedEnd, 3),
        ("1 2", .trailingBytes, 2), ("-", .unexpectedEnd, 1), ("+1", .unexpectedByte, 0),
    ])
    func `what the journal does not allow is refused where it stands`(
        text: String, reason: CanonicalRefusal.Reason, offset: Int
    ) {
        #expect(throws: CanonicalRefusal(reason: reason, offset: offset)) {
            try CanonicalForm.value(parsing: Array(text.utf8))
        }
    }

    @Test(
        arguments: [
            ([0x22, 0x61, 0xff, 0x22], 2), ([0x22, 0xc0, 0x80, 0x22], 1),
            ([0x22, 0xed, 0xa0, 0x80, 0x22], 1), ([0x22, 0x5c, 0x6e, 0x61, 0xe4, 0xb8, 0x22], 4),
            ([0x22, 0xf4, 0x90, 0x80, 0x80, 0x22], 1),
        ] as [([UInt8], Int)])
    func `bytes that are no UTF-8 are refused`(bytes: [UInt8], offset: Int) {
        #expect(throws: CanonicalRefusal(reason: .badUTF8, offset: offset)) {
            try CanonicalForm.value(parsing: bytes)
        }
    }

    @Test func `arrays and objects lie at most 64 deep`() throws {
        func nested(_ depth: Int) -> [UInt8] {
            [UInt8](repeating: UInt8(ascii: "["), count: depth)
                + [UInt8](repeating: UInt8(ascii: "]"), count: depth)
        }
        _ = try CanonicalForm.value(parsing: nested(64))
        #expect(throws: CanonicalRefusal(reason: .tooDeep, offset: 64)) {
            try CanonicalForm.value(parsing: nested(65))
        }
        #expect(throws: CanonicalRefusal(reason: .tooDeep, offset: 64)) {
            try CanonicalForm.value(parsing: [UInt8](repeating: UInt8(ascii: "["), count: 100_000))
        }
    }

    @Test(arguments: 0..<200 as Range<UInt64>)
    func `names stand in the order of their UTF-16 code units`(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        var members: [String: CanonicalValue] = [:]
        for _ in 0..<8 { members[random.text()] = .integer(1) }
        let value = CanonicalValue.object(members)
        let bytes = CanonicalForm.bytes(of: value)
        #expect(try CanonicalForm.value(parsing: bytes) == value)
        var expected = "{"
        for name in members.keys.sorted(by: { $0.utf16.lexicographicallyPrecedes($1.utf16) }) {
            let spelled = CanonicalForm.bytes(of: .string(name))
            expected += expected.utf8.count > 1 ? "," : ""
            expected += String(decoding: spelled, as: UTF8.self) + ":1"
        }
        #expect(bytes == Array((expected + "}").utf8))
    }

    @Test(arguments: 0..<300 as Range<UInt64>)
    func `garbage and cut-up text never trap and never become another value`(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let value = random.value(depth: 4)
        let bytes = CanonicalForm.bytes(of: value)
        #expect(try CanonicalForm.value(parsing: bytes) == value)
        var damaged = bytes
        switch random.next() % 4 {
        case 0: damaged = Array(bytes.prefix(random.below(bytes.count + 1)))
        case 1: damaged[random.below(bytes.count)] = UInt8.random(in: 0...255, using: &random)
        case 2: damaged += bytes
        default: damaged = (0..<40).map { _ in UInt8.random(in: 0...255, using: &random) }
        }
        do {
            let read = try CanonicalForm.value(parsing: damaged)
            let spelled = CanonicalForm.bytes(of: read)
            #expect(try CanonicalForm.value(parsing: spelled) == read)
        } catch {
            #expect((0...damaged.count).contains(error.offset))
        }
    }
}
