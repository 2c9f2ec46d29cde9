/// The names of a log line's fields; under systemd each becomes `STATION_<NAME>`, so that
/// `journalctl -u stationd STATION_DEVICE=scale` works. None ever holds personal data, a whole
/// barcode, a PIN or a key.
public enum LogKey {
    /// Sequence number of a journal entry.
    public static let entry = "entry"
    /// Kind of a journal entry, `produce.bought`.
    public static let kind = "kind"
    /// `scanner`, `scale` or `printer`.
    public static let device = "device"
    /// Socket of the device, `1-2.3`.
    public static let path = "path"
    /// Row of the catalog.
    public static let model = "model"
    /// What a device says that it is.
    public static let said = "said"
    /// In what condition a device is, or how it stands with head office, in one word.
    public static let state = "state"
    /// The udev rule without which a device cannot be opened.
    public static let rule = "rule"
    public static let error = "error"
    /// Number of a downlink message.
    public static let message = "message"
    public static let reason = "reason"
    /// A step of the step observer.
    public static let step = "step"
    public static let count = "count"
    /// TCP port of the pages.
    public static let port = "port"
    public static let acknowledged = "acknowledged"
    /// Name of a configuration variable.
    public static let variable = "variable"
}
