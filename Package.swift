// swift-tools-version: 6.2
import PackageDescription

/// Our own code is held to Swift 6 and to no warning at all; dependencies keep their own rules.
let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
]

let log: Target.Dependency = .product(name: "Logging", package: "swift-log")
let lifecycle: Target.Dependency = .product(
    name: "ServiceLifecycle", package: "swift-service-lifecycle")
let hummingbird: Target.Dependency = .product(name: "Hummingbird", package: "hummingbird")
let arguments: Target.Dependency = .product(
    name: "ArgumentParser", package: "swift-argument-parser")
let nioCore: Target.Dependency = .product(name: "NIOCore", package: "swift-nio")
let nioPosix: Target.Dependency = .product(name: "NIOPosix", package: "swift-nio")
let nioSSL: Target.Dependency = .product(name: "NIOSSL", package: "swift-nio-ssl")

func library(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

func program(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .executableTarget(name: name, dependencies: dependencies, swiftSettings: strict)
}

func tests(_ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []) -> Target {
    .testTarget(
        name: name, dependencies: dependencies, exclude: exclude, swiftSettings: strict)
}

func system(_ name: String, pkgConfig: String, apt: String) -> Target {
    .systemLibrary(name: name, pkgConfig: pkgConfig, providers: [.apt([apt])])
}

let package = Package(
    name: "stationd",
    products: [
        .executable(name: "stationd", targets: ["stationd"]),
        .executable(name: "stationctl", targets: ["stationctl"]),
        .executable(name: "stationhub", targets: ["stationhub"]),
        .executable(name: "stationdemo", targets: ["stationdemo"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", exact: "2.37.6"),
        .package(
            url: "https://github.com/swift-server/swift-service-lifecycle", exact: "2.13.0"),
        .package(
            url: "https://github.com/hummingbird-project/hummingbird", exact: "2.28.1", traits: []),
    ],
    targets: [
        // The C libraries of the system.
        system("CLibUSB", pkgConfig: "libusb-1.0", apt: "libusb-1.0-0-dev"),
        system("CSQLite", pkgConfig: "sqlite3", apt: "libsqlite3-dev"),
        system("CCrypto", pkgConfig: "libcrypto", apt: "libssl-dev"),
        system("CZstd", pkgConfig: "libzstd", apt: "libzstd-dev"),
        system("CCurl", pkgConfig: "libcurl", apt: "libcurl4-openssl-dev"),
        system("CSystemd", pkgConfig: "libsystemd", apt: "libsystemd-dev"),

        // What the business is, the lowest seams, and a standard's picture: none of them imports
        // anything of ours.
        library("StationCore"),
        library("Ports"),
        library("QRCodes"),

        // The rooms between them; docs/architecture.md has the picture.
        library("Cryptography", ["CCrypto"]),
        library("SQLite", ["CSQLite"]),
        library("SyncProtocol", ["StationCore", "Cryptography", "CZstd"]),
        library("LinuxPorts", ["Ports", "CLibUSB", "CSystemd", log]),
        library("HTTPExchange", ["Ports", "CCurl"]),
        library("Drivers", ["StationCore", "Ports", log]),
        library("Journal", ["StationCore", "SyncProtocol", "Cryptography", "SQLite"]),
        library("Texts", ["StationCore"]),
        library("ControlProtocol", ["StationCore"]),
        library("Receipts", ["StationCore", "Texts"]),
        library(
            "Uplink", ["StationCore", "Journal", "SyncProtocol", "Cryptography", "Ports", log]),
        .target(
            name: "LocalServer",
            dependencies: [
                "ControlProtocol", "StationCore", "Texts", "Ports", "Cryptography", hummingbird,
                .product(name: "HummingbirdCore", package: "hummingbird"), nioCore, nioPosix, log,
                lifecycle,
            ],
            // In the program itself, so that it finds them wherever it is installed.
            resources: [.embedInCode("Assets")], swiftSettings: strict),
        library(
            "Station",
            [
                "StationCore", "Ports", "Drivers", "Journal", "Receipts", "Texts", "Uplink",
                "LocalServer", "ControlProtocol", "SyncProtocol", "Cryptography", log, lifecycle,
            ]),
        library(
            "Hub",
            [
                "StationCore", "SyncProtocol", "Cryptography", "SQLite", hummingbird,
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "HummingbirdTLS", package: "hummingbird"), nioSSL, nioCore, log,
                lifecycle,
            ]),
        .target(
            name: "Simulators", dependencies: ["Ports", "QRCodes"], exclude: ["Captures"],
            swiftSettings: strict),

        // The programs.
        program(
            "stationd",
            ["Station", "StationCore", "LinuxPorts", "HTTPExchange", "Ports", log, lifecycle]),
        program(
            "stationctl",
            [
                "ControlProtocol", "StationCore", "Drivers", "Journal", "Receipts", "Texts",
                "HTTPExchange", "Ports", arguments,
            ]),
        program(
            "stationhub",
            [
                "Hub", "StationCore", "Cryptography", "QRCodes", arguments, log, lifecycle,
            ]),
        program(
            "stationdemo",
            [
                "Station", "Hub", "Simulators", "HTTPExchange", "StationCore", "Journal", "Texts",
                "ControlProtocol", "QRCodes", "Ports", hummingbird, nioCore, arguments, log,
                lifecycle,
            ]),

        // Tests, a target a room; Tests/README.md says what stands in for what.
        tests("StationCoreTests", ["StationCore"]),
        tests("CryptographyTests", ["Cryptography"]),
        tests("SQLiteTests", ["SQLite"]),
        tests("QRCodesTests", ["QRCodes", "StationCore"]),
        tests("SyncProtocolTests", ["SyncProtocol", "StationCore", "Cryptography"]),
        tests(
            "DriversTests", ["Drivers", "StationCore", "Ports", "Simulators", "LogFixtures", log]),
        tests(
            "JournalTests",
            [
                "Journal", "JournalFixtures", "StationCore", "SyncProtocol", "Cryptography",
                "SQLite",
            ], exclude: ["Schemas"]),
        tests(
            "ReceiptsTests", ["Receipts", "Texts", "StationCore", "Simulators"],
            exclude: ["Papers"]),
        tests(
            "UplinkTests",
            [
                "Uplink", "Hub", "Journal", "JournalFixtures", "SyncProtocol", "StationCore",
                "SQLite", "Cryptography", "Ports", "HTTPExchange", "Simulators", "stationhub", log,
            ]),
        tests("HTTPExchangeTests", ["HTTPExchange", "Ports", "Simulators"]),
        tests(
            "HubTests",
            [
                "Hub", "stationhub", "SyncProtocol", "StationCore", "Cryptography", "SQLite",
                "HTTPExchange", "Ports", nioCore, nioPosix, nioSSL, log, lifecycle,
            ]),
        tests(
            "LocalServerTests",
            [
                "LocalServer", "PracticeCounter", "ControlProtocol", "StationCore", "HTTPExchange",
                "Ports", nioCore, nioPosix, log, lifecycle,
            ]),
        tests(
            "StationCtlTests",
            [
                "stationctl", "ControlProtocol", "Journal", "JournalFixtures", "SQLite",
                "StationCore", arguments,
            ]),
        tests("SimulatorsTests", ["Simulators", "Ports"]),
        tests(
            "StationDemoTests",
            ["stationdemo", "Simulators", "Station", "StationCore", "Receipts", arguments]),
        tests(
            "StationTests",
            [
                "Station", "StationCore", "Ports", "Journal", "Simulators", "Hub",
                "HTTPExchange", "SyncProtocol", "Cryptography", "SQLite", "LogFixtures", log,
            ]),

        // A counter without a station, and the program that serves it to the browser of Tests/pages.
        .target(
            name: "PracticeCounter",
            dependencies: ["LocalServer", "ControlProtocol", "StationCore"],
            path: "Tests/PracticeCounter", swiftSettings: strict),
        .executableTarget(
            name: "practiceserver",
            dependencies: ["PracticeCounter", "LocalServer", "StationCore", log],
            path: "Tests/practiceserver", swiftSettings: strict),

        // What was logged, for those that ask.
        .target(
            name: "LogFixtures", dependencies: ["Ports", log], path: "Tests/LogFixtures",
            swiftSettings: strict),

        // A station that trades by seed, and the program that scripts/test-powercut cuts short.
        .target(
            name: "JournalFixtures", dependencies: ["Journal", "StationCore", "Cryptography"],
            path: "Tests/JournalFixtures", swiftSettings: strict),
        .executableTarget(
            name: "journalworkload", dependencies: ["Journal", "JournalFixtures", "StationCore"],
            path: "Tests/journalworkload", swiftSettings: strict),

        // Real libusb on emulated devices: runs under umockdev-wrapper only (scripts/test).
        system("CUMockdev", pkgConfig: "umockdev-1.0", apt: "libumockdev-dev"),
        .target(
            name: "CUSBBed", dependencies: ["CUMockdev"], path: "Tests/CUSBBed",
            cSettings: [.treatAllWarnings(as: .error)]),
        tests(
            "LinuxPortsTests",
            ["LinuxPorts", "Ports", "Drivers", "StationCore", "CUSBBed", log],
            exclude: ["README.md"]),
    ]
)
