import Cryptography
import Journal
import LocalServer
import Logging
import Ports
import StationCore

extension StationState {
    /// The first job of a run: what became of the slip that was in the printer, and that the
    /// daemon runs again. Nothing is written before entry 1.
    ///
    /// - Parameter mark: The slip that was in the printer, as the runtime directory has it.
    mutating func start(
        mark: Int?, configuration: Configuration
    ) async throws(JournalError) {
        guard books.lastSequence > 0 else {
            logger.warning("not enrolled: head office's code is to be scanned")
            await publish()
            return
        }
        // Before anything of this boot is booked: a further cut could not tell it from the old one.
        if let doubtful = slipInDoubt(mark: mark) {
            let decision = await decide(.slip(doubtful, .doubtful))
            // Else it would be owed after the next start, and might come out twice.
            if let refusal = decision.refusal {
                throw failure as? JournalError
                    ?? (refusal == .diskReadOnly ? .readOnly : .diskFull)
            }
        }
        try await beginRun(
            release: release,
            configuration: Hex.encode(SHA256.digest(Array(configuration.facts.utf8))))
        try sayLastTrade()
        await publish()
    }

    /// The same boot: the slip that was in the printer, if its mark stands. A new boot: the oldest
    /// one owed, since the mark is gone with the power.
    private func slipInDoubt(mark: Int?) -> Int? {
        guard books.lastBoot == surroundings.clocks.bootID else {
            return books.owedSlips.first?.sequence
        }
        return mark.flatMap { books.slips[$0]?.state == .owed ? $0 : nil }
    }

    mutating func beginRun(
        release: String, configuration digest: String?
    ) async throws(JournalError) {
        try await write(
            StationStarted(release: release, clean: local.wasShutCleanly),
            local: [.cleanShutdown(false)])
        if let digest, digest != books.facts.configuration {
            try await write(StationConfigured(digest: digest))
        }
    }
}

extension StationState {
    /// Head office said what time it is.
    mutating func learn(headOffice time: Int) async throws(JournalError) {
        var moved = self.time
        guard let by = moved.learn(headOffice: time) else { return }
        try await adopt(moved, by: by)
    }

    /// The technician said what time it is.
    mutating func set(technician time: Int) async throws(JournalError) {
        var moved = self.time
        let by = moved.set(technician: time)
        try await adopt(moved, by: by)
    }

    private mutating func adopt(_ moved: StationTime, by: Int) async throws(JournalError) {
        let before = time
        time = moved
        do throws(JournalError) {
            if books.lastSequence > 0 {
                try await write(
                    ClockCorrected(by: by, quality: now.quality), by: .station,
                    local: [.clock(moved.setting)])
            } else {
                try await write(local: [.clock(moved.setting)])
                await publish()
            }
        } catch {
            time = before
            throw error
        }
    }
}
