import Simulators
import StationCore
import Texts

/// The page: the counter as the operator's phone shows it, and the world around the box.
struct PanelPage {
    let demo: DemoWorld

    /// What changes by itself, by the id of its place.
    func fragments() -> [(id: String, content: Markup)] {
        var all: [(String, Markup)] = [
            ("box", box), ("load", load), ("link-state", linkState), ("cards", cards),
            ("papers", papers), ("hanging", hanging),
        ]
        for device in World.Device.allCases {
            all.append(("state-\(device.rawValue)", state(of: device)))
            all.append(("buttons-\(device.rawValue)", buttons(of: device)))
        }
        return all
    }

    /// Newest first.
    var strips: [PrintedStrip] { demo.world.printer.strips.suffix(stripCountShown).reversed() }

    func piece(_ strip: PrintedStrip) -> Markup {
        let view = PaperView(language: demo.language)
        return "<li id=\"strip-\(strip.number)\">\(view.strip(strip, isHanging: false))</li>"
    }

    private func place(_ id: String) -> Markup {
        fragments().first { $0.id == id }?.content ?? .none
    }

    private func say(_ text: PanelText) -> String { text.text(in: demo.language) }
    private func say(_ text: HandText) -> String { text.text(in: demo.language) }
    private func say(_ text: DeviceText) -> String { text.text(in: demo.language) }
    private func say(_ text: LineText) -> String { text.text(in: demo.language) }
    private func say(_ text: PaperText) -> String { text.text(in: demo.language) }
    private func say(other text: some Text) -> String { text.text(in: demo.language) }

