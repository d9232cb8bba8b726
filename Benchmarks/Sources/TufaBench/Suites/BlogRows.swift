import Tufa

/// Users and their posts, one to four, as the suites of files and memory hold them.
struct BlogRows {
    let users: [User]
    let posts: [Post]
    var count: Int { users.count + posts.count }

    init(_ count: Int) {
        var rows = Rows()
        users = rows.users(0..<count / 5)
        posts = rows.posts(count - users.count, of: users.map(\.id), from: 0)
    }

    /// Writes all rows in batches.
    func load(into store: any StoreEngine, batch: Int = 1000) throws {
        try store.load(users, batch: batch)
        try store.load(posts, batch: batch)
    }

    /// What a scan of the users must find.
    var userTally: Tally {
        var tally = Tally()
        for user in users { tally.add(user) }
        return tally
    }

    /// Looks one user up, which is the first read of a store that was just opened.
    func readOne(_ store: any StoreEngine) throws {
        let user = users[users.count / 2]
        var tally = Tally()
        tally.add(user)
        try expect(store.users(byEmail: [user.email]), tally, store)
    }
}
