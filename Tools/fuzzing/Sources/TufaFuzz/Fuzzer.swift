import Foundation

/// The decoder that this run feeds; the environment names it.
private let decoder = ProcessInfo.processInfo.environment["TUFA_FUZZ_DECODER"]
    .flatMap(Decoder.init(rawValue:))

/// The loop of libFuzzer, which makes up inputs and counts what they reach.
@_silgen_name("LLVMFuzzerRunDriver")
private func runFuzzer(
    _ count: UnsafeMutablePointer<CInt>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?>,
    _ feed: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt

/// Where the process begins: the linker is told that this is its `main`, in place of libFuzzer's.
///
/// With `TUFA_FUZZ_SEEDS` it writes the seeds of every decoder into that folder, and ends.
@_cdecl("TufaFuzz_main")
public func start(
    _ count: CInt, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
) -> CInt {
    let environment = ProcessInfo.processInfo.environment
    if let folder = environment["TUFA_FUZZ_SEEDS"] {
        do {
            try writeSeeds(to: folder, golden: environment["TUFA_FUZZ_GOLDEN"] ?? "")
            return 0
        } catch {
            FileHandle.standardError.write(Data("\(error)\n".utf8))
            return 1
        }
    }
    precondition(decoder != nil, "TUFA_FUZZ_DECODER names the decoder to feed")
    var (count, arguments) = (count, arguments)
    return runFuzzer(&count, &arguments, testOneInput)
}

/// Called with each input; libFuzzer's `main`, which is linked and never called, wants this name.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    do {
        try decoder?.feed(Array(UnsafeBufferPointer(start: start, count: count)))
    } catch {
        FileHandle.standardError.write(Data("Broken promise: \(error)\n".utf8))
        preconditionFailure("the decoder broke a promise")
    }
    return 0
}

private func writeSeeds(to folder: String, golden: String) throws {
    for decoder in Decoder.allCases {
        let target = URL(filePath: folder).appending(path: decoder.rawValue)
        try FileManager.default.createDirectory(at: target, withIntermediateDirectories: true)
        for (number, seed) in try decoder.seeds(golden: golden).enumerated() {
            try Data(seed).write(to: target.appending(path: "seed-\(number)"))
        }
    }
}
