use crate::sql::{SqlMigration, Step};

// Where people have things sent, and bills. Orders keep what they were sent to by themselves, so these may go.
pub(crate) const MIGRATION: SqlMigration = SqlMigration {
    name: "m20261121_000019_addresses",
    up: &[
        Step::Both(
            "CREATE TABLE address (
                id {uuid} NOT NULL PRIMARY KEY,
                customer_id {uuid} NOT NULL REFERENCES account (id),
                name text NOT NULL CONSTRAINT address_name_length CHECK (length(name) BETWEEN 1 AND 100),
                company text CONSTRAINT address_company_length CHECK (length(company) BETWEEN 1 AND 100),
                line1 text NOT NULL CONSTRAINT address_line1_length CHECK (length(line1) BETWEEN 1 AND 200),
                line2 text CONSTRAINT address_line2_length CHECK (length(line2) BETWEEN 1 AND 200),
                city text NOT NULL CONSTRAINT address_city_length CHECK (length(city) BETWEEN 1 AND 100),
                region text CONSTRAINT address_region_length CHECK (length(region) BETWEEN 1 AND 100),
                postal_code text CONSTRAINT address_postal_code_length CHECK (length(postal_code) BETWEEN 1 AND 20),
                country text NOT NULL CONSTRAINT address_country_length CHECK (length(country) = 2),
                phone text CONSTRAINT address_phone_length CHECK (length(phone) BETWEEN 3 AND 30),
                is_default_shipping boolean NOT NULL,
                is_default_billing boolean NOT NULL,
                version bigint NOT NULL,
                created_at {timestamp} NOT NULL,
                updated_at {timestamp} NOT NULL
            ){strict};",
        ),
        Step::Both("CREATE INDEX address_customer ON address (customer_id, id);"),
        Step::Both(
            "CREATE UNIQUE INDEX address_default_shipping ON address (customer_id) WHERE is_default_shipping;",
        ),
        Step::Both(
            "CREATE UNIQUE INDEX address_default_billing ON address (customer_id) WHERE is_default_billing;",
        ),
    ],
    down: &[Step::Both("DROP TABLE address;")],
    in_transaction: true,
};
