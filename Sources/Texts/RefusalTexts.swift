public import StationCore

/// Why an input changed nothing, and what to do instead.
extension Refusal: TableText {
    public var row: Row {
        switch self {
        case .notEnrolled: RefusalRows.notEnrolled
        case .notSignedIn: RefusalRows.notSignedIn
        case .badgeUnknown: RefusalRows.badgeUnknown
        case .pinIsSixDigits: RefusalRows.pinIsSixDigits
        case .pinWrong(let tries): RefusalRows.pinWrong(tries)
        case .pinLocked(let seconds): RefusalRows.pinLocked(seconds)
        case .pinsDiffer: RefusalRows.pinsDiffer
        case .otherOperatorSignedIn: RefusalRows.otherOperatorSignedIn
        case .dayNotOpen: RefusalRows.dayNotOpen
        case .dayOpenAlready: RefusalRows.dayOpenAlready
        case .listMissing: RefusalRows.listMissing
        case .stale: RefusalRows.stale
        case .readTwice: RefusalRows.readTwice
        case .scansDropped: RefusalRows.scansDropped
        case .notExpected: RefusalRows.notExpected
        case .codeUnknown: RefusalRows.codeUnknown
        case .foreignSlip: RefusalRows.foreignSlip
        case .foreignSheet: RefusalRows.foreignSheet
        case .payTooLate: RefusalRows.payTooLate
        case .weight(let why): why.row
        case .priceListTooOld(let days): RefusalRows.priceListTooOld(days)
        case .drawerTooLow(let has, let needs): RefusalRows.drawerTooLow(has, needs)
        case .amountTooLarge: RefusalRows.amountTooLarge
        case .basketEmpty: RefusalRows.basketEmpty
        case .quantityOutOfRange: RefusalRows.quantityOutOfRange
        case .exposureLimit(let exposure, let limit): RefusalRows.exposureLimit(exposure, limit)
        case .quoteExpired: RefusalRows.quoteExpired
        case .listChanged: RefusalRows.listChanged
        case .tenderedTooLittle(let needs): RefusalRows.tenderedTooLittle(needs)
        case .nothingOwed(let number): RefusalRows.nothingOwed(number)
        case .noRefundOf(let sum): RefusalRows.noRefundOf(sum)
        case .otherVillager: RefusalRows.otherVillager
        case .nothingToUndo: RefusalRows.nothingToUndo
        case .cannotReverse(let number): RefusalRows.cannotReverse(number)
        case .noSlipDoubtful: RefusalRows.noSlipDoubtful
        case .slipsDoubtful: RefusalRows.slipsDoubtful
        case .nothingToReprint: RefusalRows.nothingToReprint
        case .printerBusy: RefusalRows.printerBusy
        case .slipsWait: RefusalRows.slipsWait
        case .forked: RefusalRows.forked
        case .books: RefusalRows.books
        case .diskFull: RefusalRows.diskFull
        case .diskReadOnly: RefusalRows.diskReadOnly
        case .numberTooLarge: RefusalRows.numberTooLarge
        }
    }
}

private enum RefusalRows {
    // MARK: Who

    static let notEnrolled = Row(
        "This box is not enrolled yet.", "本机尚未登记。", "本機尚未登記。",
        "Энэ төхөөрөмж бүртгүүлээгүй байна.")
    static let notSignedIn = Row(
        "Nobody is signed in: scan your badge.", "无人登录：请扫站长证。",
        "無人登入：請掃站長證。", "Нэвтрээгүй байна: үнэмлэхээ уншуул.")
    static let badgeUnknown = Row(
        "This badge is not known here.", "本站不认识此站长证。", "本站不認識此站長證。",
        "Энэ үнэмлэх бүртгэлгүй байна.")
    static let pinIsSixDigits = Row(
        "A PIN has six digits.", "密码是六位数字。", "密碼是六位數字。", "PIN код 6 оронтой.")
    static func pinWrong(_ tries: Int) -> Row {
        Row(
            "Wrong PIN. Tries left: \(tries)", "密码错误，还可试 \(tries) 次。",
            "密碼錯誤，還可試 \(tries) 次。", "PIN код буруу. Үлдсэн оролдлого: \(tries)")
    }
    static func pinLocked(_ seconds: Int) -> Row {
        Row(
            "Too many wrong PINs: wait \(seconds) s.", "密码错误过多，请等 \(seconds) 秒。",
            "密碼錯誤過多，請等 \(seconds) 秒。", "Олон удаа буруу: \(seconds) секунд хүлээ.")
    }
    static let pinsDiffer = Row(
        "The two PINs differ: begin again.", "两次密码不同，请重来。", "兩次密碼不同，請重來。",
        "Хоёр PIN код зөрсөн: дахин эхэл.")
    static let otherOperatorSignedIn = Row(
        "Another operator is signed in: sign out first.", "另一位站长已登录，请先退出。",
        "另一位站長已登入，請先登出。", "Өөр эрхлэгч нэвтэрсэн байна: эхлээд гаргана уу.")

