import CLibUSB
public import Logging
public import Ports

/// The USB of this machine, on libusb with a context of its own and one event thread.
///
/// It lives by itself for as long as the process does. `shutdown()` ends it before, where another bus
/// follows in the same process.
public actor LibUSBBus: USBBus {
    private let executor = BlockingExecutor(label: "usb-bus")
    private let clock: any MonotonicClock
    private let stream: AsyncStream<USBBusEvent>
    private let listener: AsyncStream<USBBusEvent>.Continuation
    private var thread: USBEventThread?
    private var present: [USBDeviceReference: USBDeviceDescription] = [:]
    private var opened: [ObjectIdentifier: LibUSBDevice] = [:]

    public nonisolated var unownedExecutor: UnownedSerialExecutor {
        executor.asUnownedSerialExecutor()
    }

    /// - Throws: `.unexpected` where libusb was built without udev or the system lacks memory.
    public init(clock: any MonotonicClock, logger: Logger) throws(PortError) {
        self.clock = clock
        // Without a limit on purpose: hands do the plugging, and a departure that is dropped
        // could never be made good.
        (stream, listener) = AsyncStream.makeStream()
        let thread = try USBEventThread(logger: logger)
        self.thread = thread
        guard libusb_has_capability(UInt32(LIBUSB_CAP_HAS_HOTPLUG.rawValue)) != 0 else {
            throw .notSupported
        }
        try thread.start()
        // The callbacks' hold on the bus, given back in `shutdown`.
        let held = Unmanaged.passRetained(self)
        do throws(PortError) {
            try check(
                libusb_hotplug_register_callback(
                    thread.context.pointer,
                    Int32(
                        LIBUSB_HOTPLUG_EVENT_DEVICE_ARRIVED.rawValue
                            | LIBUSB_HOTPLUG_EVENT_DEVICE_LEFT.rawValue),
                    Int32(LIBUSB_HOTPLUG_ENUMERATE.rawValue), LIBUSB_HOTPLUG_MATCH_ANY,
                    LIBUSB_HOTPLUG_MATCH_ANY, LIBUSB_HOTPLUG_MATCH_ANY, plugChanged,
                    held.toOpaque(), nil))
        } catch {
            thread.stop()
            held.release()
            throw error
        }
    }

    public nonisolated func events() -> AsyncStream<USBBusEvent> {
        stream
    }

    public func open(_ presence: USBPresence) async throws(PortError) -> any USBDevice {
        guard let (reference, description) = present.first(where: { $1.presence == presence })
        else { throw .disconnected }
        let device = LibUSBDevice(
            try reference.open(), description: description, clock: clock, bus: self)
        opened[ObjectIdentifier(device)] = device
        return device
    }

    /// Closes every device, stops the event thread and gives the context back. Nothing can be
    /// opened then, and the stream of events ends. Safe to repeat.
    public func shutdown() async {
        // No device can be opened from here on.
        guard let stopped = thread.take() else { return }
        present = [:]
        for device in opened.values { await device.close() }
        stopped.stop()
        // What the thread queued last holds references, which must go before the context does.
        await withCheckedContinuation { drained in executor.submit { drained.resume() } }
        withExtendedLifetime(stopped) {}
        listener.finish()
        Unmanaged.passUnretained(self).release()
    }

    func closed(_ device: LibUSBDevice) {
        opened[ObjectIdentifier(device)] = nil
    }

    fileprivate nonisolated func notice(_ event: libusb_hotplug_event, _ device: OpaquePointer) {
        let reference = USBDeviceReference(device)
        let hasArrived = event == LIBUSB_HOTPLUG_EVENT_DEVICE_ARRIVED
        executor.submit {
            self.assumeIsolated { bus in
                if hasArrived { bus.arrived(reference) } else { bus.left(reference) }
            }
        }
    }

    /// A device may be told twice: by the enumeration at the start and by the bus.
    private func arrived(_ device: USBDeviceReference) {
        guard thread != nil, present[device] == nil, let description = device.describe() else {
            return
        }
        present[device] = description
        listener.yield(.arrived(description))
    }

    private func left(_ device: USBDeviceReference) {
        guard let description = present.removeValue(forKey: device) else { return }
        for device in opened.values where device.presence == description.presence {
            Task { await device.left() }
        }
        listener.yield(.left(description.presence))
    }
}

/// Called by the event thread, and by the enumeration within the registration. Only queues.
private let plugChanged: libusb_hotplug_callback_fn = { _, device, event, context in
    guard let device, let context else { return 0 }
    Unmanaged<LibUSBBus>.fromOpaque(context).takeUnretainedValue().notice(event, device)
    return 0
}
