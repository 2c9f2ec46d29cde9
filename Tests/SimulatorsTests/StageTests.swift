import Ports
import Simulators
import Synchronization
import Testing

@Suite("Time on a stage")
struct StageTests {
    private actor Counter {
        private(set) var count = 0
        func add() { count += 1 }
    }

    /// Far more turns than any number of yields would wait for.
    private static let turnCount = 3_000

    @Test func `time stands still while somebody on the stage can go on`() async {
        let stage = Stage()
        defer { stage.end() }
        let clock = ManualClock(milliseconds: 0, stage: stage)
        let counter = Counter()
        let times = Mutex<[Int]>([])
        let worker = Task(executorPreference: stage) {
            for round in 1...3 {
                do { try await clock.sleep(until: round * 10) } catch { return }
                await withTaskGroup(of: Void.self) { group in
                    group.addTask {
                        for _ in 0..<Self.turnCount { await counter.add() }
                    }
                    for _ in 0..<Self.turnCount { await Task.yield() }
                }
                times.withLock { $0.append(clock.milliseconds) }
            }
        }
        await clock.advance(by: .seconds(1))
        #expect(times.withLock { $0 } == [10, 20, 30])
        #expect(await counter.count == 3 * Self.turnCount)
        await worker.value
    }

    @Test func `time stands still while a neighbour has something to do for the stage`() async {
        let stage = Stage()
        defer { stage.end() }
        let clock = ManualClock(milliseconds: 0, stage: stage)
        let (jobs, input) = AsyncStream.makeStream(of: CheckedContinuation<Void, Never>.self)
        // On other threads, and slow.
        let neighbour = Task {
            for await job in jobs {
                for _ in 0..<Self.turnCount { await Task.yield() }
                job.resume()
            }
        }
        let ask: @Sendable () async -> Void = {
            await withCheckedContinuation { _ = input.yield($0) }
        }
        let place = stage.join(ask)
        let times = Mutex<[Int]>([])
        let worker = Task(executorPreference: stage) {
            for round in 1...3 {
                do { try await clock.sleep(until: round * 10) } catch { return }
                await ask()
                times.withLock { $0.append(clock.milliseconds) }
            }
        }
        await clock.advance(by: .seconds(1))
        #expect(times.withLock { $0 } == [10, 20, 30])
        stage.leave(place)
        input.finish()
        await neighbour.value
        await worker.value
    }

    @Test func `it runs from deadline to deadline and no further than it was told`() async {
        let stage = Stage()
        defer { stage.end() }
        let clock = ManualClock(milliseconds: 0, stage: stage)
        let count = Mutex(0)
        let worker = Task(executorPreference: stage) {
            while true {
                do { try await clock.sleep(for: .seconds(7)) } catch { return }
                count.withLock { $0 += 1 }
            }
        }
        #expect(await clock.run(atMost: .seconds(60)) { count.withLock { $0 } == 3 })
        #expect(clock.milliseconds == 21_000)
        #expect(await !clock.run(atMost: .seconds(5)) { count.withLock { $0 } == 4 })
        #expect(clock.milliseconds == 26_000)
        worker.cancel()
        await worker.value
    }
}
