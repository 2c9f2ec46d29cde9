import CCurl
import FoundationEssentials
import Ports

/// One exchange as an easy handle, with what came in so far. Lives on the engine's thread.
final class CurlTransfer {
    /// Lines of an answer's head at the most; nobody of ours sends a tenth.
    private static let headerCountMax = 100
    /// Bytes of all heads of an answer at the most.
    private static let headSizeMax = 16_384

    let number: CurlEngine.Number
    let completion: CurlEngine.Completion
    let handle: UnsafeMutableRawPointer
    /// Milliseconds.
    let stallLimit: Int
    private let answerSizeMax: Int
    private let handshakes: Handshakes
    /// Milliseconds of UTC by which a certificate is judged.
    private var time: Int?
    /// Whom the handshake is with: the server, and the pins that it has to have.
    private var peer = ""
    private var isOutOfDate = false
    private var headerList: UnsafeMutablePointer<curl_slist>?
    private var headers: [HTTPHeader] = []
    private var body: [UInt8] = []
    private var headSize = 0
    /// Why we broke the transfer off, where it was us.
    private var refusal: String?
    /// The empty line that ends the head of an answer came.
    private var hasHead = false
    private var progress = 0
    private var progressAt = ContinuousClock.now

    /// - Throws: `.malformed` for a request that cannot be put on the wire as it stands.
    init(
        number: CurlEngine.Number, exchange: Exchange, handshakes: Handshakes,
        completion: CurlEngine.Completion
    ) throws(HTTPError) {
        guard let handle = curl_easy_init() else { fatalError("no memory for libcurl") }
        self.number = number
        self.completion = completion
        self.handle = handle
        self.handshakes = handshakes
        stallLimit = exchange.limits.stall.inMilliseconds
        answerSizeMax = exchange.limits.answerSizeMax
        stationd_curl_set_pointer(handle, CURLOPT_SHARE, handshakes.sessions)
        try setUp(exchange.destination, path: exchange.request.path)
        try setUp(exchange.request)
        setUp(exchange.limits)
    }

    deinit {
        curl_easy_cleanup(handle)
        curl_slist_free_all(headerList)
    }

    /// What became of it, by libcurl's word.
    func result(of code: CURLcode) -> Result<HTTPAnswer, HTTPError> {
        guard !isOutOfDate else { return .failure(.outOfDate) }
        guard code == CURLE_OK else {
            return .failure(
                refusal.map { .malformed($0) }
                    ?? httpError(code, requestWasBegun: requestWasBegun))
        }
        // libcurl takes a head that broke off for a whole one.
        guard hasHead else { return .failure(.interrupted("head")) }
        var status = 0
        stationd_curl_get_long(handle, CURLINFO_RESPONSE_CODE, &status)
        return .success(HTTPAnswer(status: status, headers: headers, body: body))
    }

    /// Whether no byte went either way for too long. Bytes count when the other side acknowledged
    /// them: what only the kernel took is no progress.
    func isStalled(at now: ContinuousClock.Instant) -> Bool {
        let current = bytesMoved
        if current != progress {
            progress = current
            progressAt = now
        }
        return (now - progressAt).inMilliseconds >= stallLimit
    }

    var stallFailure: HTTPError {
        requestWasBegun ? .interrupted("stalled") : .unreachable("stalled")
    }

    private var bytesMoved: Int {
        var descriptor = CURL_SOCKET_BAD
        stationd_curl_get_socket(handle, &descriptor)
        let acknowledged = descriptor == CURL_SOCKET_BAD ? -1 : stationd_tcp_progress(descriptor)
        if acknowledged >= 0 { return Int(acknowledged) }
        var up: curl_off_t = 0
        var down: curl_off_t = 0
        stationd_curl_get_size(handle, CURLINFO_SIZE_UPLOAD_T, &up)
        stationd_curl_get_size(handle, CURLINFO_SIZE_DOWNLOAD_T, &down)
        return Int(up) + Int(down)
    }

    private var requestWasBegun: Bool {
        var microseconds: curl_off_t = 0
        stationd_curl_get_size(handle, CURLINFO_PRETRANSFER_TIME_T, &microseconds)
        return microseconds > 0
    }
}

