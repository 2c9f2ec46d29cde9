import Simulators
import Station
import StationCore

/// What goes wrong in a day. Each is brought about at a step, a byte or a report that the plan
/// names, and noted where the hands saw that it came.
extension Hands {
    /// - Parameter number: The last entry before the trade.
    func prepareMishap(after number: Int) async throws {
        guard let mishap else { return }
        if mishap.needsQuietLine { link.set(.refused) }
        switch mishap {
        case .death(.messageApplied, let entry, let cutsPower):
            // The decision is the next message. Its slip waits for the end, so that it is not
            // half printed by chance.
            guard let message = try await office.status()?.lastMessage else { return }
            box.plan(.waits, at: step(.slipTaken, number + entry))
            box.plan(
                .death(cutsPower: cutsPower), at: step(.messageApplied, message + 1))
        case .death(.requestSent, _, _), .death(.answerRead, _, _):
            // When the slip is out and nothing else is sent: see `meetLine`.
            break
        case .death(let fatal, let entry, let cutsPower):
            box.plan(.death(cutsPower: cutsPower), at: step(fatal, number + entry))
        case .printerPulled(let entry, let bytes, let form):
            let world = world
            box.plan(
                .meets { world.unplugPrinter(afterBytes: bytes, form: form) },
                at: step(.firstByte, number + entry))
        case .paperOut(let entry, let lines):
            let printer = world.printer
            box.plan(
                .meets { printer.letPaperEnd(afterLines: lines) },
                at: step(.firstByte, number + entry))
        case .scalePulled, .scannerPulled, .lineCut:
            break
        }
    }

    private func step(_ step: Step, _ entry: Int) -> WorldServer.Step {
        WorldServer.Step(entry: entry, name: step.rawValue)
    }

    /// Opens the line after a trade that was kept from head office, and lets the mishap of its
    /// exchange come.
    func meetLine() async throws {
        guard let mishap, mishap.needsQuietLine else { return }
        switch mishap {
        case .death(let fatal, _, let cutsPower):
            let last = try await status().lastEntry
            box.plan(.death(cutsPower: cutsPower), at: step(fatal, last))
            link.set(.open)
            do { try await askHeadOffice() } catch is BoxDied {}
        case .lineCut(let bytes, let direction):
            let cuts = link.counts.cuts
            link.cut(.afterBytes(bytes, direction))
            link.set(.open)
            for _ in 0..<30 where link.counts.cuts == cuts {
                try await askHeadOffice()
                try await time.pass(.seconds(1))
            }
            if link.counts.cuts == cuts + 1, !link.isCutPending { noteMishap() }
        case .printerPulled, .paperOut, .scalePulled, .scannerPulled: break
        }
        try await settle()
    }

    // MARK: - Plugs

    private func isReady(_ device: World.Device) async throws -> Bool {
        try await status().devices.contains {
            $0.kind == device.rawValue && $0.condition == "ready"
        }
    }

    /// At another port of the same hub.
    private func plugAgain(_ device: World.Device) async throws {
        let usual = World.usualSocket(of: device)
        world.plug(device, at: usual + ".1")
        try await waitForDevices()
    }

    /// Few, since the village comes to rest at each.
    static let scaleReportPeriod = Duration.milliseconds(250)

    func pullScale(afterReports count: Int, _ form: SimulatedUSBBus.Unplugging) async throws {
        try await time.pass(Self.scaleReportPeriod * count)
        world.unplug(.scale, form: form)
        try await time.pass(.seconds(3))
        if try await !isReady(.scale) { noteMishap() }
        try await plugAgain(.scale)
    }

    /// A code of goods, which a pulled plug may cut in its middle: then it is scanned again.
    func scan(goods payload: String) async throws {
        if case .scannerPulled(let count, let form) = mishap {
            let reports = SimulatedScanner.reports(of: payload, habits: world.scanner.habits)
            guard world.scanner.send(reports.prefix(min(count, reports.count - 3))) else {
                throw DemoFailure(what: "nobody listens to the scanner")
            }
            try await time.rest()
            world.unplug(.scanner, form: form)
            try await time.pass(.seconds(3))
            if try await !isReady(.scanner) { noteMishap() }
            try await plugAgain(.scanner)
        }
        try await scan(payload)
    }

    // MARK: - The printer

    /// The plug came out in the middle of a slip: what hangs there is torn off, and the box says
    /// that the slip is doubtful.
    func plugPrinterAgain() async throws {
        try await wait("a doubtful slip") { !$0.slips.doubtful.isEmpty }
        noteMishap()
        try await time.pass(.seconds(3))
        world.printer.tearOff()
        try await plugAgain(.printer)
    }

    func putPaperIn() async throws {
        try await wait("no paper") { status in
            status.devices.contains { $0.condition == "paperOut" }
        }
        noteMishap()
        try await time.pass(.seconds(20))
        world.printer.putPaperIn()
        try await waitForDevices()
    }
}
