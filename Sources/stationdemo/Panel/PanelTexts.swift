import StationCore
import Texts

/// What the panel says of itself and of the box.
enum PanelText: Hashable, Sendable, TableText {
    case title, kill, power, parts, noBox, worldAlone, openAlone, frame
    case boxStarts(boot: Int), boxRuns(boot: Int, process: Int), boxEnded(code: Int)

    var row: Row {
        switch self {
        case .title:
            Row(
                "The station and its world", "服务站和周围", "服務站和周圍",
                "Цэг ба түүний эргэн тойрон")
        case .kill: Row("Kill the program", "强制结束程序", "強制結束程式", "Програм унагах")
        case .power: Row("Cut the power", "断电", "斷電", "Тог таслах")
        case .parts: Row("Parts of the page", "页面各部分", "頁面各部分", "Хуудасны хэсгүүд")
        case .noBox:
            Row(
                "No box stands here: this is the world alone.", "这里没有主机，只有周围。",
                "這裡沒有主機，只有周圍。", "Энд төхөөрөмж алга: зөвхөн эргэн тойрон.")
        case .worldAlone:
            Row("No box: the world alone.", "没有主机。", "沒有主機。", "Төхөөрөмж алга.")
        case .openAlone: Row("Open it alone", "单独打开", "單獨打開", "Тусад нь нээх")
        case .frame:
            Row(
                "The counter, as the operator's phone shows it", "站长手机上的柜台",
                "站長手機上的櫃台", "Эрхлэгчийн утсан дээрх касс")
        case .boxStarts(let boot):
            Row(
                "The box starts (boot \(boot))", "主机正在启动（第 \(boot) 次开机）",
                "主機正在啟動（第 \(boot) 次開機）", "Төхөөрөмж асаж байна (\(boot) дахь удаа)")
        case .boxRuns(let boot, let process):
            Row(
                "The box runs (boot \(boot), process \(process))",
                "主机运行中（第 \(boot) 次开机，进程 \(process)）",
                "主機執行中（第 \(boot) 次開機，行程 \(process)）",
                "Төхөөрөмж ажиллаж байна (\(boot) дахь удаа, процесс \(process))")
        case .boxEnded(let code):
            Row(
                "The box ended with code \(code) and starts again", "主机以代码 \(code) 结束，正在重启",
                "主機以代碼 \(code) 結束，正在重新啟動",
                "Төхөөрөмж \(code) кодтой зогссон, дахин асаж байна")
        }
    }
}

/// What lies on the counter for the hands to take.
enum HandText: Hashable, Sendable, TableText {
    case scan, anyCode, arrowKeys, badges, villagers, commands, goods
    case onScale, putOn, takeOff, tooMuch, grams(String), kilograms(String)

    var row: Row {
        switch self {
        case .scan: Row("Scan", "扫码", "掃碼", "Уншуулах")
        case .anyCode: Row("Any code", "任意条码", "任意條碼", "Дурын код")
        case .arrowKeys:
            Row(
                "Arrow keys go from card to card.", "用方向键在卡片间移动。", "用方向鍵在卡片間移動。",
                "Сумтай товчоор картаас карт руу шилжинэ.")
        case .badges: Row("Badge", "站长证", "站長證", "Үнэмлэх")
        case .villagers: Row("Villagers' cards", "村民卡", "村民卡", "Иргэний карт")
        case .commands: Row("Command sheet", "指令表", "指令表", "Командын хуудас")
        case .goods: Row("Goods", "货品", "貨品", "Бараа")
        case .onScale: Row("On the scale", "秤上", "秤上", "Жин дээр")
        case .putOn: Row("Put on", "放上", "放上", "Тавих")
        case .takeOff: Row("Take off", "拿下", "拿下", "Авах")
        case .grams(let count): Row("\(count) g", "\(count) 克", "\(count) 克", "\(count) г")
        case .kilograms(let count):
            Row("\(count) kg", "\(count) kg", "\(count) kg", "\(count) кг")
        case .tooMuch: Row("(too much)", "（超重）", "（超重）", "(хэт хүнд)")
        }
    }
}

