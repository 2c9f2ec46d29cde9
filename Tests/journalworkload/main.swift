// Appends real entries with the real journal, for scripts/test-powercut and measurements.
//
//     journalworkload append DIRECTORY ENTRIES SEED PAGE-SIZE full|normal
//     journalworkload check DIRECTORY

import Glibc
import Journal
import JournalFixtures

/// Of the recorder that this program is run under; acknowledges entry `sequence`.
func acknowledge(_ sequence: Int) {
    guard let symbol = dlsym(nil, "record_acknowledgement") else { return }
    unsafeBitCast(symbol, to: (@convention(c) (UInt64) -> Void).self)(UInt64(sequence))
}

func append(_ arguments: [String]) throws {
    guard arguments.count == 5, let entries = Int(arguments[1]), let seed = UInt64(arguments[2]),
        let pageSize = Int(arguments[3]),
        let synchronous = StorageSettings.Synchronous(rawValue: arguments[4].uppercased())
    else { throw UsageError() }
    var settings = StorageSettings()
    settings.pageSize = pageSize
    settings.synchronous = synchronous
    let journal = try JournalWriter(StateDirectory(path: arguments[0]), settings)
    let station = try TradingStation(journal, seed: seed)
    if journal.head == nil { acknowledge(try station.enrol().entry.sequence) }
    for _ in 0..<entries {
        acknowledge(try station.trade().entry.sequence)
        try journal.idle()
    }
}

struct UsageError: Error {}

/// Opens each directory that is named on standard input, as the daemon does, and answers with a
/// line: the last sequence and what is wrong, or "ok".
func check() throws {
    while let path = readLine() {
        do {
            let journal = try JournalWriter(StateDirectory(path: path))
            let result = try journal.reader.verify()
            _ = try journal.reader.books()
            let finding = result.findings.first.map { "\($0)" } ?? "ok"
            print("\(journal.head?.sequence ?? 0) \(finding)")
        } catch {
            print("0 \(error)")
        }
        fflush(nil)
    }
}

switch CommandLine.arguments.dropFirst().first {
case "append": try append(Array(CommandLine.arguments.dropFirst(2)))
case "check": try check()
default: throw UsageError()
}
