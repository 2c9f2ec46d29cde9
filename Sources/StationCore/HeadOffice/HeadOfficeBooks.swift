extension Books {
    mutating func applyHeadOffice(_ entry: Entry) throws -> [BookRecord] {
        var records: [BookRecord] = []
        if let toppedUp = try entry.content(FloatToppedUp.self) {
            return [decision(toppedUp.decision)]
        }
        if let stated = try entry.content(FloatStated.self) {
            facts.statedFloat = stated.balance
            records.append(facts.record())
        }
        if let limit = try entry.content(LimitSet.self) {
            facts.exposureLimit = limit.exposure
            records.append(facts.record())
        }
        if let prices = try entry.content(PricesAdopted.self) {
            facts.priceList = AdoptedList(
                list: prices.list, validFrom: prices.validFrom, digest: prices.digest)
            records.append(facts.record())
        }
        if let articles = try entry.content(ArticlesAdopted.self) {
            facts.articleList = AdoptedList(
                list: articles.list, validFrom: articles.validFrom, digest: articles.digest)
            records.append(facts.record())
        }
        return records
    }
}
