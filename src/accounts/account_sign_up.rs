//! Opening an account.

use super::{
    Email, SendMail, display_name::display_name, letter::Reason, spend_letter::spend_letter,
};
use crate::{
    audit::{self, Entry},
    caller::Caller,
    error::Result,
    jobs,
    platform::database::{Tx, walls::write_as_system},
};
use entity::accounts::{account, login};
use entity::ids::AccountId;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect, Statement};

/// A person who wants an account, looked over.
pub(super) struct SignUp {
    email: Email,
    password_hash: String,
    display_name: String,
}

impl SignUp {
    /// Looks over what was sent. The password is hashed here, before there is a transaction that would wait for it, and
    /// whether the address is taken or not.
    ///
    /// # Errors
    /// Invalid, naming what is wrong; `RateLimited` when several letters went to the address just before; Unavailable when
    /// too many passwords are being hashed.
    pub(super) async fn read(
        caller: &Caller,
        email: &str,
        password: &str,
        name: &str,
    ) -> Result<Self> {
        let email = Email::parse(email, "input.email")?;
        let display_name = display_name(name, "input.displayName")?;
        spend_letter(caller, &email).await?;
        let known_by = [email.written.as_str(), email.key.as_str(), &display_name];
        let passwords = &caller.passwords;
        let password_hash = passwords
            .hash_new(password, &known_by, "input.password")
            .await?;
        Ok(Self {
            email,
            password_hash,
            display_name,
        })
    }
}

/// Opens an account, and has a letter sent to the address; to an address that is taken, one that says so. The same
/// statements either way.
///
/// # Errors
/// Whatever the database says.
pub(super) async fn account_sign_up(caller: &Caller, tx: &Tx, new: SignUp) -> Result<()> {
    let (id, now) = (AccountId::generate(), caller.clock.now());
    let backend = tx.get_database_backend();
    // Also where someone else is signed in.
    write_as_system(tx, caller.writer()).await?;
    let sql = "INSERT INTO account (id, display_name, created_at, updated_at) SELECT $1, $2, $3, $4 \
               WHERE NOT EXISTS (SELECT 1 FROM account_login WHERE email_key = $5)";
    let key = new.email.key.as_str();
    let values = [
        id.0.into(),
        new.display_name.into(),
        now.into(),
        now.into(),
        key.into(),
    ];
    let insert = Statement::from_sql_and_values(backend, sql, values);
    let is_vacant = tx.execute_raw(insert).await?.rows_affected() == 1;

    // A twin may have taken the address meanwhile; this waits for it to commit.
    let sql = "INSERT INTO account_login \
                   (account_id, email, email_key, password_hash, password_changed_at, created_at, updated_at) \
               SELECT id, $2, $3, $4, created_at, created_at, created_at FROM account WHERE id = $1 \
               ON CONFLICT (email_key) DO NOTHING";
    let values = [
        id.0.into(),
        new.email.written.into(),
        key.into(),
        new.password_hash.into(),
    ];
    let insert = Statement::from_sql_and_values(backend, sql, values);
    let is_new = tx.execute_raw(insert).await?.rows_affected() == 1;
    if is_vacant && !is_new {
        account::Entity::delete_by_id(id).exec(tx).await?;
    }
    let account = login::Entity::find()
        .select_only()
        .column(login::Column::AccountId)
        .filter(login::Column::EmailKey.eq(key))
        .into_tuple::<AccountId>()
        .one(tx)
        .await?;
    let reason = if is_new {
        Reason::SignedUp
    } else {
        Reason::AddressTaken
    };
    jobs::enqueue(tx, &SendMail { account, reason }).await?;
    // Written down either way: else the statements would tell whether the address was taken.
    let signed_up = account.unwrap_or(id);
    let entry = Entry::new("account.sign_up", "account", signed_up).is("opened", is_new);
    audit::record(tx, caller, &[entry]).await
}
