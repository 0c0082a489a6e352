//! Typed ids: one newtype per table, so that a seller's id can never be bound where a product's is meant.
//!
//! Inside every id is a UUID version 7 (RFC 9562 §5.7): it sorts by time of creation, which is what lists
//! "newest first" rely on.

use sea_orm::{DbErr, DeriveValueType, TryFromU64};
use uuid::Uuid;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, DeriveValueType,
            serde::Serialize, serde::Deserialize,
        )]
        pub struct $name(pub Uuid);

        impl $name {
            /// A new id, later in order than every id made before it in this process.
            #[must_use]
            pub fn generate() -> Self {
                Self(Uuid::now_v7())
            }
        }

        impl From<$name> for Uuid {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self {
                Self(id)
            }
        }

        // SeaORM asks every primary key for this; no key of ours comes from an auto-increment.
        impl TryFromU64 for $name {
            fn try_from_u64(_: u64) -> Result<Self, DbErr> {
                Err(DbErr::ConvertFromU64(stringify!($name)))
            }
        }
    )+};
}

ids! {
    /// A person's account.
    AccountId,
    /// Where a person has things sent.
    AddressId,
    /// A person's session on one device.
    SessionId,
    /// A key with which a program acts as a person.
    ApiKeyId,
    /// A key on a device of a person, with which it signs in.
    PasskeyId,
    /// Who a person is at a provider of identities.
    OidcIdentityId,
    /// A seller's shop.
    SellerId,
    /// Someone's place in a shop.
    SellerMemberId,
    /// Someone who was asked into a shop.
    SellerInvitationId,
    /// A node of the category tree.
    CategoryId,
    /// A product of one seller.
    ProductId,
    /// One way in which a product varies, such as its size.
    OptionId,
    /// One value of an option, such as "M".
    OptionValueId,
    /// What is bought: one combination of a product's option values.
    VariantId,
    /// A picture of a product.
    ImageId,
    /// A file of products that a seller imports.
    ProductImportId,
    /// A word products are labelled with.
    TagId,
    /// What a buyer says of a product.
    ReviewId,
    /// A piece of work to be done later.
    JobId,
    /// Where stock lies.
    LocationId,
    /// A change of how many units there are.
    StockMovementId,
    /// Units that are promised to someone for a while.
    ReservationId,
    /// What someone means to buy.
    CartId,
    /// One variant in a cart.
    CartLineId,
    /// A code that makes things cheaper.
    VoucherId,
    /// One use of a voucher.
    VoucherRedemptionId,
    /// A way in which a shop sends things.
    ShippingMethodId,
    /// What a shop sends for an order.
    ShipmentId,
    /// What someone bought.
    OrderId,
    /// One variant in an order.
    OrderLineId,
    /// What one shop has to do for an order.
    FulfilmentId,
    /// The payment of an order.
    PaymentId,
    /// One call to a provider of payments.
    PaymentAttemptId,
    /// Money that goes back.
    RefundId,
    /// A payment into a wallet.
    TopUpId,
    /// An account in the ledger.
    LedgerAccountId,
    /// A transaction in the ledger.
    LedgerTransactionId,
    /// One line of a transaction in the ledger.
    LedgerEntryId,
    /// A piece of work in steps, each of which can be undone.
    SagaId,
    /// Something that happened.
    EventId,
    /// Something that someone did.
    AuditEntryId,
}
