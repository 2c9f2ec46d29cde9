import Simulators
import StationCore

/// The cards beside the scanner: laminated from the papers that the box printed itself, and the
/// codes that stand on goods.
struct CardShelf: Equatable, Codable, Sendable {
    struct Card: Equatable, Codable, Sendable {
        let label: String
        let payload: String
    }

    enum Group: String, CaseIterable, Codable, CodingKeyRepresentable, Sendable {
        case badges, villagers, commands, numbers, goods
    }

    private(set) var cards: [Group: [Card]] = [:]
    private var lastStrip = 0

    /// Papers are counted anew by each world.
    private enum CodingKeys: CodingKey { case cards }

    init(goods: [Card]) { cards[.goods] = goods }

    /// Whether there is what an operator works with: badge and command sheet.
    var hasFirstPapers: Bool { cards[.badges] != nil && cards[.commands] != nil }

    /// Looks at papers that came out since the last look. A newer sheet or badge replaces the one
    /// before, as it does in the drawer.
    mutating func take(_ strips: [PrintedStrip]) {
        for strip in strips where strip.number > lastStrip {
            lastStrip = strip.number
            var found: [Group: [Card]] = [:]
            var label = ""
            for line in strip.lines {
                switch line.content {
                case .text(let runs):
                    let text = runs.map(\.text).joined()
                    if text.contains(where: { !$0.isWhitespace }) {
                        label = String(text.trimmingBlanks)
                    }
                case .code(let code):
                    if let group = Self.group(of: code.payload) {
                        found[group, default: []].append(Card(label: label, payload: code.payload))
                    }
                case .picture: break
                }
            }
            keep(found)
        }
    }

    private mutating func keep(_ found: [Group: [Card]]) {
        for (group, new) in found {
            switch group {
            case .badges, .villagers:
                let labels = new.map(\.label)
                cards[group, default: []].removeAll { labels.contains($0.label) }
                cards[group, default: []] += new
            case .commands, .numbers, .goods: cards[group] = new
            }
        }
    }

    private static func group(of payload: String) -> Group? {
        switch Barcode(text: payload) {
        case .badge: .badges
        case .villagerCard: .villagers
        case .command: .commands
        case .numberKey: .numbers
        case .gtin, .inStore, .slip, .rackPlace, .parcelLabel, .runLine, .enrolment, .pairing,
            .slipShort, .unknown:
            nil
        }
    }
}

extension StringProtocol {
    /// Without blanks at both ends.
    var trimmingBlanks: SubSequence {
        let rest = drop { $0.isWhitespace }
        guard let last = rest.lastIndex(where: { !$0.isWhitespace }) else { return rest }
        return rest[...last]
    }
}
