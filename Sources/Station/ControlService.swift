import ControlProtocol
import Cryptography
import Glibc
import Journal
import LocalServer
import Logging
import Ports
import Receipts
import StationCore
import Texts

/// What the technician asks at the control socket.
struct ControlService: StationControl {
    let workflow: Workflow
    let papers: PaperQueue
    let inventory: DeviceInventory
    let key: DeviceKey
    let letterhead: Letterhead
    let language: Language
    let pagesAddress: String
    let stateDirectory: String
    let link: LinkBoard

    func enrol(code: String) async -> ControlAnswer {
        guard case .enrolment(let enrolment) = Barcode(text: code) else {
            return .refused(
                code.hasPrefix("VK09")
                    ? "this enrolment code is not whole, or a digit of it is wrong: copy it again"
                    : "this is no enrolment code: such a code begins with VK09")
        }
        return await perform { state in
            let wasEnrolled = state.books.station != nil
            do throws(EnrolmentRefusal) {
                guard let entry = try await state.enrol(enrolment, key: key) else {
                    return .done(
                        "nothing changed: head office is at \(enrolment.address)", entry: nil)
                }
                return .done(
                    wasEnrolled
                        ? "head office is now at \(enrolment.address)"
                        : "enrolled as station \(enrolment.station.text)", entry: entry)
            } catch {
                switch error {
                case .notACode: return .refused("this is no enrolment code")
                case .otherStation(let station, let epoch):
                    return .refused(
                        "this box is station \(station), epoch \(epoch); only its own head "
                            + "office's address and pins can change")
                case .failed(let why): return .refused("not enrolled: \(why)")
                }
            }
        }
    }

    func setClock(to time: Int) async -> ControlAnswer {
        guard (Self.timeMin...Self.timeMax).contains(time) else {
            return .refused("a time between 2026 and 2099 is wanted")
        }
        return await perform { state in
            do {
                try await state.set(technician: time)
                state.logger.info("clock set by the technician")
                return .done("the clock is set", entry: nil)
            } catch { return .refused("the clock was not set: \(error)") }
        }
    }

    /// 2026-01-01: no entry of this release is older.
    static let timeMin = 1_767_225_600_000
    /// 2100-01-01: beyond it a digit was mistyped, and a stamp is never rewritten.
    static let timeMax = 4_102_444_800_000

    func syncNow() async -> ControlAnswer {
        await perform { state in
            guard state.books.lastSequence > 0 else {
                return .refused("the box is not enrolled yet")
            }
            state.askHeadOffice()
            return .done("head office is asked", entry: nil)
        }
    }

    func print(_ request: PrintRequest) async -> ControlAnswer {
        switch request {
        case .test: return await printTest()
        case .sheet(let renew): return await printSheet(renew: renew)
        case .badge(let number): return await issueBadge(number)
        case .card(let villager): return await issueCard(villager)
        }
    }

    func printTest() async -> ControlAnswer {
        await perform { state in
            let views = state.counter.view(at: state.now)
            let report = SelfTest(
                station: state.books.station, version: release, address: pagesAddress,
                scanner: views.devices[.scanner] ?? .absent,
                scale: views.devices[.scale] ?? .absent,
                printer: views.devices[.printer] ?? .absent,
                link: link.selfTest(at: state.now.time),
                waitingEntries: state.waitingEntries, owedSlips: views.slipsOwed.count,
                doubtfulSlips: views.slipsDoubtful.count, moment: state.now,
                disk: selfTestDisk(state))
            return queue(
                Paper.selfTest(report, letterhead: letterhead, language: language), "self-test")
        }
    }

    private func selfTestDisk(_ state: borrowing StationState) -> SelfTest.Disk {
        switch state.diskTrouble {
        case .diskReadOnly: .readOnly
        case .diskFull: .full
        default: .free(megabytes: freeBytes / 1_000_000)
        }
    }

    private func queue(_ document: SlipDocument, _ name: String) -> ControlAnswer {
        papers.add(.document(document))
            ? .done("\(name): \(whereabouts)", entry: nil)
            : .refused("too many papers wait for the printer already")
    }

    /// Where a paper is that was just queued. It is in memory only: after a restart it is to be
    /// asked for again.
    private var whereabouts: String {
        let condition = inventory.condition(of: .printer)
        return condition == .ready || condition == .paperNearEnd
            ? "handed to the printer"
            : "waits for the printer, \(condition.text(in: .english))"
    }

