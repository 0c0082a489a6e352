//! `tradewind accounts staff|set-role|suspend|reinstate`: how the first admin is made, and how one gets back in.

use crate::{
    accounts::staff::{self, AccountFilter, Reason},
    app::App,
    caller::{Actor, Caller, Role},
    error::{Error, Result},
    platform::{config::Settings, keyset::Page, telemetry::RequestId},
};
use clap::{Args, Subcommand, ValueEnum};
use entity::ids::AccountId;
use sea_orm::ActiveEnum;

#[derive(Args, Debug)]
pub(super) struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// List those with a role beyond a customer's.
    Staff,
    /// Give an account a role: the first admin is made with this.
    SetRole {
        /// The account's e-mail address.
        email: String,
        /// The role.
        #[arg(value_enum)]
        role: Wanted,
    },
    /// Lock an account, and sign its person out everywhere.
    Suspend {
        /// The account's e-mail address.
        email: String,
        /// Why, for those who read the audit log.
        #[arg(long)]
        reason: String,
    },
    /// Unlock an account.
    Reinstate {
        /// The account's e-mail address.
        email: String,
    },
}

/// A role, as the command line names it.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Wanted {
    Customer,
    Support,
    Admin,
}

impl From<Wanted> for Role {
    fn from(wanted: Wanted) -> Self {
        match wanted {
            Wanted::Customer => Self::Customer,
            Wanted::Support => Self::Support,
            Wanted::Admin => Self::Admin,
        }
    }
}

pub(super) async fn run(settings: Settings, arguments: Arguments) -> Result<()> {
    let app = App::from_settings(settings).await?;
    // Whoever can run this on the server's database is its operator.
    let caller = Caller::new(app.clone(), Actor::Operator, RequestId::generate());
    let done = act(&caller, arguments.action).await;
    app.database.close().await;
    done
}

async fn act(caller: &Caller, action: Action) -> Result<()> {
    match action {
        Action::Staff => {
            let roles = Some(vec![Role::Admin, Role::Support]);
            print(
                caller,
                AccountFilter {
                    roles,
                    ..AccountFilter::default()
                },
            )
            .await
        }
        Action::SetRole { email, role } => {
            let id = account_of(caller, &email).await?;
            caller
                .transaction(async |tx| staff::account_set_role(caller, tx, id, role.into()).await)
                .await?;
            print(caller, with_address(email)).await
        }
        Action::Suspend { email, reason } => {
            let (id, reason) = (
                account_of(caller, &email).await?,
                Reason::read(&reason, "--reason")?,
            );
            caller
                .transaction(async |tx| staff::account_suspend(caller, tx, id, &reason).await)
                .await?;
            print(caller, with_address(email)).await
        }
        Action::Reinstate { email } => {
            let id = account_of(caller, &email).await?;
            caller
                .transaction(async |tx| staff::account_reinstate(caller, tx, id).await)
                .await?;
            print(caller, with_address(email)).await
        }
    }
}

fn with_address(email: String) -> AccountFilter {
    AccountFilter {
        email: Some(email),
        ..AccountFilter::default()
    }
}

const FIRST: Page = Page {
    limit: 1_000,
    after: None,
    before: None,
    backward: false,
};

async fn account_of(caller: &Caller, email: &str) -> Result<AccountId> {
    let filter = with_address(email.to_owned());
    let found = staff::list(caller, &filter, &staff::order(), &FIRST).await?;
    let found = found.items().next().map(|known| known.account.id);
    found.ok_or_else(|| Error::invalid("email", format!("Nobody has an account with {email}.")))
}

async fn print(caller: &Caller, filter: AccountFilter) -> Result<()> {
    let found = staff::list(caller, &filter, &staff::order(), &FIRST).await?;
    for known in found.items() {
        let (account, email) = (&known.account, &known.login.email);
        let (role, status) = (account.role.to_value(), account.status.to_value());
        println!("{role:<8} {status:<9} {email}");
    }
    Ok(())
}
