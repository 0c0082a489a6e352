//! Bringing products into the catalogue, batch by batch.

use super::{
    batch::{Batch, Candidate, Verdict},
    columns::Column,
    draft::DraftRules,
    product_group::ProductGroup,
    shops::{ShopName, Shops},
};
use crate::catalogue::product_upsert::{Effect, Memory};
use crate::imports::{
    database_refusal::database_refusal,
    report::{Event, Problem, Report},
};
use crate::{
    app::App,
    error::{Error, Result},
};
use entity::ids::SellerId;
use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
    time::Duration,
};

/// An import under way.
pub(super) struct Importer<'a, E> {
    app: &'a App,
    rules: DraftRules,
    dry_run: bool,
    shops: Shops,
    memory: Memory,
    /// The file that is being read.
    file: Arc<str>,
    /// Files and lines of the products that were met, by the handles of their shops and their own.
    met: HashMap<(String, String), (Arc<str>, u64)>,
    /// Shops that products went to.
    sellers: HashSet<SellerId>,
    report: Report,
    /// Batches that were written.
    written: u32,
    on_event: E,
}

/// "trdi": imports write one batch at a time, however many of them run. Two that met in the middle would each find
/// half of what the other brings.
const TURNSTILE: i64 = 0x7472_6469;

/// What imports fill.
const TABLES: &[&str] = &[
    "seller",
    "product",
    "product_image",
    "product_option",
    "option_value",
    "variant",
    "variant_option",
    "tag",
    "product_tag",
    "stock",
];

