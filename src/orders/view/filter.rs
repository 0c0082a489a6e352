//! Which orders are asked for.

use super::lists::OrderSort;
use crate::{
    error::{Error, Result},
    orders::{FulfilmentState, OrderState},
};
use chrono::{DateTime, Utc};
use entity::ids::{AccountId, SellerId};
use entity::money::CurrencyCode;
use entity::orders::{line, order, view, view_part, view_sku};
use sea_orm::{
    ColumnTrait, DbBackend, EntityTrait, QueryFilter, QuerySelect, QueryTrait, Select,
    sea_query::{Cond, Expr, ExprTrait, IntoColumnRef, Query, SelectStatement, UnionType},
};

/// Longest text that is searched for, in characters: that of a SKU.
const LONGEST: usize = 255;
/// Fewest characters of an e-mail address that are looked for.
const FEWEST_OF_EMAIL: usize = 3;

/// When something was bought; what is left out does not narrow.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Period {
    /// At this time or later.
    pub(crate) from: Option<DateTime<Utc>>,
    /// Before this time.
    pub(crate) before: Option<DateTime<Utc>>,
}

/// What someone types to find an order: its number, the beginning of the shopper's e-mail address, or a SKU.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Search {
    number: Option<i64>,
    /// From here on, and before there.
    emails: Option<(String, String)>,
    sku: String,
}

/// Which orders are asked for; what is left out does not narrow.
#[derive(Clone, Debug, Default)]
pub(crate) struct OrderFilter {
    pub(crate) customer: Option<AccountId>,
    pub(crate) states: Option<Vec<OrderState>>,
    pub(crate) placed: Period,
    pub(crate) currency: Option<CurrencyCode>,
    pub(crate) search: Option<Search>,
}

/// Which parts of a shop's are asked for; what is left out does not narrow.
#[derive(Clone, Debug, Default)]
pub(crate) struct PartFilter {
    pub(crate) states: Option<Vec<FulfilmentState>>,
    pub(crate) placed: Period,
    pub(crate) search: Option<Search>,
}

impl Search {
    /// Reads what was typed, as the argument `field`.
    ///
    /// # Errors
    /// Invalid where it is nothing, or too long.
    pub(crate) fn read(text: &str, field: &str) -> Result<Self> {
        let text = text.trim();
        let length = text.chars().count();
        if !(1..=LONGEST).contains(&length) || text.chars().any(char::is_control) {
            return Err(Error::invalid(
                field,
                format!(
                    "Write an order's number, the beginning of an e-mail address, or a SKU, in 1 to {LONGEST} characters."
                ),
            ));
        }
        let digits = text.strip_prefix('#').unwrap_or(text);
        let is_number = digits.chars().all(|c| c.is_ascii_digit());
        let number = if is_number { digits.parse().ok() } else { None };
        let emails = (length >= FEWEST_OF_EMAIL).then(|| {
            let key = text.to_ascii_lowercase();
            // Whatever begins with it comes before this.
            let end = format!("{key}{}", char::MAX);
            (key, end)
        });
        Ok(Self {
            number,
            emails,
            sku: text.to_owned(),
        })
    }

    /// The ids of the orders that are found, each way by an index of its own.
    fn orders(&self) -> SelectStatement {
        let mut found = view_sku::Entity::find()
            .select_only()
            .column(view_sku::Column::OrderId)
            .filter(view_sku::Column::Sku.eq(&*self.sku))
            .into_query();
        let orders = || view::Entity::find().select_only().column(view::Column::Id);
        if let Some(number) = self.number {
            let numbered = orders().filter(view::Column::Number.eq(number));
            found.union(UnionType::All, numbered.into_query());
        }
        if let Some((from, before)) = &self.emails {
            let written = orders()
                .filter(view::Column::EmailKey.gte(&**from))
                .filter(view::Column::EmailKey.lt(&**before));
            found.union(UnionType::All, written.into_query());
        }
        found
    }

    /// The ids of the shop's parts that are found. Whose address it is, is nothing to search by for a shop.
    fn parts(&self, seller: SellerId) -> SelectStatement {
        let mut found = view_sku::Entity::find()
            .select_only()
            .column(view_sku::Column::PartId)
            .filter(view_sku::Column::SellerId.eq(seller))
            .filter(view_sku::Column::Sku.eq(&*self.sku))
            .into_query();
        if let Some(number) = self.number {
            let numbered = view_part::Entity::find()
                .select_only()
                .column(view_part::Column::Id)
                .filter(view_part::Column::SellerId.eq(seller))
                .filter(view_part::Column::Number.eq(number));
            found.union(UnionType::All, numbered.into_query());
        }
        found
    }

    /// Whether the order at hand is found, by what it is itself.
    fn is_of_order(&self) -> Cond {
        let of_line = Query::select()
            .expr(Expr::cust("1"))
            .from(line::Entity)
            .and_where(
                Expr::col((line::Entity, line::Column::OrderId))
                    .equals((order::Entity, order::Column::Id)),
            )
            .and_where(Expr::col((line::Entity, line::Column::Sku)).eq(&*self.sku))
            .take();
        let mut found = Cond::any().add(Expr::exists(of_line));
        if let Some(number) = self.number {
            found = found.add(order::Column::Number.eq(number));
        }
        found
    }
}

