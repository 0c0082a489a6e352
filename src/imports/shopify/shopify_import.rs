//! Importing a file.

use super::{
    columns::Column,
    draft::DraftRules,
    importer::Importer,
    product_group::ProductGroup,
    reader::{Grouping, Reader},
    shops::{ShopName, Shops},
};
use crate::imports::report::{Event, Report};
use crate::{
    app::App,
    error::{Error, Result},
};
use entity::money::CurrencyCode;
use serde::{Deserialize, Serialize};
use std::{
    io::Read,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};
use tokio::{sync::mpsc, task::JoinHandle};

/// How many products one transaction writes: enough to make its cost per product small, few enough that others who
/// write wait for less than a moment.
const BATCH_PRODUCTS: usize = 256;
/// How many rows a batch may have before it is complete, whatever number of products that is.
const BATCH_ROWS: u64 = 1_024;
/// How many products are read ahead of those that are written.
const READ_AHEAD: usize = 512;

/// Which shop the products of a file go to.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub(crate) enum ShopChoice {
    /// All to the shop of this handle, which is made where it is missing.
    Handle(String),
    /// Each to the shop of its vendor.
    Vendor,
    /// Each to the shop of its vendor, if the file names vendors.
    VendorIfNamed,
}

/// How files are imported.
#[derive(Clone, Debug)]
pub(crate) struct ImportOptions {
    pub(crate) shop: ShopChoice,
    /// The currency of prices, and of shops that are made; that of the settings where this says nothing.
    pub(crate) currency: Option<CurrencyCode>,
    /// Round prices with more decimals than their currency has, half up, rather than refuse them.
    pub(crate) round_prices: bool,
    /// Find out what would happen and write nothing.
    pub(crate) dry_run: bool,
}

/// Imports one file, called `name` in errors. See [`ShopifyImport`].
///
/// # Errors
/// As of [`ShopifyImport::start`] and [`ShopifyImport::file`].
pub(crate) async fn shopify_import(
    app: &App,
    name: &str,
    source: impl Read + Send + 'static,
    options: &ImportOptions,
    on_event: impl FnMut(Event<'_>),
) -> Result<Report> {
    let mut import = ShopifyImport::start(app, options, on_event).await?;
    import.file(name, source).await?;
    Ok(import.finish())
}

/// An import of one or several files. Each product stands in one place of one of them.
pub(crate) struct ShopifyImport<'a, E> {
    importer: Importer<'a, E>,
    shop: ShopChoice,
    /// How much was read of the files that are done.
    bytes: u64,
}

impl<'a, E: FnMut(Event<'_>)> ShopifyImport<'a, E> {
    /// Begins an import that tells `on_event` what it leaves out and, after each batch, how far it is.
    ///
    /// # Errors
    /// Invalid, naming the option, when the shop has no proper handle, or sells in another currency.
    pub(crate) async fn start(app: &'a App, options: &ImportOptions, on_event: E) -> Result<Self> {
        let all_to = match &options.shop {
            ShopChoice::Handle(handle) => {
                let name = ShopName::of_handle(handle);
                Some(name.map_err(|reason| Error::invalid("--seller", reason))?)
            }
            ShopChoice::Vendor | ShopChoice::VendorIfNamed => None,
        };
        let rules = DraftRules {
            round_prices: options.round_prices,
            keep_vendor: all_to.is_some(),
        };
        let mut shops = Shops::new(all_to.clone(), options.currency, app.settings.currency);
        if let Some(shop) = &all_to {
            let db = app.database.write();
            shops.look_up(db, std::iter::once(shop)).await?;
        }
        Ok(Self {
            importer: Importer::new(app, rules, options.dry_run, shops, on_event).await?,
            shop: options.shop.clone(),
            bytes: 0,
        })
    }

    /// Imports a file, plain or compressed as its content says; it is called `name` in errors.
    ///
    /// # Errors
    /// Invalid, naming the file, when it cannot be read (to its end), lacks a needed column, or tells no shop.
    /// Whatever the database says of anything but what the file holds. Batches before the error are done.
    pub(crate) async fn file(
        &mut self,
        name: &str,
        source: impl Read + Send + 'static,
    ) -> Result<()> {
        self.importer.begin(name);
        let mut reading = start_reading(source, name.to_owned(), self.shop.clone());
        let mut batch = Vec::new();
        let mut rows = 0;
        while let Some(group) = reading.groups.recv().await {
            rows += group.rows;
            batch.push(group);
            if batch.len() >= BATCH_PRODUCTS || rows >= BATCH_ROWS {
                self.importer.run(std::mem::take(&mut batch)).await?;
                rows = 0;
                let read = reading.bytes.load(Ordering::Relaxed);
                self.importer.progress(self.bytes + read);
            }
        }
        self.importer.run(batch).await?;
        self.importer.end().await;
        reading.outcome.await.map_err(Error::internal)??;
        self.bytes += reading.bytes.load(Ordering::Relaxed);
        self.importer.progress(self.bytes);
        Ok(())
    }

    /// Ends the import and says how much it did.
    pub(crate) fn finish(self) -> Report {
        self.importer.finish()
    }
}

