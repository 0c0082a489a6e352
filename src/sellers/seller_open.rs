//! Opening a shop.

use super::{
    NAME_LIMIT,
    events::SellerOpened,
    members::{SellerMember, ShopRole},
    rules,
};
use crate::{
    accounts,
    audit::{self, Entry},
    caller::Caller,
    error::{Error, OnConstraint, Result},
    outbox,
    platform::{database::Tx, text},
};
use entity::ids::{AccountId, SellerId, SellerMemberId};
use entity::money::CurrencyCode;
use entity::sellers::{
    member,
    seller::{Column, Entity, Model, Status},
};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter, QuerySelect,
};

/// Most shops that one account owns.
const MOST_SHOPS: u64 = 5;
/// How many active products a new shop's plan allows.
const ACTIVE_PRODUCTS: i64 = 100;
/// "trds": shops are named one after the other. Two of a name that met in the middle would not see each other.
const TURNSTILE: i64 = 0x7472_6473;

/// A shop that someone wants to open.
#[derive(Clone, Debug)]
pub(crate) struct SellerOpen {
    pub(crate) name: String,
    pub(crate) description: String,
    /// The currency of every price in it; the marketplace's own where this says nothing.
    pub(crate) currency: Option<CurrencyCode>,
}

/// Opens a shop, which the caller owns.
///
/// # Errors
/// Invalid when the name is none, or taken; Conflict when the caller owns enough shops; Unauthenticated.
pub(crate) async fn seller_open(caller: &Caller, tx: &Tx, new: &SellerOpen) -> Result<SellerId> {
    let (person, now) = (caller.require_person()?, caller.clock.now());
    let name = rules::name(&new.name)?;
    let shop = Model {
        id: SellerId::generate(),
        handle: text::slug(&name, NAME_LIMIT),
        name_key: text::name_key(&name),
        description: rules::description(&new.description)?,
        name,
        status: Status::Active,
        currency: new.currency.unwrap_or(caller.settings.currency),
        active_product_limit: Some(ACTIVE_PRODUCTS),
        active_products: 0,
        rating_sum: 0,
        rating_count: 0,
        commission_bps: None,
        version: 1,
        created_at: now,
        updated_at: now,
        deleted_at: None,
    };
    accounts::stays_open(tx, person.account).await?;
    take_name(caller, tx, &shop).await?;
    refuse_too_many(tx, person.account).await?;
    let member = SellerMember {
        id: SellerMemberId::generate(),
        seller_id: shop.id,
        account_id: person.account,
        role: ShopRole::Owner,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    let opened = SellerOpened {
        seller_id: shop.id,
        account_id: person.account,
    };
    let entries = [
        Entry::new("seller.open", "seller", shop.id)
            .of_shop(shop.id)
            .is("name", &shop.name)
            .is("currency", shop.currency.as_str()),
        Entry::new("member.add", "member", member.id)
            .of_shop(shop.id)
            .is("account", person.account)
            .is("role", member.role),
    ];
    let shop = Entity::insert(shop.into_active_model());
    // An import does not wait at the turnstile.
    shop.exec_without_returning(tx)
        .await
        .on_constraint("handle", taken)?;
    let member = member::Entity::insert(member.into_active_model());
    member.exec_without_returning(tx).await?;
    outbox::emit_one(tx, &opened).await?;
    audit::record(tx, caller, &entries).await?;
    Ok(opened.seller_id)
}

/// Makes sure that no other shop has the name of `shop`, or its handle, until the transaction ends.
///
/// # Errors
/// Invalid when one has.
pub(super) async fn take_name(caller: &Caller, tx: &Tx, shop: &Model) -> Result<()> {
    caller.database.be_alone(tx, TURNSTILE).await?;
    let is_named_so = Condition::any()
        .add(Column::NameKey.eq(shop.name_key.as_str()))
        .add(Column::Handle.eq(shop.handle.as_str()));
    let other = Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(is_named_so)
        .filter(Column::Id.ne(shop.id))
        .filter(Column::DeletedAt.is_null())
        .into_tuple::<SellerId>()
        .one(tx)
        .await?;
    match other {
        Some(_) => Err(taken()),
        None => Ok(()),
    }
}

fn taken() -> Error {
    Error::invalid("input.name", "Another shop has this name. Choose another.")
}

/// Whoever opens two at once waits at the turnstile, so that both are counted.
async fn refuse_too_many(tx: &Tx, account: AccountId) -> Result<()> {
    let owned = member::Entity::find()
        .filter(member::Column::AccountId.eq(account))
        .filter(member::Column::Role.eq(ShopRole::Owner));
    if owned.count(tx).await? < MOST_SHOPS {
        return Ok(());
    }
    Err(Error::Conflict(format!(
        "An account owns at most {MOST_SHOPS} shops, and yours has them. Leave one of them to another owner first."
    )))
}
