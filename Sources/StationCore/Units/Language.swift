/// The four languages of pages, slips and prompts (BCP 47).
public enum Language: String, CaseIterable, Codable, Sendable {
    case english = "en"
    case simplifiedChinese = "zh-Hans"
    case traditionalChinese = "zh-Hant"
    case mongolian = "mn"
}

/// A name that head office gives in as many languages as it has, keyed by BCP 47 tag; at least one.
public struct LocalizedName: Hashable, Codable, Sendable {
    public let byLanguage: [String: String]

    public init?(_ byLanguage: [String: String]) {
        guard !byLanguage.isEmpty, byLanguage.values.allSatisfy({ !$0.isEmpty }) else {
            return nil
        }
        self.byLanguage = byLanguage
    }

    /// The name in that language, else in English, else the first by tag.
    public func text(in language: Language) -> String {
        byLanguage[language.rawValue] ?? byLanguage[Language.english.rawValue]
            ?? byLanguage.min { $0.key < $1.key }?.value ?? ""
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let name = LocalizedName(try container.decode([String: String].self)) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "a name has at least one language")
        }
        self = name
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(byLanguage)
    }
}
