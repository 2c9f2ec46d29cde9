/// What one report of a scale says. Words of the USB HID weighing device status usages.
public enum WeightStatus: String, CaseIterable, Sendable {
    case stable, moving, zero, underZero, overload, fault, needsZero, needsCalibration
    case unknownUnit
}

/// One report of a scale, decoded.
public struct WeightReading: Hashable, Sendable {
    public let status: WeightStatus
    /// Whole grams, rounded half up once; nil unless `status` is stable, moving or zero.
    public let grams: Grams?
    /// As shown by the scale, in `unit`.
    public let magnitude: Magnitude
    /// Nil where the code is unknown.
    public let unit: MassUnit?
    /// The bytes as they came: evidence of a weighing.
    public let frame: [UInt8]

    public init(
        status: WeightStatus, grams: Grams?, magnitude: Magnitude, unit: MassUnit?, frame: [UInt8]
    ) {
        self.status = status
        self.grams = grams
        self.magnitude = magnitude
        self.unit = unit
        self.frame = frame
    }
}

/// Which scale it is: kept as evidence, and the measure of all rules "in divisions".
public struct ScaleIdentity: Hashable, Sendable {
    /// Name of the catalog row.
    public let model: String
    /// Socket, `1-2.3`.
    public let path: String
    public let division: Division
    /// False where the protocol does not tell whether a weight is stable.
    public let tellsStability: Bool

    public init(model: String, path: String, division: Division, tellsStability: Bool) {
        self.model = model
        self.path = path
        self.division = division
        self.tellsStability = tellsStability
    }
}

/// The smallest step that a scale shows, in its own unit: `2 g`, `0.1 oz`.
public struct Division: Hashable, Sendable, CustomStringConvertible {
    public let magnitude: Magnitude
    public let unit: MassUnit

    public init(magnitude: Magnitude, unit: MassUnit) {
        self.magnitude = magnitude
        self.unit = unit
    }

    /// Reads `2 g`; nil where the number is not above zero or the unit is unknown.
    public init?(_ text: String) {
        let parts = text.split(separator: " ")
        guard parts.count == 2, let magnitude = Magnitude(String(parts[0])),
            magnitude.coefficient > 0, let unit = MassUnit(rawValue: String(parts[1]))
        else { return nil }
        self.init(magnitude: magnitude, unit: unit)
    }

    public var description: String { "\(magnitude) \(unit.rawValue)" }
}
