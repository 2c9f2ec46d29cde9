internal import FoundationEssentials
internal import Glibc
internal import Ports
internal import Synchronization

/// The world's end of the socket over which a station's child reaches its devices.
///
/// What a child opened is closed when it dies, and what the devices accepted from it stays
/// accepted: the world outlives the child.
public final class WorldServer: Sendable {
    /// A step of the station that asks for leave, by the name that the step observer gives it.
    public struct Step: Hashable, Sendable {
        /// Sequence number, where the step has one.
        public let entry: Int?
        public let name: String

        public init(entry: Int?, name: String) {
            self.entry = entry
            self.name = name
        }
    }

    public enum Failure: Error, Equatable, Sendable {
        case pathTooLong(String)
        case system(call: String, code: Int32)
    }

    /// Whether a step may be taken. False freezes the child: nothing that it asks from then on has
    /// an effect, and it waits until it is killed.
    public typealias Leave = @Sendable (Step) async -> Bool

    private struct State {
        var sessions: [Int: WorldSession] = [:]
        var nextSession = 1
        var bootID: String
        var isClosed = false
    }

    let bus: SimulatedUSBBus
    let monotonic: any MonotonicClock
    let calendar: any CalendarClock
    let isScripted: Bool
    let leave: Leave
    private let state: Mutex<State>
    private let listener: Int32
    private let path: String
    private let sessionsChanged = Signal()

    /// - Parameters:
    ///   - path: of the socket, which is made anew.
    ///   - scripted: the clock that the child is to live by; nil for the machine's own.
    public init(
        path: String, bus: SimulatedUSBBus, scripted: ManualClock?, bootID: String,
        leave: @escaping Leave = { _ in true }
    ) throws(Failure) {
        self.bus = bus
        self.leave = leave
        self.path = path
        isScripted = scripted != nil
        monotonic = scripted ?? RunningClock()
        calendar = scripted?.calendar ?? RunningCalendar()
        state = Mutex(State(bootID: bootID))
        listener = try listen(at: path)
        let listener = listener
        detachThread { [weak self] in
            while true {
                let client = accept(listener, nil, nil)
                if client < 0 && errno == EINTR { continue }
                guard client >= 0, let self else { break }
                _ = fcntl(client, F_SETFD, FD_CLOEXEC)
                self.begin(client)
            }
            Glibc.close(listener)
        }
        guard let scripted else { return }
        Task { [weak self] in
            var seen = scripted.moved.version
            while self?.isOpen == true {
                await scripted.moved.wait(beyond: seen)
                seen = scripted.moved.version
                self?.tick()
            }
        }
    }

    deinit { end() }

    /// Ends every session and takes no more.
    public func close() { end() }

    private func end() {
        let sessions = state.withLock { state -> [WorldSession] in
            if state.isClosed { return [] }
            state.isClosed = true
            shutdown(listener, Int32(SHUT_RDWR))
            unlink(path)
            return Array(state.sessions.values)
        }
        for session in sessions { session.close() }
    }

    private var isOpen: Bool { state.withLock { !$0.isClosed } }

    /// Changes when the box is switched on anew, not when its program is.
    public var bootID: String { state.withLock { $0.bootID } }
    public func startBox(bootID: String) { state.withLock { $0.bootID = bootID } }

    /// Children that are connected now.
    public var sessionCount: Int { state.withLock { $0.sessions.count } }

    /// Returns when `count` children are connected.
    public func waitForSessions(_ count: Int) async {
        while !Task.isCancelled {
            let seen = sessionsChanged.version
            if sessionCount == count { return }
            await sessionsChanged.wait(beyond: seen)
        }
    }

    /// Returns when a child has been refused a step.
    public func waitForFreeze() async {
        while !Task.isCancelled {
            let seen = sessionsChanged.version
            if state.withLock({ $0.sessions.values.contains(where: \.isFrozen) }) { return }
            await sessionsChanged.wait(beyond: seen)
        }
    }

    func noteFreeze() { sessionsChanged.raise() }

    /// Takes the world from every child at this moment, as SIGKILL is about to: nothing that is
    /// under way has any more effect.
    public func freeze() {
        for session in state.withLock({ Array($0.sessions.values) }) { session.freeze() }
    }

    private func tick() {
        for session in state.withLock({ Array($0.sessions.values) }) {
            session.answer(0, .tick)
        }
    }

    private func begin(_ client: Int32) {
        let number = state.withLock { state in
            defer { state.nextSession += 1 }
            return state.nextSession
        }
        let session = WorldSession(server: self, socket: FrameSocket(client))
        state.withLock { $0.sessions[number] = session }
        sessionsChanged.raise()
        session.start { [weak self] in
            guard let self else { return }
            self.state.withLock { $0.sessions[number] = nil }
            self.sessionsChanged.raise()
        }
    }
}

private func listen(at path: String) throws(WorldServer.Failure) -> Int32 {
    guard var address = unixAddress(path) else { throw .pathTooLong(path) }
    let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
    let descriptor = socket(AF_UNIX, kind, 0)
    guard descriptor >= 0 else { throw .system(call: "socket", code: errno) }
    unlink(path)
    let isBound = withUnsafePointer(to: &address) { address in
        address.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
            bind(descriptor, address, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
                && listen(descriptor, 8) == 0
        }
    }
    guard isBound else {
        let code = errno
        close(descriptor)
        throw .system(call: "bind", code: code)
    }
    return descriptor
}
