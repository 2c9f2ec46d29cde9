public import StationCore

/// Entries on their way to head office, like beside like: one column for each member, bodies and
/// postings by shape (kind, version and the names of the body's members), times as differences.
/// What the request's head says (station, epoch, first sequence) and what can be worked out there
/// (hashes) is left out. docs/sync-protocol.md has the layout and an example.
public enum Batch {
    /// Entries in one batch at the most.
    public static let countMax = 1_000
    /// Bytes of the columns at the most, uncompressed.
    public static let sizeMax = 1 << 20
    /// Bytes of a request's body at the most.
    public static let compressedSizeMax = 256 << 10

    /// The columns as JSON, not compressed yet; empty for no entry.
    ///
    /// - Parameter entries: One after the other, of one station and epoch.
    public static func columns(of entries: [Entry]) -> [UInt8] {
        entries.isEmpty ? [] : CanonicalForm.bytes(of: Columns(entries).value)
    }

    /// The entries, exactly as they were.
    ///
    /// - Parameter count: As the request's head says.
    public static func entries(
        fromColumns bytes: [UInt8], station: StationNumber, epoch: Int, first: Int, count: Int
    ) throws(BatchRefusal) -> [Entry] {
        guard (0...countMax).contains(count) else { throw .count(count) }
        if count == 0 {
            guard bytes.isEmpty else { throw .column("body") }
            return []
        }
        let value: CanonicalValue
        do { value = try CanonicalForm.value(parsing: bytes) } catch { throw .json(error) }
        var reader = try ColumnReader(value, count: count)
        var entries: [Entry] = []
        entries.reserveCapacity(count)
        for index in 0..<count {
            let members = try reader.next().merging([
                "station": .string(station.text), "epoch": .integer(epoch),
                "sequence": .integer(first + index),
            ]) { own, _ in own }
            do {
                entries.append(try Entry(.object(members)))
            } catch {
                throw .entry(sequence: first + index, error)
            }
        }
        try reader.end()
        return entries
    }
}

/// Why bytes are no batch.
public enum BatchRefusal: Error, Equatable, Sendable, CustomStringConvertible {
    case count(Int)
    case json(CanonicalRefusal)
    /// That column is missing, of another type, or too long or short for the count.
    case column(String)
    case entry(sequence: Int, EntryFormError)

    public var description: String {
        switch self {
        case .count(let count): "a batch has no \(count) entries"
        case .json(let refusal): "columns: \(refusal)"
        case .column(let name): "column \(name)"
        case .entry(let sequence, let error): "entry \(sequence): \(error)"
        }
    }
}

/// The columns being filled.
private struct Columns {
    private struct Shape {
        let kind: EntryKind
        let version: Int
        let fields: [String]

        /// Bytes, since texts that differ in Unicode normalization alone are equal as `String`.
        var key: [UInt8] {
            CanonicalForm.bytes(
                of: .array(
                    [.string(kind.rawValue), .integer(version)] + fields.map { .string($0) }))
        }
    }

    private struct Rows {
        var operators: [CanonicalValue] = []
        var postings: [CanonicalValue] = []
        var values: [[CanonicalValue]]
    }

    let value: CanonicalValue

    init(_ entries: [Entry]) {
        var shapes: [Shape] = []
        var numbers: [[UInt8]: Int] = [:]
        var rows: [Rows] = []
        var order: [CanonicalValue] = []
        for entry in entries {
            var members: [String: CanonicalValue] = [:]
            if case .object(let found) = entry.body { members = found }
            let shape = Shape(
                kind: entry.kind, version: entry.version, fields: members.keys.sorted())
            let number = numbers[shape.key] ?? shapes.count
            if number == shapes.count {
                numbers[shape.key] = number
                shapes.append(shape)
                rows.append(Rows(values: shape.fields.map { _ in [] }))
            }
            order.append(.integer(number))
            rows[number].operators.append(.integer(entry.actor.number))
            rows[number].postings.append(Columns.postings(entry.postings))
            for (index, field) in shape.fields.enumerated() {
                rows[number].values[index].append(members[field] ?? .empty)
            }
        }
        let times = entries.map(\.moment.time)
        let steps = Columns.differences(times)
        let areExact = steps.allSatisfy { $0.magnitude <= CanonicalValue.integerMax }
        value = .object([
            "boot": Columns.runs(entries.map(\.boot)),
            "monotonic": .array(
                Columns.differences(entries.map(\.moment.monotonic)).map { .integer($0) }),
            "order": .array(order),
            "quality": Columns.runs(entries.map(\.moment.quality.rawValue)),
            "shapes": .array(zip(shapes, rows).map { Columns.shape($0, $1) }),
            areExact ? "time" : "times": .array((areExact ? steps : times).map { .integer($0) }),
        ])
    }

    private static func shape(_ shape: Shape, _ rows: Rows) -> CanonicalValue {
        .object([
            "columns": .array(rows.values.map { .array($0) }),
            "fields": .array(shape.fields.map { .string($0) }),
            "kind": .string(shape.kind.rawValue),
            "operators": .array(rows.operators),
            "postings": .array(rows.postings),
            "version": .integer(shape.version),
        ])
    }

    private static func postings(_ postings: Postings) -> CanonicalValue {
        .array(
            postings.lines.map {
                .array([.string($0.account.path), .integer($0.amount), .string($0.unit.name)])
            })
    }

