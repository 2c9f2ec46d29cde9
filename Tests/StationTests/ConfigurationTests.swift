import StationCore
import Testing

@testable import Station

@Suite("What the environment may say")
struct ConfigurationTests {
    @Test func `all that is wrong is said at once, with variable, value and what is allowed`()
        throws
    {
        let invalid = try #require(throws: Configuration.Invalid.self) {
            try Configuration(environment: [
                "STATION_LISTEN": "0.0.0.0:8080", "STATION_CASH_STEP": "7",
                "STATION_LANGUAGE": "en", "STATION_LANGAUGE": "mn", "STATE_DIRECTORY": "here",
                "PATH": "/bin",
            ])
        }
        #expect(
            invalid.problems.map(\.variable) == [
                "STATE_DIRECTORY", "STATION_LISTEN", "STATION_CASH_STEP", "STATION_LANGAUGE",
            ])
        #expect(invalid.problems.map(\.value) == ["here", "0.0.0.0:8080", "7", "mn"])
        #expect(invalid.problems.allSatisfy { !$0.allowed.isEmpty })
        #expect(
            invalid.problems[2].description
                == "STATION_CASH_STEP=7: allowed is 1, 10, 50 or 100 (fen)")
    }

    @Test(arguments: [
        ("STATION_LISTEN", "127.0.0.1"), ("STATION_LISTEN", "127.0.0.1:65536"),
        ("STATION_LISTEN", ":8080"), ("STATION_LISTEN", "192.168.1.7:8080"),
        ("STATION_NAME", String(repeating: "x", count: 33)), ("STATION_LANGUAGE", "EN"),
        ("STATION_CASH_STEP", "10 fen"), ("STATION_EXPOSURE_LIMIT", "-1"),
        ("STATION_EXPOSURE_LIMIT", "100000001"), ("STATION_START_SLIP", "true"),
        ("STATION_PROMPTS", "none"),
        ("STATION_SCALE_DIVISION", "two grams"), ("STATION_LOG_LEVEL", "trace"),
        ("RUNTIME_DIRECTORY", "/run/a:/run/b"),
    ])
    func `a value out of its range is a problem of that variable`(
        variable: String, value: String
    ) throws {
        let invalid = try #require(throws: Configuration.Invalid.self) {
            try Configuration(environment: [variable: value])
        }
        #expect(invalid.problems.map(\.variable) == [variable])
        #expect(invalid.problems.map(\.value) == [value])
    }

    @Test func `what is set is taken`() throws {
        let configuration = try Configuration(environment: [
            "STATION_LISTEN": "localhost:0", "STATION_CASH_STEP": "50",
            "STATION_EXPOSURE_LIMIT": "0", "STATION_START_SLIP": "yes",
            "STATION_PROMPTS": "paper",
            "STATION_LANGUAGE": "mn", "STATE_DIRECTORY": "/tmp/state",
        ])
        #expect(configuration.listen == .init(host: "localhost", port: 0))
        #expect(configuration.cashStep == 50)
        #expect(configuration.exposureLimit == .zero)
        #expect(configuration.printsStartSlip)
        #expect(configuration.prompts == .paper)
        #expect(configuration.language == .mongolian)
        #expect(configuration.stateDirectory == "/tmp/state")
    }
}
