import Drivers
import Simulators
import StationCore
import Testing

@Suite("Scales on the bus")
struct ScaleSessionTests {
    /// Report 3 of a weight alone.
    private static let otherLayout: [UInt8] = [
        0x05, 0x8d, 0x09, 0x20, 0xa1, 0x01, 0x85, 0x03, 0x09, 0x40, 0x75, 0x10, 0x95, 0x01, 0x81,
        0x02, 0xc0,
    ]

    private static func dymo(_ clock: ManualClock) -> SimulatedScale {
        SimulatedScale(clock: clock, vendor: 0x0922, product: 0x8003)
    }

    @Test func `the weighing before is never told, and a steady load stays fresh`() async throws {
        let bench = DeviceBench()
        let scale = Self.dymo(bench.clock)
        scale.send([3, 4, 2, 0, 0xe8, 3])
        bench.bus.plug(scale, at: "1-1")
        await bench.expect { $0.isNow(.scale, .ready) }
        scale.put(352)
        await bench.expect { $0.weights.last?.reading.status == .stable }
        let before = bench.weights.count
        await bench.clock.advance(by: .seconds(1))
        let weights = bench.weights
        #expect(weights.count >= before + 9)
        let last = try #require(weights.last)
        #expect(last.reading.grams == Grams(352))
        #expect(last.scale.model == "dymo-m10")
        #expect(last.scale.path == "1-1")
        #expect(last.scale.division == Division("2 g"))
        #expect(bench.clock.milliseconds - last.at <= 100)
        await bench.stop()
    }

    @Test func `after it was opened again the first report is dropped`() async {
        let bench = DeviceBench()
        let scale = Self.dymo(bench.clock)
        bench.bus.plug(scale, at: "1-1")
        await bench.expect { !$0.weights.isEmpty }
        scale.put(1_000)
        await bench.expect { $0.weights.last?.reading.status == .stable }
        bench.bus.unplug("1-1")
        await bench.expect { $0.events.contains(.scaleLost) }
        scale.takeOff()
        let heard = bench.weights.count
        bench.bus.plug(scale, at: "1-2")
        await bench.expect { $0.weights.count >= heard + 8 }
        let after = bench.weights[heard...]
        #expect(
            !after.contains { $0.reading.status == .stable && $0.reading.grams == Grams(1_000) })
        await bench.stop()
    }

    @Test func `the division follows the unit, and configuration goes before it`() async {
        let bench = DeviceBench()
        let scale = Self.dymo(bench.clock)
        bench.bus.plug(scale, at: "1-1")
        await bench.expect { $0.weights.last?.scale.division == Division("2 g") }
        scale.set(SimulatedScale.Traits(unit: .ounce, exponent: -1, division: 1))
        await bench.expect { $0.weights.last?.scale.division == Division("0.1 oz") }
        await bench.stop()

        let configured = DeviceBench(scaleDivision: Division("5 g"))
        configured.bus.plug(Self.dymo(configured.clock), at: "1-1")
        await configured.expect { $0.weights.last?.scale.division == Division("5 g") }
        await configured.stop()
    }

    @Test func `one scale weighs at a time, and the next one takes its place`() async {
        let bench = DeviceBench()
        let first = Self.dymo(bench.clock)
        let second = SimulatedScale(clock: bench.clock, vendor: 0x0eb8, product: 0xf001)
        bench.bus.plug(first, at: "1-1")
        await bench.expect { !$0.weights.isEmpty }
        bench.bus.plug(second, at: "1-2")
        await bench.clock.advance(by: .seconds(1))
        #expect(Set(bench.weights.map(\.scale.path)) == ["1-1"])
        bench.bus.unplug("1-1")
        await bench.expect { $0.weights.last?.scale.path == "1-2" }
        await bench.stop()
    }

    @Test func `the report is found by what the scale says of it`() async {
        let bench = DeviceBench()
        let traits = SimulatedScale.Traits(reportID: 9)
        let scale = SimulatedScale(
            clock: bench.clock, vendor: 0x0922, product: 0x8003, traits: traits)
        scale.put(352)
        bench.bus.plug(scale, at: "1-1")
        await bench.expect { $0.weights.last?.reading.grams == Grams(352) }
        #expect(bench.weights.last?.reading.frame.first == 9)
        await bench.stop()
    }

    @Test func `a scale that says nothing of its reports is heard by the usual ids`() async {
        let bench = DeviceBench()
        bench.bus.fail(.control, at: "1-1", with: .stalled, count: 2)
        let scale = Self.dymo(bench.clock)
        scale.put(352)
        bench.bus.plug(scale, at: "1-1")
        await bench.expect { $0.weights.last?.reading.grams == Grams(352) }
        await bench.stop()
    }

    @Test func `a scale whose weight stands elsewhere is not read, and the next one is`() async {
        let bench = DeviceBench()
        let other = SimulatedScale(
            clock: bench.clock, vendor: 0x0922, product: 0x8003,
            descriptor: Self.otherLayout)
        bench.bus.plug(other, at: "1-1")
        await bench.expect { $0.isNow(.scale, .unsupported) }
        await bench.pass(.seconds(5))
        #expect(bench.conditions(.scale) == [.opening, .unsupported])
        #expect(bench.weights.isEmpty)

        bench.bus.plug(Self.dymo(bench.clock), at: "1-2")
        await bench.expect { $0.weights.last?.scale.path == "1-2" }
        bench.bus.unplug("1-1")
        await bench.expect { $0.isNow(.scale, .absent) }
        await bench.stop()
    }

    @Test func `the scale that waits takes the place of one of no use`() async {
        let bench = DeviceBench()
        bench.bus.fail(.open, at: "1-1", with: .busy)
        let other = SimulatedScale(
            clock: bench.clock, vendor: 0x0922, product: 0x8003,
            descriptor: Self.otherLayout)
        bench.bus.plug(other, at: "1-1")
        bench.bus.plug(Self.dymo(bench.clock), at: "1-2")
        await bench.expect(within: .seconds(3)) { $0.weights.last?.scale.path == "1-2" }
        await bench.stop()
    }

    @Test(arguments: SimulatedUSBBus.Unplugging.allCases)
    func `a scale that leaves is lost once`(form: SimulatedUSBBus.Unplugging) async {
        let bench = DeviceBench()
        bench.bus.plug(Self.dymo(bench.clock), at: "1-1")
        await bench.expect { !$0.weights.isEmpty }
        bench.bus.unplug("1-1", form: form)
        await bench.clock.advance(by: .seconds(8))
        #expect(bench.events.filter { $0 == .scaleLost }.count == 1)
        #expect(bench.isNow(.scale, .absent))
        await bench.stop()
        #expect(bench.events.filter { $0 == .scaleLost }.count == 1)
    }
}
