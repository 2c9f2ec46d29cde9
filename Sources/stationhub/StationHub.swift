import ArgumentParser
import FoundationEssentials
import Glibc
import Hub
import StationCore

@main
struct StationHub: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stationhub",
        abstract: "Head office's end: takes in what stations send, and says what they shall know.",
        discussion: """
            All commands work on one file, also while `serve` runs on it. `serve`, `station add`, \
            `prices set` and `articles set` make it where it is missing. It holds the server's \
            keys, so it is its owner's alone; where it was not, that is mended and said. Exit \
            codes: 0 done; 1 refused or failed, and the reason is said; 64 wrong use; 65 a list \
            is not as it must be.
            """,
        version: release,
        subcommands: [
            Serve.self, StationCommands.self, Stations.self, Prices.self, Articles.self,
            Limit.self, FloatCommands.self, Orders.self, Decide.self, Entries.self, Balances.self,
            Keys.self,
        ])
}

/// What a command has to say.
struct Report {
    /// For people: lines, without the last line feed.
    let text: String
    /// For programs: one JSON value.
    let json: String

    init(text: String, json value: some Encodable) throws {
        self.text = text
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        json = String(decoding: try encoder.encode(value), as: UTF8.self)
    }
}

struct FileOptions: ParsableArguments {
    @Option(help: "The file that holds all that head office knows.")
    var db: String

    func open(_ opening: HubStore.Opening) throws -> HubStore {
        let store = try HubStore(path: db, opening: opening, now: calendarMilliseconds)
        for line in store.mended { say(line) }
        return store
    }
}

struct OutputOptions: ParsableArguments {
    @Flag(help: "Print one JSON value for programs.")
    var json = false
}

/// A command that says something, or why it came to nothing.
protocol ReportingCommand: AsyncParsableCommand {
    var file: FileOptions { get }
    var output: OutputOptions { get }
    /// Whether it is one of the commands with which a head office begins.
    static var opening: HubStore.Opening { get }
    func report(_ store: HubStore) async throws -> Report
}

extension ReportingCommand {
    static var opening: HubStore.Opening { .asItIs }

    func run() async throws {
        try await sayingWhy {
            let report = try await report(try file.open(Self.opening))
            print(output.json ? report.json : report.text)
        }
    }
}

/// Why a command came to nothing, in a sentence that says what is allowed.
struct Failure: Error {
    let text: String

    init(_ text: String) { self.text = text }
}

/// Runs it, and turns an error into a line on standard error and an exit code.
func sayingWhy(_ body: () async throws -> Void) async throws {
    do {
        try await body()
    } catch let failure as Failure {
        throw said(failure.text, ExitCode(1))
    } catch let refusal as ListFile.Refusal {
        // EX_DATAERR of sysexits.h.
        throw said(refusal.description, ExitCode(65))
    } catch let code as ExitCode {
        throw code
    } catch is CancellationError {
        return
    } catch {
        throw said("\(HubError(ofFile: error) ?? error)", ExitCode(1))
    }
}

private func said(_ text: String, _ code: ExitCode) -> ExitCode {
    for line in text.split(separator: "\n") { say(line) }
    return code
}

/// A line on standard error, beside what the command prints.
func say(_ line: some StringProtocol) {
    let bytes = Array("stationhub: \(line)\n".utf8)
    _ = write(STDERR_FILENO, bytes, bytes.count)
}

/// UTC since 1970.
@Sendable func calendarMilliseconds() -> Int {
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    return now.tv_sec * 1_000 + now.tv_nsec / 1_000_000
}

// MARK: - What is typed

/// Six digits.
struct StationArgument: ExpressibleByArgument {
    let number: StationNumber

    init?(argument: String) {
        guard let number = StationNumber(argument) else { return nil }
        self.number = number
    }
}

/// Yuan, such as `45.60`.
struct Yuan: ExpressibleByArgument {
    let fen: Fen

    init?(argument: String) {
        guard let fen = Fen(yuan: argument) else { return nil }
        self.fen = fen
    }
}

/// Yuan on the command line that may be less than nothing.
struct SignedYuan: ExpressibleByArgument {
    let fen: Fen

    init?(argument: String) {
        let isNegative = argument.hasPrefix("-")
        guard let size = Fen(yuan: String(argument.dropFirst(isNegative ? 1 : 0))) else {
            return nil
        }
        fen = isNegative ? -size : size
    }
}

struct StationOptions: ParsableArguments {
    @Argument(help: "Six digits.")
    var station: StationArgument

    @Option(help: "Which box of the station; the newest when not given.")
    var epoch: Int?

    func id(_ store: HubStore) async throws -> StationEpoch {
        let number = station.number
        guard let newest = try await store.newestEpoch(of: number) else {
            throw HubError.unknownStation(number.text)
        }
        let id = StationEpoch(station: number, epoch: epoch ?? newest)
        guard try await store.status(of: id) != nil else {
            throw HubError.unknownStation("\(id)")
        }
        return id
    }
}

/// Lines of cells, two spaces between the columns.
func columns(_ rows: [[String]]) -> String {
    let widths = (0..<(rows.map(\.count).max() ?? 0)).map { column in
        rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
    }
    return rows.map { row in
        let cells = zip(row, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }
        var line = cells.joined(separator: "  ")
        while line.last == " " { line.removeLast() }
        return line
    }.joined(separator: "\n")
}
