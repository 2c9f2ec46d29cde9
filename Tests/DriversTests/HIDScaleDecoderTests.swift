import Drivers
import StationCore
import Testing

@Suite("Reports of USB HID scales")
struct HIDScaleDecoderTests {
    @Test(arguments: UInt64(0)..<200)
    func `rubbish never traps and never makes a weight out of what is none`(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var decoder = HIDScaleDecoder()
        for _ in 0..<100 {
            let bytes = generator.bytes(Int.random(in: 0...13, using: &generator))
            for case .weight(let reading) in decoder.push(bytes) {
                #expect([3, 4].contains(reading.frame[0]) && reading.frame.count == 6)
                let carriesMass = [.stable, .moving, .zero].contains(reading.status)
                #expect((reading.grams != nil) == carriesMass)
                #expect((reading.grams ?? .zero) >= .zero)
            }
        }
        #expect(decoder.finish().isEmpty)
    }

    @Test func `only the reports that the scale names are weights`() {
        var named = HIDScaleDecoder(reports: .ids([9]))
        #expect(
            named.push([3, 4, 2, 0, 20, 0]) == [.discarded(Discard(bytes: 6, why: .reportID))])
        var bare = HIDScaleDecoder(reports: .withoutID)
        let reading = WeightReading(
            status: .stable, grams: Grams(20), magnitude: Magnitude(20), unit: .gram,
            frame: [9, 4, 2, 0, 20, 0])
        #expect(named.push(reading.frame) == [.weight(reading)])
        #expect(
            bare.push([4, 2, 0, 20, 0]) == [
                .weight(
                    WeightReading(
                        status: .stable, grams: Grams(20), magnitude: Magnitude(20), unit: .gram,
                        frame: [4, 2, 0, 20, 0]))
            ])
        #expect(bare.push(reading.frame) == [.discarded(Discard(bytes: 6, why: .length))])
    }

    @Test(arguments: UInt64(0)..<100)
    func `of cut and doubled reports only whole ones are weights`(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var decoder = HIDScaleDecoder()
        for _ in 0..<50 {
            let mass = UInt16.random(in: 0...UInt16.max, using: &generator)
            let report: [UInt8] = [3, 4, 2, 0, UInt8(mass & 0xff), UInt8(mass >> 8)]
            let length = Int.random(in: 1...6, using: &generator)
            let decoded = decoder.push(Array(report.prefix(length)))
            if length == 6 {
                #expect(decoded.count == 1)
                guard case .weight(let reading)? = decoded.first else {
                    Issue.record("a whole report was discarded")
                    return
                }
                #expect(reading.grams == Grams(Int(mass)))
                #expect(decoder.push(report + report).count == 2)
            } else {
                #expect(decoded == [.discarded(Discard(bytes: length, why: .length))])
            }
        }
    }

    @Test(arguments: UInt64(0)..<100)
    func `grams are the value rounded half up, by another way of computing`(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var decoder = HIDScaleDecoder()
        for _ in 0..<100 {
            let magnitude = UInt16.random(in: 0...UInt16.max, using: &generator)
            let decimals = UInt8.random(in: 0...4, using: &generator)
            let (code, nanograms): (UInt8, Int) =
                [
                    (2, 1_000_000_000), (3, 1_000_000_000_000), (11, 28_349_523_125),
                    (12, 453_592_370_000),
                ]
                .randomElement(using: &generator) ?? (2, 1_000_000_000)
            let report = [
                3, 4, code, UInt8(bitPattern: -Int8(decimals)), UInt8(magnitude & 0xff),
                UInt8(magnitude >> 8),
            ]
            let divisor = (0..<decimals).reduce(1_000_000_000) { product, _ in product * 10 }
            let expected = (Int(magnitude) * nanograms + divisor / 2) / divisor
            guard case .weight(let reading)? = decoder.push(report).first else {
                Issue.record("discarded")
                return
            }
            #expect(reading.grams == Grams(expected))
            #expect(reading.frame == report)
        }
    }
}
