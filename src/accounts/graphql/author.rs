//! People, as the API shows them to everyone.

use crate::{
    accounts::PublicFace,
    error::Result,
    graphql::{connection::Connection, ids::encode, paging::PageArguments},
    reviews::graphql::{self as reviews, Review, ReviewSort},
};
use async_graphql::{Context, ID, Object};
use std::sync::Arc;

/// Who wrote a review.
pub(crate) struct Author(Arc<PublicFace>);

impl From<Arc<PublicFace>> for Author {
    fn from(face: Arc<PublicFace>) -> Self {
        Self(face)
    }
}

/// Who wrote a review: what the public sees of a person.
#[Object(cache_control(max_age = 30))]
impl Author {
    /// Its global id.
    pub(crate) async fn id(&self) -> ID {
        encode(self.0.id)
    }

    /// The name the person chose to be shown.
    fn display_name(&self) -> &str {
        &self.0.display_name
    }

    /// The person's reviews, newest first when nothing else is asked for.
    async fn reviews(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "In which order.")] sort: Option<ReviewSort>,
        #[graphql(desc = "At most so many, from the start; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "The cursor behind which the page starts.")] after: Option<String>,
        #[graphql(desc = "At most so many, from the end.")] last: Option<i32>,
        #[graphql(desc = "The cursor at which the page ends.")] before: Option<String>,
    ) -> Result<Connection<Review>> {
        let page = PageArguments::new(first, after, last, before);
        reviews::of_author(ctx, self.0.id, sort, &page).await
    }
}
