public import StationCore
internal import Texts

/// Papers that are no entry's slips. They owe nothing and are printed when somebody asks.
public enum Paper {
    /// The card's digits stand in no entry: they are given once, when the card is issued.
    public static func villagerCard(
        _ digits: Digits<8>, of villager: VillagerNumber, station: StationNumber,
        letterhead: Letterhead, language: Language
    ) -> SlipDocument {
        var writer = PaperWriter(language: language)
        writer.head(letterhead, station)
        writer.title(PaperLine.villagerCard)
        writer.line(PaperLine.villager(villager.value), style: .bold)
        writer.code128(Barcode.villagerCard(digits).text)
        writer.line(PaperLine.cardCare)
        writer.cut()
        return writer.document
    }

    /// Worthless without the PIN.
    public static func badge(
        _ digits: Digits<8>, of number: OperatorNumber, station: StationNumber,
        letterhead: Letterhead, language: Language
    ) -> SlipDocument {
        var writer = PaperWriter(language: language)
        writer.head(letterhead, station)
        writer.title(PaperLine.badge)
        writer.line(SlipText.operatorNumber(number.value), style: .bold)
        writer.code128(Barcode.badge(digits).text)
        writer.line(PaperLine.badgeCare)
        writer.cut()
        return writer.document
    }

    /// All commands and the number keys, each with its bars, in the order in which they are needed.
    ///
    /// - Parameter secret: Of this station and this sheet: a sheet of another station, or one from
    ///   before a renewal, does nothing.
    public static func commandSheet(
        secret: Digits<5>, station: StationNumber, letterhead: Letterhead, language: Language
    ) -> SlipDocument {
        var writer = PaperWriter(language: language)
        writer.head(letterhead, station)
        writer.title(PaperLine.commandSheet)
        writer.line(PaperLine.sheetCare)
        for command in Command.allCases {
            guard let number = Digits<3>(command.number) else { continue }
            writer.feed()
            writer.line(command, style: .bold)
            writer.bars(Barcode.command(number, stationSecret: secret).text)
        }
        writer.rule()
        writer.title(PaperLine.numberKeys)
        for key in 0...9 {
            guard let digit = Digits<1>(key) else { continue }
            writer.feed()
            writer.digit(key)
            writer.bars(Barcode.numberKey(digit, stationSecret: secret).text)
        }
        writer.cut()
        return writer.document
    }

    /// The sentence at the top of the pages, for an operator who has no page to look at.
    public static func prompt(_ prompt: Prompt, language: Language) -> SlipDocument {
        var writer = PaperWriter(language: language)
        writer.line(prompt, style: .bold)
        writer.cut()
        return writer.document
    }

    /// - Parameter report: What the station found out about itself.
    public static func selfTest(
        _ report: SelfTest, letterhead: Letterhead, language: Language
    ) -> SlipDocument {
        var writer = PaperWriter(language: language)
        writer.head(letterhead, report.station)
        writer.title(PaperLine.selfTest)
        report.write(to: &writer, letterhead)
        writer.rule()
        // Shows at once whether the printer's letters are those that slips use.
        writer.line(SelfTestText.letters, style: .bold)
        writer.sample("ABC abc 0123456789 .,:;-+/()")
        writer.sample("服务站 村民 公斤 元 （，。：）")
        writer.sample("АБВ абв Өө Үү №")
        writer.line(SelfTestText.codes, style: .bold)
        writer.qr(SelfTest.code)
        writer.code128(SelfTest.code)
        writer.cut()
        return writer.document
    }
}

/// What the self-test slip says.
public struct SelfTest: Hashable, Sendable {
    /// Nil before the box was enrolled.
    public var station: StationNumber?
    public var version: String
    /// Where the pages are found; nil where they are served to the box alone.
    public var address: String?
    /// Of the pages' certificate, hexadecimal.
    public var fingerprint: String?
    public var scanner: DeviceCondition
    public var scale: DeviceCondition
    public var printer: DeviceCondition
    public var link: Link
    /// Entries that head office does not have yet.
    public var waitingEntries: Int
    public var owedSlips: Int
    public var doubtfulSlips: Int
    public var moment: Moment
    public var disk: Disk

    public enum Link: Hashable, Sendable {
        case neverTried, good
        case broken(minutes: Int)
    }

    public enum Disk: Hashable, Sendable {
        case free(megabytes: Int)
        /// The reserve is in use.
        case full
        case readOnly
    }

    public init(
        station: StationNumber?, version: String, address: String? = nil,
        fingerprint: String? = nil, scanner: DeviceCondition, scale: DeviceCondition,
        printer: DeviceCondition, link: Link, waitingEntries: Int, owedSlips: Int,
        doubtfulSlips: Int, moment: Moment, disk: Disk
    ) {
        self.station = station
        self.version = version
        self.address = address
        self.fingerprint = fingerprint
        self.scanner = scanner
        self.scale = scale
        self.printer = printer
        self.link = link
        self.waitingEntries = waitingEntries
        self.owedSlips = owedSlips
        self.doubtfulSlips = doubtfulSlips
        self.moment = moment
        self.disk = disk
    }

    /// Looks like one of our own codes and is none, so that scanning it does nothing.
    static let code = "VK0000"
}

extension SelfTest {
    func write(to writer: inout PaperWriter, _ letterhead: Letterhead) {
        writer.pair(SelfTestText.version, version)
        if let address { writer.pair(SelfTestText.address, address) }
        if let fingerprint { writer.pair(SelfTestText.fingerprint, fingerprint) }
        writer.rule()
        for (kind, condition) in [
            (DeviceKind.scanner, scanner), (.scale, scale), (.printer, printer),
        ] {
            writer.item(kind, condition)
        }
        writer.rule()
        switch link {
        case .neverTried: writer.item(SelfTestText.link, SelfTestText.linkNeverTried)
        case .good: writer.item(SelfTestText.link, SelfTestText.linkGood)
        case .broken(let minutes):
            writer.item(SelfTestText.link, SelfTestText.linkBroken(minutes: minutes))
        }
        writer.item(SelfTestText.queue, SelfTestText.waiting(waitingEntries))
        writer.item(SelfTestText.slips, SelfTestText.slipsOwed(owedSlips))
        if doubtfulSlips > 0 {
            writer.item(SelfTestText.slips, SelfTestText.slipsDoubtful(doubtfulSlips))
        }
        switch moment.quality {
        case .network, .technician: writer.item(SelfTestText.clock, SelfTestText.clockSure)
        case .file, .unset: writer.item(SelfTestText.clock, SelfTestText.clockUnsure)
        }
        writer.value(writer.date(moment, letterhead))
        switch disk {
        case .free(let megabytes):
            writer.item(SelfTestText.disk, SelfTestText.megabytesFree(megabytes))
        case .full: writer.item(SelfTestText.disk, SelfTestText.diskLow)
        case .readOnly: writer.item(SelfTestText.disk, SelfTestText.diskReadOnly)
        }
    }
}