extension CurlTransfer {
    private func setUp(_ destination: HTTPDestination, path: String) throws(HTTPError) {
        guard path.hasPrefix("/"), path.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7f }) else {
            throw .malformed("path")
        }
        set(CURLOPT_NOSIGNAL, 1)
        set(CURLOPT_PATH_AS_IS, 1)
        set(CURLOPT_NOPROXY, "*")
        set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1))
        switch destination {
        case .pinned(let host, let port, let pins, let time):
            guard !pins.isEmpty, pins.allSatisfy({ $0.count == 32 }) else {
                throw .malformed("pins")
            }
            let authority = host.contains(":") && !host.hasPrefix("[") ? "[\(host)]" : host
            set(CURLOPT_PROTOCOLS_STR, "https")
            set(CURLOPT_URL, "https://\(authority):\(port)\(path)")
            set(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_3))
            set(CURLOPT_SSL_ENABLE_ALPN, 0)
            // The pins are the whole trust: a certificate of our own making has no authority.
            set(CURLOPT_SSL_VERIFYPEER, 0)
            set(CURLOPT_SSL_VERIFYHOST, 0)
            set(CURLOPT_CAINFO, nil)
            set(CURLOPT_CAPATH, nil)
            let keys = pins.map { "sha256//" + Data($0).base64EncodedString() }.joined(
                separator: ";")
            set(CURLOPT_PINNEDPUBLICKEY, keys)
            judgeDates(of: "\(authority):\(port) \(keys)", at: time)
            stationd_curl_set_sockopt(handle) { _, descriptor, _ in
                stationd_tcp_bound_unsent(descriptor, Int32(CurlExchange.unsentByteCountMax))
                return CURL_SOCKOPT_OK
            }
        case .unixSocket(let socket):
            set(CURLOPT_PROTOCOLS_STR, "http")
            set(CURLOPT_URL, "http://localhost\(path)")
            set(CURLOPT_UNIX_SOCKET_PATH, socket)
        }
    }

    /// After the handshake, before a byte of the request.
    private func judgeDates(of peer: String, at time: Int?) {
        self.peer = peer
        self.time = time
        set(CURLOPT_CERTINFO, 1)
        stationd_curl_set_pointer(
            handle, CURLOPT_PREREQDATA, Unmanaged.passUnretained(self).toOpaque())
        stationd_curl_set_prereq(handle) { context, _, _, _, _ in
            guard let context else { return CURL_PREREQFUNC_ABORT }
            let transfer = Unmanaged<CurlTransfer>.fromOpaque(context).takeUnretainedValue()
            transfer.isOutOfDate = !transfer.isValidNow
            return transfer.isOutOfDate ? CURL_PREREQFUNC_ABORT : CURL_PREREQFUNC_OK
        }
    }

    /// A connection that is used again brings no certificate; nor, since libcurl 8.12, does a
    /// session that is resumed. What the handshake before showed holds then.
    private var isValidNow: Bool {
        if let certificate = stationd_curl_certificate(handle) {
            handshakes.dates[peer] = dates(of: certificate)
        }
        guard let time else { return true }
        return handshakes.dates[peer]?.hold(at: time) ?? false
    }

    private func dates(of certificate: UnsafeMutablePointer<curl_slist>) -> CertificateDates {
        var dates = CertificateDates()
        var line = Optional(certificate)
        while let entry = line {
            let text = String(cString: entry.pointee.data)
            dates.begin = date(text, "Start date:") ?? dates.begin
            dates.end = date(text, "Expire date:") ?? dates.end
            line = entry.pointee.next
        }
        return dates
    }

    /// Seconds of UTC since 1970, from a line that begins with that name.
    private func date(_ line: String, _ name: String) -> Int? {
        guard line.hasPrefix(name) else { return nil }
        let date = curl_getdate(String(line.dropFirst(name.count)), nil)
        return date == -1 ? nil : date
    }

    private func setUp(_ request: HTTPRequest) throws(HTTPError) {
        guard !request.method.isEmpty,
            request.method.utf8.allSatisfy({ (0x41...0x5a).contains($0) })
        else { throw .malformed("method") }
        if request.method != "GET" || !request.body.isEmpty {
            set(CURLOPT_POST, 1)
            stationd_curl_set_size(
                handle, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(request.body.count))
            request.body.withUnsafeBytes { bytes in
                // A null pointer would mean that the body is still to be asked for.
                let start = bytes.baseAddress ?? UnsafeRawPointer(handle)
                _ = stationd_curl_set_pointer(
                    handle, CURLOPT_COPYPOSTFIELDS, UnsafeMutableRawPointer(mutating: start))
            }
            set(CURLOPT_CUSTOMREQUEST, request.method)
        }
        // An empty value takes away what libcurl would add by itself.
        var lines = ["Accept:", "Expect:"]
        if !request.headers.contains(where: { $0.name.lowercased() == "content-type" }) {
            lines.append("Content-Type:")
        }
        for header in request.headers {
            guard isFieldName(header.name), isFieldValue(header.value) else {
                throw .malformed("header")
            }
            // To libcurl a name and a colon alone would mean: leave it out.
            lines.append(
                header.value.isEmpty ? "\(header.name);" : "\(header.name): \(header.value)")
        }
        for line in lines { headerList = curl_slist_append(headerList, line) }
        stationd_curl_set_pointer(handle, CURLOPT_HTTPHEADER, headerList)
    }

    private func setUp(_ limits: HTTPLimits) {
        set(CURLOPT_CONNECTTIMEOUT_MS, max(1, limits.connect.inMilliseconds))
        set(CURLOPT_TIMEOUT_MS, max(1, limits.total.inMilliseconds))
        let context = Unmanaged.passUnretained(self).toOpaque()
        stationd_curl_set_pointer(handle, CURLOPT_WRITEDATA, context)
        stationd_curl_set_pointer(handle, CURLOPT_HEADERDATA, context)
        stationd_curl_set_sink(handle, CURLOPT_WRITEFUNCTION) { bytes, size, count, context in
            sink(bytes, size * count, context) { $0.takeBody($1) }
        }
        stationd_curl_set_sink(handle, CURLOPT_HEADERFUNCTION) { bytes, size, count, context in
            sink(bytes, size * count, context) { $0.takeHeader($1) }
        }
    }

    private func set(_ option: CURLoption, _ value: Int) {
        stationd_curl_set_long(handle, option, value)
    }

    private func set(_ option: CURLoption, _ value: String?) {
        stationd_curl_set_string(handle, option, value)
    }

    private func takeBody(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard bytes.count <= answerSizeMax - body.count else {
            refusal = "answer above \(answerSizeMax) bytes"
            return false
        }
        body.append(contentsOf: bytes)
        return true
    }

    private func takeHeader(_ bytes: UnsafeRawBufferPointer) -> Bool {
        headSize += bytes.count
        guard headSize <= Self.headSizeMax, headers.count < Self.headerCountMax else {
            refusal = "head above \(Self.headSizeMax) bytes or \(Self.headerCountMax) lines"
            return false
        }
        let line = String(decoding: bytes, as: UTF8.self)
        if line.hasPrefix("HTTP/") {
            headers = []
            hasHead = false
            return true
        }
        if line.allSatisfy(\.isNewline) { hasHead = true }
        guard let colon = line.firstIndex(of: ":") else { return true }
        let value = line[line.index(after: colon)...].drop { $0 == " " || $0 == "\t" }
        headers.append(
            HTTPHeader(String(line[..<colon]), String(value.prefix { !$0.isNewline })))
        return true
    }
}

