//! What each role may do in a shop: the one table of it. Whoever is no member may do nothing there, admins included.

use super::ShopRole;
use crate::error::{Error, Result};

/// Something that is done in a shop.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum ShopPermission {
    /// Make, change, publish and delete products.
    ProductsWrite,
    /// Say what something costs.
    PricesWrite,
    /// Say how many units there are.
    StockWrite,
    /// Change what the shop says of itself.
    ShopManage,
    /// Ask people in, give them other roles, and let them go.
    MembersManage,
    /// Send what was bought, and cancel what cannot be sent.
    OrdersWrite,
    /// See the shop's money: its balance, and what was posted to it.
    FinancesRead,
}

/// What a role may do.
fn permissions_of(role: ShopRole) -> &'static [ShopPermission] {
    use ShopPermission as P;
    match role {
        ShopRole::Staff => &[P::ProductsWrite, P::StockWrite, P::OrdersWrite],
        // Whom they may manage, see `may_concern`.
        ShopRole::Manager | ShopRole::Owner => &[
            P::ProductsWrite,
            P::PricesWrite,
            P::StockWrite,
            P::OrdersWrite,
            P::ShopManage,
            P::MembersManage,
            P::FinancesRead,
        ],
    }
}

/// The roles that have `permission`.
pub(super) fn roles_with(permission: ShopPermission) -> impl Iterator<Item = ShopRole> {
    [ShopRole::Owner, ShopRole::Manager, ShopRole::Staff]
        .into_iter()
        .filter(move |role| permissions_of(*role).contains(&permission))
}

/// Lets only a role pass that has `permission`.
///
/// # Errors
/// Forbidden.
pub(crate) fn may_role(role: ShopRole, permission: ShopPermission) -> Result<()> {
    if permissions_of(role).contains(&permission) {
        Ok(())
    } else {
        Err(Error::Forbidden)
    }
}

/// Lets a role pass only where it may do something about people of the role `other`: what concerns owners is theirs alone.
///
/// # Errors
/// Forbidden.
pub(super) fn may_concern(role: ShopRole, other: ShopRole) -> Result<()> {
    if role == ShopRole::Owner || other != ShopRole::Owner {
        Ok(())
    } else {
        Err(Error::Forbidden)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn staff_sets_no_prices_and_managers_make_no_owners() {
        use ShopPermission as P;
        let may = |role, permission| may_role(role, permission).is_ok();
        assert!(may(ShopRole::Staff, P::ProductsWrite) && may(ShopRole::Staff, P::StockWrite));
        for permission in [
            P::PricesWrite,
            P::ShopManage,
            P::MembersManage,
            P::FinancesRead,
        ] {
            assert!(!may(ShopRole::Staff, permission));
            assert!(may(ShopRole::Manager, permission) && may(ShopRole::Owner, permission));
        }
        assert!(may_concern(ShopRole::Manager, ShopRole::Owner).is_err());
        assert!(may_concern(ShopRole::Manager, ShopRole::Manager).is_ok());
        assert!(may_concern(ShopRole::Owner, ShopRole::Owner).is_ok());
    }
}
