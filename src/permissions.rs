//! Who may do what, in one place.
//!
//! A role lets its bearer do something to what is not its own. What a person owns, or may do as a member of a shop, is
//! no permission: finders scope it. Nobody has what is not listed here.

use entity::role::Role;

/// Something that not everyone may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Permission {
    /// See jobs and queues.
    JobsRead,
    /// Retry and discard jobs, pause and resume queues.
    JobsSteer,
    /// See sagas and their steps.
    SagasRead,
    /// Have sagas go on, and say what their steps came to.
    SagasSteer,
    /// See payments of others, and what providers were asked.
    PaymentsRead,
    /// See orders of others.
    OrdersRead,
    /// Cancel orders of others.
    OrdersCancel,
    /// Read who changed what.
    AuditRead,
    /// See accounts and their sessions.
    AccountsRead,
    /// Suspend accounts, and let them in again.
    AccountsSuspend,
    /// Give and take roles.
    RolesGrant,
    /// See in every shop what its members see.
    ShopsRead,
    /// Suspend shops and open them again.
    SellersSuspend,
    /// Change the tree of categories.
    CategoriesManage,
    /// See every account of the ledger, and what was posted to it.
    LedgerRead,
    /// Give customers money.
    WalletsCredit,
    /// Say what the marketplace keeps of a shop's sales.
    CommissionSet,
    /// Make and change the platform's vouchers, and what tax is due where.
    PricingManage,
}

/// What a role may do.
#[must_use]
pub fn permissions_of(role: Role) -> &'static [Permission] {
    use Permission as P;
    match role {
        Role::Customer => &[],
        Role::Support => &[
            P::JobsRead,
            P::SagasRead,
            P::PaymentsRead,
            P::OrdersRead,
            P::OrdersCancel,
            P::AuditRead,
            P::AccountsRead,
            P::ShopsRead,
            P::LedgerRead,
        ],
        Role::Admin => &[
            P::JobsRead,
            P::JobsSteer,
            P::SagasRead,
            P::SagasSteer,
            P::PaymentsRead,
            P::OrdersRead,
            P::OrdersCancel,
            P::AuditRead,
            P::AccountsRead,
            P::AccountsSuspend,
            P::RolesGrant,
            P::ShopsRead,
            P::SellersSuspend,
            P::CategoriesManage,
            P::LedgerRead,
            P::WalletsCredit,
            P::CommissionSet,
            P::PricingManage,
        ],
    }
}
