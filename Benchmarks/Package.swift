// swift-tools-version: 6.2
import PackageDescription

// A package of its own, so that nobody who embeds the library builds it.
//
// `Benchmarks/run` says in the environment which peers this machine has, so that the package builds
// on every machine; without them, Tufa is measured alone.
let peers = (Context.environment["TUFA_BENCH_PEERS"] ?? "").split(separator: ",")

var targets: [Target] = []
var dependencies: [Target.Dependency] = [.product(name: "Tufa", package: "tufa")]
if peers.contains("sqlite") {
    targets.append(
        .systemLibrary(
            name: "CSQLite", pkgConfig: "sqlite3",
            providers: [.apt(["libsqlite3-dev"]), .brew(["sqlite"])]))
    dependencies.append("CSQLite")
}
targets.append(
    .executableTarget(
        name: "TufaBench", dependencies: dependencies,
        swiftSettings: [
            .treatAllWarnings(as: .error),
            .enableUpcomingFeature("ExistentialAny"),
        ]))

let package = Package(
    name: "tufa-benchmarks",
    platforms: [.macOS(.v15)],
    products: [.executable(name: "tufa-bench", targets: ["TufaBench"])],
    dependencies: [.package(name: "tufa", path: "..")],
    targets: targets,
    swiftLanguageModes: [.v6]
)
