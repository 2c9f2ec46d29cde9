/// Which reports of a scale carry a weight, as its report descriptor tells: the ids are free by the
/// standard.
///
/// Source: HID Point of Sale Usage Tables 1.02, page 8D.
public enum HIDScaleLayout: Hashable, Sendable {
    case reports(HIDScaleDecoder.DataReports)
    /// There is a weight, and not in a report of status, unit, exponent and weight.
    case other
    /// It names no weight, or cannot be read.
    case untold

    /// - Parameter descriptor: nil where the device did not give it.
    public init(descriptor: [UInt8]?) {
        guard let descriptor = descriptor.flatMap({ HIDReportDescriptor($0) }) else {
            self = .untold
            return
        }
        // The limit of the scale is a weight too.
        let weights = descriptor.fields.filter {
            $0.has(Self.dataWeight)
                && !$0.collections.contains(Self.weightLimitReport)
                && !$0.collections.contains(Self.statisticsReport)
        }
        let ofDataReport = weights.filter { $0.collections.contains(Self.dataReport) }
        let candidates = ofDataReport.isEmpty ? weights : ofDataReport
        guard !candidates.isEmpty else {
            self = .untold
            return
        }
        let fitting = candidates.filter {
            $0.bitOffset == Self.weightBitOffset
                && descriptor.bitCount(ofReport: $0.reportID) == Self.reportBitCount
        }
        guard !fitting.isEmpty else {
            self = .other
            return
        }
        let ids = Set(fitting.compactMap(\.reportID))
        self = .reports(ids.isEmpty ? .withoutID : .ids(ids))
    }

    private static let dataReport: UInt32 = 0x8d_0032
    private static let weightLimitReport: UInt32 = 0x8d_0034
    private static let statisticsReport: UInt32 = 0x8d_0035
    private static let dataWeight: UInt32 = 0x8d_0040

    /// Behind status, unit and exponent, a byte each.
    private static let weightBitOffset = 24
    private static let reportBitCount = 40
}
