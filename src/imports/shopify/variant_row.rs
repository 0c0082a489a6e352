//! What a row says of a variant and of its stock.

use super::{
    columns::{Column, Columns, OPTIONS},
    price,
    row::Row,
    weight,
};
use crate::catalogue::{
    WeightUnit,
    product_upsert::Change,
    rules::{self, Checked},
};
use crate::imports::report::Problem;
use rust_decimal::{Decimal, prelude::ToPrimitive};

/// A variant as a row has it.
#[derive(Debug)]
pub(super) struct VariantRow {
    pub(super) line: u64,
    /// A value for each of the product's options.
    pub(super) options: Vec<String>,
    pub(super) sku: Change<Option<String>>,
    pub(super) price: Amount,
    /// What it cost before; 0 means it was not on sale.
    pub(super) compare_at_price: Change<Option<Amount>>,
    pub(super) barcode: Change<Option<String>>,
    pub(super) weight_grams: Change<Option<i64>>,
    pub(super) weight_unit: Change<WeightUnit>,
    pub(super) on_hand: Option<i64>,
    pub(super) tracked: Option<bool>,
}

/// An amount of a currency that is not known before the shop is.
#[derive(Clone, Debug)]
pub(super) struct Amount {
    pub(super) amount: Decimal,
    /// As the file has it.
    pub(super) text: String,
}

/// Whether a row that does not begin a product holds a variant. Some hold only a picture.
pub(super) fn holds_variant(row: &Row<'_>) -> bool {
    OPTIONS
        .iter()
        .map(|place| Column::OptionValue(*place))
        .chain([
            Column::Sku,
            Column::Price,
            Column::CompareAtPrice,
            Column::Barcode,
        ])
        .any(|column| row.filled(column).is_some())
}

impl VariantRow {
    /// Reads a row of a product with these options: their places and names.
    pub(super) fn parse(row: &Row<'_>, options: &[(u8, String)]) -> Result<Self, Vec<Problem>> {
        let mut check = Checks {
            row,
            problems: Vec::new(),
        };
        let variant = Self {
            line: row.line,
            options: check.options(options),
            sku: check.optional(Column::Sku, rules::sku),
            price: check.price(),
            compare_at_price: check.compare_at_price(),
            barcode: check.optional(Column::Barcode, rules::barcode),
            weight_grams: check.weight_grams(),
            weight_unit: check.weight_unit(),
            on_hand: check.on_hand(),
            tracked: row.cell(Column::Tracker).map(|tracker| !tracker.is_empty()),
        };
        if check.problems.is_empty() {
            Ok(variant)
        } else {
            Err(check.problems)
        }
    }

    /// A problem with its stock.
    pub(super) fn stock_problem(&self, columns: &Columns, reason: &str) -> Problem {
        let column = columns.header(Column::Quantity);
        let value = self.on_hand.map(|units| units.to_string());
        Problem::new(self.line, column, &value.unwrap_or_default(), reason)
    }
}

/// Reads cells and gathers what is wrong with them; what is wrong is read as nothing.
struct Checks<'r> {
    row: &'r Row<'r>,
    problems: Vec<Problem>,
}

