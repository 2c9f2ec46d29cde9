import Receipts
import Simulators
import StationCore
import Testing

@testable import stationdemo

@Suite("Cards made of papers")
struct CardShelfTests {
    private func strip(_ number: Int, _ texts: [(label: String, payload: String)]) -> PrintedStrip {
        var paper = EscposPaper()
        var strip = PrintedStrip(number: number)
        for (label, payload) in texts {
            let code = Array(payload.utf8)
            let bytes =
                Array("  \(label)\n".utf8) + [0x1d, 0x77, 2, 0x1d, 0x6b, 73, UInt8(code.count + 2)]
                + [0x7b, 0x42] + code
            for event in bytes.flatMap({ paper.consume($0) }) {
                if case .line(let line) = event { strip.add(line) }
            }
        }
        return strip
    }

    @Test func `a code is filed by what it is, under the line above it`() throws {
        let card = Barcode.villagerCard(try #require(Digits<8>("12345678"))).text
        let badge = Barcode.badge(try #require(Digits<8>("20481024"))).text
        let key = Barcode.numberKey(
            try #require(Digits<1>("7")), stationSecret: try #require(Digits<5>("00042"))
        ).text
        var shelf = CardShelf(goods: [])
        shelf.take([strip(1, [("Villager 1", card)]), strip(2, [("No. 1", badge), ("7", key)])])
        #expect(shelf.cards[.villagers] == [.init(label: "Villager 1", payload: card)])
        #expect(shelf.cards[.badges] == [.init(label: "No. 1", payload: badge)])
        #expect(shelf.cards[.numbers]?.map(\.label) == ["7"])
    }

    @Test func `a newer badge of the same name replaces the one before`() throws {
        let old = Barcode.badge(try #require(Digits<8>("11111111"))).text
        let new = Barcode.badge(try #require(Digits<8>("22222222"))).text
        var shelf = CardShelf(goods: [])
        shelf.take([strip(1, [("No. 1", old)])])
        shelf.take([strip(1, [("No. 1", old)]), strip(2, [("No. 1", new)])])
        #expect(shelf.cards[.badges]?.map(\.payload) == [new])
    }

    @Test(arguments: [Language.english, .simplifiedChinese])
    func `the sheet that the box prints becomes a board of named commands`(
        language: Language
    ) throws {
        let sheet = Paper.commandSheet(
            secret: try #require(Digits<5>("00042")),
            station: try #require(StationNumber("123456")),
            letterhead: Letterhead(stationName: "Green Hill", utcOffsetMinutes: 480),
            language: language)
        var paper = EscposPaper()
        var strip = PrintedStrip(number: 1)
        for event in EscposText().render(sheet).flatMap({ paper.consume($0) }) {
            if case .line(let line) = event { strip.add(line) }
        }
        var shelf = CardShelf(goods: [])
        shelf.take([strip])
        let commands = try #require(shelf.cards[.commands])
        #expect(commands.count == Command.allCases.count)
        #expect(Set(commands.map(\.label)).count == commands.count)
        #expect(shelf.cards[.numbers]?.map(\.label) == (0...9).map(String.init))
    }

    @Test func `goods carry numbers that a scanner takes`() {
        for item in DemoLists.goods { #expect(GTIN(item.code) != nil, "\(item.code)") }
        #expect(DemoLists.cards.count == DemoLists.goods.count + DemoLists.produce.count)
    }
}

@Suite("What the panel's forms can do")
struct WorldActionTests {
    private func form(_ act: String, _ change: (inout WorldAction.Form) -> Void = { _ in })
        -> WorldAction.Form
    {
        var form = WorldAction.Form(act: act)
        change(&form)
        return form
    }

    @Test func `a form that says all is an action`() {
        #expect(WorldAction(form("scan") { $0.text = "VK1" }) == .scan("VK1"))
        #expect(WorldAction(form("put") { $0.grams = "1 250" }) == .put(grams: 1_250))
        #expect(
            WorldAction(form("unplug") { $0.device = "printer" })
                == .unplug(.printer, .errorThenLeft))
        #expect(WorldAction(form("link") { $0.value = "thin" }) == .setLink(.thin))
    }

    @Test func `one that says less, or too much, is none`() {
        #expect(WorldAction(form("scan")) == nil)
        #expect(WorldAction(form("put") { $0.grams = "ten" }) == nil)
        #expect(WorldAction(form("put") { $0.grams = "999999999999999999999" }) == nil)
        #expect(WorldAction(form("plug") { $0.device = "toaster" }) == nil)
        #expect(WorldAction(form("explode")) == nil)
    }
}

@Suite("The panel's page")
struct PanelPageTests {
    @Test func `what a printer was sent never becomes markup`() {
        let world = World(clock: ManualClock())
        let demo = DemoWorld(
            world: world, counterAddress: nil, language: .english, goods: DemoLists.cards)
        var strip = PrintedStrip(number: 1)
        var roll = EscposPaper()
        for event in Array("<script>alert(1)</script>\n".utf8).flatMap({ roll.consume($0) }) {
            if case .line(let line) = event { strip.add(line) }
        }
        let paper = PaperView(language: .english)
        #expect(!paper.strip(strip, isHanging: false).text.contains("<script"))
        let page = PanelPage(demo: demo).whole().text
        #expect(page.contains("id=\"scan-form\"") && page.contains("9520000100018"))
        for (id, _) in PanelPage(demo: demo).fragments() {
            #expect(page.contains("id=\"\(id)\""), "\(id)")
        }
    }
}
