import Logging
import Ports
import StationCore
import Synchronization

/// Listens to a scanner that plays a keyboard.
///
/// A code ends with its suffix. A scanner that has none ends its codes by time; once a suffix was
/// seen, a code without one is half a code and is dropped.
final class KeyboardScannerService: DeviceService {
    private struct State {
        var decoder = KeyboardScannerDecoder()
        var lastReportAt = 0
        var hasSuffix = false
    }

    private let context: SessionContext
    private let interface: USBInterface
    private let state = Mutex(State())
    /// Rings when a code begins.
    private let begun = Alarm()

    init(context: SessionContext, interface: USBInterface) {
        self.context = context
        self.interface = interface
    }

    /// Reports of one code come at most some tens of milliseconds apart, over radio some more.
    private static let idleEnd = Duration.milliseconds(300)
    /// Some scanners wait for a lamp report, or look at Num Lock, before they send anything.
    private static let numLock: UInt8 = 1

    func serve(
        _ device: any USBDevice, say: @escaping @Sendable (DeviceCondition) -> Void
    ) async throws(PortError) {
        guard let endpoint = interface.interruptIn else { return }
        if interface.interfaceSubclass == 1 {
            try await device.setBootProtocol(interface: interface.number)
        }
        try await device.setIdle(0, interface: interface.number)
        try await device.setKeyboardLamps(Self.numLock, interface: interface.number)
        let failure = await withTaskGroup(of: Void.self) { group -> PortError? in
            group.addTask { await self.watchTheEnd() }
            defer { group.cancelAll() }
            do throws(PortError) {
                try await device.eachReport(
                    of: endpoint, length: KeyboardScannerDecoder.reportLength,
                    started: { say(.ready) }, take: { take($0) })
                return nil
            } catch { return error }
        }
        if let failure { throw failure }
    }

    func lost() { hand(over: state.withLock { $0.decoder.finish() }) }

    private func take(_ report: [UInt8]) {
        let now = context.clock.milliseconds
        let (decoded, isInFlight) = state.withLock { state in
            let decoded = state.decoder.push(report)
            if decoded.contains(where: { if case .scan = $0 { true } else { false } }) {
                state.hasSuffix = true
            }
            state.lastReportAt = now
            return (decoded, state.decoder.isInFlight)
        }
        hand(over: decoded)
        if isInFlight { begun.ring() }
    }

    /// Ends a code by time; looks again as long as reports of it come.
    private func watchTheEnd() async {
        while !Task.isCancelled {
            await begun.wait()
            while let deadline = idleDeadline() {
                do { try await context.clock.sleep(until: deadline) } catch { return }
                endIfIdle()
            }
        }
    }

    /// Nil when no code is in flight.
    private func idleDeadline() -> Int? {
        state.withLock { state in
            guard state.decoder.isInFlight else { return nil }
            return state.lastReportAt + Self.idleEnd.inMilliseconds
        }
    }

    private func endIfIdle() {
        let now = context.clock.milliseconds
        let (decoded, isHalf) = state.withLock { state -> ([Decoded], Bool) in
            guard state.decoder.isInFlight,
                now - state.lastReportAt >= Self.idleEnd.inMilliseconds
            else { return ([], false) }
            return (state.decoder.flush(), state.hasSuffix)
        }
        if isHalf {
            context.logger.warning(
                "half a code dropped", metadata: [LogKey.device: "scanner"])
        } else {
            hand(over: decoded)
        }
    }

    private func hand(over decoded: [Decoded]) {
        for item in decoded {
            switch item {
            case .scan(let scan):
                context.deliver(.scanned(scan))
            case .discarded(let discard):
                context.logger.warning(
                    "input of the scanner dropped",
                    metadata: [
                        LogKey.device: "scanner", LogKey.reason: "\(discard.why.rawValue)",
                        LogKey.count: "\(discard.bytes)",
                    ])
            case .weight, .printerStatus, .barcode:
                break
            }
        }
    }
}
