import Receipts
public import StationCore

/// What the unit's environment says, checked before any device is opened. Every variable is
/// optional; systemd/stationd.service.d/example.conf lists all with their defaults.
public struct Configuration: Equatable, Sendable {
    /// `STATE_DIRECTORY`, set by systemd.
    public var stateDirectory = "/var/lib/stationd"
    /// `RUNTIME_DIRECTORY`, set by systemd.
    public var runtimeDirectory = "/run/stationd"
    /// `STATION_LISTEN`, `address:port`; in this release an address of this machine alone, since
    /// the pages have no encryption yet and a PIN would go over the network in clear.
    public var listen = ListenAddress(host: "127.0.0.1", port: 8_080)
    /// `STATION_NAME`; empty: the station's number.
    public var name = ""
    /// `STATION_LANGUAGE`.
    public var language = Language.simplifiedChinese
    /// `STATION_CASH_STEP`, fen.
    public var cashStep = 10
    /// `STATION_EXPOSURE_LIMIT`, until head office says otherwise.
    public var exposureLimit = Fen(200_000)
    /// `STATION_START_SLIP`.
    public var printsStartSlip = false
    /// `STATION_PROMPTS`.
    public var prompts = Prompts.page
    /// `STATION_SCALE_DIVISION`; nil: as the catalog says.
    public var scaleDivision: Division?
    /// `STATION_LOG_LEVEL`.
    public var logLevel = LogLevel.info

    public struct ListenAddress: Equatable, Sendable, CustomStringConvertible {
        public let host: String
        public let port: Int

        public init(host: String, port: Int) {
            self.host = host
            self.port = port
        }

        public var description: String { "\(host):\(port)" }
    }

    public enum LogLevel: String, CaseIterable, Sendable { case debug, info, warning, error }

    /// Where the operator reads what the box expects: without a page the printer tells amounts
    /// and change.
    public enum Prompts: String, CaseIterable, Sendable { case page, paper }

    public init() {}

    /// One variable that is wrong: which, what it holds, and what is allowed.
    public struct Problem: Error, Equatable, Sendable, CustomStringConvertible {
        public let variable: String
        public let value: String
        public let allowed: String

        public var description: String { "\(variable)=\(value): allowed is \(allowed)" }
    }

    /// All problems at once.
    public struct Invalid: Error, Equatable, Sendable {
        public let problems: [Problem]
    }

    static let names = [
        "STATION_LISTEN", "STATION_NAME", "STATION_LANGUAGE", "STATION_CASH_STEP",
        "STATION_EXPOSURE_LIMIT", "STATION_START_SLIP", "STATION_PROMPTS",
        "STATION_SCALE_DIVISION", "STATION_LOG_LEVEL",
    ]

    /// - Parameter environment: The process's variables. One that begins with `STATION_` and is
    ///   none of ours is a problem too: most often it is misspelt.
    public init(environment: [String: String]) throws(Invalid) {
        var reader = Reader(environment: environment)
        stateDirectory = reader.directory("STATE_DIRECTORY", default: stateDirectory)
        runtimeDirectory = reader.directory("RUNTIME_DIRECTORY", default: runtimeDirectory)
        listen = reader.read(
            "STATION_LISTEN",
            "127.0.0.1 or localhost, and a port, 127.0.0.1:8080; with port 0 any free one", listen
        ) {
            ListenAddress(parsing: $0)
        }
        name = reader.read("STATION_NAME", Letterhead.allowedName, name) {
            Letterhead.isAllowed(name: $0) ? $0 : nil
        }
        language = reader.read(
            "STATION_LANGUAGE", Language.allCases.map(\.rawValue).joined(separator: ", "),
            language
        ) { Language(rawValue: $0) }
        cashStep = reader.read("STATION_CASH_STEP", "1, 10, 50 or 100 (fen)", cashStep) {
            Int($0).flatMap { [1, 10, 50, 100].contains($0) ? $0 : nil }
        }
        exposureLimit = reader.read(
            "STATION_EXPOSURE_LIMIT", "0 to 100000000 (fen)", exposureLimit
        ) { Int($0).flatMap { (0...100_000_000).contains($0) ? Fen($0) : nil } }
        printsStartSlip = reader.read("STATION_START_SLIP", "yes or no", printsStartSlip) {
            ["yes": true, "no": false][$0]
        }
        prompts = reader.read(
            "STATION_PROMPTS", Prompts.allCases.map(\.rawValue).joined(separator: " or "), prompts
        ) { Prompts(rawValue: $0) }
        scaleDivision = reader.read(
            "STATION_SCALE_DIVISION", "a number and a unit, 2 g or 0.1 oz", scaleDivision
        ) { text in Division(text).map { .some($0) } }
        logLevel = reader.read(
            "STATION_LOG_LEVEL", LogLevel.allCases.map(\.rawValue).joined(separator: ", "),
            logLevel
        ) { LogLevel(rawValue: $0) }
        let unknown = environment.keys.filter {
            $0.hasPrefix("STATION_") && !Self.names.contains($0)
        }
        for variable in unknown.sorted() {
            reader.problems.append(
                Problem(
                    variable: variable, value: environment[variable] ?? "",
                    allowed: "nothing, there is no such variable, only "
                        + Self.names.joined(separator: ", ")))
        }
        guard reader.problems.isEmpty else { throw Invalid(problems: reader.problems) }
    }

    /// What a digest of the configuration is made of: every variable that changes business.
    var facts: String {
        "language=\(language.rawValue) cashStep=\(cashStep) exposureLimit=\(exposureLimit.count)"
            + " name=\(name) scaleDivision=\(scaleDivision?.description ?? "")"
    }
}

private struct Reader {
    let environment: [String: String]
    var problems: [Configuration.Problem] = []

    init(environment: [String: String]) { self.environment = environment }

    mutating func read<Value>(
        _ variable: String, _ allowed: String, _ fallback: Value, _ parse: (String) -> Value?
    ) -> Value {
        guard let text = environment[variable], !text.isEmpty else { return fallback }
        if let value = parse(text) { return value }
        problems.append(.init(variable: variable, value: text, allowed: allowed))
        return fallback
    }

    /// systemd sets a list when a unit has several directories; ours has one.
    mutating func directory(_ variable: String, default fallback: String) -> String {
        read(variable, "one absolute path", fallback) {
            $0.hasPrefix("/") && !$0.contains(":") ? $0 : nil
        }
    }
}

extension Configuration.ListenAddress {
    /// Names of this machine that nobody else can reach.
    private static let hosts: Set<String> = ["127.0.0.1", "localhost"]

    init?(parsing text: String) {
        guard let colon = text.lastIndex(of: ":") else { return nil }
        let host = String(text[..<colon])
        guard Self.hosts.contains(host), let port = Int(text[text.index(after: colon)...]),
            (0...65_535).contains(port)
        else { return nil }
        self.init(host: host, port: port)
    }
}
