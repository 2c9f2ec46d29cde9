import StationCore
import Testing

@testable import SyncProtocol

@Suite("Entries from canonical bytes")
struct CanonicalEntryTests {
    let good = try? ChainVectors().entries[1].canonical

    @Test func `an entry is read back member for member`() throws {
        let entry = try Entry(canonical: Array(try #require(good).utf8))
        #expect(entry.station.text == "990001")
        #expect(entry.sequence == 2)
        #expect(entry.kind == .dayOpened)
        let moment = Moment(time: 1_767_225_600_000, quality: .network, monotonic: 125_000)
        #expect(entry.moment == moment)
        #expect(entry.actor.number == 1)
        #expect(entry.postings.lines.map(\.amount) == [50_000, -50_000])
        #expect(try entry.content(DayOpened.self)?.counted == Fen(50_000))
    }

    @Test(arguments: [
        ("\"epoch\":1", "\"epoch\": 1", EntryFormError.notCanonical),
        ("{\"body\"", "{\"aody\"", .unknownMember("aody")),
        ("\"sequence\":2", "\"sequence\":0", .member("sequence")),
        ("\"station\":\"990001\"", "\"station\":\"99001\"", .member("station")),
        ("\"operator\":1", "\"operator\":102", .member("operator")),
        ("\"quality\":\"network\"", "\"quality\":\"sure\"", .member("quality")),
        ("\"version\":1", "\"version\":true", .member("version")),
        (",\"version\":1", "", .member("version")),
        ("\"first\":true", "\"first\":null", .json(CanonicalRefusal(reason: .null, offset: 46))),
        ("cash.drawer", "cash.pocket", .member("postings")),
        ("50000,\"CNY\"],[", "50000],[", .member("postings")),
        ("-50000", "-49999", .ledger(.unbalanced(unit: .money, by: 1))),
        ("equity.operator\",-50000", "cash.drawer\",-50000", .ledger(.accountTwice(.drawer))),
    ])
    func `a wrong entry is refused with the member`(
        part: String, other: String, error: EntryFormError
    ) throws {
        var changed = try #require(good)
        changed.replaceSubrange(try #require(changed.firstRange(of: part)), with: other)
        #expect(throws: error) { try Entry(canonical: Array(changed.utf8)) }
    }

    @Test(arguments: 0..<300 as Range<UInt64>)
    func `a damaged entry is refused or another whole one`(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        var bytes = Array(try #require(good).utf8)
        for _ in 0...random.below(3) {
            switch random.below(3) {
            case 0: bytes[random.below(bytes.count)] = UInt8(random.below(256))
            case 1: bytes.remove(at: random.below(bytes.count))
            default: bytes.insert(bytes[random.below(bytes.count)], at: random.below(bytes.count))
            }
        }
        if let entry = try? Entry(canonical: bytes) {
            #expect(CanonicalForm.bytes(of: entry) == bytes)
        }
    }
}
