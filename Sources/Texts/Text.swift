public import StationCore

/// Anything that can be said in each of the four languages.
public protocol Text: Sendable {
    func text(in language: Language) -> String
}

/// A text that stands in a table: one row of four columns. A missing column does not compile;
/// that none is empty and all place the same values, a test of the tables' source holds.
public protocol TableText: Text {
    var row: Row { get }
}

extension TableText {
    public func text(in language: Language) -> String {
        row[language].parts.map { part in
            switch part {
            case .letters(let letters): letters
            case .value(let value): value.text(in: language)
            }
        }.joined()
    }
}

/// English, simplified Chinese, traditional Chinese, Mongolian; always in this order.
public struct Row: Sendable {
    private let english: Words
    private let simplifiedChinese: Words
    private let traditionalChinese: Words
    private let mongolian: Words

    public init(_ en: Words, _ zhHans: Words, _ zhHant: Words, _ mn: Words) {
        english = en
        simplifiedChinese = zhHans
        traditionalChinese = zhHant
        mongolian = mn
    }

    subscript(language: Language) -> Words {
        switch language {
        case .english: english
        case .simplifiedChinese: simplifiedChinese
        case .traditionalChinese: traditionalChinese
        case .mongolian: mongolian
        }
    }
}

/// One column of a row: letters, and values that are written in the column's language when it is
/// chosen.
public struct Words: ExpressibleByStringInterpolation, Sendable {
    enum Part: Sendable {
        case letters(String)
        case value(any Text)
    }
    let parts: [Part]

    public init(stringLiteral value: String) { parts = [.letters(value)] }

    public init(stringInterpolation: StringInterpolation) { parts = stringInterpolation.parts }

    public struct StringInterpolation: StringInterpolationProtocol {
        var parts: [Part] = []

        public init(literalCapacity: Int, interpolationCount: Int) {
            parts.reserveCapacity(2 * interpolationCount + 1)
        }

        public mutating func appendLiteral(_ literal: String) { parts.append(.letters(literal)) }

        public mutating func appendInterpolation(_ value: some Text) {
            parts.append(.value(value))
        }

        /// A number that has no unit: of an entry, of tries, of days.
        public mutating func appendInterpolation(_ number: Int) {
            parts.append(.letters(String(number)))
        }

        /// A name from head office or from the configuration, as it is.
        public mutating func appendInterpolation(_ name: String) { parts.append(.letters(name)) }
    }
}
