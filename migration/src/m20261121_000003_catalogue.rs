use crate::sql::{SqlMigration, Step};

// Tables are made before what points at them. Keys name the owner first, and rows carry their seller even where
// a join would give it: scoping, row-level security and placing rows by owner all need it there.
pub(crate) const MIGRATION: SqlMigration = SqlMigration {
    name: "m20261121_000003_catalogue",
    up: &[
        Step::Both(CATEGORY),
        Step::Both(PRODUCT),
        Step::Both(IMAGE),
        Step::Both(OPTIONS),
        Step::Both(VARIANT),
        Step::Both(TAG),
    ],
    down: &[Step::Both(
        "DROP TABLE product_tag;
        DROP TABLE tag;
        DROP TABLE variant_option;
        DROP TABLE variant;
        DROP TABLE option_value;
        DROP TABLE product_option;
        DROP TABLE product_image;
        DROP TABLE product;
        DROP TABLE category;",
    )],
    in_transaction: true,
};

const CATEGORY: &str = "CREATE TABLE category (
    id {uuid} NOT NULL PRIMARY KEY,
    parent_id {uuid} REFERENCES category (id),
    slug {c_text} NOT NULL
        CONSTRAINT category_slug_length CHECK (length(slug) BETWEEN 1 AND 100),
    name text NOT NULL
        CONSTRAINT category_name_length CHECK (length(name) BETWEEN 1 AND 100),
    description text NOT NULL DEFAULT ''
        CONSTRAINT category_description_length CHECK (length(description) <= 2000),
    position integer NOT NULL DEFAULT 1,
    version bigint NOT NULL DEFAULT 1,
    created_at {timestamp} NOT NULL,
    updated_at {timestamp} NOT NULL,
    deleted_at {timestamp},
    CONSTRAINT category_not_its_own_parent CHECK (parent_id <> id)
){strict};
CREATE UNIQUE INDEX category_slug_key ON category (slug) WHERE deleted_at IS NULL;
CREATE INDEX category_children ON category (parent_id, position, id);";

const PRODUCT: &str = "CREATE TABLE product (
    id {uuid} NOT NULL PRIMARY KEY,
    seller_id {uuid} NOT NULL REFERENCES seller (id),
    category_id {uuid} REFERENCES category (id),
    handle {c_text} NOT NULL
        CONSTRAINT product_handle_length CHECK (length(handle) BETWEEN 1 AND 255),
    slug {c_text} NOT NULL
        CONSTRAINT product_slug_length CHECK (length(slug) BETWEEN 1 AND 400),
    name text NOT NULL
        CONSTRAINT product_name_length CHECK (length(name) BETWEEN 1 AND 255),
    name_key {c_text} NOT NULL,
    description text NOT NULL DEFAULT ''
        CONSTRAINT product_description_length CHECK (length(description) <= 2000),
    status text NOT NULL
        CONSTRAINT product_status_known CHECK (status IN ('DRAFT', 'ACTIVE', 'INACTIVE', 'ARCHIVED', 'DELETED')),
    metadata {json} NOT NULL DEFAULT '{}',
    currency text NOT NULL
        CONSTRAINT product_currency_form CHECK (length(currency) = 3),
    price_min bigint NOT NULL DEFAULT 0,
    price_max bigint NOT NULL DEFAULT 0,
    variant_count integer NOT NULL DEFAULT 0
        CONSTRAINT product_variant_count_not_negative CHECK (variant_count >= 0),
    in_stock boolean NOT NULL DEFAULT false,
    rating_sum bigint NOT NULL DEFAULT 0,
    rating_count bigint NOT NULL DEFAULT 0,
    rating_average integer NOT NULL DEFAULT 0,
    version bigint NOT NULL DEFAULT 1,
    created_at {timestamp} NOT NULL,
    updated_at {timestamp} NOT NULL,
    deleted_at {timestamp},
    CONSTRAINT product_price_range CHECK (price_min >= 0 AND price_max >= price_min),
    CONSTRAINT product_rating_within_stars
        CHECK (rating_count >= 0 AND rating_sum BETWEEN rating_count AND 5 * rating_count),
    CONSTRAINT product_deleted_has_time CHECK ((status = 'DELETED') = (deleted_at IS NOT NULL))
){strict};
CREATE UNIQUE INDEX product_handle_key ON product (seller_id, handle) WHERE deleted_at IS NULL;
CREATE UNIQUE INDEX product_name_key ON product (seller_id, name_key) WHERE deleted_at IS NULL;
CREATE UNIQUE INDEX product_slug_key ON product (slug) WHERE deleted_at IS NULL;
CREATE INDEX product_seller ON product (seller_id, id);
CREATE INDEX product_category ON product (category_id, id);";

