use crate::sql::{SqlMigration, Step};

// Where every cent is: accounts, and transactions made of entries that sum to zero. Credit is positive. What was posted is never changed or
// deleted: what was wrong is posted back. See docs/ledger.md.
//
// The marketplace's own accounts are striped: every sale posts to them, and would wait for every other.
pub(crate) const MIGRATION: SqlMigration = SqlMigration {
    name: "m20261121_000023_ledger",
    up: &[
        Step::Both(
            "ALTER TABLE seller ADD COLUMN commission_bps bigint
                CONSTRAINT seller_commission_bps_bounds CHECK (commission_bps BETWEEN 0 AND 10000);",
        ),
        Step::Both(
            "CREATE TABLE ledger_account (
                id {uuid} NOT NULL PRIMARY KEY,
                kind text NOT NULL CONSTRAINT ledger_account_kind_known CHECK (kind IN (
                    'SELLER', 'CUSTOMER_WALLET', 'PROVIDER_CLEARING', 'PLATFORM_REVENUE', 'TAX', 'FEES', 'VOUCHER_COST', 'GOODWILL_COST'
                )),
                seller_id {uuid} REFERENCES seller (id),
                customer_id {uuid} REFERENCES account (id),
                currency text NOT NULL CONSTRAINT ledger_account_currency_form CHECK (length(currency) = 3),
                stripe smallint NOT NULL CONSTRAINT ledger_account_stripe_bounds CHECK (stripe BETWEEN 0 AND 255),
                balance bigint NOT NULL,
                entries bigint NOT NULL CONSTRAINT ledger_account_entries_counted CHECK (entries >= 0),
                created_at {timestamp} NOT NULL,
                posted_at {timestamp} NOT NULL,
                CONSTRAINT ledger_account_owned CHECK (
                    (kind = 'SELLER') = (seller_id IS NOT NULL) AND (kind = 'CUSTOMER_WALLET') = (customer_id IS NOT NULL)
                ),
                CONSTRAINT ledger_account_striped CHECK (stripe = 0 OR (seller_id IS NULL AND customer_id IS NULL)),
                CONSTRAINT ledger_account_balance_allowed CHECK (
                    balance BETWEEN -4000000000000000000 AND 4000000000000000000 AND (kind <> 'CUSTOMER_WALLET' OR balance >= 0)
                ),
                CONSTRAINT ledger_account_of_currency UNIQUE (id, currency)
            ){strict};",
        ),
        Step::Both(
            "CREATE UNIQUE INDEX ledger_account_of_seller ON ledger_account (seller_id, kind, currency) WHERE seller_id IS NOT NULL;",
        ),
        Step::Both(
            "CREATE UNIQUE INDEX ledger_account_of_customer ON ledger_account (customer_id, kind, currency)
                WHERE customer_id IS NOT NULL;",
        ),
        Step::Both(
            "CREATE UNIQUE INDEX ledger_account_of_platform ON ledger_account (kind, currency, stripe)
                WHERE seller_id IS NULL AND customer_id IS NULL;",
        ),
        Step::Both("CREATE INDEX ledger_account_kind ON ledger_account (kind, id);"),
        Step::Both(
            "CREATE TABLE ledger_transaction (
                id {uuid} NOT NULL PRIMARY KEY,
                kind text NOT NULL CONSTRAINT ledger_transaction_kind_known CHECK (kind IN (
                    'SALE', 'REFUND', 'TOP_UP', 'TRANSFER', 'CREDIT', 'PROVIDER_FEE'
                )),
                source_kind text NOT NULL CONSTRAINT ledger_transaction_source_known CHECK (source_kind IN (
                    'ORDER', 'REFUND', 'PAYMENT', 'TRANSFER', 'CREDIT'
                )),
                source_id {uuid} NOT NULL,
                currency text NOT NULL,
                of_id {uuid} REFERENCES ledger_transaction (id),
                fingerprint text NOT NULL CONSTRAINT ledger_transaction_fingerprint_form CHECK (length(fingerprint) = 64),
                note text CONSTRAINT ledger_transaction_note_length CHECK (length(note) BETWEEN 1 AND 500),
                posted_at {timestamp} NOT NULL,
                CONSTRAINT ledger_transaction_source UNIQUE (source_kind, source_id, kind),
                CONSTRAINT ledger_transaction_of_currency UNIQUE (id, currency)
            ){strict};",
        ),
        Step::Both("CREATE INDEX ledger_transaction_of ON ledger_transaction (of_id) WHERE of_id IS NOT NULL;"),
        Step::Both(
            "CREATE TABLE ledger_entry (
                id {uuid} NOT NULL PRIMARY KEY,
                transaction_id {uuid} NOT NULL,
                line smallint NOT NULL CONSTRAINT ledger_entry_line_counted CHECK (line >= 1),
                account_id {uuid} NOT NULL,
                sequence bigint NOT NULL CONSTRAINT ledger_entry_sequence_counted CHECK (sequence >= 1),
                reason text NOT NULL CONSTRAINT ledger_entry_reason_known CHECK (reason IN (
                    'PAYMENT', 'GOODS', 'SHIPPING', 'TAX', 'VOUCHER', 'COMMISSION', 'COMMISSION_TAX', 'TRANSFER', 'CREDIT', 'PROVIDER_FEE'
                )),
                amount bigint NOT NULL CONSTRAINT ledger_entry_amount_bounds
                    CHECK (amount <> 0 AND amount BETWEEN -4000000000000000000 AND 4000000000000000000),
                currency text NOT NULL,
                balance_after bigint NOT NULL,
                seller_id {uuid},
                customer_id {uuid},
                posted_at {timestamp} NOT NULL,
                CONSTRAINT ledger_entry_line UNIQUE (transaction_id, line),
                CONSTRAINT ledger_entry_sequence UNIQUE (account_id, sequence),
                FOREIGN KEY (transaction_id, currency) REFERENCES ledger_transaction (id, currency),
                FOREIGN KEY (account_id, currency) REFERENCES ledger_account (id, currency)
            ){strict};",
        ),
        // A balance as of a date is that after the last entry until then.
        Step::Both("CREATE INDEX ledger_entry_posted ON ledger_entry (account_id, posted_at, sequence);"),
        Step::Both(
            "CREATE INDEX ledger_entry_customer ON ledger_entry (customer_id, id) WHERE customer_id IS NOT NULL;",
        ),
        Step::Postgres(
            "CREATE FUNCTION ledger_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                RAISE EXCEPTION 'the ledger is only added to, see docs/ledger.md' USING ERRCODE = 'restrict_violation';
            END $$;",
        ),
        Step::Postgres(
            "CREATE FUNCTION ledger_check_balanced() RETURNS trigger LANGUAGE plpgsql AS $$
            DECLARE
                posted uuid;
            BEGIN
                IF TG_TABLE_NAME = 'ledger_transaction' THEN
                    posted := NEW.id;
                ELSE
                    posted := NEW.transaction_id;
                END IF;
                IF (SELECT count(*) < 2 OR sum(amount) <> 0 FROM ledger_entry WHERE transaction_id = posted) THEN
                    RAISE EXCEPTION 'the entries of the ledger transaction % do not sum to zero', posted
                        USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_entry_balanced';
                END IF;
                RETURN NULL;
            END $$;",
        ),
        Step::Postgres(
            "CREATE CONSTRAINT TRIGGER ledger_transaction_balanced AFTER INSERT ON ledger_transaction
                DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_check_balanced();
            CREATE CONSTRAINT TRIGGER ledger_entry_balanced AFTER INSERT ON ledger_entry
                DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_check_balanced();",
        ),
        Step::Postgres(
            "CREATE TRIGGER ledger_entry_no_change BEFORE UPDATE OR DELETE ON ledger_entry
                FOR EACH ROW EXECUTE FUNCTION ledger_refuse();
            CREATE TRIGGER ledger_entry_no_truncate BEFORE TRUNCATE ON ledger_entry
                FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse();
            CREATE TRIGGER ledger_transaction_no_change BEFORE UPDATE OR DELETE ON ledger_transaction
                FOR EACH ROW EXECUTE FUNCTION ledger_refuse();
            CREATE TRIGGER ledger_transaction_no_truncate BEFORE TRUNCATE ON ledger_transaction
                FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse();
            CREATE TRIGGER ledger_account_no_delete BEFORE DELETE ON ledger_account
                FOR EACH ROW EXECUTE FUNCTION ledger_refuse();
            CREATE TRIGGER ledger_account_no_truncate BEFORE TRUNCATE ON ledger_account
                FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse();",
        ),
        // The server's own role may not either. Transactions and accounts are referred to, and a foreign key's check asks for UPDATE.
        Step::Postgres(
            "REVOKE UPDATE, DELETE, TRUNCATE ON ledger_entry FROM CURRENT_USER;
             REVOKE DELETE, TRUNCATE ON ledger_transaction FROM CURRENT_USER;
             REVOKE DELETE, TRUNCATE ON ledger_account FROM CURRENT_USER;",
        ),
        Step::Sqlite(
            "CREATE TRIGGER ledger_entry_no_update BEFORE UPDATE ON ledger_entry
            BEGIN SELECT RAISE(ABORT, 'the ledger is only added to, see docs/ledger.md'); END;",
        ),
        Step::Sqlite(
            "CREATE TRIGGER ledger_entry_no_delete BEFORE DELETE ON ledger_entry
            BEGIN SELECT RAISE(ABORT, 'the ledger is only added to, see docs/ledger.md'); END;",
        ),
        // INSERT OR REPLACE deletes without asking the triggers above.
        Step::Sqlite(
            "CREATE TRIGGER ledger_entry_no_replace BEFORE INSERT ON ledger_entry
            WHEN EXISTS (SELECT 1 FROM ledger_entry WHERE id = NEW.id
                OR (transaction_id = NEW.transaction_id AND line = NEW.line)
                OR (account_id = NEW.account_id AND sequence = NEW.sequence))
            BEGIN SELECT RAISE(ABORT, 'the ledger is only added to, see docs/ledger.md'); END;",
        ),
        Step::Sqlite(
            "CREATE TRIGGER ledger_transaction_no_update BEFORE UPDATE ON ledger_transaction
            BEGIN SELECT RAISE(ABORT, 'the ledger is only added to, see docs/ledger.md'); END;",
        ),
        Step::Sqlite(
            "CREATE TRIGGER ledger_transaction_no_delete BEFORE DELETE ON ledger_transaction
            BEGIN SELECT RAISE(ABORT, 'the ledger is only added to, see docs/ledger.md'); END;",
        ),
        Step::Sqlite(
            "CREATE TRIGGER ledger_account_no_delete BEFORE DELETE ON ledger_account
            BEGIN SELECT RAISE(ABORT, 'the ledger is only added to, see docs/ledger.md'); END;",
        ),
        // A mutation in a customer's name moves nobody's money but by the ledger itself, which writes as the system.
        Step::Postgres(
            "CREATE POLICY ledger_account_read ON ledger_account FOR SELECT USING (true);
             CREATE POLICY ledger_account_write ON ledger_account USING (tradewind_may_write(NULL));
             ALTER TABLE ledger_account ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
             CREATE POLICY ledger_transaction_read ON ledger_transaction FOR SELECT USING (true);
             CREATE POLICY ledger_transaction_write ON ledger_transaction USING (tradewind_may_write(NULL));
             ALTER TABLE ledger_transaction ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
             CREATE POLICY ledger_entry_read ON ledger_entry FOR SELECT USING (true);
             CREATE POLICY ledger_entry_write ON ledger_entry USING (tradewind_may_write(NULL));
             ALTER TABLE ledger_entry ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;",
        ),
    ],
    down: &[
        Step::Both("DROP TABLE ledger_entry;"),
        Step::Both("DROP TABLE ledger_transaction;"),
        Step::Both("DROP TABLE ledger_account;"),
        Step::Postgres("DROP FUNCTION ledger_check_balanced();"),
        Step::Postgres("DROP FUNCTION ledger_refuse();"),
        Step::Both("ALTER TABLE seller DROP COLUMN commission_bps;"),
    ],
    in_transaction: true,
};
