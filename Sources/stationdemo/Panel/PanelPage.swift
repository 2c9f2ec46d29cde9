import Simulators

/// The page: the counter as the operator's phone shows it, and the world around the box.
struct PanelPage {
    let demo: DemoWorld

    /// What changes by itself, by the id of its place.
    func fragments() -> [(id: String, content: Markup)] {
        var all: [(String, Markup)] = [
            ("box", box), ("load", load), ("link-state", linkState), ("cards", cards),
            ("hanging", hanging),
        ]
        for device in World.Device.allCases {
            all.append(("device-\(device.rawValue)", row(of: device)))
        }
        return all
    }

    /// Newest first.
    var strips: [PrintedStrip] { demo.world.printer.strips.suffix(stripCountShown).reversed() }

    static func piece(_ strip: PrintedStrip) -> Markup {
        "<li id=\"strip-\(strip.number)\">\(PaperView.strip(strip, isHanging: false))</li>"
    }

    private func place(_ id: String) -> Markup {
        fragments().first { $0.id == id }?.content ?? .none
    }

    func whole() -> Markup {
        """
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>The station and its world</title>
        <link rel="stylesheet" href="/panel.css">
        <script src="/panel.js" defer></script>
        </head>
        <body>
        <header>
        <h1>The station and its world</h1>
        <p id="box" class="state" role="status">\(place("box"))</p>
        <form method="post" action="/do" class="buttons">
        <button name="act" value="kill">Kill the program</button>
        <button name="act" value="power">Cut the power</button>
        </form>
        </header>
        <nav aria-label="Parts of the page">
        <a href="#counter">Counter</a> <a href="#weigh">Scale</a> <a href="#scan">Scan</a>
        <a href="#devices">Devices</a> <a href="#line">Line</a> <a href="#paper">Paper</a>
        </nav>
        <p id="said" role="status" aria-live="polite"></p>
        <main>
        <section id="counter" aria-labelledby="counter-title">
        <h2 id="counter-title">The counter</h2>
        \(counter)
        </section>
        <div class="world">
        \(weigh)
        \(scan)
        \(devices)
        \(line)
        </div>
        \(paper)
        </main>
        </body>
        </html>

        """
    }

    private var counter: Markup {
        guard let address = demo.counterAddress else {
            return "<p>No box stands here: this is the world alone.</p>"
        }
        return """
            <iframe id="phone" src="\(address)" \
            title="The counter, as the operator's phone shows it"></iframe>
            <p><a href="\(address)" target="_blank" rel="noopener">Open it alone</a></p>
            """
    }

    private var box: Markup {
        guard let condition = demo.condition else { return "No box: the world alone." }
        return "The box \(condition.words)"
    }

    // MARK: Scan

    private var scan: Markup {
        """
        <section id="scan" aria-labelledby="scan-title">
        <h2 id="scan-title">Scan</h2>
        <form method="post" action="/do" id="scan-form" class="line">
        <input type="hidden" name="act" value="scan">
        <label for="scan-text">Any code</label>
        <input id="scan-text" name="text" autocomplete="off" autocapitalize="off" \
        spellcheck="false" maxlength="1024">
        <button>Scan</button>
        </form>
        <div id="cards">\(place("cards"))</div>
        </section>
        """
    }

    private var cards: Markup {
        let shelf = demo.shelf
        return CardShelf.Group.allCases.reduce(Markup.none) { all, group in
            guard let cards = shelf.cards[group], !cards.isEmpty else { return all }
            let buttons = cards.map { card -> Markup in
                """
                <button name="text" value="\(card.payload)" form="scan-form" \
                id="card-\(card.payload)" class="card"><span>\(card.label)</span>\
                \(CodeView.card(card.payload))</button>
                """
            }
            return """
                \(all)<details open><summary>\(group.title)</summary>\
                <div class="cards \(group.rawValue)">\(buttons)</div></details>
                """
        }
    }

    // MARK: Scale

    private var load: Markup { "\(grouped(demo.world.scale.load)) g" }

    private var weigh: Markup {
        let loads = [500, 2_350, 12_500, 35_000].map { grams -> Markup in
            let note: Markup = grams > 30_000 ? " (too much)" : .none
            return """
                <button name="grams" value="\(grams)">\(kilograms(grams)) kg\(note)</button>
                """
        }
        return """
            <section id="weigh" aria-labelledby="weigh-title">
            <div class="head"><h2 id="weigh-title">On the scale</h2>
            <p id="load" class="number" aria-live="polite">\(place("load"))</p></div>
            <form method="post" action="/do" class="line">
            <input type="hidden" name="act" value="put">
            <label for="grams">Grams</label>
            <input id="grams" name="grams" inputmode="numeric" pattern="-?[0-9 ]+" \
            autocomplete="off">
            <button>Put on</button>
            <button name="act" value="takeOff">Take off</button>
            </form>
            <form method="post" action="/do" class="buttons">
            <input type="hidden" name="act" value="put">
            \(loads)
            </form>
            </section>
            """
    }

    // MARK: Devices

    private var devices: Markup {
        let rows = World.Device.allCases.map { device -> Markup in
            let id = "device-\(device.rawValue)"
            return """
                <form method="post" action="/do" class="device" id="\(id)">\(place(id))</form>
                """
        }
        return """
            <section id="devices" aria-labelledby="devices-title">
            <h2 id="devices-title">Devices</h2>
            \(rows)
            </section>
            """
    }