impl Checks<'_> {
    fn checked<T>(&mut self, column: Column, checked: Checked<T>) -> Option<T> {
        match checked {
            Ok(value) => Some(value),
            Err(reason) => {
                self.problems.push(self.row.problem(column, reason));
                None
            }
        }
    }

    /// An empty cell says that there is none; a missing column says nothing.
    fn optional<T>(
        &mut self,
        column: Column,
        rule: impl Fn(&str) -> Checked<T>,
    ) -> Change<Option<T>> {
        match self.row.cell(column) {
            None => Change::Keep,
            Some("") => Change::To(None),
            Some(cell) => Change::To(self.checked(column, rule(cell))),
        }
    }

    fn price(&mut self) -> Amount {
        let text = self.row.cell(Column::Price).unwrap_or_default();
        let parsed = match text {
            "" => Err("A variant needs a price.".to_owned()),
            text => price::parse(text),
        };
        Amount {
            amount: self.checked(Column::Price, parsed).unwrap_or_default(),
            text: text.to_owned(),
        }
    }

    fn compare_at_price(&mut self) -> Change<Option<Amount>> {
        let amount = self.optional(Column::CompareAtPrice, |text| {
            let amount = price::parse(text)?;
            Ok(Amount {
                amount,
                text: text.to_owned(),
            })
        });
        amount.map(|amount| amount.filter(|amount| !amount.amount.is_zero()))
    }

    fn options(&mut self, options: &[(u8, String)]) -> Vec<String> {
        let row = self.row;
        let mut values = Vec::with_capacity(options.len());
        for place in OPTIONS {
            let (name, value) = (Column::OptionName(place), Column::OptionValue(place));
            let option = options.iter().find(|(other, _)| *other == place);
            match (option, row.filled(name), row.filled(value)) {
                (Some((_, known)), Some(other), _) if !known.eq_ignore_ascii_case(other) => {
                    let reason =
                        format!("The first row of the product calls this option '{known}'.");
                    self.checked::<()>(name, Err(reason));
                }
                (Some((_, known)), _, None) => {
                    let reason = format!("The variant has no value for the option '{known}'.");
                    self.checked::<()>(value, Err(reason));
                }
                (Some(_), _, Some(cell)) => {
                    values.extend(self.checked(value, rules::option_value(cell)));
                }
                (None, _, Some(cell))
                    if place > 1 || !cell.eq_ignore_ascii_case("Default Title") =>
                {
                    let reason =
                        "The product has no such option: name it in the product's first row.";
                    self.checked::<()>(value, Err(reason.to_owned()));
                }
                (None, ..) => {}
            }
        }
        values
    }

    fn unit(&mut self) -> Option<WeightUnit> {
        let unit = self.row.filled(Column::WeightUnit)?;
        self.checked(Column::WeightUnit, weight::parse_unit(unit))
    }

    fn weight_unit(&mut self) -> Change<WeightUnit> {
        self.unit().map_or(Change::Keep, Change::To)
    }

    fn weight_grams(&mut self) -> Change<Option<i64>> {
        let row = self.row;
        if let Some(grams) = row.filled(Column::Grams) {
            let grams = weight::parse_grams(grams, WeightUnit::Grams);
            return Change::To(self.checked(Column::Grams, grams));
        }
        if let Some(text) = row.filled(Column::Weight) {
            let parsed = match row.filled(Column::WeightUnit).map(weight::parse_unit) {
                Some(Ok(unit)) => weight::parse_grams(text, unit),
                // Told where the unit itself is read.
                Some(Err(_)) => return Change::Keep,
                None => Err("The weight has no unit: say kg, g, lb or oz.".to_owned()),
            };
            return Change::To(self.checked(Column::Weight, parsed));
        }
        let silent = row.cell(Column::Grams).is_none() && row.cell(Column::Weight).is_none();
        if silent {
            Change::Keep
        } else {
            Change::To(None)
        }
    }

    fn on_hand(&mut self) -> Option<i64> {
        let cell = self.row.filled(Column::Quantity)?;
        let units = cell
            .parse::<Decimal>()
            .ok()
            .filter(|units| units.is_integer() && *units >= Decimal::ZERO)
            .and_then(|units| units.to_i64())
            .ok_or_else(|| "Stock is a whole number of units, 0 or more.".to_owned());
        self.checked(Column::Quantity, units)
    }
}

#[cfg(test)]
mod tests {
    use super::{super::row::tests::with_row, *};

    fn parse(cells: &[(&str, &str)], options: &[(u8, &str)]) -> Result<VariantRow, Vec<Problem>> {
        let always = [("Handle", "h"), ("Title", ""), ("Variant Price", "1")];
        let cells: Vec<_> = always
            .into_iter()
            .filter(|(name, _)| cells.iter().all(|(other, _)| other != name))
            .chain(cells.iter().copied())
            .collect();
        let options: Vec<_> = options
            .iter()
            .map(|(place, name)| (*place, (*name).to_owned()))
            .collect();
        with_row(&cells, |row| VariantRow::parse(row, &options))
    }

    fn fault(cells: &[(&str, &str)], options: &[(u8, &str)]) -> String {
        let problems = parse(cells, options).unwrap_err();
        let columns: Vec<_> = problems.into_iter().map(|problem| problem.column).collect();
        columns.join(",")
    }

    #[test]
    fn missing_columns_say_nothing() {
        let variant = parse(&[], &[]).unwrap();
        assert_eq!(variant.sku, Change::Keep);
        assert_eq!(variant.weight_grams, Change::Keep);
        assert_eq!((variant.on_hand, variant.tracked), (None, None));
    }

