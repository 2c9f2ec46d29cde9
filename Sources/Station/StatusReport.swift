import ControlProtocol
import Journal
import LocalServer
import StationCore

extension StationState {
    /// Entries that head office does not have yet.
    var waitingEntries: Int { books.lastSequence - (local.acknowledged?.through ?? 0) }

    /// - Parameters:
    ///   - freeBytes: of the disk that holds the journal.
    func status(
        devices: [StationStatus.Device], freeBytes: Int, link board: LinkBoard
    ) -> StationStatus {
        let report = board.now
        let view = counter.view(at: now)
        return StationStatus(
            version: release,
            station: books.station.map {
                StationStatus.StationName(
                    number: $0.text, epoch: books.epoch, hub: books.facts.hub ?? "")
            },
            lastEntry: books.lastSequence,
            clock: StationStatus.Clock(time: now.time, quality: now.quality), devices: devices,
            link: StationStatus.Link(
                state: report.state, acknowledgedThrough: local.acknowledged?.through ?? 0,
                waiting: waitingEntries, lastContact: report.lastContact,
                problem: report.problem),
            slips: StationStatus.Slips(owed: view.slipsOwed, doubtful: view.slipsDoubtful),
            day: books.day.map { day in
                StationStatus.Day(opened: day.opened, openedAt: openedAt(day))
            },
            money: StationStatus.Money(
                drawer: view.cash.drawer, float: view.cash.float,
                floatStated: view.cash.floatStated, exposure: view.cash.exposure,
                exposureLimit: view.cash.exposureLimit),
            lists: StationStatus.Lists(
                articles: books.facts.articleList, prices: books.facts.priceList),
            disk: StationStatus.Disk(state: diskState, freeBytes: freeBytes),
            isForked: counter.isForked)
    }

    private var diskState: StationStatus.Disk.State {
        switch diskTrouble {
        case .diskReadOnly: .readOnly
        case .diskFull: .full
        default: .writable
        }
    }

    private func openedAt(_ day: DayRecord) -> Int {
        (try? journal.reader.entry(day.opened))?.entry.moment.time ?? 0
    }
}
