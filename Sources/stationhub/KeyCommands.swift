import ArgumentParser
import Cryptography
import Hub

struct Keys: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "The server's keys, as stations know them: one in use, and the next one.",
        subcommands: [Show.self, Promote.self])

    struct Show: ReportingCommand {
        static let configuration = CommandConfiguration(
            abstract: "Shows both pins, and which stations do not have the next one.")

        @OptionGroup var file: FileOptions
        @OptionGroup var output: OutputOptions

        func report(_ store: HubStore) async throws -> Report {
            try await keysReport(store, "")
        }
    }

    struct Promote: ReportingCommand {
        static let configuration = CommandConfiguration(
            abstract: "Puts the next key in use, destroys the old one and makes a new next one.",
            discussion: """
                Restart `serve` afterwards. Stations go on by themselves, since they have the pin \
                of the next key. The new next one they learn from their enrolment code: \
                `station code` for each, and `stationctl enrol CODE` at the box. Until each \
                station's code was made anew, keys are not promoted again. Whether a code \
                reached its box is not known here: a station whose code was made and \
                never brought is lost by the promotion after.
                """)

        @OptionGroup var file: FileOptions
        @OptionGroup var output: OutputOptions

        @Flag(help: "Also when stations are left that will trust neither key.")
        var evenIfStationsAreLost = false

        func report(_ store: HubStore) async throws -> Report {
            do {
                try await store.promoteNextKey(evenIfLost: evenIfStationsAreLost)
            } catch HubError.wouldLose(let stations) {
                throw Failure(
                    """
                    \(HubError.wouldLose(stations))
                    They would speak to this hub no more. Give each its code (`station code`), or \
                    say --even-if-stations-are-lost
                    """)
            }
            return try await keysReport(store, "Restart `serve`: it goes on with the old key.\n")
        }
    }
}

private struct KeysForm: Encodable {
    let current: String
    let next: String
    let withoutNext: [String]
}

private func keysReport(_ store: HubStore, _ first: String) async throws -> Report {
    let keys = try await store.serverIdentities()
    let lacking = try await store.stationsWithoutNextKey()
    let form = KeysForm(
        current: Base64URL.encode(keys.current.pin), next: Base64URL.encode(keys.next.pin),
        withoutNext: lacking.map(\.description))
    let stations =
        lacking.isEmpty
        ? "every station's code names both"
        : "\(lacking.count) stations need a new code, which names the next key: "
            + form.withoutNext.joined(separator: ", ")
    return try Report(
        text: """
            \(first)current \(form.current)
            next    \(form.next)
            \(stations)
            """, json: form)
}
