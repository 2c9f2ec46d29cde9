import Logging
import Ports
import StationCore

/// Hands a printer that was claimed to the station's `EscposPrinter`, unless it says of itself that
/// it speaks something else.
struct EscposService: DeviceService {
    let printer: EscposPrinter
    let context: SessionContext
    let interface: USBInterface
    let traits: PrinterTraits
    let path: String

    func serve(
        _ device: any USBDevice, say: @escaping @Sendable (DeviceCondition) -> Void
    ) async throws(PortError) {
        guard let out = interface.bulkOut, try await isUsable(device) else { return }
        let hasWayBack = interface.interfaceProtocol != 1 && !traits.isUnidirectional
        let line = EscposLine(
            device: device, interface: interface.number, out: out.address,
            input: hasWayBack ? interface.bulkIn : nil, traits: traits,
            clock: context.clock, say: say)
        try await printer.serve(line)
    }

    func lost() {}

    /// Asked once, before the first job: in the middle of one some printers mix the answer into
    /// their data.
    private func isUsable(_ device: any USBDevice) async throws(PortError) -> Bool {
        guard let id = try await deviceID(of: device) else { return true }
        let metadata: Logger.Metadata = [
            LogKey.device: "printer", LogKey.path: "\(path)", LogKey.said: "\(id)",
        ]
        if traits.heedsDeviceID, id.speaksEscpos == false {
            context.logger.warning("the printer does not speak ESC/POS", metadata: metadata)
            return false
        }
        context.logger.info("the printer says what it is", metadata: metadata)
        return true
    }

    /// GET_DEVICE_ID; printers of a vendor's class do not know it. Nil where nothing is told.
    private func deviceID(of device: any USBDevice) async throws(PortError) -> PrinterDeviceID? {
        guard interface.interfaceClass == 0x07 else { return nil }
        let setup = USBSetup(
            requestType: 0xa1, request: 0x00, value: 0,
            index: UInt16(interface.number) << 8 | UInt16(interface.alternateSetting))
        do {
            return PrinterDeviceID(
                answer: try await device.control(
                    setup, data: [], length: PrinterDeviceID.lengthMax,
                    within: .milliseconds(500)))
        } catch {
            try error.unlessRefused()
            // Some halt their way back with it.
            if error == .stalled, let input = interface.bulkIn {
                try await device.clearHalt(endpoint: input.address)
            }
            return nil
        }
    }
}
