use crate::sql::{SqlMigration, Step};

// What people show beside a password. Secrets of authenticator apps are sealed with a key that is not in the database (but
// in development); of everything else that its bearer could sign in with, a hash is kept.
pub(crate) const MIGRATION: SqlMigration = SqlMigration {
    name: "m20261121_000016_factors",
    up: &[
        Step::Both(
            "CREATE TABLE factor_key (
                id text NOT NULL PRIMARY KEY,
                secret text NOT NULL,
                created_at {timestamp} NOT NULL
            ){strict};",
        ),
        Step::Both(
            "CREATE TABLE totp (
                account_id {uuid} NOT NULL PRIMARY KEY REFERENCES account (id),
                secret text NOT NULL,
                last_step bigint NOT NULL
                    CONSTRAINT totp_last_step_possible CHECK (last_step >= 0),
                created_at {timestamp} NOT NULL,
                confirmed_at {timestamp}
            ){strict};",
        ),
        Step::Both(
            "CREATE TABLE recovery_code (
                hash {c_text} NOT NULL PRIMARY KEY,
                account_id {uuid} NOT NULL REFERENCES account (id),
                created_at {timestamp} NOT NULL,
                used_at {timestamp}
            ){strict};",
        ),
        Step::Both("CREATE INDEX recovery_code_account ON recovery_code (account_id);"),
        Step::Both(
            "CREATE TABLE sign_in_challenge (
                hash {c_text} NOT NULL PRIMARY KEY,
                account_id {uuid} NOT NULL REFERENCES account (id),
                password_changed_at {timestamp},
                tries smallint NOT NULL
                    CONSTRAINT sign_in_challenge_tries_possible CHECK (tries >= 0),
                created_at {timestamp} NOT NULL,
                expires_at {timestamp} NOT NULL,
                used_at {timestamp}
            ){strict};",
        ),
        Step::Both("CREATE INDEX sign_in_challenge_account ON sign_in_challenge (account_id);"),
        Step::Both("CREATE INDEX sign_in_challenge_expires_at ON sign_in_challenge (expires_at);"),
        Step::Both(
            "CREATE TABLE passkey (
                id {uuid} NOT NULL PRIMARY KEY,
                account_id {uuid} NOT NULL REFERENCES account (id),
                credential_id {c_text} NOT NULL,
                name text NOT NULL
                    CONSTRAINT passkey_name_length CHECK (length(name) BETWEEN 1 AND 100),
                credential text NOT NULL,
                sign_count bigint NOT NULL
                    CONSTRAINT passkey_sign_count_possible CHECK (sign_count >= 0),
                created_at {timestamp} NOT NULL,
                last_used_at {timestamp}
            ){strict};",
        ),
        Step::Both("CREATE UNIQUE INDEX passkey_credential_id ON passkey (credential_id);"),
        Step::Both("CREATE INDEX passkey_account ON passkey (account_id, id);"),
        Step::Both(
            "CREATE TABLE passkey_ceremony (
                hash {c_text} NOT NULL PRIMARY KEY,
                account_id {uuid} REFERENCES account (id),
                state text NOT NULL,
                created_at {timestamp} NOT NULL,
                expires_at {timestamp} NOT NULL
            ){strict};",
        ),
        Step::Both("CREATE INDEX passkey_ceremony_account ON passkey_ceremony (account_id);"),
        Step::Both("CREATE INDEX passkey_ceremony_expires_at ON passkey_ceremony (expires_at);"),
    ],
    down: &[
        Step::Both("DROP TABLE passkey_ceremony;"),
        Step::Both("DROP TABLE passkey;"),
        Step::Both("DROP TABLE sign_in_challenge;"),
        Step::Both("DROP TABLE recovery_code;"),
        Step::Both("DROP TABLE totp;"),
        Step::Both("DROP TABLE factor_key;"),
    ],
    in_transaction: true,
};
