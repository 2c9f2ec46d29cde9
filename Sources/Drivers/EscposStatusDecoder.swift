public import StationCore

/// The answers of an ESC/POS printer in the one stream of bytes that it sends, told apart by their
/// fixed bits and by what was asked.
///
/// A status byte means nothing without its question, so the decoder is told what the host sent; an
/// answer to no question is discarded. Automatic status blocks (ASB) carry their own meaning and
/// need no question. Any cut of the bytes gives the same answers.
///
/// Source: Epson TM-U220, TM-L60II, Bixolon SRP-350 and Citizen CT-S2000 manuals; the order of tests
/// as in receiptline/receiptio.
public struct EscposStatusDecoder: DeviceDecoder {
    public enum Question: Hashable, Sendable {
        /// DLE EOT n, executed at once, even off-line: 1 printer, 2 off-line cause, 3 error cause,
        /// 4 roll paper.
        case realTime(UInt8)
        /// GS r n, executed in its turn behind what was sent before: 1 paper, 2 drawer.
        case buffered(UInt8)
        /// GS I n below 41: one byte of identity.
        case identity
    }

    public enum Output: Hashable, Sendable {
        /// `question` is nil for an automatic status block.
        case status(PrinterStatus, answering: Question?)
        case discarded(Discard)
    }

    /// Questions that wait for an answer, at the most: more than a job has; the oldest go.
    private static let questionCountMax = 64
    /// Bytes of a data block: name and serial number of the longest kind.
    private static let blockLengthMax = 80

    private var buffer: [UInt8] = []
    private var realTime: [Question] = []
    private var buffered: [Question] = []
    private var blockCount = 0

    public init() {}

    public mutating func push(_ bytes: [UInt8]) -> [Decoded] {
        feed(bytes).map { output in
            switch output {
            case .status(let status, _): .printerStatus(status)
            case .discarded(let discard): .discarded(discard)
            }
        }
    }

    public mutating func finish() -> [Decoded] {
        defer { self = EscposStatusDecoder() }
        guard !buffer.isEmpty else { return [] }
        return [.discarded(Discard(bytes: buffer.count, why: .unfinished))]
    }

    /// Takes what the printer sent, and says what each answer was asked by.
    public mutating func feed(_ bytes: [UInt8]) -> [Output] {
        buffer += bytes
        var outputs: [Output] = []
        var strayCount = 0
        var position = 0
        while position < buffer.count, let piece = piece(at: position) {
            position += piece.length
            if let output = piece.output {
                outputs += Self.stray(strayCount) + [output]
                strayCount = 0
            } else {
                strayCount += piece.length
            }
        }
        buffer.removeFirst(position)
        return outputs + Self.stray(strayCount)
    }

    /// Forgets what was asked and what came by halves, before a new question: a late answer is
    /// taken for none.
    public mutating func forget() {
        self = EscposStatusDecoder()
    }

    /// Drops the real-time questions that were not answered in their time: what comes late answers
    /// no other one.
    public mutating func giveUpRealTime() {
        realTime = []
    }

    private static func stray(_ count: Int) -> [Output] {
        count == 0 ? [] : [.discarded(Discard(bytes: count, why: .unknown))]
    }

    private struct Piece {
        let length: Int
        /// Nil for bytes of no form.
        let output: Output?
    }

    /// What begins at `position`; nil while its end has not come.
    private mutating func piece(at position: Int) -> Piece? {
        let first = buffer[position]
        if first & 0x93 == 0x12 { return Piece(length: 1, output: realTimeAnswer(first)) }
        if first & 0x93 == 0x10 { return automaticStatus(at: position) }
        if first & 0x90 == 0 { return Piece(length: 1, output: bufferedAnswer(first)) }
        if [0x35, 0x37, 0x3b, 0x3d, 0x5f].contains(first) { return block(at: position) }
        return Piece(length: 1, output: nil)
    }

    private mutating func realTimeAnswer(_ byte: UInt8) -> Output {
        guard !realTime.isEmpty else { return .discarded(Discard(bytes: 1, why: .unasked)) }
        let question = realTime.removeFirst()
        guard case .realTime(let number) = question,
            let status = Self.realTimeStatus(number, byte)
        else { return .discarded(Discard(bytes: 1, why: .notStatus)) }
        return .status(status, answering: question)
    }

    private mutating func bufferedAnswer(_ byte: UInt8) -> Output {
        guard !buffered.isEmpty else { return .discarded(Discard(bytes: 1, why: .unasked)) }
        let question = buffered.removeFirst()
        guard case .buffered(let number) = question else {
            return .discarded(Discard(bytes: 1, why: .notStatus))
        }
        let isPaper = number == 1 || number == 0x31
        return .status(
            PrinterStatus(paper: isPaper ? Self.paper(near: byte & 0x03, out: byte & 0x0c) : nil),
            answering: question)
    }

