/// The check digit of GTIN, SSCC and GLN: from the right, weights 3, 1, 3, 1, ...; what is missing
/// to the next ten. Source: GS1 General Specifications.
func gs1CheckDigit(_ digits: some BidirectionalCollection<UInt8>) -> UInt8 {
    var sum = 0
    var weight = 3
    for digit in digits.reversed() {
        sum += weight * Int(digit - 0x30)
        weight = 4 - weight
    }
    return 0x30 + UInt8((10 - sum % 10) % 10)
}

/// The two check digits of ISO 7064 MOD 97-10, which find every single wrong digit and every two
/// that changed places: 98 - (100 x the number) mod 97, so 02 to 98.
func mod97CheckDigits(_ digits: some Sequence<UInt8>) -> String {
    let remainder = digits.reduce(0) { ($0 * 10 + Int($1 - 0x30)) % 97 }
    let check = String(98 - remainder * 100 % 97)
    return check.utf8.count == 1 ? "0" + check : check
}
