internal import TufaBytes
internal import TufaModel

/// Holds every row of the last state against every rule of the schema, by a scan without an index.
struct RuleVerifier {
    private let chain: ChainVerifier
    private(set) var findings = FindingList()
    private(set) var notChecked: [String] = []

    init(_ chain: ChainVerifier) { self.chain = chain }

    /// - Complexity: O(rows · rules), and a sort of the identifiers.
    mutating func run() {
        let tables = chain.tables.tables
        for table in tables {
            let plan = table.plan
            if plan.hasCodeChecks {
                let names = plan.schema.checks.filter { $0.expression == nil }.map(\.name)
                notChecked.append(
                    "The checks of table \(plan.name) that live in its program's code were not "
                        + "asked: \(names.joined(separator: ", ")).")
            }
            var keys = PlainKeys.all(of: plan)
            for id in table.sortedIDs {
                guard let row = table.rows[id] else { continue }
                var violations = RowRules.violations(of: id, row.body, in: plan) {
                    tables[$0].rows[$1] != nil
                }
                let isTold = chain.sharing.contains(RowKey(table: plan.number, id: id))
                for index in keys.indices {
                    if let owner = keys[index].add(id, row.body), !isTold {
                        violations.append(keys[index].conflict(id, row.body, with: owner))
                    }
                }
                for violation in violations { add(violation, plan, id, row) }
            }
        }
    }

    private mutating func add(
        _ error: DatabaseError, _ plan: TablePlan, _ id: RowID, _ row: PlainRow
    ) {
        findings.add(
            Finding(
                file: chain.file(holding: row.position), offset: nil, kind: error.code.name,
                message: "A row of the last state breaks a rule: \(error.message)",
                isHarmless: false, position: row.position, table: plan.name, row: id))
    }
}
