import StationCore
import SyncProtocol
import Testing

@testable import Hub

@Suite("Lists as people write them")
struct ListFileTests {
    @Test func `CSV and JSON give the same list`() throws {
        let csv =
            "\u{feff}produce,price,en,zh-Hans\r\napple,3.20,Apple,苹果\r\n\r\n"
            + "\"pear\",4,\"Pear, \"\"early\"\"\",\r\n"
        let json = """
            [{"produce": "apple", "price": "3.20", "en": "Apple", "zh-Hans": "苹果"},
             {"produce": "pear", "price": "4", "en": "Pear, \\"early\\""}]
            """
        let prices = try ListFile.prices(csv)
        #expect(prices.map(\.produce.text) == ["apple", "pear"])
        #expect(prices.map(\.price.count) == [320, 400])
        #expect(prices[0].name.byLanguage == ["en": "Apple", "zh-Hans": "苹果"])
        #expect(prices[1].name.byLanguage == ["en": "Pear, \"early\""])
        #expect(try ListFile.prices(json) == prices)
    }

    @Test func `articles are read with their price for one`() throws {
        let articles = try ListFile.articles("article,price,en\n6901234567892,45.6,Pot\n")
        #expect(articles.map(\.article.text) == ["6901234567892"])
        #expect(articles.map(\.price) == [Fen(4_560)])
    }

    @Test func `everything that is wrong is said at once, with its line`() throws {
        let csv = """
            produce,price,en,colour
            apple,3.205,Apple,
            a b,1,Beet,
            pear,1,,
            plum,0,Plum,
            fig,1,Fig,
            fig,2,Fig,
            truffle,1000000.01,Truffle,
            saffron,1000000,Saffron,
            """
        let refusal = try #require(throws: ListFile.Refusal.self) { try ListFile.prices(csv) }
        for part in [
            "line 2: price \"3.205\" is not in yuan", "line 3: produce \"a b\" is not",
            "line 4: no name in en, zh-Hans, zh-Hant, mn", "line 5: price \"0\"",
            "line 7: produce \"fig\" stands in line 6 already",
            "line 8: price \"1000000.01\" is not in yuan, above zero and at most a million",
            "line 2: \"colour\" is none of produce, price, en",
        ] {
            #expect(refusal.problems.contains { $0.hasPrefix(part) }, "\(part)")
        }
        #expect(!refusal.problems.contains { $0.hasPrefix("line 9: price") })
    }

    @Test(arguments: [
        ("", "the file is empty"), ("[{\"price\": 3.2}]", "line 1: fraction"),
        ("[\n{\"price\": null}]", "line 2: null"),
        ("[{\"price\": 320}]", "item 1: \"price\" is no text"), ("[1]", "item 1: an object"),
        ("a,a\n1,2", "line 1: a name stands twice"), ("a,b\n1", "line 2: 1 fields; 2"),
        ("a,b\n1,\"2", "line 2: a quotation mark"),
        ("produce,en\napple,Apple", "line 1: the head line has produce, price"),
        ("\u{0}\u{0}", "line 1: the head line has produce, price"),
        ("produce,price,en\n\n", "no row"),
    ])
    func `a file that is no list is refused with the place`(text: String, problem: String) throws {
        let refusal = try #require(throws: ListFile.Refusal.self) { try ListFile.prices(text) }
        #expect(refusal.problems.first?.hasPrefix(problem) == true, "\(refusal)")
    }

    @Test func `a list is emptied on purpose alone`() throws {
        #expect(try ListFile.prices(" [ ]\n") == [])
    }

    @Test(arguments: 0..<300 as Range<UInt64>)
    func `a damaged file is refused or a list`(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let texts = [
            "produce,price,en\napple,3.20,Apple\n\"pear\",4,\"P\"\"ear\"\n",
            "[{\"produce\":\"apple\",\"price\":\"3.20\",\"en\":\"Apple\"}]",
        ]
        let bytes = random.damaged(
            Array(texts[random.below(2)].utf8), times: 1 + random.below(4))
        let text = String(decoding: bytes, as: UTF8.self)
        if let prices = try? ListFile.prices(text) {
            #expect(!prices.isEmpty)
            #expect(prices.allSatisfy { $0.price.count > 0 && !$0.name.byLanguage.isEmpty })
            #expect(Set(prices.map(\.produce)).count == prices.count)
        }
    }

    @Test(arguments: 0..<300 as Range<UInt64>)
    func `whatever is typed is read or refused`(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let marks = Array("0123456789,.\n\r\"[]{}:-\\ aprice\u{0}苹\u{301}")
        let text = String((0..<random.below(60)).map { _ in marks[random.below(marks.count)] })
        // Nothing of it is a list: a code, a price and a name would be needed.
        #expect(throws: ListFile.Refusal.self) { try ListFile.articles(text + "\"") }
        if let fen = Fen(yuan: text) { #expect((0...99_999_999_999).contains(fen.count)) }
    }
}

@Suite("Entries as CloudEvents")
struct CloudEventTests {
    @Test func `an event has the words of CloudEvents and the entry in it`() throws {
        let station = try #require(StationNumber("990001"))
        let entry = Entry(
            station: station, epoch: 1, sequence: 42, kind: .dayOpened, version: 1,
            moment: Moment(time: 1_767_225_600_123, quality: .network, monotonic: 5), boot: "b",
            actor: .station, postings: .none, body: .object(["counted": .integer(3)]))
        let value = try CanonicalForm.value(parsing: CloudEvent.line(of: entry))
        #expect(value["specversion"]?.string == "1.0")
        #expect(value["type"]?.string == "day.opened")
        #expect(value["source"]?.string == "/stations/990001/1")
        #expect(value["id"]?.string == "42")
        #expect(value["time"]?.string == "2026-01-01T00:00:00.123Z")
        #expect(value["data"]?["body"]?["counted"]?.integer == 3)
    }

    @Test(
        arguments: [
            (0, "1970-01-01T00:00:00.000Z"), (951_782_400_000, "2000-02-29T00:00:00.000Z"),
            (951_868_799_999, "2000-02-29T23:59:59.999Z"),
            (951_868_800_000, "2000-03-01T00:00:00.000Z"),
            (1_709_164_800_000, "2024-02-29T00:00:00.000Z"),
            (4_107_542_400_000, "2100-03-01T00:00:00.000Z"),
            (253_402_300_799_999, "9999-12-31T23:59:59.999Z"), (-1, nil),
            (253_402_300_800_000, nil),
        ] as [(Int, String?)])
    func `instants are written by RFC 3339`(milliseconds: Int, text: String?) {
        #expect(CloudEvent.instant(milliseconds) == text)
    }
}
