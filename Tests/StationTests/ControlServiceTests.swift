import Simulators
import StationCore
import Testing

@testable import Station

@Suite("What the technician asks of a whole station", .serialized)
struct ControlServiceTests {
    @Test func `an enrolment names entry 1, and given again it changes and books nothing`()
        async throws
    {
        let village = try await Village()
        try await village.open { station in
            let code = try await village.headOffice.enrolmentCode(of: Village.number)
            let first = await station.control.enrol(code: code)
            #expect(first.isDone)
            #expect(first.entry == 1)
            #expect(try station.entries().first?.kind == .enrolled)
            try await station.acknowledged()
            let count = try station.entries().count
            let again = await station.control.enrol(code: code)
            #expect(again.isDone)
            #expect(again.entry == nil)
            #expect(again.text.contains("nothing changed"))
            #expect(try station.entries().count == count)
        }
    }

    @Test func `a moved head office is booked once, under the entry that is named`() async throws {
        let village = try await Village()
        try await village.open { station in
            try await station.begin()
            let moved = try await village.headOffice.store.enrolment(
                of: Village.id, address: "hub.example:8443")
            let code = Barcode.enrolment(moved).text
            let answer = await station.control.enrol(code: code)
            let entry = try station.last(.moved)
            #expect(answer.entry == entry.sequence)
            #expect(await station.control.enrol(code: code).entry == nil)
            #expect(try station.last(.moved) == entry)
        }
    }

    @Test(arguments: [("VK09", "not whole"), ("VK09123", "not whole"), ("123", "begins with VK09")])
    func `what is no enrolment code is told apart from a piece of one`(
        code: String, words: String
    ) async throws {
        let village = try await Village()
        try await village.open { station in
            let answer = await station.control.enrol(code: code)
            #expect(!answer.isDone)
            #expect(answer.text.contains(words))
        }
    }

    @Test func `a card for a villager who is none is refused with the number`() async throws {
        let village = try await Village()
        try await village.open { station in
            try await station.begin()
            let answer = await station.control.print(.card(villager: 99))
            #expect(!answer.isDone)
            #expect(answer.text.contains("no villager has number 99"))
        }
    }

    @Test(arguments: ["\u{1b}[31m", "Shop\n", "a\u{0}b", "a\u{2028}b", "\u{9b}1m"])
    func `a station's name holds nothing that a terminal or a slip would obey`(name: String) {
        #expect(throws: Configuration.Invalid.self) {
            try Configuration(environment: ["STATION_NAME": name])
        }
    }

    @Test(arguments: ["代购点", "ᠰᠠᠢᠨ\u{180e}ᠠ", "Shop No. 1"])
    func `a station's name may be of any script`(name: String) throws {
        #expect(try Configuration(environment: ["STATION_NAME": name]).name == name)
    }

    @Test func `what may be served is said with the port that means any`() throws {
        let invalid = try #require(throws: Configuration.Invalid.self) {
            try Configuration(environment: ["STATION_LISTEN": "8080"])
        }
        #expect(invalid.problems.first?.allowed.contains("port 0 any free one") == true)
        #expect(try Configuration(environment: ["STATION_LISTEN": "127.0.0.1:0"]).listen.port == 0)
    }
}
