/// Gives the bytes of a section of a snapshot, to several threads at once.
package protocol SectionSource: Sendable {
    /// Reads `target.count` bytes from an offset on.
    ///
    /// - Throws: `damaged`, `io`.
    @unsafe
    func read(at offset: Int, into target: UnsafeMutableRawBufferPointer) throws
}
