import JournalFixtures
import StationCore
import SyncProtocol
import Testing

@testable import Journal

@Suite("Local state and the downlink copy")
struct LocalStateTests {
    let scratch: Scratch
    let journal: JournalWriter

    init() throws {
        scratch = try Scratch()
        journal = try JournalWriter(scratch.directory)
    }

    @Test func `everything local comes back, and is gone when it is taken back`() throws {
        let hash = try #require(ChainHash([UInt8](repeating: 7, count: 32)))
        let clock = ClockSetting(offset: -5_000, quality: .technician, boot: "b")
        try journal.commit(
            nil,
            local: [
                .acknowledged(Acknowledgement(through: 12, hash: hash)), .appliedThrough(4),
                .token("abc"), .pins(["p1", "p2"]), .stationSecret("01234"), .clock(clock),
                .cleanShutdown(true),
            ])
        var expected = LocalState()
        expected.acknowledged = Acknowledgement(through: 12, hash: hash)
        expected.appliedThrough = 4
        expected.token = "abc"
        expected.pins = ["p1", "p2"]
        expected.stationSecret = "01234"
        expected.clock = clock
        expected.wasShutCleanly = true
        #expect(try JournalReader(scratch.directory).localState() == expected)
        try journal.commit(
            nil, local: [.token(nil), .pins([]), .clock(nil), .cleanShutdown(false)])
        expected.token = nil
        expected.pins = []
        expected.clock = nil
        expected.wasShutCleanly = false
        #expect(try journal.reader.localState() == expected)
    }

    @Test func `an operator is found by number and by badge, with the tries counted`() throws {
        let reader = journal.reader
        let number = try #require(OperatorNumber(7))
        #expect(try reader.operatorSecret(number) == nil)
        let first = OperatorSecret(
            number: number, badge: reader.hash(ofCode: "20481024"), verifier: nil, wrongTries: 0)
        try journal.commit(nil, local: [.operatorSecret(first)])
        #expect(try reader.operatorSecret(badge: "20481024") == first)
        let tried = OperatorSecret(
            number: number, badge: first.badge, verifier: "scrypt$…", wrongTries: 3)
        try journal.commit(nil, local: [.operatorSecret(tried)])
        #expect(try reader.operatorSecret(number) == tried)
        let again = OperatorSecret(
            number: number, badge: reader.hash(ofCode: "11112222"), verifier: nil, wrongTries: 0)
        try journal.commit(nil, local: [.operatorSecret(again)])
        #expect(try reader.operatorSecret(badge: "20481024") == nil)
        #expect(try reader.operatorSecret(badge: "11112222") == again)
    }

    @Test func `a card leads to its villager, by a hash that another box does not share`() throws {
        let hash = journal.reader.hash(ofCode: "12345678")
        try journal.commit(nil, local: [.card(hash: hash, VillagerNumber(5))])
        #expect(try journal.reader.villager(card: "12345678") == VillagerNumber(5))
        #expect(try journal.reader.villager(card: "12345679") == nil)
        let other = try Scratch()
        let elsewhere = try JournalWriter(other.directory).reader.hash(ofCode: "12345678")
        #expect(elsewhere != hash)
        #expect(try JournalReader(scratch.directory).hash(ofCode: "12345678") == hash)
    }
}

@Suite("Lists of head office")
struct ListTests {
    let scratch: Scratch
    let journal: JournalWriter

    init() throws {
        scratch = try Scratch()
        journal = try JournalWriter(scratch.directory)
    }

    private func price(_ code: String, _ fen: Int) throws -> ProducePrice {
        ProducePrice(
            produce: try #require(ProduceCode(code)),
            name: try #require(LocalizedName(["en": code, "zh-Hans": "果"])),
            price: FenPerKilogram(fen))
    }

    private func chunks(
        _ list: Int, _ items: [[ProducePrice]]
    ) throws -> [ListChunk<ProducePrice>] {
        let digest = try ListDigest.of(items.flatMap { $0 })
        return items.enumerated().map { index, items in
            ListChunk(
                list: list, validFrom: 1_000, chunk: index, chunkCount: 3, digest: digest,
                items: items)
        }
    }