/// The devices and what can be done to them.
enum DeviceText: Hashable, Sendable, TableText {
    case devices, pluggedAt(String), pulledOut, plugIn, pullOut, wake, sleep
    case noPaper, coverOpen, offLine, linesLeft(Int), paperIn
    case putPaperIn, takePaperOut, endSoon, closeCover, openCover, confuse

    var row: Row {
        switch self {
        case .devices: Row("Devices", "设备", "設備", "Төхөөрөмж")
        case .pluggedAt(let place):
            Row(
                "plugged in at \(place)", "已插在 \(place)", "已插在 \(place)",
                "\(place) дээр залгаатай")
        case .pulledOut: Row("pulled out", "已拔出", "已拔出", "салгасан")
        case .plugIn: Row("Plug in", "插上", "插上", "Залгах")
        case .pullOut: Row("Pull out", "拔出", "拔出", "Салгах")
        case .wake: Row("Wake it", "唤醒", "喚醒", "Сэрээх")
        case .sleep: Row("Let it sleep", "休眠", "休眠", "Унтуулах")
        case .noPaper: Row("no paper", "没有纸", "沒有紙", "цаасгүй")
        case .coverOpen: Row("cover open", "机盖打开", "機蓋打開", "таг онгорхой")
        case .offLine: Row("off line", "未联机", "未連線", "холбогдоогүй")
        case .linesLeft(let count):
            Row(
                "\(count) lines of paper left", "纸还剩 \(count) 行", "紙還剩 \(count) 行",
                "цаас \(count) мөр үлдсэн")
        case .paperIn: Row("paper in", "有纸", "有紙", "цаастай")
        case .putPaperIn: Row("Put paper in", "装纸", "裝紙", "Цаас хийх")
        case .takePaperOut: Row("Take paper out", "取出纸", "取出紙", "Цаас авах")
        case .endSoon:
            Row("Let it end in 5 lines", "让纸 5 行后用完", "讓紙 5 行後用完", "5 мөрийн дараа дуусгах")
        case .closeCover: Row("Close cover", "关盖", "關蓋", "Таг хаах")
        case .openCover: Row("Open cover", "开盖", "開蓋", "Таг нээх")
        case .confuse: Row("Confuse it", "弄乱它", "弄亂它", "Будлиулах")
        }
    }
}

/// The line and who sits at its other end.
enum LineText: Hashable, Sendable, TableText {
    case line, lineToHeadOffice, noLine, linkGood, linkThin, linkSilent, linkCut, cutToCome
    case bytesUpDown(up: String, down: String), good, thin, silent, cut, cutAfter, bytes, up, down
    case headOffice, buys, rejects, waits

