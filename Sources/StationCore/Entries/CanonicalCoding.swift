/// Between `Codable` values and `CanonicalValue`: the bodies of entries and messages are plain
/// structs, and what JSON could say but the journal must not (null, fractions, integers beyond
/// 2^53 - 1) cannot be encoded. A missing optional is a missing member.
public enum CanonicalCoding {
    /// - Throws: `EncodingError` for a value that the journal does not allow.
    public static func encode(_ value: some Encodable) throws -> CanonicalValue {
        try tree(value, at: [])
    }

    fileprivate static func tree(
        _ value: some Encodable, at path: [any CodingKey]
    ) throws -> CanonicalValue {
        let box = Box()
        try value.encode(to: TreeEncoder(box: box, codingPath: path))
        return box.value()
    }

    /// - Throws: `DecodingError` that names the member that is missing or of another type.
    public static func decode<Value: Decodable>(
        _ type: Value.Type, from value: CanonicalValue
    ) throws -> Value {
        try Value(from: TreeDecoder(value: value, codingPath: []))
    }
}

/// What one encoder writes into. Values stand at once; only a container that the caller keeps and
/// fills later has a box of its own, which is read at the end.
private final class Box {
    private enum Content {
        case nothing, scalar, members, elements
    }
    private var content = Content.nothing
    private var scalar = CanonicalValue.empty
    private var members: [String: CanonicalValue] = [:]
    private var elements: [CanonicalValue] = []
    private var unfinished: [(place: Place, box: Box)] = []

    private enum Place {
        case member(String)
        case element(Int)
    }

    func value() -> CanonicalValue {
        for (place, box) in unfinished {
            switch place {
            case .member(let name): members[name] = box.value()
            case .element(let index): elements[index] = box.value()
            }
        }
        switch content {
        case .nothing: return .empty
        case .scalar: return scalar
        case .members: return .object(members)
        case .elements: return .array(elements)
        }
    }

    func set(_ value: CanonicalValue) {
        content = .scalar
        scalar = value
    }

    func beginMembers() { content = .members }

    func set(_ value: CanonicalValue, for name: String) {
        members[name] = value
    }

    func later(_ name: String) -> Box {
        let box = Box()
        unfinished.append((.member(name), box))
        return box
    }

    func beginElements() { content = .elements }

    var elementCount: Int { elements.count }

    func append(_ value: CanonicalValue) { elements.append(value) }

    func later() -> Box {
        let box = Box()
        unfinished.append((.element(elements.count), box))
        elements.append(.empty)
        return box
    }
}

private struct TreeEncoder: Encoder, SingleValueEncodingContainer {
    let box: Box
    let codingPath: [any CodingKey]
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        box.beginMembers()
        return KeyedEncodingContainer(Members<Key>(box: box, codingPath: codingPath))
    }

    func unkeyedContainer() -> any UnkeyedEncodingContainer {
        box.beginElements()
        return Elements(box: box, codingPath: codingPath)
    }

    func singleValueContainer() -> any SingleValueEncodingContainer { self }

    func refuse(_ value: Any, _ why: String) -> EncodingError {
        .invalidValue(value, .init(codingPath: codingPath, debugDescription: why))
    }

    func encodeNil() throws { throw refuse(Int?.none as Any, "null is not allowed") }
    func encode(_ value: Bool) throws { box.set(.boolean(value)) }
    func encode(_ value: String) throws { box.set(.string(value)) }
    func encode(_ value: Double) throws { throw refuse(value, "fractions are not allowed") }
    func encode(_ value: Float) throws { throw refuse(value, "fractions are not allowed") }

    func encode(_ value: some Encodable) throws { try value.encode(to: self) }
}

