/// One command of the subset of ESC/POS that the paper understands, cut out of the byte stream.
enum EscposCommand: Equatable {
    case lineFeed
    /// NUL, CR and real-time commands, which the front door has dealt with already.
    case nothing
    case initialise
    case align(UInt8)
    case bold(Bool)
    case underline(UInt8)
    case font(UInt8)
    case printMode(UInt8)
    case size(UInt8)
    case invert(Bool)
    case feedLines(Int)
    case feedDots(Int)
    case lineSpacing(UInt8?)
    case codeTable(UInt8)
    case chinese(Bool)
    case chineseDouble(Bool)
    case cut(isPartial: Bool, feed: Int)
    case drawer
    case buzzer
    case codeHeight(UInt8)
    case codeModule(UInt8)
    case codeText(UInt8)
    case barcode(kind: UInt8, [UInt8])
    case qrModule(UInt8)
    case qrCorrection(UInt8)
    case qrStore([UInt8])
    case qrPrint
    case askPaper
    case askDrawer
    case askIdentity(UInt8)
    case statusBack(UInt8)
    case processID([UInt8])
    case unknown([UInt8])

    enum Reading: Equatable {
        case more
        /// Raster bits follow: so many are still missing.
        case bits(bytesPerRow: Int, rowCount: Int)
        case complete(EscposCommand)
    }

    /// Reads what has come of a command so far. The first byte is below 20 hexadecimal, or 7f.
    static func read(_ bytes: [UInt8]) -> Reading {
        switch bytes[0] {
        case 0x00, 0x0d: return .complete(.nothing)
        case 0x0a: return .complete(.lineFeed)
        case 0x10: return readRealTime(bytes)
        case 0x1b: return bytes.count < 2 ? .more : readEscape(bytes)
        case 0x1c: return bytes.count < 2 ? .more : readFieldSeparator(bytes)
        case 0x1d: return bytes.count < 2 ? .more : readGroupSeparator(bytes)
        default: return .complete(.unknown(bytes))
        }
    }

    private static func readRealTime(_ bytes: [UInt8]) -> Reading {
        guard bytes.count >= 2 else { return .more }
        switch bytes[1] {
        case 0x04, 0x05: return bytes.count < 3 ? .more : .complete(.nothing)
        case 0x14: return bytes.count < 5 ? .more : .complete(.drawer)
        default: return .complete(.unknown(bytes))
        }
    }

    private static func readEscape(_ bytes: [UInt8]) -> Reading {
        switch bytes[1] {
        case 0x40: return .complete(.initialise)
        case 0x32: return .complete(.lineSpacing(nil))
        case 0x33: return one(bytes) { .lineSpacing($0) }
        case 0x21: return one(bytes) { .printMode($0) }
        case 0x2d: return one(bytes) { .underline($0 & 0x0f) }
        case 0x45, 0x47: return one(bytes) { .bold($0 & 1 == 1) }
        case 0x4d: return one(bytes) { .font($0 & 0x0f) }
        case 0x61: return one(bytes) { .align($0 & 0x0f) }
        case 0x64: return one(bytes) { .feedLines(Int($0)) }
        case 0x4a: return one(bytes) { .feedDots(Int($0)) }
        case 0x74: return one(bytes) { .codeTable($0) }
        case 0x42: return bytes.count < 4 ? .more : .complete(.buzzer)
        case 0x70: return bytes.count < 5 ? .more : .complete(.drawer)
        case 0x63: return bytes.count < 4 ? .more : .complete(.nothing)
        default: return .complete(.unknown(bytes))
        }
    }

    private static func readFieldSeparator(_ bytes: [UInt8]) -> Reading {
        switch bytes[1] {
        case 0x26: return .complete(.chinese(true))
        case 0x2e: return .complete(.chinese(false))
        case 0x57: return one(bytes) { .chineseDouble($0 & 1 == 1) }
        default: return .complete(.unknown(bytes))
        }
    }

