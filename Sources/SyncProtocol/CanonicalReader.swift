public import StationCore

/// Why bytes are no JSON that the journal allows, and where.
public struct CanonicalRefusal: Error, Equatable, Sendable, CustomStringConvertible {
    public let reason: Reason
    /// Bytes before the place.
    public let offset: Int

    public enum Reason: String, Sendable {
        case unexpectedByte, unexpectedEnd, null, fraction, exponent, integerTooLarge
        case negativeZero, leadingZero, duplicateName, tooDeep, loneSurrogate, badUTF8
        case badEscape, controlCharacter, trailingBytes
    }

    public var description: String { "\(reason.rawValue) at byte \(offset)" }
}

extension CanonicalForm {
    /// Arrays and objects within each other, at most.
    public static let depthMax = 64

    /// Reads any JSON text that fits a `CanonicalValue`, in whatever spelling. Names that are the
    /// same text in another Unicode normalization count as duplicates.
    public static func value(
        parsing bytes: [UInt8]
    ) throws(CanonicalRefusal) -> CanonicalValue {
        var reader = Reader(bytes: bytes)
        reader.skipSpace()
        let value = try reader.value(depth: 0)
        reader.skipSpace()
        guard reader.peek() == nil else { throw reader.refusal(.trailingBytes) }
        return value
    }
}

private struct Reader {
    let bytes: [UInt8]
    private(set) var offset = 0

    init(bytes: [UInt8]) { self.bytes = bytes }

    func peek() -> UInt8? { offset < bytes.count ? bytes[offset] : nil }

    func refusal(_ reason: CanonicalRefusal.Reason, at place: Int? = nil) -> CanonicalRefusal {
        CanonicalRefusal(reason: reason, offset: place ?? offset)
    }

    /// What is wrong with the byte at hand, or with its absence.
    private var unexpected: CanonicalRefusal {
        refusal(peek() == nil ? .unexpectedEnd : .unexpectedByte)
    }

    mutating func skipSpace() {
        while let byte = peek(), byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 {
            offset += 1
        }
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard peek() == UInt8(ascii: character) else { return false }
        offset += 1
        return true
    }

    private mutating func take(word: StaticString) throws(CanonicalRefusal) {
        for index in 0..<word.utf8CodeUnitCount {
            guard peek() == word.utf8Start[index] else { throw unexpected }
            offset += 1
        }
    }

    mutating func value(depth: Int) throws(CanonicalRefusal) -> CanonicalValue {
        guard let first = peek() else { throw refusal(.unexpectedEnd) }
        switch first {
        case UInt8(ascii: "{"): return .object(try object(depth: depth + 1))
        case UInt8(ascii: "["): return .array(try array(depth: depth + 1))
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "-"), 0x30...0x39: return .integer(try integer())
        case UInt8(ascii: "t"):
            try take(word: "true")
            return .boolean(true)
        case UInt8(ascii: "f"):
            try take(word: "false")
            return .boolean(false)
        case UInt8(ascii: "n"): throw refusal(.null)
        default: throw unexpected
        }
    }

    private mutating func object(
        depth: Int
    ) throws(CanonicalRefusal) -> [String: CanonicalValue] {
        guard depth <= CanonicalForm.depthMax else { throw refusal(.tooDeep) }
        offset += 1
        var members: [String: CanonicalValue] = [:]
        skipSpace()
        if take("}") { return members }
        repeat {
            skipSpace()
            guard peek() == UInt8(ascii: "\"") else { throw unexpected }
            let place = offset
            let name = try string()
            skipSpace()
            guard take(":") else { throw unexpected }
            skipSpace()
            let member = try value(depth: depth)
            guard members.updateValue(member, forKey: name) == nil else {
                throw refusal(.duplicateName, at: place)
            }
            skipSpace()
        } while take(",")
        guard take("}") else { throw unexpected }
        return members
    }

    private mutating func array(depth: Int) throws(CanonicalRefusal) -> [CanonicalValue] {
        guard depth <= CanonicalForm.depthMax else { throw refusal(.tooDeep) }
        offset += 1
        var elements: [CanonicalValue] = []
        skipSpace()
        if take("]") { return elements }
        repeat {
            skipSpace()
            elements.append(try value(depth: depth))
            skipSpace()
        } while take(",")
        guard take("]") else { throw unexpected }
        return elements
    }

    private mutating func integer() throws(CanonicalRefusal) -> Int {
        let start = offset
        let isNegative = take("-")
        let first = offset
        var number = 0
        while let digit = peek(), (0x30...0x39).contains(digit) {
            number = number * 10 + Int(digit - 0x30)
            guard number <= CanonicalValue.integerMax else {
                throw refusal(.integerTooLarge, at: start)
            }
            offset += 1
        }
        guard offset > first else { throw unexpected }
        if bytes[first] == 0x30 {
            guard offset == first + 1 else { throw refusal(.leadingZero, at: start) }
            guard !isNegative || isPartOfNumber else { throw refusal(.negativeZero, at: start) }
        }
        switch peek() {
        case UInt8(ascii: "."): throw refusal(.fraction)
        case UInt8(ascii: "e"), UInt8(ascii: "E"): throw refusal(.exponent)
        default: return isNegative ? -number : number
        }
    }

    /// A fraction or exponent follows, which has a refusal of its own.
    private var isPartOfNumber: Bool {
        switch peek() {
        case UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"): true
        default: false
        }
    }
}

