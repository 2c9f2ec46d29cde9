import Glibc
import StationCore
import Testing
import Texts

/// One row as it stands in the source: four string literals behind `Row(`.
private struct SourceRow: Sendable, CustomTestStringConvertible {
    let columns: [String]
    let place: String
    var testDescription: String { "\(place) \(columns.first ?? "")" }

    /// Letters without the placed values.
    var letters: [String] { columns.map { SourceRow.split($0).letters } }
    var values: [[String]] { columns.map { SourceRow.split($0).values.sorted() } }

    private static func split(_ column: String) -> (letters: String, values: [String]) {
        var letters = ""
        var values: [String] = []
        var rest = column[...]
        while let next = rest.popFirst() {
            guard next == "\\", rest.first == "(" else {
                letters.append(next)
                continue
            }
            rest.removeFirst()
            values.append(String(rest.prefix { $0 != ")" }))
            rest = rest.drop { $0 != ")" }.dropFirst()
        }
        return (letters, values)
    }

    static let all: [SourceRow] = {
        let here = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        return ["Sources/Texts", "Sources/stationdemo/Panel"].flatMap { read("/\(here)/\($0)") }
    }()

    private static func read(_ folder: String) -> [SourceRow] {
        guard let directory = opendir(folder) else { return [] }
        defer { closedir(directory) }
        var rows: [SourceRow] = []
        while let item = readdir(directory) {
            let name = withUnsafePointer(to: &item.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            guard name.hasSuffix(".swift"), name != "Text.swift" else { continue }
            rows += SourceRow.rows(ExpectedPaper.read("\(folder)/\(name)") ?? "", name)
        }
        return rows
    }

    private static func rows(_ source: String, _ file: String) -> [SourceRow] {
        var rows: [SourceRow] = []
        var rest = source[...]
        while let found = rest.firstRange(of: "Row(") {
            rest = rest[found.upperBound...]
            var columns: [String] = []
            while true {
                rest = rest.drop { $0.isWhitespace || $0 == "," }
                guard rest.first == "\"" else { break }
                rest.removeFirst()
                let column = rest.prefix { $0 != "\"" }
                columns.append(String(column))
                rest = rest.dropFirst(column.count + 1)
            }
            rows.append(SourceRow(columns: columns, place: file))
        }
        return rows
    }
}

@Suite("the table of texts")
struct TextTable {
    @Test func `every row was found`() {
        #expect(SourceRow.all.count > 300)
        #expect(SourceRow.all.allSatisfy { $0.columns.count == 4 })
    }

    @Test(arguments: SourceRow.all)
    fileprivate func `no column is empty and all place the same values`(row: SourceRow) {
        #expect(row.letters.allSatisfy { $0.contains { !$0.isWhitespace } })
        #expect(row.values.allSatisfy { $0 == row.values.first })
    }

    /// GB 2312 has no traditional characters, Big5 no simplified ones.
    @Test(arguments: SourceRow.all)
    fileprivate func `each column is in its own script`(row: SourceRow) throws {
        let columns = row.letters
        try #require(columns.count == 4)
        #expect(columns[0].utf8.count == columns[0].count, "English is ASCII")
        #expect(encodes(columns[1], "GB2312") && !columns[1].contains(where: isCyrillic))
        #expect(encodes(columns[2], "BIG5") && !columns[2].contains(where: isCyrillic))
        #expect(columns[3].contains { isCyrillic($0) || $0 == "№" })
        let cyrillic = String(columns[3].filter { !"ӨөҮү«»".contains($0) })
        #expect(encodes(cyrillic, "CP866"), "a printer lacks a letter of it")
    }

    private func isCyrillic(_ letter: Character) -> Bool {
        letter.unicodeScalars.allSatisfy { (0x400...0x4ff).contains($0.value) }
    }

    private func encodes(_ text: String, _ characterSet: String) -> Bool {
        guard let descriptor = iconv_open(characterSet, "UTF-8"),
            descriptor != iconv_t(bitPattern: -1)
        else { return false }
        defer { iconv_close(descriptor) }
        var input = text.utf8.map { CChar(bitPattern: $0) }
        var output = [CChar](repeating: 0, count: 4 * input.count + 4)
        return input.withUnsafeMutableBufferPointer { input in
            output.withUnsafeMutableBufferPointer { output in
                var from = input.baseAddress
                var fromLeft = input.count
                var to = output.baseAddress
                var toLeft = output.count
                return iconv(descriptor, &from, &fromLeft, &to, &toLeft) == 0 && fromLeft == 0
            }
        }
    }
}

@Suite("figures in four languages")
struct Figures {
    @Test(arguments: [
        (4_560, "45.60"), (5, "0.05"), (-5, "-0.05"), (0, "0.00"), (-12_345, "-123.45"),
        (Int.min, "-92233720368547758.08"),
    ])
    func `money has two decimals`(fen: Int, text: String) { #expect(Fen(fen).figures == text) }

    @Test(arguments: [
        (Language.english, "45.60 yuan"), (.simplifiedChinese, "45.60 元"),
        (.traditionalChinese, "45.60 元"), (.mongolian, "45.60 юань"),
    ])
    func `money in a sentence has its unit`(language: Language, text: String) {
        #expect(Fen(4_560).text(in: language) == text)
    }

    @Test(arguments: [
        (1_250, "1.250 kg（2.5斤）"), (500, "0.500 kg（1斤）"), (1, "0.001 kg（0.002斤）"),
        (12_340, "12.340 kg（24.68斤）"), (0, "0.000 kg（0斤）"), (-750, "-0.750 kg（-1.5斤）"),
    ])
    func `a mass in Chinese says jin beside kilograms`(grams: Int, text: String) {
        #expect(Grams(grams).text(in: .simplifiedChinese) == text)
    }

    @Test(arguments: [
        (0, 0, "1 Jan 1970 00:00"), (0, 480, "1 Jan 1970 08:00"), (0, -1, "31 Dec 1969 23:59"),
        (951_782_400_000, 0, "29 Feb 2000 00:00"), (951_782_399_999, 0, "28 Feb 2000 23:59"),
        (1_798_761_599_000, 480, "1 Jan 2027 07:59"), (4_107_542_399_000, 0, "28 Feb 2100 23:59"),
        (4_107_542_400_000, 0, "1 Mar 2100 00:00"), (Int.max, 0, "31 Dec 9999 12:00"),
    ])
    func `dates are those of the calendar`(milliseconds: Int, offset: Int, text: String) {
        let time = LocalTime(milliseconds: milliseconds, utcOffsetMinutes: offset)
        #expect(time.text(in: .english) == text)
    }

    @Test(arguments: [
        (Language.english, "31 May 2026 13:04"), (.simplifiedChinese, "2026年5月31日 13:04"),
        (.traditionalChinese, "2026年5月31日 13:04"), (.mongolian, "2026 оны 5 сарын 31 13:04"),
    ])
    func `dates have each language's own form`(language: Language, text: String) {
        let time = LocalTime(milliseconds: 1_780_203_840_000, utcOffsetMinutes: 480)
        #expect(time.text(in: language) == text)
    }
}
