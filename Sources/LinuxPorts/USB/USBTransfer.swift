import CLibUSB
import Ports
import Synchronization

/// One transfer with its buffer. It may be submitted again after each end, which somebody must
/// have taken with `end()`.
///
/// While libusb holds it, `PendingTransfers` holds it too, so that buffer and context outlive the
/// C side whatever becomes of the task that waits.
final class USBTransfer: @unchecked Sendable {
    // Safety: `raw` and `buffer` belong to whoever submits until libusb has them, and to the
    // callback until `state` says `.ended`; `state` is behind a lock.
    private let raw: UnsafeMutablePointer<libusb_transfer>
    private let buffer: UnsafeMutableBufferPointer<UInt8>
    private let pending: PendingTransfers
    private let state = Mutex(State.idle)

    private enum State {
        case idle
        case pending
        case awaited(CheckedContinuation<End, Never>)
        case ended(End)
    }

    /// How a transfer ended.
    struct End: Sendable {
        /// What came in; empty for the other direction.
        let bytes: [UInt8]
        /// Bytes that moved, whatever `failure` says.
        let count: Int
        let failure: PortError?
    }

    /// A transfer on a bulk or interrupt endpoint.
    ///
    /// - Parameter contents: What goes out, or as many bytes as are asked for.
    /// - Parameter limit: Milliseconds, 0 for none.
    init(
        endpoint: UInt8, type: libusb_transfer_type, contents: [UInt8], limit: UInt32,
        pending: PendingTransfers
    ) throws(PortError) {
        guard let raw = libusb_alloc_transfer(0) else { throw .outOfMemory }
        self.raw = raw
        self.pending = pending
        buffer = .allocate(capacity: max(contents.count, 1))
        _ = buffer.initialize(from: contents)
        raw.pointee.endpoint = endpoint
        raw.pointee.type = UInt8(type.rawValue)
        raw.pointee.timeout = limit
        raw.pointee.buffer = buffer.baseAddress
        raw.pointee.length = Int32(contents.count)
        raw.pointee.callback = transferEnded
    }

    deinit {
        libusb_free_transfer(raw)
        buffer.deallocate()
    }

    func submit(on handle: OpaquePointer) throws(PortError) {
        state.withLock { $0 = .pending }
        raw.pointee.dev_handle = handle
        raw.pointee.user_data = Unmanaged.passUnretained(self).toOpaque()
        pending.insert(self)
        do throws(PortError) {
            try check(libusb_submit_transfer(raw))
        } catch {
            state.withLock { $0 = .idle }
            pending.remove(self)
            throw error
        }
    }

    /// Asks libusb to end it; the end comes as always. Does nothing when it is not pending.
    func cancel() {
        libusb_cancel_transfer(raw)
    }

    /// Waits for the end of a submitted transfer. To be called once for each submission.
    func end(isolation: isolated (any Actor)? = #isolation) async -> End {
        await withCheckedContinuation { continuation in
            let end: End? = state.withLock { state in
                switch state {
                case .ended(let end):
                    state = .idle
                    return end
                case .pending:
                    state = .awaited(continuation)
                    return nil
                case .idle, .awaited:
                    preconditionFailure("the end of a transfer is taken once a submission")
                }
            }
            if let end { continuation.resume(returning: end) }
        }
    }

    /// On the event thread: takes over what libusb says and wakes who waits.
    fileprivate func complete() {
        let count = Int(raw.pointee.actual_length)
        let end = End(
            bytes: received(count), count: count, failure: PortError(status: raw.pointee.status))
        let waiting: CheckedContinuation<End, Never>? = state.withLock { state in
            if case .awaited(let continuation) = state {
                state = .idle
                return continuation
            }
            state = .ended(end)
            return nil
        }
        // Before the waiting task wakes, which may submit it again.
        pending.remove(self)
        waiting?.resume(returning: end)
    }

    private func received(_ count: Int) -> [UInt8] {
        let isControl = raw.pointee.type == UInt8(LIBUSB_TRANSFER_TYPE_CONTROL.rawValue)
        let start = isControl ? controlSetupSize : 0
        let direction = isControl ? buffer[0] : raw.pointee.endpoint
        guard direction & UInt8(LIBUSB_ENDPOINT_IN.rawValue) != 0 else { return [] }
        return Array(buffer[start..<start + count])
    }
}

/// Bytes of the setup packet, which lead the buffer of a control transfer.
let controlSetupSize = 8

private let transferEnded: libusb_transfer_cb_fn = { raw in
    guard let context = raw?.pointee.user_data else { return }
    Unmanaged<USBTransfer>.fromOpaque(context).takeUnretainedValue().complete()
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
