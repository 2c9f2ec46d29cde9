import CCrypto

/// What the library below, or the bytes given, did not allow.
public enum CryptographyError: Error, Equatable, Sendable {
    case wrongLength(expected: Int, found: Int)
    /// A call of libcrypto failed: out of memory, or a key that is none.
    case failed(String)
}

/// Signatures by Ed25519 (RFC 8032), keys and signatures as raw bytes.
public enum Ed25519 {
    /// Bytes of a seed and of a public key.
    public static let keySize = 32
    public static let signatureSize = 64

    /// The 32-byte seed that stands for the private key. It is kept out of descriptions.
    public struct PrivateKey: Sendable, CustomStringConvertible {
        public let seed: [UInt8]
        public let publicKey: PublicKey

        /// A new key out of the system's random numbers.
        public init() throws(CryptographyError) {
            try self.init(seed: try randomBytes(keySize))
        }

        public init(seed: [UInt8]) throws(CryptographyError) {
            self.seed = seed
            let key = try PrivateKey.handle(seed)
            defer { EVP_PKEY_free(key) }
            var raw = [UInt8](repeating: 0, count: keySize)
            var length = keySize
            guard EVP_PKEY_get_raw_public_key(key, &raw, &length) == 1, length == keySize else {
                throw .failed("public key")
            }
            publicKey = try PublicKey(raw: raw)
        }

        public var description: String { "private key of \(publicKey)" }

        public func signature(of message: [UInt8]) throws(CryptographyError) -> [UInt8] {
            let key = try PrivateKey.handle(seed)
            defer { EVP_PKEY_free(key) }
            guard let context = EVP_MD_CTX_new() else { throw .failed("context") }
            defer { EVP_MD_CTX_free(context) }
            var signature = [UInt8](repeating: 0, count: signatureSize)
            var length = signatureSize
            guard EVP_DigestSignInit(context, nil, nil, nil, key) == 1,
                EVP_DigestSign(context, &signature, &length, message, message.count) == 1,
                length == signatureSize
            else { throw .failed("signature") }
            return signature
        }

        private static func handle(_ seed: [UInt8]) throws(CryptographyError) -> OpaquePointer {
            guard seed.count == keySize else {
                throw .wrongLength(expected: keySize, found: seed.count)
            }
            guard
                let key = EVP_PKEY_new_raw_private_key(
                    EVP_PKEY_ED25519, nil, seed, seed.count)
            else { throw .failed("private key") }
            return key
        }
    }

    public struct PublicKey: Hashable, Sendable, CustomStringConvertible {
        public let raw: [UInt8]

        public init(raw: [UInt8]) throws(CryptographyError) {
            guard raw.count == keySize else {
                throw .wrongLength(expected: keySize, found: raw.count)
            }
            self.raw = raw
        }

        public var description: String { Base64.encode(raw) }

        /// Whether `signature` is this key's over `message`; false also for one of another length.
        public func isSignature(_ signature: [UInt8], of message: [UInt8]) -> Bool {
            guard signature.count == signatureSize,
                let key = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nil, raw, raw.count)
            else { return false }
            defer { EVP_PKEY_free(key) }
            guard let context = EVP_MD_CTX_new() else { return false }
            defer { EVP_MD_CTX_free(context) }
            return EVP_DigestVerifyInit(context, nil, nil, nil, key) == 1
                && EVP_DigestVerify(
                    context, signature, signature.count, message, message.count) == 1
        }
    }
}
