import Simulators
import StationCore
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
    /// Of the panel.
    let language: Language
    private let state: Mutex<State>

    /// - Parameter kept: the cards of an earlier run.
    init(
        world: World, counterAddress: String?, language: Language, goods: [CardShelf.Card],
        kept: CardShelf? = nil
    ) {
        self.world = world
        self.language = language
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
    func perform(_ action: WorldAction) async -> WorldText {
        switch action {
        case .scan(let text):
            if world.scanner.scan(text) { return .scanned }
            return world.socket(of: .scanner) == nil
                ? .scannerOut : .nobodyListens
        case .put(let grams):
            world.scale.put(grams)
            return .onScale(grams)
        case .takeOff:
            world.scale.takeOff()
            return .scaleEmpty
        case .plug(let device):
            world.plug(device)
            return .pluggedIn(device.kind)
        case .unplug(let device, let form):
            world.unplug(device, form: form)
            return .pulledOut(device.kind)
        case .takePaperOut, .putPaperIn, .letPaperEnd, .setCoverOpen, .setOffline, .confusePrinter,
            .tearOff:
            return performAtPrinter(action)
        case .setScaleMute(let isMute):
            world.scale.setMute(isMute)
            state.withLock { $0.isScaleMute = isMute }
            return isMute ? .scaleSleeps : .scaleAwake
        case .setLink(let linkState): return set(linkState)
        case .cutLink(let bytes, let direction):
            link?.cut(.afterBytes(bytes, direction))
            return .lineCutAfter(bytes: bytes)
        case .setHeadOffice(let mood):
            state.withLock { $0.mood = mood }
            switch mood {
            case .buys: return .officeBuys
            case .rejects: return .officeRejects
            case .waits: return .officeWaits
            }
        case .killProgram:
            await box?.killProgram()
            return .killed
        case .cutPower:
            await box?.cutPower()
            return .powerCut
        }
    }

    private func performAtPrinter(_ action: WorldAction) -> WorldText {
        let printer = world.printer
        switch action {
        case .takePaperOut:
            printer.takePaperOut()
            return .noPaper
        case .putPaperIn:
            printer.putPaperIn()
            return .newRoll
        case .letPaperEnd(let lines):
            printer.letPaperEnd(afterLines: lines)
            return .rollEnds(lines: lines)
        case .setCoverOpen(let isOpen):
            printer.setCoverOpen(isOpen)
            return isOpen ? .coverOpen : .coverClosed
        case .setOffline(let isOffline):
            printer.setOffline(isOffline)
            return isOffline ? .offLine : .onLine
        case .confusePrinter:
            // As its plug comes loose in the middle of a picture and is pushed in again.
            let isPluggedIn = world.socket(of: .printer) != nil
            if isPluggedIn { world.unplug(.printer) }
            printer.confuse()
            if isPluggedIn { world.plug(.printer) }
            return .confused
        case .tearOff:
            printer.tearOff()
            return .torn
        default: return .cannot
        }
    }

    /// A thin line is what a village has on a good day: 20 kbit/s and 300 ms each way.
    private static let thinShape = SimulatedLink.Shape(
        bytesPerSecond: 2_500, delay: .milliseconds(300))

    private func set(_ linkState: WorldAction.LinkState) -> WorldText {
        state.withLock { $0.linkState = linkState }
        link?.set(linkState == .thin ? Self.thinShape : SimulatedLink.Shape())
        switch linkState {
        case .good:
            link?.set(.open)
            return .lineGood
        case .thin:
            link?.set(.open)
            return .lineThin
        case .silent:
            link?.set(.silent)
            return .lineSilent
        case .refused:
            link?.set(.refused)
            return .lineCut
        }
    }
}