/// libcurl calls with the bytes of one piece; any other count than theirs ends the transfer.
private func sink(
    _ bytes: UnsafeMutablePointer<CChar>?, _ count: Int, _ context: UnsafeMutableRawPointer?,
    _ take: (CurlTransfer, UnsafeRawBufferPointer) -> Bool
) -> Int {
    guard let context else { return 0 }
    let transfer = Unmanaged<CurlTransfer>.fromOpaque(context).takeUnretainedValue()
    return take(transfer, UnsafeRawBufferPointer(start: bytes, count: count)) ? count : 0
}

private func isFieldName(_ name: String) -> Bool {
    !name.isEmpty
        && name.utf8.allSatisfy { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, 0x2d, 0x5f: true
            default: false
            }
        }
}

private func isFieldValue(_ value: String) -> Bool {
    value.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7f }
}

/// `CURLE_TOO_LARGE`, which the headers of Debian 12 do not have yet.
private let tooLarge = CURLcode(rawValue: 100)

/// Every result code of libcurl, mapped once to what the caller would do about it.
func httpError(_ code: CURLcode, requestWasBegun: Bool) -> HTTPError {
    let text = String(cString: curl_easy_strerror(code))
    switch code {
    case CURLE_SSL_PINNEDPUBKEYNOTMATCH:
        return .untrusted
    case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY, CURLE_COULDNT_CONNECT,
        CURLE_SSL_CONNECT_ERROR:
        return .unreachable(text)
    case CURLE_WEIRD_SERVER_REPLY, CURLE_UNSUPPORTED_PROTOCOL, CURLE_BAD_CONTENT_ENCODING,
        CURLE_WRITE_ERROR, CURLE_URL_MALFORMAT, CURLE_TOO_MANY_REDIRECTS,
        // Said of a line of a head above 100 KB, too; since libcurl 8.6 by an error of its own.
        CURLE_OUT_OF_MEMORY, tooLarge:
        return .malformed(text)
    default:
        return requestWasBegun ? .interrupted(text) : .unreachable(text)
    }
}
