//! What mutations of carts are given.

use crate::{
    accounts::{
        Email,
        addresses::{self, AddressDraft, AddressFields, PostalAddress},
    },
    caller::Caller,
    cart::{CartChange, CartRef, Said},
    error::{Error, Result},
    graphql::ids::decode,
};
use async_graphql::{ID, InputObject, MaybeUndefined};
use entity::ids::AddressId;

/// Longest note, in characters.
const LONGEST_NOTE: usize = 1_000;

/// Some more of a variant.
#[derive(InputObject)]
pub(crate) struct CartAddInput {
    /// The variant.
    variant_id: ID,
    /// How many more, 1 to 999. No line has more than 999.
    #[graphql(default = 1)]
    quantity: i64,
}

/// How many of a line.
#[derive(InputObject)]
pub(crate) struct CartSetInput {
    /// The line.
    line_id: ID,
    /// How many from now on, 0 to 999; 0 takes the line out.
    quantity: i64,
}

/// How a shop is to send its part.
#[derive(InputObject)]
pub(crate) struct CartShippingInput {
    /// The shop.
    seller_id: ID,
    /// The way, one of those that the cart shows; null for none.
    method_id: Option<ID>,
}

/// Where something is sent.
#[derive(InputObject)]
pub(crate) struct PostalAddressInput {
    /// Who receives it, 1 to 100 characters.
    name: String,
    /// The company there, at most 100 characters.
    company: Option<String>,
    /// Street and number, 1 to 200 characters.
    line1: String,
    /// Floor, flat, door; at most 200 characters.
    line2: Option<String>,
    /// The town, 1 to 100 characters.
    city: String,
    /// State, province or county, at most 100 characters.
    region: Option<String>,
    /// The postal code, at most 20 characters.
    postal_code: Option<String>,
    /// The country, by its two letters of ISO 3166-1, such as `DE`.
    country: String,
    /// A telephone number for the carrier, at most 30 characters.
    phone: Option<String>,
}

impl PostalAddressInput {
    fn read(self) -> Result<PostalAddress> {
        let draft = AddressDraft {
            name: self.name,
            company: self.company,
            line1: self.line1,
            line2: self.line2,
            city: self.city,
            region: self.region,
            postal_code: self.postal_code,
            country: self.country,
            phone: self.phone,
            is_default_shipping: false,
            is_default_billing: false,
        };
        let fields = AddressFields::read(draft).map_err(|error| match error {
            Error::Invalid { field, message } => Error::Invalid {
                field: field.replace("input.address.", "input.shippingAddress."),
                message,
            },
            other => other,
        });
        fields.map(PostalAddress::from)
    }
}

/// A cart that is begun.
#[derive(InputObject)]
pub(crate) struct CartCreateInput {
    /// What is in it from the start, at most 100 variants.
    #[graphql(default, validator(max_items = 100))]
    add: Vec<CartAddInput>,
}

/// Several changes of a cart, done together or not at all: first what is taken out, then what is set, then what is put in. What is left out stays.
#[derive(InputObject)]
pub(crate) struct CartUpdateInput {
    /// The cart, one of one's own. Without it and without a token it is one's active cart, which is made where there is none.
    cart_id: Option<ID>,
    /// The token of a guest's cart, as cartCreate gave it out.
    cart_token: Option<String>,
    /// The cart's `version` as it was read, where nobody else may have changed it since.
    expected_version: Option<i64>,
    /// Lines that are taken out, at most 100.
    #[graphql(default, validator(max_items = 100))]
    remove: Vec<ID>,
    /// Lines of which there are to be so many, at most 100.
    #[graphql(default, validator(max_items = 100))]
    set: Vec<CartSetInput>,
    /// Variants of which there are to be more, at most 100.
    #[graphql(default, validator(max_items = 100))]
    add: Vec<CartAddInput>,
    /// Codes of vouchers that are taken out, at most 10.
    #[graphql(default, validator(max_items = 10))]
    remove_voucher_codes: Vec<String>,
    /// Codes of vouchers that are put in, at most 10. Upper and lower case are the same.
    #[graphql(default, validator(max_items = 10))]
    add_voucher_codes: Vec<String>,
    /// Whether what things cost now is accepted.
    #[graphql(default)]
    accept_prices: bool,
    /// Where to write to; null for nowhere.
    email: MaybeUndefined<String>,
    /// Where it is to be sent; null for nowhere yet.
    shipping_address: MaybeUndefined<PostalAddressInput>,
    /// One of one's own addresses, to which it is to be sent.
    shipping_address_id: Option<ID>,
    /// How shops are to send their parts, at most 20.
    #[graphql(default, validator(max_items = 20))]
    shipping: Vec<CartShippingInput>,
    /// What the shopper says to the shops, at most 1,000 characters; null for nothing.
    note: MaybeUndefined<String>,
}

