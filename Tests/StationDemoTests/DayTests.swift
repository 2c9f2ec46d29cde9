import Glibc
import Simulators
import Station
import StationCore
import Testing

@testable import stationdemo

@Suite("What a day is to bring")
struct DayPlanTests {
    private func deaths(_ plan: DayPlan) -> [(step: Step, entry: Int, turn: DayPlan.Turn)] {
        plan.turns.compactMap { turn in
            guard case .death(let step, let entry, _) = turn.mishap else { return nil }
            return (step, entry, turn)
        }
    }

    @Test func `the same seed gives the same plan, another one another`() {
        #expect(DayPlan(seed: 7) == DayPlan(seed: 7))
        #expect(DayPlan(seed: 7).turns != DayPlan(seed: 8).turns)
    }

    @Test(arguments: 0..<200 as Range<UInt64>)
    func `each step is deadly once, in a trade that comes to it`(seed: UInt64) {
        let plan = DayPlan(seed: seed)
        let deaths = deaths(plan)
        #expect(Set(deaths.map(\.step)) == Set(Step.allCases))
        #expect(deaths.count == Step.allCases.count)
        for death in deaths {
            #expect(death.turn.trade.entries(at: death.step).contains(death.entry))
        }
        let powerCuts = plan.turns.count {
            if case .death(_, _, cutsPower: true) = $0.mishap { true } else { false }
        }
        #expect(powerCuts == DayPlan.powerCutCount)
    }

    @Test(arguments: 0..<200 as Range<UInt64>)
    func `plugs, paper and line have their mishaps in every day`(seed: UInt64) {
        let plan = DayPlan(seed: seed)
        var printer: [SimulatedUSBBus.Unplugging] = []
        var scale: [SimulatedUSBBus.Unplugging] = []
        var counts = (paper: 0, scanner: 0, line: 0)
        for turn in plan.turns {
            switch turn.mishap {
            case .printerPulled(let entry, let bytes, let form):
                #expect(turn.trade.slips.contains(entry) && bytes > 0)
                printer.append(form)
            case .scalePulled(_, let form):
                #expect(turn.trade.isSale)
                scale.append(form)
            case .paperOut(let entry, _):
                #expect(turn.trade.slips.contains(entry))
                counts.paper += 1
            case .scannerPulled: counts.scanner += 1
            case .lineCut: counts.line += 1
            case .death, nil: break
            }
        }
        #expect(printer.count == 2 && scale.count == 2)
        #expect(Set(printer) == [.errorThenLeft, .noDeviceAtOnce])
        #expect(Set(scale) == [.errorThenLeft, .noDeviceAtOnce])
        #expect(counts == (2, 1, 3))
        #expect(Set(plan.turns.map(\.trade.isSale)) == [true, false])
        #expect(plan.turns.count == 2 * DayPlan.villagerCount)
    }

    @Test func `a step's entry and trade are drawn, not fixed`() {
        for step in Step.allCases where step != .requestSent && step != .answerRead {
            var entries: Set<Int> = []
            var places: Set<Int> = []
            for seed in 0..<100 as Range<UInt64> {
                let plan = DayPlan(seed: seed)
                for (place, turn) in plan.turns.enumerated() {
                    guard case .death(step, let entry, _) = turn.mishap else { continue }
                    entries.insert(entry)
                    places.insert(place)
                }
            }
            #expect(places.count >= 10, "\(step)")
            #expect(entries.count >= 2 || step == .messageApplied, "\(step)")
        }
    }
}

@Suite("Paper and plan beside what came")
struct DayComparisonTests {
    private func code(_ number: Int, mark: String = "31415926") throws -> SlipCode {
        SlipCode(
            station: try #require(Digits<6>("123456")), epoch: try #require(Digits<2>("01")),
            sequence: try #require(Digits<9>(number)), mark: try #require(Digits<8>(mark)))
    }

    @Test func `one slip twice does not make up for one that never came`() throws {
        let mark = try #require(Digits<8>("31415926"))
        let owing = [5: mark, 9: mark]
        let right = SlipComparison(owing: owing, onPaper: [5: [try code(5)], 9: [try code(9)]])
        #expect(right.isRight && right.onPaper == 2)
        let twice = SlipComparison(owing: owing, onPaper: [5: [try code(5), try code(5)]])
        #expect(twice.faults == ["slip 5 came out 2 times", "slip 9 came out 0 times"])
        let foreign = SlipComparison(
            owing: [5: mark], onPaper: [5: [try code(5, mark: "00000001")], 7: [try code(7)]])
        #expect(foreign.faults == ["slip 5 has another entry's mark", "slip 7 is no entry's"])
    }

    @Test func `a mishap that did not come is told, and so is one that nobody planned`() {
        let cut = DayPlan.Mishap.lineCut(afterBytes: 10, .up)
        let paper = DayPlan.Mishap.paperOut(entry: 1, afterLines: 2)
        #expect(MishapComparison(planned: [cut, cut], met: [cut.name: 2]).isRight)
        #expect(!MishapComparison(planned: [cut, cut], met: [cut.name: 1]).isRight)
        let other = MishapComparison(planned: [cut], met: [paper.name: 1])
        #expect(!other.isRight)
        #expect(other.lines == ["line cut, up: 0 of 1", "paper out in a slip: 1 of 0"])
    }
}

@Suite("Processes with nothing left to do")
struct StillnessTests {
    private func child(_ script: String) async -> (child: ChildProcess, process: pid_t?) {
        let child = ChildProcess(
            program: "/bin/sh", arguments: ["-c", script], environment: [:], logPath: "/dev/null",
            betweenLives: {})
        child.start()
        await child.wait { if case .running = $0 { true } else { false } }
        guard case .running(let process) = child.condition else { return (child, nil) }
        return (child, process)
    }

    @Test func `a sleeping process is still`() async throws {
        let (child, process) = await child("exec /bin/sleep 1000")
        let sleeper = try #require(process)
        #expect(await Stillness { [sleeper] }.wait())
        child.stop()
    }

    @Test func `a process that works, or waits for a processor, is not`() async throws {
        let (child, process) = await child("while :; do :; done")
        let worker = try #require(process)
        let stillness = Stillness { [worker] }
        for _ in 0..<200 { #expect(!stillness.isStill(except: 0)) }
        child.stop()
    }

    @Test func `one that is not there yet is not, and none that ever comes is waited for`() async {
        #expect(!Stillness { nil }.isStill(except: 0))
        #expect(await !Stillness { [] }.wait())
    }
}
