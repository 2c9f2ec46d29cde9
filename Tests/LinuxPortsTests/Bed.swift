import CUSBBed
import LinuxPorts
import Logging
import Ports
import Synchronization
import Testing

/// Suites on the bed are in here, so that they run one after the other.
@Suite("On the USB bed", .serialized, .timeLimit(.minutes(1))) enum OnTheBed {}

/// A device of the bed, plugged in for as long as `unplug` is not called.
struct BedDevice {
    let slot: Int32
    let path: String

    /// - Parameter product: Nil for the model's number, from 1.
    /// - Parameter prepare: What it is to be like before anybody sees it.
    init(
        _ model: bed_model, port: Int32, vendor: UInt16 = bedVendor, product: UInt16? = nil,
        prepare: (BedDevice) -> Void = { _ in }
    ) {
        path = "1-\(port)"
        slot = bed_make(model, port, vendor, product ?? UInt16(model.rawValue) + 1)
        prepare(self)
        bed_plug(slot)
    }

    func unplug() { bed_unplug(slot) }
    func fail(_ on: Bool) { bed_fail(slot, on ? 1 : 0) }
    func report(_ bytes: [UInt8]) { bed_report(slot, bytes, Int32(bytes.count)) }
    func answer(_ query: [UInt8], _ answer: [UInt8]) {
        bed_answer(slot, query, Int32(query.count), answer, Int32(answer.count))
    }
    func count(_ counter: bed_counter) -> Int { Int(bed_count(slot, counter)) }

    var written: [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 1 << 20)
        let count = bed_written(slot, &bytes, 0, Int32(bytes.count))
        return Array(bytes.prefix(Int(count)))
    }
}

let bedVendor: UInt16 = 0xF055

/// A bus on the bed and what it says.
final class ListenedBus {
    let bus: LibUSBBus
    private var events: AsyncStream<USBBusEvent>.Iterator

    init(clock: any MonotonicClock = BootTimeClock()) throws {
        try #require(
            bed_start() == 0, "run under umockdev-wrapper, see Tests/LinuxPortsTests/README.md")
        bus = try LibUSBBus(clock: clock, logger: Logger(label: "bed"))
        events = bus.events().makeAsyncIterator()
    }

    func next() async -> USBBusEvent? {
        await events.next(isolation: #isolation)
    }

    func arrival() async throws -> USBDeviceDescription {
        guard case .arrived(let description) = await next() else {
            throw BedError.notAnArrival
        }
        return description
    }

    /// Opens the next device that arrives and claims its interface 0.
    func openNext(alternateSetting: UInt8? = nil) async throws -> any USBDevice {
        let device = try await bus.open(try await arrival().presence)
        try await device.claim(interface: 0, alternateSetting: alternateSetting)
        return device
    }
}

enum BedError: Error { case notAnArrival, neverHappened }

/// Time that stands still, and jumps to the end of each sleep when `onSleep` has run.
final class JumpingClock: MonotonicClock {
    private let state = Mutex((milliseconds: 0, sleepCount: 0))
    private let onSleep: @Sendable (Int) async -> Void

    /// - Parameter onSleep: Gets the number of the sleep, from 1.
    init(onSleep: @escaping @Sendable (Int) async -> Void = { _ in }) {
        self.onSleep = onSleep
    }

    var milliseconds: Int { state.withLock { $0.milliseconds } }
    var sleepCount: Int { state.withLock { $0.sleepCount } }

    func sleep(until deadline: Int) async throws(CancellationError) {
        await onSleep(
            state.withLock { state in
                state.sleepCount += 1
                return state.sleepCount
            })
        if Task.isCancelled { throw CancellationError() }
        state.withLock { $0.milliseconds = max($0.milliseconds, deadline) }
    }
}

/// Waits for what another thread is about to do; the limit is only for when it never does.
func eventually(_ isTrue: () -> Bool) async throws {
    let clock = ContinuousClock()
    let limit = clock.now + .seconds(10)
    while !isTrue() {
        guard clock.now < limit else { throw BedError.neverHappened }
        try await clock.sleep(for: .milliseconds(1))
    }
}
