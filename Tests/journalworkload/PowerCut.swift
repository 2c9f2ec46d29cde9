import FoundationEssentials
import Glibc
import Journal
import JournalFixtures
import StationCore

func rebuild(_ arguments: [String]) throws {
    guard arguments.count == 2, let chunk = Int(arguments[1]) else { throw UsageError() }
    try JournalWriter(StateDirectory(path: arguments[0])).rebuild(chunk: chunk) { _ in true }
}

/// A station that enrols and starts, and whose enrolment head office refuses.
func setAside(_ arguments: [String]) throws {
    guard arguments.count == 1 else { throw UsageError() }
    let journal = try JournalWriter(StateDirectory(path: arguments[0]))
    let station = try TradingStation(journal, seed: 1)
    acknowledge(try station.enrol().entry.sequence)
    let started = try station.append(
        EntryDraft(StationStarted(release: "1", clean: true), by: .station))
    acknowledge(started.entry.sequence)
    _ = try journal.setAside()
}

/// Opens each directory that is named on standard input, as the daemon does, and answers with a
/// line: the last sequence and what is wrong, or "ok". What was set aside counts as there.
///
/// - Parameter rebuilding: Makes the projections anew too, from where a run before stopped.
func check(rebuilding: Bool) throws {
    while let path = readLine() {
        do {
            let journal = try JournalWriter(StateDirectory(path: path))
            var finding = try firstFinding(journal.reader)
            if rebuilding {
                try journal.rebuild()
                finding = try finding ?? firstFinding(journal.reader)
            }
            let last = try journal.head?.sequence ?? lastSetAside(path)
            print("\(last) \(finding ?? "ok")")
        } catch {
            print("0 \(error)")
        }
        fflush(nil)
    }
}

private func firstFinding(_ reader: JournalReader) throws -> String? {
    _ = try reader.books()
    return try reader.verify().findings.first?.description
}

/// The last entry of the journal that was set aside; 0 where there is none.
private func lastSetAside(_ path: String) throws -> Int {
    let names = try FileManager.default.contentsOfDirectory(atPath: path)
    guard let name = names.first(where: { $0.hasPrefix("set-aside-") }) else { return 0 }
    let folder = path + "/aside"
    try FileManager.default.createDirectory(
        atPath: folder, withIntermediateDirectories: false)
    let directory = StateDirectory(path: folder)
    try FileManager.default.moveItem(atPath: path + "/" + name, toPath: directory.journalFile)
    let journal = try JournalReader(directory)
    if let finding = try firstFinding(journal) { throw SetAsideFault(what: finding) }
    return try journal.head()?.sequence ?? 0
}

struct SetAsideFault: Error { let what: String }
