public import StationCore

/// What the counter's page says around the counter's own words.
public enum PageText: Hashable, Sendable, TableText {
    case counter, language, operatorNumber(Int)
    case badge, badgeHint, pin, newPIN, pinAgain, goOn, signIn, startAgain
    case amountInYuan, massInGrams, quantityOrCode, code, enter, delete, number
    case choose, chooseReason, chooseOrder, nothingToChoose
    case lookAgain, noConnection, slipsWait(DeviceCondition, [Int])
    case notAnAmount, notANumber, pageTooOld
    case lastSlips, noSlips, slip(Int), backToCounter, noSuchSlip

    public var row: Row {
        switch self {
        case .counter: Row("Counter", "柜台", "櫃台", "Касс")
        case .language: Row("Language", "语言", "語言", "Хэл")
        case .operatorNumber(let number):
            Row("Operator \(number)", "站长 \(number) 号", "站長 \(number) 號", "Эрхлэгч \(number)")
        case .badge:
            Row(
                "Badge, eight digits", "站长证号（八位数字）", "站長證號（八位數字）",
                "Үнэмлэхийн 8 орон")
        case .badgeHint:
            Row(
                "Scan your badge, or type its digits; then go on.",
                "请扫站长证，或输入证号，然后继续。", "請掃站長證，或輸入證號，然後繼續。",
                "Үнэмлэхээ уншуул эсвэл дугаараа бичээд үргэлжлүүлнэ үү.")
        case .pin: Row("PIN, six digits", "密码（六位数字）", "密碼（六位數字）", "PIN код, 6 орон")
        case .newPIN:
            Row("New PIN, six digits", "新密码（六位数字）", "新密碼（六位數字）", "Шинэ PIN код, 6 орон")
        case .pinAgain:
            Row("The same PIN again", "再输入一次密码", "再輸入一次密碼", "PIN кодоо дахин")
        case .goOn: Row("Go on", "继续", "繼續", "Үргэлжлүүлэх")
        case .signIn: Row("Sign in", "登录", "登入", "Нэвтрэх")
        case .startAgain: Row("Start again", "重新开始", "重新開始", "Дахин эхлэх")
        case .amountInYuan: Row("Amount in yuan", "金额（元）", "金額（元）", "Дүн, юань")
        case .massInGrams: Row("Weight in grams", "重量（克）", "重量（克）", "Жин, грамм")
        case .quantityOrCode:
            Row("Quantity, or an article's code", "数量或商品条码", "數量或商品條碼", "Тоо эсвэл барааны код")
        case .code: Row("Type a code", "输入条码", "輸入條碼", "Код бичих")
        case .enter: Row("Enter", "确定", "確定", "Оруулах")
        case .delete: Row("Delete", "删除", "刪除", "Арилгах")
        case .number: Row("Number keys", "数字键", "數字鍵", "Тоон товч")
        case .choose: Row("Choose", "请选择", "請選擇", "Сонгох")
        case .chooseReason: Row("Reason", "原因", "原因", "Шалтгаан")
        case .chooseOrder:
            Row(
                "Slip lost? Choose the order", "单据遗失？请选择订单", "單據遺失？請選擇訂單",
                "Баримт алдсан уу? Захиалгыг сонго")
        case .nothingToChoose: Row("Nothing here", "暂无", "暫無", "Хоосон")
        case .lookAgain: Row("Look again", "刷新", "重新整理", "Дахин харах")
        case .noConnection:
            Row(
                "No connection to the box. Trying again.", "与主机断开，正在重连。",
                "與主機斷開，正在重連。", "Төхөөрөмжтэй холбоогүй. Дахин оролдож байна.")
        case .slipsWait(let printer, let numbers): Self.slipsWait(printer, numbers)
        case .notAnAmount:
            Row(
                "Not an amount. Type yuan and fen, such as 45.60.", "不是金额。请输入如 45.60。",
                "不是金額。請輸入如 45.60。", "Мөнгөн дүн биш. Жишээ нь 45.60 гэж бичнэ үү.")
        case .notANumber:
            Row(
                "Not a number. Digits only.", "不是数字。只能输入数字。", "不是數字。只能輸入數字。",
                "Тоо биш. Зөвхөн цифр бичнэ үү.")
        case .pageTooOld:
            Row(
                "This page was too old. Look, then touch again.", "页面已过期，请看清后再按。",
                "頁面已過期，請看清後再按。", "Хуудас хуучирсан байна. Хараад дахин дарна уу.")
        case .lastSlips: Row("Last slips", "最近单据", "最近單據", "Сүүлийн баримтууд")
        case .noSlips: Row("No slips yet", "尚无单据", "尚無單據", "Баримт алга")
        case .slip(let number):
            Row("Slip No. \(number)", "单据 \(number)", "單據 \(number)", "Баримт № \(number)")
        case .backToCounter: Row("Back to the counter", "返回柜台", "返回櫃台", "Касс руу буцах")
        case .noSuchSlip:
            Row(
                "There is no slip of this number.", "没有此号单据。", "沒有此號單據。",
                "Ийм дугаартай баримт алга.")
        }
    }
}

