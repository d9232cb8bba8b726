/// References that are out of use since a group, waiting until no view can reach them.
///
/// A reference retired while group `g` was built may still be read by views of earlier groups; once
/// the oldest view is of group `g` or later, it is free.
package struct RetireQueue {
    private struct Entry {
        let group: UInt64
        let reference: UInt32
    }

    private var entries: [Entry] = []
    private var head = 0

    package init() {}

    package var isEmpty: Bool { head == entries.count }
    package var count: Int { entries.count - head }

    @inline(__always)
    package mutating func append(_ reference: UInt32, group: UInt64) {
        entries.append(Entry(group: group, reference: reference))
    }

    /// Whether there is a reference that no view of group `oldest` or later can reach.
    package func isReady(oldest: UInt64) -> Bool { !isEmpty && entries[head].group <= oldest }

    /// Takes the next reference that no view of group `oldest` or later can reach.
    package mutating func next(oldest: UInt64) -> UInt32? {
        guard isReady(oldest: oldest) else {
            dropTaken()
            return nil
        }
        let reference = entries[head].reference
        head += 1
        if head == entries.count { forget() }
        return reference
    }

    /// Takes every reference that no view of group `oldest` or later can reach, with the group
    /// since which it is out of use.
    @inline(__always)
    mutating func takeAll(oldest: UInt64, _ body: (UInt32, UInt64) -> Void) {
        let start = head
        // Safe: the buffer is read within its bounds while nothing else is done with the queue.
        let taken = unsafe entries.withUnsafeBufferPointer { entries in
            var place = start
            while place < entries.count, unsafe entries[place].group <= oldest {
                unsafe body(entries[place].reference, entries[place].group)
                place &+= 1
            }
            return place
        }
        head = taken
        dropTaken()
    }

    /// Drops what was taken, but only when it is most of the queue, so that taking is O(1).
    @inline(__always)
    private mutating func dropTaken() {
        if head == entries.count {
            if head > 0 { forget() }
        } else if head > 4096, head * 2 > entries.count {
            forget()
        }
    }

    /// Drops what was taken; where that is all of a long queue, its room is given back.
    @inline(never)
    private mutating func forget() {
        if head == entries.count {
            entries.removeAll(keepingCapacity: entries.capacity <= Self.keptCount)
        } else {
            entries.removeFirst(head)
        }
        head = 0
    }

    /// An empty queue keeps room for so many.
    static let keptCount = 16_384
    /// How many references there is room for.
    var capacity: Int { entries.capacity }
}
