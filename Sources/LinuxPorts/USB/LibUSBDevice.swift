import CLibUSB
import Ports

/// An open device on libusb. Runs on a queue of its own, where calls may block; transfers are all
/// asynchronous and end on the bus's event thread.
actor LibUSBDevice: USBDevice {
    private enum Phase { case open, closing, closed }

    private let executor: BlockingExecutor
    private let description: USBDeviceDescription
    private let clock: any MonotonicClock
    private let bus: LibUSBBus
    private let pending = PendingTransfers()
    private var handle: USBHandle?
    private var phase = Phase.open
    /// The bus has said that it left.
    private var isGone = false
    /// Claimed interfaces with their alternate settings.
    private var claimed: [UInt8: UInt8] = [:]
    private var closers: [CheckedContinuation<Void, Never>] = []

    nonisolated var unownedExecutor: UnownedSerialExecutor {
        executor.asUnownedSerialExecutor()
    }

    init(
        _ handle: consuming USBHandle, description: USBDeviceDescription,
        clock: any MonotonicClock, bus: LibUSBBus
    ) {
        executor = BlockingExecutor(label: "usb-\(description.presence.path)")
        self.handle = consume handle
        self.description = description
        self.clock = clock
        self.bus = bus
    }

    nonisolated var presence: USBPresence { description.presence }

    func claim(interface number: UInt8, alternateSetting: UInt8?) async throws(PortError) {
        try checkUsable()
        try handle?.claim(interface: number)
        claimed[number] = 0
        guard let alternateSetting, hasAlternatives(number) else { return }
        do throws(PortError) {
            try handle?.select(alternateSetting: alternateSetting, of: number)
            claimed[number] = alternateSetting
        } catch {
            claimed[number] = nil
            handle?.release(interface: number)
            throw error
        }
    }

    func control(
        _ setup: USBSetup, data: [UInt8], length: Int, within limit: Duration
    ) async throws(PortError) -> [UInt8] {
        let isIn = setup.requestType & UInt8(LIBUSB_ENDPOINT_IN.rawValue) != 0
        let payload = isIn ? [UInt8](repeating: 0, count: length) : data
        precondition(payload.count <= controlDataMax, "a control transfer of \(payload.count)")
        var contents = [setup.requestType, setup.request]
        for word in [setup.value, setup.index, UInt16(payload.count)] {
            contents += [UInt8(word & 0xFF), UInt8(word >> 8)]
        }
        let end = await transfer(
            endpoint: 0, type: LIBUSB_TRANSFER_TYPE_CONTROL, contents: contents + payload,
            within: limit)
        if let failure = end.failure { throw failure }
        return end.bytes
    }

    nonisolated func reports(endpoint: UInt8, length: Int) -> AsyncStream<USBReport> {
        // Two more are in the hands of the pump.
        let queue = ReportQueue(limit: reportCountMax - pendingReportCount)
        let pump = Task {
            let failure = await self.pump(endpoint: endpoint, length: length, into: queue)
            queue.end(failure)
        }
        let subscription = ReportSubscription(queue: queue, pump: pump)
        return AsyncStream {
            await subscription.next()
        } onCancel: {
            subscription.stop()
        }
    }

    func read(
        endpoint: UInt8, atMost count: Int, within limit: Duration
    ) async throws(PortError) -> [UInt8] {
        let endpoint = try claimedEndpoint(endpoint)
        // Whole packets; for less than one the device is given room for one.
        let packet = endpoint.packetSize
        let room = max(count / packet, 1) * packet
        let end = await transfer(
            endpoint: endpoint.address, type: endpoint.libusbType,
            contents: [UInt8](repeating: 0, count: room), within: limit)
        // What came before the time was up is not thrown away.
        if let failure = end.failure, !(failure == .timedOut && end.count > 0) { throw failure }
        guard end.count <= count else { throw .overflow }
        return end.bytes
    }

    func write(endpoint: UInt8, _ bytes: [UInt8], within limit: Duration) async -> USBWritten {
        do throws(PortError) {
            let endpoint = try claimedEndpoint(endpoint)
            let end = await transfer(
                endpoint: endpoint.address, type: endpoint.libusbType, contents: bytes,
                within: limit)
            return USBWritten(count: end.count, failure: end.failure)
        } catch {
            return USBWritten(count: 0, failure: error)
        }
    }

    func clearHalt(endpoint: UInt8) async throws(PortError) {
        try checkUsable()
        try handle?.clearHalt(endpoint: endpoint)
    }

    func close() async {
        switch phase {
        case .closed: return
        case .closing: await withCheckedContinuation { closers.append($0) }
        case .open:
            phase = .closing
            pending.cancelAll()
            await pending.drained()
            if !isGone {
                for number in claimed.keys { handle?.release(interface: number) }
            }
            claimed = [:]
            handle = nil
            phase = .closed
            for closer in closers { closer.resume() }
            closers = []
            await bus.closed(self)
        }
    }

    /// The bus says that it left. What is pending has ended by itself or ends now.
    func left() {
        isGone = true
        pending.cancelAll()
    }
}

// MARK: - Transfers

extension LibUSBDevice {
    private func checkUsable() throws(PortError) {
        guard phase == .open, !isGone else { throw .disconnected }
    }

    private func hasAlternatives(_ number: UInt8) -> Bool {
        description.interfaces.count { $0.number == number } > 1
    }

    private func claimedEndpoint(_ address: UInt8) throws(PortError) -> USBEndpoint {
        try checkUsable()
        for interface in description.interfaces
        where claimed[interface.number] == interface.alternateSetting {
            if let found = interface.endpoints.first(where: { $0.address == address }) {
                return found
            }
        }
        // Which endpoints there are is said by the device, so this is no mistake of ours alone.
        throw .notFound
    }

