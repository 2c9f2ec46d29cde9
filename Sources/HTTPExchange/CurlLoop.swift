import CCurl
import Glibc
import Ports

/// What outlives transfers and connections. Lives on the engine's thread.
final class Handshakes {
    /// TLS sessions of libcurl: the next handshake is shorter by the server's certificate.
    let sessions: UnsafeMutableRawPointer
    /// Of the certificate that each peer showed last.
    var dates: [String: CertificateDates] = [:]

    init() {
        guard let sessions = curl_share_init() else { fatalError("no memory for libcurl") }
        stationd_curl_share_sessions(sessions)
        self.sessions = sessions
    }

    deinit { curl_share_cleanup(sessions) }
}

/// Seconds of UTC since 1970; nil where the certificate does not say.
struct CertificateDates {
    var begin: Int?
    var end: Int?

    /// - Parameter time: Milliseconds of UTC since 1970.
    func hold(at time: Int) -> Bool {
        guard let begin, let end else { return false }
        return begin * 1_000 <= time && time <= end * 1_000
    }
}

/// The engine's thread: starts, drives and ends transfers until it is told to stop.
final class CurlLoop {
    private let engine: CurlEngine
    private var multi: UnsafeMutableRawPointer
    private let handshakes = Handshakes()
    private var transfers: [UnsafeMutableRawPointer: CurlTransfer] = [:]

    init(engine: CurlEngine) {
        self.engine = engine
        multi = engine.replaceMulti()
    }

    func run() {
        blockBrokenPipes()
        while obey(engine.takeCommands()) {
            var running: Int32 = 0
            curl_multi_perform(multi, &running)
            readResults()
            giveUpStalled()
            var count: Int32 = 0
            curl_multi_poll(multi, nil, 0, waitLimit, &count)
        }
    }

    /// A server that went away is an error of one exchange, and no signal that ends the process.
    private func blockBrokenPipes() {
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGPIPE)
        pthread_sigmask(SIG_BLOCK, &signals, nil)
    }

    /// Milliseconds until somebody has to look for stalled transfers; libcurl's own timers and
    /// every command wake the thread earlier.
    private var waitLimit: Int32 {
        let shortest = transfers.values.map(\.stallLimit).min()
        guard let shortest else { return Int32.max }
        return Int32(min(max(shortest / 4, 20), 1_000))
    }

    /// False when the thread ends.
    private func obey(_ commands: [CurlEngine.Command]) -> Bool {
        for (index, command) in commands.enumerated() {
            switch command {
            case .start(let number, let exchange, let completion):
                start(number, exchange, completion)
            case .cancel(let number):
                let transfer = transfers.values.first { $0.number == number }
                if let transfer { finish(transfer, .failure(.cancelled)) }
            case .closeConnections(let continuation):
                endAll()
                multi = engine.replaceMulti()
                continuation.resume()
            case .stop:
                endAll()
                engine.dropMulti()
                refuse(commands[(index + 1)...])
                return false
            }
        }
        return true
    }

    private func start(
        _ number: CurlEngine.Number, _ exchange: Exchange, _ completion: CurlEngine.Completion
    ) {
        do throws(HTTPError) {
            let transfer = try CurlTransfer(
                number: number, exchange: exchange, handshakes: handshakes,
                completion: completion)
            transfers[transfer.handle] = transfer
            curl_multi_add_handle(multi, transfer.handle)
        } catch {
            engine.ended(number)
            completion.resume(returning: .failure(error))
        }
    }

    private func readResults() {
        var waiting: Int32 = 0
        while let message = curl_multi_info_read(multi, &waiting) {
            guard message.pointee.msg == CURLMSG_DONE, let handle = message.pointee.easy_handle,
                let transfer = transfers[handle]
            else { continue }
            finish(transfer, transfer.result(of: stationd_curl_result(message)))
        }
    }

    private func giveUpStalled() {
        let now = ContinuousClock.now
        for transfer in transfers.values where transfer.isStalled(at: now) {
            finish(transfer, .failure(transfer.stallFailure))
        }
    }

    private func endAll() {
        for transfer in transfers.values { finish(transfer, .failure(.cancelled)) }
    }

    private func finish(_ transfer: CurlTransfer, _ result: Result<HTTPAnswer, HTTPError>) {
        curl_multi_remove_handle(multi, transfer.handle)
        transfers[transfer.handle] = nil
        engine.ended(transfer.number)
        transfer.completion.resume(returning: result)
    }

    /// Nobody waits for a stopped engine but exchanges that came in with the very same batch.
    private func refuse(_ commands: ArraySlice<CurlEngine.Command>) {
        for command in commands {
            switch command {
            case .start(_, _, let completion): completion.resume(returning: .failure(.cancelled))
            case .closeConnections(let continuation): continuation.resume()
            case .cancel, .stop: break
            }
        }
    }
}