/// Checks that a file can be read and has the needed columns, so that several files can be checked before the
/// first is imported.
///
/// # Errors
/// As of [`ShopifyImport::file`].
pub(crate) async fn shopify_check(
    name: &str,
    source: impl Read + Send + 'static,
    shop: &ShopChoice,
) -> Result<()> {
    let (name, shop) = (name.to_owned(), shop.clone());
    let check = move || open(source, &name, &shop, Arc::default()).map(|_| ());
    tokio::task::spawn_blocking(check)
        .await
        .map_err(Error::internal)?
}

/// A file that is being read on a thread of its own.
struct Reading {
    groups: mpsc::Receiver<ProductGroup>,
    /// How much of the source has been read.
    bytes: Arc<AtomicU64>,
    outcome: JoinHandle<Result<()>>,
}

fn start_reading(source: impl Read + Send + 'static, name: String, shop: ShopChoice) -> Reading {
    let (send, groups) = mpsc::channel(READ_AHEAD);
    let bytes = Arc::new(AtomicU64::new(0));
    let counter = Arc::clone(&bytes);
    let outcome = tokio::task::spawn_blocking(move || {
        let reader = open(source, &name, &shop, counter)?;
        let grouping = match shop {
            ShopChoice::Handle(_) => Grouping::ByHandle,
            ShopChoice::Vendor | ShopChoice::VendorIfNamed => Grouping::ByVendorAndHandle,
        };
        let (mut products, mut vendors) = (false, false);
        reader.read(&name, grouping, |group| {
            products = true;
            vendors |= group.names_vendor;
            // Nobody listens any more where the import has failed.
            send.blocking_send(group).is_ok()
        })?;
        if shop == ShopChoice::VendorIfNamed && products && !vendors {
            return Err(no_vendor(&name));
        }
        Ok(())
    });
    Reading {
        groups,
        bytes,
        outcome,
    }
}

fn open(
    source: impl Read + Send + 'static,
    name: &str,
    shop: &ShopChoice,
    bytes: Arc<AtomicU64>,
) -> Result<Reader> {
    let reader = Reader::open(source, name, bytes)?;
    let names_vendors = reader.columns().place(Column::Vendor).is_some();
    match shop {
        ShopChoice::Vendor if !names_vendors => Err(Error::invalid(
            name,
            "The file lacks the column 'Vendor': import it with --seller HANDLE instead.",
        )),
        ShopChoice::VendorIfNamed if !names_vendors => Err(no_vendor(name)),
        _ => Ok(reader),
    }
}

fn no_vendor(name: &str) -> Error {
    Error::invalid(
        name,
        "The file names no vendors, so its products need a shop: say --seller HANDLE, or fill the column \
         'Vendor' and say --vendor-as-seller.",
    )
}
