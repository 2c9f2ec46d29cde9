import StationCore
import Testing

@Suite("Article numbers by their check digit")
struct ArticleNumberTests {
    @Test(arguments: [
        ("96385074", Barcode.Kind.gtin8), ("036000291452", .gtin12), ("6901234567892", .gtin13),
        ("6291041500213", .gtin13), ("10614141234568", .gtin14), ("2500123007569", .inStore),
    ])
    func `a right check digit makes an article number`(text: String, kind: Barcode.Kind) {
        #expect(Barcode(text: text).kind == kind)
        #expect(Barcode(text: text).text == text)
    }

    @Test(arguments: [
        "96385075", "036000291453", "6901234567890", "10614141234569", "2500123007560",
    ])
    func `a wrong check digit makes it unknown, and the text is kept`(text: String) {
        #expect(Barcode(text: text) == .unknown(text: text, why: .check))
    }

    @Test func `every single wrong digit is found`() {
        let digits = Array("6901234567892")
        for place in digits.indices {
            for other in "0123456789" where other != digits[place] {
                var wrong = digits
                wrong[place] = other
                #expect(GTIN(String(wrong)) == nil)
            }
        }
    }

    @Test func `the weight code of a label scale tells item and grams`() throws {
        let gtin = try #require(GTIN("2500123007569"))
        let code = try #require(InStoreCode(gtin))
        #expect(code.prefix.text == "25")
        #expect(code.item.text == "00123")
        #expect(code.gramDigits.text == "00756")
        #expect(code.grams == Grams(756))
    }

    @Test(arguments: ["1999999999999", "3000000000007"])
    func `only 20 to 29 are in-store numbers`(text: String) {
        #expect(Barcode(text: text).kind != .inStore)
    }

    @Test func `twelve and thirteen digits name the same article`() throws {
        let upc = try #require(GTIN("036000291452"))
        let ean = try #require(GTIN("0036000291452"))
        #expect(upc != ean)
        #expect(upc.spellings == ["036000291452", "00036000291452", "0036000291452"])
        #expect(Set(upc.spellings) == Set(ean.spellings))
        #expect(
            try #require(GTIN("6901234567892")).spellings == ["6901234567892", "06901234567892"])
    }

    @Test(arguments: [("]E0", true), ("]E4", true), ("]I1", false), ("]C0", false), ("]Q1", false)])
    func `a symbology that is told decides whether digits are an article`(
        aim: String, isArticle: Bool
    ) {
        let barcode = Barcode(Scan(text: "6901234567892", aim: aim))
        #expect((barcode.kind == .gtin13) == isArticle)
    }

    @Test func `of interleaved 2 of 5 only fourteen digits are an article's`() {
        let text = "10614141234568"
        #expect(Barcode(Scan(text: text, aim: "]I1")) == Barcode(text: text))
        #expect(Barcode(Scan(text: text, aim: "]I1")).kind == .gtin14)
    }

    @Test(arguments: ["", "1", "SF1234567890123", "690123456789X", "６９０１２３４５６７８９２", "\u{1d}"])
    func `anything else is unknown without a reason`(text: String) {
        #expect(Barcode(text: text) == .unknown(text: text, why: nil))
    }
}

@Suite("Our own codes")
struct OwnCodeTests {
    private static let pin = String(repeating: "Ab-_0123456789", count: 4).prefix(43)

