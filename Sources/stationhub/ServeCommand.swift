import ArgumentParser
import Glibc
import Hub
import Logging
import ServiceLifecycle

/// Where to listen: `127.0.0.1:8443`, `[::1]:8443`.
struct ListenAddress: ExpressibleByArgument {
    let host: String
    let port: Int

    init?(argument: String) {
        guard let colon = argument.lastIndex(of: ":"),
            let port = Int(argument[argument.index(after: colon)...]),
            (0...65_535).contains(port)
        else { return nil }
        var host = argument[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
        guard !host.isEmpty else { return nil }
        self.host = String(host)
        self.port = port
    }
}

struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Takes in what stations send, until it is told to stop.")

    @OptionGroup var file: FileOptions

    @Option(help: "Host and port; port 0 is one that the system chooses.")
    var listen: ListenAddress

    func run() async throws {
        try await sayingWhy {
            LoggingSystem.bootstrap { StreamLogHandler.standardError(label: $0) }
            let logger = Logger(label: "stationhub")
            let host = listen.host
            let server = HubServer(
                store: try file.open(.orMade), host: host, port: listen.port, logger: logger,
                onListening: { port in
                    logger.info("listening", metadata: ["address": "\(host):\(port)"])
                })
            let services = ServiceGroup(
                services: [server], gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
            try await services.run()
        }
    }
}