extension Reader {
    private mutating func string() throws(CanonicalRefusal) -> String {
        offset += 1
        let start = offset
        while let byte = peek() {
            switch byte {
            case UInt8(ascii: "\""):
                defer { offset += 1 }
                return try text(of: bytes[start..<offset], from: start)
            case UInt8(ascii: "\\"):
                return try escapedString(from: start)
            case 0x00..<0x20:
                throw refusal(.controlCharacter)
            default:
                offset += 1
            }
        }
        throw refusal(.unexpectedEnd)
    }

    /// Goes on at the first escape of a string that began at `start`.
    private mutating func escapedString(from start: Int) throws(CanonicalRefusal) -> String {
        var text = try text(of: bytes[start..<offset], from: start)
        var piece = offset
        while let byte = peek() {
            switch byte {
            case UInt8(ascii: "\""):
                text += try self.text(of: bytes[piece..<offset], from: piece)
                offset += 1
                return text
            case UInt8(ascii: "\\"):
                text += try self.text(of: bytes[piece..<offset], from: piece)
                text.unicodeScalars.append(try escape())
                piece = offset
            case 0x00..<0x20:
                throw refusal(.controlCharacter)
            default:
                offset += 1
            }
        }
        throw refusal(.unexpectedEnd)
    }

    private func text(
        of piece: ArraySlice<UInt8>, from start: Int
    ) throws(CanonicalRefusal) -> String {
        if let text = String(validating: piece, as: UTF8.self) { return text }
        do {
            _ = try UTF8Span(validating: piece.span)
            throw refusal(.badUTF8, at: start)
        } catch let error as UTF8.ValidationError {
            throw refusal(.badUTF8, at: start + error.byteOffsets.lowerBound)
        } catch {
            throw refusal(.badUTF8, at: start)
        }
    }

    private mutating func escape() throws(CanonicalRefusal) -> Unicode.Scalar {
        let start = offset
        offset += 1
        guard let byte = peek() else { throw refusal(.unexpectedEnd) }
        offset += 1
        switch byte {
        case UInt8(ascii: "\""): return "\""
        case UInt8(ascii: "\\"): return "\\"
        case UInt8(ascii: "/"): return "/"
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{c}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): return try unicodeEscape(from: start)
        default: throw refusal(.badEscape, at: start)
        }
    }

    private mutating func unicodeEscape(
        from start: Int
    ) throws(CanonicalRefusal) -> Unicode.Scalar {
        let first = try codeUnit()
        if let scalar = Unicode.Scalar(UInt32(first)) { return scalar }
        guard first < 0xdc00, take("\\"), take("u") else {
            throw refusal(.loneSurrogate, at: start)
        }
        let second = try codeUnit()
        guard (0xdc00...0xdfff).contains(second),
            let scalar = Unicode.Scalar(
                0x10000 + (UInt32(first) - 0xd800) << 10 + (UInt32(second) - 0xdc00))
        else { throw refusal(.loneSurrogate, at: start) }
        return scalar
    }

    private mutating func codeUnit() throws(CanonicalRefusal) -> UInt16 {
        var unit: UInt16 = 0
        for _ in 0..<4 {
            guard let byte = peek() else { throw refusal(.unexpectedEnd) }
            let digit: UInt8
            switch byte {
            case 0x30...0x39: digit = byte - 0x30
            case 0x41...0x46: digit = byte - 0x41 + 10
            case 0x61...0x66: digit = byte - 0x61 + 10
            default: throw refusal(.badEscape)
            }
            unit = unit << 4 | UInt16(digit)
            offset += 1
        }
        return unit
    }
}
