import SQLite

/// A database as text that makes it anew: what is kept of a schema for years can be read, and what
/// changes in it is seen.
enum SQLScript {
    static func of(_ connection: borrowing Connection) throws -> String {
        var lines: [String] = []
        for pragma in ["page_size", "application_id", "user_version"] {
            let value = try connection.integer("PRAGMA \(pragma)") ?? 0
            lines.append("PRAGMA \(pragma) = \(value)")
        }
        lines.append("BEGIN")
        // Tables first, then their rows: a trigger would not let rows in afterwards in any order.
        lines += try texts(connection, "SELECT sql FROM sqlite_schema WHERE type = 'table'")
        for table in try texts(connection, "SELECT name FROM sqlite_schema WHERE type = 'table'") {
            let columns = try texts(connection, "SELECT name FROM pragma_table_info('\(table)')")
            let values = columns.map { "quote(\($0))" }.joined(separator: " || ', ' || ")
            lines += try texts(
                connection,
                "SELECT 'INSERT INTO \(table) VALUES (' || \(values) || ')' FROM \(table)")
        }
        lines += try texts(
            connection,
            "SELECT sql FROM sqlite_schema WHERE type IN ('index', 'trigger') AND sql IS NOT NULL")
        lines.append("COMMIT")
        return lines.map { $0 + ";\n" }.joined()
    }

    private static func texts(
        _ connection: borrowing Connection, _ query: String
    ) throws -> [String] {
        var select = try connection.prepare(query)
        return try select.all { $0.text(0) }
    }
}
