import Ports
public import StationCore

/// Which device it is that something is said of.
public struct DeviceIdentity: Hashable, Sendable {
    /// Name of the catalog row; nil for a device that the catalog does not know.
    public let model: String?
    /// Socket, `1-2.3`.
    public let path: String
    public let vendor: UInt16
    public let product: UInt16

    public init(model: String?, path: String, vendor: UInt16, product: UInt16) {
        self.model = model
        self.path = path
        self.vendor = vendor
        self.product = product
    }

    init(_ device: USBDeviceDescription, model: String?) {
        self.init(
            model: model, path: device.presence.path, vendor: device.vendor,
            product: device.product)
    }
}

/// What the devices tell the station.
public enum DeviceEvent: Hashable, Sendable {
    case scanned(Scan)
    /// One report, whether or not anything changed: its time, in milliseconds of the monotonic
    /// clock, is how fresh the weight is, however long it waits. Whoever is busy may drop all but
    /// the latest.
    case weight(WeightReading, from: ScaleIdentity, at: Int)
    /// The scale that weighed until now is gone, and its last weight with it.
    case scaleLost
    /// Said when it changes, for each device; `absent` is the last that is said of one.
    case condition(DeviceKind, DeviceCondition, of: DeviceIdentity)
    /// One that the catalog does not know was plugged in or has left; it is left alone.
    case unknown(DeviceIdentity, isThere: Bool)
}

/// Where device events go. It must return at once and keep its own bound: the latest weight and
/// the latest condition of each device win, a scan too many is refused aloud.
public typealias DeviceEventHandler = @Sendable (DeviceEvent) -> Void
