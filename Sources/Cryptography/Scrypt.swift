import CCrypto

/// Verifiers of PINs by scrypt (RFC 7914): slow on purpose, so that a stolen card does not give
/// six digits away in a moment.
public enum Scrypt {
    public struct Parameters: Hashable, Sendable {
        /// Cost: a power of two. The memory needed is 128 x `cost` x `blockSize` bytes.
        public let cost: Int
        public let blockSize: Int
        public let parallelism: Int

        public init(cost: Int, blockSize: Int, parallelism: Int) {
            self.cost = cost
            self.blockSize = blockSize
            self.parallelism = parallelism
        }

        /// 16 MiB for a moment, and some tens of milliseconds on a small board.
        public static let pin = Parameters(cost: 16_384, blockSize: 8, parallelism: 1)
    }

    /// What is stored instead of the PIN, with all that is needed to check it.
    public struct Verifier: Hashable, Sendable {
        public let parameters: Parameters
        public let salt: [UInt8]
        public let key: [UInt8]

        /// `scrypt$<cost>$<block size>$<parallelism>$<salt>$<key>`, bytes in base64.
        public var text: String {
            "scrypt$\(parameters.cost)$\(parameters.blockSize)$\(parameters.parallelism)"
                + "$\(Base64.encode(salt))$\(Base64.encode(key))"
        }

        public init?(text: String) {
            let parts = text.split(separator: "$", omittingEmptySubsequences: false)
            guard parts.count == 6, parts[0] == "scrypt", let cost = Int(parts[1]),
                let blockSize = Int(parts[2]), let parallelism = Int(parts[3]),
                let salt = Base64.decode(String(parts[4])),
                let key = Base64.decode(String(parts[5])), key.count == keySize
            else { return nil }
            parameters = Parameters(cost: cost, blockSize: blockSize, parallelism: parallelism)
            self.salt = salt
            self.key = key
        }

        init(parameters: Parameters, salt: [UInt8], key: [UInt8]) {
            self.parameters = parameters
            self.salt = salt
            self.key = key
        }
    }

    private static let saltSize = 16
    private static let keySize = 32
    /// Above what any parameters of ours need, below what would stop a small board.
    private static let memoryMax: UInt64 = 64 * 1_024 * 1_024

    /// - Throws: `.failed` for parameters that scrypt does not know or that need over 64 MiB.
    public static func verifier(
        of secret: String, _ parameters: Parameters = .pin
    ) throws(CryptographyError) -> Verifier {
        let salt = try randomBytes(saltSize)
        return Verifier(
            parameters: parameters, salt: salt, key: try derive(secret, salt, parameters))
    }

    /// - Throws: As `verifier(of:_:)`; a stored verifier may carry any parameters.
    public static func verify(
        _ secret: String, _ verifier: Verifier
    ) throws(CryptographyError) -> Bool {
        let key = try derive(secret, verifier.salt, verifier.parameters)
        return isEqualInConstantTime(key, verifier.key)
    }

    /// The bare function, for the vectors of RFC 7914.
    static func derive(
        _ secret: String, _ salt: [UInt8], _ parameters: Parameters, size: Int = keySize
    ) throws(CryptographyError) -> [UInt8] {
        guard let cost = UInt64(exactly: parameters.cost),
            let blockSize = UInt64(exactly: parameters.blockSize),
            let parallelism = UInt64(exactly: parameters.parallelism)
        else { throw .failed("scrypt parameters") }
        var secretBytes = secret.utf8.map { CChar(bitPattern: $0) }
        defer { OPENSSL_cleanse(&secretBytes, secretBytes.count) }
        var key = [UInt8](repeating: 0, count: size)
        let result = EVP_PBE_scrypt(
            secretBytes, secretBytes.count, salt, salt.count, cost, blockSize, parallelism,
            memoryMax, &key, size)
        guard result == 1 else { throw .failed("scrypt") }
        return key
    }
}
