import SQLite

/// An object of the file as `sqlite_schema` has it.
struct SchemaObject: Hashable {
    /// `table`, `index`, `trigger` or `view`.
    let type: String
    let name: String
    let sql: String

    var label: String { "\(type) \(name)" }

    /// Made from the entries, so that it can be made again.
    var isProjection: Bool { ["balance", "record"].contains(name) }

    /// Without what SQLite writes otherwise when a table was renamed, as at a rebuild's end.
    var spelling: String { sql.filter { !$0.isWhitespace && $0 != "\"" } }
}

/// How a file is not laid out as `Schema` has it.
enum SchemaDifference: Hashable, CustomStringConvertible {
    case missing(SchemaObject)
    /// It stands with another definition.
    case changed(SchemaObject)
    case foreign(SchemaObject)

    var description: String {
        switch self {
        case .missing(let object): "\(object.label) is missing"
        case .changed(let object): "\(object.label) is not defined as it must be"
        case .foreign(let object): "\(object.label) is none of the journal's"
        }
    }
}

extension Schema {
    /// What an interrupted rebuild leaves to go on with.
    private static let namesOfRebuild: Set<String> = ["rebuild", "balance_shadow", "record_shadow"]

    /// Compares the file with one of this schema that is made in memory.
    static func differences(
        _ connection: borrowing Connection, version: Int
    ) throws -> [SchemaDifference] {
        let pattern = try Connection(path: ":memory:", mode: .create)
        for step in migrations.prefix(version) { try pattern.execute(step) }
        let wanted = try objects(pattern)
        let found = try objects(connection)
        let foundByLabel = Dictionary(found.map { ($0.label, $0) }) { first, _ in first }
        let labels = Set(wanted.map(\.label))
        let differing = wanted.compactMap { object -> SchemaDifference? in
            guard let stands = foundByLabel[object.label] else { return .missing(object) }
            return stands.spelling == object.spelling ? nil : .changed(object)
        }
        let foreign = found.filter {
            !labels.contains($0.label) && !namesOfRebuild.contains($0.name)
        }
        return differing + foreign.map { .foreign($0) }
    }

    /// In the order in which they were made: a table before its index and triggers.
    private static func objects(_ connection: borrowing Connection) throws -> [SchemaObject] {
        var select = try connection.prepare(
            "SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY rowid")
        return try select.all { row in
            SchemaObject(type: row.text(0), name: row.text(1), sql: row.text(2))
        }
    }

    /// Makes again what can be made again without losing anything: a trigger, which only refuses,
    /// and projections, which are empty then and ask for a rebuild.
    ///
    /// - Returns: What was made again, for people; it was not this program that took it away.
    /// - Throws: `.damaged` for anything else that keeps entries from being safe here.
    static func mend(_ connection: borrowing Connection) throws -> [String] {
        var gone: [SchemaObject] = []
        for difference in try differences(connection, version: version) {
            switch difference {
            case .missing(let object) where object.type == "trigger" || object.isProjection:
                gone.append(object)
            case .foreign(let object) where object.type != "trigger":
                // Somebody's own index or table changes nothing of ours; `verify` says it.
                break
            case .missing, .changed, .foreign:
                throw JournalError.damaged(difference.description)
            }
        }
        guard !gone.isEmpty else { return [] }
        try connection.transaction {
            for object in gone { try connection.execute(object.sql) }
            if gone.contains(where: \.isProjection) {
                try connection.execute(
                    """
                    DELETE FROM balance; DELETE FROM record;
                    UPDATE local SET value = 0 WHERE key GLOB 'projection*';
                    """)
            }
        }
        return gone.map(\.label)
    }
}
