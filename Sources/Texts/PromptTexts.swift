public import StationCore

/// The one sentence at the top: what the box expects next. Money on number keys is typed in fen.
extension Prompt: TableText {
    public var row: Row {
        switch self {
        case .enrol: PromptRows.enrol
        case .signIn: PromptRows.signIn
        case .enterPIN: PromptRows.enterPIN
        case .choosePIN: PromptRows.choosePIN
        case .repeatPIN: PromptRows.repeatPIN
        case .checkingPIN: PromptRows.checkingPIN
        case .openDay: PromptRows.openDay
        case .chooseTrade: PromptRows.chooseTrade
        case .seller: PromptRows.seller
        case .produce: PromptRows.produce
        case .loadScale(let name): PromptRows.loadScale(name)
        case .mendScale(let refusal): refusal.row
        case .waitForStable: PromptRows.waitForStable
        case .takeWeight: PromptRows.takeWeight
        case .typeGrams: PromptRows.typeGrams
        case .payProduce(let amount): PromptRows.payProduce(amount)
        case .clearScale: PromptRows.clearScale
        case .oldPrices(let days?): PromptRows.oldPrices(days)
        case .oldPrices(days: nil): PromptRows.pricesOfUnknownAge
        case .oldArticles(let days?): PromptRows.oldArticles(days)
        case .oldArticles(days: nil): PromptRows.articlesOfUnknownAge
        case .alreadyBooked(let number): PromptRows.alreadyBooked(number)
        case .articles: PromptRows.articles
        case .moreArticles: PromptRows.moreArticles
        case .tender(let amount): PromptRows.tender(amount)
        case .takeCash(let change): PromptRows.takeCash(change)
        case .refundSlip: PromptRows.refundSlip
        case .compareSlip(let slip, let offset):
            PromptRows.compareSlip(
                slip.number, slip.amount, StampedTime(slip, utcOffsetMinutes: offset))
        case .isItOrder(let slip, let offset):
            PromptRows.isItOrder(
                slip.number, slip.amount, StampedTime(slip, utcOffsetMinutes: offset))
        case .secondProof: PromptRows.secondProof
        case .payRefund(let amount): PromptRows.payRefund(amount)
        case .countDrawer: PromptRows.countDrawer
        case .confirmCount(let difference): PromptRows.confirmCount(difference)
        case .confirmFirstCount(let counted): PromptRows.confirmFirstCount(counted)
        case .undoReason(let number): PromptRows.undoReason(number)
        case .undoHandedBack(let cash): PromptRows.undoHandedBack(cash)
        case .didSlipComeOut(let number): PromptRows.didSlipComeOut(number)
        case .stopped: PromptRows.stopped
        }
    }
}

private enum PromptRows {
    // MARK: Begin

    static let enrol = Row(
        "Scan the enrolment code from head office.",
        "请扫总部给的登记码。",
        "請掃總部給的登記碼。",
        "Төв оффисоос өгсөн бүртгэлийн кодыг уншуулна уу.")
    static let signIn = Row(
        "Operator: scan your badge.",
        "站长请扫站长证。",
        "站長請掃站長證。",
        "Эрхлэгч үнэмлэхээ уншуулна уу.")
    static let enterPIN = Row(
        "Enter your PIN: six digits.",
        "请输入六位密码。",
        "請輸入六位密碼。",
        "6 оронтой PIN кодоо оруулна уу.")
    static let choosePIN = Row(
        "Choose a new PIN: six digits.",
        "请设定新密码：六位数字。",
        "請設定新密碼：六位數字。",
        "Шинэ PIN код сонгоно уу: 6 орон.")
    static let repeatPIN = Row(
        "Enter the same PIN once more.",
        "请再输入一次同样的密码。",
        "請再輸入一次同樣的密碼。",
        "Мөн PIN кодоо дахин оруулна уу.")
    static let checkingPIN = Row(
        "Checking the PIN.",
        "正在核对密码。",
        "正在核對密碼。",
        "PIN кодыг шалгаж байна.")
    static let openDay = Row(
        "Open the day: scan or touch DAY.",
        "请先开账：扫或点“开账/结账”。",
        "請先開帳：掃或點「開帳/結帳」。",
        "Өдрөө нээнэ үү: «Өдөр нээх, хаах».")
    static let chooseTrade = Row(
        "Ready: buy produce, take an order or pay a refund.",
        "可以开始：收购、代购或退款。",
        "可以開始：收購、代購或退款。",
        "Бэлэн: бүтээгдэхүүн авах, захиалга, буцаалт.")

    // MARK: Produce

