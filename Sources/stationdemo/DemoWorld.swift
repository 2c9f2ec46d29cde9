import Simulators
import Synchronization

/// The box with its program, as the panel switches it.
protocol Box: Sendable {
    var condition: BoxCondition { get }
    /// SIGKILL to the program; it is started anew within the same boot.
    func killProgram() async
    /// The same, and the box boots anew.
    func cutPower() async
}

enum BoxCondition: Equatable, Sendable {
    case starting(boot: Int)
    case running(boot: Int, process: Int)
    /// It ended by itself with that code, and is started again.
    case ended(code: Int)

    var words: String {
        switch self {
        case .starting(let boot): "starts (boot \(boot))"
        case .running(let boot, let process): "runs (boot \(boot), process \(process))"
        case .ended(let code): "ended with code \(code), starts again"
        }
    }
}

/// Everything around the box: devices, cards, paper, the line to head office.
final class DemoWorld: Sendable {
    private struct State {
        var shelf: CardShelf
        var mood = WorldAction.HeadOfficeMood.buys
        var linkState = WorldAction.LinkState.good
        var isScaleMute = false
        var link: SimulatedLink?
        var box: (any Box)?
    }

    let world: World
    /// Where the counter's page is, nil where there is no box.
    let counterAddress: String?
    private let state: Mutex<State>

    /// - Parameter kept: the cards of an earlier run.
    init(
        world: World, counterAddress: String?, goods: [CardShelf.Card], kept: CardShelf? = nil
    ) {
        self.world = world
        self.counterAddress = counterAddress
        state = Mutex(State(shelf: kept ?? CardShelf(goods: goods)))
    }

    /// The line to head office and the box, once they stand.
    func attach(link: SimulatedLink, box: any Box) {
        state.withLock { state in
            state.link = link
            state.box = box
        }
    }

    var link: SimulatedLink? { state.withLock { $0.link } }
    private var box: (any Box)? { state.withLock { $0.box } }

    var condition: BoxCondition? { box?.condition }
    var mood: WorldAction.HeadOfficeMood { state.withLock { $0.mood } }
    var linkState: WorldAction.LinkState { state.withLock { $0.linkState } }
    var isScaleMute: Bool { state.withLock { $0.isScaleMute } }

    /// The cards as they lie now, new papers included.
    var shelf: CardShelf {
        state.withLock { state in
            state.shelf.take(world.printer.strips)
            return state.shelf
        }
    }

    /// - Returns: what happened, for the one who did it.
    func perform(_ action: WorldAction) async -> String {
        switch action {
        case .scan(let text):
            if world.scanner.scan(text) { return "Scanned." }
            return world.socket(of: .scanner) == nil
                ? "The scanner is not plugged in." : "Nobody listens to the scanner."
        case .put(let grams):
            world.scale.put(grams)
            return "On the scale: \(grams) g."
        case .takeOff:
            world.scale.takeOff()
            return "The scale is empty."
        case .plug(let device):
            world.plug(device)
            return "The \(device.rawValue) is plugged in."
        case .unplug(let device, let form):
            world.unplug(device, form: form)
            return "The \(device.rawValue) is pulled out."
        case .takePaperOut, .putPaperIn, .letPaperEnd, .setCoverOpen, .setOffline, .confusePrinter,
            .tearOff:
            return performAtPrinter(action)
        case .setScaleMute(let isMute):
            world.scale.setMute(isMute)
            state.withLock { $0.isScaleMute = isMute }
            return isMute ? "The scale sleeps." : "The scale is awake."
        case .setLink(let linkState): return set(linkState)
        case .cutLink(let bytes, let direction):
            link?.cut(.afterBytes(bytes, direction))
            return "The line is cut after \(bytes) more bytes \(direction.rawValue)."
        case .setHeadOffice(let mood):
            state.withLock { $0.mood = mood }
            return "Head office \(mood.rawValue)."
        case .killProgram:
            await box?.killProgram()
            return "The program is killed."
        case .cutPower:
            await box?.cutPower()
            return "The power was cut."
        }
    }

    private func performAtPrinter(_ action: WorldAction) -> String {
        let printer = world.printer
        switch action {
        case .takePaperOut:
            printer.takePaperOut()
            return "There is no paper."
        case .putPaperIn:
            printer.putPaperIn()
            return "A new roll is in."
        case .letPaperEnd(let lines):
            printer.letPaperEnd(afterLines: lines)
            return "The roll ends in \(lines) lines."
        case .setCoverOpen(let isOpen):
            printer.setCoverOpen(isOpen)
            return isOpen ? "The cover is open." : "The cover is closed."
        case .setOffline(let isOffline):
            printer.setOffline(isOffline)
            return isOffline ? "The printer is off line." : "The printer is on line."
        case .confusePrinter:
            printer.confuse()
            return "The printer waits for a picture that never comes."
        case .tearOff:
            printer.tearOff()
            return "Torn off."
        default: return ""
        }
    }

    /// A thin line is what a village has on a good day: 20 kbit/s and 300 ms each way.
    private static let thinShape = SimulatedLink.Shape(
        bytesPerSecond: 2_500, delay: .milliseconds(300))

    private func set(_ linkState: WorldAction.LinkState) -> String {
        state.withLock { $0.linkState = linkState }
        link?.set(linkState == .thin ? Self.thinShape : SimulatedLink.Shape())
        switch linkState {
        case .good:
            link?.set(.open)
            return "The line is good."
        case .thin:
            link?.set(.open)
            return "The line is thin."
        case .silent:
            link?.set(.silent)
            return "Nothing goes through the line."
        case .refused:
            link?.set(.refused)
            return "The line is cut."
        }
    }
}