    private func automaticStatus(at position: Int) -> Piece? {
        let bytes = buffer[position...].prefix(4)
        guard bytes.dropFirst().allSatisfy({ $0 & 0x90 == 0 }) else {
            return Piece(length: 1, output: nil)
        }
        guard bytes.count == 4 else { return nil }
        let (first, second, third) = (bytes[position], bytes[position + 1], bytes[position + 2])
        return Piece(
            length: 4,
            output: .status(
                PrinterStatus(
                    online: first & 0x08 == 0,
                    paper: Self.paper(near: third & 0x03, out: third & 0x0c),
                    cover: first & 0x20 == 0 ? .closed : .open,
                    error: Self.fault(
                        cutter: second & 0x08, unrecoverable: second & 0x20,
                        recoverable: second & 0x44)),
                answering: nil))
    }

    /// Data blocks (identity, process id, size of a QR code) end with 00. One that was asked for may
    /// hold any byte up to there: separators, or a name in another script. One that nobody asked
    /// for is believed as far as it is plain text, so that it hides no answer.
    private mutating func block(at position: Int) -> Piece? {
        let isAsked = blockCount > 0
        let rest = buffer[(position + 1)...].prefix(Self.blockLengthMax)
        let end = rest.firstIndex { $0 == 0 || !isAsked && !(0x20...0x7e).contains($0) }
        guard let end else {
            if rest.count < Self.blockLengthMax { return nil }
            return Piece(length: rest.count + 1, output: nil)
        }
        guard buffer[end] == 0 else { return Piece(length: end - position, output: nil) }
        blockCount = max(0, blockCount - 1)
        let length = end - position + 1
        return Piece(
            length: length,
            output: .discarded(Discard(bytes: length, why: isAsked ? .notStatus : .unasked)))
    }
}

// MARK: - Questions

extension EscposStatusDecoder {
    /// Notes the questions in what the host sent; each has to stand whole in `bytes`.
    public mutating func sent(_ bytes: [UInt8]) {
        for position in bytes.indices { note(bytes[position...]) }
    }

    private mutating func note(_ bytes: ArraySlice<UInt8>) {
        let head = Array(bytes.prefix(7))
        guard head.count >= 3 else { return }
        switch (head[0], head[1]) {
        case (0x10, 0x04) where (1...8).contains(head[2]):
            Self.append(.realTime(head[2]), to: &realTime)
        case (0x1d, 0x72):
            Self.append(.buffered(head[2]), to: &buffered)
        case (0x1d, 0x49) where (1...3).contains(head[2]) || (0x31...0x33).contains(head[2]):
            Self.append(.identity, to: &buffered)
        case (0x1d, _) where Self.asksForBlock(head):
            blockCount = min(blockCount + 1, Self.questionCountMax)
        default:
            break
        }
    }

    /// GS I above 40, GS ( H (process id) and GS ( k function 82 (size of a QR code).
    private static func asksForBlock(_ head: [UInt8]) -> Bool {
        switch (head[1], head[2]) {
        case (0x49, 0x41...0x7f): true
        case (0x28, 0x48): head.dropFirst(3).elementsEqual([0x06, 0x00, 0x30, 0x30])
        case (0x28, 0x6b): head.dropFirst(3).elementsEqual([0x03, 0x00, 0x31, 0x52])
        default: false
        }
    }

    private static func append(_ question: Question, to questions: inout [Question]) {
        if questions.count == questionCountMax { questions.removeFirst() }
        questions.append(question)
    }
}

// MARK: - Meaning of the bits

extension EscposStatusDecoder {
    /// Nil for the questions about ink and slip paper. That printing was stopped by the paper's end
    /// says that it is out; that it was not stopped says nothing. An error of the off-line cause is
    /// left to question 3, which knows the kind.
    private static func realTimeStatus(_ number: UInt8, _ byte: UInt8) -> PrinterStatus? {
        switch number {
        case 1:
            PrinterStatus(online: byte & 0x08 == 0)
        case 2:
            PrinterStatus(
                paper: byte & 0x20 == 0 ? nil : .out, cover: byte & 0x04 == 0 ? .closed : .open,
                error: byte & 0x40 == 0 ? PrinterStatus.Fault.none : nil)
        case 3:
            PrinterStatus(
                error: fault(
                    cutter: byte & 0x08, unrecoverable: byte & 0x20, recoverable: byte & 0x44))
        case 4:
            PrinterStatus(paper: paper(near: byte & 0x0c, out: byte & 0x20))
        default:
            nil
        }
    }

    private static func paper(near: UInt8, out: UInt8) -> PrinterStatus.Paper {
        if out != 0 { return .out }
        return near == 0 ? .ok : .nearEnd
    }

    private static func fault(
        cutter: UInt8, unrecoverable: UInt8, recoverable: UInt8
    ) -> PrinterStatus.Fault {
        if unrecoverable != 0 { return .unrecoverable }
        if cutter != 0 { return .cutter }
        return recoverable == 0 ? .none : .recoverable
    }
}
