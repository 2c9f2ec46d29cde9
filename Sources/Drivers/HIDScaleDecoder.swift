import StationCore

/// A weighing device of USB HID: input reports of six bytes, `ID STATUS UNIT EXPONENT LSB MSB`, or
/// of five without the id.
///
/// Every report is decoded, the first one too: that a scale's first report after opening is the
/// weighing before is the session's affair, which knows when it opened.
///
/// Source: HID Point of Sale Usage Tables 1.02, page 8D.
public struct HIDScaleDecoder: DeviceDecoder {
    public static let reportLength = 6

    /// Which reports carry a weight.
    public enum DataReports: Hashable, Sendable {
        case ids(Set<UInt8>)
        /// The device has one report, of five bytes, and no ids.
        case withoutID

        /// Where the device does not tell: the ids of nearly all scales.
        public static let usual = DataReports.ids([3, 4])
    }

    private let reports: DataReports
    private let length: Int

    public init(reports: DataReports = .usual) {
        self.reports = reports
        length = reports == .withoutID ? Self.reportLength - 1 : Self.reportLength
    }

    /// Takes one report; a multiple of its length is that many reports.
    public mutating func push(_ bytes: [UInt8]) -> [Decoded] {
        guard !bytes.isEmpty, bytes.count.isMultiple(of: length) else {
            return [.discarded(Discard(bytes: bytes.count, why: .length))]
        }
        return stride(from: 0, to: bytes.count, by: length).map { start in
            switch decode(report: Array(bytes[start..<start + length])) {
            case .success(let reading): .weight(reading)
            case .failure(let refusal): .discarded(Discard(bytes: length, why: refusal.why))
            }
        }
    }

    public mutating func finish() -> [Decoded] { [] }

    private struct Refusal: Error {
        let why: Discard.Why
    }

    private func decode(report: [UInt8]) -> Result<WeightReading, Refusal> {
        if report.allSatisfy({ $0 == 0 }) { return .failure(Refusal(why: .empty)) }
        if case .ids(let ids) = reports, !ids.contains(report[0]) {
            return .failure(Refusal(why: .reportID))
        }
        let data = Array(report.suffix(5))
        let exponent = Int(Int8(bitPattern: data[2]))
        guard let told = Self.status(data[0]), exponent >= -127 else {
            return .failure(Refusal(why: .range))
        }
        let magnitude = Magnitude(Int(data[4]) << 8 | Int(data[3]), exponent: exponent)
        let unit = Self.unit(data[1])
        let carriesMass = told == .stable || told == .moving || told == .zero
        guard carriesMass, let nanograms = unit?.nanograms else {
            return .success(
                WeightReading(
                    status: carriesMass ? .unknownUnit : told, grams: nil, magnitude: magnitude,
                    unit: unit, frame: report))
        }
        guard let grams = told == .zero ? .zero : Self.grams(magnitude, unit: nanograms) else {
            return .failure(Refusal(why: .range))
        }
        return .success(
            WeightReading(
                status: told, grams: grams, magnitude: magnitude, unit: unit, frame: report))
    }

    private static func status(_ code: UInt8) -> WeightStatus? {
        switch code {
        case 1: .fault
        case 2: .zero
        case 3: .moving
        case 4: .stable
        case 5: .underZero
        case 6: .overload
        case 7: .needsCalibration
        case 8: .needsZero
        default: nil
        }
    }

    /// `MassUnit` has the units in the order of their usages, which number the codes from 1.
    private static func unit(_ code: UInt8) -> MassUnit? {
        let units = MassUnit.allCases
        return (1...units.count).contains(Int(code)) ? units[Int(code) - 1] : nil
    }

    /// Whole grams, rounded half up once, without floating point; nil where they do not fit.
    ///
    /// - Parameter nanograms: in one unit.
    static func grams(_ magnitude: Magnitude, unit nanograms: Int) -> Grams? {
        guard magnitude.coefficient > 0 else { return .zero }
        // At most 65,535 x 10^15: far below the bounds of 128 bits.
        let mass = UInt128(magnitude.coefficient) * UInt128(nanograms)
        if magnitude.exponent >= 0 {
            var value = mass
            for _ in 0..<magnitude.exponent {
                let (next, overflow) = value.multipliedReportingOverflow(by: 10)
                if overflow { return nil }
                value = next
            }
            return Int(exactly: rounded(value, by: 1_000_000_000)).map { Grams($0) }
        }
        var divisor: UInt128 = 1_000_000_000
        for _ in 0..<(-magnitude.exponent) {
            // Twice the mass is below this: the rest of the division can only be nought.
            if divisor > mass * 2 { return .zero }
            divisor *= 10
        }
        return Int(exactly: rounded(mass, by: divisor)).map { Grams($0) }
    }

    private static func rounded(_ value: UInt128, by divisor: UInt128) -> UInt128 {
        let (quotient, remainder) = value.quotientAndRemainder(dividingBy: divisor)
        return remainder >= divisor - remainder ? quotient + 1 : quotient
    }
}