extension TreeEncoder {
    func encode(_ value: Int) throws { try encode(integer: value) }
    func encode(_ value: Int8) throws { try encode(integer: value) }
    func encode(_ value: Int16) throws { try encode(integer: value) }
    func encode(_ value: Int32) throws { try encode(integer: value) }
    func encode(_ value: Int64) throws { try encode(integer: value) }
    func encode(_ value: UInt) throws { try encode(integer: value) }
    func encode(_ value: UInt8) throws { try encode(integer: value) }
    func encode(_ value: UInt16) throws { try encode(integer: value) }
    func encode(_ value: UInt32) throws { try encode(integer: value) }
    func encode(_ value: UInt64) throws { try encode(integer: value) }

    private func encode(integer value: some BinaryInteger) throws {
        guard let exact = Int(exactly: value), exact.magnitude <= CanonicalValue.integerMax else {
            throw refuse(value, "integers lie within 2^53 - 1")
        }
        box.set(.integer(exact))
    }
}

private struct Members<Key: CodingKey>: KeyedEncodingContainerProtocol {
    let box: Box
    let codingPath: [any CodingKey]

    private func encoder(_ key: any CodingKey) -> TreeEncoder {
        TreeEncoder(box: box.later(key.stringValue), codingPath: codingPath + [key])
    }

    func encodeNil(forKey key: Key) throws { try encoder(key).encodeNil() }
    func encode(_ value: Bool, forKey key: Key) throws {
        box.set(.boolean(value), for: key.stringValue)
    }
    func encode(_ value: String, forKey key: Key) throws {
        box.set(.string(value), for: key.stringValue)
    }
    func encode(_ value: Int, forKey key: Key) throws {
        guard value.magnitude <= CanonicalValue.integerMax else {
            return try encoder(key).encode(value)
        }
        box.set(.integer(value), for: key.stringValue)
    }
    func encode(_ value: some Encodable, forKey key: Key) throws {
        box.set(
            try CanonicalCoding.tree(value, at: codingPath + [key]), for: key.stringValue)
    }
    func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type, forKey key: Key
    ) -> KeyedEncodingContainer<Nested> { encoder(key).container(keyedBy: type) }
    func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
        encoder(key).unkeyedContainer()
    }
    func superEncoder() -> any Encoder { TreeEncoder(box: box, codingPath: codingPath) }
    func superEncoder(forKey key: Key) -> any Encoder { encoder(key) }
}

private struct Elements: UnkeyedEncodingContainer {
    let box: Box
    let codingPath: [any CodingKey]

    var count: Int { box.elementCount }

    private func encoder() -> TreeEncoder {
        TreeEncoder(box: box.later(), codingPath: codingPath)
    }

    func encodeNil() throws { try encoder().encodeNil() }
    func encode(_ value: some Encodable) throws {
        box.append(try CanonicalCoding.tree(value, at: codingPath))
    }
    func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type
    ) -> KeyedEncodingContainer<Nested> { encoder().container(keyedBy: type) }
    func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer { encoder().unkeyedContainer() }
    func superEncoder() -> any Encoder { encoder() }
}

private struct TreeDecoder: Decoder, SingleValueDecodingContainer {
    let value: CanonicalValue
    let codingPath: [any CodingKey]
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func mismatch(_ type: Any.Type) -> DecodingError {
        .typeMismatch(
            type, .init(codingPath: codingPath, debugDescription: "another type of value"))
    }

    func container<Key: CodingKey>(
        keyedBy type: Key.Type
    ) throws -> KeyedDecodingContainer<Key> {
        guard case .object(let members) = value else { throw mismatch([String: Any].self) }
        return KeyedDecodingContainer(MemberReader(members: members, codingPath: codingPath))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
        guard case .array(let elements) = value else { throw mismatch([Any].self) }
        return ElementReader(elements: elements, codingPath: codingPath)
    }

    func singleValueContainer() throws -> any SingleValueDecodingContainer { self }

    func decodeNil() -> Bool { false }
    func decode(_ type: Bool.Type) throws -> Bool {
        guard case .boolean(let flag) = value else { throw mismatch(type) }
        return flag
    }
    func decode(_ type: String.Type) throws -> String {
        guard case .string(let text) = value else { throw mismatch(type) }
        return text
    }
    func decode(_ type: Double.Type) throws -> Double { throw mismatch(type) }
    func decode(_ type: Float.Type) throws -> Float { throw mismatch(type) }
    func decode<Value: Decodable>(_ type: Value.Type) throws -> Value { try Value(from: self) }

