internal import TufaIndex

/// Which terms have so many dead postings that their lists are worth writing again, and the list
/// that is being written.
///
/// A list is queued when a quarter of it is dead, so each dead posting pays for reading at most
/// four and writing at most three; it is read in steps, so that no commit waits for a long one.
@safe
struct Compaction: ~Copyable {
    /// For how many postings read or written one dead posting pays.
    static let worthOfOne = 8
    /// What a term costs beside its postings.
    static let costOfTerm = 16
    /// How many postings are looked at when a group begins, while there is something to do.
    static let postingsPerGroup = 4096
    /// Fewer dead postings are not worth a new list, unless they are all that there is.
    private static let leastDeadCount = 8

    /// A list that is being written again: its first blocks are done.
    struct Job {
        let number: UInt32
        /// The first block that was not looked at.
        var block = 0
        /// The blocks that take their place.
        var entries: [BlockDirectory.Entry] = []
        /// The blocks that are of no more use then.
        var replaced: [UInt32] = []
        /// How many postings were left out.
        var droppedCount = 0
    }

    /// The list that is being written.
    var job: Job?
    /// What is kept of the list's postings until it makes a block.
    var packer = PostingPacker()
    /// What a cursor needs for the block being read.
    let memory: UnsafeMutablePointer<UInt32>

    private var queue = RetireQueue()
    /// The last ending of a group.
    struct Ending {
        var group: UInt64
        var position: UInt64
    }

    /// The last ending of each group that a view may still be before.
    private var endings: [Ending] = []
    /// The oldest group that a view may be of.
    private var oldest: UInt64 = 0
    /// Documents that ended at this position or before are dead in all views there are.
    private(set) var position: UInt64 = 0

    init(fieldCount: Int) {
        unsafe memory = .allocate(capacity: PostingCursor.memoryCount(fieldCount: fieldCount))
    }

    deinit { unsafe memory.deallocate() }

    /// Whether a list of so many postings, of which so many are dead, is worth writing again.
    static func isWorthwhile(_ deadCount: Int, of count: Int) -> Bool {
        deadCount == count || deadCount >= leastDeadCount && deadCount * 4 >= count
    }

    /// Notes that a document has ended.
    mutating func noteEnding(position: UInt64, group: UInt64) {
        if let last = endings.indices.last, endings[last].group == group {
            endings[last].position = position
        } else {
            endings.append(Ending(group: group, position: position))
        }
    }

    /// The last ending of all; setting it takes back those behind it, all of one group.
    var lastEnding: Ending? {
        get { endings.last }
        set {
            let before = newValue?.position ?? 0
            guard let last = endings.last, last.position > before else { return }
            endings.removeLast()
            // Endings of groups that all views are behind are no longer listed.
            if let newValue, newValue.group == last.group { endings.append(newValue) }
        }
    }

    /// Notes that there is no view before a group.
    mutating func advance(to oldest: UInt64) {
        self.oldest = oldest
        var count = 0
        while count < endings.count, endings[count].group <= oldest {
            position = endings[count].position
            count += 1
        }
        endings.removeFirst(count)
    }

    /// Queues a term whose dead postings all views will see as dead once they are of `group` or
    /// later.
    mutating func append(_ number: UInt32, group: UInt64) { queue.append(number, group: group) }

    /// Whether there is something to do before another view is left or another group begins.
    var isUnderWay: Bool { job != nil || queue.isReady(oldest: oldest) }

    /// Whether there is something to do, now or once views are left.
    var isAwaited: Bool { job != nil || !queue.isEmpty }

    /// Takes the next term that is worth a look.
    mutating func next() -> UInt32? { queue.next(oldest: oldest) }
}