extension PageText {
    /// - Parameters:
    ///   - printer: Why nothing comes out.
    ///   - numbers: Of the entries whose slips are owed; one at least.
    private static func slipsWait(_ printer: DeviceCondition, _ numbers: [Int]) -> Row {
        let kind = DeviceKind.printer
        guard numbers.count == 1, let number = numbers.first else {
            let count = numbers.count
            return Row(
                "\(kind) \(printer). \(count) slips are owed and come out by themselves.",
                "\(kind)\(printer)。待打印 \(count) 张单据，会自动打出。",
                "\(kind)\(printer)。待列印 \(count) 張單據，會自動印出。",
                "\(kind): \(printer). \(count) баримт хэвлэгдээгүй, өөрөө гарна.")
        }
        return Row(
            "\(kind) \(printer). The slip of No. \(number) is owed and comes out by itself.",
            "\(kind)\(printer)。单号 \(number) 的单据待打印，会自动打出。",
            "\(kind)\(printer)。單號 \(number) 的單據待列印，會自動印出。",
            "\(kind): \(printer). № \(number) баримт хэвлэгдээгүй, өөрөө гарна.")
    }
}

/// The labels of what lies on the counter, each at the left of its value.
public enum DetailLabel: Hashable, Sendable, TableText {
    case seller, anonymous, produce, price, gross, amount, total, cash, tendered, change
    case order, counted, expected, purchase, replaces
    case listAge, days(Int), unknownAge

    public var row: Row {
        switch self {
        case .listAge: Row("Age of the prices", "价目已有", "價目已有", "Үнийн нас")
        case .days(let days):
            Row("\(days) days", "\(days) 天", "\(days) 天", "\(days) хоног")
        case .unknownAge: Row("not known", "不详", "不詳", "тодорхойгүй")
        case .seller: Row("Villager", "村民", "村民", "Иргэн")
        case .anonymous: Row("without a card", "无卡", "無卡", "картгүй")
        case .produce: Row("Produce", "品种", "品種", "Бүтээгдэхүүн")
        case .price: Row("Price per kg", "单价（元/公斤）", "單價（元/公斤）", "Нэгж үнэ (кг)")
        case .gross: Row("Weight", "重量", "重量", "Жин")
        case .amount: Row("Amount", "金额", "金額", "Дүн")
        case .total: Row("Total", "合计", "合計", "Нийт")
        case .cash: Row("To be paid", "应收", "應收", "Төлөх дүн")
        case .tendered: Row("Handed over", "实收", "實收", "Өгсөн мөнгө")
        case .change: Row("Change", "找零", "找零", "Хариулт")
        case .order: Row("Order No.", "代购单号", "代購單號", "Захиалга №")
        case .counted: Row("Counted", "清点现金", "清點現金", "Тоолсон мөнгө")
        case .expected: Row("By the books", "账面现金", "帳面現金", "Бүртгэлийн мөнгө")
        case .purchase: Row("Purchase No.", "收购单号", "收購單號", "Авалт №")
        case .replaces: Row("Replaces No.", "代替单号", "代替單號", "Орлох №")
        }
    }
}

/// The station at a glance, below the counter.
public enum StatusLabel: Hashable, Sendable, TableText {
    case station, drawer, float, exposure, limit, dayClosed
    case notSent, slipsOwed, slipsDoubtful
    case low, high, floatStated
    case linkIdle, linkSending, linkWaiting, linkRefused, linkNone

    public var row: Row {
        switch self {
        case .station: Row("Station", "服务站", "服務站", "Цэг")
        case .drawer: Row("Drawer", "钱箱", "錢箱", "Касс дахь мөнгө")
        case .float: Row("Float", "总部预存", "總部預存", "Төв дэх үлдэгдэл")
        case .exposure: Row("Exposure", "代收未结", "代收未結", "Тооцоогүй мөнгө")
        case .limit: Row("limit", "上限", "上限", "хязгаар")
        case .dayClosed: Row("no day open", "未开账", "未開帳", "өдөр нээгээгүй")
        case .notSent: Row("Not yet sent", "待上传", "待上傳", "Илгээгээгүй")
        case .slipsOwed: Row("Slips to print", "待打印", "待列印", "Хэвлэх баримт")
        case .slipsDoubtful: Row("Slips in doubt", "待确认单据", "待確認單據", "Эргэлзээтэй баримт")
        case .low: Row("low", "不足", "不足", "бага")
        case .floatStated:
            Row("head office says", "总部账面", "總部帳面", "төв оффисын дүн")
        case .high: Row("near its limit", "接近上限", "接近上限", "хязгаарт ойр")
        case .linkIdle: Row("at rest", "空闲", "閒置", "амарч байна")
        case .linkSending: Row("sending", "正在上传", "正在上傳", "илгээж байна")
        case .linkWaiting: Row("down, trying again", "已断，重试中", "已斷，重試中", "тасарсан, дахин оролдоно")
        case .linkRefused:
            Row(
                "refused: call the technician", "被拒绝：请联系技术员", "被拒絕：請聯絡技術員",
                "татгалзсан: техникч дууд")
        case .linkNone: Row("not enrolled", "尚未登记", "尚未登記", "бүртгэлгүй")
        }
    }
}
