import Glibc

/// Why a run cannot serve anybody: said before anything of the run is booked, since the service
/// manager tries again every second and each start is an entry.
struct AddressTaken: Error, Equatable, CustomStringConvertible {
    let variable: String
    let value: String
    let problem: String

    var description: String { "\(variable)=\(value): \(problem)" }
}

extension Configuration {
    /// Finds out whether pages and control socket can be had.
    func checkAddresses() throws(AddressTaken) {
        if let number = Self.bindError(port: listen.port) {
            throw AddressTaken(
                variable: "STATION_LISTEN", value: "\(listen)",
                problem: number == EADDRINUSE
                    ? "another program has this port; stop it, or choose another port"
                    : String(cString: strerror(number)))
        }
        guard access(runtimeDirectory, W_OK | X_OK) == 0 else {
            throw AddressTaken(
                variable: "RUNTIME_DIRECTORY", value: runtimeDirectory,
                problem: String(cString: strerror(errno)))
        }
    }

    /// The number of the error with which the port of this machine cannot be had; nil where it can.
    private static func bindError(port: Int) -> Int32? {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { return errno }
        defer { close(descriptor) }
        var reuse: Int32 = 1
        setsockopt(
            descriptor, SOL_SOCKET, SO_REUSEADDR, &reuse, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(UInt16(truncatingIfNeeded: port).bigEndian)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        let size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, size) }
        }
        return result == 0 ? nil : errno
    }
}
