import LocalServer
import StationCore
import Synchronization
import Testing

@testable import Station

@Suite("A form that is sent more than once")
struct DoubleTapTests {
    @Test func `a page is let in by its own PIN, not because somebody else signed in meanwhile`()
        async throws
    {
        let village = try await Village()
        try await village.open { station in
            try await station.begin()
            let workflow = station.wiring.workflow
            let two = try #require(OperatorNumber(2))
            let three = try #require(OperatorNumber(3))
            try await workflow.perform { state in
                await state.decide(.scanned(.badge(three, pinIsSet: false)))
            }
            try #require(station.view.prompt == .choosePIN)
            let desk = CounterService(
                workflow: workflow, entrance: station.wiring.entrance,
                board: station.wiring.screens)
            let page = Mutex<Task<SignInAnswer, Never>?>(nil)
            try await station.stalling {
                // Operator 2 signs in, and badge 3 lies there again, before the page's turn comes.
                let other = Task(executorPreference: village.stage) {
                    try await workflow.perform { state in
                        await state.decide(.scanned(.badge(two, pinIsSet: true)))
                        let revision = state.counter.revision
                        await state.decide(.touched(.pin("111111"), revision: revision))
                        await state.decide(.pinChecked(two, .right))
                        await state.decide(.scanned(.badge(three, pinIsSet: false)))
                    }
                }
                await village.clock.settle()
                page.withLock {
                    $0 = Task(executorPreference: village.stage) {
                        await desk.signIn(pin: "135791", answering: .choosePIN, proving: nil)
                    }
                }
                await village.clock.settle()
                _ = other
            }
            let answer = await page.withLock { $0 }?.value
            #expect(station.view.signedIn == two)
            #expect(answer == .again)
        }
    }

    @Test func `eight posts of one new PIN at once do not confirm it by themselves`()
        async throws
    {
        let village = try await Village()
        try await village.open { station in
            try await station.begin()
            let issued = await station.control.print(.badge(operatorNumber: 2))
            try #require(issued.isDone)
            try await station.wait("second badge") { village.world.printer.strips.count == 2 }
            let badges = village.world.printer.strips.flatMap(\.codes).map(\.payload)
            await station.scan(try #require(badges.last { $0.hasPrefix("VK02") }))
            try #require(station.view.prompt == .choosePIN)
            let desk = CounterService(
                workflow: station.wiring.workflow, entrance: station.wiring.entrance,
                board: station.wiring.screens)
            await withTaskGroup(of: Void.self) { posts in
                for _ in 0..<8 {
                    posts.addTask {
                        _ = await desk.signIn(pin: "135791", answering: .choosePIN, proving: nil)
                    }
                }
            }
            #expect(station.view.prompt == .repeatPIN)
            #expect(station.view.signedIn == OperatorNumber(1))
        }
    }
}
