import Cryptography
import Testing

@Suite("Keys and certificates of servers")
struct ServerIdentityTests {
    @Test func `a key comes back with its pin`() throws {
        let identity = try ServerIdentity()
        let again = try ServerIdentity(privateKey: identity.privateKey)
        #expect(again.pin == identity.pin)
        #expect(identity.pin.count == 32)
        #expect(try ServerIdentity().pin != identity.pin)
    }

    @Test func `a certificate holds the key and is small`() throws {
        let identity = try ServerIdentity()
        let certificate = try identity.certificate()
        #expect(certificate.count < 320)
        // SEQUENCE with a two-byte length, which is all the rest.
        #expect(certificate.starts(with: [0x30, 0x82]))
        #expect(Int(certificate[2]) << 8 + Int(certificate[3]) + 4 == certificate.count)
    }

    @Test func `what is no key is refused, and none is told`() throws {
        #expect(throws: CryptographyError.failed("private key")) {
            try ServerIdentity(privateKey: [1, 2, 3])
        }
        let identity = try ServerIdentity()
        #expect("\(identity)".contains(Base64URL.encode(identity.pin)))
    }
}
