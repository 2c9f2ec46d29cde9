import Cryptography
import StationCore
import Synchronization
import Texts

/// Who looks at the pages, each known by a random token in a cookie. In memory only: after a
/// restart everybody signs in again.
final class Visits: Sendable {
    struct Visit: Sendable {
        /// Comes back with every form of this visit.
        let csrf: String
        /// The sign-in under which this page may show the counter; nil: none.
        var signIn: Int?
        /// This operator has the counter and types his PIN for this page alone.
        var proving: OperatorNumber?
        /// PINs that this visit has sent. A form carries the number at which it was made, so that
        /// one which is sent twice counts once, and a wrong PIN costs one try.
        var pinCount = 0
        /// What to say on the page that follows.
        var refusal: Refusal?
        var problem: PageText?
    }

    /// So many are remembered; of those beyond, the oldest that is not signed in goes first.
    static let countMax = 64

    private struct Known {
        var visits: [String: Visit] = [:]
        var order: [String] = []
    }

    private let known = Mutex(Known())

    subscript(token: String) -> Visit? { known.withLock { $0.visits[token] } }

    /// - Returns: The token of a new visit.
    func begin(signIn: Int? = nil) throws -> (token: String, visit: Visit) {
        let token = Self.hexadecimal(try randomBytes(16))
        let visit = Visit(csrf: Self.hexadecimal(try randomBytes(16)), signIn: signIn)
        known.withLock { known in
            if known.order.count >= Self.countMax {
                let gone =
                    known.order.firstIndex { known.visits[$0]?.signIn == nil } ?? 0
                known.visits[known.order.remove(at: gone)] = nil
            }
            known.visits[token] = visit
            known.order.append(token)
        }
        return (token, visit)
    }

    func end(_ token: String) {
        known.withLock { known in
            known.visits[token] = nil
            known.order.removeAll { $0 == token }
        }
    }

    func change(_ token: String, _ change: (inout Visit) -> Void) {
        known.withLock { known in
            guard var visit = known.visits[token] else { return }
            change(&visit)
            known.visits[token] = visit
        }
    }

    /// Takes the PIN form that was made at this count.
    ///
    /// - Returns: False where it, or a later one, was taken before.
    func takePIN(_ token: String, madeAt count: Int?) -> Bool {
        known.withLock { known in
            guard let visit = known.visits[token], visit.pinCount == count else { return false }
            known.visits[token]?.pinCount += 1
            return true
        }
    }

    private static func hexadecimal(_ bytes: [UInt8]) -> String {
        bytes.map { byte in
            let digits = String(byte, radix: 16)
            return digits.utf8.count == 1 ? "0" + digits : digits
        }.joined()
    }
}

extension Visits.Visit {
    /// Whether this page may show the counter as it is now.
    func maySee(_ screen: CounterScreen) -> Bool {
        guard let signIn else { return false }
        return signIn == screen.signIn && screen.view.signedIn != nil
    }

    /// The step of signing in that this page stands at. While somebody has the counter, it is his
    /// PIN that is asked for: after his badge was typed on this page, or scanned at the counter.
    func step(at screen: CounterScreen) -> SignInPage.Step {
        let step = SignInPage.step(of: screen.view.prompt)
        guard step == .badge, let number = screen.view.signedIn else { return step }
        return proving == number || screen.view.opensPages ? .pin : .badge
    }
}
