import Glibc
import HTTPExchange
import LinuxPorts
import Logging
import Ports
import ServiceLifecycle
import Station
import StationCore

/// Exit code for a configuration that is wrong: systemd leaves the daemon down until it is mended.
let exitConfiguration: Int32 = 78

/// Exit code of `sysexits.h` for wrong use.
let exitUsage: Int32 = 64

switch CommandLine.arguments.dropFirst().first {
case nil: break
case "--version":
    print(release)
    exit(0)
case let word?:
    print(
        """
        stationd takes no arguments but --version. It is a service: systemctl start stationd.
        Its settings are variables of its unit: systemctl edit stationd.
        """)
    exit(word == "--help" ? 0 : exitUsage)
}

let destination = LogDestination.detected()
LoggingSystem.bootstrap { label in
    JournaldLogHandler(
        identifier: label, destination: destination, calendar: SystemCalendarClock())
}
var logger = Logger(label: "stationd")

let configuration: Configuration
do {
    configuration = try Configuration(environment: environment())
} catch {
    for problem in error.problems {
        logger.critical(
            "configuration is wrong",
            metadata: [
                LogKey.variable: "\(problem.variable)", LogKey.error: "\(problem)",
            ])
    }
    exit(exitConfiguration)
}
logger.logLevel = Logger.Level(rawValue: configuration.logLevel.rawValue) ?? .info

let notifier = ServiceNotifier.fromEnvironment()
do {
    let ports = StationPorts(
        bus: try LibUSBBus(clock: BootTimeClock(), logger: logger), clocks: try Clocks.linux(),
        exchange: CurlExchange(), routes: RouteListener(), observer: StepLog(logger: logger))
    let station = Station(
        configuration: configuration, ports: ports,
        hooks: StationHooks(
            starting: { notifier.extendTimeout(by: .seconds(60)) },
            ready: { [logger] port in
                logger.info("ready", metadata: [LogKey.port: "\(port)"])
                notifier.ready()
            }, alive: { notifier.alive() }, aliveInterval: notifier.watchdogInterval,
            stopping: { notifier.stopping() }),
        logger: logger)
    // Its lines at level debug hold the whole `Station`, several screens long.
    var groupLogger = logger
    groupLogger.logLevel = max(logger.logLevel, .info)
    let services = ServiceGroup(
        services: [station], gracefulShutdownSignals: [.sigterm, .sigint], logger: groupLogger)
    try await services.run()
} catch {
    logger.critical("stopped", metadata: [LogKey.error: "\(error)"])
    exit(1)
}

/// The process's variables as they were at its start, so that unknown ones are seen too.
func environment() -> [String: String] {
    let descriptor = open("/proc/self/environ", O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return [:] }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 4_096)
    while true {
        let count = read(descriptor, &chunk, chunk.count)
        guard count > 0 else { break }
        bytes += chunk.prefix(count)
    }
    let pairs = bytes.split(separator: 0).compactMap { variable -> (String, String)? in
        guard let equals = variable.firstIndex(of: UInt8(ascii: "=")) else { return nil }
        return (
            String(decoding: variable[..<equals], as: UTF8.self),
            String(decoding: variable[variable.index(after: equals)...], as: UTF8.self)
        )
    }
    return Dictionary(pairs) { first, _ in first }
}
