import Cryptography
import SQLite
import StationCore
public import SyncProtocol

/// Head office's end of one exchange: checks a request, has it stored, and answers. Knows no HTTP
/// library.
public struct Door: Sendable {
    private let store: HubStore

    public init(store: HubStore) { self.store = store }

    public struct Request: Sendable {
        /// As in the path.
        public let station: String
        /// The value of `Station-Sync`.
        public let header: String?
        /// The value of `Content-Encoding`.
        public let encoding: String?
        public let body: [UInt8]

        public init(station: String, header: String?, encoding: String?, body: [UInt8]) {
            self.station = station
            self.header = header
            self.encoding = encoding
            self.body = body
        }
    }

    public enum Answer: Sendable {
        /// 200: the batch was taken, and is on the disk.
        case taken(StationEpoch, SyncAnswer)
        /// 409: another one is next.
        case other(StationEpoch, SyncAnswer)
        case refused(SyncProblem)

        public var status: Int {
            switch self {
            case .taken: 200
            case .other: 409
            case .refused(let problem): problem.kind.status
            }
        }
    }

    /// - Throws: What the store throws: nothing was changed, the request may be repeated.
    public func answer(_ request: Request) async throws -> Answer {
        do {
            let (signed, header) = try read(request)
            let id = StationEpoch(station: signed.head.station, epoch: signed.head.epoch)
            guard let binding = try await store.binding(id) else {
                throw SyncProblem(.unknownStation, "\(id)")
            }
            let columns = try unpack(request, count: signed.head.count)
            guard let key = try key(for: signed, columns: columns, binding) else {
                // The token is right, but entry 1 with the key is not here: it comes first.
                return .other(id, await nothingYet())
            }
            let outcome = try await store.take(
                HubStore.Delivery(
                    head: signed.head, header: header, compressed: request.body, columns: columns,
                    key: key))
            return switch outcome {
            case .taken(let answer): .taken(id, answer)
            case .other(let answer): .other(id, answer)
            }
        } catch let problem as SyncProblem {
            return .refused(problem)
        }
    }

    private func read(_ request: Request) throws(SyncProblem) -> (SignedHead, header: String) {
        guard let station = StationNumber(request.station) else {
            throw SyncProblem(.unknownStation, "a station has six digits")
        }
        guard let header = request.header else {
            throw .malformed("header \(SyncHead.headerName)")
        }
        return (try SignedHead(header: header, station: station), header)
    }

    private func unpack(_ request: Request, count: Int) throws(SyncProblem) -> [UInt8] {
        guard request.body.count <= Batch.compressedSizeMax else {
            throw SyncProblem(.tooLarge, "a body has \(Batch.compressedSizeMax) bytes at the most")
        }
        if count == 0 {
            guard request.body.isEmpty else { throw .malformed("an empty batch has no body") }
            return []
        }
        guard request.encoding == "zstd" else {
            throw .malformed("Content-Encoding: a body comes as zstd")
        }
        do {
            return try Zstandard.decompress(request.body, limit: Batch.sizeMax)
        } catch .tooLarge {
            throw SyncProblem(.tooLarge, "a batch has \(Batch.sizeMax) bytes at the most")
        } catch {
            throw .malformed("body: one whole Zstandard frame that states its size")
        }
    }

    /// The key by which the request is signed: the one that entry 1 brought, now or before.
    private func key(
        for signed: SignedHead, columns: [UInt8], _ binding: HubStore.Binding
    ) throws -> Ed25519.PublicKey? {
        let head = signed.head
        if let token = head.token {
            guard isEqualInConstantTime(Array(token.utf8), Array(binding.token.utf8)) else {
                throw SyncProblem(.tokenRefused, "unknown token")
            }
        }
        if let key = binding.key {
            guard signed.isSigned(by: key, columns: columns) else {
                throw SyncProblem(
                    head.token == nil ? .signature : .tokenRefused, "enrolled with another key")
            }
            return key
        }
        guard head.token != nil else {
            throw SyncProblem(.tokenRefused, "not enrolled, and no token")
        }
        guard head.first == 1, head.count > 0 else { return nil }
        let key = try enrolledKey(head, columns: columns)
        guard signed.isSigned(by: key, columns: columns) else {
            throw SyncProblem(.signature, "not signed by the key of entry 1")
        }
        return key
    }

    private func enrolledKey(
        _ head: SyncHead, columns: [UInt8]
    ) throws(SyncProblem) -> Ed25519.PublicKey {
        let entries: [Entry]
        do {
            entries = try Batch.entries(
                fromColumns: columns, station: head.station, epoch: head.epoch, first: head.first,
                count: head.count)
        } catch { throw .malformed("\(error)") }
        guard let enrolled = try? entries.first?.content(StationEnrolled.self),
            let raw = Base64.decode(enrolled.key), let key = try? Ed25519.PublicKey(raw: raw)
        else { throw .malformed("entry 1 is no station.enrolled") }
        return key
    }

    private func nothingYet() async -> SyncAnswer {
        SyncAnswer(
            acknowledgedThrough: 0, head: nil, time: store.now(), messages: [], waiting: 0)
    }
}
