import QRCodes
import Simulators
import StationCore

/// Paper as it lies on the counter, made of what the printer interpreted.
struct PaperView {
    let language: Language

    private func say(_ text: PaperText) -> String { text.text(in: language) }

    /// One strip; `isHanging` while it is still in the printer.
    func strip(_ strip: PrintedStrip, isHanging: Bool) -> Markup {
        let lines = strip.lines.map { line($0) }
        let errors = strip.errors.map { "<li>\($0)</li>" as Markup }
        let end: Markup =
            switch strip.end {
            case .torn: "<p class=\"torn\">\(say(.torn))</p>"
            case .cut, .partialCut, nil: .none
            }
        let complaint: Markup =
            errors.isEmpty
            ? .none
            : "<ul class=\"errors\" aria-label=\"\(say(.notUnderstood))\">\(errors)</ul>"
        let name = say(isHanging ? .inPrinter : .paperNumber(strip.number))
        // What lies about is one group, and its list says so.
        let group: Markup = isHanging ? " data-group" : .none
        return """
            <article class="paper" aria-label="\(name)"\(group)>\(lines)\(end)</article>\(complaint)
            """
    }

    private func line(_ line: PrintedLine) -> Markup {
        let side = line.alignment.rawValue
        switch line.content {
        case .text(let runs):
            if runs.isEmpty { return "<p class=\"line\">&nbsp;</p>" }
            let wrapped: Markup = line.isWrapped ? " wrapped" : ""
            return "<p class=\"line \(side)\(wrapped)\">\(runs.map { run($0) })</p>"
        case .code(let printed):
            let letters: Markup = "<p class=\"line centre\">\(printed.payload)</p>"
            let text = printed.hasText ? letters : .none
            let name = "\(CodeView.name(of: printed.symbology)) \(printed.payload)"
            return """
                <div class="code \(side)"><button name="card" value="\(printed.payload)" \
                form="scan-form" aria-label="\(say(.scanCode(name)))">\
                \(CodeView.drawing(of: printed))</button></div>\(text)
                """
        case .picture(let picture):
            return """
                <div class="code \(side)"><svg class="w\(picture.bytesPerRow * 8)" \
                viewBox="0 0 \(picture.bytesPerRow * 8) \(picture.rowCount)" role="img" \
                aria-label="\(say(.picture))"><path d="\(CodeView.path(of: picture))"/></svg></div>
                """
        }
    }

    private func run(_ run: PrintedRun) -> Markup {
        var classes: [String] = []
        if run.isBold { classes.append("bold") }
        if run.isUnderlined { classes.append("underlined") }
        if run.isInverted { classes.append("inverted") }
        if run.width > 1 && run.height > 1 {
            classes.append("double")
        } else if run.height > 1 {
            classes.append("tall")
        } else if run.width > 1 {
            classes.append("wide")
        }
        return "<span class=\"\(classes.joined(separator: " "))\">\(cells(run.text))</span>"
    }

    /// Characters of two columns get two columns, whatever font the browser has.
    private func cells(_ text: String) -> [Markup] {
        var pieces: [Markup] = []
        var narrow = ""
        for character in text {
            if isWide(character) {
                if !narrow.isEmpty { pieces.append("\(narrow)") }
                narrow = ""
                pieces.append("<i>\(String(character))</i>")
            } else {
                narrow.append(character)
            }
        }
        if !narrow.isEmpty { pieces.append("\(narrow)") }
        return pieces
    }

    private func isWide(_ character: Character) -> Bool {
        guard let scalar = character.unicodeScalars.first else { return false }
        switch scalar.value {
        case 0x1100...0x115f, 0x2e80...0xa4cf, 0xf900...0xfaff, 0xfe30...0xfe4f, 0xff00...0xff60,
            0xffe0...0xffe6, 0x20000...0x3fffd:
            return true
        default: return false
        }
    }
}

/// Bars and modules as drawings that a real scanner reads from the screen.
enum CodeView {
    static func name(of symbology: PrintedCode.Symbology) -> String {
        switch symbology {
        case .qr: "QR"
        case .code128: "Code 128"
        case .ean13: "EAN-13"
        case .ean8: "EAN-8"
        }
    }

    static func drawing(of code: PrintedCode) -> Markup {
        switch code.symbology {
        case .qr:
            let payload = Array(code.payload.utf8)
            guard let symbol = QRCode(payload, level: code.level, inOneSegment: true) else {
                return "\(code.payload)"
            }
            return svg(
                width: symbol.size, height: symbol.size, shownWidth: code.widthInDots,
                shownHeight: code.heightInDots, path: path(of: symbol.rows))
        case .code128, .ean13, .ean8:
            guard let symbol = bars(code.symbology, code.payload) else { return "\(code.payload)" }
            return svg(
                width: symbol.moduleCount, height: 1, shownWidth: code.widthInDots,
                shownHeight: code.heightInDots, path: path(of: symbol))
        }
    }

    /// As on a card: as wide as its place.
    static func card(_ payload: String) -> Markup {
        let symbol = BarSymbol(ean: payload) ?? BarSymbol(code128: payload)
        guard let symbol else { return .none }
        return """
            <svg class="card-code" viewBox="-10 0 \(symbol.moduleCount + 20) 1" \
            preserveAspectRatio="none" aria-hidden="true"><path d="\(path(of: symbol))"/></svg>
            """
    }

    private static func bars(_ symbology: PrintedCode.Symbology, _ text: String) -> BarSymbol? {
        symbology == .code128 ? BarSymbol(code128: text) : BarSymbol(ean: text)
    }

    private static func svg(
        width: Int, height: Int, shownWidth: Int, shownHeight: Int, path: String
    ) -> Markup {
        """
        <svg width="\(shownWidth * 3 / 4)" height="\(shownHeight * 3 / 4)" \
        viewBox="0 0 \(width) \(height)" preserveAspectRatio="none" \
        shape-rendering="crispEdges" aria-hidden="true"><path d="\(path)"/></svg>
        """
    }

    private static func path(of symbol: BarSymbol) -> String {
        var path = ""
        var place = 0
        for (index, width) in symbol.widths.enumerated() {
            if index.isMultiple(of: 2) { path += "M\(place) 0h\(width)v1h-\(width)z" }
            place += width
        }
        return path
    }

    private static func path(of rows: [[Bool]]) -> String {
        var path = ""
        for (y, row) in rows.enumerated() {
            var x = 0
            while x < row.count {
                let run = row[x...].prefix { $0 }.count
                if run > 0 { path += "M\(x) \(y)h\(run)v1h-\(run)z" }
                x += max(run, 1)
            }
        }
        return path
    }

    static func path(of picture: PrintedPicture) -> String {
        let rows = (0..<picture.rowCount).map { row in
            (0..<(picture.bytesPerRow * 8)).map { x in
                picture.bits[row * picture.bytesPerRow + x / 8] >> (7 - x % 8) & 1 == 1
            }
        }
        return path(of: rows)
    }
}
