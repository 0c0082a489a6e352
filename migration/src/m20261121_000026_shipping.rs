use crate::sql::{SqlMigration, Step};

// In which ways shops send things, and what tax is due where.
pub(crate) const MIGRATION: SqlMigration = SqlMigration {
    name: "m20261121_000026_shipping",
    up: &[
        Step::Both(
            "CREATE TABLE shipping_method (
                id {uuid} NOT NULL PRIMARY KEY,
                seller_id {uuid} NOT NULL REFERENCES seller (id),
                name text NOT NULL CONSTRAINT shipping_method_name_length CHECK (length(name) BETWEEN 1 AND 100),
                currency text NOT NULL CONSTRAINT shipping_method_currency_length CHECK (length(currency) = 3),
                price bigint NOT NULL CONSTRAINT shipping_method_price_range CHECK (price BETWEEN 0 AND 1000000000000),
                free_from bigint CONSTRAINT shipping_method_free_from_positive CHECK (free_from > 0),
                countries text NOT NULL CONSTRAINT shipping_method_countries_length CHECK (length(countries) <= 1000),
                min_days smallint CONSTRAINT shipping_method_min_days_range CHECK (min_days BETWEEN 0 AND 365),
                max_days smallint CONSTRAINT shipping_method_max_days_range CHECK (max_days BETWEEN 0 AND 365),
                active boolean NOT NULL,
                version bigint NOT NULL,
                created_at {timestamp} NOT NULL,
                updated_at {timestamp} NOT NULL,
                CONSTRAINT shipping_method_days_ordered CHECK (min_days <= max_days)
            ){strict};",
        ),
        Step::Both("CREATE INDEX shipping_method_seller ON shipping_method (seller_id, id);"),
        Step::Both(
            "CREATE TABLE tax_rate (
                id {uuid} NOT NULL PRIMARY KEY,
                country {c_text} NOT NULL CONSTRAINT tax_rate_country_length CHECK (length(country) = 2),
                region {c_text} NOT NULL CONSTRAINT tax_rate_region_length CHECK (length(region) <= 100),
                name text NOT NULL CONSTRAINT tax_rate_name_length CHECK (length(name) BETWEEN 1 AND 50),
                rate_bps smallint NOT NULL CONSTRAINT tax_rate_range CHECK (rate_bps BETWEEN 0 AND 10000),
                included boolean NOT NULL,
                version bigint NOT NULL,
                created_at {timestamp} NOT NULL,
                updated_at {timestamp} NOT NULL
            ){strict};",
        ),
        Step::Both("CREATE UNIQUE INDEX tax_rate_key ON tax_rate (country, region);"),
    ],
    down: &[
        Step::Both("DROP TABLE tax_rate;"),
        Step::Both("DROP TABLE shipping_method;"),
    ],
    in_transaction: true,
};
