import Journal
import LocalServer
import Logging
import Ports
import StationCore
import SyncProtocol
import Uplink

/// The station as the uplink knows it: each change is a job of the loop.
struct UplinkService: UplinkDesk {
    let workflow: Workflow
    let link: LinkBoard
    let observer: any StepObserver

    func place() async -> UplinkPlace? {
        await job(nil) { state in state.uplinkPlace() }
    }

    func acknowledged(_ acknowledgement: Acknowledgement) async -> Bool {
        await job(false) { state in await state.acknowledge(acknowledgement) }
    }

    func told(time: Int) async {
        await job(()) { state in
            do { try await state.learn(headOffice: time) } catch {
                state.logger.warning(
                    "clock not corrected", metadata: [LogKey.error: "\(error)"])
            }
        }
    }

    func apply(_ message: HeadOfficeMessage) async -> Bool {
        await job(false) { state in await state.apply(message) }
    }

    func forked() async {
        await job(()) { state in
            if !state.local.isForked { _ = await state.decide(.forked, local: [.forked(true)]) }
        }
    }

    func tokenRefused() async {
        await job(()) { state in state.abandonEnrolment() }
    }

    func report(_ report: UplinkReport) async {
        let isNews = link.update { board in
            switch report {
            case .sending: board.state = .sending
            case .reached:
                board.state = .idle
                board.problem = nil
            case .idle: board.state = .idle
            case .failed(let why):
                board.state = .waiting
                board.problem = why
            case .refused(let why):
                board.state = .refused
                board.problem = why
            }
        }
        let isReached = report == .reached
        guard isNews || isReached else { return }
        await job(()) { state in await state.publish() }
    }

    func reached(_ step: UplinkStep, entry: Int) async {
        switch step {
        case .requestSent: await observer.reached(.requestSent, entry: entry)
        case .answerRead:
            // Also one that refuses: head office was there.
            await job(()) { state in _ = link.update { $0.lastContact = state.now.time } }
            await observer.reached(.answerRead, entry: entry)
        case .messageApplied: await observer.reached(.messageApplied, entry: entry)
        }
    }

    private func job<Result: Sendable>(
        _ fallback: Result, _ body: @escaping @Sendable (inout StationState) async -> Result
    ) async -> Result {
        do { return try await workflow.perform(body) } catch { return fallback }
    }
}

extension StationState {
    /// Somebody who asked is served once.
    mutating func uplinkPlace() -> UplinkPlace? {
        guard let station = books.station, let hub = books.facts.hub else { return nil }
        defer { isSyncAsked = false }
        let moment = now
        let isTimeGood = moment.quality == .network || moment.quality == .technician
        return UplinkPlace(
            station: station, epoch: books.epoch, hub: hub, pins: local.pins,
            time: isTimeGood ? moment.time : nil, token: local.token,
            lastSequence: books.lastSequence,
            acknowledgedThrough: local.acknowledged?.through ?? 0,
            appliedThrough: local.appliedThrough, wants: wantedLists(),
            missesList: !missingLists().isEmpty,
            awaitsDecision: books.orders.values.contains { !$0.state.isOver && $0.state == .paid },
            isAsked: isSyncAsked, isForked: counter.isForked)
    }

    /// Head office has everything up to there. The token did its work with the first entry.
    ///
    /// - Returns: False where the box was forked and the disk does not take it that it no longer is.
    mutating func acknowledge(_ acknowledgement: Acknowledgement) async -> Bool {
        if local.isForked {
            await decide(.joined, local: [.forked(false)])
            guard !local.isForked else { return false }
        }
        guard acknowledgement != local.acknowledged || local.token != nil else { return true }
        var changes = [LocalChange.acknowledged(acknowledgement)]
        if local.token != nil, acknowledgement.through > 0 { changes.append(.token(nil)) }
        do { try await write(local: changes) } catch {
            logger.warning("cursor not stored", metadata: [LogKey.error: "\(error)"])
            // On a disk that takes nothing uploading goes on; a restart repeats it, without harm.
            hold(acknowledgement)
        }
        await publish()
        return true
    }
}
