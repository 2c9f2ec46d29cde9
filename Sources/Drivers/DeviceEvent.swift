public import StationCore

/// Which device it is that something is said of.
public struct DeviceIdentity: Hashable, Sendable {
    /// Name of the catalog row.
    public let model: String
    /// Socket, `1-2.3`.
    public let path: String

    public init(model: String, path: String) {
        self.model = model
        self.path = path
    }
}

/// What the devices tell the station.
public enum DeviceEvent: Hashable, Sendable {
    case scanned(Scan)
    /// One report, whether or not anything changed: its time, in milliseconds of the monotonic
    /// clock, is how fresh the weight is. Whoever is busy may drop all but the latest.
    case weight(WeightReading, from: ScaleIdentity, at: Int)
    /// The scale that weighed until now is gone, and its last weight with it.
    case scaleLost
    /// Said when it changes, for each device; `absent` is the last that is said of one.
    case condition(DeviceKind, DeviceCondition, of: DeviceIdentity)
}

/// Where device events go. It must return at once and keep its own bound: the latest weight wins,
/// a scan too many is refused aloud.
public typealias DeviceEventHandler = @Sendable (DeviceEvent) -> Void
