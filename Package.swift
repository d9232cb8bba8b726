// swift-tools-version: 6.2
import PackageDescription

// Every target is held to the same rules; Docs/Style.md gives the reasons.
let settings: [SwiftSetting] = [
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .enableExperimentalFeature("Lifetimes"),
    .define("TUFA_CHECK_INVARIANTS", .when(configuration: .debug)),
]

// Strict memory safety stays out of the tests: Swift Testing's macros expand to unsafe expressions.
let testSettings = Array(settings.dropFirst())

let package = Package(
    name: "tufa",
    platforms: [.macOS(.v15)],
    products: [
        .library(name: "Tufa", targets: ["Tufa"]),
        .library(name: "TufaTesting", targets: ["TufaTesting"]),
        .executable(name: "tufa", targets: ["TufaCommand"]),
    ],
    traits: [
        .trait(
            name: "Snowball",
            description: "Analyzers of 27 languages besides English, by the system's libstemmer.")
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-log.git", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-metrics.git", from: "2.5.0"),
        .package(url: "https://github.com/apple/swift-argument-parser.git", from: "1.5.0"),
    ],
    targets: [
        .systemLibrary(
            name: "CLZ4",
            pkgConfig: "liblz4",
            providers: [.apt(["liblz4-dev"]), .brew(["lz4"])]
        ),
        // It has no pkg-config file; the module map says what to link.
        .systemLibrary(
            name: "CStemmer", providers: [.apt(["libstemmer-dev"]), .brew(["snowball"])]),
        .target(name: "CTufa"),
        .target(name: "TufaBytes", dependencies: ["CLZ4", "CTufa"], swiftSettings: settings),
        .target(
            name: "TufaStorage", dependencies: ["TufaBytes", "CTufa"], swiftSettings: settings),
        .target(
            name: "TufaIndex", dependencies: ["TufaBytes", "CTufa"], swiftSettings: settings),
        .target(
            name: "TufaSearch",
            dependencies: [
                "TufaBytes", "TufaIndex", "CTufa",
                .target(name: "CStemmer", condition: .when(traits: ["Snowball"])),
            ],
            swiftSettings: settings),
        .target(name: "TufaModel", dependencies: ["TufaBytes"], swiftSettings: settings),
        .target(
            name: "Tufa",
            dependencies: [
                "TufaBytes", "TufaStorage", "TufaIndex", "TufaSearch", "TufaModel",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
            ],
            swiftSettings: settings
        ),
        .target(
            name: "TufaTesting", dependencies: ["Tufa", "TufaBytes", "TufaModel", "TufaStorage"],
            swiftSettings: settings),
        // Worlds of which everything is under control, for the tests and for `tufa faults`.
        .target(
            name: "TufaSimulation",
            dependencies: ["Tufa", "TufaBytes", "TufaModel", "TufaStorage", "TufaTesting"],
            swiftSettings: settings),
        // Not named like its product: "tufa" and "Tufa" are one folder on a macOS disk.
        .executableTarget(
            name: "TufaCommand",
            dependencies: [
                "Tufa", "TufaBytes", "TufaModel", "TufaSimulation",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
            ],
            path: "Tools/tufa",
            swiftSettings: settings
        ),
        // Tools/compare builds it; nobody who embeds the library does.
        .executableTarget(
            name: "TufaOracle", dependencies: ["TufaSearch"], path: "Tools/oracle",
            swiftSettings: settings),
        // Tools/prove builds it for speed.
        .executableTarget(
            name: "TufaProof",
            dependencies: [
                "TufaSimulation",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            path: "Tools/proof", swiftSettings: testSettings),
        // Tools/count-instructions builds it.
        .executableTarget(
            name: "TufaPaths", dependencies: ["Tufa"], path: "Tools/paths",
            exclude: ["instructions.x86_64.txt"], swiftSettings: settings),
        // The tests start it and kill it.
        .executableTarget(
            name: "TufaVictim", dependencies: ["Tufa"], path: "Tools/victim",
            swiftSettings: settings),
        .testTarget(
            name: "TufaBytesTests", dependencies: ["TufaBytes"], swiftSettings: testSettings),
        .testTarget(
            name: "TufaStorageTests", dependencies: ["TufaStorage"], swiftSettings: testSettings),
        .testTarget(
            name: "TufaIndexTests", dependencies: ["TufaIndex"], swiftSettings: testSettings),
        .testTarget(
            name: "TufaSearchTests", dependencies: ["TufaSearch"], swiftSettings: testSettings),
        .testTarget(
            name: "TufaModelTests", dependencies: ["TufaModel"], swiftSettings: testSettings),
        .testTarget(
            name: "TufaTests",
            dependencies: ["Tufa", "TufaBytes", "TufaModel", "TufaStorage", "TufaTesting"],
            swiftSettings: testSettings),
        .testTarget(
            name: "TufaCommandTests",
            dependencies: ["TufaCommand", "Tufa", "TufaBytes", "TufaModel"],
            swiftSettings: testSettings),
        .testTarget(
            name: "TufaFormatTests",
            dependencies: [
                "Tufa", "TufaBytes", "TufaCommand", "TufaModel", "TufaSearch", "TufaStorage",
            ],
            exclude: ["Golden", "Found"], swiftSettings: testSettings),
        .testTarget(
            name: "TufaSimulationTests",
            dependencies: ["Tufa", "TufaSimulation", "TufaStorage", "TufaTesting", "TufaVictim"],
            swiftSettings: testSettings),
        .testTarget(
            name: "TufaDocumentationTests", dependencies: ["Tufa", "TufaTesting"],
            swiftSettings: testSettings),
    ],
    swiftLanguageModes: [.v6]
)
