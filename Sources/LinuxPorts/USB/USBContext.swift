import CLibUSB
import Glibc
import Logging
import Ports
import Synchronization

/// A libusb context of our own; `libusb_exit` when it goes, so everything that was opened or
/// referenced in it must have gone before.
struct USBContext: ~Copyable, @unchecked Sendable {
    // Safety: libusb locks a context itself; the pointer never changes.
    let pointer: OpaquePointer

    init() throws(PortError) {
        var context: OpaquePointer?
        try check(libusb_init(&context))
        guard let context else { throw .outOfMemory }
        pointer = context
    }

    deinit {
        libusb_exit(pointer)
    }
}

/// The one thread on which transfers complete and the bus speaks.
final class USBEventThread: Sendable {
    let context: USBContext
    private let logger: Logger
    private let isStopping = Atomic<Bool>(false)
    private let thread = Mutex<pthread_t?>(nil)

    init(logger: Logger) throws(PortError) {
        context = try USBContext()
        self.logger = logger
    }

    func start() throws(PortError) {
        let code = thread.withLock { thread in
            var created = pthread_t()
            let code = pthread_create(
                &created, nil,
                { argument in
                    guard let argument else { return nil }
                    Unmanaged<USBEventThread>.fromOpaque(argument).takeRetainedValue().run()
                    return nil
                }, Unmanaged.passRetained(self).toOpaque())
            if code == 0 { thread = created }
            return code
        }
        guard code == 0 else {
            Unmanaged.passUnretained(self).release()
            throw .noThread
        }
    }

    /// Stops the thread and waits for its end. Blocks; safe to repeat.
    func stop() {
        isStopping.store(true, ordering: .releasing)
        libusb_interrupt_event_handler(context.pointer)
        let running = thread.withLock { $0.take() }
        if let running { pthread_join(running, nil) }
    }

    private func run() {
        name_this_thread("usb-events")
        while !isStopping.load(ordering: .acquiring) {
            let code = libusb_handle_events(context.pointer)
            guard code < 0, code != LIBUSB_ERROR_INTERRUPTED.rawValue else { continue }
            let name = String(cString: libusb_error_name(code))
            logger.error("USB events failed", metadata: [LogKey.error: "\(name)"])
            // An error that stays must not eat the processor.
            usleep(useconds_t(eventErrorPause))
        }
    }
}

/// Microseconds.
private let eventErrorPause = 1_000_000