impl<'a, E: FnMut(Event<'_>)> Importer<'a, E> {
    pub(super) async fn new(
        app: &'a App,
        rules: DraftRules,
        dry_run: bool,
        shops: Shops,
        on_event: E,
    ) -> Result<Self> {
        Ok(Self {
            app,
            rules,
            dry_run,
            shops,
            memory: Memory::load(app.database.write()).await?,
            file: Arc::from(""),
            met: HashMap::new(),
            sellers: HashSet::new(),
            report: Report::default(),
            written: 0,
            on_event,
        })
    }

    /// What follows stands in `file`.
    pub(super) fn begin(&mut self, file: &str) {
        self.file = Arc::from(file);
    }

    /// Tells how far the files have been read.
    pub(super) fn progress(&mut self, bytes: u64) {
        (self.on_event)(Event::Progress { bytes });
    }

    /// The last batch is done.
    pub(super) async fn end(&mut self) {
        // After a power of two it was done just then.
        if self.written > 0 && !self.written.is_power_of_two() {
            self.app.database.analyze(TABLES).await;
        }
    }

    /// How much was done.
    pub(super) fn finish(self) -> Report {
        Report {
            sellers: self.sellers.len() as u64,
            ..self.report
        }
    }

    /// Imports a batch and counts it, in the order of the file.
    pub(super) async fn run(&mut self, batch: Vec<ProductGroup>) -> Result<()> {
        let mut candidates = Vec::with_capacity(batch.len());
        // Of those that the file alone tells cannot be imported.
        let mut left_out: HashMap<usize, Verdict> = HashMap::new();
        for (place, group) in batch.iter().enumerate() {
            match self.shop_of(group) {
                Ok(shop) => candidates.push(Candidate { group, shop }),
                Err(problem) => {
                    left_out.insert(place, Verdict::left_out(problem));
                }
            }
        }
        let mut verdicts = self.import(&candidates).await?.into_iter();
        for (place, group) in batch.iter().enumerate() {
            let verdict = left_out.remove(&place).or_else(|| verdicts.next());
            self.count(group, &verdict.unwrap_or_default());
        }
        Ok(())
    }

    /// Imports the candidates in one transaction, or, where the database will not take something of them, each in
    /// one of its own.
    async fn import(&mut self, candidates: &[Candidate<'_>]) -> Result<Vec<Verdict>> {
        match self.attempt_patiently(candidates).await {
            Ok(verdicts) => {
                self.note_written(&verdicts).await;
                return Ok(verdicts);
            }
            Err(error) if database_refusal(&error).is_none() => return Err(error),
            Err(error) => {
                let error = error.for_operator();
                tracing::debug!(error, "a batch is imported product by product");
            }
        }
        let mut verdicts = Vec::with_capacity(candidates.len());
        for candidate in candidates {
            // Whatever was looked up before may be what the database objected to.
            self.shops.forget_missing();
            self.memory.refresh(self.app.database.write()).await?;
            let alone = std::slice::from_ref(candidate);
            match self.attempt_patiently(alone).await {
                Ok(alone) => verdicts.extend(alone),
                Err(error) => match database_refusal(&error) {
                    Some(reason) => verdicts.push(refused(candidate.group, &reason)),
                    None => return Err(error),
                },
            }
        }
        Ok(verdicts)
    }

    /// Keeps the database's idea of its tables within a factor of two of what was written to them.
    async fn note_written(&mut self, verdicts: &[Verdict]) {
        let created = |verdict: &Verdict| verdict.effect == Some(Effect::Created);
        if !self.dry_run && verdicts.iter().any(created) {
            self.written += 1;
            if self.written.is_power_of_two() {
                self.app.database.analyze(TABLES).await;
            }
        }
    }

    /// The shop of a product that can be imported, or why it cannot, where the group does not say so itself.
    fn shop_of(&mut self, group: &ProductGroup) -> Result<ShopName, Option<Problem>> {
        let product = group.product.as_ref().ok_or(None)?;
        let shop = self.shops.name_of(group, product)?;
        let handle = &product.fields.handle;
        let key = (shop.handle.clone(), handle.clone());
        if let Some((file, line)) = self.met.get(&key) {
            let place = if *file == self.file {
                format!("line {line}")
            } else {
                format!("line {line} of {file}")
            };
            let reason = format!(
                "The product of this handle stands on {place} already: put all its rows together."
            );
            let column = group.columns.header(Column::Handle);
            return Err(Some(Problem::new(group.line, column, handle, reason)));
        }
        self.met.insert(key, (Arc::clone(&self.file), group.line));
        Ok(shop)
    }

    /// Tries again a few times where another transaction was in the way, or the machine too busy.
    async fn attempt_patiently(&mut self, candidates: &[Candidate<'_>]) -> Result<Vec<Verdict>> {
        for pause in [50, 200, 800] {
            match self.attempt(candidates).await {
                Err(Error::Contended | Error::Timeout) => {
                    tokio::time::sleep(Duration::from_millis(pause)).await;
                }
                outcome => return outcome,
            }
        }
        self.attempt(candidates).await
    }

    /// Plans the candidates and, unless it is a dry run, does what was planned: all of it or nothing.
    async fn attempt(&mut self, candidates: &[Candidate<'_>]) -> Result<Vec<Verdict>> {
        let Self {
            app,
            rules,
            dry_run,
            shops,
            memory,
            ..
        } = self;
        let now = app.clock.now();
        let names = || candidates.iter().map(|candidate| &candidate.shop);
        let done = if *dry_run {
            let db = app.database.write();
            shops.look_up(db, names()).await?;
            let batch = Batch::new(candidates, shops, *rules);
            let step = batch.plan(db, memory, shops, now).await;
            step.map(|step| (batch, step))
        } else {
            app.transaction(async |tx| {
                app.database.be_alone(tx, TURNSTILE).await?;
                shops.look_up(tx, names()).await?;
                let batch = Batch::new(candidates, shops, *rules);
                let step = batch.write(tx, memory, shops, now).await?;
                Ok((batch, step))
            })
            .await
        };
        let (batch, step) = match done {
            Ok(done) => done,
            Err(error) => {
                memory.discard();
                return Err(error);
            }
        };
        memory.settle();
        shops.stored(&step.new_shops);
        self.report.sellers_created += step.new_shops.len() as u64;
        Ok(batch.verdicts(step))
    }

    /// Counts a product and tells its problems.
    fn count(&mut self, group: &ProductGroup, verdict: &Verdict) {
        let mut problems: Vec<&Problem> = group.problems.iter().chain(&verdict.problems).collect();
        problems.sort_by_key(|problem| problem.line);
        for problem in &problems {
            (self.on_event)(Event::Skipped {
                file: &self.file,
                problem,
            });
        }
        let lines: HashSet<u64> = problems.iter().map(|problem| problem.line).collect();
        let report = &mut self.report;
        report.rows += group.rows;
        report.rows_skipped += match verdict.effect {
            Some(_) => lines.len() as u64,
            None => group.rows,
        };
        match verdict.effect {
            Some(Effect::Created) => report.products_created += 1,
            Some(Effect::Updated) => report.products_updated += 1,
            Some(Effect::Unchanged) => report.products_unchanged += 1,
            None => report.products_skipped += 1,
        }
        report.variants += verdict.variants;
        report.images += verdict.images;
        self.sellers.extend(verdict.seller);
    }
}

fn refused(group: &ProductGroup, reason: &str) -> Verdict {
    let product = group.product.as_ref();
    let handle = product.map_or("", |product| product.fields.handle.as_str());
    let column = group.columns.header(Column::Handle);
    let reason = format!("{reason} The product was left out.");
    Verdict::left_out(Some(Problem::new(group.line, column, handle, reason)))
}
