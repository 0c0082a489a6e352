use crate::sql::{SqlMigration, Step};

// Files that sellers import, in pieces, so that any worker finds them, and what became of them. The pieces go when the import is done.
pub(crate) const MIGRATION: SqlMigration = SqlMigration {
    name: "m20261121_000021_product_imports",
    up: &[
        Step::Both(
            "CREATE TABLE product_import (
                id {uuid} NOT NULL PRIMARY KEY,
                seller_id {uuid} NOT NULL REFERENCES seller (id),
                account_id {uuid} NOT NULL REFERENCES account (id),
                state text NOT NULL CONSTRAINT product_import_state_known
                    CHECK (state IN ('AWAITING_FILE', 'UPLOADING', 'WAITING', 'RUNNING', 'DONE', 'FAILED')),
                round_prices boolean NOT NULL,
                bytes bigint NOT NULL CONSTRAINT product_import_bytes_counted CHECK (bytes >= 0),
                progress text NOT NULL,
                error text,
                created_at {timestamp} NOT NULL,
                updated_at {timestamp} NOT NULL
            ){strict};",
        ),
        Step::Both("CREATE INDEX product_import_seller ON product_import (seller_id, id);"),
        Step::Both("CREATE INDEX product_import_updated_at ON product_import (updated_at);"),
        Step::Postgres(
            "CREATE TABLE product_import_chunk (
                import_id uuid NOT NULL REFERENCES product_import (id),
                number bigint NOT NULL,
                content bytea NOT NULL,
                PRIMARY KEY (import_id, number)
            );",
        ),
        Step::Sqlite(
            "CREATE TABLE product_import_chunk (
                import_id blob NOT NULL REFERENCES product_import (id),
                number integer NOT NULL,
                content blob NOT NULL,
                PRIMARY KEY (import_id, number)
            ) STRICT;",
        ),
    ],
    down: &[
        Step::Both("DROP TABLE product_import_chunk;"),
        Step::Both("DROP TABLE product_import;"),
    ],
    in_transaction: true,
};