    func whole() -> Markup {
        """
        <!doctype html>
        <html lang="\(demo.language.rawValue)">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>\(say(.title))</title>
        <link rel="icon" href="/panel.svg">
        <link rel="stylesheet" href="/panel.css">
        <script src="/panel.js" defer></script>
        </head>
        <body>
        <header>
        <h1>\(say(.title))</h1>
        <p id="box" class="state" role="status">\(place("box"))</p>
        <form method="post" action="/do" class="buttons">
        <button name="act" value="kill">\(say(.kill))</button>
        <button name="act" value="power">\(say(.power))</button>
        </form>
        </header>
        <nav aria-label="\(say(.parts))">
        <a href="#counter">\(say(other: PageText.counter))</a> <a href="#weigh">\(say(other: DeviceKind.scale))</a>
        <a href="#scan">\(say(.scan))</a> <a href="#devices">\(say(.devices))</a>
        <a href="#line">\(say(.line))</a> <a href="#paper">\(say(.paper))</a>
        </nav>
        <p id="said" role="status" aria-live="polite" \
        data-lost="\(say(other: WorldText.noAnswer))"></p>
        <main>
        <section id="counter" aria-labelledby="counter-title">
        <h2 id="counter-title">\(say(other: PageText.counter))</h2>
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
        guard let address = demo.counterAddress else { return "<p>\(say(.noBox))</p>" }
        return """
            <iframe id="phone" src="\(address)" title="\(say(.frame))"></iframe>
            <p><a class="alone" href="\(address)" target="_blank" rel="noopener">\
            \(say(.openAlone))</a></p>
            """
    }

    private var box: Markup {
        switch demo.condition {
        case nil: "\(say(.worldAlone))"
        case .starting(let boot): "\(say(.boxStarts(boot: boot)))"
        case .running(let boot, let process): "\(say(.boxRuns(boot: boot, process: process)))"
        case .ended(let code): "\(say(.boxEnded(code: Int(code))))"
        }
    }

    // MARK: Scan

    private var scan: Markup {
        """
        <section id="scan" aria-labelledby="scan-title">
        <h2 id="scan-title">\(say(.scan))</h2>
        <form method="post" action="/do" id="scan-form" class="line">
        <input type="hidden" name="act" value="scan">
        <label for="scan-text">\(say(.anyCode))</label>
        <input id="scan-text" name="text" autocomplete="off" autocapitalize="off" \
        spellcheck="false" maxlength="1024">
        <button>\(say(.scan))</button>
        </form>
        <p>\(say(.arrowKeys))</p>
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
                <button name="card" value="\(card.payload)" form="scan-form" \
                id="card-\(card.payload)" class="card"><span>\(card.label)</span>\
                \(CodeView.card(card.payload))</button>
                """
            }
            let title = title(of: group)
            let open: Markup = group.isOpenAtFirst ? " open" : .none
            return """
                \(all)<details\(open) id="group-\(group.rawValue)"><summary>\(title)</summary>\
                <div class="cards \(group.rawValue)" role="group" aria-label="\(title)" \
                data-group>\(buttons)</div></details>
                """
        }
    }

    private func title(of group: CardShelf.Group) -> String {
        switch group {
        case .badges: say(.badges)
        case .villagers: say(.villagers)
        case .commands: say(.commands)
        case .numbers: say(other: PageText.number)
        case .goods: say(.goods)
        }
    }

    // MARK: Scale

    private var load: Markup { "\(say(.grams(grouped(demo.world.scale.load))))" }

    private var weigh: Markup {
        let loads = [500, 2_350, 12_500, 35_000].map { grams -> Markup in
            let note: Markup = grams > 30_000 ? " \(say(.tooMuch))" : .none
            return """
                <button name="grams" value="\(grams)">\(say(.kilograms(kilograms(grams))))\(note)</button>
                """
        }
        return """
            <section id="weigh" aria-labelledby="weigh-title">
            <div class="head"><h2 id="weigh-title">\(say(.onScale))</h2>
            <p id="load" class="number" aria-live="polite">\(place("load"))</p></div>
            <form method="post" action="/do" class="line">
            <label for="grams">\(say(other: PageText.massInGrams))</label>
            <input id="grams" name="grams" inputmode="numeric" pattern="-?[0-9 ]+" \
            autocomplete="off">
            <button name="act" value="put">\(say(.putOn))</button>
            <button name="act" value="takeOff">\(say(.takeOff))</button>
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
            let name = device.rawValue
            return """
                <form method="post" action="/do" class="device">
                <input type="hidden" name="device" value="\(name)">
                <p><b>\(say(other: device.kind))</b> <span id="state-\(name)" aria-live="polite">\
                \(place("state-\(name)"))</span></p>
                <p class="buttons" id="buttons-\(name)">\(place("buttons-\(name)"))</p>
                </form>
                """
        }
        return """
            <section id="devices" aria-labelledby="devices-title">
            <h2 id="devices-title">\(say(.devices))</h2>
            \(rows)
            </section>
            """
    }

    private func state(of device: World.Device) -> Markup {
        let socket = demo.world.socket(of: device)
        let word = socket.map { say(.pluggedAt($0)) } ?? say(.pulledOut)
        return device == .printer ? "\(word), \(say(printerState))" : "\(word)"
    }

    private func buttons(of device: World.Device) -> Markup {
        let isIn = demo.world.socket(of: device) != nil
        let plug: Markup = """
            <button id="plug-\(device.rawValue)" name="act" value="\(isIn ? "unplug" : "plug")">\
            \(say(isIn ? .pullOut : .plugIn))</button>
            """
        let more: Markup =
            switch device {
            case .scanner: .none
            case .scale:
                demo.isScaleMute
                    ? button("mute", "mute", "no", .wake) : button("mute", "mute", "yes", .sleep)
            case .printer: printerButtons
            }
        return "\(plug)\(more)"
    }

    private var printerState: DeviceText {
        let printer = demo.world.printer
        if printer.isPaperOut { return .noPaper }
        if printer.isCoverOpen { return .coverOpen }
        if printer.isOffline { return .offLine }
        if printer.isPaperNearEnd { return .linesLeft(printer.linesLeft) }
        return .paperIn
    }

    private var printerButtons: Markup {
        let printer = demo.world.printer
        let paper =
            printer.isPaperOut
            ? button("paper", "paperIn", "", .putPaperIn)
            : button("paper", "paperOut", "", .takePaperOut)
        let cover =
            printer.isCoverOpen
            ? button("cover", "cover", "closed", .closeCover)
            : button("cover", "cover", "open", .openCover)
        return """
            \(paper)\(button("ends", "paperEnds", "5", .endSoon))\(cover)\
            \(button("confuse", "confuse", "", .confuse))
            """
    }

    /// Keeps its id, and with it the focus, while what it does changes.
    private func button(
        _ id: String, _ act: String, _ value: String, _ label: DeviceText
    ) -> Markup {
        """
        <button id="do-\(id)" name="act" value="\(act)" formaction="/do?value=\(value)">\
        \(say(label))</button>
        """
    }

    // MARK: Line and head office

    private var linkState: Markup {
        guard let link = demo.link else { return "\(say(.noLine))" }
        let counts = link.counts
        let cut = link.isCutPending ? say(.cutToCome) : ""
        let word: LineText =
            switch demo.linkState {
            case .good: .linkGood
            case .thin: .linkThin
            case .silent: .linkSilent
            case .refused: .linkCut
            }
        let bytes = LineText.bytesUpDown(up: grouped(counts.up), down: grouped(counts.down))
        return "<span>\(say(word))\(cut)</span><br><span>\(say(bytes))</span>"
    }

    private var line: Markup {
        """
        <section id="line" aria-labelledby="line-title">
        <h2 id="line-title">\(say(.lineToHeadOffice))</h2>
        <p id="link-state">\(place("link-state"))</p>
        <form method="post" action="/do" class="buttons">
        <input type="hidden" name="act" value="link">
        <button name="value" value="good">\(say(.good))</button>
        <button name="value" value="thin">\(say(.thin))</button>
        <button name="value" value="silent">\(say(.silent))</button>
        <button name="value" value="refused">\(say(.cut))</button>
        </form>
        <form method="post" action="/do" class="line">
        <input type="hidden" name="act" value="cut">
        <label for="bytes">\(say(.cutAfter))</label>
        <input id="bytes" name="bytes" inputmode="numeric" value="500" autocomplete="off">
        <label for="direction">\(say(.bytes))</label>
        <select id="direction" name="direction">
        <option value="up">\(say(.up))</option><option value="down">\(say(.down))</option>
        </select>
        <button>\(say(.cut))</button>
        </form>
        <form method="post" action="/do" class="buttons" aria-label="\(say(.headOffice))">
        <input type="hidden" name="act" value="headOffice">
        <button name="value" value="buys">\(say(.buys))</button>
        <button name="value" value="rejects">\(say(.rejects))</button>
        <button name="value" value="waits">\(say(.waits))</button>
        </form>
        </section>
        """
    }

    // MARK: Paper

    private var papers: Markup { "\(say(.papers(strips.first?.number ?? 0)))" }

    private var hanging: Markup {
        let strip = demo.world.printer.hanging
        if strip.lines.isEmpty && strip.errors.isEmpty { return .none }
        return """
            \(PaperView(language: demo.language).strip(strip, isHanging: true))\
            <form method="post" action="/do">\
            <button id="tear" name="act" value="tearOff">\(say(.tearOff))</button></form>
            """
    }

    private var paper: Markup {
        """
        <section id="paper" aria-labelledby="paper-title">
        <div class="head"><h2 id="paper-title">\(say(.paper))</h2>
        <p id="papers" aria-live="polite">\(place("papers"))</p></div>
        <div id="hanging">\(place("hanging"))</div>
        <ol id="strips" data-group data-last="\(strips.first?.number ?? 0)">
        \(strips.map { piece($0) })
        </ol>
        </section>
        """
    }
}

extension CardShelf.Group {
    /// What the counter's page has too is folded away at first: devices and line come below.
    fileprivate var isOpenAtFirst: Bool {
        switch self {
        case .badges, .villagers: true
        case .commands, .numbers, .goods: false
        }
    }
}

extension World.Device {
    var kind: DeviceKind {
        switch self {
        case .scanner: .scanner
        case .scale: .scale
        case .printer: .printer
        }
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
