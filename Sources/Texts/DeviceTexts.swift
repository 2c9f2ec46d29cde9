public import StationCore

extension DeviceKind: TableText {
    public var row: Row {
        switch self {
        case .scanner: Row("Scanner", "扫码枪", "掃碼槍", "Уншигч")
        case .scale: Row("Scale", "电子秤", "電子秤", "Жин")
        case .printer: Row("Printer", "打印机", "印表機", "Хэвлэгч")
        }
    }
}

/// What is said of a device, with the next step where something is wrong.
extension DeviceCondition: TableText {
    public var row: Row {
        switch self {
        case .absent:
            Row(
                "not found: plug it in", "未找到：请插上", "未找到：請插上",
                "олдсонгүй: залгана уу")
        case .opening: Row("getting ready", "正在准备", "正在準備", "бэлтгэж байна")
        case .permissionDenied:
            Row(
                "not allowed: call the technician", "无权使用：请联系技术员",
                "無權使用：請聯絡技術員", "зөвшөөрөлгүй: техникч дууд")
        case .inUse:
            Row(
                "another program holds it: call the technician", "被其他程序占用：请联系技术员",
                "被其他程式佔用：請聯絡技術員", "өөр програм ашиглаж байна: техникч дууд")
        case .unsupported:
            Row(
                "not usable here: plug in another", "本站不能使用：请换一台",
                "本站不能使用：請換一台", "энд ашиглах боломжгүй: өөрийг залга")
        case .ready: Row("ready", "正常", "正常", "бэлэн")
        case .paperOut:
            Row(
                "out of paper: put in a new roll", "缺纸：请换新纸卷", "缺紙：請換新紙捲",
                "цаас дууссан: шинэ цаас хийнэ үү")
        case .coverOpen:
            Row(
                "cover open: close it", "机盖未关：请关好", "機蓋未關：請關好",
                "таг онгорхой: хаана уу")
        case .paperNearEnd:
            Row(
                "paper ends soon: have a roll ready", "纸将用完：请备好纸卷",
                "紙將用完：請備好紙捲", "цаас дуусах нь: шинэ цаас бэлд")
        case .offline:
            Row(
                "off-line: press its feed button", "未联机：请按走纸键", "未連線：請按進紙鍵",
                "холбогдоогүй: цаас гүйлгэх товч дар")
        case .faulty:
            Row(
                "faulty: switch it off and on", "故障：请关机再开机", "故障：請關機再開機",
                "гэмтэлтэй: унтрааж дахин асаа")
        }
    }
}
