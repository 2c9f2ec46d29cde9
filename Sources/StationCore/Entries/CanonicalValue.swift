/// A JSON value as the journal allows it: no null, no fractions, integers within ±(2^53 - 1).
///
/// Its one spelling, by RFC 8785, is made where it is hashed; docs/journal-format.md has the rules.
public enum CanonicalValue: Hashable, Sendable {
    case integer(Int)
    case string(String)
    case boolean(Bool)
    case array([CanonicalValue])
    case object([String: CanonicalValue])

    /// The largest integer that every JSON reader keeps exact: 2^53 - 1.
    public static let integerMax = 9_007_199_254_740_991

    public static let empty = CanonicalValue.object([:])

    /// The member of an object; nil for other values.
    public subscript(name: String) -> CanonicalValue? {
        if case .object(let members) = self { members[name] } else { nil }
    }

    public var integer: Int? { if case .integer(let value) = self { value } else { nil } }
    public var string: String? { if case .string(let value) = self { value } else { nil } }
    public var array: [CanonicalValue]? { if case .array(let value) = self { value } else { nil } }
}
