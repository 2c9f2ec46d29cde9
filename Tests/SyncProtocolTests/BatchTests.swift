import StationCore
import SyncProtocol
import Testing

@Suite("Batches of entries in columns")
struct BatchTests {
    let station = StationNumber("990001")

    @Test(arguments: 0..<200 as Range<UInt64>)
    func `entries come back exactly`(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let station = try #require(station)
        let first = 1 + random.below(1_000_000)
        let entries = random.entries(random.below(40), first: first, station: station, epoch: 3)
        let columns = Batch.columns(of: entries)
        let back = try Batch.entries(
            fromColumns: columns, station: station, epoch: 3, first: first, count: entries.count)
        #expect(
            back.map { CanonicalForm.bytes(of: $0) } == entries.map { CanonicalForm.bytes(of: $0) })
    }

    @Test func `names that only look alike stay apart`() throws {
        let station = try #require(station)
        let entries = ["\u{e9}", "e\u{301}"].enumerated().map { index, text in
            Entry(
                station: station, epoch: 1, sequence: index + 1, kind: EntryKind(rawValue: text),
                version: 1, moment: Moment(time: 0, quality: .unset, monotonic: 0), boot: text,
                actor: .station, postings: .none, body: .object([text: .integer(1)]))
        }
        let back = try Batch.entries(
            fromColumns: Batch.columns(of: entries), station: station, epoch: 1, first: 1, count: 2)
        #expect(
            back.map { CanonicalForm.bytes(of: $0) } == entries.map { CanonicalForm.bytes(of: $0) })
    }

    @Test func `a batch without entries has no body`() throws {
        let station = try #require(station)
        #expect(Batch.columns(of: []) == [])
        let back = try Batch.entries(
            fromColumns: [], station: station, epoch: 1, first: 7, count: 0)
        #expect(back == [])
        #expect(throws: BatchRefusal.column("body")) {
            try Batch.entries(fromColumns: [0x7b], station: station, epoch: 1, first: 7, count: 0)
        }
    }

    @Test(arguments: [
        ("\"order\":[0,1,0]", "\"order\":[0,1,1]", BatchRefusal.column("operators")),
        ("\"order\":[0,1,0]", "\"order\":[0,2,0]", .column("order")),
        ("\"order\":[0,1,0]", "\"order\":[0,-1,0]", .column("order")),
        ("\"order\":[0,1,0]", "\"order\":[0,1]", .column("order")),
        ("\"boot\":[\"b\",3]", "\"boot\":[\"b\",4]", .column("boot")),
        ("\"boot\":[\"b\",3]", "\"boot\":[\"b\",2]", .column("boot")),
        ("\"boot\":[\"b\",3]", "\"boot\":[\"b\",3,\"c\",0]", .column("boot")),
        ("\"boot\":[\"b\",3]", "\"boot\":[\"b\"]", .column("boot")),
        ("\"time\":[5,0,0]", "\"time\":[9007199254740991,1,0]", .column("time")),
        ("\"time\":[5,0,0]", "\"clock\":[5,0,0]", .column("clock")),
        (
            "\"monotonic\":[1,0,0]", "\"monotonic\":[1,-2,0]",
            .entry(sequence: 5, .member("monotonic"))
        ),
        (
            "\"quality\":[\"file\",3]", "\"quality\":[\"sure\",3]",
            .entry(sequence: 4, .member("quality"))
        ),
        ("\"fields\":[\"a\"]", "\"fields\":[\"a\",\"a\"]", .column("fields")),
        ("\"fields\":[\"a\"]", "\"fields\":[]", .column("columns")),
        ("\"columns\":[[1,3]]", "\"columns\":[[1]]", .column("columns")),
        ("\"operators\":[0,0]", "\"operators\":[0]", .column("postings")),
        ("\"operators\":[0,0]", "\"operators\":[]", .column("operators")),
    ])
    func `a wrong column is named`(part: String, other: String, refusal: BatchRefusal) throws {
        let station = try #require(station)
        let entries = [("x", 1), ("y", 2), ("x", 3)].enumerated().map { index, row in
            Entry(
                station: station, epoch: 1, sequence: index + 4,
                kind: EntryKind(rawValue: row.0), version: 1,
                moment: Moment(time: 5, quality: .file, monotonic: 1), boot: "b",
                actor: .station, postings: .none, body: .object(["a": .integer(row.1)]))
        }
        var text = String(decoding: Batch.columns(of: entries), as: UTF8.self)
        text.replaceSubrange(try #require(text.firstRange(of: part)), with: other)
        #expect(throws: refusal) {
            try Batch.entries(
                fromColumns: Array(text.utf8), station: station, epoch: 1, first: 4, count: 3)
        }
    }

    @Test(arguments: 0..<300 as Range<UInt64>)
    func `damaged columns are refused or make whole entries`(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let station = try #require(station)
        let entries = random.entries(5, first: 1, station: station, epoch: 1)
        let bytes = random.damaged(Batch.columns(of: entries))
        let count = random.below(4) == 0 ? random.below(8) : 5
        let back = try? Batch.entries(
            fromColumns: bytes, station: station, epoch: 1, first: 1, count: count)
        if let back {
            #expect(back.map(\.sequence) == Array(1..<(count + 1)))
            for entry in back {
                #expect(try Entry(canonical: CanonicalForm.bytes(of: entry)) == entry)
            }
        }
    }
}

extension SeededRandom {
    /// Bytes changed, left out, doubled, cut off or put behind each other.
    mutating func damaged(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        for _ in 0...below(4) {
            guard !bytes.isEmpty else { return [UInt8(below(256))] }
            switch below(6) {
            case 0: bytes[below(bytes.count)] = UInt8(below(256))
            case 1: bytes[below(bytes.count)] = bytes[below(bytes.count)]
            case 2: bytes.remove(at: below(bytes.count))
            case 3: bytes.insert(bytes[below(bytes.count)], at: below(bytes.count))
            case 4: bytes.removeLast(below(bytes.count))
            default:
                let start = below(bytes.count)
                bytes += bytes[start..<min(bytes.count, start + below(40))]
            }
        }
        return bytes
    }
}
