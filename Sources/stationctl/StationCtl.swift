import ArgumentParser
import ControlProtocol
import FoundationEssentials
import Glibc
import StationCore

@main
struct StationCtl: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stationctl",
        abstract: "Looks after the station that runs on this machine.",
        discussion: """
            Exit codes: 0 done; 1 refused or failed, and the reason is said; 3 the daemon does not \
            answer, or is in the way; 4 the journal or the slip is not as it must be; 64 wrong use.
            """,
        version: release,
        subcommands: [
            Status.self, Devices.self, Enrol.self, ClockCommand.self, JournalCommands.self,
            Outbox.self, Sync.self, DecodeCommand.self, Print.self,
        ])
}

/// How a command can end other than well. docs/operating.md has the table.
extension ExitCode {
    /// Refused, or it failed.
    static let failed = ExitCode(1)
    /// The daemon does not answer where it is needed, or runs where it must not.
    static let daemon = ExitCode(3)
    /// The journal, or a slip, is not as it must be.
    static let wrong = ExitCode(4)
}

/// What a command has to say.
struct Report: Equatable {
    /// For people: lines, without the last line feed.
    let text: String
    /// For programs: one JSON value, or one a line.
    let json: String
    var code = ExitCode.success
    /// Why there is no more to say; its code is the one to end with then.
    var failure: Failure?

    init(
        text: String, json: String, code: ExitCode = .success, failure: Failure? = nil
    ) {
        self.text = text
        self.json = json
        self.code = code
        self.failure = failure
    }

    init(text: String, json value: some Encodable, code: ExitCode = .success) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        self.init(
            text: text, json: String(decoding: try encoder.encode(value), as: UTF8.self),
            code: code)
    }
}

/// Why a command came to nothing, in one sentence that says what is allowed or what to do.
struct Failure: Error, Equatable {
    let text: String
    var code = ExitCode.failed

    /// The code to end with, after the reason went to standard error.
    func said() -> ExitCode {
        let line = Array("stationctl: \(text)\n".utf8)
        _ = write(STDERR_FILENO, line, line.count)
        return code
    }

    /// What programs read instead of the answer: of one shape, whatever the command.
    func json() throws -> String {
        try Report(text: text, json: ControlAnswer(isDone: false, text: text)).json
    }
}

struct OutputOptions: ParsableArguments {
    @Flag(help: "Print one JSON value for programs.")
    var json = false
}

/// A command that says something and ends with a code.
protocol ReportingCommand: AsyncParsableCommand {
    var output: OutputOptions { get }
    func report() async throws -> Report
}

extension ReportingCommand {
    /// One rule for every command: what it finds goes to standard output. Where it comes to
    /// nothing, the reason goes to standard error, and with `--json` to standard output too, so
    /// that a program always reads one value there.
    mutating func run() async throws {
        let report: Report
        do {
            report = try await self.report()
        } catch {
            let failure = error as? Failure ?? Failure(text: "\(error)")
            if output.json { print(try failure.json()) }
            throw failure.said()
        }
        print(output.json ? report.json : report.text)
        if let failure = report.failure { throw failure.said() }
        if report.code != .success { throw report.code }
    }
}
