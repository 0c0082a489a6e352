use crate::sql::{SqlMigration, Step};

// A second wall, on PostgreSQL: a transaction in a person's name (`SET LOCAL tradewind.writer = '…'`, by the server) writes no row that
// is another's, whatever its statements say. Without a name it is the system's, and writes all: jobs, seeds, migrations, restores. Everything
// may be read, at no cost. FORCE, since the server owns its tables.
pub(crate) const MIGRATION: SqlMigration = SqlMigration {
    name: "m20261121_000020_row_level_security",
    up: &[
        Step::Postgres(
            "CREATE FUNCTION tradewind_may_write(owner uuid) RETURNS boolean LANGUAGE sql STABLE
                RETURN coalesce(current_setting('tradewind.writer', true), '') IN ('', owner::text);",
        ),
        Step::Postgres(
            "CREATE POLICY account_read ON account FOR SELECT USING (true);
             CREATE POLICY account_write ON account USING (tradewind_may_write(id));
             ALTER TABLE account ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;",
        ),
        Step::Postgres(
            "CREATE POLICY account_login_read ON account_login FOR SELECT USING (true);
             CREATE POLICY account_login_write ON account_login USING (tradewind_may_write(account_id));
             ALTER TABLE account_login ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;",
        ),
        Step::Postgres(
            "CREATE POLICY account_token_read ON account_token FOR SELECT USING (true);
             CREATE POLICY account_token_write ON account_token USING (tradewind_may_write(account_id));
             ALTER TABLE account_token ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;",
        ),
        Step::Postgres(
            "CREATE POLICY session_read ON session FOR SELECT USING (true);
             CREATE POLICY session_write ON session USING (tradewind_may_write(account_id));
             ALTER TABLE session ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;",
        ),
        Step::Postgres(
            "CREATE POLICY refresh_token_read ON refresh_token FOR SELECT USING (true);
             CREATE POLICY refresh_token_write ON refresh_token USING (tradewind_may_write(
                 (SELECT account_id FROM session WHERE session.id = refresh_token.session_id)));
             ALTER TABLE refresh_token ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;",
        ),
        Step::Postgres(
            "CREATE POLICY api_key_read ON api_key FOR SELECT USING (true);
             CREATE POLICY api_key_write ON api_key USING (tradewind_may_write(account_id));
             ALTER TABLE api_key ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;",
        ),
        Step::Postgres(
            "CREATE POLICY address_read ON address FOR SELECT USING (true);
             CREATE POLICY address_write ON address USING (tradewind_may_write(customer_id));
             ALTER TABLE address ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;",
        ),
        Step::Postgres(
            "CREATE POLICY totp_read ON totp FOR SELECT USING (true);
             CREATE POLICY totp_write ON totp USING (tradewind_may_write(account_id));
             ALTER TABLE totp ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;",
        ),
        Step::Postgres(
            "CREATE POLICY recovery_code_read ON recovery_code FOR SELECT USING (true);
             CREATE POLICY recovery_code_write ON recovery_code USING (tradewind_may_write(account_id));
             ALTER TABLE recovery_code ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;",
        ),
        Step::Postgres(
            "CREATE POLICY passkey_read ON passkey FOR SELECT USING (true);
             CREATE POLICY passkey_write ON passkey USING (tradewind_may_write(account_id));
             ALTER TABLE passkey ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;",
        ),
        Step::Postgres(
            "CREATE POLICY sign_in_challenge_read ON sign_in_challenge FOR SELECT USING (true);
             CREATE POLICY sign_in_challenge_write ON sign_in_challenge USING (tradewind_may_write(account_id));
             ALTER TABLE sign_in_challenge ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;",
        ),
        Step::Postgres(
            "CREATE POLICY oidc_identity_read ON oidc_identity FOR SELECT USING (true);
             CREATE POLICY oidc_identity_write ON oidc_identity USING (tradewind_may_write(account_id));
             ALTER TABLE oidc_identity ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;",
        ),
    ],
    down: &[
        Step::Postgres(
            "ALTER TABLE oidc_identity NO FORCE ROW LEVEL SECURITY, DISABLE ROW LEVEL SECURITY;
             DROP POLICY oidc_identity_write ON oidc_identity;
             DROP POLICY oidc_identity_read ON oidc_identity;",
        ),
        Step::Postgres(
            "ALTER TABLE sign_in_challenge NO FORCE ROW LEVEL SECURITY, DISABLE ROW LEVEL SECURITY;
             DROP POLICY sign_in_challenge_write ON sign_in_challenge;
             DROP POLICY sign_in_challenge_read ON sign_in_challenge;",
        ),
        Step::Postgres(
            "ALTER TABLE passkey NO FORCE ROW LEVEL SECURITY, DISABLE ROW LEVEL SECURITY;
             DROP POLICY passkey_write ON passkey;
             DROP POLICY passkey_read ON passkey;",
        ),
        Step::Postgres(
            "ALTER TABLE recovery_code NO FORCE ROW LEVEL SECURITY, DISABLE ROW LEVEL SECURITY;
             DROP POLICY recovery_code_write ON recovery_code;
             DROP POLICY recovery_code_read ON recovery_code;",
        ),
        Step::Postgres(
            "ALTER TABLE totp NO FORCE ROW LEVEL SECURITY, DISABLE ROW LEVEL SECURITY;
             DROP POLICY totp_write ON totp;
             DROP POLICY totp_read ON totp;",
        ),
        Step::Postgres(
            "ALTER TABLE address NO FORCE ROW LEVEL SECURITY, DISABLE ROW LEVEL SECURITY;
             DROP POLICY address_write ON address;
             DROP POLICY address_read ON address;",
        ),
        Step::Postgres(
            "ALTER TABLE api_key NO FORCE ROW LEVEL SECURITY, DISABLE ROW LEVEL SECURITY;
             DROP POLICY api_key_write ON api_key;
             DROP POLICY api_key_read ON api_key;",
        ),
        Step::Postgres(
            "ALTER TABLE refresh_token NO FORCE ROW LEVEL SECURITY, DISABLE ROW LEVEL SECURITY;
             DROP POLICY refresh_token_write ON refresh_token;
             DROP POLICY refresh_token_read ON refresh_token;",
        ),
        Step::Postgres(
            "ALTER TABLE session NO FORCE ROW LEVEL SECURITY, DISABLE ROW LEVEL SECURITY;
             DROP POLICY session_write ON session;
             DROP POLICY session_read ON session;",
        ),
        Step::Postgres(
            "ALTER TABLE account_token NO FORCE ROW LEVEL SECURITY, DISABLE ROW LEVEL SECURITY;
             DROP POLICY account_token_write ON account_token;
             DROP POLICY account_token_read ON account_token;",
        ),
        Step::Postgres(
            "ALTER TABLE account_login NO FORCE ROW LEVEL SECURITY, DISABLE ROW LEVEL SECURITY;
             DROP POLICY account_login_write ON account_login;
             DROP POLICY account_login_read ON account_login;",
        ),
        Step::Postgres(
            "ALTER TABLE account NO FORCE ROW LEVEL SECURITY, DISABLE ROW LEVEL SECURITY;
             DROP POLICY account_write ON account;
             DROP POLICY account_read ON account;",
        ),
        Step::Postgres("DROP FUNCTION tradewind_may_write(uuid);"),
    ],
    in_transaction: true,
};
