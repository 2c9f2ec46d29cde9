internal import Glibc

/// Letters to the bytes of one character set by the C library, whose descriptor is kept.
struct CodeTable: ~Copyable {
    /// Nil where the C library lacks the set; then no letter has bytes.
    private let descriptor: iconv_t?

    init(_ characterSet: String) {
        let opened = iconv_open(characterSet, "UTF-8")
        descriptor = opened == iconv_t(bitPattern: -1) ? nil : opened
    }

    deinit {
        if let descriptor { iconv_close(descriptor) }
    }

    var isKnown: Bool { descriptor != nil }

    /// Nil where the set lacks the letter.
    func bytes(of letter: Unicode.Scalar) -> [UInt8]? {
        guard let descriptor else { return nil }
        var input = UTF8.encode(letter).map { $0.map { CChar(bitPattern: $0) } } ?? []
        var output: [CChar] = [0, 0, 0, 0]
        let outputSize = output.count
        return input.withUnsafeMutableBufferPointer { input in
            output.withUnsafeMutableBufferPointer { output in
                var from = input.baseAddress
                var fromLeft = input.count
                var to = output.baseAddress
                var toLeft = outputSize
                let replaced = iconv(descriptor, &from, &fromLeft, &to, &toLeft)
                guard replaced == 0, fromLeft == 0 else {
                    _ = iconv(descriptor, nil, nil, nil, nil)
                    return nil
                }
                return output.prefix(outputSize - toLeft).map { UInt8(bitPattern: $0) }
            }
        }
    }
}
