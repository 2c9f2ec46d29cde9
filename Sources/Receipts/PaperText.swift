/// Text as paper knows it: letters of one or two columns, and nothing that a printer would obey.
///
/// Names come from head office and may hold anything: control and format characters are gone,
/// marks that stand on other letters too, every kind of space is a space.
struct PaperText {
    private(set) var letters: [Unicode.Scalar]

    init(_ text: String) { letters = text.unicodeScalars.compactMap(Self.clean) }

    private init(letters: [Unicode.Scalar]) { self.letters = letters }

    /// Under this many columns a label is not worth a place beside its value.
    static let labelWidthMin = 12

    var width: Int { letters.reduce(0) { $0 + Self.width(of: $1) } }

    var string: String {
        var scalars = String.UnicodeScalarView()
        scalars.append(contentsOf: letters)
        return String(scalars)
    }

    func padded(before width: Int) -> String {
        String(repeating: " ", count: max(width - self.width, 0)) + string
    }

    /// At most that many columns; what was cut off is shown by two dots.
    func shortened(to width: Int) -> PaperText {
        guard self.width > width else { return self }
        var kept = PaperText(letters: [])
        var room = width - 2
        for letter in letters {
            room -= Self.width(of: letter)
            if room < 0 { break }
            kept.letters.append(letter)
        }
        kept.letters += "..".unicodeScalars
        return kept
    }

    /// The whole text in lines of at most that many columns, at least one line. Breaks at spaces
    /// and between Chinese characters, and inside a word only where it is longer than a line.
    func wrapped(to width: Int) -> [PaperText] {
        var lines: [PaperText] = []
        var rest = letters[...]
        repeat {
            rest = rest.drop { $0 == " " }
            let end = lineEnd(of: rest, width)
            var line = rest[..<end]
            while line.last == " " { line.removeLast() }
            lines.append(PaperText(letters: Array(line)))
            rest = rest[end...]
        } while rest.contains { $0 != " " }
        return lines
    }

    private func lineEnd(of rest: ArraySlice<Unicode.Scalar>, _ width: Int) -> Int {
        var room = width
        var opportunity: Int?
        for index in rest.indices {
            if index > rest.startIndex, mayBreak(before: index) { opportunity = index }
            if rest[index] == " " && room == 0 { return index }
            room -= Self.width(of: rest[index])
            if room < 0 { return opportunity ?? max(index, rest.startIndex + 1) }
        }
        return rest.endIndex
    }

    private func mayBreak(before index: Int) -> Bool {
        let (last, next) = (letters[index - 1], letters[index])
        if last == " " { return next != " " }
        guard Self.width(of: last) == 2 || Self.width(of: next) == 2 else { return false }
        return !Self.neverFirst.contains(next) && !Self.neverLast.contains(last)
    }

    /// Chinese punctuation that closes stays with what it closes, and what opens with what follows.
    private static let neverFirst = Set("，。、；：？！）》」』】〉”’…—・,.;:?!)%".unicodeScalars)
    private static let neverLast = Set("（《「『【〈“‘(".unicodeScalars)
}

extension PaperText {
    private static func clean(_ letter: Unicode.Scalar) -> Unicode.Scalar? {
        switch letter.properties.generalCategory {
        case .control: letter == "\t" || letter == "\n" ? " " : nil
        case .spaceSeparator, .lineSeparator, .paragraphSeparator:
            letter == "\u{3000}" ? letter : " "
        case .format, .nonspacingMark, .enclosingMark, .surrogate: nil
        default: letter
        }
    }

    /// Two for everything beyond the alphabets: printers draw Chinese punctuation and signs as
    /// wide as characters. The sign for numbers is in the Cyrillic code table.
    static func width(of letter: Unicode.Scalar) -> Int {
        letter.value < 0x1100 || letter == "№" ? 1 : 2
    }
}
