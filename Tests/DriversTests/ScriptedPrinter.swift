import Ports
import Simulators
import Synchronization

/// A printer that takes everything and answers what it is told to answer, for what no printer with
/// its wits does.
final class ScriptedPrinter: SimulatedUSBDevice {
    private struct State {
        var cable: SimulatedCable?
        var answers: [[UInt8]: [UInt8]] = [:]
        var taken: [UInt8] = []
        var said: [UInt8] = []
    }

    let vendor: UInt16 = 0x04b8
    let product: UInt16 = 0x0202
    let interfaces = [
        USBInterface(
            number: 0, interfaceClass: 7, interfaceSubclass: 1, interfaceProtocol: 2,
            endpoints: [
                USBEndpoint(address: 0x01, transfer: .bulk, maxPacketSize: 64),
                USBEndpoint(address: 0x82, transfer: .bulk, maxPacketSize: 64),
            ])
    ]
    private let state = Mutex(State())

    /// Ready in every respect; GS r is not answered.
    init() {
        for question: UInt8 in 1...4 { answer([0x10, 0x04, question], [0x12]) }
    }

    /// - Parameter answer: empty for none.
    func answer(_ question: [UInt8], _ answer: [UInt8]) {
        state.withLock { $0.answers[question] = answer }
    }

    func fallSilent() { state.withLock { $0.answers = [:] } }

    /// Says something that nobody asked for.
    func say(_ bytes: [UInt8]) {
        state.withLock { $0.said += bytes }
        state.withLock { $0.cable }?.changed()
    }

    func plugged(_ cable: SimulatedCable) { state.withLock { $0.cable = cable } }
    func unplugged() { state.withLock { $0.cable = nil } }

    func control(_ setup: USBSetup, data: [UInt8], length: Int) throws(PortError) -> [UInt8] {
        throw .stalled
    }

    func write(endpoint: UInt8, _ bytes: ArraySlice<UInt8>) -> Int {
        let cable = state.withLock { state in
            for byte in bytes {
                state.taken = state.taken.suffix(2) + [byte]
                state.said += state.answers[state.taken] ?? []
            }
            return state.cable
        }
        cable?.changed()
        return bytes.count
    }

    func read(endpoint: UInt8, atMost count: Int) -> [UInt8] {
        state.withLock { state in
            defer { state.said.removeFirst(min(count, state.said.count)) }
            return Array(state.said.prefix(count))
        }
    }
}
