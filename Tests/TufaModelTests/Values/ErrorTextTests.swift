import Testing
import TufaBytes

@testable import TufaModel

struct ErrorTextTests {
    static let row = RowID(high: 0, low: 1)

    @Test(arguments: [
        (
            DatabaseError.unique(
                table: "users", fields: ["email"], values: ["a@b"], index: "users_email_key",
                row: row),
            "unique_violation: In users, email = 'a@b' is taken by row \(row). "
                + "Use another value, or update the row that has it."
        ),
        (
            .missingReference(
                table: "posts", field: "user_id", target: "users", id: row, row: nil),
            "reference_violation: posts.user_id refers to users \(row), which is not there. "
                + "Insert the row of users first, or in the same commit before this one."
        ),
        (
            .stillReferenced(
                table: "users", row: row, by: "posts", field: "user_id", referrerRow: nil),
            "reference_violation: users \(row) cannot be deleted: A row of posts refers to it by "
                + "user_id. Delete the rows of posts first, or declare the reference "
                + "ON DELETE CASCADE."
        ),
        (
            .check(table: "t", name: "t_n_check", expression: "n > 0", row: nil),
            "check_violation: The row breaks the check t_n_check of table t (n > 0)."
        ),
        (
            .keyTooLong(table: "t", fields: ["a"], index: "t_a_idx", maximum: 3072, row: nil),
            "value_too_long: The key of the index t_a_idx of table t is longer than 3072 bytes. "
                + "Shorten the value, or give the field a maximum length."
        ),
        (
            .versionConflict(table: "t", row: row, expected: 1, found: 2),
            "version_conflict: t \(row) is at version 2, not at the expected 1. "
                + "Read the row again and repeat the change."
        ),
        (.rowNotFound(table: "t", row: row), "row_not_found: t has no row \(row)."),
        (
            .rowExists(table: "t", row: row),
            "row_exists: t has a row \(row) already. "
                + "Update it instead, or insert with another identifier."
        ),
        (
            .unknownTable("user", in: DatabaseSchema([TableSchema("users", fields: [])])),
            "unknown_table: There is no table 'user'. Did you mean users?"
        ),
        (
            .unknownField("zzz", of: TableSchema("t", fields: [FieldSchema("name", .text)])),
            "unknown_field: Table t has no field 'zzz'. Known fields: id, name."
        ),
        (
            .schemaMismatch("The table a is here and not there."),
            "schema_mismatch: The schema of the program is not the one of the database: "
                + "The table a is here and not there. "
                + "Open the database with the schema that it was made with."
        ),
    ])
    func sentences(_ error: DatabaseError, _ text: String) {
        #expect(error.description == text)
    }
}
