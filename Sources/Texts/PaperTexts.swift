/// Papers that are no slips: cards, the command sheet, the self-test.
public enum PaperLine: Hashable, Sendable, TableText {
    case villagerCard, badge, commandSheet, numberKeys, selfTest
    case villager(Int)
    case cardCare, badgeCare, sheetCare
    case notEnrolled

    public var row: Row {
        switch self {
        case .villagerCard: Row("Villager card", "村民卡", "村民卡", "Тосгоны иргэний карт")
        case .badge: Row("Operator badge", "站长证", "站長證", "Эрхлэгчийн үнэмлэх")
        case .commandSheet: Row("Commands", "操作条码表", "操作條碼表", "Тушаалууд")
        case .numberKeys: Row("Number keys", "数字键", "數字鍵", "Тоон товч")
        case .selfTest: Row("Self-test", "自检单", "自檢單", "Өөрийн шалгалт")
        case .villager(let number):
            Row("Villager \(number)", "村民 \(number) 号", "村民 \(number) 號", "Иргэн \(number)")
        case .cardCare:
            Row(
                "Show this card when you sell or order. Lost? Tell the operator.",
                "卖货、代购时请出示。遗失请告诉站长。", "賣貨、代購時請出示。遺失請告訴站長。",
                "Зарах, захиалахдаа картаа үзүүлнэ үү. Алдвал эрхлэгчид хэлнэ үү.")
        case .badgeCare:
            Row(
                "Scan it, then enter your PIN. Give it to nobody.", "先扫此码，再输入密码。勿借他人。",
                "先掃此碼，再輸入密碼。勿借他人。",
                "Уншуулаад PIN кодоо оруулна. Бусдад бүү өг.")
        case .sheetCare:
            Row(
                "For this station only. Laminate it and keep it at the scanner.",
                "仅限本站使用。请塑封后放在扫码枪旁。", "僅限本站使用。請塑封後放在掃碼槍旁。",
                "Зөвхөн энэ цэгт. Бүрээд уншигчийн дэргэд байлгана.")
        case .notEnrolled:
            Row("not enrolled yet", "尚未登记", "尚未登記", "хараахан бүртгүүлээгүй")
        }
    }
}

/// The self-test, line by line; what is wrong says the next step.
public enum SelfTestText: Hashable, Sendable, TableText {
    case version, address, fingerprint, link, queue, clock, disk, slips
    case linkGood, linkNeverTried
    case linkBroken(minutes: Int)
    case waiting(Int)
    case slipsOwed(Int), slipsDoubtful(Int)
    case clockSure, clockUnsure
    case megabytesFree(Int)
    case diskLow, diskReadOnly
    case letters, codes

    public var row: Row {
        switch self {
        case .version: Row("Version", "版本", "版本", "Хувилбар")
        case .address: Row("Page", "网页", "網頁", "Хуудас")
        case .fingerprint: Row("Certificate", "证书指纹", "證書指紋", "Гэрчилгээ")
        case .link: Row("Link", "网络", "網路", "Холбоо")
        case .queue: Row("Not yet sent", "待上传", "待上傳", "Илгээгээгүй")
        case .clock: Row("Clock", "时钟", "時鐘", "Цаг")
        case .disk: Row("Disk", "存储", "儲存", "Диск")
        case .slips: Row("Slips", "单据", "單據", "Баримт")
        case .linkGood: Row("good", "正常", "正常", "хэвийн")
        case .linkNeverTried: Row("nothing sent yet", "尚未联网", "尚未連線", "илгээж үзээгүй")
        case .linkBroken(let minutes):
            Row(
                "none for \(minutes) min: check modem and aerial",
                "已断 \(minutes) 分钟：请检查调制解调器和天线",
                "已斷 \(minutes) 分鐘：請檢查數據機和天線",
                "\(minutes) минут холбоогүй: модем, антеныг шалга")
        case .waiting(let count):
            Row("\(count) entries", "\(count) 条", "\(count) 條", "\(count) бичилт")
        case .slipsOwed(let count):
            Row("\(count) to print", "待打印 \(count) 张", "待列印 \(count) 張", "хэвлэх \(count)")
        case .slipsDoubtful(let count):
            Row(
                "\(count) doubtful: scan 'settle slips'", "\(count) 张待确认：请扫“确认单据”",
                "\(count) 張待確認：請掃「確認單據」", "\(count) эргэлзээтэй: шалгаж баталгаажуул")
        case .clockSure: Row("sure", "准确", "準確", "зөв")
        case .clockUnsure:
            Row(
                "not sure: connect, or set it", "不准：请联网或校时", "不準：請連線或校時",
                "эргэлзээтэй: холбох эсвэл тохируул")
        case .megabytesFree(let count):
            Row("\(count) MB free", "剩余 \(count) MB", "剩餘 \(count) MB", "\(count) MB сул")
        case .diskLow:
            Row(
                "full: call the technician", "已满：请联系技术员", "已滿：請聯絡技術員",
                "дүүрсэн: техникч дууд")
        case .diskReadOnly:
            Row(
                "cannot be written: call the technician", "无法写入：请联系技术员",
                "無法寫入：請聯絡技術員", "бичигдэхгүй: техникч дууд")
        case .letters: Row("Letters", "文字", "文字", "Үсэг")
        case .codes: Row("Try to scan these:", "请试扫以下条码：", "請試掃以下條碼：", "Эдгээрийг уншуулж үз:")
        }
    }
}
