import ArgumentParser
import Glibc
import Receipts
import Simulators
import StationCore
import Testing

@testable import stationdemo

@Suite("A demo's folder that is kept")
struct KeptFolderTests {
    @Test func `the end of a log is what is told`() throws {
        let folders = try DemoFolders(named: nil)
        defer { remove(folders) }
        let file = try #require(fopen(folders.log, "w"))
        for number in 1...2_000 { fputs("line \(number)\n", file) }
        fclose(file)
        let lines = folders.lastLines(of: folders.log).split(separator: "\n")
        #expect(lines.last == "line 2000" && lines.first == "line 1991")
        #expect(folders.lastLines(of: folders.log + "x") == "")
    }

    private func remove(_ folders: DemoFolders) {
        do { try folders.remove() } catch { Issue.record(error) }
    }

    @Test func `cards are kept with the folder, and new papers add to them`() throws {
        let folders = try DemoFolders(named: nil)
        defer { remove(folders) }
        #expect(folders.keptShelf() == nil && !folders.isTakenUpAgain)
        var shelf = CardShelf(goods: DemoLists.cards)
        #expect(!shelf.hasFirstPapers)
        shelf.take(try papers())
        #expect(shelf.hasFirstPapers)
        try folders.keep(shelf)
        var kept = try #require(folders.keptShelf())
        #expect(kept.cards == shelf.cards)
        kept.take(try papers())
        #expect(kept.cards[.badges]?.count == 1)
    }

    @Test func `each start brings today's lists, however long the folder lay`() async throws {
        let folders = try DemoFolders(named: nil)
        defer { remove(folders) }
        var office = try await HeadOffice(path: folders.hub)
        let first = try await office.store.publish(DemoLists.prices)
        office = try await HeadOffice(path: folders.hub)
        #expect(try await office.store.publish(DemoLists.prices) == first + 2)
    }

    /// A badge and a command sheet as a printer without a cutter gives them out: torn off.
    private func papers() throws -> [PrintedStrip] {
        let world = World(
            clock: ManualClock(),
            printer: .init(paper: .init(hasCutter: false), tornOffAfterFeed: 4))
        world.plug(.printer)
        let station = try #require(StationNumber("123456"))
        let letterhead = Letterhead(stationName: "Green Hill", utcOffsetMinutes: 480)
        let documents = [
            Paper.badge(
                try #require(Digits<8>("20481024")), of: try #require(OperatorNumber(1)),
                station: station, letterhead: letterhead, language: .english),
            Paper.commandSheet(
                secret: try #require(Digits<5>("00042")), station: station,
                letterhead: letterhead, language: .english),
        ]
        for document in documents {
            var bytes = EscposText(hasCutter: false).render(document)[...]
            while !bytes.isEmpty {
                bytes = bytes.dropFirst(world.printer.write(endpoint: 1, bytes))
            }
        }
        let strips = world.printer.strips
        #expect(strips.count == 2 && strips.allSatisfy { $0.end == .torn })
        #expect(world.printer.hanging.lines.isEmpty)
        return strips
    }
}

@Suite("What the demo is told")
struct DemoOptionTests {
    @Test(arguments: [
        ["--language", "fr"], ["--port", "0"], ["--port", "99999"], ["--counter-port", "70000"],
        ["--counter-port", "8090"], ["--directory", ""], ["--seed", "7"],
        ["--directory", String(repeating: "x", count: 100)],
    ])
    func `an option that cannot be is refused with its name and value`(_ words: [String]) {
        do {
            _ = try Demo.parse(words)
            Issue.record("\(words) was taken")
        } catch {
            let message = Demo.message(for: error)
            #expect(words.allSatisfy { message.contains($0) }, "\(message)")
        }
    }
}
