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
            if !text.analyzer.isAvailable { continue }
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

    /// Frees what a large transaction has replaced in the text indexes, where nobody reads right
    /// now; else it would stay until the next group.
    func reclaimUnread(of table: TableState) {
        for text in table.texts where text.unreadByteCount > 1 << 18 {
            if epochs?.isUnread() ?? true { text.reclaimUnread() }
        }
    }

    /// Fills an empty text index from the rows of its table.
    ///
    /// - Complexity: O(bytes of the texts).
    func fillText(_ number: Int, of table: TableState) {
        let plan = table.plan.fullText[number]
        let rows = table.store.rows
        let text = table.texts[number]
        guard text.analyzer.isAvailable else { return }
        for row in 1..<max(1, rows.numberLimit) {
            guard let version = unsafe rows.visible(row, at: .max) else { continue }
            unsafe draft(text, plan, version, table.plan.layout)
            text.endDocument(row: row, position: unsafe version.position)
            if row & 255 == 255 { reclaimUnread(of: table) }
        }
    }

    /// Fills a text index whose terms in the snapshot are of no use, and notes that and why.
    ///
    /// - Complexity: O(bytes of the texts).
    func rebuildText(_ number: Int, of table: TableState, _ reason: StaleText) {
        fillText(number, of: table)
        let plan = table.plan.fullText[number]
        loadNotes.append(
            "The text index \(plan.name) of \(table.plan.name) was built again from the rows: the "
                + "snapshot's was \(reason.words) the analyzer \(plan.analyzer).")
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
            unsafe text.analyzer.analyze(
                body.variable(layout.fields[index], in: layout), into: &tokens)
            text.append(tokens, field: number)
        }
    }
}

/// Why the terms of a text index in a snapshot are of no use.
enum StaleText: Error {
    /// Another version of the analyzer made them, or none that is told.
    case otherVersion
    /// There are none: the program that wrote the snapshot did not have the analyzer.
    case leftOut

    var words: String {
        switch self {
        case .otherVersion: "made by another version of"
        case .leftOut: "left out by a program without"
        }
    }
}
