public import StationCore

/// What stands beside a code of the sheet and on a button: a few words.
extension Command: TableText {
    public var row: Row {
        switch self {
        case .produce: Row("Buy produce", "收购", "收購", "Бүтээгдэхүүн авах")
        case .order: Row("Order", "代购", "代購", "Захиалга")
        case .refund: Row("Refund", "退款", "退款", "Буцаалт")
        case .day: Row("Day: open or close", "开账/结账", "開帳/結帳", "Өдөр нээх, хаах")
        case .undo: Row("Undo the last purchase", "撤销上一笔收购", "撤銷上一筆收購", "Сүүлийн авалтыг буцаах")
        case .settleSlips: Row("Settle slips", "确认单据", "確認單據", "Баримт шалгах")
        case .anonymous: Row("Anonymous", "不记名", "不記名", "Нэргүй")
        case .takeWeight: Row("Take the weight", "确认重量", "確認重量", "Жинг авах")
        case .payCash: Row("Paid in cash", "已付现金", "已付現金", "Бэлнээр төлсөн")
        case .basketDone: Row("Basket done", "选好了", "選好了", "Сагс бэлэн")
        case .exactCash: Row("Exact cash", "正好付清", "正好付清", "Яг таарсан мөнгө")
        case .takeCash: Row("Cash taken", "已收现金", "已收現金", "Мөнгө авсан")
        case .knowPerson: Row("I know the person", "认识本人", "認識本人", "Энэ хүнийг танина")
        case .confirmCount: Row("The count is right", "清点无误", "清點無誤", "Тоолсон нь зөв")
        case .yes: Row("Yes", "是", "是", "Тийм")
        case .no: Row("No", "否", "否", "Үгүй")
        case .cameOut: Row("It came out", "已打出", "已印出", "Хэвлэгдсэн")
        case .didNotComeOut: Row("It did not come out", "没打出", "沒印出", "Хэвлэгдээгүй")
        case .enter: Row("Enter", "确定", "確定", "Оруулах")
        case .clearDigits: Row("Clear the digits", "清除数字", "清除數字", "Тоог арилгах")
        case .cancel: Row("Cancel", "取消", "取消", "Болих")
        case .removeLast: Row("Remove the last", "删除上一件", "刪除上一件", "Сүүлийнхийг хасах")
        case .weightByHand: Row("Weight by hand", "手工输入重量", "手動輸入重量", "Жинг гараар")
        case .reprint: Row("Print a copy", "再打一份", "再印一份", "Хувь хэвлэх")
        case .askHeadOffice: Row("Ask head office now", "立即联系总部", "立即聯絡總部", "Төв оффисоос асуух")
        case .signOut: Row("Sign out", "退出登录", "登出", "Гарах")
        case .nextLanguage: Row("Language of the slip", "单据语言", "單據語言", "Баримтын хэл")
        }
    }
}