    private func integer<Value: BinaryInteger>(_ type: Value.Type) throws -> Value {
        guard case .integer(let number) = value, let exact = Value(exactly: number) else {
            throw mismatch(type)
        }
        return exact
    }
    func decode(_ type: Int.Type) throws -> Int { try integer(type) }
    func decode(_ type: Int8.Type) throws -> Int8 { try integer(type) }
    func decode(_ type: Int16.Type) throws -> Int16 { try integer(type) }
    func decode(_ type: Int32.Type) throws -> Int32 { try integer(type) }
    func decode(_ type: Int64.Type) throws -> Int64 { try integer(type) }
    func decode(_ type: UInt.Type) throws -> UInt { try integer(type) }
    func decode(_ type: UInt8.Type) throws -> UInt8 { try integer(type) }
    func decode(_ type: UInt16.Type) throws -> UInt16 { try integer(type) }
    func decode(_ type: UInt32.Type) throws -> UInt32 { try integer(type) }
    func decode(_ type: UInt64.Type) throws -> UInt64 { try integer(type) }
}

private struct MemberReader<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let members: [String: CanonicalValue]
    let codingPath: [any CodingKey]

    var allKeys: [Key] { members.keys.compactMap { Key(stringValue: $0) } }
    func contains(_ key: Key) -> Bool { members[key.stringValue] != nil }

    /// Without a decoder in between.
    func decode(_ type: String.Type, forKey key: Key) throws -> String {
        guard case .string(let text) = members[key.stringValue] else {
            return try decoder(key).decode(type)
        }
        return text
    }
    func decode(_ type: Int.Type, forKey key: Key) throws -> Int {
        guard case .integer(let number) = members[key.stringValue] else {
            return try decoder(key).decode(type)
        }
        return number
    }

    private func decoder(_ key: any CodingKey) throws -> TreeDecoder {
        guard let value = members[key.stringValue] else {
            throw DecodingError.keyNotFound(
                key, .init(codingPath: codingPath, debugDescription: "missing"))
        }
        return TreeDecoder(value: value, codingPath: codingPath + [key])
    }

    func decodeNil(forKey key: Key) throws -> Bool { !contains(key) }
    func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
        try Value(from: decoder(key))
    }
    func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type, forKey key: Key
    ) throws -> KeyedDecodingContainer<Nested> { try decoder(key).container(keyedBy: type) }
    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
        try decoder(key).unkeyedContainer()
    }
    func superDecoder() throws -> any Decoder {
        TreeDecoder(value: .object(members), codingPath: codingPath)
    }
    func superDecoder(forKey key: Key) throws -> any Decoder { try decoder(key) }
}

private struct ElementReader: UnkeyedDecodingContainer {
    let elements: [CanonicalValue]
    let codingPath: [any CodingKey]
    private(set) var currentIndex = 0

    var count: Int? { elements.count }
    var isAtEnd: Bool { currentIndex >= elements.count }

    init(elements: [CanonicalValue], codingPath: [any CodingKey]) {
        self.elements = elements
        self.codingPath = codingPath
    }

    private mutating func next() throws -> TreeDecoder {
        guard !isAtEnd else {
            throw DecodingError.valueNotFound(
                CanonicalValue.self,
                .init(codingPath: codingPath, debugDescription: "the array ends here"))
        }
        defer { currentIndex += 1 }
        return TreeDecoder(value: elements[currentIndex], codingPath: codingPath)
    }

    mutating func decodeNil() throws -> Bool { false }
    mutating func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
        try Value(from: next())
    }
    mutating func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type
    ) throws -> KeyedDecodingContainer<Nested> { try next().container(keyedBy: type) }
    mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
        try next().unkeyedContainer()
    }
    mutating func superDecoder() throws -> any Decoder { try next() }
}
