/// What the engine takes from outside: files, chance and time.
package struct StorageEnvironment: Sendable {
    /// The file system.
    package var fileSystem: any FileSystem
    /// A random number, for identities and salts.
    package var random: @Sendable () -> UInt64
    /// Microseconds since 1970, UTC.
    package var now: @Sendable () -> Int64

    /// Makes an environment.
    package init(
        fileSystem: any FileSystem, random: @escaping @Sendable () -> UInt64,
        now: @escaping @Sendable () -> Int64
    ) {
        self.fileSystem = fileSystem
        self.random = random
        self.now = now
    }

    /// The operating system's files, chance and clock.
    package static var system: StorageEnvironment {
        StorageEnvironment(
            fileSystem: PosixFileSystem(),
            random: { UInt64.random(in: .min ... .max) },
            now: { Platform.now })
    }
}
