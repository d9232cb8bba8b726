internal import TufaBytes
internal import TufaIndex
internal import TufaModel
internal import TufaSearch

extension PublishedState {
    /// What is wrong with counts and words, found by counting the rows and analyzing the texts
    /// again.
    ///
    /// - Parameters:
    ///   - engine: What the state was closed from, unchanged since.
    ///   - file: The snapshot that it came from; empty for the state of the log.
    /// - Complexity: O(bytes of the texts + postings).
    func deepProblems(_ engine: Engine, _ file: String) -> [Finding] {
        var list = FindingList()
        for (number, published) in tables.enumerated() {
            let (table, roots) = (published.state, published.roots)
            let name = table.plan.name
            let count = rowNumbers(of: number).count
            let all =
                [("primary", roots.primary.count)]
                + zip(table.plan.indexes, roots.indexes).map { ($0.name, $1.count) }
            for (index, entries) in all where entries != count {
                list.add(
                    Finding(
                        file: file, offset: nil, kind: "wrong_index",
                        message: "In table \(name), index \(index) has \(entries) entries, and "
                            + "\(count) rows are there.", isHarmless: false, table: name))
            }
            for (index, text) in table.texts.enumerated() where text.analyzer.isAvailable {
                compareText(index, of: number, engine, file, &list)
            }
        }
        return list.all
    }

    /// The numbers of the rows that the state shows, by a walk over all slots.
    private func rowNumbers(of table: Int) -> [UInt32] {
        let rows = tables[table].state.store.rows
        return (1..<max(1, tables[table].roots.rowLimit)).filter {
            unsafe rows.visible($0, at: position) != nil
        }
    }

    private func compareText(
        _ index: Int, of number: Int, _ engine: Engine, _ file: String, _ list: inout FindingList
    ) {
        let table = tables[number].state
        let live = table.texts[index]
        var texts = table.texts
        texts[index] = TextIndex(weights: live.weights, analyzer: live.analyzer)
        let copy = TableState(plan: table.plan, store: table.store, texts: texts, codeChecks: nil)
        engine.fillText(index, of: copy)
        let here = live.digests(roots: tables[number].textRoots(index), position: position)
        let anew = texts[index].digests(roots: texts[index].draftRoots, position: .max)
        guard here != anew else { return }
        let rows = table.store.rows
        for row in Set(here.keys).union(anew.keys).sorted() where here[row] != anew[row] {
            let version = unsafe rows.visible(row, at: position)
            let id = unsafe version?.id
            let who = id.map { "row \($0)" } ?? "a row that is not there, number \(row)"
            list.add(
                Finding(
                    file: file, offset: nil, kind: "wrong_text",
                    message: "In table \(table.plan.name), the text index "
                        + "\(table.plan.fullText[index].name) has other words of \(who) than its "
                        + "texts.", isHarmless: false,
                    position: unsafe version?.position, table: table.plan.name, row: id))
        }
    }

    /// The rows that are not what the events say of them, and those that only one side has.
    func otherRows(than chain: ChainVerifier) -> [Finding] {
        guard chain.position == position else { return [] }
        var list = FindingList()
        for (number, plain) in chain.tables.tables.enumerated() where number < tables.count {
            let (store, roots) = (tables[number].state.store, tables[number].roots)
            for id in plain.sortedIDs {
                guard let row = plain.rows[id] else { continue }
                let found = store.number(of: id, in: roots.primary, at: position)
                let agrees = found.map { isSame($0, row, number) } ?? false
                if !agrees { list.add(other(id, row.position, plain.plan, chain)) }
            }
            if roots.rowCount != plain.rows.count {
                list.add(
                    Finding(
                        file: "", offset: nil, kind: "wrong_state",
                        message: "Table \(plain.plan.name) has \(roots.rowCount) rows; by "
                            + "the events there are \(plain.rows.count).", isHarmless: false,
                        table: plain.plan.name))
            }
        }
        return list.all
    }

    private func isSame(_ row: UInt32, _ plain: PlainRow, _ table: Int) -> Bool {
        guard let version = unsafe tables[table].state.store.rows.visible(row, at: position) else {
            return false
        }
        let body = unsafe UnsafeRawBufferPointer(
            start: version.body.base, count: version.bodyByteCount)
        return unsafe version.position == plain.position && body.elementsEqual(plain.body)
    }

    private func other(
        _ id: RowID, _ position: UInt64, _ plan: TablePlan, _ chain: ChainVerifier
    ) -> Finding {
        Finding(
            file: chain.file(holding: position), offset: nil, kind: "wrong_state",
            message: "The row is not in the tables as the event at position \(position) left it.",
            isHarmless: false, position: position, table: plan.name, row: id)
    }
}