/// A guest's cart whose things go into one's own.
#[derive(InputObject)]
pub(crate) struct CartMergeInput {
    /// The token of the guest's cart.
    pub(super) cart_token: String,
}

fn put_in(add: Vec<CartAddInput>) -> Result<Vec<(entity::ids::VariantId, i64)>> {
    let add = add.into_iter().enumerate();
    add.map(|(index, add)| {
        let field = format!("input.add.{index}.variantId");
        Ok((decode(&add.variant_id, &field)?, add.quantity))
    })
    .collect()
}

impl CartCreateInput {
    pub(super) fn read(self) -> Result<CartChange> {
        let mut change = CartChange::of(CartRef::Own);
        change.add = put_in(self.add)?;
        Ok(change)
    }
}

impl CartUpdateInput {
    /// Whether codes are tried.
    pub(super) fn tries_codes(&self) -> bool {
        !self.add_voucher_codes.is_empty()
    }

    /// Looks over what was typed. One's own address is looked up, with a statement.
    pub(super) async fn read(self, caller: &Caller) -> Result<CartChange> {
        let id = self.cart_id.map(|id| decode(&id, "input.cartId"));
        let meant = CartRef::read(id.transpose()?, self.cart_token.as_deref())?;
        let mut change = CartChange::of(meant);
        change.expected_version = self.expected_version;
        for (index, line) in self.remove.iter().enumerate() {
            change
                .remove
                .push(decode(line, &format!("input.remove.{index}"))?);
        }
        for (index, set) in self.set.iter().enumerate() {
            let line = decode(&set.line_id, &format!("input.set.{index}.lineId"))?;
            change.set.push((line, set.quantity));
        }
        change.add = put_in(self.add)?;
        for (index, chosen) in self.shipping.iter().enumerate() {
            let seller = decode(
                &chosen.seller_id,
                &format!("input.shipping.{index}.sellerId"),
            )?;
            let method = chosen.method_id.as_ref();
            let method = method.map(|id| decode(id, &format!("input.shipping.{index}.methodId")));
            change.shipping.push((seller, method.transpose()?));
        }
        change.remove_codes = self.remove_voucher_codes;
        change.add_codes = self.add_voucher_codes;
        change.accept_prices = self.accept_prices;
        change.email = given(self.email, |text| Email::parse(&text, "input.email"))?;
        change.note = match given(self.note, |text| note(&text))? {
            Said::As(note) => Said::As(note.flatten()),
            Said::Not => Said::Not,
        };
        change.address = given(self.shipping_address, PostalAddressInput::read)?;
        if let Some(id) = self.shipping_address_id {
            change.address = Said::As(Some(own_address(caller, &id).await?));
        }
        Ok(change)
    }
}

/// What was given: nothing, none, or something.
fn given<T, U>(value: MaybeUndefined<T>, read: impl FnOnce(T) -> Result<U>) -> Result<Said<U>> {
    match value {
        MaybeUndefined::Undefined => Ok(Said::Not),
        MaybeUndefined::Null => Ok(Said::As(None)),
        MaybeUndefined::Value(value) => Ok(Said::As(Some(read(value)?))),
    }
}

fn note(text: &str) -> Result<Option<String>> {
    let text = text.trim();
    let is_fit = |c: char| !c.is_control() || matches!(c, '\n' | '\r' | '\t');
    if text.chars().nth(LONGEST_NOTE).is_some() || !text.chars().all(is_fit) {
        return Err(Error::invalid(
            "input.note",
            "A note has at most 1,000 characters, and no control characters.",
        ));
    }
    Ok((!text.is_empty()).then(|| text.to_owned()))
}

async fn own_address(caller: &Caller, id: &ID) -> Result<PostalAddress> {
    const FIELD: &str = "input.shippingAddressId";
    let id: AddressId = decode(id, FIELD)?;
    match addresses::by_id(caller, id).await {
        Ok(address) => Ok(PostalAddress::from(address.as_ref())),
        Err(Error::NotFound(_)) => Err(Error::invalid(FIELD, "You have no such address.")),
        Err(error) => Err(error),
    }
}
