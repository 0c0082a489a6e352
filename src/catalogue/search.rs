//! Full-text search of products, best match first.
//!
//! A search looks at no more than [`keyset::COUNT_LIMIT`] matches, so that a word which stands in every product
//! costs no more than a rare one; that many are also as many as are ever counted.

use crate::{
    caller::Caller,
    catalogue::{
        Product, ProductFilter, cached,
        find::products::{ProductSort, column, listed, shown},
    },
    error::Result,
    platform::{
        keyset::{self, Cursor, Order, Page, Slice, SortKey},
        text,
    },
};
use entity::catalogue::product;
use sea_orm::{
    DbBackend, DbErr, FromQueryResult, QueryFilter, QueryResult, QueryTrait,
    sea_query::{
        Alias, BinOper, Expr, ExprTrait, Func, IntoCondition, JoinType, Query, SelectStatement,
    },
};
use std::sync::Arc;

/// What matches can be sorted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum SearchSort {
    Relevance,
    By(ProductSort),
}

/// A page of matches in some order.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct SearchList {
    /// What the shopper typed; nothing means every product.
    pub query: String,
    pub filter: ProductFilter,
    pub sort: SearchSort,
    pub descending: bool,
    pub page: Page,
}

/// The words of a query, at most [`Terms::MOST`], each folded as the index is. The last one may be half typed.
pub(in crate::catalogue) struct Terms(Vec<String>);

impl Terms {
    const MOST: usize = 12;
    const LONGEST: usize = 64;
    /// Words that say nothing; PostgreSQL leaves them out of its index, so no query may ask for them.
    const SILENT: [&str; 24] = [
        "a", "an", "and", "are", "as", "at", "be", "by", "for", "from", "in", "is", "it", "its",
        "of", "on", "or", "that", "the", "this", "to", "was", "were", "with",
    ];

    pub(in crate::catalogue) fn of(query: &str) -> Self {
        Self(
            text::words(query)
                .filter(|word| !Self::SILENT.contains(&word.as_str()))
                .map(|word| word.chars().take(Self::LONGEST).collect())
                .take(Self::MOST)
                .collect(),
        )
    }

    /// In the query language of `to_tsquery`. Words hold letters and digits only, so nothing needs escaping.
    fn for_postgres(&self) -> String {
        self.joined(" & ", |word, last| {
            if last {
                format!("'{word}':*")
            } else {
                format!("'{word}'")
            }
        })
    }

    /// In the query language of FTS5.
    fn for_sqlite(&self) -> String {
        self.joined(" AND ", |word, last| {
            if last {
                format!("\"{word}\"*")
            } else {
                format!("\"{word}\"")
            }
        })
    }

    fn joined(&self, and: &str, quote: impl Fn(&str, bool) -> String) -> String {
        let last = self.0.len().saturating_sub(1);
        let words: Vec<_> = self
            .0
            .iter()
            .enumerate()
            .map(|(i, word)| quote(word, i == last))
            .collect();
        words.join(and)
    }

    /// Rows of (`product_id`, `score`): the products that hold every word. Greater scores match better.
    fn hits(&self, backend: DbBackend) -> SelectStatement {
        let mut hits = Query::select()
            .expr(Expr::cust("product_search.product_id"))
            .limit(keyset::COUNT_LIMIT)
            .take();
        if self.0.is_empty() {
            // Only punctuation or silent words: nothing can match.
            return hits
                .expr_as(Expr::cust("0"), Alias::new("score"))
                .from(Alias::new("product_search"))
                .and_where(Expr::cust("1 = 0"))
                .take();
        }
        if backend == DbBackend::Postgres {
            let words = Func::cust("to_tsquery")
                .arg(Expr::cust("'english'"))
                .arg(self.for_postgres());
            let document = Expr::cust("product_search.document");
            let rank = Func::cust("ts_rank")
                .arg(document.clone())
                .arg(words.clone());
            hits.expr_as(millionths(Expr::from(rank), "bigint"), Alias::new("score"))
                .from(Alias::new("product_search"))
                .and_where(document.binary(BinOper::Custom("@@"), words));
        } else {
            // The weights are about those of PostgreSQL's A, B and C; bm25 gives the best match the least value.
            let rank = Expr::cust("-bm25(product_search_text, 10.0, 4.0, 2.0)");
            hits.expr_as(millionths(rank, "integer"), Alias::new("score"))
                .from(Alias::new("product_search_text"))
                .join(
                    JoinType::InnerJoin,
                    Alias::new("product_search"),
                    Expr::cust("product_search.id = product_search_text.rowid"),
                )
                .and_where(
                    Expr::cust("product_search_text")
                        .binary(BinOper::Custom("MATCH"), self.for_sqlite()),
                );
        }
        hits
    }
}