impl Period {
    /// Whether the time of `column`, in milliseconds, lies in it.
    fn holds(self, column: impl ColumnTrait) -> Cond {
        let from = self.from.map(|time| column.gte(time.timestamp_millis()));
        let before = self.before.map(|time| column.lt(time.timestamp_millis()));
        Cond::all().add_option(from).add_option(before)
    }
}

/// A column that narrows what is found by another index. SQLite does not know how many rows have a value, and would go through all that are paid to find
/// one shopper's; PostgreSQL counts.
fn beside<C: ColumnTrait>(backend: DbBackend, table: &str, column: C) -> Expr {
    match backend {
        DbBackend::Postgres => Expr::col(column.as_column_ref().into_column_ref()),
        _ => Expr::cust(format!("+{table}.{}", column.as_str())),
    }
}

/// By which index orders are found: the one that leaves the fewest, or has them in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum By {
    Search,
    Total,
    Customer,
    State,
    Time,
}

impl OrderFilter {
    fn by(&self, sort: OrderSort) -> By {
        if self.search.is_some() {
            By::Search
        } else if sort == OrderSort::Total {
            By::Total
        } else if self.customer.is_some() {
            By::Customer
        } else if self.states.as_ref().is_some_and(|states| states.len() == 1) {
            By::State
        } else {
            By::Time
        }
    }

    /// The orders of the view that are asked for, to come in this order.
    pub(super) fn in_view(&self, backend: DbBackend, sort: OrderSort) -> Select<view::Entity> {
        use view::Column as C;
        let found_by = self.by(sort);
        let column = |index: By, column: C| {
            if found_by == index {
                Expr::col((view::Entity, column))
            } else {
                beside(backend, "order_view", column)
            }
        };
        let mut found = view::Entity::find().filter(self.placed.holds(C::PlacedMs));
        if let Some(customer) = self.customer {
            found = found.filter(column(By::Customer, C::CustomerId).eq(customer));
        }
        if let Some(states) = &self.states {
            let state = column(By::State, C::State);
            found = found.filter(state.is_in(states.iter().copied()));
        }
        if let Some(currency) = self.currency {
            found = found.filter(column(By::Total, C::Currency).eq(currency));
        }
        if let Some(search) = &self.search {
            found = found.filter(C::Id.in_subquery(search.orders()));
        }
        found
    }

    /// Those of `orders`, which are one person's, that are asked for, by what they are themselves.
    pub(in crate::orders) fn among(
        &self,
        backend: DbBackend,
        orders: Select<order::Entity>,
    ) -> Select<order::Entity> {
        use order::Column as C;
        let mut found = orders;
        if let Some(from) = self.placed.from {
            found = found.filter(C::CreatedAt.gte(from));
        }
        if let Some(before) = self.placed.before {
            found = found.filter(C::CreatedAt.lt(before));
        }
        if let Some(states) = &self.states {
            let state = beside(backend, "customer_order", C::State);
            found = found.filter(state.is_in(states.iter().copied()));
        }
        if let Some(currency) = self.currency {
            found = found.filter(C::Currency.eq(currency));
        }
        if let Some(search) = &self.search {
            found = found.filter(search.is_of_order());
        }
        found
    }
}

impl PartFilter {
    /// The shop's parts in the view that are asked for.
    pub(super) fn in_view(
        &self,
        backend: DbBackend,
        seller: SellerId,
    ) -> Select<view_part::Entity> {
        use view_part::Column as C;
        let of_seller = match self.search {
            None => Expr::col((view_part::Entity, C::SellerId)),
            Some(_) => beside(backend, "order_view_part", C::SellerId),
        };
        let mut found = view_part::Entity::find()
            .filter(of_seller.eq(seller))
            .filter(self.placed.holds(C::PlacedMs));
        if let Some(states) = &self.states {
            found = found.filter(C::State.is_in(states.iter().copied()));
        }
        if let Some(search) = &self.search {
            found = found.filter(C::Id.in_subquery(search.parts(seller)));
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Search {
        Search::read(text, "filter.search").unwrap()
    }

    #[test]
    fn what_is_typed_is_a_number_the_beginning_of_an_address_or_a_sku() {
        assert_eq!(read(" #100001 ").number, Some(100_001));
        assert_eq!(read("100001").number, Some(100_001));
        assert_eq!(read("MUG-1").number, None);
        assert_eq!(read("99999999999999999999").number, None);
        assert_eq!(read("MUG-1").sku, "MUG-1");
        let (from, before) = read("Ada@Shop").emails.unwrap();
        assert_eq!(from, "ada@shop");
        assert!("ada@shop.example" < &*before && "ada@shoq" > &*before);
        assert_eq!(read("ad").emails, None);
    }

    #[test]
    fn what_is_nothing_or_too_long_is_refused() {
        for text in ["", "  ", "a\0b", "a\nb", &"a".repeat(256)] {
            assert!(Search::read(text, "filter.search").is_err(), "{text:?}");
        }
    }
}
