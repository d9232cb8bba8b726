internal import Tufa
internal import TufaStorage
internal import TufaTesting

/// Every file of a database is harmed in every way, one at a time.
///
/// What opening shows then is the state as it was, or a named error with file and place: never a
/// trap, a state that never was, or a later one that is lost without a word.
package struct DamageMatrix: Sendable {
    package var subject: DamageSubject
    package var seed: UInt64 = 1
    /// Each so-manieth harm is done, from the one on that `seed` says.
    package var stride = 1
    /// Files above this many bytes have one bit of each byte flipped, smaller ones every bit.
    package var smallByteCount = 20_000

    /// Prepares the matrix of one database.
    package init(_ subject: DamageSubject) { self.subject = subject }

    /// Makes a database and harms each file of it.
    package static func report(
        _ shape: DamageSubject.Shape, seed: UInt64, stride: Int
    ) -> MatrixReport {
        do {
            var matrix = DamageMatrix(try DamageSubject(shape, seed: seed / 4))
            (matrix.seed, matrix.stride) = (seed, stride)
            return matrix.run()
        } catch {
            var report = MatrixReport()
            report.fail("shape \(shape.rawValue), without any damage: \(error)")
            return report
        }
    }

    /// Harms each file.
    package func run() -> MatrixReport {
        var report = MatrixReport()
        do {
            for path in try subject.files() {
                for (number, harm) in try harms(path).enumerated()
                where (number + Int(seed % UInt64(stride))) % stride == 0 {
                    try damage(path, harm, number / stride, &report)
                }
            }
        } catch {
            report.fail("shape \(subject.shape): \(error)")
        }
        return report
    }

    private func harms(_ path: String) throws -> [Harm] {
        let length = Int(try subject.system.status(of: path)?.byteCount ?? 0)
        var random = SplitMix(state: seed)
        var harms: [Harm] = [
            .delete, .folder, .stranger, .oldFile, .extend(by: 1), .extend(by: 4096),
        ]
        for other in try subject.files() where other != path { harms.append(.sibling(other)) }
        harms += (0..<length).map { .truncate(to: $0) }
        for offset in 0..<length {
            if length <= smallByteCount {
                harms += (0..<8).map { .flip(offset: offset, bit: $0) }
            } else {
                harms.append(.flip(offset: offset, bit: random.below(8)))
            }
        }
        for size in [512, 4096] {
            let blocks = stride(from: 0, through: length - size, by: size).map { $0..<$0 + size }
            for block in blocks {
                harms += [.zero(block), .older(block)]
                for _ in 0..<3 {
                    let other = blocks[random.below(blocks.count)].lowerBound
                    harms += [.copy(block, to: other), .swap(block, with: other)]
                }
            }
        }
        return harms
    }

    private func stride(from: Int, through: Int, by: Int) -> StrideThrough<Int> {
        Swift.stride(from: from, through: through, by: by)
    }

    private func damage(
        _ path: String, _ harm: Harm, _ number: Int, _ report: inout MatrixReport
    ) throws {
        let disk = subject.system.crashed(keeping: .all)
        guard try harm.apply(to: path, of: subject, on: disk) else { return }
        report.count("damaged files")
        let start = ContinuousClock.now
        do {
            try check(disk, number)
        } catch {
            report.fail("shape \(subject.shape.rawValue), \(harm) of \(path): \(error)")
        }
        if ContinuousClock.now - start > .seconds(5) {
            report.fail("shape \(subject.shape.rawValue), \(harm) of \(path): takes for ever")
        }
    }

    private func open(
        _ disk: MemoryFileSystem, _ change: (inout DatabaseOptions) -> Void
    ) throws -> Database {
        var options = DatabaseOptions.quiet
        change(&options)
        return try Database.openBlocking(
            "db", RepeatableWorld(disk, seed: 9).environment, DamageSubject.logOptions, options, [])
    }

    private func check(_ disk: MemoryFileSystem, _ number: Int) throws {
        try expectWholeOrRefused {
            let db = try open(disk) {
                $0.isReadOnly = true
                if number % 3 == 0 { $0.loading = .atOnce }
            }
            try expect(db.view(), subject.position)
            // An opening from a snapshot has not read the archives; a view of the past does.
            if number % 4 == 0 { try checkPast(db) }
        }
        switch number % 16 {
        case 1, 9:
            try expectWholeOrRefused {
                let db = try open(disk.crashed(keeping: .all)) { _ in }
                try expect(db.view(), subject.position)
                try db.closeBlocking()
            }
        case 3, 11:
            try expectWholeOrRefused {
                let view = try open(disk) {
                    $0.opensUpToDamage = true
                    $0.loading = .atOnce
                }.view()
                try expect(view, view.position)
            }
        case 7:
            try expectWholeOrRefused {
                let report = try Database.verify(
                    "db", RepeatableWorld(disk, seed: 9).environment, DamageSubject.logOptions)
                if let hash = report.stateHash, hash != subject.hashes[report.position] {
                    throw Mismatch("verify gives position \(report.position) the hash \(hash)")
                }
            }
        default: return
        }
    }

    private func checkPast(_ db: Database) throws {
        for position in subject.hashes.keys.sorted().dropFirst().prefix(20) where position % 3 == 0
        {
            try expect(db.viewBlocking(asOf: .position(position)), position)
        }
    }

    private func expect(_ view: View, _ position: UInt64) throws {
        guard view.position == position else {
            throw Mismatch("it shows position \(view.position) in place of \(position)")
        }
        let hash = try view.stateHash()
        guard subject.hashes[position] == hash else {
            throw Mismatch("position \(position) shows \(hash), which it never had")
        }
    }

    private func expectWholeOrRefused(_ body: () throws -> Void) throws {
        do { try body() } catch let error as DatabaseError {
            switch error.code {
            case .damaged where error.file != nil && error.offset != nil: return
            case .missingFile, .foreignFile, .newerFormat, .notADatabase, .io:
                if error.file != nil { return }
            default: break
            }
            throw Mismatch(
                "the refusal is \(error.code.name) of \(error.file ?? "no file"): \(error)")
        }
    }
}
