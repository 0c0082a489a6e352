use crate::sql::{SqlMigration, Step};

// Who an account is to the server. What only the person and the server may know (how to sign in) stands apart from what
// the public sees, so that lists of authors never touch it, and closing an account deletes one row.
pub(crate) const MIGRATION: SqlMigration = SqlMigration {
    name: "m20261121_000011_people",
    up: &[
        Step::Both(
            "ALTER TABLE account ADD COLUMN role text NOT NULL DEFAULT 'CUSTOMER'
                CONSTRAINT account_role_known CHECK (role IN ('CUSTOMER', 'SUPPORT', 'ADMIN'));",
        ),
        Step::Both(
            "ALTER TABLE account ADD COLUMN status text NOT NULL DEFAULT 'ACTIVE'
                CONSTRAINT account_status_known CHECK (status IN ('ACTIVE', 'SUSPENDED', 'CLOSED'));",
        ),
        Step::Both("ALTER TABLE account ADD COLUMN version bigint NOT NULL DEFAULT 1;"),
        Step::Both(
            "CREATE TABLE account_login (
                account_id {uuid} NOT NULL PRIMARY KEY REFERENCES account (id),
                email text NOT NULL
                    CONSTRAINT account_login_email_length CHECK (length(email) BETWEEN 3 AND 254),
                email_key {c_text} NOT NULL
                    CONSTRAINT account_login_email_key_length CHECK (length(email_key) BETWEEN 3 AND 254),
                email_verified_at {timestamp},
                password_hash text,
                password_changed_at {timestamp},
                created_at {timestamp} NOT NULL,
                updated_at {timestamp} NOT NULL
            ){strict};",
        ),
        Step::Both("CREATE UNIQUE INDEX account_login_email_key ON account_login (email_key);"),
        Step::Both(
            "CREATE TABLE session (
                id {uuid} NOT NULL PRIMARY KEY,
                account_id {uuid} NOT NULL REFERENCES account (id),
                user_agent text NOT NULL,
                ip text NOT NULL,
                created_at {timestamp} NOT NULL,
                last_used_at {timestamp} NOT NULL,
                idle_until {timestamp} NOT NULL,
                expires_at {timestamp} NOT NULL,
                stepped_up_at {timestamp},
                ended_at {timestamp},
                end_reason text
                    CONSTRAINT session_end_reason_known
                    CHECK (end_reason IN ('SIGNED_OUT', 'REUSE', 'PASSWORD_CHANGED', 'SUSPENDED', 'CLOSED')),
                CONSTRAINT session_ended CHECK ((ended_at IS NULL) = (end_reason IS NULL))
            ){strict};",
        ),
        Step::Both("CREATE INDEX session_account ON session (account_id, id);"),
        Step::Both("CREATE INDEX session_expires_at ON session (expires_at);"),
        Step::Both(
            "CREATE TABLE refresh_token (
                hash {c_text} NOT NULL PRIMARY KEY,
                session_id {uuid} NOT NULL REFERENCES session (id),
                created_at {timestamp} NOT NULL,
                used_at {timestamp}
            ){strict};",
        ),
        Step::Both("CREATE INDEX refresh_token_session ON refresh_token (session_id);"),
        Step::Both(
            "CREATE TABLE signing_key (
                kid text NOT NULL PRIMARY KEY,
                private_key text NOT NULL,
                created_at {timestamp} NOT NULL
            ){strict};",
        ),
        Step::Both(
            "CREATE TABLE account_token (
                hash {c_text} NOT NULL PRIMARY KEY,
                account_id {uuid} NOT NULL REFERENCES account (id),
                purpose text NOT NULL
                    CONSTRAINT account_token_purpose_known
                    CHECK (purpose IN ('VERIFY_EMAIL', 'CHANGE_EMAIL', 'RESET_PASSWORD')),
                email text NOT NULL,
                created_at {timestamp} NOT NULL,
                expires_at {timestamp} NOT NULL,
                used_at {timestamp}
            ){strict};",
        ),
        Step::Both("CREATE INDEX account_token_account ON account_token (account_id, purpose);"),
        Step::Both("CREATE INDEX account_token_expires_at ON account_token (expires_at);"),
    ],
    down: &[
        Step::Both("DROP TABLE account_token;"),
        Step::Both("DROP TABLE signing_key;"),
        Step::Both("DROP TABLE refresh_token;"),
        Step::Both("DROP TABLE session;"),
        Step::Both("DROP TABLE account_login;"),
        Step::Both("ALTER TABLE account DROP COLUMN version;"),
        Step::Both("ALTER TABLE account DROP COLUMN status;"),
        Step::Both("ALTER TABLE account DROP COLUMN role;"),
    ],
    in_transaction: true,
};
