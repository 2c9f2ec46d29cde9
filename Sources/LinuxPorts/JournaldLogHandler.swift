import CSystemd
import Glibc
public import Logging
public import Ports

/// Where log lines go.
public enum LogDestination: Hashable, Sendable {
    /// journald, with a field for each name.
    case journal
    /// A file descriptor that somebody reads as text.
    case text(descriptor: Int32)

    /// journald when standard error is connected to it, else standard error.
    public static func detected() -> LogDestination {
        detected(journalStream: getenv("JOURNAL_STREAM").map { String(cString: $0) }, descriptor: 2)
    }

    /// - Parameter journalStream: `device:inode` in decimal, as systemd hands it down
    ///   (systemd.exec(5), `$JOURNAL_STREAM`). It goes on to be set when the stream is redirected,
    ///   so it counts only where the descriptor is that very stream.
    static func detected(journalStream: String?, descriptor: Int32) -> LogDestination {
        var status = stat()
        guard let journalStream, fstat(descriptor, &status) == 0,
            journalStream == "\(status.st_dev):\(status.st_ino)"
        else { return .text(descriptor: descriptor) }
        return .journal
    }
}

/// Writes log lines to journald as fields, `STATION_<NAME>` for each name of `LogKey`, or to a
/// terminal as text. A line that cannot be written is lost: there is nobody to tell.
public struct JournaldLogHandler: LogHandler {
    public var metadata: Logger.Metadata = [:]
    public var metadataProvider: Logger.MetadataProvider?
    public var logLevel: Logger.Level = .info

    private let identifier: String
    private let destination: LogDestination
    private let calendar: any CalendarClock

    /// - Parameter identifier: The program's name, `SYSLOG_IDENTIFIER`.
    public init(
        identifier: String, destination: LogDestination, calendar: any CalendarClock
    ) {
        self.identifier = identifier
        self.destination = destination
        self.calendar = calendar
    }

    public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    public func log(event: LogEvent) {
        var all = metadata
        if let provider = metadataProvider { all.merge(provider.get()) { $1 } }
        if let error = event.error { all[LogKey.error] = "\(error)" }
        if let own = event.metadata { all.merge(own) { $1 } }
        let line = LogLine(level: event.level, message: "\(event.message)", metadata: all)
        switch destination {
        case .journal: send(line.journalFields(identifier: identifier))
        case .text(let descriptor):
            writeWhole(line.terminalLine(at: calendar.milliseconds), to: descriptor)
        }
    }
}

private func send(_ fields: [String]) {
    let bytes = fields.map { Array($0.utf8) }
    var joined = bytes.flatMap { $0 }
    joined.withUnsafeMutableBytes { joined in
        guard var start = joined.baseAddress else { return }
        let parts = bytes.map { field in
            defer { start += field.count }
            return iovec(iov_base: start, iov_len: field.count)
        }
        _ = sd_journal_sendv(parts, Int32(parts.count))
    }
}

/// In one call as far as the system takes it, so that lines of several threads do not mix.
private func writeWhole(_ text: String, to descriptor: Int32) {
    var rest = ArraySlice(text.utf8)
    while !rest.isEmpty {
        let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
        if count < 0, errno == EINTR { continue }
        guard count > 0 else { return }
        rest = rest.dropFirst(count)
    }
}
