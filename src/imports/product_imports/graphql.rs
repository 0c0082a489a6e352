//! Imports, as the API shows them to those who work in the shop.

use super::{ProductImport as Row, ProductImportCreate, Progress, State, by_id};
use crate::{
    error::Result,
    graphql::{
        caller,
        idempotent::once,
        ids::{decode, encode},
        user_errors::{UserError, or_user_errors},
    },
};
use async_graphql::{Context, Enum, ID, InputObject, Object, SimpleObject};
use chrono::{DateTime, Utc};
use entity::ids::{ProductImportId, SellerId};
use std::sync::Arc;

/// How far an import is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "State")]
pub(crate) enum ProductImportState {
    /// Its file is to be sent, to `uploadPath`.
    AwaitingFile,
    /// Its file is being sent.
    Uploading,
    /// Its file is there, and a worker will begin.
    Waiting,
    /// A worker is at it.
    Running,
    /// It came to its end.
    Done,
    /// It ended before, for the reason in `error`.
    Failed,
}

/// A file of products that is imported into a shop.
pub(crate) struct ProductImport {
    row: Arc<Row>,
    progress: Progress,
}

impl From<Arc<Row>> for ProductImport {
    fn from(row: Arc<Row>) -> Self {
        // Written by the job, in this form or an earlier one.
        let progress = serde_json::from_str(&row.progress).unwrap_or_default();
        Self { row, progress }
    }
}

/// A file of products that is imported into a shop.
#[Object]
impl ProductImport {
    /// Its global id.
    async fn id(&self) -> ID {
        encode(self.row.id)
    }

    /// How far it is.
    async fn state(&self) -> ProductImportState {
        self.row.state.into()
    }

    /// Where its file goes: `PUT` it there as the request's body, CSV in Shopify's format, plain or compressed with gzip, at
    /// most 64 MiB, with the same `Authorization` as here.
    async fn upload_path(&self) -> String {
        format!(
            "/api/v1/product-imports/{}/file",
            encode(self.row.id).as_str()
        )
    }

    /// How large the file is, in bytes.
    async fn bytes(&self) -> i64 {
        self.row.bytes
    }

    /// How much of it was read. Of a compressed file this counts what was compressed.
    async fn bytes_read(&self) -> u64 {
        self.progress.bytes_read
    }

    /// Products that were made, once it is over.
    async fn products_created(&self) -> u64 {
        self.progress.products_created
    }

    /// Products that were changed, once it is over.
    async fn products_updated(&self) -> u64 {
        self.progress.products_updated
    }

    /// Products that were as they shall be, once it is over.
    async fn products_unchanged(&self) -> u64 {
        self.progress.products_unchanged
    }

    /// Products that were left out, once it is over.
    async fn products_skipped(&self) -> u64 {
        self.progress.products_skipped
    }

    /// The first twenty things that were left out, each with its line and how to mend it.
    async fn problems(&self) -> &[String] {
        &self.progress.problems
    }

    /// Why it ended before its time.
    async fn error(&self) -> Option<&str> {
        self.row.error.as_deref()
    }

    /// When it was asked for.
    async fn created_at(&self) -> DateTime<Utc> {
        self.row.created_at
    }

    /// When it last got on.
    async fn updated_at(&self) -> DateTime<Utc> {
        self.row.updated_at
    }
}

/// An import that is asked for.
#[derive(InputObject)]
pub(crate) struct ProductImportCreateInput {
    /// The shop that the products go to.
    seller_id: ID,
    /// Round prices with more decimals than the currency has, half up, rather than refuse them.
    #[graphql(default)]
    round_prices: bool,
}

/// What became of the wish to import.
#[derive(SimpleObject)]
pub(crate) struct ProductImportPayload {
    /// The import; nothing where there is none.
    product_import: Option<ProductImport>,
    /// What keeps it from being made.
    user_errors: Vec<UserError>,
}

#[derive(Default)]
pub(crate) struct ProductImportQueries;

#[Object]
impl ProductImportQueries {
    /// An import of a shop that one works in: ask again to see how far it is.
    async fn product_import(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of the import.")] id: ID,
    ) -> Option<Result<ProductImport>> {
        let found = async {
            let caller = caller(ctx);
            caller.require_person()?;
            let id: ProductImportId = decode(&id, "id")?;
            by_id(caller, id).await.map(ProductImport::from)
        };
        Some(found.await)
    }
}

#[derive(Default)]
pub(crate) struct ProductImportMutations;

#[Object]
impl ProductImportMutations {
    /// Asks for an import into a shop, whose products are then sent as a file. Products are known again by their handles, so a file can be
    /// imported again. For those who may change products and prices.
    async fn product_import_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "An import that is asked for.")] input: ProductImportCreateInput,
    ) -> Result<ProductImportPayload> {
        let caller = caller(ctx);
        caller.require_person()?;
        let seller: SellerId = decode(&input.seller_id, "input.sellerId")?;
        let new = ProductImportCreate {
            seller,
            round_prices: input.round_prices,
        };
        let done = once(ctx, async |tx| {
            super::product_import_create(caller, tx, new).await
        });
        let (id, user_errors) = or_user_errors(done.await, "sellerId")?;
        let product_import = match id {
            Some(id) => Some(by_id(caller, id).await?.into()),
            None => None,
        };
        Ok(ProductImportPayload {
            product_import,
            user_errors,
        })
    }
}