    #[test]
    fn an_empty_tracker_means_units_are_not_counted() {
        let tracked = |tracker| {
            parse(
                &[
                    ("Variant Inventory Tracker", tracker),
                    ("Variant Inventory Qty", "4"),
                ],
                &[],
            )
            .map(|variant| (variant.tracked, variant.on_hand))
            .unwrap()
        };
        assert_eq!(tracked(""), (Some(false), Some(4)));
        assert_eq!(tracked("shopify"), (Some(true), Some(4)));
    }

    #[test]
    fn stock_is_a_whole_number() {
        for bad in ["-1", "1.5", "many", "99999999999999999999"] {
            assert_eq!(
                fault(&[("Variant Inventory Qty", bad)], &[]),
                "Variant Inventory Qty"
            );
        }
        let variant = parse(&[("Inventory quantity", "12.0")], &[]).unwrap();
        assert_eq!(variant.on_hand, Some(12));
    }

    #[test]
    fn a_variant_has_a_price() {
        assert_eq!(fault(&[("Variant Price", "")], &[]), "Variant Price");
        assert_eq!(fault(&[("Variant Price", "-1")], &[]), "Variant Price");
        let compare = |text| {
            let variant = parse(&[("Compare-at price", text)], &[]).unwrap();
            variant.compare_at_price.or(None).map(|amount| amount.text)
        };
        assert_eq!(compare("5.00"), Some("5.00".to_owned()));
        assert_eq!(compare("0.00"), None);
    }

    #[test]
    fn grams_go_before_other_weights() {
        let weight = |cells: &[(&str, &str)]| {
            let variant = parse(cells, &[]).unwrap();
            (variant.weight_grams, variant.weight_unit)
        };
        assert_eq!(
            weight(&[
                ("Variant Grams", "28"),
                ("Variant Weight", "9"),
                ("Variant Weight Unit", "oz")
            ]),
            (Change::To(Some(28)), Change::To(WeightUnit::Ounces))
        );
        assert_eq!(
            weight(&[("Variant Weight", "2"), ("Variant Weight Unit", "lb")]),
            (Change::To(Some(907)), Change::To(WeightUnit::Pounds))
        );
        assert_eq!(
            weight(&[("Variant Grams", ""), ("Variant Weight Unit", "")]),
            (Change::To(None), Change::Keep)
        );
        assert_eq!(fault(&[("Variant Weight", "2")], &[]), "Variant Weight");
        let stone = [("Variant Weight", "2"), ("Variant Weight Unit", "stone")];
        assert_eq!(fault(&stone, &[]), "Variant Weight Unit");
    }

    #[test]
    fn a_variant_has_a_value_for_each_option() {
        let options = [(1, "Size"), (3, "Colour")];
        let cells = [
            ("Option1 Value", "M"),
            ("Option3 Name", "colour"),
            ("Option3 Value", "Red"),
        ];
        assert_eq!(parse(&cells, &options).unwrap().options, ["M", "Red"]);
        assert!(parse(&cells[..1], &options).is_err());
        assert_eq!(
            fault(&[("Option1 Value", "M"), ("Option3 Value", "")], &options),
            "Option3 Value"
        );
        assert_eq!(
            fault(
                &[("Option1 Name", "Width"), ("Option1 Value", "M")],
                &options[..1]
            ),
            "Option1 Name"
        );
        assert_eq!(fault(&[("Option2 Value", "M")], &[]), "Option2 Value");
        assert_eq!(fault(&[("Option1 Value", "M")], &[]), "Option1 Value");
        assert!(parse(&[("Option1 Value", "Default Title")], &[]).is_ok());
    }

    #[test]
    fn pictures_alone_are_no_variant() {
        let holds = |cells: &[(&str, &str)]| {
            let always = [("Handle", "h"), ("Title", "")];
            let cells: Vec<_> = always.into_iter().chain(cells.iter().copied()).collect();
            with_row(&cells, holds_variant)
        };
        assert!(!holds(&[
            ("Price", ""),
            ("Image Src", "https://example.com/a.jpg")
        ]));
        assert!(holds(&[("Price", ""), ("Option1 Value", "M")]));
        assert!(holds(&[("Price", "1")]));
    }
}
