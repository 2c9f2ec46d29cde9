import Ports

/// Requests of the HID class that many devices do not know: a stall or silence is no failure.
extension USBDevice {
    /// Asks for the eight-byte report of the boot protocol, whatever the report descriptor says.
    func setBootProtocol(interface: UInt8) async throws(PortError) {
        try await tryRequest(0x0b, value: 0, interface: interface)
    }

    /// Asks for a report again after `units` x 4 ms in which nothing changed; 0 is never.
    func setIdle(_ units: UInt8, interface: UInt8) async throws(PortError) {
        try await tryRequest(0x0a, value: UInt16(units) << 8, interface: interface)
    }

    /// Sets the lamps of a keyboard: bit 0 Num Lock, 1 Caps Lock, 2 Scroll Lock.
    func setKeyboardLamps(_ lamps: UInt8, interface: UInt8) async throws(PortError) {
        try await tryRequest(0x09, value: 0x0200, interface: interface, data: [lamps])
    }

    /// The report descriptor of a claimed HID interface; nil where the device does not give it.
    func reportDescriptor(interface: UInt8) async throws(PortError) -> [UInt8]? {
        let setup = USBSetup(
            requestType: 0x81, request: 0x06, value: 0x2200, index: UInt16(interface))
        do {
            return try await control(
                setup, data: [], length: HIDReportDescriptor.lengthMax,
                within: Self.requestLimit)
        } catch {
            try error.unlessRefused()
            return nil
        }
    }

    private static var requestLimit: Duration { .milliseconds(300) }

    private func tryRequest(
        _ request: UInt8, value: UInt16, interface: UInt8, data: [UInt8] = []
    ) async throws(PortError) {
        let setup = USBSetup(
            requestType: 0x21, request: request, value: value, index: UInt16(interface))
        do {
            _ = try await control(
                setup, data: data, length: data.count, within: Self.requestLimit)
        } catch {
            try error.unlessRefused()
        }
    }

    /// The reports of `endpoint`, of at least `length` bytes each, one by one until it fails. What
    /// ends them is thrown; a halted endpoint is set free for the next attempt.
    func eachReport(
        of endpoint: USBEndpoint, length: Int, started: () -> Void,
        take: ([UInt8]) -> Void
    ) async throws(PortError) {
        let packet = max(endpoint.maxPacketSize, 1)
        let stream = reports(
            endpoint: endpoint.address, length: (length + packet - 1) / packet * packet)
        started()
        for await report in stream {
            switch report {
            case .bytes(let bytes):
                take(bytes)
            case .ended(let error):
                if error == .stalled { try await clearHalt(endpoint: endpoint.address) }
                throw error
            }
        }
        throw .cancelled
    }
}

extension PortError {
    /// Throws itself unless it only says that a device does not know a request.
    func unlessRefused() throws(PortError) {
        switch self {
        case .stalled, .timedOut, .overflow, .unexpected: return
        case .disconnected, .busy, .permissionDenied, .cancelled: throw self
        }
    }
}
