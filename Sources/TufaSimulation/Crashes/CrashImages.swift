internal import TufaStorage

/// Disks as crashes at each call of a file system would leave them, taken while it works.
final class CrashImages {
    struct Image: Sendable {
        let fileSystem: MemoryFileSystem
        let place: String
    }

    private let system: MemoryFileSystem
    private let images = Shared<[Image]>([])

    /// Begins to take images of a file system, two at each call.
    init(_ system: MemoryFileSystem, seed: UInt64) {
        self.system = system
        system.onCall { [weak system, images] call in
            guard let system else { return nil }
            let random = MemoryFileSystem.Survivors.random(
                seed: seed &* 0x2_0000_0003 &+ UInt64(call.number))
            for survivors in [random, call.number % 2 == 0 ? .all : .synced] {
                let image = Image(
                    fileSystem: system.crashed(keeping: survivors),
                    place: "before call \(call.number) of the recovery, \(call.name) "
                        + "\(call.path), keeping \(survivors)")
                images.withLock { $0.append(image) }
            }
            return nil
        }
    }

    /// Ends it, and gives what was taken.
    func taken() -> [Image] {
        system.onCall(nil)
        return images.value
    }
}
