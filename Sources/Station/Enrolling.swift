import Cryptography
import Journal
import LocalServer
import Logging
import Ports
import StationCore
import SyncProtocol

/// Why an enrolment code was not taken; said to who holds it.
enum EnrolmentRefusal: Error, Equatable {
    case notACode
    /// The box belongs to a station; only its own head office's address may change.
    case otherStation(StationNumber, epoch: Int)
    case failed(String)
}

/// Why a run ended: head office refused the enrolment token, and the journal lies in `copy`.
struct EnrolmentRefused: Error, CustomStringConvertible {
    let copy: String

    var description: String { "head office refused the enrolment; its journal is \(copy)" }
}

extension StationState {
    /// The same by scanner: what came of it is said in the log, and shown by the counter's prompt.
    mutating func enrol(scanned enrolment: Enrolment, key: DeviceKey) async {
        do throws(EnrolmentRefusal) {
            guard let entry = try await enrol(enrolment, key: key) else {
                return logger.info("enrolment code scanned, nothing changed")
            }
            logger.info("enrolled by scanner", metadata: [LogKey.entry: "\(entry)"])
        } catch {
            logger.error("not enrolled", metadata: [LogKey.error: "\(error)"])
        }
    }

    /// Takes an enrolment in: makes the key and entry 1; on an enrolled box, a new address or new
    /// pins of the same station and epoch.
    ///
    /// - Returns: The number of the entry; nil where the box knew all of it and nothing was booked.
    mutating func enrol(
        _ enrolment: Enrolment, key: DeviceKey
    ) async throws(EnrolmentRefusal) -> Int? {
        guard let number = StationNumber(enrolment.station.text) else { throw .notACode }
        let entry: Int
        do {
            if let station = books.station {
                guard station == number, books.epoch == enrolment.epoch else {
                    throw EnrolmentRefusal.otherStation(station, epoch: books.epoch)
                }
                guard books.facts.hub != enrolment.address || local.pins != enrolment.pins else {
                    askHeadOffice()
                    return nil
                }
                try await write(
                    StationMoved(hub: enrolment.address), local: [.pins(enrolment.pins)])
                entry = books.lastSequence
            } else {
                let publicKey = try key.loadOrMake().publicKey
                try await write(
                    enrolment: StationEnrolled(
                        hub: enrolment.address, key: Base64.encode(publicKey.raw)),
                    station: number, epoch: enrolment.epoch,
                    local: [
                        .pins(enrolment.pins), .token(enrolment.token),
                        .stationSecret(try randomDigits(5)),
                    ])
                entry = books.lastSequence
                try await beginRun(release: release, configuration: nil)
            }
        } catch let error as EnrolmentRefusal {
            throw error
        } catch {
            throw .failed("\(error)")
        }
        // Also where it waits: after an answer by a key that was none of the pins, minutes.
        askHeadOffice()
        return entry
    }
}
