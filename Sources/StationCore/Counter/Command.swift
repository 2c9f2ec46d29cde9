/// What the operator can say with one code of the printed sheet, or with one button of the page.
///
/// The raw value is the three-digit number on the sheet; a number is never given twice.
public enum Command: Int, CaseIterable, Sendable {
    // Begin something.
    case produce = 1
    case order = 2
    case refund = 3
    case day = 4
    case undo = 5
    case settleSlips = 6

    // End a step. No two steps in a row are ended by the same one, so that a code that was read
    // twice cannot end the next step too.
    case anonymous = 20
    case takeWeight = 21
    case payCash = 22
    case basketDone = 23
    case exactCash = 24
    case takeCash = 25
    case knowPerson = 26
    case confirmCount = 27
    case yes = 28
    case no = 29
    case cameOut = 30
    case didNotComeOut = 31

    // Type a number.
    case enter = 40
    case clearDigits = 41

    // Help.
    case cancel = 50
    case removeLast = 51
    case weightByHand = 52
    case reprint = 53
    case askHeadOffice = 54
    case signOut = 55
    case nextLanguage = 56

    /// Three digits, as in its barcode.
    public var number: String {
        let digits = String(rawValue)
        return String(repeating: "0", count: 3 - digits.count) + digits
    }
}
