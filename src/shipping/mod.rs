//! What it costs to send things, and what tax is due where they go. So far the rates alone.

mod along;
mod find;
pub(crate) mod graphql;
mod rules;
mod shipping_method_create;
mod shipping_method_update;
mod tax_rate_remove;
mod tax_rate_set;
mod tax_rates;

pub(crate) use along::{methods_of, methods_sql, rates_of, rates_sql};
pub(crate) use entity::shipping::{method::Model as ShippingMethod, tax_rate::Model as TaxRateRow};
pub(crate) use find::{by_id, count, list, order};
pub(crate) use rules::{MethodDraft, TaxDraft, goes_to};
pub(crate) use shipping_method_create::shipping_method_create;
pub(crate) use shipping_method_update::shipping_method_update;
pub(crate) use tax_rate_remove::tax_rate_remove;
pub(crate) use tax_rate_set::tax_rate_set;
pub(crate) use tax_rates::{count_tax_rates, list_tax_rates, tax_rate, tax_rate_order};

/// Most ways in which a shop sends things, those that cannot be chosen any more included.
const MOST_METHODS: u64 = 20;
