import Logging
import Ports
import StationCore

/// Listens to a USB HID scale, and hands on every report with its time: a steady load is fresh as
/// long as reports of it come.
struct HIDScaleService: DeviceService {
    let context: SessionContext
    let interface: USBInterface
    let traits: ScaleTraits
    /// Name of the catalog row.
    let model: String
    let path: String

    /// 500 ms: a steady load must not grow stale because a scale reports changes only, as the
    /// kernel's own driver asked it to before.
    private static let idleUnits: UInt8 = 125

    func serve(
        _ device: any USBDevice, say: @escaping @Sendable (DeviceCondition) -> Void
    ) async throws(PortError) {
        guard let endpoint = interface.interruptIn else { return }
        try await device.setIdle(Self.idleUnits, interface: interface.number)
        guard let reports = try await dataReports(of: device) else { return }
        var decoder = HIDScaleDecoder(reports: reports)
        var isStale = traits.firstReportIsStale
        let take: ([UInt8]) -> Void = { report in
            for item in decoder.push(report) {
                guard case .weight(let reading) = item else {
                    note(item)
                    continue
                }
                if isStale {
                    isStale = false
                    note(
                        .discarded(
                            Discard(bytes: reading.frame.count, why: .firstAfterOpen)))
                } else {
                    context.deliver(
                        .weight(
                            reading, from: scale(showing: reading.unit),
                            at: context.clock.milliseconds))
                }
            }
        }
        try await device.eachReport(
            of: endpoint, length: HIDScaleDecoder.reportLength, started: { say(.ready) },
            take: take)
    }

    /// Nil where the scale says that its weight is not where the decoder would look for it.
    private func dataReports(
        of device: any USBDevice
    ) async throws(PortError) -> HIDScaleDecoder.DataReports? {
        let descriptor = try await device.reportDescriptor(interface: interface.number)
        switch HIDScaleLayout(descriptor: descriptor) {
        case .reports(let reports):
            return reports
        case .untold:
            context.logger.info(
                "the scale does not tell its report; the usual ones are taken",
                metadata: [LogKey.device: "scale", LogKey.path: "\(path)"])
            return .usual
        case .other:
            context.logger.warning(
                "the scale's reports have a layout that is not known here",
                metadata: [LogKey.device: "scale", LogKey.path: "\(path)"])
            return nil
        }
    }

    func lost() { context.deliver(.scaleLost) }

    private func scale(showing unit: MassUnit?) -> ScaleIdentity {
        ScaleIdentity(
            model: model, path: path,
            division: context.scaleDivision ?? traits.division(for: unit), tellsStability: true)
    }

    /// At debug: some scales send reports without a weight all the time.
    private func note(_ item: Decoded) {
        guard case .discarded(let discard) = item else { return }
        context.logger.debug(
            "report of the scale dropped",
            metadata: [LogKey.device: "scale", LogKey.reason: "\(discard.why.rawValue)"])
    }
}