    private func row(of device: World.Device) -> Markup {
        let socket = demo.world.socket(of: device)
        let word: Markup = socket.map { "plugged in at \($0)" } ?? "pulled out"
        let plug: Markup =
            socket == nil
            ? "<button id=\"plug-\(device.rawValue)\" name=\"act\" value=\"plug\">Plug in</button>"
            : """
            <button id="plug-\(device.rawValue)" name="act" value="unplug">Pull out</button>
            """
        let more: Markup =
            switch device {
            case .scanner: .none
            case .scale:
                demo.isScaleMute
                    ? toggle("mute", "no", "Wake it") : toggle("mute", "yes", "Let it sleep")
            case .printer: printerButtons
            }
        let state: Markup = device == .printer ? ", \(printerState)" : .none
        return """
            <input type="hidden" name="device" value="\(device.rawValue)">
            <p><b>\(device.rawValue.capitalizedFirst)</b> <span>\(word)\(state)</span></p>
            <p class="buttons">\(plug)\(more)</p>
            """
    }

    private var printerState: Markup {
        let printer = demo.world.printer
        if printer.isPaperOut { return "no paper" }
        if printer.isCoverOpen { return "cover open" }
        if printer.isOffline { return "off line" }
        if printer.isPaperNearEnd { return "\(printer.linesLeft) lines of paper left" }
        return "paper in"
    }

    private var printerButtons: Markup {
        let printer = demo.world.printer
        let paper =
            printer.isPaperOut
            ? toggle("paperIn", "", "Put paper in") : toggle("paperOut", "", "Take paper out")
        let cover =
            printer.isCoverOpen
            ? toggle("cover", "closed", "Close cover") : toggle("cover", "open", "Open cover")
        return """
            \(paper)<button id="ends" name="act" value="paperEnds" formaction="/do?value=5">\
            Let it end in 5 lines</button>\(cover)\(toggle("confuse", "", "Confuse it"))
            """
    }

    private func toggle(_ act: String, _ value: String, _ label: String) -> Markup {
        """
        <button id="do-\(act)" name="act" value="\(act)" formaction="/do?value=\(value)">\
        \(label)</button>
        """
    }

    // MARK: Line and head office

    private var linkState: Markup {
        guard let link = demo.link else { return "no line" }
        let counts = link.counts
        let cut: Markup = link.isCutPending ? ", a cut is to come" : .none
        let word =
            switch demo.linkState {
            case .good: "good"
            case .thin: "thin: 20 kbit/s, 600 ms there and back"
            case .silent: "silent: nothing goes through"
            case .refused: "cut"
            }
        return """
            \(word)\(cut); up \(grouped(counts.up)) bytes, down \(grouped(counts.down)) bytes
            """
    }

    private var line: Markup {
        """
        <section id="line" aria-labelledby="line-title">
        <h2 id="line-title">The line to head office</h2>
        <p id="link-state">\(place("link-state"))</p>
        <form method="post" action="/do" class="buttons">
        <input type="hidden" name="act" value="link">
        <button name="value" value="good">Good</button>
        <button name="value" value="thin">Thin</button>
        <button name="value" value="silent">Silent</button>
        <button name="value" value="refused">Cut</button>
        </form>
        <form method="post" action="/do" class="line">
        <input type="hidden" name="act" value="cut">
        <label for="bytes">Cut it once after</label>
        <input id="bytes" name="bytes" inputmode="numeric" value="500" autocomplete="off">
        <label for="direction">bytes</label>
        <select id="direction" name="direction">
        <option value="up">up</option><option value="down">down</option>
        </select>
        <button>Cut</button>
        </form>
        <form method="post" action="/do" class="buttons" aria-label="What head office does">
        <input type="hidden" name="act" value="headOffice">
        <button name="value" value="buys">Head office buys</button>
        <button name="value" value="rejects">It rejects</button>
        <button name="value" value="waits">It waits</button>
        </form>
        </section>
        """
    }

    // MARK: Paper

    private var hanging: Markup {
        let strip = demo.world.printer.hanging
        if strip.lines.isEmpty && strip.errors.isEmpty { return .none }
        return """
            \(PaperView.strip(strip, isHanging: true))<form method="post" action="/do">\
            <button id="tear" name="act" value="tearOff">Tear it off</button></form>
            """
    }

    private var paper: Markup {
        """
        <section id="paper" aria-labelledby="paper-title">
        <h2 id="paper-title">Paper</h2>
        <div id="hanging">\(place("hanging"))</div>
        <ol id="strips" data-last="\(strips.first?.number ?? 0)">
        \(strips.map { Self.piece($0) })
        </ol>
        </section>
        """
    }
}

/// Strips on the page: a morning's. The printer remembers more.
let stripCountShown = 40

/// 12 500, with a narrow space between thousands.
private func grouped(_ number: Int) -> String {
    let digits = String(number.magnitude)
    var text = ""
    for (index, digit) in digits.enumerated() {
        if index > 0 && (digits.count - index).isMultiple(of: 3) { text += "\u{202F}" }
        text.append(digit)
    }
    return (number < 0 ? "\u{2212}" : "") + text
}

private func kilograms(_ grams: Int) -> String {
    let rest = String(grams % 1_000 + 1_000).dropFirst()
    var text = "\(grams / 1_000).\(rest)"
    while text.hasSuffix("0") { text.removeLast() }
    return text.hasSuffix(".") ? String(text.dropLast()) : text
}

extension String {
    fileprivate var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}
