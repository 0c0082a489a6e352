use crate::sql::{SqlMigration, Step};

// Signing in with accounts that people have elsewhere. An identity is known by its issuer and subject, never by an address.
// A request is one person's way to a provider and back: used once, within minutes, by the browser that began it.
pub(crate) const MIGRATION: SqlMigration = SqlMigration {
    name: "m20261121_000017_oidc",
    up: &[
        Step::Both(
            "CREATE TABLE oidc_identity (
                id {uuid} NOT NULL PRIMARY KEY,
                account_id {uuid} NOT NULL REFERENCES account (id),
                issuer text NOT NULL
                    CONSTRAINT oidc_identity_issuer_length CHECK (length(issuer) BETWEEN 1 AND 500),
                subject {c_text} NOT NULL
                    CONSTRAINT oidc_identity_subject_length CHECK (length(subject) BETWEEN 1 AND 255),
                email text NOT NULL,
                created_at {timestamp} NOT NULL,
                last_used_at {timestamp} NOT NULL
            ){strict};",
        ),
        Step::Both(
            "CREATE UNIQUE INDEX oidc_identity_subject ON oidc_identity (issuer, subject);",
        ),
        Step::Both("CREATE INDEX oidc_identity_account ON oidc_identity (account_id, id);"),
        Step::Both(
            "CREATE TABLE oidc_request (
                state_hash {c_text} NOT NULL PRIMARY KEY,
                browser_hash {c_text} NOT NULL,
                provider text NOT NULL,
                return_to text NOT NULL
                    CONSTRAINT oidc_request_return_to_length CHECK (length(return_to) BETWEEN 1 AND 1000),
                created_at {timestamp} NOT NULL,
                expires_at {timestamp} NOT NULL
            ){strict};",
        ),
        Step::Both("CREATE INDEX oidc_request_expires_at ON oidc_request (expires_at);"),
    ],
    down: &[
        Step::Both("DROP TABLE oidc_request;"),
        Step::Both("DROP TABLE oidc_identity;"),
    ],
    in_transaction: true,
};