const IMAGE: &str = "CREATE TABLE product_image (
    id {uuid} NOT NULL PRIMARY KEY,
    product_id {uuid} NOT NULL REFERENCES product (id),
    seller_id {uuid} NOT NULL REFERENCES seller (id),
    url text NOT NULL
        CONSTRAINT product_image_url_length CHECK (length(url) BETWEEN 1 AND 2048),
    alt text NOT NULL DEFAULT ''
        CONSTRAINT product_image_alt_length CHECK (length(alt) <= 512),
    position integer NOT NULL,
    created_at {timestamp} NOT NULL
){strict};
CREATE UNIQUE INDEX product_image_url_key ON product_image (product_id, url);
CREATE INDEX product_image_order ON product_image (product_id, position, id);";

const OPTIONS: &str = "CREATE TABLE product_option (
    id {uuid} NOT NULL PRIMARY KEY,
    product_id {uuid} NOT NULL REFERENCES product (id),
    seller_id {uuid} NOT NULL REFERENCES seller (id),
    name text NOT NULL
        CONSTRAINT product_option_name_length CHECK (length(name) BETWEEN 1 AND 100),
    position integer NOT NULL
){strict};
CREATE UNIQUE INDEX product_option_name_key ON product_option (product_id, name);
CREATE TABLE option_value (
    id {uuid} NOT NULL PRIMARY KEY,
    option_id {uuid} NOT NULL REFERENCES product_option (id),
    product_id {uuid} NOT NULL REFERENCES product (id),
    seller_id {uuid} NOT NULL REFERENCES seller (id),
    value text NOT NULL
        CONSTRAINT option_value_length CHECK (length(value) BETWEEN 1 AND 255),
    position integer NOT NULL
){strict};
CREATE UNIQUE INDEX option_value_key ON option_value (option_id, value);
CREATE INDEX option_value_product ON option_value (product_id);";

const VARIANT: &str = "CREATE TABLE variant (
    id {uuid} NOT NULL PRIMARY KEY,
    product_id {uuid} NOT NULL REFERENCES product (id),
    seller_id {uuid} NOT NULL REFERENCES seller (id),
    sku {c_text}
        CONSTRAINT variant_sku_length CHECK (length(sku) BETWEEN 1 AND 255),
    name text NOT NULL
        CONSTRAINT variant_name_length CHECK (length(name) <= 800),
    price bigint NOT NULL
        CONSTRAINT variant_price_not_negative CHECK (price >= 0),
    compare_at_price bigint
        CONSTRAINT variant_compare_at_price_not_negative CHECK (compare_at_price >= 0),
    currency text NOT NULL
        CONSTRAINT variant_currency_form CHECK (length(currency) = 3),
    barcode text
        CONSTRAINT variant_barcode_length CHECK (length(barcode) BETWEEN 1 AND 64),
    weight_grams bigint
        CONSTRAINT variant_weight_not_negative CHECK (weight_grams >= 0),
    weight_unit text NOT NULL DEFAULT 'GRAMS'
        CONSTRAINT variant_weight_unit_known CHECK (weight_unit IN ('GRAMS', 'KILOGRAMS', 'OUNCES', 'POUNDS')),
    image_id {uuid} REFERENCES product_image (id),
    position integer NOT NULL,
    version bigint NOT NULL DEFAULT 1,
    created_at {timestamp} NOT NULL,
    updated_at {timestamp} NOT NULL,
    deleted_at {timestamp}
){strict};
CREATE UNIQUE INDEX variant_sku_key ON variant (seller_id, sku) WHERE deleted_at IS NULL;
CREATE INDEX variant_order ON variant (product_id, position, id);
CREATE INDEX variant_image ON variant (image_id) WHERE image_id IS NOT NULL;
CREATE TABLE variant_option (
    variant_id {uuid} NOT NULL REFERENCES variant (id),
    option_id {uuid} NOT NULL REFERENCES product_option (id),
    value_id {uuid} NOT NULL REFERENCES option_value (id),
    product_id {uuid} NOT NULL REFERENCES product (id),
    seller_id {uuid} NOT NULL REFERENCES seller (id),
    PRIMARY KEY (variant_id, option_id)
){strict};
CREATE INDEX variant_option_product ON variant_option (product_id);
CREATE INDEX variant_option_value ON variant_option (value_id);";

const TAG: &str = "CREATE TABLE tag (
    id {uuid} NOT NULL PRIMARY KEY,
    slug {c_text} NOT NULL
        CONSTRAINT tag_slug_length CHECK (length(slug) BETWEEN 1 AND 100),
    name text NOT NULL
        CONSTRAINT tag_name_length CHECK (length(name) BETWEEN 1 AND 100),
    created_at {timestamp} NOT NULL
){strict};
CREATE UNIQUE INDEX tag_slug_key ON tag (slug);
CREATE TABLE product_tag (
    product_id {uuid} NOT NULL REFERENCES product (id),
    tag_id {uuid} NOT NULL REFERENCES tag (id),
    seller_id {uuid} NOT NULL REFERENCES seller (id),
    PRIMARY KEY (product_id, tag_id)
){strict};
CREATE INDEX product_tag_products ON product_tag (tag_id, product_id);";
