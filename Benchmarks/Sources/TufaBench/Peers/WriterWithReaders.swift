import Foundation
import Tufa

/// How fast one writer commits alone, beside readers that leave processors free, and beside
/// readers that never rest.
struct WriterWithReaders {
    enum Company: String, CaseIterable {
        case alone = "alone"
        case resting = "8 readers, a search every 10 ms each"
        case busy = "8 readers that never rest"
    }

    /// What the writer saw in one run.
    struct Run {
        var commitsPerSecond: Double
        /// Commits for each second that the writer had a processor.
        var commitsPerProcessorSecond: Double
        var searchesPerSecond: Double
        /// Latencies of single commits in microseconds, in ascending order.
        var latencies: [Double]
    }

    static let readerCount = 8
    private static let secondsEach = 0.4

    let database: Database
    let texts: [String]
    let questions: [String]

    /// Runs in all companies in turn, so that the growth of the index meets all of them.
    func measure(rounds: Int) throws -> [Company: [Run]] {
        var runs: [Company: [Run]] = [:]
        for _ in 0..<rounds {
            for company in Company.allCases { runs[company, default: []].append(try run(company)) }
        }
        return runs
    }

    private func run(_ company: Company) throws -> Run {
        let isOver = Flag()
        let searches = Counter()
        let done = DispatchGroup()
        for reader in 0..<(company == .alone ? 0 : Self.readerCount) {
            done.enter()
            Thread.detachNewThread {
                defer { done.leave() }
                searches.add(read(from: reader, isOver, rests: company == .resting))
            }
        }
        defer { done.wait() }
        defer { isOver.raise() }
        var latencies: [Double] = []
        let clock = ContinuousClock()
        let start = clock.now
        let processorStart = Self.threadSeconds()
        var end = start
        while (end - start) / .seconds(1) < Self.secondsEach {
            let document = Document(text: texts[latencies.count * 97 % texts.count], bucket: 0)
            let begin = clock.now
            _ = try database.writeBlocking(durability: TufaSearchEngine.durability) { tx in
                try tx.insert(document)
            }
            end = clock.now
            latencies.append((end - begin) / .microseconds(1))
        }
        let processor = Self.threadSeconds() - processorStart
        let elapsed = (end - start) / .seconds(1)
        isOver.raise()
        done.wait()
        return Run(
            commitsPerSecond: Double(latencies.count) / elapsed,
            commitsPerProcessorSecond: Double(latencies.count) / processor,
            searchesPerSecond: Double(searches.value) / elapsed, latencies: latencies.sorted())
    }

    /// Searches in new views until it is over.
    private func read(from first: Int, _ isOver: Flag, rests: Bool) -> Int {
        var count = 0
        while !isOver.isRaised {
            let text = questions[(first * 31 + count) % questions.count]
            do {
                _ = try database.view().search(Document.self, text)
            } catch {
                say("A reader failed: \(error)")
                return count
            }
            count += 1
            if rests { usleep(10_000) }
        }
        return count
    }

    /// How long this thread has had a processor.
    private static func threadSeconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }
}
