//! What clients may ask of lists of orders, checked and turned into the room's own terms.

use super::{fulfilment::FulfilmentState, order::OrderState};
use crate::{
    error::{Error, Result},
    graphql::{
        ids::decode,
        scalars::{CurrencyCode, SortDirection},
    },
    orders::{self, ListOrder, OrderSort as Sort, Period, Search},
};
use async_graphql::{Enum, ID, InputObject};
use chrono::{DateTime, Utc};

/// What orders can be sorted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "Sort")]
pub(crate) enum OrderSortKey {
    /// When they were bought.
    PlacedAt,
    /// What they come to, in one currency: name it in the filter.
    Total,
}

/// How orders are sorted.
#[derive(Clone, Copy, Debug, InputObject)]
pub(crate) struct OrderSort {
    /// What they are sorted by.
    by: OrderSortKey,
    /// Which end comes first.
    #[graphql(default_with = "SortDirection::Asc")]
    direction: SortDirection,
}

/// Which orders are asked for; what is left out does not narrow, and all that is said must hold.
#[derive(Clone, Debug, Default, InputObject)]
pub(crate) struct OrderFilter {
    /// In one of these states.
    #[graphql(validator(max_items = 4))]
    states: Option<Vec<OrderState>>,
    /// Bought at this time or later.
    created_after: Option<DateTime<Utc>>,
    /// Bought before this time.
    created_before: Option<DateTime<Utc>>,
    /// Paid in this currency.
    currency: Option<CurrencyCode>,
    /// Called by this number, or with this SKU among what was bought; in `orders`, also with an e-mail address that begins with this, three
    /// characters or more.
    search: Option<String>,
}

/// Which parts of orders are asked for; what is left out does not narrow, and all that is said must hold.
#[derive(Clone, Debug, Default, InputObject)]
pub(crate) struct FulfilmentFilter {
    /// In one of these states.
    #[graphql(validator(max_items = 5))]
    states: Option<Vec<FulfilmentState>>,
    /// Bought at this time or later.
    created_after: Option<DateTime<Utc>>,
    /// Bought before this time.
    created_before: Option<DateTime<Utc>>,
    /// Of the order with this number, or with this SKU among what was bought.
    search: Option<String>,
}

impl OrderFilter {
    /// The filter in the room's terms.
    ///
    /// # Errors
    /// Invalid, naming what is wrong.
    pub(super) fn checked(self, customer: Option<&ID>) -> Result<orders::OrderFilter> {
        Ok(orders::OrderFilter {
            customer: customer.map(|id| decode(id, "customerId")).transpose()?,
            states: self
                .states
                .map(|all| all.into_iter().map(Into::into).collect()),
            placed: Period {
                from: self.created_after,
                before: self.created_before,
            },
            currency: self.currency.map(|code| code.0),
            search: read_search(self.search)?,
        })
    }
}

impl FulfilmentFilter {
    /// The filter in the room's terms.
    ///
    /// # Errors
    /// Invalid, naming what is wrong.
    pub(super) fn checked(self) -> Result<orders::PartFilter> {
        Ok(orders::PartFilter {
            states: self
                .states
                .map(|all| all.into_iter().map(Into::into).collect()),
            placed: Period {
                from: self.created_after,
                before: self.created_before,
            },
            search: read_search(self.search)?,
        })
    }
}

fn read_search(text: Option<String>) -> Result<Option<Search>> {
    text.map(|text| Search::read(&text, "filter.search"))
        .transpose()
}

/// The order in which the list comes: the last to be bought first, where nothing is said.
///
/// # Errors
/// Invalid where amounts of several currencies would be compared.
pub(super) fn sorted(sort: Option<OrderSort>, filter: &orders::OrderFilter) -> Result<ListOrder> {
    let Some(sort) = sort else {
        return Ok(ListOrder::new(Sort::PlacedAt, true));
    };
    if sort.by == OrderSortKey::Total && filter.currency.is_none() {
        return Err(Error::invalid(
            "filter.currency",
            "Amounts of several currencies cannot be compared: name one to sort by the total.",
        ));
    }
    let descending = sort.direction == SortDirection::Desc;
    Ok(ListOrder::new(sort.by.into(), descending))
}
