import FoundationEssentials
import Glibc
import SQLite
import StationCore
import SyncProtocol
import Testing

@testable import Hub

/// The program beside a file that a served station filled.
@Suite("stationhub's commands on a station that trades", .timeLimit(.minutes(2)))
struct CommandLineTests {
    let file = HubFile()

    /// What a command printed on standard output and error, and its exit code.
    private struct Done {
        let text: String
        let said: String
        let code: Int32

        var lines: [Substring] { text.split(separator: "\n") }
    }

    private func hub(_ words: String...) throws -> Done {
        let tests = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let program = URL(fileURLWithPath: tests).deletingLastPathComponent()
            .appending(path: "stationhub").path
        let output = file.path + "-\(UUID())"
        defer { for end in [".out", ".err"] { unlink(output + end) } }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for (descriptor, end) in [(STDOUT_FILENO, ".out"), (STDERR_FILENO, ".err")] {
            posix_spawn_file_actions_addopen(
                &actions, descriptor, output + end, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        }
        var arguments = ([program] + words).map { strdup($0) } + [nil]
        defer { for argument in arguments { free(argument) } }
        var process: pid_t = 0
        let code = posix_spawn(&process, program, &actions, nil, &arguments, environ)
        try #require(code == 0)
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0, errno == EINTR {}
        func read(_ end: String) throws -> String {
            String(
                decoding: try Data(contentsOf: URL(fileURLWithPath: output + end)), as: UTF8.self)
        }
        return Done(text: try read(".out"), said: try read(".err"), code: status >> 8 & 0xff)
    }

    /// Enrolment, `count` times cash put in, one order of 45.60.
    private func serve(_ count: Int) async throws -> (WrittenStation, EntryName) {
        let store = try file.open()
        var station = try await file.station(in: store)
        for amount in 1...count { try station.putIn(amount) }
        let order = try station.sell(4_560)
        let door = Door(store: store)
        var first = 1
        while first <= station.entries.count {
            let last = min(first + 99, station.entries.count)
            let token = first == 1 ? station.token : nil
            let request = try station.request(first...last, token: token)
            try #require(try await door.answer(request).status == 200)
            first = last + 1
        }
        while try await store.unpackNext(station.id) != nil {}
        return (station, order)
    }

    @Test func `entries come whole and in order, over more than a page, or after one`()
        async throws
    {
        let (station, _) = try await serve(1_040)
        let all = try hub("entries", "990001", "--db", file.path)
        #expect(all.code == 0)
        #expect(
            all.lines.map { Array($0.utf8) } == station.entries.map { CloudEvent.line(of: $0) })
        let rest = try hub("entries", "990001", "--after", "1040", "--db", file.path)
        #expect(rest.lines == Array(all.lines.dropFirst(1_040)))
        #expect(try hub("entries", "990001", "--after", "1042", "--db", file.path).text == "")
    }

    @Test func `an order is listed, decided once, and goes down to its station`() async throws {
        let (station, order) = try await serve(3)
        let name = "990001/\(order)"
        #expect(
            try hub("orders", "--db", file.path).text == "\(name)  45.60  waits  1 x pot\n")
        let json = try hub("orders", "--json", "--db", file.path)
        let listed = try CanonicalForm.value(parsing: Array(json.text.utf8.dropLast()))
        #expect(listed.array?.first?["order"]?.string == name)
        #expect(listed.array?.first?["total"]?.integer == 4_560)

        let dear = try hub("decide", name, "bought", "--cost", "45.61", "--db", file.path)
        #expect(dear.code == 1)
        #expect(dear.said.contains("45.61 is not from 0.00 to 45.60"))
        let done = try hub("decide", name, "bought", "--cost", "44", "--db", file.path)
        #expect(done.text == "order \(name): bought for 44.00 yuan\n")
        let again = try hub("decide", name, "rejected", "--db", file.path)
        #expect(again.code == 1)
        #expect(again.said.contains("is decided: bought"))
        #expect(try hub("orders", "--db", file.path).text == "no order waits\n")
        #expect(
            try hub("orders", "--all", "--db", file.path).text
                == "\(name)  45.60  bought for 44.00  1 x pot\n")

        let answer = try await Door(store: try file.open()).answer(station.empty(after: 5))
        let message = try #require(answer.taken?.messages.first)
        let decision = try message.body.decoded(as: OrderDecision.self)
        #expect(decision.order == order)
        #expect(decision.cost == Fen(4_400))
    }

    @Test func `balances are those of the entries`() async throws {
        let (_, order) = try await serve(3)
        let rows = try hub("balances", "990001", "--db", file.path).lines.map {
            $0.split(separator: " ").joined(separator: " ")
        }
        #expect(
            rows == [
                "cash.drawer 45.66 CNY", "equity.operator -0.06 CNY",
                "order.prepaid.\(order) -45.60 CNY",
            ])
        let json = try hub("balances", "990001", "--json", "--db", file.path)
        let forms = try CanonicalForm.value(parsing: Array(json.text.utf8.dropLast())).array
        #expect(forms?.map { $0["amount"]?.integer } == [4_566, -6, -4_560])
    }

    @Test func `a forked station is shown, to people and to programs`() async throws {
        let store = try file.open()
        var station = try await file.station(in: store)
        try station.putIn(1)
        var twin = station
        try station.putIn(2)
        try twin.putIn(3)
        let door = Door(store: store)
        _ = try await door.answer(station.request(1...3, token: station.token))
        while try await store.unpackNext(station.id) != nil {}
        _ = try await door.answer(twin.request(3...3))
        #expect(try hub("stations", "--db", file.path).text.contains("FORKED"))
        let json = try hub("stations", "--json", "--db", file.path)
        let rows = try CanonicalForm.value(parsing: Array(json.text.utf8.dropLast())).array
        #expect(rows?.first?["state"]?.string == "forked")
        #expect(rows?.first?["forked"]?.integer == 1_767_229_200_000)
    }

    @Test func `a code for a box that is enrolled is brought to it, not scanned`() async throws {
        _ = try await serve(1)
        let address = ["--address", "hub.example:8443"]
        let bound = try hub("station", "code", "990001", address[0], address[1], "--db", file.path)
        #expect(bound.text.contains("The box is enrolled and reads no code by scanner"))
        #expect(!bound.text.contains("Scan this"))
        let new = try hub("station", "add", "990002", address[0], address[1], "--db", file.path)
        #expect(new.text.contains("Scan this at the new box"))
    }

    @Test func `a file that another program keeps is said in words`() async throws {
        _ = try file.open()
        let keeper = try Connection(path: file.path, mode: .readWrite)
        try keeper.execute("BEGIN IMMEDIATE")
        let done = try hub("keys", "promote", "--db", file.path)
        #expect(done.code == 1)
        #expect(done.said.contains("another program keeps the file busy"))
        #expect(!done.said.contains("BEGIN"))
    }
}
