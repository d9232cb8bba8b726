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
        for (number, plan) in table.plan.fullText.enumerated() {
            let text = table.texts[number]
            let position = unsafe new.position
            switch change.kind {
            case .insert:
                unsafe addDocument(text, plan, change.number, new, table.plan.layout)
            case .update:
                let old = unsafe rows.version(change.oldVersion)
                let isChanged = plan.fieldIndexes.contains { field in
                    unsafe !RowMerge.isEqual(field, old.body, new.body, table.plan.layout)
                }
                if isChanged {
                    text.remove(row: change.number, position: position)
                    unsafe addDocument(text, plan, change.number, new, table.plan.layout)
                }
            case .delete:
                text.remove(row: change.number, position: position)
            }
        }
    }

    @unsafe
    private func addDocument(
        _ text: TextIndex, _ plan: FullTextPlan, _ row: UInt32, _ version: RowVersion,
        _ layout: RowLayout
    ) {
        text.beginDocument()
        let body = unsafe version.body
        for (number, index) in plan.fieldIndexes.enumerated() {
            if unsafe body.isNull(index) { continue }
            unsafe analyzer.analyze(body.variable(layout.fields[index], in: layout), into: &tokens)
            text.append(tokens, field: number)
        }
        text.endDocument(row: row, position: unsafe version.position)
    }
}
