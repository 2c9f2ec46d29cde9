internal import FoundationEssentials
internal import Ports

/// What the station's child asks of the world. Time limits in milliseconds.
enum WorldRequest: Codable, Equatable {
    case hello
    case events
    case open(path: String, address: UInt8)
    case claim(handle: Int, interface: UInt8, alternateSetting: UInt8?)
    case control(handle: Int, setup: WireSetup, data: Data, length: Int, limit: Int)
    case startReports(handle: Int, endpoint: UInt8)
    case nextReports(handle: Int, endpoint: UInt8, length: Int)
    case read(handle: Int, endpoint: UInt8, count: Int, limit: Int)
    case write(handle: Int, endpoint: UInt8, data: Data, limit: Int)
    case clearHalt(handle: Int, endpoint: UInt8)
    case close(handle: Int)
    case sleep(until: Int)
    case step(entry: Int?, name: String)
    /// Ends an earlier request, which is still answered.
    case cancel(request: Int)
}

enum WorldReply: Codable, Equatable {
    case hello(bootID: String, isScripted: Bool)
    case arrived(WireDevice)
    case left(path: String, address: UInt8)
    case opened(handle: Int)
    case bytes(Data)
    case written(count: Int, failure: WireError?)
    /// Everything that waited; `failure` comes after it and ends the stream.
    case reports([Data], failure: WireError?)
    case done
    case failed(WireError)
    /// Time moved.
    case tick
}

struct WorldCall: Codable, Equatable {
    let id: Int
    let request: WorldRequest
}

struct WorldAnswer: Codable, Equatable {
    /// Of the call that it answers.
    let id: Int
    let monotonic: Int
    let calendar: Int
    let isSynchronized: Bool
    let reply: WorldReply
}

struct WireError: Codable, Equatable {
    enum Name: String, Codable {
        case disconnected, timedOut, stalled, busy, permissionDenied, overflow, cancelled
        case unexpected
    }

    let name: Name
    let code: Int32

    init(_ error: PortError) {
        switch error {
        case .disconnected: (name, code) = (.disconnected, 0)
        case .timedOut: (name, code) = (.timedOut, 0)
        case .stalled: (name, code) = (.stalled, 0)
        case .busy: (name, code) = (.busy, 0)
        case .permissionDenied: (name, code) = (.permissionDenied, 0)
        case .overflow: (name, code) = (.overflow, 0)
        case .cancelled: (name, code) = (.cancelled, 0)
        case .unexpected(let number): (name, code) = (.unexpected, number)
        }
    }

    var error: PortError {
        switch name {
        case .disconnected: .disconnected
        case .timedOut: .timedOut
        case .stalled: .stalled
        case .busy: .busy
        case .permissionDenied: .permissionDenied
        case .overflow: .overflow
        case .cancelled: .cancelled
        case .unexpected: .unexpected(code: code)
        }
    }
}

struct WireSetup: Codable, Equatable {
    let requestType: UInt8
    let request: UInt8
    let value: UInt16
    let index: UInt16

    init(_ setup: USBSetup) {
        requestType = setup.requestType
        request = setup.request
        value = setup.value
        index = setup.index
    }

    var setup: USBSetup {
        USBSetup(requestType: requestType, request: request, value: value, index: index)
    }
}

struct WireDevice: Codable, Equatable {
    struct Endpoint: Codable, Equatable {
        enum Transfer: String, Codable { case control, isochronous, bulk, interrupt }

        let address: UInt8
        let transfer: Transfer
        let maxPacketSize: Int
    }

    struct Interface: Codable, Equatable {
        let number: UInt8
        let alternateSetting: UInt8
        /// Class, subclass, protocol.
        let kind: [UInt8]
        let endpoints: [Endpoint]
    }

    let path: String
    let address: UInt8
    let vendor: UInt16
    let product: UInt16
    let interfaces: [Interface]

    init(_ device: USBDeviceDescription) {
        path = device.presence.path
        address = device.presence.address
        vendor = device.vendor
        product = device.product
        interfaces = device.interfaces.map { interface in
            Interface(
                number: interface.number, alternateSetting: interface.alternateSetting,
                kind: [
                    interface.interfaceClass, interface.interfaceSubclass,
                    interface.interfaceProtocol,
                ],
                endpoints: interface.endpoints.map { endpoint in
                    let transfer: Endpoint.Transfer =
                        switch endpoint.transfer {
                        case .control: .control
                        case .isochronous: .isochronous
                        case .bulk: .bulk
                        case .interrupt: .interrupt
                        }
                    return Endpoint(
                        address: endpoint.address, transfer: transfer,
                        maxPacketSize: endpoint.maxPacketSize)
                })
        }
    }

    /// Nil where the other end invented something.
    var description: USBDeviceDescription? {
        guard interfaces.allSatisfy({ $0.kind.count == 3 }) else { return nil }
        return USBDeviceDescription(
            presence: USBPresence(path: path, address: address), vendor: vendor, product: product,
            interfaces: interfaces.map { interface in
                USBInterface(
                    number: interface.number, alternateSetting: interface.alternateSetting,
                    interfaceClass: interface.kind[0], interfaceSubclass: interface.kind[1],
                    interfaceProtocol: interface.kind[2],
                    endpoints: interface.endpoints.map { endpoint in
                        let transfer: USBEndpoint.Transfer =
                            switch endpoint.transfer {
                            case .control: .control
                            case .isochronous: .isochronous
                            case .bulk: .bulk
                            case .interrupt: .interrupt
                            }
                        return USBEndpoint(
                            address: endpoint.address, transfer: transfer,
                            maxPacketSize: endpoint.maxPacketSize)
                    })
            })
    }
}

/// One coder for both ends; a message that is none is nil.
enum WorldCoding {
    static func bytes(of message: some Encodable) -> [UInt8] {
        do {
            return Array(try JSONEncoder().encode(message))
        } catch {
            preconditionFailure("a message that has no JSON: \(error)")
        }
    }

    static func message<Message: Decodable>(_ type: Message.Type, of bytes: [UInt8]) -> Message? {
        do {
            return try JSONDecoder().decode(type, from: Data(bytes))
        } catch {
            return nil
        }
    }
}
