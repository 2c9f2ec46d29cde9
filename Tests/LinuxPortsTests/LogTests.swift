import Glibc
import Logging
import Ports
import Testing

@testable import LinuxPorts

@Suite("Log lines") struct LogLineTests {
    private let line = LogLine(
        level: .warning, message: "device lost",
        metadata: [LogKey.path: "1-2.3", LogKey.device: "scale", LogKey.error: "timed out"])

    @Test func `a terminal shows time, level, message and fields by name`() {
        #expect(
            line.terminalLine(at: 1_773_043_507_042)
                == "2026-03-09T08:05:07.042Z warning  device lost "
                + "device=scale error=\"timed out\" path=1-2.3\n")
    }

    @Test func `journald gets the same sentence, the priority and a field for each name`() {
        #expect(
            line.journalFields(identifier: "stationd") == [
                "MESSAGE=device lost device=scale error=\"timed out\" path=1-2.3", "PRIORITY=4",
                "SYSLOG_IDENTIFIER=stationd", "STATION_DEVICE=scale", "STATION_ERROR=timed out",
                "STATION_PATH=1-2.3",
            ])
    }

    @Test(arguments: [
        (0, "1970-01-01T00:00:00.000Z"), (951_782_399_999, "2000-02-28T23:59:59.999Z"),
        (951_782_400_000, "2000-02-29T00:00:00.000Z"), (-1, "1970-01-01T00:00:00.000Z"),
        (1_709_164_800_000, "2024-02-29T00:00:00.000Z"),
        (1_735_689_599_001, "2024-12-31T23:59:59.001Z"),
        (4_107_542_400_000, "2100-03-01T00:00:00.000Z"),
    ])
    func `the time is UTC to the millisecond`(milliseconds: Int, text: String) {
        let line = LogLine(level: .info, message: "x", metadata: [:])
        #expect(line.terminalLine(at: milliseconds) == "\(text) info     x\n")
    }

    @Test(arguments: [
        ("plain", "plain"), ("", "\"\""), ("two words", "\"two words\""),
        ("a=b", "\"a=b\""), ("say \"x\"", "\"say \\\"x\\\"\""), ("a\nb", "\"a\\nb\""),
        ("\u{1B}[2J", "\"\\u{1b}[2J\""), ("秤", "秤"), ("a\\b", "\"a\\\\b\""),
        ("\u{202E}x", "\"\\u{202e}x\""),
    ])
    func `a value from outside stays one value on one line`(value: String, shown: String) {
        let line = LogLine(level: .info, message: "m", metadata: ["k": "\(value)"])
        #expect(line.text == "m k=\(shown)")
    }

    @Test(arguments: [
        ("device", "STATION_DEVICE"), ("twoWords", "STATION_TWOWORDS"), ("a.b-c", "STATION_A_B_C"),
        ("秤é1", "STATION___1"),
        (String(repeating: "x", count: 90), "STATION_" + String(repeating: "X", count: 56)),
    ])
    func `a field has a name that journald takes`(name: String, journal: String) {
        let line = LogLine(level: .info, message: "m", metadata: [name: "v"])
        #expect(line.journalFields(identifier: "i").last == "\(journal)=v")
    }

    @Test(arguments: 0..<200 as Range<UInt64>)
    func `whatever comes from outside is one line`(seed: UInt64) {
        var numbers = SeededNumbers(state: seed)
        func garbage() -> String {
            let bytes = (0..<Int.random(in: 0..<40, using: &numbers)).map { _ in
                UInt8.random(in: 0...255, using: &numbers)
            }
            return String(decoding: bytes, as: UTF8.self)
        }
        let line = LogLine(
            level: .error, message: garbage(),
            metadata: [garbage(): "\(garbage())", "value": "\(garbage())"])
        let text = line.terminalLine(at: 0)
        let ends = text.utf8.count { $0 == 0x0A }
        let controls = text.unicodeScalars.count { $0.value < 0x20 }
        #expect(ends == 1 && controls == 1 && text.utf8.last == 0x0A)
    }
}

@Suite("Log handler") struct LogHandlerTests {
    @Test func `a line goes out whole, its own fields over those of the logger`() throws {
        let pipe = try Pipe()
        var logger = Logger(label: "x") { _ in
            JournaldLogHandler(
                identifier: "stationd", destination: .text(descriptor: pipe.writing),
                calendar: StoppedCalendar())
        }
        logger[metadataKey: LogKey.device] = "scale"
        logger[metadataKey: LogKey.path] = "1-1"
        logger.debug("not shown")
        logger.info("device ready", metadata: [LogKey.path: "1-2"])
        #expect(
            pipe.read() == "1970-01-01T00:00:01.000Z info     device ready device=scale path=1-2\n")
    }

    @Test func `a line to a journald that is not there is lost without a word`() {
        let logger = Logger(label: "x") { _ in
            JournaldLogHandler(
                identifier: "stationd-test", destination: .journal, calendar: StoppedCalendar())
        }
        logger.notice("first", metadata: [LogKey.device: "scale\n"])
        logger.notice("second")
    }

    @Test func `journald is chosen only where the descriptor is its stream`() throws {
        let pipe = try Pipe()
        var status = stat()
        try #require(fstat(pipe.writing, &status) == 0)
        let own = "\(status.st_dev):\(status.st_ino)"
        for (stream, destination) in [
            (own, LogDestination.journal), (own + "1", .text(descriptor: pipe.writing)),
            ("", .text(descriptor: pipe.writing)), (nil, .text(descriptor: pipe.writing)),
        ] {
            #expect(
                LogDestination.detected(journalStream: stream, descriptor: pipe.writing)
                    == destination)
        }
    }
}

private struct StoppedCalendar: CalendarClock {
    var milliseconds: Int { 1_000 }
    var isSynchronized: Bool { true }
}

private struct Pipe: ~Copyable {
    private let reading: Int32
    let writing: Int32

    init() throws {
        var ends: [Int32] = [0, 0]
        try #require(pipe(&ends) == 0)
        (reading, writing) = (ends[0], ends[1])
    }

    deinit {
        close(reading)
        close(writing)
    }

    func read() -> String {
        var bytes = [UInt8](repeating: 0, count: 4_096)
        let count = Glibc.read(reading, &bytes, bytes.count)
        return String(decoding: bytes.prefix(max(count, 0)), as: UTF8.self)
    }
}

/// SplitMix64.
struct SeededNumbers: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
