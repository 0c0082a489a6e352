use crate::sql::{SqlMigration, Step};

// Keys with which programs act as people. A key is found by its public prefix, and shown by it; of the secret behind it only
// SHA-256 is kept. Scopes are their names with spaces between them, so that a new one needs no migration.
pub(crate) const MIGRATION: SqlMigration = SqlMigration {
    name: "m20261121_000018_api_keys",
    up: &[
        Step::Both(
            "CREATE TABLE api_key (
                id {uuid} NOT NULL PRIMARY KEY,
                account_id {uuid} NOT NULL REFERENCES account (id),
                name text NOT NULL
                    CONSTRAINT api_key_name_length CHECK (length(name) BETWEEN 1 AND 100),
                prefix {c_text} NOT NULL
                    CONSTRAINT api_key_prefix_length CHECK (length(prefix) = 8),
                hash text NOT NULL
                    CONSTRAINT api_key_hash_length CHECK (length(hash) = 64),
                scopes text NOT NULL
                    CONSTRAINT api_key_scopes_length CHECK (length(scopes) BETWEEN 1 AND 1000),
                created_at {timestamp} NOT NULL,
                expires_at {timestamp} NOT NULL,
                last_used_at {timestamp},
                revoked_at {timestamp}
            ){strict};",
        ),
        Step::Both("CREATE UNIQUE INDEX api_key_prefix ON api_key (prefix);"),
        Step::Both("CREATE INDEX api_key_account ON api_key (account_id, id);"),
        Step::Both("CREATE INDEX api_key_expires_at ON api_key (expires_at);"),
    ],
    down: &[Step::Both("DROP TABLE api_key;")],
    in_transaction: true,
};