    // MARK: When

    static let dayNotOpen = Row(
        "Open the day first.", "请先开账。", "請先開帳。", "Эхлээд өдрөө нээнэ үү.")
    static let dayOpenAlready = Row(
        "The day is open already.", "今天已开账。", "今天已開帳。", "Өдөр аль хэдийн нээлттэй.")
    static let listMissing = Row(
        "No list from head office yet: wait for the link.", "还没有总部的价目表，请等联网。",
        "還沒有總部的價目表，請等連線。", "Төвийн жагсаалт ирээгүй: холбоог хүлээ.")
    static let stale = Row(
        "The page was out of date: look and touch again.", "页面已更新，请看清后再点。",
        "頁面已更新，請看清後再點。", "Хуудас шинэчлэгдсэн: хараад дахин дарна уу.")
    static let readTwice = Row(
        "Read twice: the second one does not count.", "重复扫码，第二次不算。",
        "重複掃碼，第二次不算。", "Хоёр удаа уншсан: хоёр дахийг тооцохгүй.")
    static let scansDropped = Row(
        "Too fast: the last codes are lost. Look, then scan them again.",
        "扫得太快：最后几个码没有收到，请核对后重扫。", "掃得太快：最後幾個碼沒有收到，請核對後重掃。",
        "Хэт хурдан: сүүлийн кодууд алдагдсан. Шалгаад дахин уншуул.")
    static let notExpected = Row(
        "Not now: see above what is expected.", "现在不需要这个，请看上面的提示。",
        "現在不需要這個，請看上面的提示。", "Одоо биш: дээрх заавруудыг харна уу.")
    static let payTooLate = Row(
        "Too late to confirm the payment: once more.", "确认付款超时，请重来一次。",
        "確認付款逾時，請重來一次。", "Төлбөр батлах хугацаа дууссан: дахин оролд.")

    // MARK: Codes

    static let codeUnknown = Row(
        "This code is not known.", "不认识此码。", "不認識此碼。", "Энэ код танигдсангүй.")
    static let foreignSlip = Row(
        "Not a slip of this station.", "不是本站的单据。", "不是本站的單據。",
        "Энэ цэгийн баримт биш.")
    static let foreignSheet = Row(
        "Not the command sheet of this station, or an old one.",
        "不是本站的操作条码表，或已作废。", "不是本站的操作條碼表，或已作廢。",
        "Энэ цэгийн тушаалын хуудас биш, эсвэл хуучирсан.")

    // MARK: Money

