// Appends real entries with the real journal, for scripts/test-powercut and measurements.
//
//     journalworkload append DIRECTORY ENTRIES SEED full|normal
//     journalworkload rebuild DIRECTORY CHUNK
//     journalworkload set-aside DIRECTORY
//     journalworkload check [rebuild]
//     journalworkload export DIRECTORY
//     journalworkload measure DIRECTORY TRADES PAGE-SIZE
//     journalworkload commits DIRECTORY ENTRIES

import FoundationEssentials
import Glibc
import Journal
import JournalFixtures
import StationCore

/// Of the recorder that this program is run under; acknowledges entry `sequence`.
func acknowledge(_ sequence: Int) {
    guard let symbol = dlsym(nil, "record_acknowledgement") else { return }
    unsafeBitCast(symbol, to: (@convention(c) (UInt64) -> Void).self)(UInt64(sequence))
}

func append(_ arguments: [String]) throws {
    guard arguments.count == 4, let entries = Int(arguments[1]), let seed = UInt64(arguments[2]),
        let synchronous = ["full": 2, "normal": 1][arguments[3]]
    else { throw UsageError() }
    var settings = StorageSettings()
    settings.synchronous = synchronous
    settings.commitsPerCheckpoint = 16
    let journal = try JournalWriter(StateDirectory(path: arguments[0]), settings)
    let station = try TradingStation(journal, seed: seed)
    if journal.head == nil { acknowledge(try station.enrol().entry.sequence) }
    for _ in 0..<entries {
        acknowledge(try station.trade().entry.sequence)
        try journal.idle()
    }
}

struct UsageError: Error {}

/// The journal as lines of JSON.
func export(_ arguments: [String]) throws {
    guard arguments.count == 1 else { throw UsageError() }
    try JournalReader(StateDirectory(path: arguments[0])).export { line in
        guard write(1, line, line.count) == line.count else { throw UsageError() }
    }
}

/// Trades of produce, a slip printed after each, after some weeks of all kinds of entries; says
/// what one of them wrote. Run it on a disk: a file system in memory counts nothing.
func measure(_ arguments: [String]) throws {
    guard arguments.count == 3, let trades = Int(arguments[1]), let pageSize = Int(arguments[2])
    else { throw UsageError() }
    var settings = StorageSettings()
    settings.pageSize = pageSize
    let journal = try JournalWriter(StateDirectory(path: arguments[0]), settings)
    let station = try TradingStation(journal, seed: 1)
    try station.enrol()
    for _ in 0..<4_000 {
        try station.trade()
        try journal.idle()
    }
    if station.books.day == nil { try station.append(station.openDay()) }
    let before = try written()
    for _ in 0..<trades {
        var bought = try station.append(station.buyProduce())
        while bought.entry.kind != .produceBought {
            bought = try station.append(station.buyProduce())
        }
        try station.printed(bought.entry.sequence)
        try journal.idle()
    }
    let after = try written()
    for _ in 0..<trades / 10 {
        try station.trade(group: 10)
        try journal.idle()
    }
    let grouped = try written()
    let entries = journal.head?.sequence ?? 1
    var file = stat()
    stat(journal.directory.journalFile, &file)
    let size = Int(file.st_size) / entries
    print(
        "page size \(pageSize): \((after.calls - before.calls) / trades) bytes in write calls, "
            + "\((after.disk - before.disk) / trades) bytes to the disk a trade; "
            + "\((grouped.calls - after.calls) / (trades / 10 * 10)) bytes in write calls an entry"
            + " in groups of ten; \(size) bytes an entry in the file")
}

/// Entries and bare flushes in turns, on the same disk: each entry is decided, hashed, folded and
/// committed as the daemon does it, then as many bytes are written over a file that has its room
/// already, and flushed. What can wait until nothing else is done waits, as in the daemon.
func commits(_ arguments: [String]) throws {
    guard arguments.count == 2, let entries = Int(arguments[1]) else { throw UsageError() }
    let journal = try JournalWriter(StateDirectory(path: arguments[0]))
    let station = try TradingStation(journal, seed: 1)
    if journal.head == nil { try station.enrol() }
    for _ in 0..<4_000 {
        try station.trade()
        try journal.idle()
    }
    var bare = try BareFile(path: arguments[0] + "/bare")
    var durable: [Duration] = []
    var busy: [Duration] = []
    var flushes: [Duration] = []
    var bytes = 0
    for _ in 0..<entries {
        let draft = try station.draft()
        let before = try written().calls
        let start = busyTime()
        durable.append(try ContinuousClock().measure { try station.append(draft) })
        busy.append(busyTime() - start)
        let size = try written().calls - before
        bytes += size
        flushes.append(try bare.flush(size))
        try journal.idle()
    }
    let ratio = Double(microseconds(durable)) / Double(microseconds(flushes))
    print(
        "\(microseconds(durable)) us a durable entry, of which \(microseconds(busy)) us processor; "
            + "\(microseconds(flushes)) us a bare flush of as many bytes "
            + "(\(bytes / entries) on average): medians; ratio \(Int(ratio * 100)) %")
}

/// A file with room, written over from its start to its end again and again.
struct BareFile {
    private static let size = 1_024 * 1_024
    private let descriptor: Int32
    private var offset = 0

    init(path: String) throws {
        descriptor = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        let bytes = [UInt8](repeating: 1, count: BareFile.size)
        guard pwrite(descriptor, bytes, bytes.count, 0) == bytes.count, fsync(descriptor) == 0
        else { throw UsageError() }
    }

    mutating func flush(_ size: Int) throws -> Duration {
        let bytes = (0..<size).map { _ in UInt8.random(in: 0...255) }
        if offset + size > BareFile.size { offset = 0 }
        let time = ContinuousClock().measure {
            pwrite(descriptor, bytes, size, off_t(offset))
            fdatasync(descriptor)
        }
        offset += size
        return time
    }
}

/// Processor time of this thread, in the program and in the kernel.
func busyTime() -> Duration {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
}

/// The median.
func microseconds(_ times: [Duration]) -> Int {
    let middle = times.sorted()[times.count / 2]
    return Int(middle.components.attoseconds / 1_000_000_000_000)
}

/// What this process has written so far, by /proc/self/io.
func written() throws -> (calls: Int, disk: Int) {
    let text = try String(contentsOfFile: "/proc/self/io", encoding: .utf8)
    func value(_ name: String) -> Int {
        let line = text.split(separator: "\n").first { $0.hasPrefix(name + ":") }
        return line?.split(separator: " ").last.flatMap { Int($0) } ?? 0
    }
    return (value("wchar"), value("write_bytes"))
}

do {
    let arguments = Array(CommandLine.arguments.dropFirst(2))
    switch CommandLine.arguments.dropFirst().first {
    case "append": try append(arguments)
    case "rebuild": try rebuild(arguments)
    case "set-aside": try setAside(arguments)
    case "check": try check(rebuilding: arguments == ["rebuild"])
    case "export": try export(arguments)
    case "measure": try measure(arguments)
    case "commits": try commits(arguments)
    default: throw UsageError()
    }
} catch {
    print("journalworkload: \(error)")
    exit(1)
}
