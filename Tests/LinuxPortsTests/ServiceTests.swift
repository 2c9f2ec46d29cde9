import Glibc
import Ports
import Testing

@testable import LinuxPorts

@Suite("Words to the service manager") struct ServiceNotifierTests {
    @Test(arguments: [true, false])
    func `each word is a datagram of its own`(isAbstract: Bool) throws {
        let manager = try Manager(isAbstract: isAbstract)
        let notifier = ServiceNotifier(address: manager.address)
        notifier.ready()
        notifier.status("two\nlines")
        notifier.alive()
        notifier.extendTimeout(by: .milliseconds(1_500))
        notifier.stopping()
        #expect(
            (0..<5).map { _ in manager.heard() } == [
                "READY=1", "STATUS=two lines", "WATCHDOG=1", "EXTEND_TIMEOUT_USEC=1500000",
                "STOPPING=1",
            ])
        #expect(manager.heard() == nil)
    }

    @Test(arguments: [
        nil, "", "@", "relative", "/nobody/listens", String(repeating: "/x", count: 90),
    ])
    func `without a manager nothing happens`(address: String?) {
        ServiceNotifier(address: address).ready()
    }

    @Test(
        arguments: [
            ("60000000", nil, Duration.seconds(30)),
            ("3000001", "\(getpid())", .microseconds(1_500_000)),
            ("60000000", "1", nil), ("0", nil, nil), ("-5", nil, nil), ("soon", nil, nil),
            (nil, nil, nil),
        ] as [(String?, String?, Duration?)])
    func `the watchdog is fed twice in its time, if it watches this process`(
        microseconds: String?, process: String?, interval: Duration?
    ) {
        let notifier = ServiceNotifier(
            address: nil, watchdogMicroseconds: microseconds, watchdogProcess: process)
        #expect(
            notifier.watchdogInterval.map { $0.inMilliseconds }
                == interval.map { $0.inMilliseconds })
    }
}

@Suite("Clocks of this machine") struct MachineClockTests {
    @Test func `a sleep ends when its time has come and not before`() async throws {
        let clock = BootTimeClock()
        let deadline = clock.milliseconds + 3
        try await clock.sleep(until: deadline)
        #expect(clock.milliseconds >= deadline)
        try await clock.sleep(until: deadline - 1_000)
    }

    @Test func `a cancelled sleep says so`() async {
        let sleeping = Task { try await BootTimeClock().sleep(for: .seconds(3_600)) }
        sleeping.cancel()
        await #expect(throws: CancellationError.self) { try await sleeping.value }
    }

    @Test func `the boot id is the kernel's and the calendar is of this century`() throws {
        let clocks = try Clocks.linux()
        #expect(clocks.bootID.utf8.count == 36)
        #expect(try Clocks.linux().bootID == clocks.bootID)
        #expect(clocks.calendar.milliseconds > 946_684_800_000)
        _ = clocks.calendar.isSynchronized
    }
}

/// The receiving end of a notification socket.
private struct Manager: ~Copyable {
    let address: String
    private let descriptor: Int32

    init(isAbstract: Bool) throws {
        let name = "/tmp/notify-\(getpid())-\(UInt64.random(in: 0...UInt64.max))"
        address = isAbstract ? "@" + name.dropFirst() : name
        descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
        var target = try #require(socketAddress(address))
        let socket = descriptor
        let bound = withUnsafePointer(to: &target.address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(socket, $0, target.length)
            }
        }
        try #require(bound == 0)
    }

    deinit {
        close(descriptor)
        unlink(address)
    }

    func heard() -> String? {
        var bytes = [UInt8](repeating: 0, count: 512)
        let count = recv(descriptor, &bytes, bytes.count, Int32(MSG_DONTWAIT))
        return count < 0 ? nil : String(decoding: bytes.prefix(count), as: UTF8.self)
    }
}