    static func priceListTooOld(_ days: Int) -> Row {
        Row(
            "The prices are \(days) days old: head office must renew them.",
            "价格已是 \(days) 天前的，须由总部更新。", "價格已是 \(days) 天前的，須由總部更新。",
            "Үнэ \(days) хоногийн өмнөх: төв оффис шинэчлэх ёстой.")
    }
    static func drawerTooLow(_ has: Fen, _ needs: Fen) -> Row {
        Row(
            "The drawer has \(has), needed are \(needs).", "钱箱有 \(has)，需要 \(needs)。",
            "錢箱有 \(has)，需要 \(needs)。", "Кассанд \(has) байна, \(needs) хэрэгтэй.")
    }
    static let amountTooLarge = Row(
        "The amount is too large.", "金额过大。", "金額過大。", "Дүн хэт их байна.")
    static let basketEmpty = Row(
        "The basket is empty.", "还没有选商品。", "還沒有選商品。", "Сагс хоосон байна.")
    static let quantityOutOfRange = Row(
        "That number of articles is not possible.", "数量不合适。", "數量不合適。",
        "Тоо хэмжээ тохирохгүй.")
    static func exposureLimit(_ exposure: Fen, _ limit: Fen) -> Row {
        Row(
            "Too much waits for head office: \(exposure), at most \(limit). Wait for its answer.",
            "代收未结将达 \(exposure)，超过上限 \(limit)。请等总部处理。",
            "代收未結將達 \(exposure)，超過上限 \(limit)。請等總部處理。",
            "Тооцоогүй мөнгө \(exposure), хязгаар \(limit). Төвийн хариуг хүлээ.")
    }
    static let listChanged = Row(
        "New prices have come: begin the basket again.", "价目已更新：请重新选货。",
        "價目已更新：請重新選貨。", "Шинэ үнэ ирлээ: сагсаа дахин эхэл.")
    static let quoteExpired = Row(
        "The quote has expired: confirm the basket again.", "报价已过期，请重新确认。",
        "報價已過期，請重新確認。", "Үнийн санал хуучирсан: сагсаа дахин батал.")
    static func tenderedTooLittle(_ needs: Fen) -> Row {
        Row(
            "Too little: \(needs) are needed.", "不够：应收 \(needs)。", "不夠：應收 \(needs)。",
            "Хүрэхгүй: \(needs) хэрэгтэй.")
    }
    static func nothingOwed(_ number: Int) -> Row {
        Row(
            "Nothing is owed for order No. \(number).", "代购单号 \(number) 没有应退款。",
            "代購單號 \(number) 沒有應退款。", "Захиалга № \(number): буцаах мөнгөгүй.")
    }
    static func noRefundOf(_ sum: Fen) -> Row {
        Row(
            "No refund is owed for another order of \(sum).",
            "没有其他金额为 \(sum) 的待退款代购。", "沒有其他金額為 \(sum) 的待退款代購。",
            "\(sum) дүнтэй, буцаах мөнгөтэй өөр захиалга алга.")
    }
    static let otherVillager = Row(
        "The order is not this villager's.", "不是这位村民的订单。", "不是這位村民的訂單。",
        "Энэ иргэний захиалга биш.")
    static let numberTooLarge = Row(
        "The number is too large.", "数字过大。", "數字過大。", "Тоо хэт их байна.")

    // MARK: Undo and slips

    static let nothingToUndo = Row(
        "There is nothing to undo.", "没有可撤销的。", "沒有可撤銷的。", "Буцаах зүйл алга.")
    static func cannotReverse(_ number: Int) -> Row {
        Row(
            "No. \(number) cannot be undone: its produce is not all here any more.",
            "单号 \(number) 不能撤销：货已不全在站里。", "單號 \(number) 不能撤銷：貨已不全在站裡。",
            "№ \(number)-г буцаах боломжгүй: бараа нь бүгд энд байхгүй болсон.")
    }
    static let noSlipDoubtful = Row(
        "No slip is doubtful.", "没有待确认的单据。", "沒有待確認的單據。",
        "Эргэлзээтэй баримт алга.")
    static let slipsDoubtful = Row(
        "First settle the doubtful slips.", "请先确认单据是否打出。", "請先確認單據是否印出。",
        "Эхлээд эргэлзээтэй баримтыг шалгана уу.")
    static let nothingToReprint = Row(
        "There is no slip to copy.", "没有可再打的单据。", "沒有可再印的單據。",
        "Хувилах баримт алга.")
    static let printerBusy = Row(
        "Too many papers wait for the printer: look at it first.",
        "等待打印的单据太多：请先查看打印机。", "等待列印的單據太多：請先查看印表機。",
        "Хэвлэгчид хэт олон баримт хүлээж байна: эхлээд хэвлэгчээ шалга.")
    static let slipsWait = Row(
        "Slips wait: the box cannot note what it prints. Call the technician.",
        "单据暂不打印：本机无法记录打印进度，请联系技术员。",
        "單據暫不列印：本機無法記錄列印進度，請聯絡技術員。",
        "Баримт хүлээж байна: хэвлэлтийг тэмдэглэж чадахгүй. Техникчийг дууд.")

