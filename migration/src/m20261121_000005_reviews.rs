use crate::sql::{SqlMigration, Step};

pub(crate) const MIGRATION: SqlMigration = SqlMigration {
    name: "m20261121_000005_reviews",
    up: &[Step::Both(
        "CREATE TABLE review (
            id {uuid} NOT NULL PRIMARY KEY,
            product_id {uuid} NOT NULL REFERENCES product (id),
            seller_id {uuid} NOT NULL REFERENCES seller (id),
            author_id {uuid} NOT NULL REFERENCES account (id),
            rating smallint NOT NULL
                CONSTRAINT review_rating_within_stars CHECK (rating BETWEEN 1 AND 5),
            title text NOT NULL DEFAULT ''
                CONSTRAINT review_title_length CHECK (length(title) <= 150),
            body text NOT NULL DEFAULT ''
                CONSTRAINT review_body_length CHECK (length(body) <= 5000),
            version bigint NOT NULL DEFAULT 1,
            created_at {timestamp} NOT NULL,
            updated_at {timestamp} NOT NULL,
            deleted_at {timestamp}
        ){strict};
        CREATE UNIQUE INDEX review_author_key ON review (author_id, product_id) WHERE deleted_at IS NULL;
        CREATE INDEX review_product ON review (product_id, id);
        CREATE INDEX review_seller ON review (seller_id, id);
        CREATE INDEX review_author ON review (author_id, id);",
    )],
    down: &[Step::Both("DROP TABLE review;")],
    in_transaction: true,
};