    static let seller = Row(
        "Who sells? Scan the villager card, or ANONYMOUS.",
        "谁来卖？请扫村民卡，无卡扫“不记名”。",
        "誰來賣？請掃村民卡，無卡掃「不記名」。",
        "Хэн зарж байна? Картыг уншуул, эсвэл «Нэргүй».")
    static let produce = Row(
        "Which produce? Scan, touch or type its number.",
        "卖什么？请扫码、点选或输入编号。",
        "賣什麼？請掃碼、點選或輸入編號。",
        "Ямар бүтээгдэхүүн? Уншуул, сонго эсвэл дугаарыг бич.")
    static func loadScale(_ name: String) -> Row {
        Row(
            "Put it on the scale: \(name)",
            "请放到秤上：\(name)",
            "請放到秤上：\(name)",
            "Жин дээр тавина уу: \(name)")
    }
    static let waitForStable = Row(
        "Wait until the scale is still.",
        "请等秤稳定。",
        "請等秤穩定。",
        "Жин тогтохыг хүлээнэ үү.")
    static let takeWeight = Row(
        "The weight is steady: take it.",
        "重量已稳定，请确认。",
        "重量已穩定，請確認。",
        "Жин тогтлоо: жинг авна уу.")
    static let typeGrams = Row(
        "Type the weight in grams.",
        "请输入重量（克）。",
        "請輸入重量（克）。",
        "Жинг граммаар бичнэ үү.")
    static func payProduce(_ amount: Fen) -> Row {
        Row(
            "Pay out \(amount), then PAID IN CASH.",
            "请付给村民 \(amount)，然后确认“已付现金”。",
            "請付給村民 \(amount)，然後確認「已付現金」。",
            "\(amount) төлөөд «Бэлнээр төлсөн» дарна уу.")
    }
    static let clearScale = Row(
        "Take the load off the scale.",
        "请把货从秤上拿下。",
        "請把貨從秤上拿下。",
        "Жин дээрх ачааг авна уу.")
    static func oldPrices(_ days: Int) -> Row {
        Row(
            "The prices are \(days) days old. Buy at them all the same?",
            "价格已是 \(days) 天前的，仍按此收购吗？",
            "價格已是 \(days) 天前的，仍按此收購嗎？",
            "Үнэ \(days) хоногийн өмнөх. Энэ үнээр авах уу?")
    }
    static let pricesOfUnknownAge = Row(
        "The clock is not sure, so the prices may be old. Buy at them?",
        "时钟不准，价格可能已旧，仍按此收购吗？",
        "時鐘不準，價格可能已舊，仍按此收購嗎？",
        "Цаг эргэлзээтэй, үнэ хуучин байж магадгүй. Авах уу?")
    static func oldArticles(_ days: Int) -> Row {
        Row(
            "The list of articles is \(days) days old. Order at its prices all the same?",
            "商品价目已是 \(days) 天前的，仍按此代购吗？",
            "商品價目已是 \(days) 天前的，仍按此代購嗎？",
            "Барааны үнэ \(days) хоногийн өмнөх. Энэ үнээр захиалах уу?")
    }
    static let articlesOfUnknownAge = Row(
        "The clock is not sure, so the list of articles may be old. Order at its prices?",
        "时钟不准，商品价目可能已旧，仍按此代购吗？",
        "時鐘不準，商品價目可能已舊，仍按此代購嗎？",
        "Цаг эргэлзээтэй, барааны үнэ хуучин байж магадгүй. Захиалах уу?")
    static func alreadyBooked(_ number: Int) -> Row {
        Row(
            "Already booked as No. \(number), it seems. Book it once more?",
            "单号 \(number) 好像已记过。要再记一笔吗？",
            "單號 \(number) 好像已記過。要再記一筆嗎？",
            "№ \(number) гэж бүртгэсэн юм биш үү? Дахин бүртгэх үү?")
    }

    // MARK: Orders and refunds

