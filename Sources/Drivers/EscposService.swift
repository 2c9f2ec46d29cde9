import Ports
import StationCore

/// Hands a printer that was claimed to the station's `EscposPrinter`.
struct EscposService: DeviceService {
    let printer: EscposPrinter
    let clock: any MonotonicClock
    let interface: USBInterface
    let traits: PrinterTraits

    func serve(
        _ device: any USBDevice, say: @escaping @Sendable (DeviceCondition) -> Void
    ) async throws(PortError) {
        guard let out = interface.bulkOut else { return }
        let line = EscposLine(
            device: device, interface: interface.number, out: out.address,
            input: interface.interfaceProtocol == 1 ? nil : interface.bulkIn, traits: traits,
            clock: clock, say: say)
        try await printer.serve(line)
    }

    func lost() {}
}
