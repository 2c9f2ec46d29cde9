public import StationCore

/// What was just said: a result, or why something was refused.
extension Notice: TableText {
    public var row: Row {
        switch self {
        case .refused(let refusal): refusal.row
        case .booked(let number, let paid): NoticeRows.booked(number, paid)
        case .received(let number, let taken): NoticeRows.received(number, taken)
        case .lastBooked(let number, let cash, let slip):
            NoticeRows.lastBooked(number, cash, slip)
        case .nothingBooked: NoticeRows.nothingBooked
        case .cancelled: NoticeRows.cancelled
        case .dayOpened: NoticeRows.dayOpened
        case .dayClosed(let difference): NoticeRows.dayClosed(difference)
        case .signedIn(let number): NoticeRows.signedIn(number.value)
        case .signedOut: NoticeRows.signedOut
        case .badgeSeen: NoticeRows.badgeSeen
        case .reversed(let number): NoticeRows.reversed(number)
        case .staysUndone(let number): NoticeRows.staysUndone(number)
        case .orderStands(let number, let state, let owed):
            NoticeRows.orderStands(number, state, owed)
        case .exposureHigh(let exposure, let limit): NoticeRows.exposureHigh(exposure, limit)
        case .slipSettled(let number): NoticeRows.slipSettled(number)
        case .language(let language): NoticeRows.language(language)
        case .askedHeadOffice: NoticeRows.askedHeadOffice
        case .copyPrinting(let number): NoticeRows.copyPrinting(number)
        }
    }
}

private enum NoticeRows {
    static func booked(_ number: Int, _ paid: Fen) -> Row {
        Row(
            "No. \(number) booked: \(paid) paid out.",
            "单号 \(number) 已记账：付出 \(paid)。",
            "單號 \(number) 已記帳：付出 \(paid)。",
            "№ \(number) бүртгэгдлээ: \(paid) төлсөн.")
    }
    static func received(_ number: Int, _ taken: Fen) -> Row {
        Row(
            "No. \(number) booked: \(taken) received.",
            "单号 \(number) 已记账：收到 \(taken)。",
            "單號 \(number) 已記帳：收到 \(taken)。",
            "№ \(number) бүртгэгдлээ: \(taken) авсан.")
    }
    static func lastBooked(_ number: Int, _ cash: CashMoved, _ slip: SlipState) -> Row {
        Row(
            "Booked last: No. \(number), \(cash), slip \(slip).",
            "上一笔：单号 \(number)，\(cash)，单据\(slip)。",
            "上一筆：單號 \(number)，\(cash)，單據\(slip)。",
            "Сүүлд бүртгэсэн: № \(number), \(cash), баримт \(slip).")
    }
    static let nothingBooked = Row(
        "Nothing is booked yet.",
        "还没有记过账。",
        "還沒有記過帳。",
        "Юу ч бүртгээгүй байна.")
    static let cancelled = Row(
        "Cancelled: nothing was booked.",
        "已取消，没有记账。",
        "已取消，沒有記帳。",
        "Болилоо: юу ч бүртгээгүй.")
    static let dayOpened = Row("The day is open.", "已开账。", "已開帳。", "Өдөр нээгдлээ.")
    static func dayClosed(_ difference: Fen) -> Row {
        Row(
            "The day is closed. Difference: \(difference).",
            "已结账。差额：\(difference)。",
            "已結帳。差額：\(difference)。",
            "Өдөр хаагдлаа. Зөрүү: \(difference).")
    }
    static func signedIn(_ number: Int) -> Row {
        Row(
            "Operator \(number) signed in.",
            "站长 \(number) 号已登录。",
            "站長 \(number) 號已登入。",
            "Эрхлэгч \(number) нэвтэрлээ.")
    }
    static let signedOut = Row("Signed out.", "已退出登录。", "已登出。", "Гарлаа.")
    static let badgeSeen = Row(
        "Badge seen: a page that waits now asks for the PIN.",
        "已读站长证：等待的页面现在请输入密码。",
        "已讀站長證：等待的頁面現在請輸入密碼。",
        "Үнэмлэх уншигдлаа: хүлээж буй хуудас PIN код асууна.")
    static func reversed(_ number: Int) -> Row {
        Row(
            "No. \(number) is undone. Now book it right.",
            "单号 \(number) 已撤销，请重新记账。",
            "單號 \(number) 已撤銷，請重新記帳。",
            "№ \(number) буцаагдлаа. Одоо зөвөөр бүртгэнэ үү.")
    }
    static func staysUndone(_ number: Int) -> Row {
        Row(
            "No. \(number) stays undone; nothing was booked in its place.",
            "单号 \(number) 已撤销，没有另记。", "單號 \(number) 已撤銷，沒有另記。",
            "№ \(number) хүчингүй хэвээр; оронд нь юу ч бүртгээгүй.")
    }
    static func orderStands(_ number: Int, _ state: OrderState, _ owed: Fen) -> Row {
        Row(
            "Order No. \(number): \(state). To be paid back: \(owed).",
            "代购订单 单号 \(number)：\(state)。应退 \(owed)。",
            "代購訂單 單號 \(number)：\(state)。應退 \(owed)。",
            "Захиалга № \(number): \(state). Буцаах мөнгө: \(owed).")
    }
    static func exposureHigh(_ exposure: Fen, _ limit: Fen) -> Row {
        Row(
            "Mind the exposure: \(exposure) of at most \(limit).",
            "注意：代收未结 \(exposure)，上限 \(limit)。",
            "注意：代收未結 \(exposure)，上限 \(limit)。",
            "Анхаар: тооцоогүй мөнгө \(exposure), дээд хязгаар \(limit).")
    }
    static func slipSettled(_ number: Int) -> Row {
        Row(
            "Slip No. \(number) is settled.",
            "单号 \(number) 的单据已确认。",
            "單號 \(number) 的單據已確認。",
            "№ \(number) баримт баталгаажлаа.")
    }
    static func language(_ language: Language) -> Row {
        Row(
            "Language of this slip: \(language)",
            "本单语言：\(language)",
            "本單語言：\(language)",
            "Энэ баримтын хэл: \(language)")
    }
    static let askedHeadOffice = Row(
        "Head office is being asked.",
        "正在联系总部。",
        "正在聯絡總部。",
        "Төв оффисоос асууж байна.")
    static func copyPrinting(_ number: Int) -> Row {
        Row(
            "A copy of No. \(number) is printing.",
            "正在打印单号 \(number) 的副本。",
            "正在列印單號 \(number) 的副本。",
            "№ \(number): хувийг нь хэвлэж байна.")
    }
}

