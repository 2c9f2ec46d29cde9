import ControlProtocol
import FoundationEssentials
import Glibc
import Ports
import PracticeCounter
import StationCore
import Testing

@testable import LocalServer

@Suite("The control socket") struct ControlTests {
    @Test func `the status crosses the socket unchanged`() async throws {
        try await ServedDesk.run { served in
            let answer = try await served.control("GET", ControlPath.status)
            #expect(answer.status == 200)
            let status = try JSONDecoder().decode(StationStatus.self, from: Data(answer.body))
            #expect(status == (try await served.desk.status()))
        }
    }

    @Test func `a station that is stopping has no status, rather than an invented one`()
        async throws
    {
        try await ServedDesk.run { served in
            await served.desk.stop()
            let answer = try await served.control("GET", ControlPath.status)
            #expect(answer.status == 503)
            let said = try JSONDecoder().decode(ControlAnswer.self, from: Data(answer.body))
            #expect(said == ControlAnswer(isDone: false, text: "the station is stopping"))
        }
    }

    @Test func `a request reaches the station, and its answer comes back`() async throws {
        try await ServedDesk.run { served in
            let body = try JSONEncoder().encode(PrintRequest.badge(operatorNumber: 7))
            let printed = try await served.control(
                "POST", ControlPath.print, String(decoding: body, as: UTF8.self))
            #expect(printed.status == 200)
            #expect(await served.desk.requests == [.badge(operatorNumber: 7)])
            let enrolled = try await served.control("POST", ControlPath.enrol, "{\"code\":\"x\"}")
            #expect(enrolled.status == 409)
            let said = try JSONDecoder().decode(ControlAnswer.self, from: Data(enrolled.body))
            #expect(said == ControlAnswer(isDone: false, text: "x is no enrolment code"))
            #expect(try await served.control("POST", ControlPath.sync).status == 200)
            #expect(
                try await served.control("POST", ControlPath.clock, "{\"time\":5}").status == 200)
        }
    }

    @Test(arguments: ["", "{}", "[1]", "{\"code\":5}", "\u{0}"])
    func `what is no request is refused`(body: String) async throws {
        try await ServedDesk.run { served in
            let answer = try await served.control("POST", ControlPath.enrol, body)
            #expect(answer.status == 400)
        }
    }

    @Test func `pages are not on the socket, and control is not on the pages' address`()
        async throws
    {
        try await ServedDesk.run { served in
            let page = try await served.control("GET", "/counter/sign-in")
            #expect(page.status == 404)
            var visitor = Visitor(served)
            #expect(try await visitor.get(ControlPath.status).status == 404)
            #expect(try await visitor.post(ControlPath.sync, "").status == 404)
        }
    }

    @Test func `only the owner can open the socket's file`() async throws {
        try await ServedDesk.run { served in
            var file = stat()
            #expect(stat(served.socket, &file) == 0)
            #expect(file.st_mode & 0o777 == 0o600)
        }
    }

    @Test(arguments: [
        (user: 0, own: 990, allowed: true), (990, 990, true), (1_000, 990, false), (990, 0, false),
    ])
    func `root and the service's own user may control`(
        user: Int, own: Int, allowed: Bool
    ) {
        #expect(Door.mayControl(uid_t(user), own: uid_t(own)) == allowed)
    }
}
