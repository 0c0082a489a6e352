//! What those who work in a shop do to its products.

use super::{Product, Variant, office_inputs as i};
use crate::{
    catalogue::{
        office::{self, Edited},
        products, variants,
    },
    error::{Error, Result},
    graphql::{
        caller,
        idempotent::once,
        ids::{decode, encode},
        loaders,
        user_errors::{UserError, or_user_errors},
    },
};
use async_graphql::{Context, ID, Object, SimpleObject};
use entity::ids::{ProductId, VariantId};

/// What became of a product.
#[derive(SimpleObject)]
pub(crate) struct ProductPayload {
    /// The product as it is now; nothing where nothing was done.
    product: Option<Product>,
    /// What keeps it from being done.
    user_errors: Vec<UserError>,
}

/// What became of a product that was to be deleted.
#[derive(SimpleObject)]
pub(crate) struct ProductDeletePayload {
    /// The product that was deleted: it can be restored by this id for 30 days. Nothing where nothing was done.
    product_id: Option<ID>,
    /// What keeps it from being deleted.
    user_errors: Vec<UserError>,
}

/// What became of several products.
#[derive(SimpleObject)]
pub(crate) struct ProductUpdateManyPayload {
    /// What became of each, in the order in which they were sent; at most 50. Empty where none of them could be tried.
    items: Vec<ProductPayload>,
    /// What keeps all of them from being tried.
    user_errors: Vec<UserError>,
}

/// What became of a variant.
#[derive(SimpleObject)]
pub(crate) struct VariantPayload {
    /// The variant as it is now; nothing where nothing was done.
    variant: Option<Variant>,
    /// What keeps it from being done.
    user_errors: Vec<UserError>,
}

async fn product(
    ctx: &Context<'_>,
    done: Result<ProductId>,
    field: &str,
) -> Result<ProductPayload> {
    let (done, user_errors) = or_user_errors(done, field)?;
    let product = match done {
        Some(id) => Some(written(ctx, &[id]).await?.remove(0)),
        None => None,
    };
    Ok(ProductPayload {
        product,
        user_errors,
    })
}

/// The products as they were just written, in this order.
async fn written(ctx: &Context<'_>, ids: &[ProductId]) -> Result<Vec<Product>> {
    let found = products::by_ids_written(caller(ctx), ids).await?;
    // What belongs to a product often leads back to it.
    let kept = found.iter().map(|(id, row)| (*id, row.clone()));
    loaders(ctx).objects.products.keep(kept);
    let row = |id| found.get(id).cloned().map(Product::from);
    let rows = ids
        .iter()
        .map(|id| row(id).ok_or(Error::NotFound("product")));
    rows.collect()
}

async fn products(ctx: &Context<'_>, edited: Vec<Edited>) -> Result<Vec<ProductPayload>> {
    let edited: Vec<_> = edited
        .into_iter()
        .map(|edited| or_user_errors(edited.result(), "input.id"))
        .collect::<Result<_>>()?;
    let ids: Vec<ProductId> = edited.iter().filter_map(|(id, _)| *id).collect();
    let mut rows = written(ctx, &ids).await?.into_iter();
    let payloads = edited.into_iter().map(|(id, user_errors)| ProductPayload {
        product: id.and_then(|_| rows.next()),
        user_errors,
    });
    Ok(payloads.collect())
}

async fn variant(
    ctx: &Context<'_>,
    done: Result<VariantId>,
    field: &str,
) -> Result<VariantPayload> {
    let (done, user_errors) = or_user_errors(done, field)?;
    let variant = match done {
        Some(id) => Some(variants::by_id_written(caller(ctx), id).await?.into()),
        None => None,
    };
    Ok(VariantPayload {
        variant,
        user_errors,
    })
}

#[derive(Default)]
pub(crate) struct OfficeMutations;

