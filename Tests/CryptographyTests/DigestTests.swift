import Testing

@testable import Cryptography

@Suite("Hashes, signatures and verifiers")
struct DigestTests {
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    ])
    func `SHA-256 gives the vectors of FIPS 180`(text: String, hash: String) {
        #expect(Hex.encode(SHA256.digest(Array(text.utf8))) == hash)
    }

    @Test func `a hash in pieces is the hash of the whole`() {
        let bytes = (0..<1_000).map { UInt8(truncatingIfNeeded: $0) }
        var hash = SHA256()
        for piece in [0..<1, 1..<1, 1..<64, 64..<1_000] { hash.update(Array(bytes[piece])) }
        #expect(hash.finish() == SHA256.digest(bytes))
    }

    /// RFC 8032, section 7.1, tests 1 and 2.
    @Test(arguments: [
        (
            "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bac"
                + "c61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
        ),
        (
            "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e"
                + "458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
        ),
    ])
    func `Ed25519 gives the vectors of RFC 8032`(
        seed: String, key: String, message: String, signature: String
    ) throws {
        let secret = try Ed25519.PrivateKey(seed: try #require(Hex.decode(seed)))
        let message = try #require(Hex.decode(message))
        #expect(Hex.encode(secret.publicKey.raw) == key)
        let made = try secret.signature(of: message)
        #expect(Hex.encode(made) == signature)
        #expect(secret.publicKey.isSignature(made, of: message))
    }

    @Test func `a signature over other bytes, by another key or cut short is none`() throws {
        let key = try Ed25519.PrivateKey()
        var signature = try key.signature(of: [1, 2, 3])
        #expect(key.publicKey.isSignature(signature, of: [1, 2, 3]))
        #expect(!key.publicKey.isSignature(signature, of: [1, 2]))
        #expect(try !Ed25519.PrivateKey().publicKey.isSignature(signature, of: [1, 2, 3]))
        #expect(!key.publicKey.isSignature(Array(signature.dropLast()), of: [1, 2, 3]))
        #expect(!key.publicKey.isSignature([], of: [1, 2, 3]))
        signature[10] ^= 1
        #expect(!key.publicKey.isSignature(signature, of: [1, 2, 3]))
    }

    @Test func `a key has 32 bytes, is new each time, and its seed is never described`() throws {
        #expect(throws: CryptographyError.wrongLength(expected: 32, found: 31)) {
            try Ed25519.PrivateKey(seed: [UInt8](repeating: 1, count: 31))
        }
        let key = try Ed25519.PrivateKey()
        #expect(try key.seed != Ed25519.PrivateKey().seed)
        #expect(!"\(key)".contains(Base64.encode(key.seed)))
        #expect(try Ed25519.PrivateKey(seed: key.seed).publicKey == key.publicKey)
    }

    /// RFC 7914, section 12, the first two vectors.
    @Test(arguments: [
        (
            "", "", Scrypt.Parameters(cost: 16, blockSize: 1, parallelism: 1),
            "77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442"
        ),
        (
            "password", "NaCl", Scrypt.Parameters(cost: 1_024, blockSize: 8, parallelism: 16),
            "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162"
        ),
    ])
    func `scrypt gives the vectors of RFC 7914`(
        secret: String, salt: String, parameters: Scrypt.Parameters, key: String
    ) throws {
        let derived = try Scrypt.derive(secret, Array(salt.utf8), parameters)
        #expect(Hex.encode(derived) == key)
    }

    @Test func `a verifier knows its PIN after being stored as text`() throws {
        let quick = Scrypt.Parameters(cost: 16, blockSize: 1, parallelism: 1)
        let verifier = try Scrypt.verifier(of: "271828", quick)
        let stored = try #require(Scrypt.Verifier(text: verifier.text))
        #expect(stored == verifier)
        #expect(try Scrypt.verify("271828", stored))
        #expect(try !Scrypt.verify("271829", stored))
        #expect(try Scrypt.verifier(of: "271828", quick).salt != verifier.salt)
        #expect(!verifier.text.contains("271828"))
    }

    @Test(arguments: [
        "", "scrypt$16$1$1$AA==", "scrypt$x$1$1$AA==$AA==", "bcrypt$16$1$1$AA==$AA==",
    ])
    func `a verifier that is none is refused`(text: String) {
        #expect(Scrypt.Verifier(text: text) == nil)
    }

    @Test func `parameters beyond all bounds fail instead of trapping`() throws {
        #expect(throws: CryptographyError.failed("scrypt")) {
            try Scrypt.verifier(of: "1", .init(cost: 1 << 30, blockSize: 8, parallelism: 1))
        }
        #expect(throws: CryptographyError.failed("scrypt parameters")) {
            try Scrypt.verifier(of: "1", .init(cost: -1, blockSize: 8, parallelism: 1))
        }
        #expect(throws: CryptographyError.failed("scrypt")) {
            try Scrypt.verifier(of: "1", .init(cost: 17, blockSize: 8, parallelism: 1))
        }
    }
}
