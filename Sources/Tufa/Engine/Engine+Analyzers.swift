internal import TufaBytes
internal import TufaModel
internal import TufaSearch

extension DatabaseError {
    /// The error for a text index whose analyzer the program does not have.
    static func lacksAnalyzer(
        _ analyzer: Analyzer, of text: FullTextPlan, table: String
    ) -> DatabaseError {
        DatabaseError(
            .unsupported,
            "The text index \(text.name) of table \(table) needs the analyzer '\(text.analyzer)', "
                + "which this program does not have.",
            table: table, rule: text.name, advice: analyzer.adviceWhereMissing)
    }
}

extension TableState {
    /// A text index, to search in.
    ///
    /// - Throws: `unsupported` where the program lacks its analyzer.
    func searchable(_ number: Int) throws(DatabaseError) -> TextIndex {
        let text = texts[number]
        guard text.analyzer.isAvailable else {
            throw .lacksAnalyzer(text.analyzer, of: plan.fullText[number], table: plan.name)
        }
        return text
    }

    /// Checks that the program has the analyzers of the texts that a row changes.
    ///
    /// A row that goes needs none: its words go with it wherever the index is.
    /// - Parameter isChanged: Whether the row's field of a number has another text than before.
    /// - Throws: `unsupported`.
    func checkAnalyzers(_ isChanged: (Int) -> Bool) throws(DatabaseError) {
        guard lacksAnalyzer else { return }
        for (number, text) in plan.fullText.enumerated()
        where text.fieldIndexes.contains(where: isChanged) {
            do {
                _ = try searchable(number)
            } catch {
                var error = error
                error.fields = text.fieldIndexes.filter(isChanged).map(plan.fieldName)
                error.advice =
                    "Write these texts from a program that has the analyzer; other fields can be "
                    + "written, and rows deleted. " + (error.advice ?? "")
                throw error
            }
        }
    }
}

extension AnalyzerCatalog {
    /// Checks that the program has the analyzers of the text indexes that a schema adds or changes.
    ///
    /// - Throws: `unsupported`.
    func check(_ plan: SchemaPlan, after known: SchemaPlan = .empty) throws(DatabaseError) {
        for table in plan.tables {
            for (number, text) in table.fullText.enumerated() {
                if known.find(table.name)?.fullText[number].analyzer == text.analyzer {
                    continue
                }
                let analyzer = analyzer(named: text.analyzer)
                guard analyzer.isAvailable else {
                    throw .lacksAnalyzer(analyzer, of: text, table: table.name)
                }
            }
        }
    }

    /// What people should know of the text indexes whose analyzers are not there, with what that
    /// means for them.
    func notes(on tables: [TableState], _ consequence: String) -> [String] {
        tables.filter(\.lacksAnalyzer).flatMap { table in
            zip(table.plan.fullText, table.texts).filter { !$1.analyzer.isAvailable }.map {
                text, index in
                "The text index \(text.name) of \(table.plan.name) needs the analyzer "
                    + "\(text.analyzer), which this program does not have: \(consequence). "
                    + (index.analyzer.adviceWhereMissing ?? "")
            }
        }
    }
}
