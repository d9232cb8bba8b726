import ArgumentParser
import Foundation
import TufaBytes

/// How a failure leaves the program: what it says, and the exit code.
enum Failure {
    /// Says what is wrong on standard error, and gives the exit code.
    ///
    /// 0 is done, 1 refused or damaged, 2 bad usage.
    static func report(_ error: any Error, asJSON: Bool, _ console: Console) -> Int32 {
        if error is OutputClosed { return 0 }
        if let error = error as? FoundDamage { return error.exitCode }
        if let error = error as? DatabaseError {
            console.note(asJSON ? json(error) : text(error))
            return 1
        }
        let status = TufaTool.exitCode(for: error)
        if status == .success {
            print(TufaTool.fullMessage(for: error))
            return 0
        }
        if status == .validationFailure {
            let message = TufaTool.fullMessage(for: error)
            console.note(
                asJSON
                    ? json(DatabaseError(.init("usage"), TufaTool.message(for: error)))
                    : message)
            return 2
        }
        let other = DatabaseError(.io, (error as NSError).localizedDescription)
        console.note(asJSON ? json(other) : text(other))
        return 1
    }

    /// The error for people: what, where, why, and what next.
    static func text(_ error: DatabaseError) -> String {
        var text = "tufa: \(error.message)"
        if let file = error.file, !names(error.message, file) {
            text += error.offset.map { " (\(file) at byte \($0))" } ?? " (\(file))"
        }
        if let cause = error.cause { text += "\n  because: \(cause)" }
        if let advice = error.advice { text += "\n  \(advice)" }
        return text
    }

    /// Whether a message names a file, not only holds its name as part of a word.
    private static func names(_ message: String, _ file: String) -> Bool {
        message.split(separator: " ").contains { word in
            word == file || word.dropLast() == file || word.dropFirst().dropLast() == file
        }
    }

    /// The error for programs, on one line.
    static func json(_ error: DatabaseError, named name: String = "error") -> String {
        var writer = JSONWriter()
        writer.object { writer in
            writer.name(name)
            writer.object { writer in
                writer.member("code", error.code.name)
                writer.member("message", error.message)
                if let file = error.file { writer.member("file", file) }
                if let offset = error.offset { writer.member("offset", offset) }
                if let table = error.table { writer.member("table", table) }
                if !error.fields.isEmpty {
                    writer.name("fields")
                    writer.array { writer in error.fields.forEach { writer.string($0) } }
                }
                if let rule = error.rule { writer.member("rule", rule) }
                if let row = error.row { writer.member("row", row.description) }
                if let cause = error.cause { writer.member("cause", "\(cause)") }
                if let advice = error.advice { writer.member("advice", advice) }
            }
        }
        return String(decoding: writer.bytes, as: UTF8.self)
    }
}

/// The command did what was asked, and what it found is bad; it has said so already.
struct FoundDamage: Error {
    let exitCode: Int32 = 1
}
