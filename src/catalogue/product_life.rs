//! The life of a product: the one table of what may follow what.
//!
//! ```text
//!            publish          unpublish
//! DRAFT ────────────▶ ACTIVE ────────────▶ INACTIVE ──publish──▶ ACTIVE
//! any of these ──archive──▶ ARCHIVED        any of all these ──delete──▶ DELETED
//! ARCHIVED, DELETED ──restore──▶ INACTIVE
//! ```

use crate::error::{Error, Result};
use entity::catalogue::product::Status;

/// What is done to a product in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Step {
    /// It is put up for sale.
    Publish,
    /// It is taken off the shelf for now.
    Unpublish,
    /// It is kept for the record only.
    Archive,
    /// It is deleted.
    Delete,
    /// It is taken out of the record, or of what was deleted not long ago.
    Restore,
}

impl Step {
    /// From where it leads, and where to.
    fn rule(self) -> (&'static [Status], Status) {
        use Status as S;
        match self {
            Self::Publish => (&[S::Draft, S::Inactive], S::Active),
            Self::Unpublish => (&[S::Active], S::Inactive),
            Self::Archive => (&[S::Draft, S::Active, S::Inactive], S::Archived),
            Self::Delete => (&[S::Draft, S::Active, S::Inactive, S::Archived], S::Deleted),
            Self::Restore => (&[S::Archived, S::Deleted], S::Inactive),
        }
    }

    /// What becomes of a product that is `from`.
    ///
    /// # Errors
    /// Conflict where this cannot be done to it.
    pub(crate) fn apply(self, from: Status) -> Result<Status> {
        let (sources, to) = self.rule();
        if sources.contains(&from) {
            return Ok(to);
        }
        Err(Error::Conflict(
            match (self, from) {
                (Self::Publish, Status::Active) => "The product is for sale already.",
                (Self::Publish, _) => "An archived product is not sold. Restore it first.",
                (Self::Unpublish, _) => {
                    "The product is not for sale, so it cannot be taken off the shelf."
                }
                (Self::Archive, _) => "The product is archived already.",
                (Self::Restore, _) => {
                    "The product is neither archived nor deleted, so there is nothing to restore."
                }
                (Self::Delete, _) => "The product is deleted already.",
            }
            .to_owned(),
        ))
    }

    /// What the audit log calls it.
    pub(crate) fn action(self) -> &'static str {
        match self {
            Self::Publish => "product.publish",
            Self::Unpublish => "product.unpublish",
            Self::Archive => "product.archive",
            Self::Delete => "product.delete",
            Self::Restore => "product.restore",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sea_orm::Iterable;

    #[test]
    fn nothing_is_done_but_what_the_table_says() {
        let steps = [
            Step::Publish,
            Step::Unpublish,
            Step::Archive,
            Step::Delete,
            Step::Restore,
        ];
        let mut allowed = 0;
        for step in steps {
            for from in Status::iter() {
                let to = step.apply(from);
                assert!(
                    to.as_ref().ok() != Some(&from),
                    "{step:?} leaves a product as it is"
                );
                allowed += usize::from(to.is_ok());
            }
        }
        assert_eq!(allowed, 12);
        assert_eq!(Step::Publish.apply(Status::Draft).unwrap(), Status::Active);
        assert!(Step::Publish.apply(Status::Archived).is_err());
        assert!(Step::Publish.apply(Status::Deleted).is_err());
        assert_eq!(
            Step::Restore.apply(Status::Deleted).unwrap(),
            Status::Inactive
        );
    }
}
