public import QRCodes

/// A stretch of text in one manner.
public struct PrintedRun: Equatable, Sendable, Codable {
    public var text: String
    public var isBold: Bool
    public var isUnderlined: Bool
    public var isInverted: Bool
    /// Times the normal size, 1 to 8.
    public var width: Int
    public var height: Int
}

/// A barcode as a scanner would read it from the paper.
public struct PrintedCode: Equatable, Sendable, Codable {
    public enum Symbology: String, Sendable, Codable { case qr, code128, ean13, ean8 }

    public let symbology: Symbology
    public let payload: String
    /// Dots; a QR is as high as it is wide.
    public let widthInDots: Int
    public let heightInDots: Int
    /// Whether the payload stands in letters under it.
    public let hasText: Bool
    /// Of a QR.
    public let level: QRCode.Level
}

public struct PrintedPicture: Equatable, Sendable, Codable {
    public let bytesPerRow: Int
    public let rowCount: Int
    /// Most significant bit is the left dot, 1 is black.
    public let bits: [UInt8]
}

/// One line of paper.
public struct PrintedLine: Equatable, Sendable, Codable {
    public enum Alignment: String, Sendable, Codable { case left, centre, right }

    public enum Content: Equatable, Sendable, Codable {
        case text([PrintedRun])
        case code(PrintedCode)
        case picture(PrintedPicture)
    }

    public let alignment: Alignment
    public let content: Content
    /// The printer broke it here because the paper is no wider.
    public let isWrapped: Bool

    /// The letters on it; empty for a code or a picture.
    public var text: String {
        guard case .text(let runs) = content else { return "" }
        return runs.map(\.text).joined()
    }
}

/// What came out between two cuts.
public struct PrintedStrip: Equatable, Sendable, Codable {
    public enum End: String, Sendable, Codable {
        case cut, partialCut
        /// Torn off by hand, so it may end in the middle of anything.
        case torn
    }

    /// Counts from 1 over the life of the printer.
    public let number: Int
    public internal(set) var lines: [PrintedLine] = []
    /// Nil while it still hangs in the printer.
    public internal(set) var end: End?
    /// What the printer could not make sense of while this was printed.
    public internal(set) var errors: [String] = []

    public init(number: Int) { self.number = number }

    public mutating func add(_ line: PrintedLine) { lines.append(line) }

    public var text: String { lines.map(\.text).joined(separator: "\n") }

    public var codes: [PrintedCode] {
        lines.compactMap { line in
            guard case .code(let code) = line.content else { return nil }
            return code
        }
    }
}
