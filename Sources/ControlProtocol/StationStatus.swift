public import StationCore

/// How the station is now: what `stationctl status` and the technician's page show.
///
/// It crosses the control socket as JSON, so it is made of plain values: money in fen, times in
/// milliseconds of UTC since 1970, sizes in bytes. Absent members are left out.
public struct StationStatus: Codable, Hashable, Sendable {
    public let version: String
    /// Nil while the box is not enrolled.
    public let station: StationName?
    /// Sequence of the last entry; 0 when there is none.
    public let lastEntry: Int
    public let clock: Clock
    public let devices: [Device]
    public let link: Link
    public let slips: Slips
    /// Nil while no day is open.
    public let day: Day?
    public let money: Money
    public let lists: Lists
    public let disk: Disk
    /// Head office knows another journal of this station and epoch: nothing is traded.
    public let isForked: Bool

    public init(
        version: String, station: StationName?, lastEntry: Int, clock: Clock, devices: [Device],
        link: Link, slips: Slips, day: Day?, money: Money, lists: Lists, disk: Disk,
        isForked: Bool
    ) {
        self.version = version
        self.station = station
        self.lastEntry = lastEntry
        self.clock = clock
        self.devices = devices
        self.link = link
        self.slips = slips
        self.day = day
        self.money = money
        self.lists = lists
        self.disk = disk
        self.isForked = isForked
    }

    /// Who the box is, since its enrolment.
    public struct StationName: Codable, Hashable, Sendable {
        /// Six digits.
        public let number: String
        public let epoch: Int
        /// `host:port` of head office.
        public let hub: String

        public init(number: String, epoch: Int, hub: String) {
            self.number = number
            self.epoch = epoch
            self.hub = hub
        }
    }

    public struct Clock: Codable, Hashable, Sendable {
        public let time: Int
        public let quality: ClockQuality

        public init(time: Int, quality: ClockQuality) {
            self.time = time
            self.quality = quality
        }
    }

    /// One device on the bus, known to the catalog or not.
    public struct Device: Codable, Hashable, Sendable {
        /// `scanner`, `scale` or `printer`; nil for one that the catalog does not know.
        public let kind: String?
        /// Name of the catalog's row; nil for one that it does not know.
        public let model: String?
        /// Socket, `1-2.3`.
        public let path: String
        /// `vendor:product`, four hexadecimal digits each.
        public let usb: String
        /// The word of `DeviceCondition`, such as `ready` or `paperOut`; nil for a device that
        /// the catalog does not know: it is left alone.
        public let condition: String?

        public init(
            kind: DeviceKind?, model: String?, path: String, vendor: UInt16, product: UInt16,
            condition: DeviceCondition?
        ) {
            self.kind = kind?.rawValue
            self.model = model
            self.path = path
            usb = Self.hex(vendor) + ":" + Self.hex(product)
            self.condition = condition?.rawValue
        }

        private static func hex(_ number: UInt16) -> String {
            let digits = String(number, radix: 16)
            return String(repeating: "0", count: 4 - digits.count) + digits
        }
    }

    /// The way to head office.
    public struct Link: Codable, Hashable, Sendable {
        public enum State: String, Codable, Sendable {
            /// Nothing to send and nothing to ask.
            case idle
            case sending
            /// The last attempt failed; the next one is planned.
            case waiting
            /// Head office cannot be trusted or does not know this station; a person is needed.
            case refused
            /// Not enrolled.
            case none
        }

        public let state: State
        /// Head office has every entry up to this one, durably.
        public let acknowledgedThrough: Int
        /// Entries that head office does not have yet.
        public let waiting: Int
        /// The last answer of head office that could be believed.
        public let lastContact: Int?
        /// Why the last attempt failed, in a few words.
        public let problem: String?

        public init(
            state: State, acknowledgedThrough: Int, waiting: Int, lastContact: Int?,
            problem: String?
        ) {
            self.state = state
            self.acknowledgedThrough = acknowledgedThrough
            self.waiting = waiting
            self.lastContact = lastContact
            self.problem = problem
        }
    }

    /// Numbers of the entries whose slips are not known to be out, oldest first.
    public struct Slips: Codable, Hashable, Sendable {
        public let owed: [Int]
        public let doubtful: [Int]

        public init(owed: [Int], doubtful: [Int]) {
            self.owed = owed
            self.doubtful = doubtful
        }
    }

    public struct Day: Codable, Hashable, Sendable {
        /// Number of its `day.opened`.
        public let opened: Int
        public let openedAt: Int

        public init(opened: Int, openedAt: Int) {
            self.opened = opened
            self.openedAt = openedAt
        }
    }

    public struct Money: Codable, Hashable, Sendable {
        public let drawer: Fen
        public let float: Fen
        /// What head office said last that the float is; nil before it said so.
        public let floatStated: Fen?
        public let exposure: Fen
        public let exposureLimit: Fen

        public init(
            drawer: Fen, float: Fen, floatStated: Fen? = nil, exposure: Fen, exposureLimit: Fen
        ) {
            self.floatStated = floatStated
            self.drawer = drawer
            self.float = float
            self.exposure = exposure
            self.exposureLimit = exposureLimit
        }
    }

    /// Versions of the lists in force; nil for one that has not come yet.
    public struct Lists: Codable, Hashable, Sendable {
        public let articles: AdoptedList?
        public let prices: AdoptedList?

        public init(articles: AdoptedList?, prices: AdoptedList?) {
            self.articles = articles
            self.prices = prices
        }
    }

    public struct Disk: Codable, Hashable, Sendable {
        public enum State: String, Codable, Sendable { case writable, full, readOnly }

        public let state: State
        public let freeBytes: Int

        public init(state: State, freeBytes: Int) {
            self.state = state
            self.freeBytes = freeBytes
        }
    }
}
