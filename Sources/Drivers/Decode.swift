import StationCore

/// What a driver makes of bytes that were written down: the work of `stationctl decode` and of the
/// captures.
///
/// Input is hexadecimal groups. Lines are joined to one report or chunk until a line that begins
/// with `#` (a label), an empty line or the end; a line `---` ends it too and starts the decoder
/// anew; a line that begins with `>` gives bytes that the host sent. Output is one JSON object a
/// line.
public struct Decode: Sendable {
    public enum Driver: String, CaseIterable, Sendable {
        case keyboardScanner = "scanner-hid-keyboard"
        case hidScale = "scale-hid"
        case escposStatus = "escpos-status"
        case barcode

        /// Of the protocol's reports; nil where bytes come as they come.
        public var reportLength: Int? {
            switch self {
            case .keyboardScanner: KeyboardScannerDecoder.reportLength
            case .hidScale: HIDScaleDecoder.reportLength
            case .escposStatus, .barcode: nil
            }
        }

        func makeDecoder() -> any DeviceDecoder {
            switch self {
            case .keyboardScanner: KeyboardScannerDecoder()
            case .hidScale: HIDScaleDecoder()
            case .escposStatus: EscposStatusDecoder()
            case .barcode: BarcodeDecoder()
            }
        }

        /// The driver of that name, as a technician types it.
        public static func named(_ name: String) throws(DecodeError) -> Driver {
            guard let driver = Driver(rawValue: name) else { throw .unknownDriver(name) }
            return driver
        }
    }

    private let driver: Driver
    private var decoder: any DeviceDecoder
    private var lineNumber = 0
    private var chunk: [UInt8] = []
    private var hostBytes: [UInt8] = []

    public init(driver: Driver) {
        self.driver = driver
        decoder = driver.makeDecoder()
    }

    /// Takes the next line of the input, without its end, and gives the lines of the output that
    /// it brought about.
    public mutating func push(line: some StringProtocol) throws(DecodeError) -> [String] {
        lineNumber += 1
        let text = line.trimming(while: { $0 == " " || $0 == "\t" || $0 == "\r" })
        if text.hasPrefix(">") {
            let lines = endChunk()
            hostBytes += try bytes(of: text.dropFirst())
            return lines
        }
        endHostBytes()
        if text.isEmpty || text.hasPrefix("#") { return endChunk() }
        if text == "---" { return finish() }
        chunk += try bytes(of: text)
        return []
    }

    /// Ends the input and starts anew.
    public mutating func finish() -> [String] {
        endHostBytes()
        let lines = endChunk() + decoder.finish().map(\.json)
        decoder = driver.makeDecoder()
        return lines
    }

    /// The output for a whole input of hexadecimal groups.
    public static func lines(of text: String, driver: Driver) throws(DecodeError) -> [String] {
        var decode = Decode(driver: driver)
        var lines: [String] = []
        for line in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
            lines += try decode.push(line: line)
        }
        return lines + decode.finish()
    }

    /// The output for bytes as they are, cut by the driver's report length; barcodes are cut at the
    /// ends of lines.
    public static func lines(ofRaw bytes: [UInt8], driver: Driver) -> [String] {
        var decoder = driver.makeDecoder()
        var decoded: [Decoded] = []
        if let length = driver.reportLength {
            for start in stride(from: 0, to: bytes.count, by: length) {
                decoded += decoder.push(Array(bytes[start...].prefix(length)))
            }
        } else if driver == .barcode {
            for line in bytes.split(whereSeparator: { $0 == 0x0a || $0 == 0x0d }) {
                decoded += decoder.push(Array(line))
            }
        } else {
            decoded += decoder.push(bytes)
        }
        return (decoded + decoder.finish()).map(\.json)
    }

    private mutating func endChunk() -> [String] {
        guard !chunk.isEmpty else { return [] }
        defer { chunk = [] }
        return decoder.push(chunk).map(\.json)
    }

    private mutating func endHostBytes() {
        guard !hostBytes.isEmpty else { return }
        decoder.sent(hostBytes)
        hostBytes = []
    }

    private func bytes(of groups: some StringProtocol) throws(DecodeError) -> [UInt8] {
        var bytes: [UInt8] = []
        for group in groups.split(whereSeparator: { $0 == " " || $0 == "\t" }) {
            let digits = group.utf8.map(Self.hexadecimalDigit)
            guard digits.count.isMultiple(of: 2) else {
                throw .notHexadecimal(line: lineNumber, group: String(group))
            }
            for place in stride(from: 0, to: digits.count, by: 2) {
                guard let high = digits[place], let low = digits[place + 1] else {
                    throw .notHexadecimal(line: lineNumber, group: String(group))
                }
                bytes.append(high << 4 | low)
            }
        }
        return bytes
    }

    private static func hexadecimalDigit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x41 + 10
        case 0x61...0x66: byte - 0x61 + 10
        default: nil
        }
    }
}

/// What was wrong with what a technician gave to be decoded.
public enum DecodeError: Error, Equatable, Sendable, CustomStringConvertible {
    case unknownDriver(String)
    case notHexadecimal(line: Int, group: String)

    public var description: String {
        switch self {
        case .unknownDriver(let name):
            "there is no driver \"\(name)\"; there are "
                + Decode.Driver.allCases.map(\.rawValue).joined(separator: ", ")
        case .notHexadecimal(let line, let group):
            "line \(line): \"\(group)\" is not allowed; a line has groups of an even number of "
                + "hexadecimal digits, behind \">\" where the host sent them, or is empty, is "
                + "\"---\", or begins with \"#\""
        }
    }
}

/// Texts of codes, one a chunk: what the recognition makes of them.
struct BarcodeDecoder: DeviceDecoder {
    mutating func push(_ bytes: [UInt8]) -> [Decoded] {
        let end = bytes.lastIndex { $0 != 0x0a && $0 != 0x0d } ?? -1
        let bytes = bytes[...end]
        if bytes.isEmpty { return [] }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            return [.discarded(Discard(bytes: bytes.count, why: .encoding))]
        }
        guard text.unicodeScalars.count <= Scan.textLengthMax else {
            return [.discarded(Discard(bytes: bytes.count, why: .tooLong))]
        }
        return [.barcode(Barcode(text: text))]
    }

    mutating func finish() -> [Decoded] { [] }
}

extension StringProtocol {
    fileprivate func trimming(while isBlank: (Character) -> Bool) -> SubSequence {
        let rest = drop(while: isBlank)
        guard let last = rest.lastIndex(where: { !isBlank($0) }) else { return rest }
        return rest[...last]
    }
}
