//! Global ids: opaque to clients, a prefix and a UUID inside, in the form of the `TypeID` specification (v0.3:
//! prefix, underscore, 26 digits of Crockford's base 32), so that an id says what it is of.

use crate::error::{Error, Result};
use async_graphql::ID;
use entity::ids::{
    AccountId, AddressId, ApiKeyId, AuditEntryId, CartId, CartLineId, CategoryId, FulfilmentId,
    ImageId, JobId, LedgerAccountId, LedgerEntryId, LedgerTransactionId, LocationId,
    OidcIdentityId, OrderId, OrderLineId, PasskeyId, PaymentAttemptId, PaymentId, ProductId,
    ProductImportId, RefundId, ReservationId, ReviewId, SagaId, SellerId, SellerMemberId,
    SessionId, ShipmentId, ShippingMethodId, StockMovementId, TagId, TopUpId, VariantId, VoucherId,
    VoucherRedemptionId,
};
use uuid::Uuid;

/// An id that clients see.
pub(crate) trait GlobalId: From<Uuid> + Into<Uuid> {
    /// What the global id begins with.
    const PREFIX: &'static str;
    /// What a person calls the thing.
    const NAME: &'static str;
}

macro_rules! global_ids {
    ($($id:ident $prefix:literal $name:literal;)+) => {
        $(impl GlobalId for $id {
            const PREFIX: &'static str = $prefix;
            const NAME: &'static str = $name;
        })+
    };
}

global_ids! {
    AccountId "author" "author";
    AddressId "address" "address";
    ApiKeyId "key" "key";
    AuditEntryId "audit" "audit entry";
    CartId "cart" "cart";
    CartLineId "cartline" "line of a cart";
    CategoryId "category" "category";
    FulfilmentId "fulfilment" "fulfilment";
    ImageId "image" "image";
    JobId "job" "job";
    LedgerAccountId "ledger" "ledger account";
    LedgerEntryId "entry" "ledger entry";
    LedgerTransactionId "posting" "ledger transaction";
    LocationId "location" "location";
    OidcIdentityId "identity" "identity";
    OrderId "order" "order";
    OrderLineId "orderline" "line of an order";
    PasskeyId "passkey" "passkey";
    PaymentAttemptId "attempt" "payment attempt";
    PaymentId "payment" "payment";
    ProductId "product" "product";
    ProductImportId "import" "import";
    RefundId "refund" "refund";
    ReservationId "reservation" "reservation";
    ReviewId "review" "review";
    SagaId "saga" "saga";
    SellerId "seller" "seller";
    SellerMemberId "member" "member";
    SessionId "session" "session";
    ShipmentId "shipment" "shipment";
    ShippingMethodId "shipping" "shipping method";
    StockMovementId "movement" "stock movement";
    TagId "tag" "tag";
    TopUpId "topup" "top-up";
    VariantId "variant" "variant";
    VoucherId "voucher" "voucher";
    VoucherRedemptionId "redemption" "use of a voucher";
}

const DIGITS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
const LENGTH: usize = 26;

/// The global id of `id`.
pub(crate) fn encode<I: GlobalId>(id: I) -> ID {
    encode_as(I::PREFIX, id.into())
}

/// The global id that begins with `prefix`, for those who know it only when they see it.
pub(crate) fn encode_as(prefix: &str, id: Uuid) -> ID {
    let value = id.as_u128();
    let mut text = String::with_capacity(prefix.len() + 1 + LENGTH);
    text.push_str(prefix);
    text.push('_');
    for digit in (0..LENGTH).rev() {
        // Five bits a digit; the first has only the three that are left of 128.
        let bits = (value >> (5 * digit)) & 31;
        text.push(char::from(DIGITS[usize::try_from(bits).unwrap_or(0)]));
    }
    ID(text)
}

/// The prefix and the UUID of a global id, or nothing when it is malformed.
pub(super) fn split(id: &str) -> Option<(&str, Uuid)> {
    let (prefix, digits) = id.rsplit_once('_')?;
    if digits.len() != LENGTH {
        return None;
    }
    let mut value: u128 = 0;
    for (index, digit) in digits.bytes().enumerate() {
        let bits = DIGITS.iter().position(|known| *known == digit)?;
        if index == 0 && bits > 7 {
            return None;
        }
        value = value << 5 | u128::try_from(bits).ok()?;
    }
    Some((prefix, Uuid::from_u128(value)))
}

/// The UUID of a global id of whatever it is, or nothing when it is malformed.
pub(crate) fn uuid_of(id: &ID) -> Option<Uuid> {
    split(id).map(|(_, uuid)| uuid)
}

/// The id in the argument `field`.
///
/// # Errors
/// Invalid when it is malformed or of something else.
pub(crate) fn decode<I: GlobalId>(id: &ID, field: &str) -> Result<I> {
    match split(id) {
        Some((prefix, uuid)) if prefix == I::PREFIX => Ok(uuid.into()),
        Some((prefix, _))
            if prefix.chars().all(|c| c.is_ascii_lowercase()) && prefix.len() <= 16 =>
        {
            Err(Error::invalid(
                field,
                format!("This is the id of a {prefix}, not of a {}.", I::NAME),
            ))
        }
        _ => Err(malformed(field)),
    }
}

pub(super) fn malformed(field: &str) -> Error {
    Error::invalid(
        field,
        "This is no id. Pass an id as the API gave it out, unchanged.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_come_back_as_they_went() {
        for uuid in [Uuid::nil(), Uuid::max(), Uuid::now_v7()] {
            let id = encode(ProductId(uuid));
            assert_eq!(
                decode::<ProductId>(&id, "id").unwrap(),
                ProductId(uuid),
                "{id:?}"
            );
        }
    }

    #[test]
    fn the_form_is_that_of_the_specification() {
        // An example of the TypeID specification.
        let uuid = Uuid::parse_str("01890a5d-ac96-774b-bcce-b302099a8057").unwrap();
        assert_eq!(
            encode(ProductId(uuid)).as_str(),
            "product_01h455vb4pex5vsknk084sn02q"
        );
    }

    #[test]
    fn broken_and_foreign_ids_are_refused() {
        let seller = encode(SellerId(Uuid::now_v7()));
        let error = decode::<ProductId>(&seller, "filter.id").unwrap_err();
        assert!(error.to_string().contains("id of a seller"), "{error}");
        for broken in [
            "",
            "product_",
            "product_01h455vb4pex5vsknk084sn02",
            "product_81h455vb4pex5vsknk084sn02q",
            "💥",
        ] {
            assert!(
                decode::<ProductId>(&ID::from(broken), "id").is_err(),
                "{broken}"
            );
        }
    }
}
