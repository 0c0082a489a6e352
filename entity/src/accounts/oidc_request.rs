//! Ways to a provider of identities and back, each used once.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "oidc_request")]
pub struct Model {
    /// SHA-256 of the state that the provider sends back.
    #[sea_orm(primary_key, auto_increment = false, column_type = "Text")]
    pub state_hash: String,
    /// SHA-256 of what the browser keeps in a cookie.
    #[sea_orm(column_type = "Text")]
    pub browser_hash: String,
    /// The provider's name in the settings.
    #[sea_orm(column_type = "Text")]
    pub provider: String,
    /// The path where the person goes then.
    #[sea_orm(column_type = "Text")]
    pub return_to: String,
    pub created_at: DateTimeUtc,
    pub expires_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
