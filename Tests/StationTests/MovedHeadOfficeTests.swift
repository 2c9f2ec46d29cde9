import Hub
import StationCore
import Testing

@testable import Station

@Suite("A head office that has another key or address", .serialized)
struct MovedHeadOfficeTests {
    /// What an enrolment may change, and what it may not.
    private struct Standing: Equatable {
        let pins: [String]
        let hub: String?
        let token: String?
        let lastSequence: Int
    }

    private func standing(of station: RunningStation) async throws -> Standing {
        try await station.wiring.workflow.perform { state in
            Standing(
                pins: state.local.pins, hub: state.books.facts.hub, token: state.local.token,
                lastSequence: state.books.lastSequence)
        }
    }

    /// Both keys that the box knows are destroyed.
    private func changeKeys(of office: HeadOffice) async throws {
        for _ in 0..<2 { try await office.store.promoteNextKey(evenIfLost: true) }
        try await office.restart()
    }

    /// An entry waits, and the box that tried to send it has ten minutes before it.
    private func book(_ station: RunningStation, andWaitFor reason: String) async throws {
        try await station.wiring.workflow.perform { state in
            try? await state.write(MessageRefused(number: 1, reason: .malformed))
        }
        try await station.wait(reason) { station.wiring.link.now.problem?.contains(reason) == true }
    }

    @Test func `a code with the new pins is tried at once, in the ten minutes of a refusal too`()
        async throws
    {
        let village = try await Village()
        let office = village.headOffice
        try await village.open { station in
            try await station.begin()
            try await station.acknowledged()
            try await changeKeys(of: office)
            try await book(station, andWaitFor: "none of the pins")
            #expect(station.wiring.screens.latest.link == .refused)
            let requests = office.link.behaviour.withLock { $0.requestCount }
            await village.clock.advance(by: .seconds(120))
            #expect(office.link.behaviour.withLock { $0.requestCount } == requests)
            #expect(station.wiring.screens.latest.waiting > 0)

            let enrolment = try await office.store.enrolment(
                of: Village.id, address: HeadOffice.address)
            let answer = await station.control.enrol(code: Barcode.enrolment(enrolment).text)
            #expect(answer.isDone, "\(answer.text)")
            try await station.wait("acknowledged, asked by nobody", atMost: .seconds(5)) {
                await (try? station.wiring.workflow.perform { $0.waitingEntries }) == 0
            }
            #expect(try await standing(of: station).pins == enrolment.pins)
            let moved = try station.last(.moved).content(StationMoved.self)
            #expect(moved?.hub == HeadOffice.address)
            #expect(try await office.entries().last?.kind == .moved)
        }
        try await village.checkTheEnd()
    }

    @Test func `a code with another address moves the link there`() async throws {
        let village = try await Village()
        let office = village.headOffice
        let address = "moved.example:8443"
        try await village.open { station in
            try await station.begin()
            try await station.acknowledged()
            office.link.behaviour.withLock { $0.address = address }
            try await book(station, andWaitFor: "nobody is there")
            let enrolment = try await office.store.enrolment(of: Village.id, address: address)
            let answer = await station.control.enrol(code: Barcode.enrolment(enrolment).text)
            #expect(answer.text == "head office is now at \(address)")
            try await station.wait("acknowledged there", atMost: .seconds(5)) {
                await (try? station.wiring.workflow.perform { $0.waitingEntries }) == 0
            }
            #expect(try await standing(of: station).hub == address)
        }
        try await village.checkTheEnd()
    }

    @Test(arguments: [("423142", 1), (Village.number, 2)])
    func `the code of another station or box is refused, and changes nothing`(
        number: String, epoch: Int
    ) async throws {
        let village = try await Village()
        let office = village.headOffice
        try await village.open { station in
            try await station.begin()
            try await station.acknowledged()
            let before = try await standing(of: station)
            let other = try await office.store.addStation(
                StationEpoch(station: try #require(StationNumber(number)), epoch: epoch),
                address: "other.example:443")
            let own = try Village.id
            let key = station.wiring.key
            let refusal = try await station.wiring.workflow.perform { state in
                do throws(EnrolmentRefusal) {
                    _ = try await state.enrol(other, key: key)
                    return EnrolmentRefusal?.none
                } catch { return error }
            }
            #expect(refusal == .otherStation(own.station, epoch: own.epoch))
            let answer = await station.control.enrol(code: Barcode.enrolment(other).text)
            #expect(!answer.isDone)
            #expect(answer.text.contains("this box is station \(own.station), epoch \(own.epoch)"))
            #expect(try await standing(of: station) == before)
            #expect(try station.entries().allSatisfy { $0.kind != .moved })
        }
    }
}
