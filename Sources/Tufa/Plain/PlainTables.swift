internal import TufaBytes
internal import TufaModel
internal import TufaStorage

/// All tables as dictionaries of rows, following the schema as it changes.
struct PlainTables {
    private(set) var schema = SchemaPlan.empty
    private(set) var tables: [PlainTable] = []

    /// The schema that an event carries.
    ///
    /// - Throws: `damaged` where it is none, or cannot follow the one before.
    func schema(of event: CommitReader.Event) throws(DatabaseError) -> SchemaPlan {
        let plan = try SchemaPlan(DatabaseSchema(decoding: unsafe Array(event.payload)))
        guard follows(plan) else {
            throw DatabaseError(
                .damaged,
                "The event at position \(event.position) drops or changes a table, which this "
                    + "version does not do.")
        }
        return plan
    }

    /// Whether a schema has all the tables that there are, the same but for analyzers.
    func follows(_ plan: SchemaPlan) -> Bool {
        plan.tables.count >= tables.count
            && tables.indices.allSatisfy {
                plan.tables[$0].schema.differsInAnalyzersOnly(from: tables[$0].plan.schema)
            }
    }

    /// Takes a schema over that ``follows(_:)``.
    mutating func adopt(_ plan: SchemaPlan) {
        for index in tables.indices { tables[index].adopt(plan.tables[index]) }
        for table in plan.tables[tables.count...] { tables.append(PlainTable(table)) }
        schema = plan
    }

    /// Forgets every row.
    func removeRows() {
        for table in tables { table.rows.removeAll() }
    }

    /// The row of a key, if it is there.
    func row(_ key: RowKey) -> PlainRow? {
        key.table < tables.count ? tables[key.table].rows[key.id] : nil
    }

    /// How many rows there are.
    var rowCount: Int { tables.reduce(0) { $0 + $1.rows.count } }
}
