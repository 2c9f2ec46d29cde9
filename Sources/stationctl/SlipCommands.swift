import ArgumentParser
import Journal
import Receipts
import StationCore

/// Whether a slip that somebody holds is one of this journal.
struct CheckSlip: JournalCommand {
    static let configuration = CommandConfiguration(
        commandName: "check-slip",
        abstract: "Whether a slip's code stands in this journal unchanged.")

    @Argument(help: "What the slip's QR code (VK04...) or barcode (VK11...) says.")
    var code: String
    @OptionGroup var state: StateOptions
    @OptionGroup var output: OutputOptions

    private struct Answer: Encodable {
        let number: Int
        let result: Result
        let kind: String?

        enum Result: String, Encodable { case unchanged, otherMark, noSuchEntry, otherStation }
    }

    func validate() throws {
        if SlipName(code) == nil {
            throw ValidationError(
                "\"\(code)\" is no slip's code; it begins with VK04 (QR) or VK11, and its check "
                    + "digits are right")
        }
    }

    func report(_ journal: JournalReader) throws -> Report {
        guard let slip = SlipName(code) else { throw Failure(text: "no slip's code") }
        guard let head = try journal.head() else { throw Failure(text: "the journal is empty") }
        if let station = slip.station, station != head.station.text || slip.epoch != head.epoch {
            return try answer(
                slip, .otherStation, nil,
                "a slip of station \(station), epoch \(slip.epoch ?? 0); this is station "
                    + "\(head.station), epoch \(head.epoch)")
        }
        switch try journal.checkSlip(slip.sequence, mark: slip.mark) {
        case .unchanged(let stored):
            return try answer(
                slip, .unchanged, stored,
                "No. \(slip.sequence), \(stored.entry.kind): stands unchanged in this journal")
        case .otherMark(let stored):
            return try answer(
                slip, .otherMark, stored,
                "No. \(slip.sequence), \(stored.entry.kind): the slip has mark \(slip.mark), the "
                    + "journal \(stored.hash.mark)")
        case .noSuchEntry:
            return try answer(
                slip, .noSuchEntry, nil,
                "there is no entry \(slip.sequence); the last one is \(head.sequence)")
        }
    }

    private func answer(
        _ slip: SlipName, _ result: Answer.Result, _ stored: StoredEntry?, _ text: String
    ) throws -> Report {
        try Report(
            text: text,
            json: Answer(
                number: slip.sequence, result: result, kind: stored?.entry.kind.rawValue),
            code: result == .unchanged ? .success : .wrong)
    }
}

/// What the code on a slip says.
private struct SlipName {
    /// Nil in the short code, which has no room for it.
    let station: String?
    let epoch: Int?
    let sequence: Int
    let mark: String

    init?(_ code: String) {
        switch Barcode(text: code) {
        case .slip(let slip):
            guard let number = Int(slip.sequence.text) else { return nil }
            station = slip.station.text
            epoch = Int(slip.epoch.text)
            sequence = number
            mark = slip.mark.text
        case .slipShort(let slip):
            guard let number = Int(slip.sequence.text) else { return nil }
            station = nil
            epoch = nil
            sequence = number
            mark = slip.halfMark.text
        case .gtin, .inStore, .villagerCard, .badge, .command, .rackPlace, .parcelLabel, .runLine,
            .numberKey, .enrolment, .pairing, .unknown:
            return nil
        }
    }
}

/// The slip of an entry on this terminal.
struct Preview: JournalCommand {
    static let configuration = CommandConfiguration(
        abstract: "The slip of an entry as text, on this terminal.")

    @Argument(help: "The entry's number.")
    var number: Int
    @Option(help: "The station's name, as STATION_NAME has it.")
    var name: String?
    @OptionGroup var state: StateOptions
    @OptionGroup var output: OutputOptions

    private struct Answer: Encodable { let number: Int, text: String }

    func validate() throws {
        if let name, !Letterhead.isAllowed(name: name) {
            throw ValidationError("--name: allowed is \(Letterhead.allowedName)")
        }
    }

    func report(_ journal: JournalReader) throws -> Report {
        let stored = try journal.found(number)
        let text: String
        do throws(SlipError) {
            let document = try Slip.document(
                for: stored.entry, hash: stored.hash.bytes,
                letterhead: Letterhead(
                    stationName: name ?? "",
                    utcOffsetMinutes: MachineZone.utcOffsetMinutes))
            text = PlainText.render(document)
        } catch {
            switch error {
            case .noSlip(let kind): throw Failure(text: "No. \(number) is \(kind): it has no slip")
            case .body, .codes: throw Failure(text: "No. \(number): \(error)", code: .wrong)
            }
        }
        return try Report(text: text, json: Answer(number: number, text: text))
    }
}