    // MARK: The box

    static let forked = Row(
        "Trading is stopped: call the technician.", "已停止交易：请联系技术员。",
        "已停止交易：請聯絡技術員。", "Арилжаа зогссон: техникч дууд.")
    static let books = Row(
        "The books do not allow it.", "账目不允许这样做。", "帳目不允許這樣做。",
        "Бүртгэл үүнийг зөвшөөрөхгүй.")
    static let diskFull = Row(
        "The disk is full: call the technician.", "存储已满：请联系技术员。",
        "儲存已滿：請聯絡技術員。", "Диск дүүрсэн: техникч дууд.")
    static let diskReadOnly = Row(
        "The disk cannot be written: call the technician.", "存储无法写入：请联系技术员。",
        "儲存無法寫入：請聯絡技術員。", "Диск бичигдэхгүй: техникч дууд.")
}

/// Why there is no sale weight, and what to do.
extension WeightRefusal: TableText {
    public var row: Row {
        switch self {
        case .noScale:
            Row(
                "No scale: plug it in, or enter the weight by hand.", "没有秤：请插上，或手工输入。",
                "沒有秤：請插上，或手動輸入。", "Жин алга: залга, эсвэл гараар оруул.")
        case .stale:
            Row(
                "The scale is silent: look at its plug.", "秤没有反应：请检查插头。",
                "秤沒有反應：請檢查插頭。", "Жин хариу өгөхгүй: залгуурыг шалга.")
        case .moving:
            Row(
                "The weight still moves: wait.", "重量未稳定，请稍等。", "重量未穩定，請稍等。",
                "Жин тогтоогүй: хүлээнэ үү.")
        case .underZero:
            Row(
                "The scale is under zero: empty it and set it to zero.", "秤低于零：请清空并归零。",
                "秤低於零：請清空並歸零。", "Жин тэгээс доош: хоослоод тэглэнэ үү.")
        case .overload:
            Row(
                "Too heavy for the scale: divide the load.", "超过秤量：请分次称。",
                "超過秤量：請分次秤。", "Хэт хүнд: хувааж жигнэнэ үү.")
        case .fault:
            Row(
                "The scale is faulty: switch it off and on.", "秤有故障：请关机再开。",
                "秤有故障：請關機再開。", "Жин гэмтэлтэй: унтрааж асаана уу.")
        case .needsZero:
            Row(
                "Empty the scale and set it to zero.", "请清空秤并归零。", "請清空秤並歸零。",
                "Жинг хоослоод тэглэнэ үү.")
        case .needsCalibration:
            Row(
                "The scale must be calibrated: call the technician.", "秤需校准：请联系技术员。",
                "秤需校準：請聯絡技術員。", "Жинг тохируулах шаардлагатай: техникч дууд.")
        case .unknownUnit:
            Row(
                "The scale's unit is not known: set it to kg.", "秤的单位不明：请设为公斤。",
                "秤的單位不明：請設為公斤。", "Жингийн нэгж танигдсангүй: кг болго.")
        case .otherUnit:
            Row(
                "The scale is set to another unit: set it back.", "秤的单位已改：请改回。",
                "秤的單位已改：請改回。", "Жингийн нэгж өөрчлөгдсөн: буцаана уу.")
        case .belowMinimum:
            Row(
                "Too light for this scale.", "太轻，低于最小秤量。", "太輕，低於最小秤量。",
                "Энэ жинд хэт хөнгөн.")
        case .notCleared:
            Row(
                "Take the last load off first.", "请先拿下上一次的货。", "請先拿下上一次的貨。",
                "Эхлээд өмнөх ачааг авна уу.")
        }
    }
}
