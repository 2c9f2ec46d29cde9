import CCrypto

/// A P-256 key and the certificate that it signs for itself, for a server that is trusted by the
/// hash of its public key alone. Small, because each handshake carries it.
public struct ServerIdentity: Sendable, CustomStringConvertible {
    /// PKCS #8, DER. It is kept out of descriptions.
    public let privateKey: [UInt8]
    /// SHA-256 of the SubjectPublicKeyInfo: what others pin.
    public let pin: [UInt8]

    /// A new key out of the system's random numbers.
    public init() throws(CryptographyError) {
        guard let context = EVP_PKEY_CTX_new_id(EVP_PKEY_EC, nil) else { throw .failed("context") }
        defer { EVP_PKEY_CTX_free(context) }
        var made: OpaquePointer?
        guard EVP_PKEY_keygen_init(context) == 1,
            EVP_PKEY_CTX_set_ec_paramgen_curve_nid(context, NID_X9_62_prime256v1) == 1,
            EVP_PKEY_keygen(context, &made) == 1, let key = made
        else { throw .failed("P-256 key") }
        defer { EVP_PKEY_free(key) }
        privateKey = try ServerIdentity.der { i2d_PrivateKey(key, $0) }
        pin = SHA256.digest(try ServerIdentity.der { i2d_PUBKEY(key, $0) })
    }

    /// - Throws: `.failed` for bytes that are no private key.
    public init(privateKey: [UInt8]) throws(CryptographyError) {
        let key = try ServerIdentity.handle(privateKey)
        defer { EVP_PKEY_free(key) }
        self.privateKey = privateKey
        pin = SHA256.digest(try ServerIdentity.der { i2d_PUBKEY(key, $0) })
    }

    public var description: String { "key with the pin \(Base64URL.encode(pin))" }

    /// A certificate, DER, of the shortest name there is and without an end: what is asked of it
    /// is the key alone.
    public func certificate() throws(CryptographyError) -> [UInt8] {
        let key = try ServerIdentity.handle(privateKey)
        defer { EVP_PKEY_free(key) }
        guard let certificate = X509_new() else { throw .failed("certificate") }
        defer { X509_free(certificate) }
        let name = X509_get_subject_name(certificate)
        guard X509_set_version(certificate, 2) == 1,
            ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1) == 1,
            ASN1_TIME_set_string(X509_getm_notBefore(certificate), "19700101000000Z") == 1,
            // RFC 5280, 4.1.2.5: a certificate that has no well-defined end.
            ASN1_TIME_set_string(X509_getm_notAfter(certificate), "99991231235959Z") == 1,
            X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, "hub", -1, -1, 0) == 1,
            X509_set_issuer_name(certificate, name) == 1,
            X509_set_pubkey(certificate, key) == 1,
            X509_sign(certificate, key, EVP_sha256()) > 0
        else { throw .failed("certificate") }
        return try ServerIdentity.der { i2d_X509(certificate, $0) }
    }

    private static func handle(
        _ privateKey: [UInt8]
    ) throws(CryptographyError) -> OpaquePointer {
        let key = privateKey.withUnsafeBufferPointer { bytes in
            var start = bytes.baseAddress
            return d2i_AutoPrivateKey(nil, &start, bytes.count)
        }
        guard let key else { throw .failed("private key") }
        return key
    }

    /// What an `i2d` function writes: asked for its length first, then for the bytes.
    private static func der(
        _ write: (UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>?) -> Int32
    ) throws(CryptographyError) -> [UInt8] {
        let length = Int(write(nil))
        guard length > 0 else { throw .failed("DER") }
        var written: Int32 = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: length) { buffer, count in
            var place = buffer.baseAddress
            written = write(&place)
            count = length
        }
        guard Int(written) == length else { throw .failed("DER") }
        return bytes
    }
}
