public import StationCore

/// What a driver's pure decoder makes of bytes.
public enum Decoded: Hashable, Sendable {
    case scan(Scan)
    case weight(WeightReading)
    case printerStatus(PrinterStatus)
    case barcode(Barcode)
    case discarded(Discard)
}

/// Bytes that led to nothing, and why: a decoder says what it throws away.
public struct Discard: Hashable, Sendable {
    /// Of the input, as the device sent them.
    public let bytes: Int
    public let why: Why

    public init(bytes: Int, why: Why) {
        self.bytes = bytes
        self.why = why
    }

    public enum Why: String, CaseIterable, Sendable {
        /// The input ended, or the device left, in the middle.
        case unfinished
        /// A report of another length than the protocol's: it was cut, or is none.
        case length
        /// A code of more than `Scan.textLengthMax` characters.
        case tooLong
        /// The keyboard said that it failed.
        case keyboardError
        /// A key without a character stood within a code, so that the code is not whole.
        case unknownKey
        /// A character by its number on the keypad which no code page is known for.
        case altCode
        /// Neither UTF-8 nor anything else that is known here.
        case encoding
        /// Not a data report.
        case reportID
        /// A report with nothing but zeros, which some scales send in between.
        case empty
        /// A status, exponent or mass outside what the protocol knows.
        case range
        /// The first report after opening: the weighing before.
        case firstAfterOpen
        /// An answer to no question.
        case unasked
        /// An answer, but not one of status.
        case notStatus
        /// Fits no form of the protocol.
        case unknown
    }
}

/// Fed with what a device sent, never reading, with any rubbish: it does not trap and it does not
/// invent.
public protocol DeviceDecoder: Sendable {
    /// Takes one report, or bytes as they came where the protocol has no reports.
    mutating func push(_ bytes: [UInt8]) -> [Decoded]

    /// Takes what the host sent, for protocols in which it asks.
    mutating func sent(_ bytes: [UInt8])

    /// Ends the input and says what was left unfinished.
    mutating func finish() -> [Decoded]
}

extension DeviceDecoder {
    public mutating func sent(_ bytes: [UInt8]) {}
}
