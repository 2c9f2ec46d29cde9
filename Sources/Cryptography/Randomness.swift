import CCrypto

/// Bytes that nobody can foretell.
public func randomBytes(_ count: Int) throws(CryptographyError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    guard RAND_bytes(&bytes, Int32(count)) == 1 else { throw .failed("random numbers") }
    return bytes
}

/// `count` decimal digits, each alike: for badges, cards, secrets and codes.
public func randomDigits(_ count: Int) throws(CryptographyError) -> String {
    var text = ""
    while text.utf8.count < count {
        // 250 is the largest multiple of 10 in a byte: what lies above would favour low digits.
        for byte in try randomBytes(count) where byte < 250 && text.utf8.count < count {
            text.append(String(byte % 10))
        }
    }
    return text
}

/// Compares in a time that does not depend on where the two differ.
public func isEqualInConstantTime(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    left.count == right.count && CRYPTO_memcmp(left, right, left.count) == 0
}
