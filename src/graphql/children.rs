//! Connections that hang off an object, loaded together with those of its siblings.

use super::{
    CountLoader, Loaders,
    connection::{Connection, Count},
    loader::{ListOf, Loader},
    loaders,
};
use crate::{error::Result, platform::keyset::Slice};
use async_graphql::Context;
use std::{fmt::Debug, hash::Hash, sync::Arc};
use uuid::Uuid;

/// Loads pages of lists.
type PageLoader<L, M> = Loader<ListOf<L>, Arc<Slice<M>>>;

/// The way from a parent to one of its lists: the loader of its pages, and that of its counts.
pub(crate) struct Children<L, M, F>
where
    L: Debug + Eq + Hash + Send + Sync + 'static,
    M: Send + Sync + 'static,
    F: Debug + Eq + Hash + Send + Sync + 'static,
{
    /// Loads pages; a list says everything that shapes a page.
    pub(crate) pages: fn(&Loaders) -> &PageLoader<L, M>,
    /// Loads counts; a filter says everything that shapes a count.
    pub(crate) counts: fn(&Loaders) -> &CountLoader<F>,
}

impl<L, M, F> Children<L, M, F>
where
    L: Debug + Eq + Hash + Send + Sync + 'static,
    M: Send + Sync + 'static,
    F: Debug + Eq + Hash + Send + Sync + 'static,
{
    /// The connection from `parent` to the page `list`, whose order is named `order`; `filter` narrows the count as
    /// `list` narrows the page.
    pub(crate) async fn connection<T: From<Arc<M>>>(
        &self,
        ctx: &Context<'_>,
        parent: Uuid,
        list: L,
        order: &'static str,
        filter: F,
    ) -> Result<Connection<T>> {
        let loaders = loaders(ctx);
        let list = Arc::new(list);
        let slice = (self.pages)(loaders)
            .load(ListOf { parent, list })
            .await?
            .unwrap_or_default();
        let count = self.count(Arc::clone(loaders), parent, Arc::new(filter));
        Ok(Connection::new(&slice, order, count))
    }

    fn count(&self, loaders: Arc<Loaders>, parent: Uuid, filter: Arc<F>) -> Count {
        let counts = self.counts;
        Box::new(move || {
            let loaders = Arc::clone(&loaders);
            let list = Arc::clone(&filter);
            Box::pin(async move { counts(&loaders).load(ListOf { parent, list }).await })
        })
    }

    /// Fetches the page `list` of every parent, and returns the rows of all.
    pub(crate) async fn prefetch(
        &self,
        loaders: &Loaders,
        parents: impl Iterator<Item = Uuid>,
        list: L,
    ) -> Result<Vec<Arc<M>>> {
        let list = Arc::new(list);
        let keys = parents
            .map(|parent| ListOf {
                parent,
                list: Arc::clone(&list),
            })
            .collect();
        let slices = (self.pages)(loaders).load_many(keys).await?;
        Ok(slices
            .values()
            .flat_map(|slice| slice.items().cloned())
            .collect())
    }
}
