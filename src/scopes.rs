//! What a key may be good for, in one place.
//!
//! A scope takes away and never gives: whoever acts by a key may do what its scopes open, as far as the person whose key it is
//! may do it too. Which of the API's fields a scope opens stands in `graphql/key_scopes.rs`; nothing that is not listed is
//! open to keys.

use crate::permissions::Permission;

/// Something that a key may be good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ApiScope {
    /// Read products, categories, shops and reviews.
    CatalogueRead,
    /// Change the products of one's shops.
    CatalogueWrite,
    /// Read one's own account, but not how its person signs in.
    AccountRead,
    /// See jobs and queues, for whoever may.
    JobsRead,
    /// Read who changed what, for whoever may.
    AuditRead,
}

impl ApiScope {
    /// Every scope.
    pub const ALL: [Self; 5] = [
        Self::CatalogueRead,
        Self::CatalogueWrite,
        Self::AccountRead,
        Self::JobsRead,
        Self::AuditRead,
    ];

    /// The name it has in the API and the database.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::CatalogueRead => "CATALOGUE_READ",
            Self::CatalogueWrite => "CATALOGUE_WRITE",
            Self::AccountRead => "ACCOUNT_READ",
            Self::JobsRead => "JOBS_READ",
            Self::AuditRead => "AUDIT_READ",
        }
    }

    fn bit(self) -> u32 {
        1 << self as u32
    }
}

/// The scope that a key needs for what takes `permission`. Nothing where no key may do it at all.
#[must_use]
pub fn scope_of(permission: Permission) -> Option<ApiScope> {
    match permission {
        Permission::JobsRead | Permission::SagasRead => Some(ApiScope::JobsRead),
        Permission::AuditRead => Some(ApiScope::AuditRead),
        Permission::ShopsRead => Some(ApiScope::CatalogueRead),
        _ => None,
    }
}

/// A set of scopes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Scopes(u32);

impl Scopes {
    /// Whether it holds `scope`.
    #[must_use]
    pub fn contains(self, scope: ApiScope) -> bool {
        self.0 & scope.bit() != 0
    }

    /// Whether it holds none.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Its scopes, in the order in which they are declared.
    pub fn iter(self) -> impl Iterator<Item = ApiScope> {
        ApiScope::ALL
            .into_iter()
            .filter(move |scope| self.contains(*scope))
    }

    /// As it is kept: the names, with spaces between them.
    #[must_use]
    pub fn written(self) -> String {
        let names: Vec<_> = self.iter().map(ApiScope::name).collect();
        names.join(" ")
    }

    /// What was kept. A name that this version of the server does not know opens nothing.
    #[must_use]
    pub fn read(text: &str) -> Self {
        let is_named = |scope: &ApiScope| text.split(' ').any(|name| name == scope.name());
        ApiScope::ALL.into_iter().filter(is_named).collect()
    }
}

impl FromIterator<ApiScope> for Scopes {
    fn from_iter<T: IntoIterator<Item = ApiScope>>(scopes: T) -> Self {
        Self(scopes.into_iter().fold(0, |bits, scope| bits | scope.bit()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_are_read_as_they_were_written() {
        let all: Scopes = ApiScope::ALL.into_iter().collect();
        assert_eq!(Scopes::read(&all.written()), all);
        assert_eq!(all.iter().count(), ApiScope::ALL.len());
        assert_eq!(Scopes::read(""), Scopes::default());
        let one = Scopes::read("JOBS_READ JOBS_READ NEXT_YEARS_SCOPE JOBS");
        assert_eq!(one.written(), "JOBS_READ");
        assert!(one.contains(ApiScope::JobsRead) && !one.contains(ApiScope::AuditRead));
    }
}
