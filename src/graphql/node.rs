//! Global object identification, as Relay's server specification wants it: any object again by its id.

use super::{
    caller,
    ids::{self, GlobalId},
    loaders,
};
use crate::{
    accounts::{
        addresses::{self, graphql::Address},
        factors::{self, graphql::Passkey},
        graphql::Author,
        sessions::{self, graphql::Session},
    },
    catalogue::graphql::{Category, Image, Product, Tag, Variant},
    error::{Error, Result},
    jobs::graphql::Job,
    payments::{self, graphql::Payment},
    reviews::graphql::Review,
    sagas::{self, graphql::Saga},
    sellers::graphql::Seller,
};
use async_graphql::{Context, ID, Interface, Object};
use entity::ids::{
    AccountId, AddressId, CategoryId, ImageId, JobId, PasskeyId, PaymentId, ProductId, ReviewId,
    SagaId, SellerId, SessionId, TagId, VariantId,
};
use futures_util::future::try_join_all;
use uuid::Uuid;

/// Anything that can be fetched again by its id.
#[derive(Interface)]
#[graphql(field(name = "id", ty = "ID", desc = "Its global id."))]
pub(crate) enum Node {
    Address(Address),
    Author(Author),
    Category(Category),
    Image(Image),
    Job(Job),
    Passkey(Passkey),
    Payment(Payment),
    Product(Product),
    Review(Review),
    Saga(Saga),
    Seller(Seller),
    Session(Session),
    Tag(Tag),
    Variant(Variant),
}

/// Most ids that `nodes` takes at once.
const MOST_IDS: usize = 100;

#[derive(Default)]
pub(crate) struct NodeQueries;

#[Object]
impl NodeQueries {
    /// The object with this id, of whatever type. An id of something that is not there, or not for you, is an
    /// error `NOT_FOUND`.
    #[graphql(cache_control(max_age = 60))]
    async fn node(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "A global id.")] id: ID,
    ) -> Option<Result<Node>> {
        let node = match ids::split(&id) {
            Some((prefix, uuid)) => load(ctx, prefix, uuid, "id").await,
            None => Err(ids::malformed("id")),
        };
        Some(node.and_then(|node| node.ok_or(Error::NotFound("object"))))
    }

    /// The objects with these ids, in the same order; nothing in the place of those that are not there.
    #[graphql(cache_control(max_age = 60))]
    async fn nodes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Global ids, at most 100.")] ids: Vec<ID>,
    ) -> Result<Vec<Option<Node>>> {
        if ids.len() > MOST_IDS {
            let message = format!(
                "{} ids are too many: ask for at most {MOST_IDS} at once.",
                ids.len()
            );
            return Err(Error::invalid("ids", message));
        }
        let nodes = ids.iter().enumerate().map(async |(index, id)| {
            let field = format!("ids.{index}");
            let (prefix, uuid) = ids::split(id).ok_or_else(|| ids::malformed(&field))?;
            load(ctx, prefix, uuid, &field).await
        });
        try_join_all(nodes).await
    }
}

/// What was found by a finder that tells who may not look; nothing where the caller may not.
fn if_seen<T>(found: Result<T>) -> Result<Option<T>> {
    match found {
        Ok(found) => Ok(Some(found)),
        Err(Error::NotFound(_) | Error::Unauthenticated | Error::Forbidden) => Ok(None),
        Err(error) => Err(error),
    }
}

async fn load(ctx: &Context<'_>, prefix: &str, id: Uuid, field: &str) -> Result<Option<Node>> {
    let objects = &loaders(ctx).objects;
    Ok(match prefix {
        AccountId::PREFIX => objects
            .authors
            .load(id.into())
            .await?
            .map(|row| Node::Author(row.into())),
        AddressId::PREFIX => if_seen(addresses::by_id(caller(ctx), id.into()).await)?
            .map(|row| Node::Address(row.into())),
        CategoryId::PREFIX => objects
            .categories
            .load(id.into())
            .await?
            .map(|row| Node::Category(row.into())),
        ImageId::PREFIX => objects
            .images
            .load(id.into())
            .await?
            .map(|row| Node::Image(row.into())),
        JobId::PREFIX => objects
            .jobs
            .load(id.into())
            .await?
            .map(|row| Node::Job(row.into())),
        PasskeyId::PREFIX => if_seen(factors::passkey_by_id(caller(ctx), id.into()).await)?
            .map(|row| Node::Passkey(row.into())),
        PaymentId::PREFIX => if_seen(payments::by_id(caller(ctx), id.into()).await)?
            .map(|row| Node::Payment(row.into())),
        ProductId::PREFIX => objects
            .products
            .load(id.into())
            .await?
            .map(|row| Node::Product(row.into())),
        ReviewId::PREFIX => objects
            .reviews
            .load(id.into())
            .await?
            .map(|row| Node::Review(row.into())),
        SagaId::PREFIX => if_seen(sagas::graphql::told(ctx, id.into()).await)?.map(Node::Saga),
        SellerId::PREFIX => objects
            .sellers
            .load(id.into())
            .await?
            .map(|row| Node::Seller(row.into())),
        SessionId::PREFIX => if_seen(sessions::by_id(caller(ctx), id.into()).await)?
            .map(|row| Node::Session(row.into())),
        TagId::PREFIX => objects
            .tags
            .load(id.into())
            .await?
            .map(|row| Node::Tag(row.into())),
        VariantId::PREFIX => objects
            .variants
            .load(id.into())
            .await?
            .map(|row| Node::Variant(row.into())),
        _ => return Err(ids::malformed(field)),
    })
}
