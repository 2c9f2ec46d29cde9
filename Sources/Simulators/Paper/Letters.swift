internal import Glibc

/// Bytes of a character set to text by the C library's iconv.
struct Letters: ~Copyable {
    private let descriptor: iconv_t

    /// Nil where the C library does not know the set.
    init?(_ characterSet: String) {
        guard let descriptor = iconv_open("UTF-8", characterSet),
            descriptor != iconv_t(bitPattern: -1)
        else { return nil }
        self.descriptor = descriptor
    }

    deinit { iconv_close(descriptor) }

    /// Nil where a byte stands for nothing.
    func text(of bytes: [UInt8]) -> String? {
        var input = bytes.map { CChar(bitPattern: $0) }
        var output = [CChar](repeating: 0, count: bytes.count * 4 + 4)
        let outputSize = output.count
        return input.withUnsafeMutableBufferPointer { input in
            output.withUnsafeMutableBufferPointer { output in
                var from = input.baseAddress
                var fromLeft = input.count
                var to = output.baseAddress
                var toLeft = outputSize
                _ = iconv(descriptor, &from, &fromLeft, &to, &toLeft)
                if fromLeft > 0 { return nil }
                let used = output.prefix(outputSize - toLeft).map { UInt8(bitPattern: $0) }
                return String(decoding: used, as: UTF8.self)
            }
        }
    }
}
