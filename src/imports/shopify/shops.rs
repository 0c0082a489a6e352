//! Which shop a product goes to.

use super::{
    columns::Column,
    product_group::{GroupedProduct, ProductGroup},
};
use crate::imports::report::Problem;
use crate::sellers::{self, Shop};
use crate::{
    error::{Error, Result},
    platform::text,
};
use entity::ids::SellerId;
use entity::money::CurrencyCode;
use sea_orm::ConnectionTrait;
use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

/// The shops an import has met, and how to find the next.
pub(super) struct Shops {
    /// The shop that everything goes to; nothing where each vendor is one.
    all_to: Option<ShopName>,
    /// The currency of shops that are made.
    currency: CurrencyCode,
    /// Whether a shop of another currency is a mistake.
    currency_is_meant: bool,
    known: HashMap<String, Known>,
}

struct Known {
    shop: Arc<Shop>,
    /// Whether it is in the database, or would be by now.
    stored: bool,
}

/// A shop as a file or a flag names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ShopName {
    pub(super) handle: String,
    pub(super) name: String,
}

impl ShopName {
    /// The shop of a vendor.
    pub(super) fn of_vendor(vendor: &str) -> Result<Self, String> {
        let name = vendor.split_whitespace().collect::<Vec<_>>().join(" ");
        if name.is_empty() {
            return Err(
                "The product names no vendor: name one, or import with --seller HANDLE.".to_owned(),
            );
        }
        if name.chars().count() > sellers::NAME_LIMIT {
            let limit = sellers::NAME_LIMIT;
            return Err(format!("A vendor's name has at most {limit} characters."));
        }
        let handle = text::slug(&name, sellers::NAME_LIMIT);
        if handle.is_empty() {
            return Err(format!("The vendor '{name}' has no letter or digit."));
        }
        Ok(Self { handle, name })
    }

    /// The shop of a handle; where it is missing, it is named after the handle.
    pub(super) fn of_handle(handle: &str) -> Result<Self, String> {
        let handle = text::slug(handle, sellers::NAME_LIMIT);
        let words = handle.replace('-', " ");
        let mut letters = words.chars();
        let first = letters.next().ok_or("A handle has a letter or digit.")?;
        Ok(Self {
            name: first.to_uppercase().chain(letters).collect(),
            handle,
        })
    }
}

impl Shops {
    pub(super) fn new(
        all_to: Option<ShopName>,
        stated: Option<CurrencyCode>,
        default: CurrencyCode,
    ) -> Self {
        Self {
            all_to,
            currency: stated.unwrap_or(default),
            currency_is_meant: stated.is_some(),
            known: HashMap::new(),
        }
    }

    /// The shop that a product names, by its handle, or what is wrong with the name.
    pub(super) fn name_of(
        &self,
        group: &ProductGroup,
        product: &GroupedProduct,
    ) -> Result<ShopName, Problem> {
        if let Some(shop) = &self.all_to {
            return Ok(shop.clone());
        }
        let vendor = product.fields.vendor.as_str();
        ShopName::of_vendor(vendor).map_err(|reason| {
            let column = group.columns.header(Column::Vendor);
            Problem::new(group.line, column, vendor, reason)
        })
    }

    /// Looks up the shops that are not known yet; those that are not there are made up, to be stored when a
    /// product goes to them.
    ///
    /// # Errors
    /// Invalid when a shop sells in another currency than the import is meant to be in.
    pub(super) async fn look_up(
        &mut self,
        db: &impl ConnectionTrait,
        names: impl Iterator<Item = &ShopName>,
    ) -> Result<()> {
        let unknown: HashMap<String, &ShopName> = names
            .filter(|name| !self.known.contains_key(&name.handle))
            .map(|name| (name.handle.clone(), name))
            .collect();
        let handles: Vec<String> = unknown.keys().cloned().collect();
        for shop in sellers::shops_by_handle(db, &handles).await? {
            if self.currency_is_meant && shop.currency != self.currency {
                return Err(Error::invalid(
                    "--currency",
                    format!(
                        "The shop '{}' sells in {}, not in {}: leave --currency out, or import to another shop.",
                        shop.handle, shop.currency, self.currency
                    ),
                ));
            }
            self.know(shop, true);
        }
        for (handle, name) in unknown {
            if !self.known.contains_key(&handle) {
                self.know(
                    Shop::unlimited(handle, name.name.clone(), self.currency),
                    false,
                );
            }
        }
        Ok(())
    }

    fn know(&mut self, shop: Shop, stored: bool) {
        let handle = shop.handle.clone();
        let shop = Arc::new(shop);
        self.known.insert(handle, Known { shop, stored });
    }

    /// The shop of a handle, if it was looked up.
    pub(super) fn get(&self, handle: &str) -> Option<Arc<Shop>> {
        self.known.get(handle).map(|known| Arc::clone(&known.shop))
    }

    /// Of `sellers`, the shops that are not in the database yet.
    pub(super) fn missing(&self, sellers: &HashSet<SellerId>) -> Vec<Shop> {
        let known = self.known.values();
        known
            .filter(|known| !known.stored && sellers.contains(&known.shop.id))
            .map(|known| Shop::clone(&known.shop))
            .collect()
    }

    /// The shops are in the database now, or would be.
    pub(super) fn stored(&mut self, shops: &[Shop]) {
        for shop in shops {
            if let Some(known) = self.known.get_mut(&shop.handle) {
                known.stored = true;
            }
        }
    }

    /// Forgets shops that were made up: someone else may have made them.
    pub(super) fn forget_missing(&mut self) {
        self.known.retain(|_, known| known.stored);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vendors_become_shops() {
        let shop = |vendor: &str| ShopName::of_vendor(vendor).map(|shop| (shop.handle, shop.name));
        assert_eq!(
            shop(" Company  123 "),
            Ok(("company-123".to_owned(), "Company 123".to_owned()))
        );
        assert!(shop("").unwrap_err().contains("--seller"));
        assert!(shop("&&&").is_err());
        assert!(shop(&"x".repeat(101)).is_err());
    }

    #[test]
    fn a_new_shop_is_named_after_its_handle() {
        let shop = ShopName::of_handle("ocean-blue").unwrap();
        assert_eq!(
            (shop.handle.as_str(), shop.name.as_str()),
            ("ocean-blue", "Ocean blue")
        );
        assert_eq!(
            ShopName::of_handle("Ocean Blue").unwrap().handle,
            "ocean-blue"
        );
        assert!(ShopName::of_handle("--").is_err());
    }
}
