import CZstd

/// Compression by Zstandard (RFC 8878): one frame that states its size, no dictionary.
public enum Zstandard {
    /// What a small board does in about a millisecond for a batch.
    public static let level = 9

    public enum Refusal: Error, Equatable, Sendable {
        /// Not one whole frame that states the size of its content.
        case malformed
        /// The content would be larger than the reader allows.
        case tooLarge(Int)
    }

    public static func compress(_ bytes: [UInt8], level: Int = level) -> [UInt8] {
        let bound = ZSTD_compressBound(bytes.count)
        return [UInt8](unsafeUninitializedCapacity: bound) { buffer, count in
            let size = ZSTD_compress(
                buffer.baseAddress, bound, bytes, bytes.count, Int32(level))
            precondition(ZSTD_isError(size) == 0, "the bound is enough, and memory is there")
            count = size
        }
    }

    /// - Parameter limit: Bytes that the content may have. No more memory than that is taken,
    ///   whatever the frame says.
    public static func decompress(
        _ bytes: [UInt8], limit: Int
    ) throws(Refusal) -> [UInt8] {
        let stated = ZSTD_getFrameContentSize(bytes, bytes.count)
        // The two largest numbers stand for "not stated" and "no frame".
        guard let size = Int(exactly: stated),
            ZSTD_findFrameCompressedSize(bytes, bytes.count) == bytes.count
        else { throw .malformed }
        guard size <= limit else { throw .tooLarge(size) }
        var found = 0
        let content = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            found = ZSTD_decompress(buffer.baseAddress, size, bytes, bytes.count)
            count = found == size ? size : 0
        }
        guard found == size else { throw .malformed }
        return content
    }
}
