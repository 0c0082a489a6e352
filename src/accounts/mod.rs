//! People: for now, who wrote a review.
