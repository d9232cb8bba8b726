import Foundation

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The modules and object files that these very tests were linked from.
///
/// Compiling a page against them takes under a second; a package that depends on this one would
/// build all of it again first, which takes minutes.
struct BuildProducts: Sendable {
    let folder: URL
    let objectList: URL
    let compilerArguments: [String]

    /// The modules that a program which embeds Tufa is linked from.
    static let modules = [
        "CTufa", "TufaBytes", "TufaStorage", "TufaIndex", "TufaSearch", "TufaModel", "Tufa",
        "TufaTesting", "Logging", "Metrics", "CoreMetrics",
    ]

    /// Finds the products beside the test bundle and writes the list of objects into `scratch`.
    init(scratch: URL) throws {
        folder = try Self.productFolder()
        let list = folder.appending(path: "tufaPackageTests.product/Objects.LinkFileList")
        // The list of the linker, not the folders: those may hold objects of files long gone.
        let linked = try String(contentsOf: list, encoding: .utf8).split(separator: "\n")
        let objects = linked.filter { object in
            Self.modules.contains { object.contains("/\($0).build/") }
        }
        objectList = scratch.appending(path: "objects.txt")
        try objects.joined(separator: "\n").write(to: objectList, atomically: true, encoding: .utf8)
        let clangModules = [
            folder.appending(path: "CTufa.build/module.modulemap").path,
            MarkdownPage.root.appending(path: "Sources/CLZ4/module.modulemap").path,
        ]
        compilerArguments =
            ["-swift-version", "6", "-warnings-as-errors"]
            + ["-I", folder.appending(path: "Modules").path]
            + clangModules.flatMap { ["-Xcc", "-fmodule-map-file=\($0)"] }
            + Self.instrumentation + Self.libraryFolders + ["@\(objectList.path)"]
    }

    /// What instrumented objects need to be linked with.
    private static var instrumentation: [String] {
        let marks = [
            ("__tsan_init", "-sanitize=thread"), ("__asan_init", "-sanitize=address"),
            ("__llvm_profile_runtime", "-profile-generate"),
        ]
        return marks.filter { dlsym(dlopen(nil, RTLD_LAZY), $0.0) != nil }.map(\.1)
    }

    /// Homebrew's libraries are not where a linker looks by itself.
    private static var libraryFolders: [String] {
        ["/opt/homebrew/lib", "/usr/local/lib"]
            .filter { FileManager.default.fileExists(atPath: $0 + "/liblz4.dylib") }
            .map { "-L" + $0 }
    }

    /// The folder that holds `Modules`, at or above the running test bundle.
    private static func productFolder() throws -> URL {
        #if os(Linux)
            var candidate = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
        #else
            final class Marker {}
            var candidate = Bundle(for: Marker.self).bundleURL
        #endif
        while candidate.path.count > 1 {
            candidate = candidate.deletingLastPathComponent()
            let modules = candidate.appending(path: "Modules/Tufa.swiftmodule")
            if FileManager.default.fileExists(atPath: modules.path) { return candidate }
        }
        throw MissingProducts()
    }
}

/// The tests run from somewhere else than the folder they were built in.
struct MissingProducts: Error {}
