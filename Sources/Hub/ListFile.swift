public import StationCore
import SyncProtocol

/// A price list or a list of articles as a person writes it: CSV with a head line, or a JSON array
/// of objects with the same names. Money is in yuan, as text: `3.20`.
///
///     produce,price,en,zh-Hans
///     apple,3.20,Apple,苹果
public enum ListFile {
    /// Everything that is wrong, each with its place and what is allowed.
    public struct Refusal: Error, Hashable, Sendable, CustomStringConvertible {
        public let problems: [String]
        public var description: String { problems.joined(separator: "\n") }
    }

    /// Rows in a list at the most: what a small board shows without being slow.
    public static let rowCountMax = 10_000

    public static func prices(_ text: String) throws(Refusal) -> [ProducePrice] {
        try read(text, key: "produce") { row, name in
            guard let produce = ProduceCode(row.code) else { return nil }
            return ProducePrice(
                produce: produce, name: name, price: FenPerKilogram(row.price.count))
        }
    }

    public static func articles(_ text: String) throws(Refusal) -> [Article] {
        try read(text, key: "article") { row, name in
            guard let article = ArticleCode(row.code) else { return nil }
            return Article(article: article, name: name, price: row.price)
        }
    }

    private struct Row {
        let code: String
        let price: Fen
    }

    private static func read<Item: ListItem>(
        _ text: String, key: String, make: (Row, LocalizedName) -> Item?
    ) throws(Refusal) -> [Item] {
        let text = text.hasPrefix("\u{feff}") ? String(text.dropFirst()) : text
        let isJSON = text.first { !$0.isWhitespace } == "["
        let languages = Language.allCases.map(\.rawValue)
        let rows = isJSON ? try jsonRows(text) : try csvRows(text, [key, "price"] + languages)
        guard rows.count <= rowCountMax else {
            throw Refusal(problems: ["\(rows.count) rows; \(rowCountMax) are allowed"])
        }
        var problems: [String] = []
        var items: [Item] = []
        var places: [String: String] = [:]
        for (place, fields) in rows {
            for name in fields.keys.sorted()
            where name != key && name != "price" && !languages.contains(name) {
                problems.append(
                    "\(place): \"\(name)\" is none of \(key), price, "
                        + languages.joined(separator: ", "))
            }
            let code = fields[key] ?? ""
            let price = fields["price"].flatMap { Fen(yuan: $0) }
            let names = fields.filter { languages.contains($0.key) && !$0.value.isEmpty }
            if price.map({ !(1...Item.priceMax).contains($0.count) }) ?? true {
                problems.append(
                    "\(place): price \"\(fields["price"] ?? "")\" is not in yuan, above zero and at "
                        + "most a million, with at most two decimals, such as 3.20")
            }
            guard let name = LocalizedName(names) else {
                problems.append(
                    "\(place): no name in \(languages.joined(separator: ", "))")
                continue
            }
            guard let item = make(Row(code: code, price: price ?? .zero), name) else {
                problems.append(
                    "\(place): \(key) \"\(code)\" is not 1 to 40 letters, digits or hyphens")
                continue
            }
            if let first = places.updateValue(place, forKey: item.key) {
                problems.append("\(place): \(key) \"\(code)\" stands in \(first) already")
            }
            items.append(item)
        }
        guard problems.isEmpty else { throw Refusal(problems: problems) }
        return items
    }

    private typealias Rows = [(place: String, fields: [String: String])]

    private static func jsonRows(_ text: String) throws(Refusal) -> Rows {
        let value: CanonicalValue
        do { value = try CanonicalForm.value(parsing: Array(text.utf8)) } catch {
            let line = text.utf8.prefix(error.offset).count { $0 == 0x0a } + 1
            throw Refusal(
                problems: [
                    "line \(line): \(error.reason.rawValue); a JSON array of objects is allowed, "
                        + "prices as text: \"3.20\""
                ])
        }
        var rows: Rows = []
        var problems: [String] = []
        for (index, element) in (value.array ?? []).enumerated() {
            let place = "item \(index + 1)"
            guard case .object(let members) = element else {
                problems.append("\(place): an object is allowed")
                continue
            }
            var fields: [String: String] = [:]
            for (name, member) in members {
                guard let text = member.string else {
                    problems.append("\(place): \"\(name)\" is no text; write \"3.20\"")
                    continue
                }
                fields[name] = text
            }
            rows.append((place, fields))
        }
        guard problems.isEmpty else { throw Refusal(problems: problems.sorted()) }
        return rows
    }

    /// - Parameter names: The first two must stand in the head line.
    private static func csvRows(_ text: String, _ names: [String]) throws(Refusal) -> Rows {
        var lines = try csvLines(text)
        guard !lines.isEmpty else { throw Refusal(problems: ["the file is empty"]) }
        let head = lines.removeFirst().fields
        guard Set(head).count == head.count else {
            throw Refusal(problems: ["line 1: a name stands twice in the head line"])
        }
        var rows: Rows = []
        for (line, fields) in lines {
            guard fields.count == head.count else {
                throw Refusal(
                    problems: ["line \(line): \(fields.count) fields; \(head.count) are allowed"])
            }
            rows.append(
                ("line \(line)", Dictionary(zip(head, fields)) { first, _ in first }))
        }
        guard names.prefix(2).allSatisfy(head.contains) else {
            throw Refusal(
                problems: [
                    "line 1: the head line has \(names[0]), \(names[1]), and some of "
                        + names.dropFirst(2).joined(separator: ", ")
                ])
        }
        guard !rows.isEmpty else {
            throw Refusal(problems: ["no row; a list is emptied by [] as JSON"])
        }
        return rows
    }

    /// Fields of RFC 4180; empty lines are left out.
    private static func csvLines(
        _ text: String
    ) throws(Refusal) -> [(line: Int, fields: [String])] {
        var lines: [(line: Int, fields: [String])] = []
        var fields: [String] = []
        var field = ""
        var line = 1
        var start = 1
        var isQuoted = false
        var wasQuoted = false
        func endLine() {
            let isEmpty = fields.isEmpty && field.isEmpty && !wasQuoted
            if !isEmpty { lines.append((start, fields + [field])) }
            fields = []
            field = ""
            wasQuoted = false
        }
        var characters = text.makeIterator()
        var next = characters.next()
        while let character = next {
            next = characters.next()
            if character.isNewline { line += 1 }
            if isQuoted {
                if character != "\"" {
                    field.append(character)
                } else if next == "\"" {
                    field.append("\"")
                    next = characters.next()
                } else {
                    isQuoted = false
                }
            } else if character == "\"", field.isEmpty, !wasQuoted {
                isQuoted = true
                wasQuoted = true
            } else if character == "," {
                fields.append(field)
                field = ""
                wasQuoted = false
            } else if character.isNewline {
                endLine()
                start = line
            } else {
                field.append(character)
            }
        }
        guard !isQuoted else {
            throw Refusal(problems: ["line \(start): a quotation mark is not closed"])
        }
        endLine()
        return lines
    }
}
