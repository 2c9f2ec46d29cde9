public import StationCore

/// What a slip is: its line in double size, at most 16 columns where that can be.
public enum SlipTitle: Hashable, Sendable, TableText {
    case produceBought, orderPaid, orderBought, orderRejected, refundPaid, correction, dayClosed
    case copy(Int)

    public var row: Row {
        switch self {
        case .produceBought:
            Row("Produce bought", "农产品收购", "農產品收購", "Бүтээгдэхүүн худалдан авалт")
        case .orderPaid: Row("Order", "代购订单", "代購訂單", "Захиалга")
        case .orderBought: Row("Order bought", "代购已下单", "代購已下單", "Захиалга авсан")
        case .orderRejected: Row("Not bought", "代购未成", "代購未成", "Авч чадаагүй")
        case .refundPaid: Row("Refund", "退款", "退款", "Буцаалт")
        case .correction: Row("Correction", "更正单", "更正單", "Залруулга")
        case .dayClosed: Row("Day closed", "当日结账", "當日結帳", "Өдөр хаасан")
        case .copy(let count): Row("COPY \(count)", "副本 \(count)", "副本 \(count)", "ХУВЬ \(count)")
        }
    }
}

/// What stands on slips of every kind. A label stands alone at the left of its value.
public enum SlipText: Hashable, Sendable, TableText {
    case number(Int)
    case operatorNumber(Int)
    case headOffice, stationItself, technician
    case whomToAsk
    case total, rounding, paidInCash

    public var row: Row {
        switch self {
        case .number(let number):
            Row("No. \(number)", "单号 \(number)", "單號 \(number)", "№ \(number)")
        case .operatorNumber(let number):
            Row(
                "Operator \(number)", "站长 \(number) 号", "站長 \(number) 號",
                "Цэгийн эрхлэгч \(number)")
        case .headOffice:
            Row("Decided by head office", "由总部决定", "由總部決定", "Төв оффис шийдсэн")
        case .stationItself:
            Row("By the station itself", "由服务站自动办理", "由服務站自動辦理", "Цэг өөрөө бүртгэсэн")
        case .technician:
            Row("By the technician", "由技术员办理", "由技術員辦理", "Техникч бүртгэсэн")
        case .whomToAsk:
            Row(
                "Keep this slip. Questions? Ask the operator.",
                "请保存此单。有疑问请问站长。",
                "請保存此單。有疑問請問站長。",
                "Баримтаа хадгална уу. Асуух зүйлээ цэгийн эрхлэгчээс асууна уу.")
        case .total: Row("Total", "合计", "合計", "Нийт")
        case .rounding: Row("Rounding", "尾数取整", "尾數取整", "Бүхэлчлэл")
        case .paidInCash:
            Row("Paid to you in cash", "现金支付给您", "現金支付給您", "Танд бэлнээр төлсөн")
        }
    }
}

/// Slips of produce bought and of its reversal.
public enum ProduceSlipText: Hashable, Sendable, TableText {
    case net
    case grossAndTare(gross: Kilograms, tare: Kilograms)
    case pricePerKilogram, amount
    case weightByHand
    case replaces(Int)
    case cancelled(Int)
    case handedBack, stillToHandBack

    public var row: Row {
        switch self {
        case .net: Row("Net weight", "净重", "淨重", "Цэвэр жин")
        case .grossAndTare(let gross, let tare):
            Row(
                "gross \(gross), tare \(tare)", "毛重 \(gross)，皮重 \(tare)",
                "毛重 \(gross)，皮重 \(tare)", "бохир \(gross), тара \(tare)")
        case .pricePerKilogram:
            Row("Price per kg", "单价（元/公斤）", "單價（元/公斤）", "Нэгж үнэ (кг)")
        case .amount: Row("Amount", "金额", "金額", "Дүн")
        case .weightByHand:
            Row(
                "Weight entered by hand", "手工输入重量", "手動輸入重量",
                "Жинг гараар оруулсан")
        case .replaces(let number):
            Row(
                "Replaces No. \(number)", "更正并代替单号 \(number)", "更正並代替單號 \(number)",
                "Орлох баримт: № \(number)")
        case .cancelled(let number):
            Row(
                "No. \(number) does not count any more", "单号 \(number) 作废",
                "單號 \(number) 作廢", "№ \(number) хүчингүй болсон")
        case .handedBack:
            Row("You handed back", "您已退还现金", "您已退還現金", "Та бэлнээр буцааж өгсөн")
        case .stillToHandBack:
            Row("You still owe back", "您尚未退还现金", "您尚未退還現金", "Таны буцааж өгөх мөнгө")
        }
    }
}

extension ReversalReason: TableText {
    public var row: Row {
        switch self {
        case .wrongProduce: Row("wrong produce", "品种有误", "品種有誤", "бүтээгдэхүүн буруу")
        case .wrongWeight: Row("wrong weight", "重量有误", "重量有誤", "жин буруу")
        case .wrongSeller: Row("wrong seller", "卖方有误", "賣方有誤", "худалдагч буруу")
        case .wrongPayment: Row("wrong payment", "付款有误", "付款有誤", "төлбөр буруу")
        case .changedMind: Row("changed mind", "改变主意", "改變主意", "бодлоо өөрчилсөн")
        }
    }
}

