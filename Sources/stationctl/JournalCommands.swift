import ArgumentParser
import FoundationEssentials
import Glibc
import Journal
import StationCore
import Texts

struct StateOptions: ParsableArguments {
    @Option(help: "The folder with the journal.")
    var stateDirectory = "/var/lib/stationd"

    var directory: StateDirectory { StateDirectory(path: stateDirectory) }
}

/// A command that reads the journal's file beside the daemon, or without one.
protocol JournalCommand: ReportingCommand {
    var state: StateOptions { get }
    func report(_ journal: JournalReader) throws -> Report
}

extension JournalCommand {
    func report() async throws -> Report {
        do {
            return try report(try JournalReader(salvaging: state.directory))
        } catch let error as JournalError {
            throw Failure(error)
        }
    }
}

extension JournalError {
    /// Whether there may be entries before the one that it is about.
    fileprivate var isOfEntries: Bool {
        switch self {
        case .damaged, .newerEntry: true
        default: false
        }
    }
}

extension Failure {
    init(_ error: JournalError) {
        let code: ExitCode =
            switch error {
            case .locked: .daemon
            case .damaged: .wrong
            case .diskFull, .readOnly, .newerSchema, .newerEntry, .missing, .noRight, .holdsNone,
                .repeated, .holdsTrade, .notEnrolled, .failed:
                .failed
            }
        self.init(text: error.description, code: code)
    }
}

struct JournalCommands: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "journal", abstract: "Reads, checks and mends the journal.",
        subcommands: [
            List.self, Show.self, Verify.self, Rebuild.self, CheckSlip.self, Export.self,
        ])

    struct List: JournalCommand {
        static let configuration = CommandConfiguration(
            abstract: "Entries, a line each; without a number the last ones.")

        @Option(help: "The first number to list.")
        var from: Int?
        @Option(help: "At most so many.")
        var count = 20
        @OptionGroup var state: StateOptions
        @OptionGroup var output: OutputOptions

        func validate() throws {
            guard count >= 1, from ?? 1 >= 1 else {
                throw ValidationError("--from and --count begin with 1")
            }
        }

        func report(_ journal: JournalReader) throws -> Report {
            let found =
                if let from {
                    try journal.salvage(from: from, limit: count)
                } else {
                    try journal.salvageLatest(limit: count)
                }
            let entries = found.entries.map { EntryText($0) }
            let title = ["NO.", "TIME", "WHO", "KIND", "DRAWER"]
            return Report(
                text: entries.isEmpty
                    ? "no entries" : Columns([title] + entries.map(\.row), right: [0, 4]).text,
                json: "[\(entries.map(\.json).joined(separator: ","))]",
                failure: found.damage.map { Failure($0) })
        }
    }

    struct Show: JournalCommand {
        static let configuration = CommandConfiguration(abstract: "One entry, whole.")

        @Argument(help: "Its number.")
        var number: Int
        @OptionGroup var state: StateOptions
        @OptionGroup var output: OutputOptions

        func report(_ journal: JournalReader) throws -> Report {
            let entry = EntryText(try journal.found(number))
            return Report(text: try entry.text, json: entry.json)
        }
    }

    struct Verify: JournalCommand {
        static let configuration = CommandConfiguration(
            abstract: "Checks all that can be checked; names the first entry that is wrong.")

        @OptionGroup var state: StateOptions
        @OptionGroup var output: OutputOptions

        private struct Answer: Encodable {
            let entries: Int
            let findings: [String]
        }

        func report(_ journal: JournalReader) throws -> Report {
            let found = try journal.verify()
            let findings = found.findings.map(\.description)
            let right = "\(found.entries) entries are right"
            return try Report(
                text: (findings.isEmpty ? [right] : findings + [right]).joined(separator: "\n"),
                json: Answer(entries: found.entries, findings: findings),
                code: findings.isEmpty ? .success : .wrong)
        }
    }

    struct Rebuild: ReportingCommand {
        static let configuration = CommandConfiguration(
            abstract: "Makes the projections anew from the entries, while the daemon is down.")

        @OptionGroup var state: StateOptions
        @OptionGroup var output: OutputOptions

        private struct Answer: Encodable {
            let entries: Int
            let mended: [String]
        }

        func report() async throws -> Report {
            let count: Int
            let mended: [String]
            do throws(JournalError) {
                // The writer makes what is missing; a wrong folder must not become a journal.
                _ = try JournalReader(state.directory)
                let journal = try JournalWriter(state.directory)
                try journal.rebuild()
                count = journal.head?.sequence ?? 0
                mended = journal.mended
            } catch {
                guard case .locked = error else { throw Failure(error) }
                throw Failure(
                    text: "\(error): stop the daemon first, systemctl stop stationd",
                    code: .daemon)
            }
            let lines = mended.map { "\($0) was gone and was made again: run journal verify" }
            return try Report(
                text: (lines + ["made anew from \(count) entries"]).joined(separator: "\n"),
                json: Answer(entries: count, mended: mended))
        }
    }

    struct Export: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Every entry in canonical form with its hash, a line of JSON each.")

        @Option(help: "The first number.")
        var from = 1
        @Flag(help: "The output is JSON anyway, a value a line.")
        var json = false
        @OptionGroup var state: StateOptions

        func validate() throws {
            guard from >= 1 else { throw ValidationError("--from begins with 1") }
        }

        func run() throws {
            do {
                try JournalReader(salvaging: state.directory).export(from: from) { line in
                    var rest = line[...]
                    while !rest.isEmpty {
                        let count = rest.withUnsafeBytes {
                            write(STDOUT_FILENO, $0.baseAddress, $0.count)
                        }
                        guard count > 0 else {
                            throw Failure(text: String(cString: strerror(errno)))
                        }
                        rest = rest.dropFirst(count)
                    }
                }
            } catch let error as JournalError {
                throw Failure(error).said()
            } catch let failure as Failure {
                throw failure.said()
            }
        }
    }
}

