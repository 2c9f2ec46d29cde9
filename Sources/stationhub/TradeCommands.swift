import ArgumentParser
import FoundationEssentials
import Hub
import StationCore

private struct PublishedForm: Encodable {
    let list: Int
    let rows: Int
}

private func text(ofFile path: String) throws -> String {
    guard let bytes = try? Data(contentsOf: URL(fileURLWithPath: path)) else {
        throw Failure("\(path) cannot be read")
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
        throw Failure("\(path) is not UTF-8")
    }
    return text
}

private func published(_ list: Int, _ count: Int, _ what: String) throws -> Report {
    try Report(
        text: "\(what), version \(list): \(count) rows on their way to every station",
        json: PublishedForm(list: list, rows: count))
}

struct Prices: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "What produce fetches.", subcommands: [Set.self, Show.self])

    struct Set: ReportingCommand {
        static let configuration = CommandConfiguration(
            abstract: "Puts a price list in force: CSV or JSON with produce, price and names.",
            discussion: "Yuan for a kilogram: `apple,3.20,Apple,苹果` under "
                + "`produce,price,en,zh-Hans`.")
        static let opening = HubStore.Opening.orMade

        @OptionGroup var file: FileOptions
        @OptionGroup var output: OutputOptions
        @Argument(help: "CSV or JSON, UTF-8.") var list: String

        func report(_ store: HubStore) async throws -> Report {
            let prices = try ListFile.prices(try text(ofFile: list))
            return try published(try await store.publish(prices), prices.count, "price list")
        }
    }

    struct Show: ReportingCommand {
        static let configuration = CommandConfiguration(abstract: "Shows the list in force.")

        @OptionGroup var file: FileOptions
        @OptionGroup var output: OutputOptions

        func report(_ store: HubStore) async throws -> Report {
            let prices = try await store.list(of: ProducePrice.self)
            return try Report(
                text: columns(
                    prices.map {
                        [$0.produce.text, Fen($0.price.count).yuan, $0.name.text(in: .english)]
                    }), json: prices)
        }
    }
}

struct Articles: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "What can be ordered.", subcommands: [Set.self, Show.self])

    struct Set: ReportingCommand {
        static let configuration = CommandConfiguration(
            abstract: "Puts a list of articles in force: CSV or JSON with article, price, names.",
            discussion: "Yuan for one: `6901234567892,45.60,Pot,锅` under "
                + "`article,price,en,zh-Hans`.")
        static let opening = HubStore.Opening.orMade

        @OptionGroup var file: FileOptions
        @OptionGroup var output: OutputOptions
        @Argument(help: "CSV or JSON, UTF-8.") var list: String

        func report(_ store: HubStore) async throws -> Report {
            let articles = try ListFile.articles(try text(ofFile: list))
            return try published(
                try await store.publish(articles), articles.count, "list of articles")
        }
    }

    struct Show: ReportingCommand {
        static let configuration = CommandConfiguration(abstract: "Shows the list in force.")

        @OptionGroup var file: FileOptions
        @OptionGroup var output: OutputOptions

        func report(_ store: HubStore) async throws -> Report {
            let articles = try await store.list(of: Article.self)
            return try Report(
                text: columns(
                    articles.map { [$0.article.text, $0.price.yuan, $0.name.text(in: .english)] }),
                json: articles)
        }
    }
}

private struct SentForm: Encodable {
    let station: String
    let epoch: Int
    let fen: Int
}

private func sent(_ what: String, _ fen: Fen, to id: StationEpoch) throws -> Report {
    try Report(
        text: "\(what) \(fen.yuan) yuan is on its way to station \(id.station)",
        json: SentForm(station: id.station.text, epoch: id.epoch, fen: fen.count))
}

struct Limit: ReportingCommand {
    static let configuration = CommandConfiguration(
        abstract: "Sets how much cash an operator may hold for orders that are not bought.")

    @OptionGroup var file: FileOptions
    @OptionGroup var output: OutputOptions
    @OptionGroup var station: StationOptions
    @Argument(help: "Yuan.") var exposure: Yuan

    func report(_ store: HubStore) async throws -> Report {
        let id = try await station.id(store)
        try await store.setLimit(exposure.fen, of: id)
        return try sent("the limit of", exposure.fen, to: id)
    }
}

