import CCrypto

/// SHA-256 (FIPS 180-4), whole or piece by piece.
public struct SHA256: ~Copyable {
    /// Bytes of a digest.
    public static let size = 32

    private let context: OpaquePointer

    /// Looked up once: libcrypto would do it again for each digest, at twice the time.
    ///
    /// Safety: never changed after it was made, and never freed.
    nonisolated(unsafe) private static let algorithm = EVP_MD_fetch(nil, "SHA256", nil)

    public init() {
        guard let context = EVP_MD_CTX_new(),
            EVP_DigestInit_ex(context, SHA256.algorithm, nil) == 1
        else { fatalError("no memory for SHA-256") }
        self.context = context
    }

    deinit { EVP_MD_CTX_free(context) }

    public mutating func update(_ bytes: [UInt8]) {
        let result = bytes.withUnsafeBytes {
            EVP_DigestUpdate(context, $0.baseAddress, $0.count)
        }
        precondition(result == 1, "SHA-256 takes bytes until it is finished")
    }

    public consuming func finish() -> [UInt8] {
        let context = self.context
        return [UInt8](unsafeUninitializedCapacity: SHA256.size) { buffer, count in
            let result = EVP_DigestFinal_ex(context, buffer.baseAddress, nil)
            precondition(result == 1, "SHA-256 is finished once")
            count = SHA256.size
        }
    }

    public static func digest(_ bytes: [UInt8]) -> [UInt8] {
        var hash = SHA256()
        hash.update(bytes)
        return hash.finish()
    }
}
