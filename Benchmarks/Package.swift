// swift-tools-version: 6.2
import PackageDescription

// A package of its own, so that nobody who embeds the library builds it.
//
// `Benchmarks/run` says in the environment what there is to measure beyond Tufa's public face, so
// that the package builds on every machine; without it, Tufa is measured alone.
let extras = (Context.environment["TUFA_BENCH_EXTRAS"] ?? "").split(separator: ",").map(String.init)

// Conditions are named, for a module of an earlier build can be imported and not linked.
var settings: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
]
// LZ4 is there wherever Tufa is; the library's own target for it has another name.
var targets: [Target] = [
    .systemLibrary(
        name: "LZ4Library", pkgConfig: "liblz4", providers: [.apt(["liblz4-dev"]), .brew(["lz4"])])
]
var dependencies: [Target.Dependency] = [
    .product(name: "Tufa", package: "tufa"),
    .product(name: "Histogram", package: "hdrhistogram-swift"), "LZ4Library",
]
// The peers' C libraries, each where it is installed: extra, target, pkg-config, apt, brew.
for (extra, target, config, apt, brew) in [
    ("sqlite", "CSQLite", "sqlite3", "libsqlite3-dev", "sqlite"),
    ("lmdb", "CLMDB", "lmdb", "liblmdb-dev", "lmdb"),
    ("rocksdb", "CRocksDB", "rocksdb", "librocksdb-dev", "rocksdb"),
] where extras.contains(extra) {
    targets.append(
        .systemLibrary(name: target, pkgConfig: config, providers: [.apt([apt]), .brew([brew])]))
    dependencies.append(.init(stringLiteral: target))
    settings.append(.define("HAS_\(extra.uppercased())"))
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
    dependencies: [
        .package(name: "tufa", path: ".."),
        .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", from: "0.2.0"),
    ],
    targets: targets,
    swiftLanguageModes: [.v6]
)
