extension Books {
    mutating func applyVillagers(_ entry: Entry) throws -> [BookRecord] {
        guard let registered = try entry.content(VillagerRegistered.self) else { return [] }
        guard registered.villager.value == facts.nextVillager else {
            throw BooksError.state(entry.kind, "villagers are numbered without gaps")
        }
        facts.nextVillager += 1
        return [
            BookRecord(
                .villager, key: String(registered.villager.value), isOpen: false, registered,
                mayExist: false),
            facts.record(),
        ]
    }
}