/// Where an order stands, as part of a sentence.
extension OrderState: TableText {
    public var row: Row {
        switch self {
        case .paid: Row("not yet bought", "尚未下单", "尚未下單", "хараахан аваагүй")
        case .repriced: Row("dearer now", "价格上涨", "價格上漲", "үнэ өссөн")
        case .bought: Row("bought", "已下单", "已下單", "авсан")
        case .shipped: Row("on the way", "运送中", "運送中", "замдаа яваа")
        case .arrived: Row("here", "已到货", "已到貨", "ирсэн")
        case .handedOver: Row("handed over", "已领取", "已領取", "олгосон")
        case .ended: Row("ended", "已结束", "已結束", "дууссан")
        }
    }
}

/// Where a slip stands, as part of a sentence.
extension SlipState: TableText {
    public var row: Row {
        switch self {
        case .owed: Row("not printed yet", "待打印", "待列印", "хэвлээгүй")
        case .doubtful: Row("doubtful: look whether it came out", "待确认", "待確認", "эргэлзээтэй")
        case .printed: Row("printed", "已打印", "已列印", "хэвлэсэн")
        case .replaced: Row("replaced", "已被代替", "已被代替", "солигдсон")
        }
    }
}

/// Each language calls itself by its own name.
extension Language: Text {
    public func text(in language: Language) -> String {
        switch self {
        case .english: "English"
        case .simplifiedChinese: "简体中文"
        case .traditionalChinese: "繁體中文"
        case .mongolian: "Монгол"
        }
    }
}

extension CashMoved: TableText {
    public var row: Row {
        switch self {
        case .paidOut(let fen):
            Row("\(fen) paid out", "付出 \(fen)", "付出 \(fen)", "\(fen) олгосон")
        case .takenIn(let fen):
            Row("\(fen) taken in", "收入 \(fen)", "收入 \(fen)", "\(fen) авсан")
        }
    }
}
