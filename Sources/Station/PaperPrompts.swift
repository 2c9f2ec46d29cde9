import StationCore

/// Tells amounts and change on paper where the operator has no page to look at.
struct PaperPrompts: Sendable {
    let screens: Screens
    let papers: PaperQueue

    func run() async {
        var last: Prompt?
        for await screen in screens.stream() where screen.view.prompt != last {
            last = screen.view.prompt
            // Where many papers wait, the printer is stuck and a prompt would be too late anyway.
            if screen.view.prompt.tellsMoney { _ = papers.add(.prompt(screen.view.prompt)) }
        }
    }
}

extension Prompt {
    /// Whether the operator has to read an amount to go on.
    fileprivate var tellsMoney: Bool {
        switch self {
        case .payProduce, .tender, .takeCash, .compareSlip, .isItOrder, .payRefund, .confirmCount,
            .confirmFirstCount, .undoHandedBack:
            true
        case .enrol, .signIn, .enterPIN, .choosePIN, .repeatPIN, .checkingPIN, .openDay,
            .chooseTrade, .seller, .produce, .loadScale, .mendScale, .waitForStable, .takeWeight,
            .typeGrams, .clearScale, .oldPrices, .oldArticles, .alreadyBooked, .articles,
            .moreArticles, .refundSlip, .secondProof, .countDrawer, .undoReason, .didSlipComeOut,
            .stopped:
            false
        }
    }
}
