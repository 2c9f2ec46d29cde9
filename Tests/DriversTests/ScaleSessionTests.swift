import Drivers
import Simulators
import StationCore
import Testing

@Suite("Scales on the bus")
struct ScaleSessionTests {
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
