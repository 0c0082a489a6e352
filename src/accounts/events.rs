//! What happens to people, as far as others see it.

use crate::{outbox::Event, platform::cache::CacheTag};
use entity::ids::AccountId;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// What the public sees of a person, answers that are kept depend on.
pub(super) fn tag(id: AccountId) -> CacheTag {
    CacheTag::of(AuthorChanged::AGGREGATE, id.0)
}

/// Someone is shown by another name, or not any more.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AuthorChanged {
    pub(crate) account_id: AccountId,
}

impl Event for AuthorChanged {
    const NAME: &'static str = "accounts.author_changed";
    const AGGREGATE: &'static str = "account";

    fn aggregate_id(&self) -> Uuid {
        self.account_id.0
    }
}
