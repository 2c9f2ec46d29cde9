/// One stay of a device on the bus: from its arrival until it leaves.
///
/// The same device plugged in again is another presence. `path` names the socket
/// (`1-2.3`: bus 1, port 2, then port 3) and stays the same for one socket.
public struct USBPresence: Hashable, Sendable, CustomStringConvertible {
    public let path: String
    /// Bus address, drawn anew at each plug.
    public let address: UInt8

    public init(path: String, address: UInt8) {
        self.path = path
        self.address = address
    }

    public var description: String { "\(path)#\(address)" }
}

public struct USBEndpoint: Hashable, Sendable {
    public enum Transfer: Hashable, Sendable { case control, isochronous, bulk, interrupt }

    /// As in the descriptor: bit 7 set means towards the host.
    public let address: UInt8
    public let transfer: Transfer
    /// Bytes; a read asks for a multiple of it.
    public let maxPacketSize: Int

    public var isIn: Bool { address & 0x80 != 0 }

    public init(address: UInt8, transfer: Transfer, maxPacketSize: Int) {
        self.address = address
        self.transfer = transfer
        self.maxPacketSize = maxPacketSize
    }
}

/// One alternate setting of one interface, with the words of the USB descriptor.
public struct USBInterface: Hashable, Sendable {
    public let number: UInt8
    public let alternateSetting: UInt8
    public let interfaceClass: UInt8
    public let interfaceSubclass: UInt8
    public let interfaceProtocol: UInt8
    public let endpoints: [USBEndpoint]

    public init(
        number: UInt8, alternateSetting: UInt8 = 0, interfaceClass: UInt8,
        interfaceSubclass: UInt8, interfaceProtocol: UInt8, endpoints: [USBEndpoint]
    ) {
        self.number = number
        self.alternateSetting = alternateSetting
        self.interfaceClass = interfaceClass
        self.interfaceSubclass = interfaceSubclass
        self.interfaceProtocol = interfaceProtocol
        self.endpoints = endpoints
    }
}

/// What a device says of itself before it is opened.
public struct USBDeviceDescription: Hashable, Sendable {
    public let presence: USBPresence
    public let vendor: UInt16
    public let product: UInt16
    /// Every alternate setting of every interface of the active configuration.
    public let interfaces: [USBInterface]

    public init(
        presence: USBPresence, vendor: UInt16, product: UInt16, interfaces: [USBInterface]
    ) {
        self.presence = presence
        self.vendor = vendor
        self.product = product
        self.interfaces = interfaces
    }
}

public enum USBBusEvent: Equatable, Sendable {
    case arrived(USBDeviceDescription)
    /// Said once for each arrival, whatever order the transfers and the bus speak in.
    case left(USBPresence)
}

/// The setup packet of a control transfer, without its length, which the call gives.
public struct USBSetup: Hashable, Sendable {
    public let requestType: UInt8
    public let request: UInt8
    public let value: UInt16
    public let index: UInt16

    public init(requestType: UInt8, request: UInt8, value: UInt16, index: UInt16) {
        self.requestType = requestType
        self.request = request
        self.value = value
        self.index = index
    }
}

/// How far an OUT transfer came. `count` is right in every case: a printer that went away in the
/// middle of a slip makes the difference between a slip that is owed and one that is doubtful.
public struct USBWritten: Equatable, Sendable {
    /// Bytes that the device accepted.
    public let count: Int
    /// Nil when all of them went.
    public let failure: PortError?

    public init(count: Int, failure: PortError?) {
        self.count = count
        self.failure = failure
    }
}

/// What an interrupt IN endpoint brought.
public enum USBReport: Equatable, Sendable {
    /// One report, as long as the device made it.
    case bytes([UInt8])
    /// The last element of its stream.
    case ended(PortError)
}

/// The bus: what is plugged in and what leaves.
public protocol USBBus: Sendable {
    /// Arrivals and departures in their order, beginning with what is there. One listener.
    func events() -> AsyncStream<USBBusEvent>

    /// Opens a device; `.disconnected` if it left meanwhile, `.permissionDenied` if the system
    /// does not let us.
    func open(_ presence: USBPresence) async throws(PortError) -> any USBDevice
}

/// An opened device. Every call ends within its time limit and none blocks a thread of the
/// cooperative pool. After `.disconnected` nothing works but `close`.
public protocol USBDevice: Sendable {
    /// Claims an interface exclusively, taking it from a kernel driver, and selects
    /// `alternateSetting` where the interface has more than one.
    func claim(interface number: UInt8, alternateSetting: UInt8?) async throws(PortError)

    /// A control transfer. For a request towards the host `length` bytes are asked for and `data`
    /// is empty; for the other direction `data` is sent and the answer is empty.
    func control(
        _ setup: USBSetup, data: [UInt8], length: Int, within limit: Duration
    ) async throws(PortError) -> [UInt8]

    /// The reports of an interrupt IN endpoint, with two transfers kept pending so that none is
    /// lost; ends with `.ended`. Holds at most `reportCountMax` reports; beyond it the device waits.
    func reports(endpoint: UInt8, length: Int) -> AsyncStream<USBReport>

    /// One read of a bulk IN endpoint; `.timedOut` when nothing came.
    func read(
        endpoint: UInt8, atMost count: Int, within limit: Duration
    ) async throws(PortError) -> [UInt8]

    /// One write to an OUT endpoint. On a time-out `count` says where to go on.
    func write(endpoint: UInt8, _ bytes: [UInt8], within limit: Duration) async -> USBWritten

    func clearHalt(endpoint: UInt8) async throws(PortError)

    /// Ends what is pending, gives the interfaces back and closes. Safe to repeat.
    func close() async
}

/// Reports that wait in a stream at the most: a burst of a long code, while its reader is busy.
public let reportCountMax = 256
