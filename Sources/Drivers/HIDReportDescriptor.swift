/// What a HID device says of its own input reports, as far as fields are found by their usage.
///
/// Source: HID 1.11, section 6.2.2.
public struct HIDReportDescriptor: Hashable, Sendable {
    /// One Input item.
    public struct Field: Hashable, Sendable {
        /// Nil where the device's reports bear no id.
        public let reportID: UInt8?
        /// Page in the upper, usage in the lower 16 bits.
        public let usages: [ClosedRange<UInt32>]
        /// Usages of the collections around it, the outermost first.
        public let collections: [UInt32]
        /// From the start of the report, its id not counted.
        public let bitOffset: Int
        public let bitCount: Int

        public func has(_ usage: UInt32) -> Bool { usages.contains { $0.contains(usage) } }
    }

    public let fields: [Field]

    /// More than any device of ours has.
    public static let lengthMax = 1_024
    /// Of one report, with room to spare.
    private static let reportBitCountMax = 8 * 4_096

    /// Nil where `bytes` are no whole descriptor: an item or a collection without its end, a report
    /// beyond all measure.
    public init?(_ bytes: [UInt8]) {
        guard bytes.count <= Self.lengthMax else { return nil }
        var reader = Reader()
        var rest = bytes[...]
        while let prefix = rest.popFirst() {
            if prefix == 0xfe {
                // A long item: its size, its tag, its data. None is defined.
                guard let size = rest.popFirst(), rest.count > Int(size) else { return nil }
                rest = rest.dropFirst(1 + Int(size))
                continue
            }
            let size = [0, 1, 2, 4][Int(prefix & 0x03)]
            guard rest.count >= size else { return nil }
            let value = rest.prefix(size).reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
            rest = rest.dropFirst(size)
            guard reader.take(tag: prefix & 0xfc, value, size: size) else { return nil }
        }
        guard reader.collections.isEmpty else { return nil }
        fields = reader.fields
    }

    /// The length of a report without its id; nil where there is none with that id.
    public func bitCount(ofReport id: UInt8?) -> Int? {
        fields.filter { $0.reportID == id }.map { $0.bitOffset + $0.bitCount }.max()
    }

    private struct Globals {
        var page: UInt32 = 0
        var reportID: UInt8?
        var size = 0
        var count = 0
    }

    private struct Reader {
        var fields: [Field] = []
        var collections: [UInt32] = []
        private var globals = Globals()
        private var pushed: [Globals] = []
        private var usages: [ClosedRange<UInt32>] = []
        private var usageMinimum: UInt32?
        /// Bits of each report so far.
        private var lengths: [UInt8?: Int] = [:]

        private static let depthMax = 32

        /// - Returns: false where the item cannot stand here.
        mutating func take(tag: UInt8, _ value: UInt32, size: Int) -> Bool {
            switch tag {
            case 0x80: return input()
            case 0x90, 0xb0: usages = []  // Output and Feature
            case 0xa0: return begin()
            case 0xc0: return collections.popLast() != nil
            case 0x04: globals.page = value << 16
            case 0x74: globals.size = Int(value)
            case 0x84:
                guard let id = UInt8(exactly: value), id != 0 else { return false }
                globals.reportID = id
            case 0x94: globals.count = Int(value)
            case 0xa4:
                pushed.append(globals)
                return pushed.count <= Self.depthMax
            case 0xb4:
                guard let last = pushed.popLast() else { return false }
                globals = last
            case 0x08: usages.append(whole(value, size)...whole(value, size))
            case 0x18: usageMinimum = whole(value, size)
            case 0x28:
                guard let first = usageMinimum, first <= whole(value, size) else { return false }
                usages.append(first...whole(value, size))
                usageMinimum = nil
            default: break
            }
            return true
        }

        /// A usage of four bytes carries its page.
        private func whole(_ value: UInt32, _ size: Int) -> UInt32 {
            size == 4 ? value : globals.page | value
        }

        private mutating func begin() -> Bool {
            collections.append(usages.first?.lowerBound ?? 0)
            usages = []
            return collections.count <= Self.depthMax
        }

        private mutating func input() -> Bool {
            let (bitCount, overflow) = globals.size.multipliedReportingOverflow(by: globals.count)
            let offset = lengths[globals.reportID, default: 0]
            guard !overflow, bitCount <= reportBitCountMax - offset else { return false }
            fields.append(
                Field(
                    reportID: globals.reportID, usages: usages, collections: collections,
                    bitOffset: offset, bitCount: bitCount))
            lengths[globals.reportID] = offset + bitCount
            usages = []
            return true
        }
    }
}
