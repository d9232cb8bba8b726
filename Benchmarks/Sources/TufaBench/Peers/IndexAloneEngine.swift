#if HAS_INDEX_ALONE
    import TextIndexAlone

    /// Tufa's text index without a database: what the search itself takes.
    final class IndexAloneEngine: SearchEngine {
        let name = "Tufa's index"
        let version: String
        let ways: [Way] = [.prepared]
        private let texts: [String]
        private var index = TextIndexAlone()

        init(_ corpus: SearchCorpus, version: String) {
            texts = corpus.texts
            self.version = version
        }

        func build(batch: Int) throws -> Double? {
            index = TextIndexAlone()
            return seconds {
                var start = 0
                while start < texts.count {
                    let end = min(start + batch, texts.count)
                    index.add(texts[start..<end])
                    start = end
                }
            }
        }

        private func prepare(_ question: Question) -> TextIndexAlone.Prepared {
            switch question.kind {
            case .fuzzy:
                return index.prepare(fuzzy: question.words[0], distance: question.distance)
            case .filtered:
                return index.prepare(
                    TufaSearchEngine.text(question),
                    remainder: UInt32(Question.filteredBucket))
            default: return index.prepare(TufaSearchEngine.text(question))
            }
        }

        func ask(_ questions: [Question], by way: Way) throws -> Answers? {
            timeEach(questions.map(prepare)) { index.search($0) }
        }

        func matches(_ questions: [Question]) throws -> [Int]? {
            questions.map { index.count(prepare($0)) }
        }

        func commits(_ count: Int, seed: Int) throws -> [Double]? { nil }

        func size() throws -> IndexSize? {
            IndexSize(byteCount: index.byteCount, place: "in memory")
        }
    }
#endif
