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

async fn load(ctx: &Context<'_>, prefix: &str, id: Uuid, field: &str) -> Result<Option<Node>> {
    let objects = &loaders(ctx).objects;
    Ok(match prefix {
        AccountId::PREFIX => objects
            .authors
            .load(id.into())
            .await?
            .map(|row| Node::Author(row.into())),
        AddressId::PREFIX => match addresses::by_id(caller(ctx), id.into()).await {
            Ok(row) => Some(Node::Address(row.into())),
            Err(Error::NotFound(_) | Error::Unauthenticated | Error::Forbidden) => None,
            Err(error) => return Err(error),
        },
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
        PasskeyId::PREFIX => match factors::passkey_by_id(caller(ctx), id.into()).await {
            Ok(row) => Some(Node::Passkey(row.into())),
            Err(Error::NotFound(_) | Error::Unauthenticated | Error::Forbidden) => None,
            Err(error) => return Err(error),
        },
        PaymentId::PREFIX => match payments::by_id(caller(ctx), id.into()).await {
            Ok(row) => Some(Node::Payment(row.into())),
            Err(Error::NotFound(_) | Error::Unauthenticated | Error::Forbidden) => None,
            Err(error) => return Err(error),
        },
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
        SagaId::PREFIX => match sagas::graphql::told(ctx, id.into()).await {
            Ok(saga) => Some(Node::Saga(saga)),
            Err(Error::NotFound(_) | Error::Unauthenticated | Error::Forbidden) => None,
            Err(error) => return Err(error),
        },
        SellerId::PREFIX => objects
            .sellers
            .load(id.into())
            .await?
            .map(|row| Node::Seller(row.into())),
        SessionId::PREFIX => match sessions::by_id(caller(ctx), id.into()).await {
            Ok(row) => Some(Node::Session(row.into())),
            Err(Error::NotFound(_) | Error::Unauthenticated | Error::Forbidden) => None,
            Err(error) => return Err(error),
        },
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
