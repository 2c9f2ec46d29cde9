import Glibc

/// The time zone that the machine is set to, in which papers and pages tell the time.
public enum MachineZone {
    /// Minutes by which the machine's local time is ahead of UTC now.
    public static var utcOffsetMinutes: Int {
        var now = time(nil)
        var local = tm()
        localtime_r(&now, &local)
        return local.tm_gmtoff / 60
    }
}