    private func printSheet(renew: Bool) async -> ControlAnswer {
        await perform { state in
            guard let station = state.books.station, var secret = state.local.stationSecret else {
                return .refused("the box is not enrolled yet")
            }
            if renew {
                do {
                    secret = try randomDigits(5)
                    try await state.write(local: [.stationSecret(secret)])
                } catch { return .refused("the sheet was not renewed: \(error)") }
            }
            guard let digits = Digits<5>(secret) else { return .refused("no secret") }
            return queue(
                Paper.commandSheet(
                    secret: digits, station: station, letterhead: letterhead, language: language),
                "command sheet")
        }
    }

    private func issueBadge(_ number: Int) async -> ControlAnswer {
        guard let number = OperatorNumber(number) else {
            return .refused("operators have the numbers 1 to 99")
        }
        return await issue(.issueBadge(number)) { state, digits, _ in
            [
                .operatorSecret(
                    OperatorSecret(
                        number: number, badge: state.journal.reader.hash(ofCode: digits.text),
                        verifier: nil, wrongTries: 0))
            ]
        } paper: { digits, station, _ in
            Paper.badge(
                digits, of: number, station: station, letterhead: letterhead, language: language)
        }
    }

    private func issueCard(_ villager: Int?) async -> ControlAnswer {
        await issue(.issueCard(villager.map { VillagerNumber($0) })) { state, digits, villager in
            [.card(hash: state.journal.reader.hash(ofCode: digits.text), villager)]
        } paper: { digits, station, villager in
            Paper.villagerCard(
                digits, of: villager, station: station, letterhead: letterhead,
                language: language)
        }
    }

    /// Draws digits, books the issue with what proves it, and prints the paper. The digits are
    /// nowhere else: where the paper is lost, another one is issued.
    private func issue(
        _ request: TechnicianRequest,
        local: @escaping @Sendable (StationState, Digits<8>, VillagerNumber) -> [LocalChange],
        paper: @escaping @Sendable (Digits<8>, StationNumber, VillagerNumber) -> SlipDocument
    ) async -> ControlAnswer {
        await perform { state in
            guard let station = state.books.station else {
                return .refused("the box is not enrolled yet")
            }
            let text: String
            do { text = try randomDigits(8) } catch {
                return .refused("not issued: no digits could be drawn: \(error)")
            }
            guard let digits = Digits<8>(text) else { return .refused("not issued: no digits") }
            let villager: VillagerNumber
            if case .issueCard(let known?) = request {
                villager = known
            } else {
                villager = VillagerNumber(state.books.facts.nextVillager)
            }
            let changes = local(state, digits, villager)
            let decision = await state.decide(.technician(request)) { decision in
                decision.entry == nil ? [] : changes
            }
            guard decision.refusal == nil, decision.entry != nil else {
                let why = decision.refusal ?? .books
                return .refused("not issued: \(Self.words(of: why, to: request))")
            }
            let number = state.books.lastSequence
            guard papers.add(.document(paper(digits, station, villager))) else {
                return .refused("issued as entry \(number), but the printer's queue is full")
            }
            return .done("issued: \(whereabouts)", entry: number)
        }
    }

    private static func words(of refusal: Refusal, to request: TechnicianRequest) -> String {
        if refusal == .codeUnknown, case .issueCard(let villager?) = request {
            return "no villager has number \(villager.value); leave it out for a new one"
        }
        return refusal.text(in: .english)
    }

    private func perform(
        _ body: @escaping @Sendable (inout StationState) async -> ControlAnswer
    ) async -> ControlAnswer {
        do { return try await workflow.perform(body) } catch {
            return .refused("the station is stopping")
        }
    }

    func status() async throws(ControlUnavailable) -> StationStatus {
        let devices = inventory.all.map { row in
            StationStatus.Device(
                kind: row.known?.kind, model: row.device.model, path: row.device.path,
                vendor: row.device.vendor, product: row.device.product,
                condition: row.known?.condition)
        }
        let disk = freeBytes
        do {
            return try await workflow.perform { state in
                state.status(devices: devices, freeBytes: disk, link: link)
            }
        } catch { throw ControlUnavailable() }
    }

    private var freeBytes: Int {
        var status = statvfs()
        guard statvfs(stateDirectory, &status) == 0 else { return 0 }
        return Int(status.f_bavail) * Int(status.f_frsize)
    }
}

extension ControlAnswer {
    static func done(_ text: String, entry: Int?) -> ControlAnswer {
        ControlAnswer(isDone: true, text: text, entry: entry)
    }

    static func refused(_ text: String) -> ControlAnswer {
        ControlAnswer(isDone: false, text: text)
    }
}