    static let articles = Row(
        "Scan or touch the first article.",
        "请扫或点选第一件商品。",
        "請掃或點選第一件商品。",
        "Эхний барааг уншуул эсвэл сонгоно уу.")
    static let moreArticles = Row(
        "Next article, or how many of the last one, or BASKET DONE.",
        "请扫下一件，或输入上一件的数量，或“选好了”。",
        "請掃下一件，或輸入上一件的數量，或「選好了」。",
        "Дараагийн бараа, сүүлийнхийн тоо, эсвэл «Сагс бэлэн».")
    static func tender(_ amount: Fen) -> Row {
        Row(
            "To pay: \(amount). What was given? (number keys: in fen)",
            "应收 \(amount)。实际收到多少？（数字键按分输入）",
            "應收 \(amount)。實際收到多少？（數字鍵按分輸入）",
            "Төлөх дүн \(amount). Хэдийг өгсөн бэ? (товчоор: фэнээр)")
    }
    static func takeCash(_ change: Fen) -> Row {
        Row(
            "Change: \(change). Put the cash away, then CASH TAKEN.",
            "找零 \(change)。收好现金后确认“已收现金”。",
            "找零 \(change)。收好現金後確認「已收現金」。",
            "Хариулт \(change). Мөнгөө хийгээд «Мөнгө авсан» дарна уу.")
    }
    static let refundSlip = Row(
        "Scan a slip of the order. Slip lost: touch the order, or type what was paid.",
        "请扫订单单据。单据遗失：点选订单，或输入所付金额。",
        "請掃訂單單據。單據遺失：點選訂單，或輸入所付金額。",
        "Захиалгын баримтыг уншуул. Баримт алга бол захиалгыг сонго, эсвэл төлсөн дүнг оруул.")
    static func compareSlip(_ number: Int, _ amount: Fen, _ date: StampedTime) -> Row {
        Row(
            "Does the slip say No. \(number), \(amount), \(date)?",
            "单据上是单号 \(number)、\(amount)、\(date) 吗？",
            "單據上是單號 \(number)、\(amount)、\(date) 嗎？",
            "Баримт дээр № \(number), \(amount), \(date) гэж байна уу?")
    }
    static func isItOrder(_ number: Int, _ amount: Fen, _ date: StampedTime) -> Row {
        Row(
            "Is it order No. \(number), \(amount), of \(date)?",
            "是单号 \(number)、\(amount)、\(date) 的代购吗？",
            "是單號 \(number)、\(amount)、\(date) 的代購嗎？",
            "\(date)-ны № \(number), \(amount) захиалга мөн үү?")
    }
    static let secondProof = Row(
        "Scan the villager card, or confirm that you know the person.",
        "请扫村民卡，或确认认识本人。",
        "請掃村民卡，或確認認識本人。",
        "Иргэний картыг уншуул, эсвэл таньдаг гэдгээ батал.")
    static func payRefund(_ amount: Fen) -> Row {
        Row(
            "Pay back \(amount), then PAID IN CASH.",
            "请退给村民 \(amount)，然后确认“已付现金”。",
            "請退給村民 \(amount)，然後確認「已付現金」。",
            "\(amount) буцааж төлөөд «Бэлнээр төлсөн» дарна уу.")
    }

    // MARK: The day, undo, slips

    static let countDrawer = Row(
        "Count the drawer and type the sum. (number keys: in fen)",
        "请清点钱箱并输入总额。（数字键按分输入）",
        "請清點錢箱並輸入總額。（數字鍵按分輸入）",
        "Кассаа тоолоод нийт дүнг бичнэ үү. (товчоор: фэнээр)")
    static func confirmCount(_ difference: Fen) -> Row {
        Row(
            "Difference to the ledger: \(difference). Is the count right?",
            "与账面差额 \(difference)。清点无误吗？",
            "與帳面差額 \(difference)。清點無誤嗎？",
            "Бүртгэлээс зөрүү: \(difference). Тоолсон нь зөв үү?")
    }
    static func confirmFirstCount(_ counted: Fen) -> Row {
        Row(
            "Begin with \(counted) in the drawer?",
            "以钱箱中 \(counted) 开始吗？",
            "以錢箱中 \(counted) 開始嗎？",
            "Кассанд \(counted) байна. Ингээд эхлэх үү?")
    }
    static func undoReason(_ number: Int) -> Row {
        Row(
            "No. \(number) is wrong: 1 produce, 2 weight, 3 seller, 4 payment, 5 mind changed?",
            "单号 \(number) 错在：1 品种、2 重量、3 卖方、4 付款、5 改变主意？",
            "單號 \(number) 錯在：1 品種、2 重量、3 賣方、4 付款、5 改變主意？",
            "№ \(number) алдаа: 1 бүтээгдэхүүн, 2 жин, 3 худалдагч, 4 төлбөр, 5 бодол?")
    }
    static func undoHandedBack(_ cash: Fen) -> Row {
        Row(
            "Did the villager hand back \(cash)?",
            "村民退还了 \(cash) 吗？",
            "村民退還了 \(cash) 嗎？",
            "Иргэн \(cash) буцааж өгсөн үү?")
    }
    static func didSlipComeOut(_ number: Int) -> Row {
        Row(
            "Did the slip No. \(number) come out whole?",
            "单号 \(number) 的单据完整打出来了吗？",
            "單號 \(number) 的單據完整印出來了嗎？",
            "№ \(number) баримт бүтэн хэвлэгдсэн үү?")
    }
    static let stopped = Row(
        "Stopped: head office has another journal. Call the technician.",
        "已停用：与总部账目不符。请联系技术员。",
        "已停用：與總部帳目不符。請聯絡技術員。",
        "Зогссон: төв оффисын бүртгэл өөр байна. Техникч дууд.")
}
