import StationCore

/// What the demo's head office sells and buys. Article numbers are of the range that GS1 keeps for
/// demonstrations (952); the in-store range 25 stands on the shelf labels of produce.
enum DemoLists {
    struct Item {
        let code: String
        let english: String
        let chinese: String
        let mongolian: String
        let fen: Int
    }

    /// Fen for one piece.
    static let goods = [
        Item(
            code: "9520000100018", english: "Rice, 10 kg", chinese: "大米 10公斤",
            mongolian: "Будаа, 10 кг", fen: 5_980),
        Item(
            code: "9520000100025", english: "Cooking oil, 5 l", chinese: "食用油 5升",
            mongolian: "Тос, 5 л", fen: 6_990),
        Item(
            code: "9520000100032", english: "Salt, 500 g", chinese: "食盐 500克",
            mongolian: "Давс, 500 г", fen: 250),
        Item(
            code: "9520000100049", english: "Green tea, 250 g", chinese: "绿茶 250克",
            mongolian: "Ногоон цай, 250 г", fen: 3_500),
        Item(
            code: "9520000100056", english: "Washing powder", chinese: "洗衣粉",
            mongolian: "Угаалгын нунтаг", fen: 1_890),
        Item(
            code: "9520000100063", english: "Rubber boots", chinese: "雨靴",
            mongolian: "Резинэн гутал", fen: 4_500),
        Item(
            code: "9520000100070", english: "Exercise book", chinese: "练习本", mongolian: "Дэвтэр",
            fen: 300),
        Item(
            code: "9520000100087", english: "Torch", chinese: "手电筒", mongolian: "Гар чийдэн",
            fen: 2_250),
    ]

    /// Fen for a kilogram; the code is the item number of the in-store range.
    static let produce = [
        Item(
            code: "00001", english: "Red beans", chinese: "红小豆", mongolian: "Улаан буурцаг",
            fen: 820),
        Item(code: "00002", english: "Walnuts", chinese: "核桃", mongolian: "Хушга", fen: 1_640),
        Item(
            code: "00003", english: "Dried mushrooms", chinese: "干香菇", mongolian: "Хатаасан мөөг",
            fen: 7_800),
        Item(code: "00004", english: "Potatoes", chinese: "土豆", mongolian: "Төмс", fen: 180),
        Item(code: "00005", english: "Honey", chinese: "蜂蜜", mongolian: "Зөгийн бал", fen: 3_200),
        Item(
            code: "00006", english: "Chestnuts", chinese: "板栗", mongolian: "Хүрэн самар", fen: 960),
    ]

    static var articles: [Article] {
        goods.compactMap { item in
            guard let code = ArticleCode(item.code), let name = item.name else { return nil }
            return Article(article: code, name: name, price: Fen(item.fen))
        }
    }

    static var prices: [ProducePrice] {
        produce.compactMap { item in
            guard let code = ProduceCode(item.code), let name = item.name else { return nil }
            return ProducePrice(produce: code, name: name, price: FenPerKilogram(item.fen))
        }
    }

    /// Codes on goods and on the shelf; a shelf label is an in-store code without a weight.
    static var cards: [CardShelf.Card] {
        let labels = produce.compactMap { item -> CardShelf.Card? in
            let codes = (0...9).map { "25\(item.code)00000\($0)" }
            let right = codes.first { if case .inStore = Barcode(text: $0) { true } else { false } }
            return right.map { CardShelf.Card(label: item.label, payload: $0) }
        }
        return labels + goods.map { CardShelf.Card(label: $0.label, payload: $0.code) }
    }
}

extension DemoLists.Item {
    var label: String { "\(english) \(chinese)" }

    var name: LocalizedName? {
        LocalizedName(["en": english, "zh-Hans": chinese, "mn": mongolian])
    }
}