struct FloatCommands: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "float", abstract: "The operator's balance with head office.",
        subcommands: [TopUp.self, State.self])

    struct TopUp: ReportingCommand {
        static let configuration = CommandConfiguration(
            abstract: "Money came in for the operator: it is booked at the station, once.")

        @OptionGroup var file: FileOptions
        @OptionGroup var output: OutputOptions
        @OptionGroup var station: StationOptions
        @Argument(help: "Yuan.") var amount: Yuan

        func report(_ store: HubStore) async throws -> Report {
            guard amount.fen > .zero else { throw Failure("a top-up is above zero") }
            let id = try await station.id(store)
            try await store.topUpFloat(amount.fen, of: id)
            return try sent("the top-up of", amount.fen, to: id)
        }
    }

    struct State: ReportingCommand {
        static let configuration = CommandConfiguration(
            abstract: "Says what the balance is here; the station shows the difference.")

        @OptionGroup var file: FileOptions
        @OptionGroup var output: OutputOptions
        @OptionGroup var station: StationOptions
        @Argument(help: "Yuan; less than nothing behind two dashes: -- -12.50")
        var balance: SignedYuan

        func report(_ store: HubStore) async throws -> Report {
            let id = try await station.id(store)
            try await store.stateFloat(balance.fen, of: id)
            return try sent("the balance of", balance.fen, to: id)
        }
    }
}

struct Orders: ReportingCommand {
    static let configuration = CommandConfiguration(
        abstract: "Lists the orders that wait for a decision.")

    @OptionGroup var file: FileOptions
    @OptionGroup var output: OutputOptions
    @Flag(help: "Those that are decided, too.") var all = false

    private struct Form: Encodable {
        let order: String
        let total: Int
        let lines: [OrderLine]
        let verdict: String?
        let cost: Int?
    }

    func report(_ store: HubStore) async throws -> Report {
        let orders = try await store.orders(waiting: !all)
        let rows = orders.map { order in
            [
                "\(order.id.station)/\(order.name)", order.paid.total.yuan,
                order.verdict.map { verdict in
                    verdict.rawValue + (order.cost.map { " for \($0.yuan)" } ?? "")
                } ?? "waits",
                order.paid.lines.map { "\($0.quantity) x \($0.name)" }.joined(separator: ", "),
            ]
        }
        return try Report(
            text: orders.isEmpty ? (all ? "no order yet" : "no order waits") : columns(rows),
            json: orders.map { order in
                Form(
                    order: "\(order.id.station)/\(order.name)", total: order.paid.total.count,
                    lines: order.paid.lines, verdict: order.verdict?.rawValue,
                    cost: order.cost?.count)
            })
    }
}

/// `990001/1-42`, as `orders` prints it.
struct OrderName: ExpressibleByArgument {
    let station: StationNumber
    let name: EntryName

    init?(argument: String) {
        let parts = argument.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let station = StationNumber(String(parts[0])),
            let name = EntryName(String(parts[1]))
        else { return nil }
        self.station = station
        self.name = name
    }
}

struct Decide: ReportingCommand {
    static let configuration = CommandConfiguration(
        abstract: "Decides an order, once: it goes down to its station.")

    enum Verdict: String, ExpressibleByArgument, CaseIterable { case bought, rejected }

    @OptionGroup var file: FileOptions
    @OptionGroup var output: OutputOptions
    @Argument(help: "As `orders` prints it: 990001/1-42.") var order: OrderName
    @Argument(help: "bought or rejected.") var verdict: Verdict
    @Option(help: "Yuan that were paid; what the villager paid when not given.") var cost: Yuan?

    func validate() throws {
        if verdict == .rejected, cost != nil {
            throw ValidationError("an order that is rejected costs nothing")
        }
    }

    private struct Form: Encodable {
        let order: String
        let verdict: String
        let cost: Int?
    }

    func report(_ store: HubStore) async throws -> Report {
        let decision = try await decision(store)
        try await store.decide(order.name, of: order.station, decision)
        let name = "\(order.station)/\(order.name)"
        return switch decision {
        case .bought(let cost):
            try Report(
                text: "order \(name): bought for \(cost.yuan) yuan",
                json: Form(order: name, verdict: verdict.rawValue, cost: cost.count))
        case .rejected:
            try Report(
                text: "order \(name): rejected",
                json: Form(order: name, verdict: verdict.rawValue, cost: nil))
        }
    }

    private func decision(_ store: HubStore) async throws -> OrderVerdict {
        guard verdict == .bought else { return .rejected }
        if let cost { return .bought(cost: cost.fen) }
        let found = try await store.orders(waiting: false).first {
            $0.id.station == order.station && $0.name == order.name
        }
        guard let found else { throw HubError.unknownOrder(order.station, order.name) }
        return .bought(cost: found.paid.total)
    }
}
