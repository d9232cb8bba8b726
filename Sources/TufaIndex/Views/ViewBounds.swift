/// Which groups views may still look at, so that the writer knows what nobody can reach.
///
/// What was made in group `b` and replaced in group `r` is seen by views of the groups from `b` to
/// `r - 1`. A view of long ago therefore keeps what there was then, and not what has been made and
/// replaced since (interval-based reclamation; Wen, Izraelevitz, Cai, Beadle and Scott 2018).
package struct ViewBounds: Equatable {
    /// The oldest group that a view may look at.
    package var oldest: UInt64
    /// The oldest group after that one; the same where that is not known.
    package var next: UInt64
    /// The oldest group whose state somebody may have without a reference: a view that is about to
    /// take one, or a question.
    package var uncounted: UInt64

    package init(oldest: UInt64, next: UInt64? = nil, uncounted: UInt64? = nil) {
        self.oldest = oldest
        self.next = next ?? oldest
        self.uncounted = uncounted ?? oldest
    }
}
