import StationCore
import Testing

@testable import Station

@Suite("A form that is sent more than once")
struct DoubleTapTests {
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