extension JournalReader {
    /// The last entries in order. Where one of them cannot be read, the last ones before the first
    /// that cannot.
    func salvageLatest(limit: Int) throws(JournalError) -> SalvagedEntries {
        do {
            let latest = try latest(limit: limit)
            return SalvagedEntries(entries: latest.reversed(), damage: nil)
        } catch {
            guard error.isOfEntries else { throw error }
            var last: [StoredEntry] = []
            while true {
                let chunk = try salvage(from: (last.last?.entry.sequence ?? 0) + 1, limit: 500)
                last = Array((last + chunk.entries).suffix(limit))
                if chunk.damage != nil || chunk.entries.isEmpty {
                    return SalvagedEntries(entries: last, damage: chunk.damage ?? error)
                }
            }
        }
    }

    /// - Throws: What to say where there is no such entry.
    func found(_ number: Int) throws -> StoredEntry {
        if number > 0, let entry = try entry(number) { return entry }
        let last = try head()?.sequence ?? 0
        throw Failure(
            text: last == 0
                ? "the journal is empty" : "there is no entry \(number); there are 1 to \(last)")
    }
}

/// An entry for people and for programs.
struct EntryText {
    let stored: StoredEntry

    init(_ stored: StoredEntry) { self.stored = stored }

    private var entry: Entry { stored.entry }

    /// As `journal export` writes it.
    var json: String {
        "{\"entry\":\(String(decoding: stored.canonical, as: UTF8.self)),\"hash\":\"\(stored.hash)\"}"
    }

    /// Number, time, who, kind, what it moved in the drawer.
    var row: [String] {
        let moved = entry.postings.lines.filter { $0.account == .drawer && $0.unit == .money }
        let sum = moved.reduce(0) { $0 + $1.amount }
        return [
            String(entry.sequence), time, who, entry.kind.rawValue,
            moved.isEmpty ? "" : Fen(sum).figures,
        ]
    }

    /// With the mark of papers where the clock was not sure.
    private var time: String {
        (entry.moment.quality == .unset || entry.moment.quality == .file ? "~" : " ")
            + WrittenTime.text(entry.moment.time)
    }

    private var who: String {
        switch entry.actor {
        case .station: "station"
        case .headOffice: "head office"
        case .technician: "technician"
        default: "operator \(entry.actor.number)"
        }
    }

    var text: String {
        get throws {
            let head = Columns([
                ["No.", "\(entry.sequence) of station \(entry.station), epoch \(entry.epoch)"],
                ["Kind", "\(entry.kind), version \(entry.version)"],
                [
                    "Time",
                    "\(WrittenTime.text(entry.moment.time)), sure by: "
                        + entry.moment.quality.rawValue,
                ],
                ["Boot", "\(entry.boot), \(entry.moment.monotonic) ms"], ["Who", who],
                ["Hash", "\(stored.hash), mark \(stored.hash.mark)"],
            ]).text
            let postings = Columns(
                entry.postings.lines.map { line in
                    [
                        "  " + line.account.path,
                        line.unit == .money ? Fen(line.amount).figures : String(line.amount),
                        line.unit == .money ? "yuan" : line.unit.name,
                    ]
                }, right: [1]
            ).text
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
            let body = String(decoding: try encoder.encode(entry.body), as: UTF8.self)
            return [head, postings, body].filter { !$0.isEmpty }.joined(separator: "\n\n")
        }
    }
}