    private static func readGroupSeparator(_ bytes: [UInt8]) -> Reading {
        switch bytes[1] {
        case 0x21: return one(bytes) { .size($0) }
        case 0x42: return one(bytes) { .invert($0 & 1 == 1) }
        case 0x68: return one(bytes) { .codeHeight($0) }
        case 0x77: return one(bytes) { .codeModule($0) }
        case 0x48: return one(bytes) { .codeText($0 & 0x0f) }
        case 0x66: return one(bytes) { _ in .nothing }
        case 0x49: return one(bytes) { .askIdentity($0) }
        case 0x61: return one(bytes) { .statusBack($0) }
        case 0x72:
            return one(bytes) { number in
                switch number {
                case 1, 0x31: .askPaper
                case 2, 0x32: .askDrawer
                default: .unknown(bytes)
                }
            }
        case 0x56: return readCut(bytes)
        case 0x6b: return readBarcode(bytes)
        case 0x28: return readBlock(bytes)
        case 0x76: return readRaster(bytes)
        default: return .complete(.unknown(bytes))
        }
    }

    private static func one(_ bytes: [UInt8], _ make: (UInt8) -> EscposCommand) -> Reading {
        bytes.count < 3 ? .more : .complete(make(bytes[2]))
    }

    private static func readCut(_ bytes: [UInt8]) -> Reading {
        guard bytes.count >= 3 else { return .more }
        switch bytes[2] {
        case 0x00, 0x30: return .complete(.cut(isPartial: false, feed: 0))
        case 0x01, 0x31: return .complete(.cut(isPartial: true, feed: 0))
        case 0x41, 0x42:
            guard bytes.count >= 4 else { return .more }
            return .complete(.cut(isPartial: bytes[2] == 0x42, feed: Int(bytes[3])))
        default: return .complete(.unknown(bytes))
        }
    }

    /// GS k: form A ends with NUL, form B has a length.
    private static func readBarcode(_ bytes: [UInt8]) -> Reading {
        guard bytes.count >= 3 else { return .more }
        switch bytes[2] {
        case 0...6:
            if bytes.last != 0 || bytes.count == 3 {
                return bytes.count > barcodeLengthMax ? .complete(.unknown(bytes)) : .more
            }
            return .complete(.barcode(kind: bytes[2] + 65, Array(bytes[3..<(bytes.count - 1)])))
        case 65...78:
            guard bytes.count >= 4, bytes.count == 4 + Int(bytes[3]) else { return .more }
            return .complete(.barcode(kind: bytes[2], Array(bytes[4...])))
        default: return .complete(.unknown(bytes))
        }
    }

    /// Longer than any one-dimensional code that fits on paper.
    private static let barcodeLengthMax = 260

    /// GS ( with a letter and a length.
    private static func readBlock(_ bytes: [UInt8]) -> Reading {
        guard bytes.count >= 3 else { return .more }
        guard bytes[2] == 0x6b || bytes[2] == 0x48 else { return .complete(.unknown(bytes)) }
        guard bytes.count >= 5 else { return .more }
        let length = Int(bytes[3]) | Int(bytes[4]) << 8
        guard bytes.count >= 5 + length else { return .more }
        let body = Array(bytes[5...])
        if bytes[2] == 0x48 {
            guard body.count == 6, body[0] == 0x30, body[1] == 0x30 else {
                return .complete(.unknown(bytes))
            }
            return .complete(.processID(Array(body[2...])))
        }
        guard body.count >= 3, body[0] == 0x31 else { return .complete(.unknown(bytes)) }
        switch body[1] {
        case 0x41 where body[2] == 0x32: return .complete(.nothing)
        case 0x43: return .complete(.qrModule(body[2]))
        case 0x45: return .complete(.qrCorrection(body[2]))
        case 0x50 where body[2] == 0x30: return .complete(.qrStore(Array(body[3...])))
        case 0x51 where body[2] == 0x30: return .complete(.qrPrint)
        default: return .complete(.unknown(bytes))
        }
    }

    private static func readRaster(_ bytes: [UInt8]) -> Reading {
        guard bytes.count >= 3 else { return .more }
        guard bytes[2] == 0x30 else { return .complete(.unknown(bytes)) }
        guard bytes.count >= 8 else { return .more }
        let bytesPerRow = Int(bytes[4]) | Int(bytes[5]) << 8
        let rowCount = Int(bytes[6]) | Int(bytes[7]) << 8
        guard bytesPerRow > 0, rowCount > 0, bytes[3] & 0xf0 == 0 || bytes[3] & 0xf0 == 0x30 else {
            return .complete(.unknown(bytes))
        }
        return .bits(bytesPerRow: bytesPerRow, rowCount: rowCount)
    }
}
