import Glibc
public import StationCore

import SQLite

/// Why the journal did not do what it was asked. Nothing of the request has happened then.
public enum JournalError: Error, Equatable, Sendable, CustomStringConvertible {
    /// Another process writes this journal: its file and number.
    case locked(path: String, process: Int?)
    /// No room for business. Entries of the station itself may still fit (the reserve).
    case diskFull
    /// The disk was made read-only: by the kernel after an error, or by a switch on the card.
    case readOnly
    /// Written by a newer release.
    case newerSchema(found: Int, known: Int)
    /// An entry of a kind, or a version of one, that this release does not know: nothing may be
    /// traded on books that leave it out.
    case newerEntry(Int, EntryKind, version: Int)
    /// There is no journal in this folder.
    case missing(path: String)
    /// The file, or its folder, is not for this user; `owner` is who may.
    case noRight(path: String, owner: String?)
    /// The file is there, but nobody ever wrote a journal into it.
    case holdsNone(path: String)
    /// A decision, or another record that may stand once, stands already.
    case repeated(BookRecord.Collection, key: String)
    /// An entry or a projection that cannot be read; `journal verify` says more.
    case damaged(String)
    /// A journal that holds trade is never set aside.
    case holdsTrade
    /// Nothing but entry 1 can be written before the station is enrolled.
    case notEnrolled
    /// Anything else. What the disk holds is uncertain: the caller ends, and starts from what it
    /// finds then.
    case failed(String)

    public var description: String {
        switch self {
        case .locked(let path, let process):
            "another process\(process.map { " (\($0))" } ?? "") holds \(path)"
        case .diskFull: "no room on the disk"
        case .readOnly: "the disk is read-only"
        case .newerSchema(let found, let known):
            "the journal has schema \(found), this release knows \(known)"
        case .newerEntry(let sequence, let kind, let version):
            "entry \(sequence) is of a kind that this release does not know (\(kind), version "
                + "\(version)): install the newer release that wrote it"
        case .missing(let path): "there is no journal at \(path)"
        case .noRight(let path, let owner):
            owner == "root"
                ? "no right to read \(path): run it as root"
                : "no right to read \(path): run it as root or as \(owner ?? "the folder's owner")"
        case .holdsNone(let path): "\(path) holds no journal: nothing was ever written to it"
        case .repeated(let collection, let key): "\(collection.rawValue) \(key) stands already"
        case .damaged(let what): "the journal is damaged (\(what)); keep the card, see operating.md"
        case .holdsTrade: "this journal holds trade"
        case .notEnrolled: "the station is not enrolled"
        case .failed(let what): what
        }
    }

    init(_ error: any Error) {
        switch error {
        case let error as JournalError: self = error
        case let error as SQLiteError: self.init(error)
        case let error as SystemError: self.init(error)
        case let wrong as WrongEntry: self.init(wrong.fault, of: wrong.sequence)
        default: self = .damaged("\(error)")
        }
    }

    private init(_ fault: EntryFault, of sequence: Int) {
        switch fault {
        case .repeated(let collection, let key): self = .repeated(collection, key: key)
        case .books(.unknown(let kind, let version)):
            self = .newerEntry(sequence, kind, version: version)
        case .missing, .unreadable, .form, .number, .identity, .hash, .books:
            self = .damaged("entry \(sequence): \(fault)")
        }
    }

    private init(_ error: SQLiteError) {
        if error.isFull || SystemError.meansFull(error.systemError) {
            self = .diskFull
        } else if error.isReadOnly || error.systemError == EROFS {
            self = .readOnly
        } else if error.isCorrupt || error.isOfOtherSchema {
            self = .damaged(error.message)
        } else {
            self = .failed(error.description)
        }
    }

    private init(_ error: SystemError) {
        if SystemError.meansFull(error.number) {
            self = .diskFull
        } else if error.number == EROFS {
            self = .readOnly
        } else {
            self = .failed(error.description)
        }
    }
}

/// A call of the system that failed, and on which file.
struct SystemError: Error, CustomStringConvertible {
    let call: String
    let path: String
    let number: Int32

    /// Reads `errno`: to be made before anything else is called.
    init(_ call: String, _ path: String) {
        number = errno
        self.call = call
        self.path = path
    }

    static func meansFull(_ number: Int32) -> Bool { number == ENOSPC || number == EDQUOT }

    var description: String { "\(call) \(path): \(String(cString: strerror(number)))" }
}

/// Runs `body` and says in the journal's own words what went wrong.
func attempt<Result>(_ body: () throws -> Result) throws(JournalError) -> Result {
    do { return try body() } catch { throw JournalError(error) }
}