/// Slips of an order and of what became of it.
public enum OrderSlipText: Hashable, Sendable, TableText {
    case notYetBought
    case whatHappensNext
    case ofOrder(Int)
    case received, tendered, change
    case boughtFor, refundForYou
    case goodsWillCome, fetchRefund
    case againstSlip, withoutSlip

    public var row: Row {
        switch self {
        case .notYetBought:
            Row(
                "CASH TAKEN, NOT YET BOUGHT", "已收款，尚未下单", "已收款，尚未下單",
                "МӨНГӨ АВСАН, ХАРААХАН АВААГҮЙ")
        case .whatHappensNext:
            Row(
                "Head office buys it now. If it cannot, you get your money back with this slip.",
                "总部现在为您下单；买不到时，凭此单退款。",
                "總部現在為您下單；買不到時，憑此單退款。",
                "Төв оффис одоо худалдан авна. Авч чадахгүй бол энэ баримтаар мөнгөө буцааж авна.")
        case .ofOrder(let number):
            Row(
                "Order No. \(number)", "代购订单 单号 \(number)", "代購訂單 單號 \(number)",
                "Захиалга № \(number)")
        case .received:
            Row("Received from you", "实收现金", "實收現金", "Танаас авсан мөнгө")
        case .tendered: Row("You gave", "付来现金", "付來現金", "Өгсөн мөнгө")
        case .change: Row("Change", "找零", "找零", "Хариулт")
        case .boughtFor: Row("Bought for", "下单金额", "下單金額", "Авсан үнэ")
        case .refundForYou: Row("Refund for you", "应退给您", "應退給您", "Танд буцаах мөнгө")
        case .goodsWillCome:
            Row(
                "The goods come to the station.", "货到后请到服务站领取。",
                "貨到後請到服務站領取。", "Бараа үйлчилгээний цэгт ирнэ.")
        case .fetchRefund:
            Row(
                "Fetch the refund at the station with this slip or that of the order.",
                "请凭此单或订单到服务站领取退款。", "請憑此單或訂單到服務站領取退款。",
                "Буцаалтаа энэ баримт эсвэл захиалгын баримтаар цэгээс авна уу.")
        case .againstSlip:
            Row("Paid against the slip", "凭单退款", "憑單退款", "Баримтаар буцаасан")
        case .withoutSlip:
            Row(
                "Paid without the slip: it is lost", "单据遗失，无单退款", "單據遺失，無單退款",
                "Баримт алдагдсан, баримтгүй буцаасан")
        }
    }
}

/// The slip of a day that was closed.
public enum DaySlipText: Hashable, Sendable, TableText {
    case openedAs(Int)
    case ledger, counted, difference
    case produce(Int), orders(Int), refunds(Int)
    case undone(Int)
    case exposure, float, slipsOwed, refundsOwed, owedByVillagers

    public var row: Row {
        switch self {
        case .openedAs(let number):
            Row(
                "Opened as No. \(number)", "开账 单号 \(number)", "開帳 單號 \(number)",
                "Нээсэн баримт № \(number)")
        case .ledger: Row("Ledger", "账面现金", "帳面現金", "Бүртгэлийн мөнгө")
        case .counted: Row("Counted", "清点现金", "清點現金", "Тоолсон мөнгө")
        case .difference: Row("Difference", "差额", "差額", "Зөрүү")
        case .produce(let count):
            Row(
                "Produce bought: \(count)", "农产品收购 \(count) 笔", "農產品收購 \(count) 筆",
                "Бүтээгдэхүүн авалт: \(count)")
        case .orders(let count):
            Row("Orders: \(count)", "代购 \(count) 笔", "代購 \(count) 筆", "Захиалга: \(count)")
        case .refunds(let count):
            Row("Refunds: \(count)", "退款 \(count) 笔", "退款 \(count) 筆", "Буцаалт: \(count)")
        case .undone(let count):
            Row(
                "Undone: \(count)", "收购冲销 \(count) 笔", "收購沖銷 \(count) 筆",
                "Буцаасан авалт: \(count)")
        case .refundsOwed: Row("Refunds to pay", "待退款", "待退款", "Буцааж өгөх мөнгө")
        case .owedByVillagers:
            Row("Villagers owe", "村民应还", "村民應還", "Иргэдийн өр")
        case .exposure:
            Row("Exposure", "代收未结", "代收未結", "Тооцоо хийгээгүй мөнгө")
        case .float:
            Row("Float", "总部预存余额", "總部預存餘額", "Төв дэх үлдэгдэл")
        case .slipsOwed:
            Row("Slips owed", "待打印单据", "待列印單據", "Хэвлээгүй баримт")
        }
    }
}
