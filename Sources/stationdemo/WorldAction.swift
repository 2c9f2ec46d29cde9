import Simulators

/// What hands can do in the world, as the panel's forms say it.
enum WorldAction: Equatable, Sendable {
    case scan(String)
    case put(grams: Int)
    case takeOff
    case plug(World.Device)
    case unplug(World.Device, SimulatedUSBBus.Unplugging)
    case takePaperOut
    case putPaperIn
    case letPaperEnd(lines: Int)
    case setCoverOpen(Bool)
    case setOffline(Bool)
    case confusePrinter
    case tearOff
    case setScaleMute(Bool)
    case setLink(LinkState)
    case cutLink(afterBytes: Int, SimulatedLink.Direction)
    case setHeadOffice(HeadOfficeMood)
    case killProgram
    case cutPower

    enum LinkState: String, CaseIterable, Sendable {
        case good, thin, silent, refused
    }

    /// What the stand-in at head office does with orders.
    enum HeadOfficeMood: String, CaseIterable, Sendable {
        case buys, rejects, waits
    }

    /// The fields of a form. `act` names what is to be done, the others say how.
    struct Form: Decodable, Equatable, Sendable {
        var act: String
        var text: String?
        /// The code of a card that was taken up, in place of what is typed.
        var card: String?
        var grams: String?
        var device: String?
        var form: String?
        var value: String?
        var bytes: String?
        var direction: String?
    }

    /// Nil where the form says nothing that can be done.
    init?(_ form: Form) {
        let number = { (text: String?) in
            text.flatMap { Int($0.filter { !$0.isWhitespace }) }
        }
        switch form.act {
        case "scan":
            guard let text = form.card ?? form.text, !text.isEmpty, text.utf8.count <= 1_024 else {
                return nil
            }
            self = .scan(text)
        case "put":
            guard let grams = number(form.grams), (-60_000...60_000).contains(grams) else {
                return nil
            }
            self = .put(grams: grams)
        case "takeOff": self = .takeOff
        case "plug", "unplug":
            guard let device = form.device.flatMap(World.Device.init(rawValue:)) else {
                return nil
            }
            let manner = form.form.flatMap(SimulatedUSBBus.Unplugging.init(rawValue:))
            self = form.act == "plug" ? .plug(device) : .unplug(device, manner ?? .errorThenLeft)
        case "paperOut": self = .takePaperOut
        case "paperIn": self = .putPaperIn
        case "paperEnds":
            guard let lines = number(form.value), (0...10_000).contains(lines) else { return nil }
            self = .letPaperEnd(lines: lines)
        case "cover": self = .setCoverOpen(form.value == "open")
        case "offline": self = .setOffline(form.value == "yes")
        case "confuse": self = .confusePrinter
        case "tearOff": self = .tearOff
        case "mute": self = .setScaleMute(form.value == "yes")
        case "link":
            guard let state = form.value.flatMap(LinkState.init(rawValue:)) else { return nil }
            self = .setLink(state)
        case "cut":
            guard let bytes = number(form.bytes), (0...10_000_000).contains(bytes),
                let direction = form.direction.flatMap(SimulatedLink.Direction.init(rawValue:))
            else { return nil }
            self = .cutLink(afterBytes: bytes, direction)
        case "headOffice":
            guard let mood = form.value.flatMap(HeadOfficeMood.init(rawValue:)) else { return nil }
            self = .setHeadOffice(mood)
        case "kill": self = .killProgram
        case "power": self = .cutPower
        default: return nil
        }
    }
}