    var row: Row {
        switch self {
        case .line: Row("Line", "线路", "線路", "Шугам")
        case .lineToHeadOffice:
            Row("The line to head office", "通往总部的线路", "通往總部的線路", "Төв оффис руух шугам")
        case .noLine: Row("no line", "没有线路", "沒有線路", "шугамгүй")
        case .linkGood: Row("good", "良好", "良好", "сайн")
        case .linkThin:
            Row(
                "thin: 20 kbit/s, 600 ms there and back", "很细：20 kbit/s，往返 600 毫秒",
                "很細：20 kbit/s，往返 600 毫秒", "нарийн: 20 kbit/s, ирж очих 600 мс")
        case .linkSilent:
            Row(
                "silent: nothing goes through", "无声：什么也过不去", "無聲：什麼也過不去",
                "чимээгүй: юу ч өнгөрөхгүй")
        case .linkCut: Row("cut", "已断", "已斷", "тасарсан")
        case .cutToCome:
            Row(", a cut is to come", "，即将断开", "，即將斷開", ", удахгүй тасарна")
        case .bytesUpDown(let up, let down):
            Row(
                "up \(up) bytes, down \(down) bytes", "上行 \(up) 字节，下行 \(down) 字节",
                "上行 \(up) 位元組，下行 \(down) 位元組", "дээш \(up) байт, доош \(down) байт")
        case .good: Row("Good", "良好", "良好", "Сайн")
        case .thin: Row("Thin", "很细", "很細", "Нарийн")
        case .silent: Row("Silent", "无声", "無聲", "Чимээгүй")
        case .cut: Row("Cut", "断开", "斷開", "Таслах")
        case .cutAfter: Row("Cut it once after", "断开一次，在", "斷開一次，在", "Нэг удаа таслах:")
        case .bytes: Row("bytes", "字节之后", "位元組之後", "байтын дараа")
        case .up: Row("up", "上行", "上行", "дээш")
        case .down: Row("down", "下行", "下行", "доош")
        case .headOffice: Row("What head office does", "总部怎么办", "總部怎麼辦", "Төв оффис юу хийх")
        case .buys: Row("Head office buys", "总部下单", "總部下單", "Төв оффис авна")
        case .rejects: Row("It rejects", "总部拒绝", "總部拒絕", "Татгалзана")
        case .waits: Row("It waits", "总部等待", "總部等待", "Хүлээнэ")
        }
    }
}

/// What hangs out of the printer and what lies about.
enum PaperText: Hashable, Sendable, TableText {
    case paper, papers(Int), tearOff, torn, inPrinter, paperNumber(Int), notUnderstood
    case scanCode(String), picture

    var row: Row {
        switch self {
        case .paper: Row("Paper", "纸", "紙", "Цаас")
        case .papers(let count):
            Row("Papers: \(count)", "共 \(count) 张", "共 \(count) 張", "Нийт \(count) цаас")
        case .tearOff: Row("Tear it off", "撕下", "撕下", "Урж авах")
        case .torn: Row("torn off", "撕下的", "撕下的", "урсан")
        case .inPrinter: Row("In the printer", "打印机里", "印表機裡", "Хэвлэгч дотор")
        case .paperNumber(let number):
            Row("Paper \(number)", "纸 \(number)", "紙 \(number)", "Цаас \(number)")
        case .notUnderstood:
            Row(
                "The printer did not understand", "打印机看不懂", "印表機看不懂",
                "Хэвлэгч ойлгосонгүй")
        case .scanCode(let code): Row("Scan \(code)", "扫 \(code)", "掃 \(code)", "Уншуулах: \(code)")
        case .picture: Row("A picture", "图", "圖", "Зураг")
        }
    }
}

/// What came of what somebody did in the world.
enum WorldText: Hashable, Sendable, TableText {
    case scanned, scannerOut, nobodyListens
    case onScale(Int), scaleEmpty, scaleSleeps, scaleAwake
    case pluggedIn(DeviceKind), pulledOut(DeviceKind)
    case noPaper, newRoll, rollEnds(lines: Int), coverOpen, coverClosed, offLine, onLine
    case confused, torn
    case lineGood, lineThin, lineSilent, lineCut, lineCutAfter(bytes: Int)
    case officeBuys, officeRejects, officeWaits, killed, powerCut
    case noAnswer, cannot

