import CLibUSB
import Ports
import Synchronization

/// One transfer with its buffer. It may be submitted again after each end, which somebody must
/// have taken with `end()`.
///
/// While libusb holds it, `PendingTransfers` holds it too, so that buffer and context outlive the
/// C side whatever becomes of the task that waits. What libusb allocates for it lives from the
/// submission to the end only, since it refers to the device and must go before the context.
final class USBTransfer: @unchecked Sendable {
    // Safety: `buffer` belongs to whoever submits until libusb has it, and to the callback until
    // `state` says `.ended`; `state` is behind a lock; all else never changes.
    private let endpoint: UInt8
    private let type: libusb_transfer_type
    private let buffer: UnsafeMutableBufferPointer<UInt8>
    private let limit: UInt32
    private let pending: PendingTransfers
    private let state = Mutex(State.idle)

    private enum State {
        case idle
        case pending(Allocation, CheckedContinuation<End, Never>?)
        case ended(End)
    }

    private struct Allocation: @unchecked Sendable {
        // Safety: libusb's from the submission to the callback, which frees it behind the lock;
        // `cancel` reaches it behind the same lock only.
        let raw: UnsafeMutablePointer<libusb_transfer>
    }

    /// How a transfer ended.
    struct End: Sendable {
        /// What came in; empty for the other direction.
        let bytes: [UInt8]
        /// Bytes that moved, whatever `failure` says.
        let count: Int
        let failure: PortError?
    }

    /// - Parameter contents: What goes out, or as many bytes as are asked for.
    /// - Parameter limit: Milliseconds, 0 for none.
    init(
        endpoint: UInt8, type: libusb_transfer_type, contents: [UInt8], limit: UInt32,
        pending: PendingTransfers
    ) {
        self.endpoint = endpoint
        self.type = type
        self.limit = limit
        self.pending = pending
        buffer = .allocate(capacity: contents.count)
        _ = buffer.initialize(from: contents)
    }

    deinit {
        buffer.deallocate()
    }

    func submit(on handle: OpaquePointer) throws(PortError) {
        guard let raw = libusb_alloc_transfer(0) else { throw .outOfMemory }
        let allocation = Allocation(raw: raw)
        raw.pointee.dev_handle = handle
        raw.pointee.endpoint = endpoint
        raw.pointee.type = UInt8(type.rawValue)
        raw.pointee.timeout = limit
        raw.pointee.buffer = buffer.baseAddress
        raw.pointee.length = Int32(buffer.count)
        raw.pointee.callback = transferEnded
        raw.pointee.user_data = Unmanaged.passUnretained(self).toOpaque()
        state.withLock { $0 = .pending(allocation, nil) }
        pending.insert(self)
        do throws(PortError) {
            try check(libusb_submit_transfer(raw))
        } catch {
            state.withLock { state in
                libusb_free_transfer(allocation.raw)
                state = .idle
            }
            pending.remove(self)
            throw error
        }
    }

    /// Asks libusb to end it; the end comes as always. Does nothing when it is not pending.
    func cancel() {
        state.withLock { state in
            if case .pending(let allocation, _) = state {
                libusb_cancel_transfer(allocation.raw)
            }
        }
    }

    /// Waits for the end of a submitted transfer. To be called once for each submission.
    func end(isolation: isolated (any Actor)? = #isolation) async -> End {
        await withCheckedContinuation { continuation in
            let end: End? = state.withLock { state in
                switch state {
                case .ended(let end):
                    state = .idle
                    return end
                case .pending(let allocation, nil):
                    state = .pending(allocation, continuation)
                    return nil
                case .idle, .pending:
                    preconditionFailure("the end of a transfer is taken once a submission")
                }
            }
            if let end { continuation.resume(returning: end) }
        }
    }

    /// On the event thread: takes over what libusb says and wakes who waits.
    fileprivate func complete(_ raw: UnsafeMutablePointer<libusb_transfer>) {
        let count = Int(raw.pointee.actual_length)
        let end = End(
            bytes: received(count), count: count, failure: PortError(status: raw.pointee.status))
        let waiting: CheckedContinuation<End, Never>? = state.withLock { state in
            guard case .pending(let allocation, let continuation) = state else { return nil }
            libusb_free_transfer(allocation.raw)
            state = continuation == nil ? .ended(end) : .idle
            return continuation
        }
        // Before the waiting task wakes, which may submit it again.
        pending.remove(self)
        waiting?.resume(returning: end)
    }

    private func received(_ count: Int) -> [UInt8] {
        let isControl = type == LIBUSB_TRANSFER_TYPE_CONTROL
        let start = isControl ? controlSetupSize : 0
        let direction = isControl ? buffer[0] : endpoint
        guard direction & UInt8(LIBUSB_ENDPOINT_IN.rawValue) != 0 else { return [] }
        return Array(buffer[start..<start + count])
    }
}

/// Bytes of the setup packet, which lead the buffer of a control transfer.
private let controlSetupSize = 8

private let transferEnded: libusb_transfer_cb_fn = { raw in
    guard let raw, let context = raw.pointee.user_data else { return }
    Unmanaged<USBTransfer>.fromOpaque(context).takeUnretainedValue().complete(raw)
}

/// The transfers of one device that libusb holds.
final class PendingTransfers: Sendable {
    private struct State {
        var transfers: [ObjectIdentifier: USBTransfer] = [:]
        var waiting: CheckedContinuation<Void, Never>?
    }
    private let state = Mutex(State())

    func insert(_ transfer: USBTransfer) {
        state.withLock { $0.transfers[ObjectIdentifier(transfer)] = transfer }
    }

    func remove(_ transfer: USBTransfer) {
        let waiting: CheckedContinuation<Void, Never>? = state.withLock { state in
            state.transfers[ObjectIdentifier(transfer)] = nil
            return state.transfers.isEmpty ? state.waiting.take() : nil
        }
        waiting?.resume()
    }

    func cancelAll() {
        let transfers = state.withLock { Array($0.transfers.values) }
        for transfer in transfers { transfer.cancel() }
    }

    /// Returns when libusb holds none any more. One caller at a time.
    func drained(isolation: isolated (any Actor)? = #isolation) async {
        await withCheckedContinuation { continuation in
            let isEmpty = state.withLock { state in
                if state.transfers.isEmpty { return true }
                state.waiting = continuation
                return false
            }
            if isEmpty { continuation.resume() }
        }
    }
}
