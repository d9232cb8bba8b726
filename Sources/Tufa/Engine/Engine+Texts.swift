internal import TufaBytes
internal import TufaIndex
internal import TufaModel
internal import TufaSearch

extension Engine {
    /// Feeds the changes of the open transaction to the text indexes, so that it finds its work.
    ///
    /// Views see nothing of that, and it is done for a transaction that searches only: the others
    /// feed the indexes when they stand.
    /// - Complexity: O(bytes of the texts that changed since the last time).
    func feedTexts() {
        guard fedChangeCount < changes.count else { return }
        for text in tables.lazy.flatMap(\.texts) { text.openJournal() }
        for applied in changes[fedChangeCount...] where !tables[applied.table].texts.isEmpty {
            updateTexts(of: tables[applied.table], applied.change)
        }
        fedChangeCount = changes.count
    }

    /// Ends what ``feedTexts()`` began: what was fed stands, or all of it has been taken back.
    func finishFeeding(keeping isKept: Bool) {
        guard fedChangeCount > 0 else { return }
        fedChangeCount = 0
        for text in tables.lazy.flatMap(\.texts) { text.closeJournal(keeping: isKept) }
    }

    /// Feeds a change to the text indexes of its table.
    ///
    /// - Complexity: O(bytes of the texts) where a text changed.
    func updateTexts(of table: TableState, _ change: RowChange) {
        let rows = table.store.rows
        let position = unsafe rows.version(change.newVersion).position
        let layout = table.plan.layout
        forEachText(of: table, changedBy: change) { text, plan in
            if change.kind != .insert {
                unsafe draft(text, plan, rows.version(change.oldVersion), layout)
                text.remove(row: change.number, position: position)
            }
            if change.kind != .delete {
                unsafe draft(text, plan, rows.version(change.newVersion), layout)
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

    /// Takes a change that was fed back from the text indexes of its table.
    ///
    /// - Complexity: O(bytes of the texts) where a text changed.
    func undoTexts(of table: TableState, _ change: RowChange) {
        let rows = table.store.rows
        let layout = table.plan.layout
        forEachText(of: table, changedBy: change) { text, plan in
            if change.kind != .delete {
                unsafe draft(text, plan, rows.version(change.newVersion), layout)
                text.undoDocument(row: change.number)
            }
            if change.kind != .insert {
                unsafe draft(text, plan, rows.version(change.oldVersion), layout)
                text.undoRemoval()
            }
        }
    }

    /// Calls `body` with each text index of a table in which a change changes words.
    @inline(__always)
    private func forEachText(
        of table: TableState, changedBy change: RowChange,
        _ body: (TextIndex, FullTextPlan) -> Void
    ) {
        let rows = table.store.rows
        let layout = table.plan.layout
        for (number, plan) in table.plan.fullText.enumerated() {
            let text = table.texts[number]
            if !text.analyzer.isAvailable { continue }
            if change.kind == .update {
                let old = unsafe rows.version(change.oldVersion).body
                let new = unsafe rows.version(change.newVersion).body
                let isChanged = plan.fieldIndexes.contains { field in
                    unsafe !RowMerge.isEqual(field, old, new, layout)
                }
                if !isChanged { continue }
            }
            text.prepareForWriting()
            body(text, plan)
        }
    }

    /// Fills an empty text index from the rows of its table.
    ///
    /// - Complexity: O(bytes of the texts).
    func fillText(_ number: Int, of table: TableState) {
        Engine.fillText(number, of: table, &tokens) {
            if epochs?.isUnread() ?? true { $0.reclaimUnread() }
        }
    }

    /// Fills an empty text index, and now and then lets what it has replaced be freed.
    static func fillText(
        _ number: Int, of table: TableState, _ tokens: inout TokenBuffer,
        reclaiming: (TextIndex) -> Void
    ) {
        let plan = table.plan.fullText[number]
        let rows = table.store.rows
        let text = table.texts[number]
        guard text.analyzer.isAvailable else { return }
        for row in 1..<max(1, rows.numberLimit) {
            guard let version = unsafe rows.visible(row, at: .max) else { continue }
            unsafe draft(text, plan, version, table.plan.layout, &tokens)
            text.endDocument(row: row, position: unsafe version.position)
            if row & 255 == 255, text.unreadByteCount > 1 << 18 { reclaiming(text) }
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
        unsafe Engine.draft(text, plan, version, layout, &tokens)
    }

    @unsafe
    private static func draft(
        _ text: TextIndex, _ plan: FullTextPlan, _ version: RowVersion, _ layout: RowLayout,
        _ tokens: inout TokenBuffer
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