    var row: Row {
        switch self {
        case .scanned: Row("Scanned.", "已扫。", "已掃。", "Уншсан.")
        case .scannerOut:
            Row(
                "The scanner is not plugged in.", "扫码枪没有插上。", "掃碼槍沒有插上。",
                "Уншигч залгаагүй байна.")
        case .nobodyListens:
            Row(
                "Nobody listens to the scanner.", "没有程序在听扫码枪。", "沒有程式在聽掃碼槍。",
                "Уншигчийг хэн ч сонсохгүй байна.")
        case .onScale(let grams):
            Row(
                "On the scale: \(grams) g.", "秤上：\(grams) 克。", "秤上：\(grams) 克。",
                "Жин дээр: \(grams) г.")
        case .scaleEmpty: Row("The scale is empty.", "秤空了。", "秤空了。", "Жин хоосон.")
        case .scaleSleeps: Row("The scale sleeps.", "秤休眠了。", "秤休眠了。", "Жин унтлаа.")
        case .scaleAwake: Row("The scale is awake.", "秤醒了。", "秤醒了。", "Жин сэрлээ.")
        case .pluggedIn(let device):
            Row(
                "\(device): plugged in.", "\(device)：已插上。", "\(device)：已插上。", "\(device): залгалаа."
            )
        case .pulledOut(let device):
            Row(
                "\(device): pulled out.", "\(device)：已拔出。", "\(device)：已拔出。", "\(device): салгалаа."
            )
        case .noPaper: Row("There is no paper.", "没有纸了。", "沒有紙了。", "Цаас алга.")
        case .newRoll: Row("A new roll is in.", "已装新纸卷。", "已裝新紙捲。", "Шинэ цаас хийлээ.")
        case .rollEnds(let lines):
            Row(
                "The roll ends in \(lines) lines.", "纸卷 \(lines) 行后用完。",
                "紙捲 \(lines) 行後用完。", "Цаас \(lines) мөрийн дараа дуусна.")
        case .coverOpen: Row("The cover is open.", "机盖开了。", "機蓋開了。", "Таг нээлттэй.")
        case .coverClosed: Row("The cover is closed.", "机盖关了。", "機蓋關了。", "Таг хаалттай.")
        case .offLine:
            Row("The printer is off line.", "打印机未联机。", "印表機未連線。", "Хэвлэгч холбогдоогүй.")
        case .onLine: Row("The printer is on line.", "打印机已联机。", "印表機已連線。", "Хэвлэгч холбогдлоо.")
        case .confused:
            Row(
                "Its plug came loose in the middle of a picture: it waits for the rest.",
                "插头在打图时松了：打印机在等剩下的部分。", "插頭在列印圖時鬆了：印表機在等剩下的部分。",
                "Зураг хэвлэж байхад залгуур нь салсан: хэвлэгч үлдсэнийг нь хүлээж байна.")
        case .torn: Row("Torn off.", "已撕下。", "已撕下。", "Урж авлаа.")
        case .lineGood: Row("The line is good.", "线路良好。", "線路良好。", "Шугам сайн.")
        case .lineThin: Row("The line is thin.", "线路很细。", "線路很細。", "Шугам нарийн.")
        case .lineSilent:
            Row(
                "Nothing goes through the line.", "线路上什么也过不去。", "線路上什麼也過不去。",
                "Шугамаар юу ч өнгөрөхгүй.")
        case .lineCut: Row("The line is cut.", "线路断了。", "線路斷了。", "Шугам тасарлаа.")
        case .lineCutAfter(let bytes):
            Row(
                "The line is cut after \(bytes) more bytes.", "再过 \(bytes) 字节线路断开。",
                "再過 \(bytes) 位元組線路斷開。", "Дахин \(bytes) байтын дараа шугам тасарна.")
        case .officeBuys: Row("Head office buys.", "总部会下单。", "總部會下單。", "Төв оффис авна.")
        case .officeRejects:
            Row("Head office rejects.", "总部会拒绝。", "總部會拒絕。", "Төв оффис татгалзана.")
        case .officeWaits: Row("Head office waits.", "总部先等待。", "總部先等待。", "Төв оффис хүлээнэ.")
        case .killed: Row("The program is killed.", "程序已被结束。", "程式已被結束。", "Програмыг унагаалаа.")
        case .powerCut: Row("The power was cut.", "断过电了。", "斷過電了。", "Тог тасарлаа.")
        case .noAnswer:
            Row("The world does not answer.", "没有回答。", "沒有回答。", "Хариу алга.")
        case .cannot: Row("That cannot be done.", "做不到。", "做不到。", "Үүнийг хийх боломжгүй.")
        }
    }
}
