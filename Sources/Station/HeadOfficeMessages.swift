import Journal
import Logging
import Ports
import StationCore
import SyncProtocol

/// Head office's messages, applied only in order: the entry, if any, and the cursor in one
/// transaction.
extension StationState {
    /// - Returns: False where one before it is missing, or the disk takes no entry now: it comes
    ///   again. True where it was applied before, without another effect.
    mutating func apply(_ message: HeadOfficeMessage) async -> Bool {
        guard message.number > local.appliedThrough else { return true }
        guard message.number == local.appliedThrough + 1 else { return false }
        var changes = [LocalChange.appliedThrough(message.number)]
        let facts: MessageFacts
        do { facts = try look(at: message, &changes) } catch {
            logger.error(
                "message not read",
                metadata: [LogKey.message: "\(message.number)", LogKey.error: "\(error)"])
            return false
        }
        let decision = await decide(.message(message, facts), local: changes)
        guard local.appliedThrough == message.number else { return false }
        if let entry = decision.entry, entry.kind == .messageRefused {
            logger.warning("message refused", metadata: [LogKey.message: "\(message.number)"])
        }
        return true
    }

    /// Lists that are to be asked for now: one that came broken not at once again.
    func wantedLists() -> Set<ListKind> {
        missingLists().filter { kind in
            listHolds[kind].map { $0.until <= now.monotonic } ?? true
        }
    }

    /// Lists that are missing here, or came broken.
    func missingLists() -> Set<ListKind> {
        Set(
            ListKind.allCases.filter { kind in
                if listHolds[kind] != nil { return true }
                let booked = kind == .prices ? books.facts.priceList : books.facts.articleList
                guard let booked else { return true }
                let copied = try? journal.reader.copiedList(kind.message)
                return copied != booked
            })
    }

    private mutating func look(
        at message: HeadOfficeMessage, _ changes: inout [LocalChange]
    ) throws -> MessageFacts {
        switch message.kind {
        case .decision:
            guard let decision = try? message.body.decoded(as: OrderDecision.self) else {
                return MessageFacts()
            }
            return MessageFacts(
                wasApplied: try wasApplied(decision.identity), order: try order(decision.order))
        case .floatToppedUp:
            guard let topUp = try? message.body.decoded(as: FloatTopUp.self) else {
                return MessageFacts()
            }
            return MessageFacts(wasApplied: try wasApplied(topUp.identity))
        case .prices:
            return MessageFacts(
                list: try take(message, ListChunk<ProducePrice>.self, .prices, &changes))
        case .articles:
            return MessageFacts(
                list: try take(message, ListChunk<Article>.self, .articles, &changes))
        default:
            return MessageFacts()
        }
    }

    private func wasApplied(_ identity: String) throws(JournalError) -> Bool {
        try journal.reader.record(.decision, key: identity) != nil
    }

    private mutating func take<Item: ListItem>(
        _ message: HeadOfficeMessage, _ type: ListChunk<Item>.Type, _ kind: ListKind,
        _ changes: inout [LocalChange]
    ) throws -> MessageFacts.ListArrival {
        guard let chunk = try? message.body.decoded(as: type), chunk.isWellFormed else {
            holdBack(kind)
            return .none
        }
        let inForce = kind == .prices ? books.facts.priceList : books.facts.articleList
        if let inForce, chunk.list < inForce.list { return .older }
        switch try journal.reader.assemble(chunk) {
        case .incomplete:
            changes.append(
                .stageChunk(
                    message.kind, list: chunk.list, chunk: chunk.chunk,
                    value: message.body.value))
            return .staged
        case .whole(let list, let items):
            changes.append(
                .adoptList(message.kind, list, items: try items.map { try CopiedItem($0) }))
            listHolds[kind] = nil
            return .complete(list, digestAgrees: true)
        case .wrongDigest:
            changes.append(.dropChunks(message.kind))
            holdBack(kind)
            let list = AdoptedList(
                list: chunk.list, validFrom: chunk.validFrom, digest: chunk.digest)
            return .complete(list, digestAgrees: false)
        }
    }

    /// Head office would send the same broken list again and again: it is asked for later, twice
    /// as much later each time.
    private mutating func holdBack(_ kind: ListKind) {
        let wait = listHolds[kind].map { min($0.wait * 2, ListHold.waitMax) } ?? ListHold.waitMin
        listHolds[kind] = ListHold(until: now.monotonic + wait, wait: wait)
    }
}

/// When a list that came broken is asked for again; milliseconds of the monotonic clock.
struct ListHold: Equatable, Sendable {
    static let waitMin = 5_000
    static let waitMax = 600_000

    let until: Int
    let wait: Int
}
