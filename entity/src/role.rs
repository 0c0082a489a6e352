//! Roles: known to whoever asks who is calling, not only to the room of accounts.

use sea_orm::entity::prelude::*;

/// What an account may do beyond what it owns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum Role {
    /// Buys, and sells as a member of shops.
    #[sea_orm(string_value = "CUSTOMER")]
    Customer,
    /// Helps customers and sellers.
    #[sea_orm(string_value = "SUPPORT")]
    Support,
    /// Runs the marketplace.
    #[sea_orm(string_value = "ADMIN")]
    Admin,
}
