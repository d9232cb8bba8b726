internal import TufaBytes
internal import TufaIndex
internal import TufaModel
internal import TufaSearch

extension Engine {
    /// Feeds a change that stands to the text indexes of its table.
    ///
    /// - Complexity: O(bytes of the texts) where a text changed.
    func updateTexts(of table: TableState, _ change: RowChange) {
        let rows = table.store.rows
        let new = unsafe rows.version(change.newVersion)
        let layout = table.plan.layout
        for (number, plan) in table.plan.fullText.enumerated() {
            let text = table.texts[number]
            let position = unsafe new.position
            if change.kind != .insert {
                let old = unsafe rows.version(change.oldVersion)
                let isChanged =
                    change.kind == .delete
                    || plan.fieldIndexes.contains { field in
                        unsafe !RowMerge.isEqual(field, old.body, new.body, layout)
                    }
                if !isChanged { continue }
                unsafe draft(text, plan, old, layout)
                text.remove(row: change.number, position: position)
            }
            if change.kind != .delete {
                unsafe draft(text, plan, new, layout)
                text.endDocument(row: change.number, position: position)
            }
        }
    }

    /// Gives an index the words of a row version.
    @unsafe
    private func draft(
        _ text: TextIndex, _ plan: FullTextPlan, _ version: RowVersion, _ layout: RowLayout
    ) {
        text.beginDocument()
        let body = unsafe version.body
        for (number, index) in plan.fieldIndexes.enumerated() {
            if unsafe body.isNull(index) { continue }
            unsafe analyzer.analyze(body.variable(layout.fields[index], in: layout), into: &tokens)
            text.append(tokens, field: number)
        }
    }
}
