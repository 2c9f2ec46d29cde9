/// The one sentence: what the box expects next.
public enum Prompt: Hashable, Sendable {
    case enrol
    case signIn
    case enterPIN
    case choosePIN
    case repeatPIN
    case checkingPIN
    case openDay
    case chooseTrade
    case seller
    case produce
    case loadScale(name: String)
    /// The scale itself stands in the way of a sale weight: it is away, or says what is wrong.
    case mendScale(WeightRefusal)
    case waitForStable
    case takeWeight
    case typeGrams
    case payProduce(Fen)
    case clearScale
    case oldPrices(days: Int?)
    case oldArticles(days: Int?)
    case alreadyBooked(number: Int)
    case articles
    case moreArticles
    case tender(Fen)
    case takeCash(change: Fen)
    case refundSlip
    case compareSlip(PrintedSlip, utcOffsetMinutes: Int)
    /// The slip is lost: whether it is the order of this one.
    case isItOrder(PrintedSlip, utcOffsetMinutes: Int)
    case secondProof
    case payRefund(Fen)
    case countDrawer
    case confirmCount(difference: Fen)
    case confirmFirstCount(Fen)
    case undoReason(number: Int)
    case undoHandedBack(Fen)
    case didSlipComeOut(number: Int)
    case stopped
}

/// What was just said: a result, or why something was refused.
public enum Notice: Hashable, Sendable {
    case refused(Refusal)
    case booked(number: Int, paidOut: Fen)
    case received(number: Int, takenIn: Fen)
    /// At start: what was booked last.
    case lastBooked(number: Int, CashMoved, slip: SlipState)
    case nothingBooked
    case cancelled
    case dayOpened
    case dayClosed(difference: Fen)
    case signedIn(OperatorNumber)
    case signedOut
    /// The badge of the operator who has the counter: a page that waits asks for his PIN.
    case badgeSeen
    case reversed(number: Int)
    /// The purchase of this number was undone, and no other one was booked in its place.
    case staysUndone(number: Int)
    case orderStands(number: Int, OrderState, owed: Fen)
    case exposureHigh(Fen, limit: Fen)
    case slipSettled(number: Int)
    case language(Language)
    case askedHeadOffice
    case copyPrinting(number: Int)
}

/// Why an input changed nothing; each says what was wrong.
public enum Refusal: Error, Hashable, Sendable {
    case notEnrolled
    case notSignedIn
    case badgeUnknown
    case pinIsSixDigits
    case pinWrong(triesLeft: Int)
    case pinLocked(seconds: Int)
    case pinsDiffer
    case otherOperatorSignedIn
    case dayNotOpen
    case dayOpenAlready
    case listMissing
    /// The page showed something older.
    case stale
    case readTwice
    /// Codes came faster than the counter took them, or while the disk stalled: the last ones are
    /// lost, from the first that was too many on.
    case scansDropped
    /// It has no meaning here.
    case notExpected
    case codeUnknown
    case foreignSlip
    case foreignSheet
    case payTooLate
    case weight(WeightRefusal)
    case priceListTooOld(days: Int)
    case drawerTooLow(has: Fen, needs: Fen)
    case amountTooLarge
    case basketEmpty
    case quantityOutOfRange
    case exposureLimit(Fen, limit: Fen)
    case quoteExpired
    case listChanged
    case tenderedTooLittle(needs: Fen)
    case nothingOwed(number: Int)
    /// No order of this sum, or no other one.
    case noRefundOf(Fen)
    case otherVillager
    case nothingToUndo
    /// The purchase of this number: what it brought in is not all there any more.
    case cannotReverse(number: Int)
    case noSlipDoubtful
    case slipsDoubtful
    case nothingToReprint
    /// So many papers wait for the printer that no copy is added.
    case printerBusy
    /// The box cannot note which slip is in the printer, so that none is begun.
    case slipsWait
    case forked
    /// The books do not allow it; the log says more.
    case books
    case diskFull
    case diskReadOnly
    case numberTooLarge
}
