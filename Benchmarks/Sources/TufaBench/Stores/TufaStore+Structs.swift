import Tufa

/// The same questions, answered by structs with strings of their own, as most programs ask them.
extension TufaStore {
    func structs(byEmail emails: [String]) throws -> Tally {
        let view = try opened().view()
        var tally = Tally()
        let column = User.columns.email
        for email in emails {
            if let user = try view.find(User.self, by: column, email) { tally.add(user) }
        }
        return tally
    }

    func structs(byID ids: [User.ID]) throws -> Tally {
        let view = try opened().view()
        var tally = Tally()
        for id in ids {
            if let user = try view.find(id) { tally.add(user) }
        }
        return tally
    }

    func scanStructs() throws -> Tally {
        var tally = Tally()
        for user in try opened().view().fetch(User.all.order { $0.createdAt.descending }) {
            tally.add(user)
        }
        return tally
    }

    func newestStructs(of users: [User.ID], count: Int) throws -> Tally {
        let view = try opened().view()
        var tally = Tally()
        for user in users {
            let query = Post.where { $0.userID == user }.order { $0.createdAt.descending }
            for post in try view.fetch(query.limit(count)) { tally.add(post) }
        }
        return tally
    }

    func newestStructs(count: Int, times: Int) throws -> Tally {
        let view = try opened().view()
        var tally = Tally()
        for _ in 0..<times {
            let query = Post.all.order { $0.createdAt.descending }
            for post in try view.fetch(query.limit(count)) { tally.add(post) }
        }
        return tally
    }
}

/// What Tufa's line is called where its rows become structs.
let structsName = "Tufa, structs"

extension Comparison {
    /// The same with Tufa's structs beside its rows, measured right after.
    func withStructs(
        of stores: [any StoreEngine], _ tally: Tally, per count: Int,
        _ ask: (TufaStore) throws -> Tally
    ) throws -> Comparison {
        guard let tufa = stores.first as? TufaStore else { return self }
        let took = try timed { _ in
            let found = try ask(tufa)
            precondition(found == tally, "Structs are other rows.")
        }
        let values = took.map { unit.isHigherBetter ? Double(count) / $0 : $0 / Double(count) }
        let others = runs.dropFirst()
        return Comparison(
            what, unit, ["Tufa", structsName] + others.map(\.name),
            [self["Tufa"], values] + others.map(\.values))
    }
}
