public import Logging
import Ports
import Synchronization

/// Keeps what is logged, at every level.
public final class LogBook: Sendable {
    public struct Line: Sendable {
        public let level: Logger.Level
        public let message: String
        public let fields: [String: String]

        /// All that a reader of the log sees.
        public var text: String {
            fields.sorted { $0.key < $1.key }.reduce(message) { "\($0) \($1.key)=\($1.value)" }
        }
    }

    private let kept = Mutex<[Line]>([])

    public init() {}

    public var lines: [Line] { kept.withLock { $0 } }

    public var logger: Logger { Logger(label: "test") { _ in Handler(book: self) } }

    private struct Handler: LogHandler {
        let book: LogBook
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            var all = metadata
            if let error = event.error { all[LogKey.error] = "\(error)" }
            all.merge(event.metadata ?? [:]) { $1 }
            let line = Line(
                level: event.level, message: "\(event.message)",
                fields: all.mapValues { "\($0)" })
            book.kept.withLock { $0.append(line) }
        }
    }
}
