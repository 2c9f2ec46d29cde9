import Simulators
import StationCore
import Testing

@testable import Station

@Suite("Prompts on paper, where no page is")
struct PaperPromptTests {
    @Test func `sum and change are printed, each once, and the slip owes nothing for them`()
        async throws
    {
        let village = try await Village(prompts: .paper)
        try await village.open { station in
            try await station.begin()
            let before = village.world.printer.strips.count
            await station.scan("6901234567892")
            try await station.command(.basketDone)
            try await station.wait("sum on paper") {
                village.world.printer.strips.count == before + 1
            }
            try await station.type("2000")
            try await station.command(.enter)
            try await station.wait("change on paper") {
                village.world.printer.strips.count == before + 2
            }
            try await station.command(.takeCash)
            try await station.slipsPrinted()
            let texts = village.world.printer.strips.dropFirst(before).map(\.text)
            #expect(texts.count == 3)
            #expect(texts.first?.contains("12.90") == true)
            #expect(texts.dropFirst().first?.contains("7.10") == true)
            #expect(try await station.books().owedSlips.isEmpty)
            try await station.acknowledged()
        }
        try await village.checkTheEnd()
    }

    @Test func `a prompt that came too late for the printer is not printed`() async throws {
        let village = try await Village(prompts: .paper)
        try await village.open { station in
            try await station.begin()
            let before = village.world.printer.strips.count
            village.world.unplug(.printer)
            try await station.wait("printer gone") { station.view.devices[.printer] == .absent }
            await station.scan("6901234567892")
            try await station.command(.basketDone)
            try await station.command(.cancel)
            village.world.plug(.printer)
            try await station.wait("printer back") { station.view.devices[.printer] == .ready }
            await village.clock.advance(by: .seconds(10))
            #expect(village.world.printer.strips.count == before)
        }
    }
}
