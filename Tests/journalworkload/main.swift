// Appends real entries with the real journal, for scripts/test-powercut and measurements.
//
//     journalworkload append DIRECTORY ENTRIES SEED full|normal
//     journalworkload rebuild DIRECTORY CHUNK
//     journalworkload set-aside DIRECTORY
//     journalworkload check [rebuild]
//     journalworkload export DIRECTORY
//     journalworkload measure DIRECTORY TRADES PAGE-SIZE

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
        let synchronous = StorageSettings.Synchronous(rawValue: arguments[3].uppercased())
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
    default: throw UsageError()
    }
} catch {
    print("journalworkload: \(error)")
    exit(1)
}
