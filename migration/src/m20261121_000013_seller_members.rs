use crate::sql::{SqlMigration, Step};

// Who works in a shop, and who was asked to.
pub(crate) const MIGRATION: SqlMigration = SqlMigration {
    name: "m20261121_000013_seller_members",
    up: &[
        Step::Both(
            "CREATE TABLE seller_member (
                id {uuid} NOT NULL PRIMARY KEY,
                seller_id {uuid} NOT NULL REFERENCES seller (id),
                account_id {uuid} NOT NULL REFERENCES account (id),
                role text NOT NULL
                    CONSTRAINT seller_member_role_known CHECK (role IN ('OWNER', 'MANAGER', 'STAFF')),
                version bigint NOT NULL DEFAULT 1,
                created_at {timestamp} NOT NULL,
                updated_at {timestamp} NOT NULL
            ){strict};",
        ),
        Step::Both(
            "CREATE UNIQUE INDEX seller_member_key ON seller_member (seller_id, account_id);",
        ),
        Step::Both(
            "CREATE INDEX seller_member_account ON seller_member (account_id, id);",
        ),
        Step::Both(
            "CREATE TABLE seller_invitation (
                id {uuid} NOT NULL PRIMARY KEY,
                seller_id {uuid} NOT NULL REFERENCES seller (id),
                email_key {c_text} NOT NULL
                    CONSTRAINT seller_invitation_email_key_length CHECK (length(email_key) BETWEEN 3 AND 254),
                role text NOT NULL
                    CONSTRAINT seller_invitation_role_known CHECK (role IN ('OWNER', 'MANAGER', 'STAFF')),
                invited_by {uuid} NOT NULL REFERENCES account (id),
                account_id {uuid} REFERENCES account (id),
                token_hash {c_text},
                created_at {timestamp} NOT NULL,
                expires_at {timestamp} NOT NULL
            ){strict};",
        ),
        Step::Both(
            "CREATE UNIQUE INDEX seller_invitation_key ON seller_invitation (seller_id, email_key);",
        ),
        Step::Both(
            "CREATE UNIQUE INDEX seller_invitation_token ON seller_invitation (token_hash);",
        ),
        Step::Both(
            "CREATE INDEX seller_invitation_expires_at ON seller_invitation (expires_at);",
        ),
    ],
    down: &[
        Step::Both("DROP TABLE seller_invitation;"),
        Step::Both("DROP TABLE seller_member;"),
    ],
    in_transaction: true,
};
