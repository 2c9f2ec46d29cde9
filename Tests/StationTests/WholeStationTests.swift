import Simulators
import StationCore
import Testing

@testable import Station

@Suite("A whole station on simulated devices", .serialized)
struct WholeStationTests {
    @Test func `a weighing goes from the scanner to head office and onto paper`() async throws {
        let village = try await Village()
        try await village.open { station in
            try await station.begin()
            try await station.sellApples(grams: 2_346)
            try await station.wait("slip printed") {
                await (try? station.books().owedSlips.isEmpty) == true
            }
            let slip = try #require(village.world.printer.strips.last)
            #expect(slip.errors.isEmpty)
            #expect(slip.text.contains("Apples"))
            try await station.wait("acknowledged") {
                await (try? station.wiring.workflow.perform { $0.waitingEntries }) == 0
            }
        }
    }

    @Test func `a scan enrols a box that never was enrolled, and no other`() async throws {
        let village = try await Village()
        let code = try await village.headOffice.enrolmentCode(of: Village.number)
        try await village.open { station in
            try await station.wait("scanner ready") {
                station.view.devices[.scanner] == .ready
            }
            await station.scan(code)
            try await station.wait("lists") {
                await (try? station.books().facts.articleList) != nil
            }
            let entries = try await station.books().lastSequence
            await station.scan(code)
            #expect(try await station.books().lastSequence == entries)
        }
    }
}
