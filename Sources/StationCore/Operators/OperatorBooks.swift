extension Books {
    mutating func applyOperators(_ entry: Entry) throws -> [BookRecord] {
        guard let issued = try entry.content(BadgeIssued.self) else { return [] }
        return [
            BookRecord(.operator, key: String(issued.operator), isOpen: false, issued)
        ]
    }
}