/// A rank as an integer, which a cursor carries without rounding.
fn millionths(rank: Expr, integer: &'static str) -> Expr {
    rank.mul(1_000_000).cast_as(Alias::new(integer))
}

/// The listed products that match `query` and pass `filter`, each with its `score`.
pub(in crate::catalogue) fn matches(
    backend: DbBackend,
    query: &str,
    filter: &ProductFilter,
) -> SelectStatement {
    let mut select = listed().filter(filter.condition(backend)).into_query();
    if query.trim().is_empty() {
        return select
            .expr_as(Expr::cust("CAST(0 AS bigint)"), Alias::new("score"))
            .take();
    }
    select
        .expr_as(Expr::cust("hit.score"), Alias::new("score"))
        .join_subquery(
            JoinType::InnerJoin,
            Terms::of(query).hits(backend),
            Alias::new("hit"),
            Expr::cust("hit.product_id = product.id").into_condition(),
        )
        .take()
}

/// A product and how well it matches.
struct Match {
    product: Arc<Product>,
    score: i64,
}

impl FromQueryResult for Match {
    fn from_query_result(row: &QueryResult, prefix: &str) -> Result<Self, DbErr> {
        Ok(Self {
            product: Arc::new(Product::from_query_result(row, prefix)?),
            score: row.try_get(prefix, "score")?,
        })
    }
}

impl SearchSort {
    fn order(self, query: &str, descending: bool) -> Order<Match> {
        match self {
            Self::Relevance if !query.trim().is_empty() => Order {
                name: "matches by relevance",
                key: Some(Expr::cust("hit.score")),
                id: column(product::Column::Id),
                descending,
                cursor: |row| Cursor {
                    key: SortKey::Integer(row.score),
                    id: row.product.id.0,
                },
            },
            Self::Relevance => Self::By(ProductSort::CreatedAt).order(query, descending),
            Self::By(sort) => {
                let order = sort.order(descending);
                Order {
                    name: order.name,
                    key: order.key,
                    id: order.id,
                    descending,
                    cursor: match sort {
                        ProductSort::CreatedAt => |row| ProductSort::CreatedAt.cursor(&row.product),
                        ProductSort::Name => |row| ProductSort::Name.cursor(&row.product),
                        ProductSort::Price => |row| ProductSort::Price.cursor(&row.product),
                        ProductSort::Rating => |row| ProductSort::Rating.cursor(&row.product),
                    },
                }
            }
        }
    }

    /// The name of the order, which cursors carry.
    pub(crate) fn order_name(self, query: &str) -> &'static str {
        self.order(query, true).name
    }
}

/// Notes that the caller is shown something of what matches.
pub(in crate::catalogue) fn matched(caller: &Caller, filter: &ProductFilter) {
    caller.depends_on([cached::LISTED, cached::SEARCHED]);
    caller.depends_on(filter.tags());
}

/// A page of matches.
pub(crate) async fn search(caller: &Caller, list: &SearchList) -> Result<Slice<Product>> {
    matched(caller, &list.filter);
    if let SearchSort::By(sort) = list.sort {
        caller.depends_on(sort.tag());
    }
    let select = matches(caller.database.backend(), &list.query, &list.filter);
    let order = list.sort.order(&list.query, list.descending);
    let found = keyset::fetch(caller.database.read(), select, &order, &list.page).await?;
    let found = found.map(|row| Arc::clone(&row.product));
    shown(caller, found.items());
    Ok(found)
}

/// How many products match, up to [`keyset::COUNT_LIMIT`].
pub(crate) async fn search_count(
    caller: &Caller,
    query: &str,
    filter: &ProductFilter,
) -> Result<u64> {
    matched(caller, filter);
    let select = matches(caller.database.backend(), query, filter);
    keyset::count(caller.database.read(), select).await
}
