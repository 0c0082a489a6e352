//! What all subscriptions to changes have in common: what is watched, and what is told of every change.

use super::{feed::News, position};
use crate::{
    error::{Error, Result},
    graphql::ids::{GlobalId, decode},
};
use async_graphql::{Enum, ID};
use chrono::{DateTime, Utc};
use entity::ids::SellerId;
use std::collections::HashSet;
use uuid::Uuid;

/// Most things of one subscription.
const MOST_IDS: usize = 100;

/// What an event of a subscription tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub(crate) enum ChangeKind {
    /// First of all: from here on every change is told. What you ask for now and what comes then leave no gap.
    Started,
    /// It was made or changed, or came up for sale.
    Changed,
    /// It is not there any more, or not for you.
    Gone,
    /// Some changes were not told one by one, since they came faster than you took them. Ask anew for what you watch.
    Missed,
}

/// An event: what it tells, where it stands in the feed, and when it happened.
pub(crate) struct Change<T> {
    pub(crate) kind: ChangeKind,
    pub(crate) position: String,
    pub(crate) occurred_at: Option<DateTime<Utc>>,
    pub(crate) found: Option<T>,
    /// Held until the event is told, so that not all who watch the same thing ask the database at once.
    _turn: Option<tokio::sync::OwnedSemaphorePermit>,
}

impl<T> Change<T> {
    /// The event of `news`; `kind` says what a change is to its viewer.
    pub(crate) fn of(news: News<T>, kind: impl Fn(&T) -> ChangeKind) -> Self {
        let (told, position, occurred_at, found, turn) = match news {
            News::Started { position } => (ChangeKind::Started, position, None, None, None),
            News::Missed { position } => (ChangeKind::Missed, position, None, None, None),
            News::Change {
                found,
                position,
                occurred_at,
                turn,
            } => (
                kind(&found),
                position,
                Some(occurred_at),
                Some(found),
                Some(turn),
            ),
        };
        Self {
            kind: told,
            position: position::encode(position),
            occurred_at,
            found,
            _turn: turn,
        }
    }
}

/// What is watched: some things, or all of a shop's.
#[derive(Debug)]
pub(crate) enum Watched {
    Things(HashSet<Uuid>),
    Seller(SellerId),
}

impl Watched {
    /// Reads the ids of things, which were passed as the argument `name`.
    ///
    /// # Errors
    /// Invalid when there are none or too many, or one is no id of such a thing.
    pub(crate) fn things<I: GlobalId>(name: &str, ids: &[ID]) -> Result<Self> {
        if ids.is_empty() {
            return Err(Error::invalid(name, "It is empty: name what you watch."));
        }
        if ids.len() > MOST_IDS {
            let message = format!(
                "{} ids are too many: one subscription watches at most {MOST_IDS}. Make several, or watch a shop.",
                ids.len()
            );
            return Err(Error::invalid(name, message));
        }
        let ids = ids.iter().enumerate().map(|(index, id)| {
            let id: I = decode(id, &format!("{name}.{index}"))?;
            Ok(id.into())
        });
        Ok(Self::Things(ids.collect::<Result<_>>()?))
    }

    /// Reads the id of a shop, all of whose things are watched.
    ///
    /// # Errors
    /// Invalid when it is none.
    pub(crate) fn seller(id: &ID) -> Result<Self> {
        decode(id, "sellerId").map(Self::Seller)
    }
}