    private func stage(_ chunk: ListChunk<ProducePrice>) throws {
        try journal.commit(
            nil,
            local: [
                .stageChunk(
                    .prices, list: chunk.list, chunk: chunk.chunk,
                    value: try CanonicalCoding.encode(chunk))
            ])
    }

    private func adopt(_ list: AdoptedList, _ items: [ProducePrice]) throws {
        try journal.commit(
            nil,
            local: [.adoptList(.prices, list, items: try items.map { try CopiedItem($0) })])
    }

    private func threeParts(_ fen: Int) throws -> [[ProducePrice]] {
        try [
            [price("walnut", fen), price("apple", fen)], [price("pear", fen)],
            [price("10001", fen)],
        ]
    }

    @Test(arguments: [[0, 1, 2], [2, 0, 1], [1, 1, 2, 0]])
    func `a list is whole when its last chunk is there, in whatever order`(order: [Int]) throws {
        let parts = try threeParts(350)
        let chunks = try chunks(4, parts)
        for index in order.dropLast() {
            #expect(try journal.reader.assemble(chunks[index]) == .incomplete)
            try stage(chunks[index])
        }
        let last = try journal.reader.assemble(chunks[try #require(order.last)])
        let list = AdoptedList(list: 4, validFrom: 1_000, digest: chunks[0].digest)
        let items = parts.flatMap { $0 }
        #expect(last == .whole(list, items))
        #expect(try journal.reader.items(of: ProducePrice.self).isEmpty)
        try adopt(list, items)
        #expect(try journal.reader.items(of: ProducePrice.self) == items)
        #expect(try journal.reader.item(of: ProducePrice.self, key: "pear") == items[2])
        #expect(try journal.reader.item(of: Article.self, key: "pear") == nil)
        #expect(try journal.reader.copiedList(.prices) == list)
        #expect(try journal.reader.copiedList(.articles) == nil)
    }

    @Test func `a newer list replaces the one before as a whole`() throws {
        let old = try threeParts(350).flatMap { $0 }
        try adopt(AdoptedList(list: 4, validFrom: 1, digest: "a"), old)
        let new = [try price("plum", 99)]
        try adopt(AdoptedList(list: 5, validFrom: 2, digest: "b"), new)
        #expect(try journal.reader.items(of: ProducePrice.self) == new)
        #expect(try journal.reader.copiedList(.prices)?.list == 5)
    }

    @Test func `chunks of two lists are never mixed`() throws {
        let four = try chunks(4, threeParts(350))
        let five = try chunks(5, threeParts(360))
        try stage(four[0])
        try stage(four[1])
        #expect(try journal.reader.assemble(five[2]) == .incomplete)
        try stage(five[2])
        #expect(try journal.reader.assemble(four[2]) == .incomplete)
    }

    @Test func `a changed chunk, a foreign one and a key twice are a wrong digest`() throws {
        let chunks = try chunks(4, threeParts(350))
        try stage(chunks[0])
        try stage(chunks[1])
        let changed = ListChunk(
            list: 4, validFrom: 1_000, chunk: 2, chunkCount: 3, digest: chunks[2].digest,
            items: [try price("10001", 351)])
        #expect(try journal.reader.assemble(changed) == .wrongDigest)
        let foreign = ListChunk(
            list: 4, validFrom: 1_000, chunk: 2, chunkCount: 3, digest: "00",
            items: chunks[2].items)
        #expect(try journal.reader.assemble(foreign) == .wrongDigest)
        try journal.commit(nil, local: [.dropChunks(.prices)])
        #expect(try journal.reader.assemble(chunks[2]) == .incomplete)
        let twice = try self.chunks(6, [[price("pear", 1)], [price("pear", 1)], []])
        try stage(twice[0])
        try stage(twice[1])
        #expect(try journal.reader.assemble(twice[2]) == .wrongDigest)
    }
}
