// swift-tools-version: 6.2
import PackageDescription

// A package of its own, so that nobody who embeds the library builds it.
//
// `Benchmarks/run` says in the environment what there is to measure beyond Tufa's public face, so
// that the package builds on every machine; without it, Tufa is measured alone.
let extras = (Context.environment["TUFA_BENCH_EXTRAS"] ?? "").split(separator: ",")

// Conditions are named, for a module of an earlier build can be imported and not linked.
var settings: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
]
var targets: [Target] = []
var dependencies: [Target.Dependency] = [.product(name: "Tufa", package: "tufa")]
if extras.contains("sqlite") {
    targets.append(
        .systemLibrary(
            name: "CSQLite", pkgConfig: "sqlite3",
            providers: [.apt(["libsqlite3-dev"]), .brew(["sqlite"])]))
    dependencies.append("CSQLite")
    settings.append(.define("HAS_SQLITE"))
}
if extras.contains("index") {
    // The text index without a database around it has no public face. This one target is compiled
    // as part of the library's package, which is named after its folder.
    let folders = Context.packageDirectory.split(separator: "/")
    let name = (folders.dropLast().last ?? "tufa").lowercased().map { character in
        character.isLetter || character.isNumber ? character : "_"
    }
    targets.append(
        .target(
            name: "TextIndexAlone", dependencies: [.product(name: "Tufa", package: "tufa")],
            packageAccess: false,
            swiftSettings: [
                .treatAllWarnings(as: .error),
                .unsafeFlags(["-package-name", String(name)]),
            ]))
    dependencies.append("TextIndexAlone")
    settings.append(.define("HAS_INDEX_ALONE"))
}
targets.append(
    .executableTarget(name: "TufaBench", dependencies: dependencies, swiftSettings: settings))

let package = Package(
    name: "tufa-benchmarks",
    platforms: [.macOS(.v15)],
    products: [.executable(name: "tufa-bench", targets: ["TufaBench"])],
    dependencies: [.package(name: "tufa", path: "..")],
    targets: targets,
    swiftLanguageModes: [.v6]
)
