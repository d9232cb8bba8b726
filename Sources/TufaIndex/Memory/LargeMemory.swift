internal import CTufa

/// Memory that is used all over: asked for in large pages where there is enough of it, so that most
/// addresses are translated without a walk and few pages are faulted in.
///
/// A large page is taken whole for a part of it: what stays is asked for so where it is much.
enum LargeMemory {
    static let pageByteCount = 2 << 20

    /// Takes memory, which `deallocate()` gives back; its contents are undefined.
    @unsafe
    static func allocate(byteCount: Int) -> UnsafeMutableRawPointer {
        guard byteCount >= pageByteCount else {
            return .allocate(byteCount: byteCount, alignment: 64)
        }
        let memory = UnsafeMutableRawPointer.allocate(
            byteCount: byteCount, alignment: pageByteCount)
        // Safe: whole pages of what was just taken; the advice changes no contents.
        unsafe tufa_advise_large_pages(memory, byteCount / pageByteCount * pageByteCount)
        return unsafe memory
    }

    /// Has another thread ask for a large page that is written soon: the system zeroes it, which
    /// takes as long as a hundred commits, and that thread waits for it.
    ///
    /// - Parameter owner: Whose the page is; it is kept until then.
    @unsafe
    static func populate(_ page: UnsafeMutableRawPointer, of owner: any AnyObject & Sendable) {
        // Alone, a processor would do the same, and change threads for it.
        guard tufa_processor_count() > 1 else { return }
        let address = UInt(bitPattern: page)
        Task.detached {
            withExtendedLifetime(owner) {
                // Safe: a page of the owner's; nothing in it changes.
                unsafe tufa_populate(UnsafeMutableRawPointer(bitPattern: address), pageByteCount)
            }
        }
    }
}
