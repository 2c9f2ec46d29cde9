/// Why there is no sale weight now.
public enum WeightRefusal: Error, Hashable, Sendable {
    case noScale
    /// The last report is more than a second old.
    case stale
    case moving
    case underZero
    case overload
    case fault
    case needsZero
    case needsCalibration
    case unknownUnit
    /// Set to another unit than its division is known in.
    case otherUnit
    case belowMinimum
    /// The load of the last sale still lies there.
    case notCleared
}

/// A weight that may be sold by.
public struct SaleWeight: Hashable, Sendable {
    public let grams: Grams
    public let magnitude: Magnitude
    public let evidence: WeighingEvidence
}

/// Tells the weight that the scale shows from the weight that may be sold by.
///
/// Minimum load: 20 divisions, class III of OIML R 76.
public struct Weighing: Equatable, Sendable {
    /// Milliseconds after which a report is too old to sell by.
    static let reportAgeMax = 1_000
    /// For scales that do not tell stability: so many reports, so many milliseconds, all within
    /// one division.
    static let steadyReportCount = 3
    static let steadyTime = 700
    static let minimumDivisions = 20
    static let zeroDivisions = 2
    static let changedDivisions = 20

    public private(set) var scale: ScaleIdentity?
    public private(set) var latest: WeightReading?
    private var latestAt = 0
    private var steadySince = 0
    private var steadyReports = 0
    private var steadyFrom: Magnitude?
    private var lastSale: WeighingEvidence?
    private var wasCleared: Bool

    /// - Parameter lastSale: The weighing of the last sale before this start, if any: its load may
    ///   still lie there.
    public init(lastSale: WeighingEvidence? = nil) {
        self.lastSale = lastSale
        wasCleared = lastSale == nil
    }

    /// - Parameter now: When the report came, in monotonic milliseconds.
    public mutating func take(_ reading: WeightReading, from identity: ScaleIdentity, at now: Int) {
        if scale != identity { restart(identity) }
        latest = reading
        latestAt = now
        guard reading.unit == identity.division.unit else {
            steadyReports = 0
            return
        }
        if let first = steadyFrom, steadyReports > 0,
            reading.magnitude.isWithin(1, of: identity.division.magnitude, from: first)
        {
            steadyReports += 1
        } else {
            steadyFrom = reading.magnitude
            steadySince = now
            steadyReports = 1
        }
        clearIfUnloaded(reading, identity.division)
    }

    private mutating func restart(_ identity: ScaleIdentity) {
        scale = identity
        steadyReports = 0
        steadyFrom = nil
    }

    /// In another unit than that of the last sale only zero tells: what is shown cannot be compared.
    private mutating func clearIfUnloaded(_ reading: WeightReading, _ division: Division) {
        guard reading.status == .zero || reading.status == .stable || reading.status == .moving
        else { return }
        let step = division.magnitude
        if reading.magnitude.isWithin(Self.zeroDivisions, of: step, from: Magnitude(0)) {
            wasCleared = true
        } else if let sold = lastSale.flatMap({ shownMagnitude($0, in: division.unit) }),
            !reading.magnitude.isWithin(Self.changedDivisions, of: step, from: sold)
        {
            wasCleared = true
        }
    }

    public mutating func lose() {
        scale = nil
        latest = nil
        steadyReports = 0
        steadyFrom = nil
    }

    /// The load was sold; it must leave before another sale.
    public mutating func sold(_ weight: SaleWeight) {
        lastSale = weight.evidence
        wasCleared = false
    }

    /// Whether the load of the last sale is gone.
    public var isCleared: Bool { wasCleared }

    /// Until when the last report may be shown, in monotonic milliseconds.
    var freshUntil: Int? { latest == nil ? nil : latestAt + Self.reportAgeMax }

    /// Forgets a report that is too old, so that nobody takes it for what lies there now.
    mutating func expire(at now: Int) {
        guard let freshUntil, now > freshUntil else { return }
        latest = nil
        steadyReports = 0
    }

    /// The grams that the scale shows, for the page only.
    public func shown(at now: Int) -> Grams? {
        now - latestAt <= Self.reportAgeMax ? latest?.grams : nil
    }

    public func saleWeight(at now: Int) throws(WeightRefusal) -> SaleWeight {
        guard let scale else { throw .noScale }
        guard let latest, now - latestAt <= Self.reportAgeMax else { throw .stale }
        switch latest.status {
        case .moving: throw .moving
        case .zero: throw .belowMinimum
        case .underZero: throw .underZero
        case .overload: throw .overload
        case .fault: throw .fault
        case .needsZero: throw .needsZero
        case .needsCalibration: throw .needsCalibration
        case .unknownUnit: throw .unknownUnit
        case .stable: break
        }
        guard let unit = latest.unit, let grams = latest.grams else { throw .unknownUnit }
        guard unit == scale.division.unit else { throw .otherUnit }
        let division = scale.division.magnitude
        guard latest.magnitude.isAtLeast(Self.minimumDivisions, of: division) else {
            throw .belowMinimum
        }
        if !scale.tellsStability {
            guard steadyReports >= Self.steadyReportCount, now - steadySince >= Self.steadyTime
            else { throw .moving }
        }
        guard wasCleared else { throw .notCleared }
        return SaleWeight(
            grams: grams, magnitude: latest.magnitude,
            evidence: WeighingEvidence(
                frame: hexadecimal(latest.frame), status: latest.status.rawValue,
                shown: "\(latest.magnitude) \(unit.rawValue)",
                scale: "\(scale.model)@\(scale.path)",
                division: scale.division.description, settled: max(0, now - steadySince)))
    }

    private func hexadecimal(_ bytes: [UInt8]) -> String {
        bytes.map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0" + digits : digits
        }.joined()
    }
}
