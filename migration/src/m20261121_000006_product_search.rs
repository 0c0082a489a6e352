use crate::sql::{SqlMigration, Step};

// The words of a product, by weight: its name; its tags, category, shop and SKUs; its description.
// SQLite's full-text table can't be looked up by a product's id, so it stands over a plain table that can.
pub(crate) const MIGRATION: SqlMigration = SqlMigration {
    name: "m20261121_000006_product_search",
    up: &[
        Step::Postgres(
            "CREATE TABLE product_search (
                product_id uuid NOT NULL PRIMARY KEY REFERENCES product (id),
                seller_id uuid NOT NULL REFERENCES seller (id),
                document tsvector NOT NULL
            );
            CREATE INDEX product_search_document ON product_search USING gin (document);",
        ),
        Step::Sqlite(
            "CREATE TABLE product_search (
                id integer NOT NULL PRIMARY KEY,
                product_id blob NOT NULL UNIQUE REFERENCES product (id),
                seller_id blob NOT NULL REFERENCES seller (id),
                name text NOT NULL,
                labels text NOT NULL,
                description text NOT NULL
            ) STRICT;
            CREATE VIRTUAL TABLE product_search_text USING fts5 (
                name, labels, description,
                content = 'product_search', content_rowid = 'id', tokenize = 'porter unicode61'
            );
            CREATE TRIGGER product_search_insert AFTER INSERT ON product_search BEGIN
                INSERT INTO product_search_text (rowid, name, labels, description)
                VALUES (new.id, new.name, new.labels, new.description);
            END;
            CREATE TRIGGER product_search_delete AFTER DELETE ON product_search BEGIN
                INSERT INTO product_search_text (product_search_text, rowid, name, labels, description)
                VALUES ('delete', old.id, old.name, old.labels, old.description);
            END;
            CREATE TRIGGER product_search_update AFTER UPDATE ON product_search BEGIN
                INSERT INTO product_search_text (product_search_text, rowid, name, labels, description)
                VALUES ('delete', old.id, old.name, old.labels, old.description);
                INSERT INTO product_search_text (rowid, name, labels, description)
                VALUES (new.id, new.name, new.labels, new.description);
            END;",
        ),
    ],
    down: &[
        Step::Sqlite("DROP TABLE product_search_text;"),
        Step::Both("DROP TABLE product_search;"),
    ],
    in_transaction: true,
};
