/// What a scanner delivered, before anybody looked it up.
public struct Scan: Hashable, Sendable {
    /// At most `textLengthMax` characters; control characters such as GS stand as sent.
    public let text: String
    /// AIM symbology identifier, `]C1`, where the scanner's mode tells it.
    public let aim: String?
    public let symbology: String?

    public init(text: String, aim: String? = nil, symbology: String? = nil) {
        self.text = text
        self.aim = aim
        self.symbology = symbology
    }

    public static let textLengthMax = 1_024
}
