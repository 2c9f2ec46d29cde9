import CSQLite

/// A value to bind to a parameter.
public enum Value: Hashable, Sendable {
    case integer(Int)
    case text(String)
    case blob([UInt8])
    case null

    public init(_ value: Int?) { self = value.map { .integer($0) } ?? .null }
    public init(_ value: String?) { self = value.map { .text($0) } ?? .null }
    public init(_ value: [UInt8]?) { self = value.map { .blob($0) } ?? .null }
}

/// A compiled statement. Each run binds all parameters, and ends with the statement reset: none is
/// left open between two calls, so that the write-ahead log can always be moved.
public struct Statement: ~Copyable {
    private let handle: OpaquePointer
    private let sql: String

    init(_ handle: OpaquePointer, sql: String) {
        self.handle = handle
        self.sql = sql
    }

    deinit { sqlite3_finalize(handle) }

    /// Runs a statement that gives no rows, or whose rows nobody wants.
    public mutating func run(_ values: Value...) throws(SQLiteError) {
        try bind(values)
        defer { reset() }
        while try step() {}
    }

    /// Hands each row to `body`, which says whether it wants the next one.
    public mutating func forEach<Failure: Error>(
        _ values: Value..., body: (borrowing Row) throws(Failure) -> Bool
    ) throws {
        try bind(values)
        defer { reset() }
        while try step() {
            guard try body(Row(handle)) else { return }
        }
    }

    /// What `read` makes of each row.
    public mutating func all<Result>(
        _ values: Value..., read: (borrowing Row) throws -> Result
    ) throws -> [Result] {
        try bind(values)
        defer { reset() }
        var results: [Result] = []
        while try step() { results.append(try read(Row(handle))) }
        return results
    }

    /// What `read` makes of the first row; nil when there is none.
    public mutating func first<Result>(
        _ values: Value..., read: (borrowing Row) -> Result
    ) throws(SQLiteError) -> Result? {
        try bind(values)
        defer { reset() }
        return try step() ? read(Row(handle)) : nil
    }

    private func bind(_ values: [Value]) throws(SQLiteError) {
        let wanted = sqlite3_bind_parameter_count(handle)
        precondition(Int(wanted) == values.count, "\(values.count) values for: \(sql)")
        for (index, value) in values.enumerated() {
            let place = Int32(index + 1)
            let code =
                switch value {
                case .integer(let number): sqlite3_bind_int64(handle, place, Int64(number))
                case .text(let text): bind(text, at: place)
                case .blob(let bytes):
                    shim_bind_blob(handle, place, bytes, Int32(bytes.count))
                case .null: sqlite3_bind_null(handle, place)
                }
            guard code == SQLITE_OK else { throw error(code) }
        }
    }

    private func bind(_ text: String, at place: Int32) -> Int32 {
        var text = text
        return text.withUTF8 { bytes in
            bytes.withMemoryRebound(to: CChar.self) {
                shim_bind_text(handle, place, $0.baseAddress, Int32($0.count))
            }
        }
    }

    /// Whether there is a row.
    private func step() throws(SQLiteError) -> Bool {
        switch sqlite3_step(handle) {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        case let code: throw error(code)
        }
    }

    /// The error of the run before is repeated by SQLite here; it was thrown by `step`.
    private func reset() { sqlite3_reset(handle) }

    private func error(_ code: Int32) -> SQLiteError {
        SQLiteError(sqlite3_db_handle(handle), code: code, sql: sql)
    }
}

/// `Connection.transaction` with statements that are kept, for a connection that commits often.
public struct Transactions: ~Copyable {
    private var begin: Statement
    private var commit: Statement

    public init(_ connection: borrowing Connection) throws(SQLiteError) {
        let begin = try connection.prepare("BEGIN IMMEDIATE")
        let commit = try connection.prepare("COMMIT")
        self.begin = begin
        self.commit = commit
    }

    /// See `Connection.transaction`.
    public mutating func run<Result>(
        _ connection: borrowing Connection, _ body: () throws -> Result
    ) throws -> Result {
        try begin.run()
        do {
            let result = try body()
            try commit.run()
            return result
        } catch {
            try connection.rollBackIfOpen()
            throw error
        }
    }
}

/// The row that a statement stands at, for as long as the closure that was given it runs.
public struct Row: ~Copyable {
    private let handle: OpaquePointer

    init(_ handle: OpaquePointer) { self.handle = handle }

    public func isNull(_ column: Int32) -> Bool {
        sqlite3_column_type(handle, column) == SQLITE_NULL
    }

    /// 0 for null.
    public func integer(_ column: Int32) -> Int { Int(sqlite3_column_int64(handle, column)) }

    /// Empty for null.
    public func text(_ column: Int32) -> String {
        guard let start = sqlite3_column_text(handle, column) else { return "" }
        let count = Int(sqlite3_column_bytes(handle, column))
        return String(
            decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
    }

    /// Empty for null.
    public func blob(_ column: Int32) -> [UInt8] {
        guard let start = sqlite3_column_blob(handle, column) else { return [] }
        let count = Int(sqlite3_column_bytes(handle, column))
        return [UInt8](UnsafeRawBufferPointer(start: start, count: count))
    }
}
