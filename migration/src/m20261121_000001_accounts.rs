use crate::sql::{SqlMigration, Step};

pub(crate) const MIGRATION: SqlMigration = SqlMigration {
    name: "m20261121_000001_accounts",
    up: &[Step::Both(
        "CREATE TABLE account (
            id {uuid} NOT NULL PRIMARY KEY,
            display_name text NOT NULL
                CONSTRAINT account_display_name_length CHECK (length(display_name) BETWEEN 1 AND 100),
            created_at {timestamp} NOT NULL,
            updated_at {timestamp} NOT NULL,
            deleted_at {timestamp}
        ){strict};",
    )],
    down: &[Step::Both("DROP TABLE account;")],
    in_transaction: true,
};