    private static func samples() throws -> [Barcode] {
        let secret = try #require(Digits<5>("04711"))
        let station = try #require(Digits<6>(123_456))
        let enrolment = try #require(
            Enrolment(
                address: "hub.example:8443", station: station, epoch: 1,
                token: String(String(repeating: "tok_EN-x01", count: 3).prefix(22)),
                pins: [String(pin), String(pin.reversed())]))
        return [
            .villagerCard(try #require(Digits<8>("12345678"))),
            .badge(try #require(Digits<8>("20481024"))),
            .command(try #require(Digits<3>(7)), stationSecret: secret),
            .slip(try OwnCodeTests.slip()),
            .rackPlace(try #require(Digits<4>(12))),
            .parcelLabel(try #require(Digits<9>(1_234))),
            .runLine(run: try #require(Digits<6>(31)), line: try #require(Digits<2>(4))),
            .numberKey(try #require(Digits<1>(9)), stationSecret: secret),
            .enrolment(enrolment),
            .pairing(try #require(Digits<6>("000042"))),
            .slipShort(
                SlipShortCode(
                    sequence: try #require(Digits<8>(42)), halfMark: try #require(Digits<4>("3141"))
                )),
        ]
    }

    private static func slip() throws -> SlipCode {
        SlipCode(
            station: try #require(Digits<6>("123456")), epoch: try #require(Digits<2>(1)),
            sequence: try #require(Digits<9>(42)), mark: try #require(Digits<8>("31415926")))
    }

    @Test func `the examples that every part agrees on`() throws {
        let card = try #require(Digits<8>("12345678"))
        let badge = try #require(Digits<8>("20481024"))
        let short = SlipShortCode(
            sequence: try #require(Digits<8>(42)), halfMark: try #require(Digits<4>("3141")))
        #expect(Barcode(text: "VK011234567840") == .villagerCard(card))
        #expect(Barcode(text: "VK022048102426") == .badge(badge))
        #expect(Barcode(text: "VK1100000042314116") == .slipShort(short))
        #expect(
            Barcode(text: "VK04123456010000000423141592639") == .slip(try OwnCodeTests.slip()))
    }

    @Test func `what is printed is read back, also by a scanner behind a Caps Lock`() throws {
        for code in try OwnCodeTests.samples() {
            #expect(Barcode(text: code.text) == code)
            #expect(Barcode(text: code.text.lowercased()) == code)
            #expect(code.text.utf8.count <= Scan.textLengthMax)
        }
    }

    @Test func `every kind has a sample here`() throws {
        let kinds = Set(try OwnCodeTests.samples().map(\.kind))
        let foreign: Set<Barcode.Kind> = [.gtin8, .gtin12, .gtin13, .gtin14, .inStore, .unknown]
        #expect(kinds == Set(Barcode.Kind.allCases).subtracting(foreign))
    }

    @Test func `every single wrong digit of a code is found`() throws {
        for code in try OwnCodeTests.samples() {
            let characters = Array(code.text)
            for place in characters.indices.dropFirst(4) {
                for other in "0123456789" where other != characters[place] {
                    var wrong = characters
                    wrong[place] = other
                    let text = String(wrong)
                    #expect(Barcode(text: text) == .unknown(text: text, why: .check))
                }
            }
        }
    }

    @Test(arguments: [
        "VK", "VK01", "VK0112345678", "VK0112345678400", "VK991234567840", "VK01123456784O",
        "vk0000000000000", "VKontakte",
    ])
    func `what only begins like one of ours is unknown by its form`(text: String) {
        #expect(Barcode(text: text) == .unknown(text: text, why: .form))
    }

    @Test(arguments: [
        "2 h.example:1 123456 1 {t} {p} {p}", "1 h.example:1 12345 1 {t} {p} {p}",
        "1 h.example:1 123456 100 {t} {p} {p}", "1 h.example:1 123456 1 {t} {p}",
        "1  123456 1 {t} {p} {p}", "1 h.example:1 123456 1 short {p} {p}",
        "1 h\n.example:1 123456 1 {t} {p} {p}",
        "1 a-name-that-is-much-too-long-for-a-qr-code.example:1 123456 1 {t} {p} {p}",
    ])
    func `an enrolment that is not as described is refused`(form: String) {
        let token = String(repeating: "T", count: 22)
        let fields = form.split(separator: " ", omittingEmptySubsequences: false).map { field in
            switch field {
            case "{t}": token
            case "{p}": String(OwnCodeTests.pin)
            default: String(field)
            }
        }
        #expect(Enrolment(plainText: fields.joined(separator: " ")) == nil)
    }

    @Test(arguments: [
        ("hub.example:8443", true), ("h:1", true), ("192.0.2.1:65535", true),
        ("[2001:db8::1]:443", true), ("a-b_c.example:00443", true),
        ("nohost", false), (":443", false), ("127.0.0.1:", false), ("127.0.0.1:99999", false),
        ("127.0.0.1:65536", false), ("h:0", false), ("h:-1", false), ("h:+1", false),
        ("h:4 43", false), ("h:１", false), ("2001:db8::1:443", false), ("[]:443", false),
        ("[h]:443", false), ("[::1:443", false), ("https://h:443", false), ("h/x:443", false),
        ("u@h:443", false), ("hüb:443", false), ("", false), (":", false),
    ])
    func `an address is a host and a port, or the enrolment is none`(
        address: String, isOne: Bool
    ) throws {
        let station = try #require(Digits<6>(123_456))
        let pin = String(OwnCodeTests.pin)
        let enrolment = Enrolment(
            address: address, station: station, epoch: 1,
            token: String(repeating: "T", count: 22), pins: [pin, pin])
        #expect((enrolment != nil) == isOne)
    }

    @Test func `an enrolment is typed as plain text just as well`() throws {
        for case .enrolment(let enrolment) in try OwnCodeTests.samples() {
            #expect(Enrolment(plainText: enrolment.plainText) == enrolment)
            #expect(enrolment.epoch == 1)
            #expect(enrolment.pins.count == 2)
        }
    }

    @Test func `the mark is the first eight bytes of the hash modulo ten to the eighth`() throws {
        let hash: [UInt8] = [0, 0, 0, 0, 0x1d, 0xf5, 0xe7, 0x76, 0xff, 0xff]  // 502 654 838
        let mark = try #require(Digits<8>.mark(ofHash: hash))
        #expect(mark.text == "02654838")
        #expect(mark.firstHalf?.text == "0265")
        #expect(Digits<8>.mark(ofHash: hash.prefix(7)) == nil)
        #expect(Digits<8>.mark(ofHash: [UInt8](repeating: 0xff, count: 8))?.text == "09551615")
    }

    @Test func `a description tells the kind and no digit`() throws {
        for code in try OwnCodeTests.samples() {
            #expect("\(code)" == code.kind.rawValue)
            #expect(String(reflecting: code) == code.kind.rawValue)
        }
        #expect("\(try #require(Digits<8>("12345678")))" == "8 digits")
    }

    @Test(arguments: UInt64(0)..<200)
    func `whatever text comes is taken and given back`(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let alphabet = Array("VKvk0123456789 -\u{1d}é")
        for _ in 0..<50 {
            let text = String(
                (0..<Int.random(in: 0...40, using: &generator)).map { _ in
                    alphabet[Int.random(in: 0..<alphabet.count, using: &generator)]
                })
            let code = Barcode(text: text)
            #expect(code.text.lowercased() == text.lowercased())
        }
    }
}

/// SplitMix64: the same seed gives the same run everywhere.
private struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