    /// The first value, then what each adds to the one before.
    private static func differences(_ values: [Int]) -> [Int] {
        zip(values, [0] + values).map { $0 - $1 }
    }

    /// `[value, how often, value, how often, ...]`.
    private static func runs(_ values: [String]) -> CanonicalValue {
        var runs: [CanonicalValue] = []
        var length = 0
        for (index, value) in values.enumerated() {
            length += 1
            if index + 1 == values.count
                || !values[index + 1].utf8.elementsEqual(value.utf8)
            {
                runs += [.string(value), .integer(length)]
                length = 0
            }
        }
        return .array(runs)
    }
}

/// Reads the columns row by row.
private struct ColumnReader {
    private struct Shape {
        let kind: CanonicalValue
        let version: CanonicalValue
        let fields: [String]
        let operators: [CanonicalValue]
        let postings: [CanonicalValue]
        let values: [[CanonicalValue]]
        var row = 0
    }

    private let boots: [CanonicalValue]
    private let qualities: [CanonicalValue]
    private let times: [Int]
    private let monotonics: [Int]
    private let order: [Int]
    private var shapes: [Shape]
    private var index = 0

    init(_ value: CanonicalValue, count: Int) throws(BatchRefusal) {
        guard case .object(let members) = value else { throw .column("body") }
        let names: Set = ["boot", "monotonic", "order", "quality", "shapes", "time", "times"]
        if let unknown = members.keys.sorted().first(where: { !names.contains($0) }) {
            throw .column(unknown)
        }
        func integers(_ name: String) throws(BatchRefusal) -> [Int] {
            let numbers = members[name]?.array?.compactMap(\.integer) ?? []
            guard numbers.count == count, members[name]?.array?.count == count else {
                throw .column(name)
            }
            return numbers
        }
        boots = try ColumnReader.expand(members, "boot", count)
        qualities = try ColumnReader.expand(members, "quality", count)
        monotonics = try ColumnReader.sums(try integers("monotonic"), "monotonic")
        if members["times"] != nil {
            guard members["time"] == nil else { throw .column("times") }
            times = try integers("times")
        } else {
            times = try ColumnReader.sums(try integers("time"), "time")
        }
        order = try integers("order")
        guard let rows = members["shapes"]?.array, rows.count <= count else {
            throw .column("shapes")
        }
        shapes = []
        for row in rows { shapes.append(try ColumnReader.shape(row)) }
    }

    /// The members of the next entry but those of the request's head.
    mutating func next() throws(BatchRefusal) -> [String: CanonicalValue] {
        defer { index += 1 }
        guard shapes.indices.contains(order[index]) else { throw .column("order") }
        let shape = shapes[order[index]]
        guard shape.row < shape.operators.count else { throw .column("operators") }
        shapes[order[index]].row += 1
        var body: [String: CanonicalValue] = [:]
        for (field, values) in zip(shape.fields, shape.values) { body[field] = values[shape.row] }
        return [
            "body": .object(body), "boot": boots[index], "kind": shape.kind,
            "monotonic": .integer(monotonics[index]), "operator": shape.operators[shape.row],
            "postings": shape.postings[shape.row], "quality": qualities[index],
            "time": .integer(times[index]), "version": shape.version,
        ]
    }

    /// Holds that nothing is left over.
    func end() throws(BatchRefusal) {
        guard shapes.allSatisfy({ $0.row == $0.operators.count }) else { throw .column("shapes") }
    }

    private static func shape(_ value: CanonicalValue) throws(BatchRefusal) -> Shape {
        guard case .object(let members) = value, members.count == 6, let kind = members["kind"],
            let version = members["version"]
        else { throw .column("shapes") }
        let fields = members["fields"]?.array?.compactMap(\.string) ?? []
        let columns = members["columns"]?.array?.compactMap(\.array) ?? []
        guard members["fields"]?.array?.count == fields.count, Set(fields).count == fields.count
        else { throw .column("fields") }
        guard members["columns"]?.array?.count == fields.count, columns.count == fields.count
        else { throw .column("columns") }
        guard let operators = members["operators"]?.array, !operators.isEmpty else {
            throw .column("operators")
        }
        guard let postings = members["postings"]?.array, postings.count == operators.count else {
            throw .column("postings")
        }
        guard columns.allSatisfy({ $0.count == operators.count }) else { throw .column("columns") }
        return Shape(
            kind: kind, version: version, fields: fields, operators: operators,
            postings: postings, values: columns)
    }

    private static func expand(
        _ members: [String: CanonicalValue], _ name: String, _ count: Int
    ) throws(BatchRefusal) -> [CanonicalValue] {
        guard let runs = members[name]?.array, runs.count.isMultiple(of: 2) else {
            throw .column(name)
        }
        var values: [CanonicalValue] = []
        for index in stride(from: 0, to: runs.count, by: 2) {
            guard let length = runs[index + 1].integer, length >= 1, length <= count - values.count
            else { throw .column(name) }
            values += [CanonicalValue](repeating: runs[index], count: length)
        }
        guard values.count == count else { throw .column(name) }
        return values
    }

    private static func sums(_ steps: [Int], _ name: String) throws(BatchRefusal) -> [Int] {
        var values: [Int] = []
        var value = 0
        for step in steps {
            value += step
            guard value.magnitude <= CanonicalValue.integerMax else { throw .column(name) }
            values.append(value)
        }
        return values
    }
}
