extension Books {
    mutating func applyStation(_ entry: Entry) throws -> [BookRecord] {
        if let enrolled = try entry.content(StationEnrolled.self) {
            guard entry.sequence == 1 else {
                throw BooksError.state(entry.kind, "only entry 1 enrols a station")
            }
            facts.hub = enrolled.hub
            return [facts.record()]
        }
        if let moved = try entry.content(StationMoved.self) {
            facts.hub = moved.hub
            return [facts.record()]
        }
        if let configured = try entry.content(StationConfigured.self) {
            facts.configuration = configured.digest
            return [facts.record()]
        }
        return []
    }
}
