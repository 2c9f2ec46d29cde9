import Drivers
import Simulators
import Testing

@Suite("What a scale says of its reports")
struct ScaleLayoutTests {
    private static let wholeScale = SimulatedScale.reportDescriptor(dataReport: 3)

    /// One report of a scale: `head` stands in front of its fields.
    private static func report(_ head: [UInt8], _ fields: [UInt8]) -> [UInt8] {
        [0x09, 0x32, 0xa1, 0x02] + head + fields + [0xc0]
    }

    private static func scale(_ reports: [UInt8]...) -> [UInt8] {
        [0x05, 0x8d, 0x09, 0x20, 0xa1, 0x01] + reports.flatMap { $0 } + [0xc0]
    }

    /// Status, unit and exponent, a byte each.
    private static let head: [UInt8] = [0x75, 0x08, 0x95, 0x03, 0x81, 0x02]
    private static let weight: [UInt8] = [0x75, 0x10, 0x95, 0x01, 0x09, 0x40, 0x81, 0x02]
    private static let weightByBytes: [UInt8] = [0x95, 0x02, 0x09, 0x40, 0x81, 0x02]
    private static let padding: [UInt8] = [0x75, 0x08, 0x95, 0x01, 0x81, 0x03]

    @Test func `the report that holds the weight is found, the limit is not taken for it`() {
        #expect(HIDScaleLayout(descriptor: Self.wholeScale) == .reports(.ids([3])))
        var moved = Self.wholeScale
        moved[11] = 9
        #expect(HIDScaleLayout(descriptor: moved) == .reports(.ids([9])))
        let limit = [0x09, 0x34, 0xa1, 0x02, 0x85, 0x05] + Self.head + Self.weight + [0xc0]
        #expect(
            HIDScaleLayout(
                descriptor: Self.scale(
                    limit, Self.report([0x85, 0x07], Self.head + Self.weight)))
                == .reports(.ids([7])))
    }

    @Test func `reports may have no id, the weight may be told by bytes, ids may be several`() {
        let fields = Self.head + Self.weightByBytes
        #expect(
            HIDScaleLayout(descriptor: Self.scale(Self.report([], fields))) == .reports(.withoutID))
        #expect(
            HIDScaleLayout(
                descriptor: Self.scale(
                    Self.report([0x85, 0x03], fields), Self.report([0x85, 0x04], fields)))
                == .reports(.ids([3, 4])))
    }

    @Test func `an item may be long, carry its page, and be pushed away and back`() {
        let long: [UInt8] = [0xfe, 0x02, 0xf0, 0x85, 0x09]
        let weight: [UInt8] = [0x75, 0x10, 0x95, 0x01, 0x0b, 0x40, 0x00, 0x8d, 0x00, 0x81, 0x02]
        let elsewhere: [UInt8] = [0xa4, 0x05, 0x01, 0x85, 0x09, 0xb4]
        #expect(
            HIDScaleLayout(
                descriptor: Self.scale(
                    Self.report([0x85, 0x06], Self.head + long + elsewhere + weight)))
                == .reports(.ids([6])))
    }

    @Test(arguments: [
        weight + head, head + padding + weight, head + weight + padding, weight,
    ])
    func `a weight that stands elsewhere is not read where it is not`(fields: [UInt8]) {
        let descriptor = Self.scale(Self.report([0x85, 0x03], fields))
        #expect(HIDScaleLayout(descriptor: descriptor) == .other)
    }

    @Test(arguments: [
        nil, [], scale(), scale(report([0x85, 0x03], head)), Array(wholeScale.dropLast()),
        wholeScale + [0xc0], wholeScale + [0x27, 0xff], wholeScale + [0xfe, 0x05, 0x00],
        scale([0x85, 0x00]), scale([0xb4]), scale([0x29, 0x40]),
        scale([0x77, 0xff, 0xff, 0xff, 0xff, 0x97, 0xff, 0xff, 0xff, 0xff, 0x09, 0x40, 0x81, 0x02]),
        [UInt8](repeating: 0xa4, count: 40), [UInt8](repeating: 0, count: 1_025),
    ])
    func `what is no descriptor, or tells no weight, tells nothing`(descriptor: [UInt8]?) {
        #expect(HIDScaleLayout(descriptor: descriptor) == .untold)
    }

    @Test func `a field has its place, its usages and what it stands in`() throws {
        let descriptor = try #require(HIDReportDescriptor(Self.wholeScale))
        #expect(descriptor.fields.map(\.bitOffset) == [0, 8, 16, 24])
        #expect(descriptor.fields.map(\.bitCount) == [8, 8, 8, 16])
        #expect(descriptor.fields.first?.collections == [0x8d_0020, 0x8d_0032, 0x8d_0070])
        #expect(descriptor.fields.first?.usages == [0x8d_0071...0x8d_0078])
        #expect(descriptor.bitCount(ofReport: 3) == 40)
        #expect(descriptor.bitCount(ofReport: 5) == nil)
    }

    @Test(arguments: UInt64(0)..<200)
    func `rubbish, cut and doubled descriptors never trap, and name no report that is not there`(
        seed: UInt64
    ) {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<50 {
            var bytes = Self.wholeScale
            switch Int.random(in: 0..<4, using: &generator) {
            case 0: bytes = generator.bytes(Int.random(in: 0...200, using: &generator))
            case 1: bytes.removeLast(Int.random(in: 1...bytes.count, using: &generator))
            case 2: bytes += bytes
            default:
                for _ in 0..<Int.random(in: 1...4, using: &generator) {
                    bytes[Int.random(in: bytes.indices, using: &generator)] = .random(
                        in: 0...255, using: &generator)
                }
            }
            guard case .reports(let reports) = HIDScaleLayout(descriptor: bytes) else { continue }
            let ids: [UInt8?] = if case .ids(let ids) = reports { Array(ids) } else { [nil] }
            let descriptor = HIDReportDescriptor(bytes)
            for id in ids { #expect(descriptor?.bitCount(ofReport: id) == 40) }
        }
    }
}
