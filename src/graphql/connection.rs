//! Connections: lists as Relay's cursor specification wants them, one generic type for all.

use super::{
    eager::{Eager, EagerList},
    paging,
};
use crate::{
    error::Result,
    platform::keyset::{Cursor, Slice},
};
use async_graphql::{ContainerType, Object, OutputType, TypeName};
use std::{borrow::Cow, pin::Pin, sync::Arc};

/// A count that is made when someone asks for it.
pub(crate) type Count =
    Box<dyn Fn() -> Pin<Box<dyn Future<Output = Result<u64>> + Send>> + Send + Sync>;

/// One page of a list.
pub(crate) type Connection<T> = Eager<Listed<T>>;

/// What a connection holds.
pub(crate) struct Listed<T> {
    edges: Vec<Edge<T>>,
    page_info: PageInfo,
    count: Count,
}

/// One item of a list.
pub(crate) struct Edge<T> {
    order: &'static str,
    cursor: Cursor,
    node: T,
}

/// Where a page lies in its list.
pub(crate) struct PageInfo {
    order: &'static str,
    has_next_page: bool,
    has_previous_page: bool,
    start: Option<Cursor>,
    end: Option<Cursor>,
}

impl<T> Eager<Listed<T>> {
    /// A connection over `slice`, whose order is named `order`; `count` counts the whole list.
    pub(crate) fn new<M>(slice: &Slice<M>, order: &'static str, count: Count) -> Self
    where
        T: From<Arc<M>>,
    {
        let place = |end: Option<&(Cursor, Arc<M>)>| end.map(|(cursor, _)| cursor.clone());
        Self(Listed {
            page_info: PageInfo {
                order,
                has_next_page: slice.has_next,
                has_previous_page: slice.has_previous,
                start: place(slice.rows.first()),
                end: place(slice.rows.last()),
            },
            edges: slice
                .rows
                .iter()
                .map(|(cursor, row)| Edge {
                    order,
                    cursor: cursor.clone(),
                    node: Arc::clone(row).into(),
                })
                .collect(),
            count,
        })
    }
}

impl<T> Listed<T> {
    pub(crate) fn edges(&self) -> &[Edge<T>] {
        &self.edges
    }

    pub(crate) fn nodes(&self) -> Vec<&T> {
        self.edges.iter().map(|edge| &edge.node).collect()
    }

    pub(crate) fn page_info(&self) -> &PageInfo {
        &self.page_info
    }

    /// Counts the list.
    pub(crate) async fn total_count(&self) -> Result<u64> {
        (self.count)().await
    }
}

impl<T: OutputType> TypeName for Listed<T> {
    fn type_name() -> Cow<'static, str> {
        format!("{}Connection", T::type_name()).into()
    }
}

impl<T: OutputType> TypeName for Edge<T> {
    fn type_name() -> Cow<'static, str> {
        format!("{}Edge", T::type_name()).into()
    }
}

/// One page of a list.
#[Object(name_type)]
impl<T: ContainerType> Listed<T> {
    /// The items with their cursors.
    #[graphql(name = "edges")]
    fn edges_field(&self) -> EagerList<&Edge<T>> {
        EagerList(self.edges().iter().collect())
    }

    /// The items alone.
    #[graphql(name = "nodes")]
    fn nodes_field(&self) -> EagerList<&T> {
        EagerList(self.nodes())
    }

    /// Where this page lies in the list.
    #[graphql(name = "pageInfo")]
    fn page_info_field(&self) -> Eager<&PageInfo> {
        Eager(self.page_info())
    }

    /// How many items the whole list has; counted when asked for, and no further than 10,000.
    #[graphql(name = "totalCount")]
    async fn total_count_field(&self) -> Result<u64> {
        self.total_count().await
    }
}

/// One item of a list.
#[Object(name_type)]
impl<T: ContainerType> Edge<T> {
    /// The item's place in the list: pass it as `after` or `before`.
    fn cursor(&self) -> String {
        paging::encode(&self.cursor, self.order)
    }

    /// The item.
    fn node(&self) -> Eager<&T> {
        Eager(&self.node)
    }
}

/// Where a page lies in its list.
#[Object(cache_control(max_age = 60))]
impl PageInfo {
    /// Whether there are items behind this page.
    fn has_next_page(&self) -> bool {
        self.has_next_page
    }

    /// Whether there are items before this page.
    fn has_previous_page(&self) -> bool {
        self.has_previous_page
    }

    /// The cursor of the first item.
    fn start_cursor(&self) -> Option<String> {
        let start = self.start.as_ref()?;
        Some(paging::encode(start, self.order))
    }

    /// The cursor of the last item.
    fn end_cursor(&self) -> Option<String> {
        let end = self.end.as_ref()?;
        Some(paging::encode(end, self.order))
    }
}
