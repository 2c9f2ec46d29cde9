import Simulators

/// The village's time: it moves only while the box and the world have nothing left to do, so that
/// a busy machine makes the day longer for who watches it, and changes nothing in it.
struct DayTime: Sendable {
    let clock: ManualClock
    private let box: Supervisor
    private let stillness: Stillness

    init(clock: ManualClock, box: Supervisor) {
        self.clock = clock
        self.box = box
        stillness = Stillness { box.processes }
    }

    /// Returns when everything that was begun is done as far as it can be without more time.
    func rest() async throws(DemoFailure) {
        guard await stillness.wait() else {
            throw box.refusal ?? DemoFailure(what: "the box does not come to rest")
        }
    }

    /// Lets time pass, from one deadline to the next; everybody comes to rest at each.
    func pass(_ duration: Duration) async throws(DemoFailure) {
        let end = clock.milliseconds + duration.inMilliseconds
        repeat {
            try await rest()
            let next = clock.deadlines.first ?? end
            await clock.advance(to: max(min(next, end), clock.milliseconds))
        } while clock.milliseconds < end
        try await rest()
    }
}