    private func submit(_ transfer: USBTransfer) throws(PortError) {
        try checkUsable()
        try handle?.submit(transfer)
    }

    /// One transfer from submission to its end, whatever that is.
    private func transfer(
        endpoint: UInt8, type: libusb_transfer_type, contents: [UInt8], within limit: Duration
    ) async -> USBTransfer.End {
        let deadline = clock.milliseconds + limit.inMilliseconds
        do throws(PortError) {
            if Task.isCancelled { throw .cancelled }
            let transfer = USBTransfer(
                endpoint: endpoint, type: type, contents: contents,
                limit: UInt32(clamping: max(limit.inMilliseconds, 1)), pending: pending)
            try submit(transfer)
            let end = await withTaskCancellationHandler {
                await transfer.end()
            } onCancel: {
                transfer.cancel()
            }
            guard let failure = end.failure else { return end }
            return USBTransfer.End(
                bytes: end.bytes, count: end.count,
                failure: await judged(failure, until: deadline))
        } catch {
            return USBTransfer.End(
                bytes: [], count: 0, failure: await judged(error, until: deadline))
        }
    }

    /// Tells an unplug from other failures. The kernel ends transfers with an error 0.2 to 0.55 s
    /// before the bus says that the device left; so an error waits for that, or the deadline.
    private func judged(_ failure: PortError, until deadline: Int) async -> PortError {
        if failure == .cancelled { return isGone ? .disconnected : failure }
        guard failure == .transferError else { return failure }
        let end = min(deadline, clock.milliseconds + unplugNoticeMax.inMilliseconds)
        while !isGone, phase == .open, clock.milliseconds < end {
            let pause = clock.milliseconds + errorPause.inMilliseconds
            do {
                try await clock.sleep(until: min(pause, end))
            } catch {
                return failure
            }
        }
        return isGone ? .disconnected : failure
    }
}

// MARK: - Reports

extension LibUSBDevice {
    /// Keeps two reads pending and hands on what they bring, in the order of their submission,
    /// until one fails for good or nobody reads.
    private func pump(
        endpoint address: UInt8, length: Int, into queue: ReportQueue
    ) async -> PortError {
        let ring: [USBTransfer]
        do throws(PortError) {
            ring = readers(of: try claimedEndpoint(address), length: length)
        } catch {
            return error
        }
        return await withTaskCancellationHandler {
            await pump(ring, into: queue)
        } onCancel: {
            for transfer in ring { transfer.cancel() }
        }
    }

    private func readers(
        of endpoint: USBEndpoint, length: Int
    ) -> [USBTransfer] {
        let packet = endpoint.packetSize
        let packets = max((length + packet - 1) / packet, 1)
        let room = [UInt8](repeating: 0, count: packets * packet)
        return (0..<pendingReportCount).map { _ in
            USBTransfer(
                endpoint: endpoint.address, type: endpoint.libusbType, contents: room,
                limit: 0, pending: pending)
        }
    }

    private func pump(_ ring: [USBTransfer], into queue: ReportQueue) async -> PortError {
        var submitted = 0
        var taken = 0
        var errorCount = 0
        var ending: PortError?
        while true {
            while ending == nil, submitted < taken + ring.count {
                do throws(PortError) {
                    if Task.isCancelled { throw .cancelled }
                    let transfer = ring[submitted % ring.count]
                    try submit(transfer)
                    submitted += 1
                    // The cancellation may have come between the question and the submission.
                    if Task.isCancelled { transfer.cancel() }
                } catch {
                    ending = await endingAfter(error, &errorCount)
                }
            }
            if let ending {
                // The others end too before the last word, so that the endpoint is free then.
                for transfer in ring { transfer.cancel() }
                while taken < submitted {
                    let end = await ring[taken % ring.count].end()
                    taken += 1
                    if end.failure == nil { _ = await queue.push(.bytes(end.bytes)) }
                }
                return isGone ? .disconnected : ending
            }
            let end = await ring[taken % ring.count].end()
            taken += 1
            if let failure = end.failure {
                ending = await endingAfter(failure, &errorCount)
            } else {
                errorCount = 0
                if await !queue.push(.bytes(end.bytes)) { ending = .cancelled }
            }
        }
    }

    /// Nil when the read is to be tried again: noise on the cable, or the plug just being pulled.
    private func endingAfter(_ failure: PortError, _ errorCount: inout Int) async -> PortError? {
        guard failure == .transferError else { return failure }
        errorCount += 1
        if isGone { return .disconnected }
        guard errorCount <= errorRetryCountMax else { return failure }
        do {
            try await clock.sleep(for: errorPause)
        } catch {
            return .cancelled
        }
        return nil
    }
}

extension USBEndpoint {
    /// A device may say 0.
    fileprivate var packetSize: Int { max(maxPacketSize, 1) }

    fileprivate var libusbType: libusb_transfer_type {
        switch transfer {
        case .control: LIBUSB_TRANSFER_TYPE_CONTROL
        case .isochronous: LIBUSB_TRANSFER_TYPE_ISOCHRONOUS
        case .bulk: LIBUSB_TRANSFER_TYPE_BULK
        case .interrupt: LIBUSB_TRANSFER_TYPE_INTERRUPT
        }
    }
}

/// Transfers kept pending on an endpoint that reports, so that none is missed between two.
private let pendingReportCount = 2
/// Data bytes that Linux takes in one control transfer.
private let controlDataMax = 4_096
private let errorRetryCountMax = 3
private let errorPause = Duration.milliseconds(50)
/// A little over the longest time measured from the error of a transfer to the bus's word.
private let unplugNoticeMax = Duration.milliseconds(600)
