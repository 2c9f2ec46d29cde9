import Glibc
import Testing

@testable import Station

@Suite("Addresses that a run needs")
struct AddressTests {
    /// An enrolled station whose port another program has.
    @Test func `a start that finds its port taken books nothing`() async throws {
        let village = try await Village()
        try await village.open { station in try await station.begin() }
        let count = try village.journal().latest(limit: 1).first?.entry.sequence
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(listener) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let port = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { name in
                _ = bind(listener, name, size)
                _ = listen(listener, 1)
                _ = getsockname(listener, name, &size)
            }
            return Int(UInt16(bigEndian: pointer.pointee.sin_port))
        }
        var taken = village.configuration
        taken.listen = .init(host: "127.0.0.1", port: port)
        var homeless = village.configuration
        homeless.runtimeDirectory = "/nonexistent"
        for (configuration, variable) in [
            (taken, "STATION_LISTEN"), (homeless, "RUNTIME_DIRECTORY"),
        ] {
            let refusal = await #expect(throws: AddressTaken.self) {
                try await station(configuration, village).run()
            }
            #expect(refusal?.variable == variable)
        }
        #expect(try village.journal().latest(limit: 1).first?.entry.sequence == count)
    }

    private func station(_ configuration: Configuration, _ village: Village) -> Station {
        Station(
            configuration: configuration,
            ports: StationPorts(
                bus: village.world.bus, clocks: village.clock.clocks(bootID: "boot-2"),
                exchange: village.headOffice.link, observer: Unobserved()),
            logger: .init(label: "test"))
    }
}

struct Unobserved: StepObserver {
    func reached(_ step: Step, entry: Int) async {}
}
