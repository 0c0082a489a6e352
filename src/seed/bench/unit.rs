//! One unit of the bench data: a shop town of 50 sellers, 2,000 products and 500 people who review them.
//!
//! A unit is made in memory before any of it is inserted, so that the projections are right from the start, and
//! it refers to nothing of another unit: a database of any size needs the memory of one.

use super::{
    random::{Ids, Random},
    shared::Shared,
    times::{Slice, time},
    words::Words,
};
use crate::platform::text;
use entity::accounts::account;
use entity::catalogue::{
    image, option, option_value, product, product_tag, variant, variant_option,
};
use entity::ids::{AccountId, SellerId};
use entity::inventory::stock;
use entity::money::CurrencyCode;
use entity::reviews::review;
use entity::role::Role;
use entity::sellers::seller;

pub(super) const SELLERS: u32 = 50;
pub(super) const PEOPLE: u32 = 500;
pub(super) const PRODUCTS: u32 = 2_000;

/// More than a unit makes ids, so that the counters of two units never meet.
const IDS_PER_UNIT: u64 = 100_000;
/// Parts of a unit's slice of the year, in which moments are counted.
pub(super) const MOMENTS: i64 = 20_000;
/// In this first part of the slice people and sellers come; products and reviews follow.
pub(super) const FOUNDED: i64 = MOMENTS / 10;

/// The rows of one unit, every table in the order of its ids.
#[derive(Default)]
pub(super) struct Unit {
    pub(super) accounts: Vec<account::Model>,
    pub(super) sellers: Vec<seller::Model>,
    pub(super) products: Vec<product::Model>,
    pub(super) images: Vec<image::Model>,
    pub(super) options: Vec<option::Model>,
    pub(super) option_values: Vec<option_value::Model>,
    pub(super) variants: Vec<variant::Model>,
    pub(super) variant_options: Vec<variant_option::Model>,
    pub(super) product_tags: Vec<product_tag::Model>,
    pub(super) stock: Vec<stock::Model>,
    pub(super) reviews: Vec<review::Model>,
}

/// What all units are made from.
pub(super) struct Plan {
    pub(super) words: Words,
    pub(super) shared: Shared,
    pub(super) currency: CurrencyCode,
    pub(super) units: u32,
    pub(super) seed: u64,
}

/// Makes one unit.
pub(super) struct Maker<'a> {
    pub(super) plan: &'a Plan,
    pub(super) index: u32,
    pub(super) slice: Slice,
    pub(super) random: Random,
    pub(super) ids: Ids,
    pub(super) unit: Unit,
}

impl Plan {
    /// The rows of unit `index`.
    pub(super) fn unit(&self, index: u32) -> Unit {
        // Units differ in the high half of the seed: no unit draws what another draws a little later.
        let seed = self.seed ^ (u64::from(index) << 32);
        let mut maker = Maker {
            plan: self,
            index,
            slice: Slice::of(index, self.units),
            random: Random::new(seed),
            ids: Ids::new((u64::from(index) + 1) * IDS_PER_UNIT, !seed),
            unit: Unit::default(),
        };
        maker.accounts();
        maker.sellers();
        let moments = maker.products();
        maker.reviews(&moments);
        maker.unit
    }
}

impl Maker<'_> {
    /// A time in the unit's slice, in milliseconds after the epoch.
    pub(super) fn at(&self, moment: i64) -> i64 {
        self.slice.at(moment, MOMENTS)
    }

    /// The moment of the `number`th of `count` things that happen evenly over `from..to`, give or take a little.
    pub(super) fn moment(&mut self, from: i64, to: i64, number: u32, count: u32) -> i64 {
        let step = (to - from) / i64::from(count);
        let jitter = self.random.below(u32::try_from(step).unwrap_or_default());
        from + step * i64::from(number) + i64::from(jitter)
    }

    fn accounts(&mut self) {
        let words = &self.plan.words;
        for number in 0..PEOPLE {
            let moment = self.moment(0, FOUNDED, number, PEOPLE);
            let at = self.at(moment);
            self.unit.accounts.push(account::Model {
                id: AccountId(self.ids.at(at)),
                display_name: format!(
                    "{} {}",
                    self.random.pick(&words.first_names),
                    self.random.pick(&words.last_names)
                ),
                role: Role::Customer,
                status: account::Status::Active,
                version: 1,
                created_at: time(at),
                updated_at: time(at),
                deleted_at: None,
            });
        }
    }

    fn sellers(&mut self) {
        let words = &self.plan.words;
        for number in 0..SELLERS {
            let moment = self.moment(0, FOUNDED, number, SELLERS);
            let at = self.at(moment);
            let (place, trade) = (
                self.random.pick(&words.places),
                self.random.pick(&words.trades),
            );
            let name = format!("{place} {trade}");
            let in_all = self.index * SELLERS + number + 1;
            self.unit.sellers.push(seller::Model {
                id: SellerId(self.ids.at(at)),
                handle: format!("{}-{in_all}", text::slug(&name, 80)),
                name_key: text::name_key(&name),
                description: format!("{name}: goods we would give to our own friends."),
                name,
                status: seller::Status::Active,
                currency: self.plan.currency,
                active_product_limit: None,
                active_products: 0,
                rating_sum: 0,
                rating_count: 0,
                commission_bps: None,
                version: 1,
                created_at: time(at),
                updated_at: time(at),
                deleted_at: None,
            });
        }
    }
}
