// swift-tools-version: 6.2
import PackageDescription

// A package of its own: a target that links libFuzzer would break the tests of the library's
// package. Its name is not that of the script beside it, which would be one file on a macOS disk.
//
// The decoders have no public face, so this target is compiled as part of the library's package,
// which is named after its folder.
let folders = Context.packageDirectory.split(separator: "/")
let name = (folders.dropLast(2).last ?? "tufa").lowercased().map { character in
    character.isLetter || character.isNumber ? character : "_"
}

let package = Package(
    name: "tufa-fuzz",
    platforms: [.macOS(.v15)],
    dependencies: [.package(name: "tufa", path: "../..")],
    targets: [
        .executableTarget(
            name: "TufaFuzz", dependencies: [.product(name: "Tufa", package: "tufa")],
            packageAccess: false,
            swiftSettings: [
                .treatAllWarnings(as: .error),
                .enableUpcomingFeature("ExistentialAny"),
                .enableUpcomingFeature("MemberImportVisibility"),
                .unsafeFlags(["-package-name", String(name), "-parse-as-library"]),
                .define("TUFA_FUZZ"),
            ])
    ],
    swiftLanguageModes: [.v6]
)
