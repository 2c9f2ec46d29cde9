extension Counter {
    /// What a message of head office comes to: one entry, or none for a chunk of a list that is
    /// not whole yet. What cannot be applied becomes `station.messageRefused` and never stops
    /// what follows.
    func apply(
        _ message: HeadOfficeMessage, _ facts: MessageFacts, at moment: Moment
    ) -> Decision {
        do throws(MessageFailure) {
            guard let entry = try draft(for: message, facts) else { return Decision() }
            guard books.allow(entry, at: moment) else { throw MessageFailure(.ledger) }
            return Decision(entry: entry)
        } catch {
            let refused = MessageRefused(number: message.number, reason: error.reason)
            return Decision(
                entry: StationCore.draft(refused, by: .station, []))
        }
    }

    private struct MessageFailure: Error {
        let reason: MessageRefusal
        init(_ reason: MessageRefusal) { self.reason = reason }
    }

    private func draft(
        for message: HeadOfficeMessage, _ facts: MessageFacts
    ) throws(MessageFailure) -> EntryDraft? {
        switch message.kind {
        case .articles, .prices:
            return try listDraft(message.kind, facts.list)
        case .decision:
            return try decisionDraft(body(OrderDecision.self, message), facts)
        case .floatToppedUp:
            let topUp = try body(FloatTopUp.self, message)
            guard !facts.wasApplied else { throw MessageFailure(.repeated) }
            guard topUp.amount > .zero else { throw MessageFailure(.malformed) }
            return StationCore.draft(
                FloatToppedUp(amount: topUp.amount, decision: topUp.identity), by: .headOffice,
                [
                    Posting(.float, topUp.amount.count),
                    Posting(.operatorEquity, -topUp.amount.count),
                ])
        case .floatStated:
            return StationCore.draft(
                FloatStated(balance: try body(FloatStatement.self, message).balance),
                by: .headOffice, [])
        case .limit:
            let limit = try body(ExposureLimit.self, message)
            guard limit.exposure >= .zero else { throw MessageFailure(.malformed) }
            return StationCore.draft(
                LimitSet(exposure: limit.exposure), by: .headOffice, [])
        default:
            throw MessageFailure(.unknownKind)
        }
    }

    private func body<Body: Decodable>(
        _ type: Body.Type, _ message: HeadOfficeMessage
    ) throws(MessageFailure) -> Body {
        do { return try message.body.decoded(as: type) } catch {
            throw MessageFailure(.malformed)
        }
    }

    private func listDraft(
        _ kind: HeadOfficeMessage.Kind, _ arrival: MessageFacts.ListArrival
    ) throws(MessageFailure) -> EntryDraft? {
        switch arrival {
        case .none: throw MessageFailure(.malformed)
        case .older: throw MessageFailure(.olderList)
        case .staged: return nil
        case .complete(_, digestAgrees: false): throw MessageFailure(.digest)
        case .complete(let list, digestAgrees: true):
            return kind == .prices
                ? StationCore.draft(
                    PricesAdopted(
                        list: list.list, validFrom: list.validFrom, digest: list.digest),
                    by: .headOffice, [])
                : StationCore.draft(
                    ArticlesAdopted(
                        list: list.list, validFrom: list.validFrom, digest: list.digest),
                    by: .headOffice, [])
        }
    }

    private func decisionDraft(
        _ decision: OrderDecision, _ facts: MessageFacts
    ) throws(MessageFailure) -> EntryDraft? {
        guard !facts.wasApplied else { throw MessageFailure(.repeated) }
        guard let order = books.orders[decision.order] ?? facts.order else {
            throw MessageFailure(.unknownOrder)
        }
        switch decision.verdict {
        case .bought:
            guard order.state.next(.bought) != nil else { throw MessageFailure(.wrongState) }
            guard let cost = decision.cost, cost >= .zero else {
                throw MessageFailure(.malformed)
            }
            guard cost <= order.total else { throw MessageFailure(.ledger) }
            return StationCore.draft(
                OrderBought(
                    language: order.language, order: order.name, decision: decision.identity,
                    lines: order.lines, total: order.total, cost: cost),
                by: .headOffice,
                [
                    Posting(.prepaid(order.name), order.total.count),
                    Posting(.float, -cost.count),
                    Posting(.refundOwed(order.name), cost.count - order.total.count),
                ])
        case .rejected:
            guard order.state.next(.rejected) != nil else { throw MessageFailure(.wrongState) }
            return StationCore.draft(
                OrderRejected(
                    language: order.language, order: order.name, decision: decision.identity,
                    lines: order.lines, refund: order.total),
                by: .headOffice,
                [
                    Posting(.prepaid(order.name), order.total.count),
                    Posting(.refundOwed(order.name), -order.total.count),
                ])
        }
    }
}
