import Tufa

/// What a store of keys and values holds: a space of keys for each B-tree.
enum KeySpace: UInt8, CaseIterable {
    case users, emails, usersByTime, posts, postsOfUser, postsByTime, items
}

/// Bytes of a key or a value, put together in one piece of memory that is used again and again.
struct ByteWriter {
    let memory: UnsafeMutableRawPointer
    private let capacity: Int
    private(set) var count = 0

    init(capacity: Int) {
        memory = .allocate(byteCount: capacity, alignment: 8)
        self.capacity = capacity
    }

    func deallocate() { memory.deallocate() }

    mutating func clear() { count = 0 }

    mutating func append(_ byte: UInt8) {
        precondition(count < capacity, "A row is longer than the benchmark makes them.")
        memory.storeBytes(of: byte, toByteOffset: count, as: UInt8.self)
        count += 1
    }

    /// Big-endian, so that bytes order as numbers do.
    mutating func append(_ number: UInt64) {
        precondition(count + 8 <= capacity, "A row is longer than the benchmark makes them.")
        memory.storeBytes(of: number.bigEndian, toByteOffset: count, as: UInt64.self)
        count += 8
    }

    mutating func append(_ id: RowID) {
        append(id.high)
        append(id.low)
    }

    /// The later, the smaller.
    mutating func append(descending time: Timestamp) {
        append(~UInt64(bitPattern: time.microseconds))
    }

    mutating func append(_ text: String) {
        var text = text
        text.withUTF8 { bytes in
            precondition(
                count + bytes.count <= capacity, "A row is longer than the benchmark makes them.")
            if let start = bytes.baseAddress {
                (memory + count).copyMemory(from: start, byteCount: bytes.count)
            }
            count += bytes.count
        }
    }
}

/// Rows as the keys and values of a store that has no tables.
///
/// A value is the time, the length of the first text, and both texts; the entry of another index
/// holds the identifier and nothing else.
struct RowEncoder {
    private(set) var key = ByteWriter(capacity: 512)
    private(set) var value: ByteWriter
    /// Whether a key begins with its space.
    let hasPrefix: Bool

    init(hasPrefix: Bool, capacity: Int = 1 << 16) {
        self.hasPrefix = hasPrefix
        value = ByteWriter(capacity: capacity)
    }

    func deallocate() {
        key.deallocate()
        value.deallocate()
    }

    /// Tells each entry of a row; key and value hold it during the call.
    mutating func entries(of user: User, _ put: (KeySpace, Self) throws -> Void) rethrows {
        keyOf(user.id)
        startValue(user.createdAt, user.email, user.name)
        try put(.users, self)
        value.clear()
        value.append(user.id.rowID)
        keyOf(email: user.email)
        try put(.emails, self)
        value.clear()
        start(.usersByTime)
        key.append(descending: user.createdAt)
        key.append(user.id.rowID)
        try put(.usersByTime, self)
    }

    mutating func entries(of post: Post, _ put: (KeySpace, Self) throws -> Void) rethrows {
        start(.posts)
        key.append(post.id.rowID)
        startValue(post.createdAt, post.title, post.content)
        value.append(post.userID.rowID)
        try put(.posts, self)
        value.clear()
        start(.postsOfUser)
        key.append(post.userID.rowID)
        key.append(descending: post.createdAt)
        key.append(post.id.rowID)
        try put(.postsOfUser, self)
        keyOf(post: post)
        try put(.postsByTime, self)
    }

    mutating func entry(of item: Item) {
        start(.items)
        key.append(item.id.rowID)
        value.clear()
        value.append(item.body)
    }

    // MARK: Keys

    mutating func keyOf(_ id: User.ID) {
        start(.users)
        key.append(id.rowID)
    }

    mutating func keyOf(email: String) {
        start(.emails)
        key.append(email)
    }

    /// The place of a time among the users by time, before all that are as old.
    mutating func keyOf(time: Timestamp) {
        start(.usersByTime)
        key.append(descending: time)
    }

    /// What all keys of the posts of one user begin with.
    mutating func keyOf(postsOf user: User.ID) {
        start(.postsOfUser)
        key.append(user.rowID)
    }

    /// The place of a post among all by time.
    mutating func keyOf(post: Post) {
        start(.postsByTime)
        key.append(descending: post.createdAt)
        key.append(post.id.rowID)
    }

    /// Steps behind the very key that was made, to the place where the next begins.
    mutating func skipPlace() { key.append(UInt8(0)) }

    /// What all keys of a space begin with.
    mutating func start(_ space: KeySpace) {
        key.clear()
        if hasPrefix { key.append(space.rawValue) }
    }

    /// The key of a row from the last sixteen bytes of an entry.
    mutating func key(_ space: KeySpace, idAt end: UnsafeRawPointer) {
        start(space)
        for half in [end - 16, end - 8] {
            key.append(UInt64(bigEndian: half.loadUnaligned(as: UInt64.self)))
        }
    }

    private mutating func startValue(_ time: Timestamp, _ first: String, _ second: String) {
        value.clear()
        value.append(UInt64(bitPattern: time.microseconds))
        value.append(UInt64(first.utf8.count))
        value.append(first)
        value.append(second)
    }
}

extension Tally {
    /// Adds a value of ``RowEncoder``: its texts are read where they stand.
    mutating func add(userAt value: UnsafeRawPointer, _ count: Int) {
        let first = Int(UInt64(bigEndian: (value + 8).loadUnaligned(as: UInt64.self)))
        add(first + (count - 16 - first))
    }

    mutating func add(postAt value: UnsafeRawPointer, _ count: Int) {
        let first = Int(UInt64(bigEndian: (value + 8).loadUnaligned(as: UInt64.self)))
        add(first + (count - 32 - first))
    }
}
