import Cryptography
public import StationCore

/// A list's digest and its way down in chunks.
public enum ListDigest {
    /// SHA-256 over the canonical form of the array of all items, hexadecimal.
    ///
    /// - Throws: `EncodingError` for an item that the canonical form does not allow.
    public static func of(_ items: [some ListItem]) throws -> String {
        of(values: try items.map { try CanonicalCoding.encode($0) })
    }

    /// The same of items that are encoded already.
    public static func of(values: [CanonicalValue]) -> String {
        Hex.encode(SHA256.digest(CanonicalForm.bytes(of: .array(values))))
    }
}

extension ListChunk {
    /// Bytes of canonical JSON that a chunk's items fill, unless a single one is larger: a chunk
    /// gets through a window of a few seconds.
    public static var sizeMax: Int { 2_048 }

    /// The whole list as chunks; an empty list is one chunk without items.
    ///
    /// - Throws: `EncodingError` for an item that the canonical form does not allow.
    public static func chunks(of items: [Item], list: Int, validFrom: Int) throws -> [ListChunk] {
        var groups: [[Item]] = [[]]
        var size = 0
        for item in items {
            let length = CanonicalForm.bytes(of: try CanonicalCoding.encode(item)).count + 1
            if size + length > sizeMax, size > 0 {
                groups.append([])
                size = 0
            }
            groups[groups.count - 1].append(item)
            size += length
        }
        let digest = try ListDigest.of(items)
        return groups.enumerated().map { number, group in
            ListChunk(
                list: list, validFrom: validFrom, chunk: number, chunkCount: groups.count,
                digest: digest, items: group)
        }
    }
}
