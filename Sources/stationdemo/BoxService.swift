import ControlProtocol
import Glibc
import ServiceLifecycle
import Simulators
import StationCore

/// Puts the box up: line, program, enrolment, and at the first start the papers that a technician
/// prints.
struct BoxService: Service {
    let demo: DemoWorld
    let office: HeadOffice
    let folders: DemoFolders
    let settings: [String: String]
    let panelPort: Int

    func run() async throws {
        let link = try SimulatedLink(to: await office.listeningPort())
        let supervisor = try Supervisor(
            folders: folders, world: demo.world, scripted: nil, settings: settings,
            arguments: [
                "--embed", "http://127.0.0.1:\(panelPort)", "--embed",
                "http://localhost:\(panelPort)",
            ])
        demo.attach(link: link, box: supervisor)
        supervisor.start()
        do {
            try await cancelWhenGracefulShutdown {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    defer { group.cancelAll() }
                    group.addTask { try await keepShelf() }
                    group.addTask {
                        if let refusal = await supervisor.waitForRefusal() { throw refusal }
                    }
                    group.addTask {
                        try await prepare(link)
                        say("The village station is open: http://127.0.0.1:\(panelPort)/")
                        say(
                            "Scan the badge on that page and type the PIN, which you choose the "
                                + "first time; Ctrl-C closes the shop.")
                        try await gracefulShutdown()
                    }
                    try await group.next()
                }
            }
        } catch is CancellationError {
            // The way in which the demo ends.
        }
        await supervisor.stop()
        link.close()
    }

    private func prepare(_ link: SimulatedLink) async throws {
        let technician = Technician(socket: folders.controlSocket)
        try await technician.waitUntilUp()
        let enrolment = try await office.enrolment(address: "127.0.0.1:\(link.port)")
        let answer = try await technician.enrol(Barcode.enrolment(enrolment).text)
        guard answer.isDone else { throw DemoFailure(what: answer.text) }
        // Also where somebody took the cards away: then a badge, and with it a PIN, is issued anew.
        guard !demo.shelf.hasFirstPapers else { return }
        for request in Self.firstPapers {
            let answer = try await technician.print(request)
            guard answer.isDone else { throw DemoFailure(what: answer.text) }
        }
    }

    /// Writes the cards down whenever there are others: a folder that is taken up again has them.
    private func keepShelf() async throws {
        var kept: CardShelf?
        while !Task.isCancelled {
            let seen = demo.world.printer.version
            let shelf = demo.shelf
            if shelf != kept { try folders.keep(shelf) }
            kept = shelf
            _ = await demo.world.printer.waitForChange(beyond: seen)
        }
    }

    /// The sheet, a badge for operator 1, and cards of four villagers.
    private static let firstPapers: [PrintRequest] =
        [.sheet(renew: false), .badge(operatorNumber: 1)]
        + Array(repeating: .card(villager: nil), count: 4)
}

/// A line for whoever started the demo, at once even where a pipe reads it.
func say(_ line: String) {
    let bytes = Array((line + "\n").utf8)
    _ = write(1, bytes, bytes.count)
}

struct DemoFailure: Error, CustomStringConvertible {
    let what: String
    var description: String { what }
}
