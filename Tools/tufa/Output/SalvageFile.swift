import Foundation
import Tufa
import TufaBytes

/// The file of JSON lines that tells what a salvage could not bring over.
struct SalvageFile {
    private let url: URL

    /// Makes the file, which may not be there yet.
    ///
    /// - Throws: ``DatabaseError`` `already_exists`, `io`.
    init(_ path: String) throws {
        url = URL(fileURLWithPath: path)
        if FileManager.default.fileExists(atPath: path) {
            throw DatabaseError(
                .alreadyExists, "The report of an earlier run is there.", file: path,
                advice: "Move it away, or name another file with --report.")
        }
        do {
            try Data().write(to: url, options: .withoutOverwriting)
        } catch {
            throw DatabaseError(
                .io, "The report cannot be written: \(error.localizedDescription)", file: path,
                advice: "Make the folder that it would lie in, or name another file with --report.")
        }
    }

    /// Removes the file, where there is nothing to report.
    func remove() { try? FileManager.default.removeItem(at: url) }

    /// Writes a line for each gap, row and event; the file goes where there is none.
    func write(_ report: SalvageReport) throws {
        if report.isWhole { return remove() }
        var json = JSONWriter()
        for gap in report.gaps {
            Self.write(gap, to: &json) { $0 }
            json.endLine()
        }
        if !report.isEndKnown {
            json.object { json in
                json.member("kind", "unknown_end")
                json.member("reason", report.notes.first ?? "")
            }
            json.endLine()
        }
        for event in report.lostEvents {
            json.object { json in
                json.member("kind", "lost_event")
                json.member("position", event.position)
                json.member("reason", event.reason)
            }
            json.endLine()
        }
        for row in report.uncertain { Self.write(row, "uncertain", to: &json) }
        for row in report.leftOut { Self.write(row, "left_out", to: &json) }
        do {
            let handle = try FileHandle(forWritingTo: url)
            try handle.write(contentsOf: json.bytes)
            try handle.synchronize()
            try handle.close()
        } catch {
            throw DatabaseError(
                .io, "The report cannot be written: \(error.localizedDescription)",
                file: url.path,
                advice: "Remove the new database and salvage again, with another --report.")
        }
    }

    static func write(
        _ gap: SalvageReport.Gap, to json: inout JSONWriter, _ path: (String) -> String
    ) {
        json.object { json in
            json.member("kind", "gap")
            json.member("first", gap.first)
            json.name("last")
            if let last = gap.last { json.number(last) } else { json.null() }
            json.name("places")
            json.array { json in
                for place in gap.places { write(place, to: &json, path) }
            }
        }
    }

    static func write(
        _ place: SalvageReport.Place, to json: inout JSONWriter, _ path: (String) -> String
    ) {
        json.object { json in
            json.member("file", path(place.file))
            json.member("offset", place.offset)
            json.member("reason", place.reason)
        }
    }

    private static func write(
        _ row: SalvageReport.Row, _ kind: String, to json: inout JSONWriter
    ) {
        json.object { json in
            json.member("kind", kind)
            json.member("table", row.table)
            json.member("id", row.id.description)
            json.member("position", row.position)
            json.member("why", row.kind)
            json.member("reason", row.reason)
            json.name("kept_position")
            if let kept = row.keptPosition { json.number(kept) } else { json.null() }
            json.name("fields")
            json.object { json in
                for (name, value) in row.fields {
                    json.name(name)
                    json.value(value)
                }
            }
        }
        json.endLine()
    }
}
