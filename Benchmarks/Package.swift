// swift-tools-version: 6.2
import PackageDescription

// A package of its own, so that nobody who embeds the library builds it.
let package = Package(
    name: "tufa-benchmarks",
    platforms: [.macOS(.v15)],
    products: [.executable(name: "tufa-bench", targets: ["TufaBench"])],
    dependencies: [.package(name: "tufa", path: "..")],
    targets: [
        .executableTarget(
            name: "TufaBench",
            dependencies: [.product(name: "Tufa", package: "tufa")],
            swiftSettings: [
                .treatAllWarnings(as: .error),
                .enableUpcomingFeature("ExistentialAny"),
            ]
        )
    ],
    swiftLanguageModes: [.v6]
)
