/// References that are out of use since a group, waiting until no view can reach them.
///
/// A reference retired while group `g` was built may still be read by views of earlier groups; once
/// the oldest view is of group `g` or later, it is free.
package struct RetireQueue {
    private var groups: [UInt64] = []
    private var references: [UInt32] = []
    private var head = 0

    package init() {}

    package var isEmpty: Bool { head == references.count }
    package var count: Int { references.count - head }

    package mutating func append(_ reference: UInt32, group: UInt64) {
        references.append(reference)
        groups.append(group)
    }

    /// Whether there is a reference that no view of group `oldest` or later can reach.
    package func isReady(oldest: UInt64) -> Bool { !isEmpty && groups[head] <= oldest }

    /// The group since which the next reference is out of use.
    package var nextGroup: UInt64? { isEmpty ? nil : groups[head] }

    /// Takes the next reference that no view of group `oldest` or later can reach.
    package mutating func next(oldest: UInt64) -> UInt32? {
        guard isReady(oldest: oldest) else {
            // What was taken is dropped only when it is most of the queue, so that taking is O(1).
            if head > 4096, head * 2 > references.count {
                references.removeFirst(head)
                groups.removeFirst(head)
                head = 0
            } else if head == references.count, head > 0 {
                references.removeAll(keepingCapacity: true)
                groups.removeAll(keepingCapacity: true)
                head = 0
            }
            return nil
        }
        defer { head += 1 }
        return references[head]
    }
}
