import ArgumentParser
import ControlProtocol
import StationCore

struct Enrol: RequestCommand {
    static let configuration = CommandConfiguration(
        abstract: "Enrols the box, or tells it where head office has moved to.")

    @Argument(
        help: """
            As head office gave it: the code, which begins with VK09, or the seven words that stand \
            under it, in quotation marks.
            """)
    var code: String
    @OptionGroup var daemon: DaemonOptions
    @OptionGroup var output: OutputOptions

    func ask(_ client: ControlClient) async throws -> ControlAnswer {
        try await client.post(ControlPath.enrol, EnrolRequest(code: Self.scanned(code)))
    }

    /// What a scanner would read, of a code or of its words. They are one argument, since a word
    /// among them may begin with a hyphen and look like an option.
    static func scanned(_ text: String) -> String {
        Enrolment(plainText: text).map { Barcode.enrolment($0).text } ?? text
    }
}

struct ClockCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "clock", abstract: "Corrects the box's own idea of the time.",
        subcommands: [Set.self])

    struct Set: RequestCommand {
        static let configuration = CommandConfiguration(
            abstract: "Sets it; the system's clock is left alone.")

        @Argument(
            help: """
                Such as "2026-11-24 17:05", "2026-11-24T17:05:30" (in this machine's zone), or with \
                Z or +08:00 behind.
                """)
        var time: String
        @OptionGroup var daemon: DaemonOptions
        @OptionGroup var output: OutputOptions

        func validate() throws {
            guard WrittenTime.milliseconds(time) != nil else {
                throw ValidationError(
                    "\"\(time)\" is no time; allowed is 2026-11-24 17:05, with :SS and a zone (Z, "
                        + "+08:00) or without")
            }
        }

        func ask(_ client: ControlClient) async throws -> ControlAnswer {
            guard let milliseconds = WrittenTime.milliseconds(time) else {
                throw Failure(text: "\"\(time)\" is no time")
            }
            return try await client.post(ControlPath.clock, ClockRequest(time: milliseconds))
        }
    }
}

struct Sync: RequestCommand {
    static let configuration = CommandConfiguration(abstract: "Asks head office now.")

    @OptionGroup var daemon: DaemonOptions
    @OptionGroup var output: OutputOptions

    func ask(_ client: ControlClient) async throws -> ControlAnswer {
        try await client.post(
            ControlPath.sync, String?.none, patience: ControlClient.patience)
    }
}

struct Print: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Prints what is no slip, or shows a slip on this terminal.",
        subcommands: [Test.self, Sheet.self, Card.self, Badge.self, Preview.self])

    struct Test: RequestCommand {
        static let configuration = CommandConfiguration(
            abstract: "The self-test: what is there, what is missing, the next step.")

        @OptionGroup var daemon: DaemonOptions
        @OptionGroup var output: OutputOptions

        func ask(_ client: ControlClient) async throws -> ControlAnswer {
            try await client.post(ControlPath.print, PrintRequest.test)
        }
    }

    struct Sheet: RequestCommand {
        static let configuration = CommandConfiguration(
            abstract: "The commands and number keys as barcodes.")

        @Flag(help: "Draw a new secret: sheets that were printed before do nothing any more.")
        var renew = false
        @OptionGroup var daemon: DaemonOptions
        @OptionGroup var output: OutputOptions

        func ask(_ client: ControlClient) async throws -> ControlAnswer {
            try await client.post(ControlPath.print, PrintRequest.sheet(renew: renew))
        }
    }

    struct Card: RequestCommand {
        static let configuration = CommandConfiguration(
            abstract: "A villager's card: of a new villager, or a further one.")

        @Option(help: "Number of a villager who is registered; without it a new one is.")
        var villager: Int?
        @OptionGroup var daemon: DaemonOptions
        @OptionGroup var output: OutputOptions

        func validate() throws {
            if let villager, villager < 1 {
                throw ValidationError("\(villager) is no villager; numbers begin with 1")
            }
        }

        func ask(_ client: ControlClient) async throws -> ControlAnswer {
            try await client.post(ControlPath.print, PrintRequest.card(villager: villager))
        }
    }

    struct Badge: RequestCommand {
        static let configuration = CommandConfiguration(
            abstract: "A new badge; the one before is void, and the PIN is set anew.")

        @Option(name: .customLong("operator"), help: "1 to 99.")
        var operatorNumber: Int
        @OptionGroup var daemon: DaemonOptions
        @OptionGroup var output: OutputOptions

        func validate() throws {
            guard (1...99).contains(operatorNumber) else {
                throw ValidationError("operator \(operatorNumber) cannot be; allowed is 1 to 99")
            }
        }

        func ask(_ client: ControlClient) async throws -> ControlAnswer {
            try await client.post(
                ControlPath.print, PrintRequest.badge(operatorNumber: operatorNumber))
        }
    }
}