#[Object]
impl OfficeMutations {
    /// Makes a product, as a draft that only the shop's members see.
    async fn product_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "A product that is made.")] mut input: i::ProductCreateInput,
    ) -> Result<ProductPayload> {
        let caller = caller(ctx);
        caller.require_person()?;
        let new = office::ProductCreate {
            seller: decode(&input.seller_id, "input.sellerId")?,
            fields: input.fields()?,
            handle: input.handle,
            variants: input.variants.into_iter().map(Into::into).collect(),
        };
        let done = once(ctx, async move |tx| {
            office::product_create(caller, tx, new).await
        });
        product(ctx, done.await, "input.sellerId").await
    }

    /// Changes what is said of a product.
    async fn product_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What of a product is changed; what is left out stays.")]
        input: i::ProductUpdateInput,
    ) -> Result<ProductPayload> {
        let caller = caller(ctx);
        caller.require_person()?;
        let change = change(input)?;
        let done = once(ctx, async move |tx| {
            office::product_update(caller, tx, change).await
        });
        product(ctx, done.await, "input.id").await
    }

    /// Changes up to 50 products, each by itself: what keeps one from being changed keeps no other.
    async fn product_update_many(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Several products that are changed, each by itself.")]
        input: i::ProductUpdateManyInput,
    ) -> Result<ProductUpdateManyPayload> {
        let caller = caller(ctx);
        caller.require_person()?;
        let changes = input
            .items
            .into_iter()
            .map(change)
            .collect::<Result<Vec<_>>>()?;
        let done = once(ctx, async move |tx| {
            office::product_update_many(caller, tx, changes).await
        });
        let (edited, user_errors) = or_user_errors(done.await, "input.items")?;
        Ok(ProductUpdateManyPayload {
            items: products(ctx, edited.unwrap_or_default()).await?,
            user_errors,
        })
    }

    /// Puts a product up for sale. It has at least one variant, and the shop's plan has room for it.
    async fn product_publish(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "A product that takes a step in its life.")] input: i::ProductStepInput,
    ) -> Result<ProductPayload> {
        let (caller, version) = (caller(ctx), input.expected_version);
        caller.require_person()?;
        let id = decode(&input.id, "input.id")?;
        let done = once(ctx, async |tx| {
            office::product_publish(caller, tx, id, version).await
        });
        product(ctx, done.await, "input.id").await
    }

    /// Takes a product off the shelf for now.
    async fn product_unpublish(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "A product that takes a step in its life.")] input: i::ProductStepInput,
    ) -> Result<ProductPayload> {
        let (caller, version) = (caller(ctx), input.expected_version);
        caller.require_person()?;
        let id = decode(&input.id, "input.id")?;
        let done = once(ctx, async |tx| {
            office::product_unpublish(caller, tx, id, version).await
        });
        product(ctx, done.await, "input.id").await
    }

    /// Keeps a product for the record only.
    async fn product_archive(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "A product that takes a step in its life.")] input: i::ProductStepInput,
    ) -> Result<ProductPayload> {
        let (caller, version) = (caller(ctx), input.expected_version);
        caller.require_person()?;
        let id = decode(&input.id, "input.id")?;
        let done = once(ctx, async |tx| {
            office::product_archive(caller, tx, id, version).await
        });
        product(ctx, done.await, "input.id").await
    }

    /// Deletes a product: it is gone for everyone at once, and can be restored for 30 days.
    async fn product_delete(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "A product that takes a step in its life.")] input: i::ProductStepInput,
    ) -> Result<ProductDeletePayload> {
        let (caller, version) = (caller(ctx), input.expected_version);
        caller.require_person()?;
        let id = decode(&input.id, "input.id")?;
        let done = once(ctx, async |tx| {
            office::product_delete(caller, tx, id, version).await
        });
        let (done, user_errors) = or_user_errors(done.await, "input.id")?;
        Ok(ProductDeletePayload {
            product_id: done.map(encode),
            user_errors,
        })
    }

    /// Brings back a product that was archived, or deleted within the last 30 days: off the shelf, with the variants it had.
    async fn product_restore(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "A product that is brought back.")] input: i::ProductRestoreInput,
    ) -> Result<ProductPayload> {
        let caller = caller(ctx);
        caller.require_person()?;
        let id = decode(&input.id, "input.id")?;
        let done = once(ctx, async |tx| {
            office::product_restore(caller, tx, id).await
        });
        product(ctx, done.await, "input.id").await
    }

    /// Makes a draft like a product, without SKUs and stock.
    async fn product_duplicate(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "A product that another shall be like.")] input: i::ProductDuplicateInput,
    ) -> Result<ProductPayload> {
        let caller = caller(ctx);
        caller.require_person()?;
        let wish = office::ProductDuplicate {
            id: decode(&input.id, "input.id")?,
            name: input.name,
        };
        let done = once(ctx, async |tx| {
            office::product_duplicate(caller, tx, &wish).await
        });
        product(ctx, done.await, "input.id").await
    }

    /// Adds a variant to a product. For the shop's owners and managers, who set prices.
    async fn variant_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "A variant that is added.")] input: i::VariantCreateInput,
    ) -> Result<VariantPayload> {
        let caller = caller(ctx);
        caller.require_person()?;
        let new = office::VariantCreate {
            product: decode(&input.product_id, "input.productId")?,
            fields: input.variant.into(),
            expected_version: input.expected_version,
        };
        let done = once(ctx, async |tx| {
            office::variant_create(caller, tx, &new).await
        });
        variant(ctx, done.await, "input.productId").await
    }

    /// Changes a variant. Prices are set by the shop's owners and managers.
    async fn variant_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What of a variant is changed; what is left out stays.")]
        input: i::VariantUpdateInput,
    ) -> Result<VariantPayload> {
        let caller = caller(ctx);
        caller.require_person()?;
        let change = office::VariantUpdate {
            id: decode(&input.id, "input.id")?,
            expected_version: input.expected_version,
            fields: input.into(),
        };
        let done = once(ctx, async |tx| {
            office::variant_update(caller, tx, &change).await
        });
        variant(ctx, done.await, "input.id").await
    }

    /// Deletes a variant, for good. The last one of a product that is for sale stays.
    async fn variant_delete(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "A variant that is deleted.")] input: i::VariantDeleteInput,
    ) -> Result<ProductPayload> {
        let (caller, version) = (caller(ctx), input.expected_version);
        caller.require_person()?;
        let id = decode(&input.id, "input.id")?;
        let done = once(ctx, async |tx| {
            office::variant_delete(caller, tx, id, version).await
        });
        product(ctx, done.await, "input.id").await
    }
}

fn change(input: i::ProductUpdateInput) -> Result<office::ProductUpdate> {
    Ok(office::ProductUpdate {
        id: decode(&input.id, "input.id")?,
        expected_version: input.expected_version,
        fields: input.fields()?,
    })
}
