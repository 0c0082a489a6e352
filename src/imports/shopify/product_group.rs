//! The rows of one product, read together.

use super::{
    columns::{Column, Columns},
    product_fields::ProductFields,
    row::Row,
    variant_row::{VariantRow, holds_variant},
};
use crate::catalogue::{
    product_upsert::{Change, ImageDraft},
    rules,
};
use crate::imports::report::Problem;
use std::{collections::HashMap, sync::Arc};

/// What the rows of a product come to.
#[derive(Debug)]
pub(super) struct ProductGroup {
    pub(super) columns: Arc<Columns>,
    /// Line on which its first row begins.
    pub(super) line: u64,
    /// How many rows it has.
    pub(super) rows: u64,
    /// Whether it names a vendor, whatever else is wrong.
    pub(super) names_vendor: bool,
    /// Nothing where the product breaks a rule.
    pub(super) product: Option<GroupedProduct>,
    /// Why rows, or the whole product, are left out.
    pub(super) problems: Vec<Problem>,
}

/// A product with its variants and pictures.
#[derive(Debug)]
pub(super) struct GroupedProduct {
    pub(super) fields: ProductFields,
    /// The first of them is that of the product's first row.
    pub(super) variants: Vec<VariantRow>,
    /// For each variant, its picture.
    pub(super) variant_images: Vec<Change<Option<String>>>,
    pub(super) images: Vec<ImageDraft>,
}

/// A row, or what is wrong with its form.
pub(super) type GroupRow<'c> = Result<Row<'c>, Problem>;

impl ProductGroup {
    /// Reads the rows of one product, the first of which carries the product.
    pub(super) fn parse(rows: &[GroupRow<'_>], columns: &Arc<Columns>) -> Self {
        let mut reading = Reading::default();
        let fields = match rows.first() {
            Some(Ok(first)) => reading.read(first, rows),
            // What the other rows belong to is unknown.
            _ => None,
        };
        for row in rows {
            if let Err(problem) = row {
                reading.problems.push(problem.clone());
            }
        }
        reading.problems.sort_by_key(|problem| problem.line);
        let line = match rows.first() {
            Some(Ok(row)) => row.line,
            Some(Err(problem)) => problem.line,
            None => 0,
        };
        Self {
            columns: Arc::clone(columns),
            line,
            rows: rows.len() as u64,
            names_vendor: rows
                .iter()
                .flatten()
                .any(|row| row.filled(Column::Vendor).is_some()),
            product: fields.map(|fields| GroupedProduct {
                fields,
                variants: reading.variants,
                variant_images: reading.variant_images,
                images: reading.images.list,
            }),
            problems: reading.problems,
        }
    }
}

#[derive(Default)]
struct Reading {
    variants: Vec<VariantRow>,
    variant_images: Vec<Change<Option<String>>>,
    images: Images,
    problems: Vec<Problem>,
    /// Lines of the variants by their options.
    by_options: HashMap<Vec<String>, u64>,
    /// Lines of the variants by their SKUs.
    by_sku: HashMap<String, u64>,
}

impl Reading {
    /// Reads all rows; nothing where the product breaks a rule.
    fn read(&mut self, first: &Row<'_>, rows: &[GroupRow<'_>]) -> Option<ProductFields> {
        let fields = match ProductFields::parse(first) {
            Ok(fields) => fields,
            Err(problems) => {
                self.problems.extend(problems);
                // Faults of its variant are worth telling too, where they do not follow from these.
                if let Err(problems) = VariantRow::parse(first, &[]) {
                    let told = |column: &str| !column.to_lowercase().starts_with("option");
                    let problems = problems.into_iter();
                    self.problems
                        .extend(problems.filter(|problem| told(&problem.column)));
                }
                return None;
            }
        };
        for row in rows.iter().flatten() {
            self.image(row);
            if row.line == first.line || holds_variant(row) {
                self.variant(row, &fields);
            }
        }
        let whole = self
            .variants
            .first()
            .is_some_and(|variant| variant.line == first.line);
        whole.then_some(fields)
    }

    fn variant(&mut self, row: &Row<'_>, fields: &ProductFields) {
        let variant = match VariantRow::parse(row, &fields.options) {
            Ok(variant) => variant,
            Err(problems) => return self.problems.extend(problems),
        };
        if let Some(line) = self.by_options.get(&variant.options) {
            let reason = format!("The variant on line {line} has the same options.");
            let problem = row.problem(Column::OptionValue(1), reason);
            return self.problems.push(problem);
        }
        if let Change::To(Some(sku)) = &variant.sku {
            if let Some(line) = self.by_sku.get(sku) {
                let reason = format!("The variant on line {line} has the same SKU.");
                return self.problems.push(row.problem(Column::Sku, reason));
            }
            self.by_sku.insert(sku.clone(), row.line);
        }
        self.by_options.insert(variant.options.clone(), row.line);
        let image = self.variant_image(row);
        self.variant_images.push(image);
        self.variants.push(variant);
    }

    fn image(&mut self, row: &Row<'_>) {
        let Some(url) = row.filled(Column::ImageUrl) else {
            return;
        };
        match image(row, url) {
            Ok(image) => self.images.add(image),
            Err(problem) => self.problems.push(problem),
        }
    }

    fn variant_image(&mut self, row: &Row<'_>) -> Change<Option<String>> {
        let url = match row.cell(Column::VariantImage) {
            None => return Change::Keep,
            Some("") => return Change::To(None),
            Some(url) => rules::image_url(url),
        };
        match url {
            Ok(url) => {
                self.images.add(ImageDraft {
                    url: url.clone(),
                    alt: Change::Keep,
                    position: None,
                });
                Change::To(Some(url))
            }
            Err(reason) => {
                self.problems
                    .push(row.problem(Column::VariantImage, without_picture(&reason)));
                Change::Keep
            }
        }
    }
}

/// Pictures in the order in which they came, no two of one URL.
#[derive(Default)]
struct Images {
    list: Vec<ImageDraft>,
    places: HashMap<String, usize>,
}

impl Images {
    /// Adds a picture, or what it says of one that is there.
    fn add(&mut self, image: ImageDraft) {
        match self.places.get(&image.url) {
            None => {
                self.places.insert(image.url.clone(), self.list.len());
                self.list.push(image);
            }
            Some(place) => {
                let known = &mut self.list[*place];
                known.position = known.position.or(image.position);
                if matches!(&known.alt, Change::Keep) {
                    known.alt = image.alt;
                }
            }
        }
    }
}

fn image(row: &Row<'_>, url: &str) -> Result<ImageDraft, Problem> {
    let problem = |column, reason: String| row.problem(column, without_picture(&reason));
    let url = rules::image_url(url).map_err(|reason| problem(Column::ImageUrl, reason))?;
    let alt = match row.cell(Column::ImageAlt) {
        None => Change::Keep,
        Some(alt) => {
            Change::To(rules::image_alt(alt).map_err(|reason| problem(Column::ImageAlt, reason))?)
        }
    };
    let position = match row.filled(Column::ImagePosition) {
        None => None,
        Some(position) => Some(
            position
                .parse()
                .ok()
                .filter(|position| *position > 0)
                .ok_or_else(|| {
                    let reason = "A position is a whole number, 1 or more.".to_owned();
                    problem(Column::ImagePosition, reason)
                })?,
        ),
    };
    Ok(ImageDraft { url, alt, position })
}

fn without_picture(reason: &str) -> String {
    format!("{reason} The picture was left out.")
}

#[cfg(test)]
mod tests {
    use super::*;
    use csv::{ByteRecord, StringRecord};

    const HEADER: &str = "Handle,Title,Option1 Name,Option1 Value,Variant SKU,Variant Price,Image Src,Image Alt Text,Variant Image";

    /// Reads rows as they would stand in a file under `HEADER`.
    fn parse(rows: &[&str]) -> ProductGroup {
        let cells = |row: &str| row.split(',').map(str::to_owned).collect::<Vec<_>>();
        let columns = Arc::new(Columns::parse(&StringRecord::from(cells(HEADER))).unwrap());
        let rows: Vec<_> = (2..)
            .zip(rows)
            .map(|(line, row)| Row::parse(ByteRecord::from(cells(row)), line, &columns))
            .collect();
        ProductGroup::parse(&rows, &columns)
    }

    fn faults(group: &ProductGroup) -> Vec<(u64, &str)> {
        let problems = group.problems.iter();
        problems
            .map(|problem| (problem.line, problem.column.as_str()))
            .collect()
    }

    #[test]
    fn rows_make_a_product() {
        let group = parse(&[
            "h,Shirt,Size,S,A,10,https://e.com/1.jpg,front,",
            "h,,,M,B,11,,,https://e.com/2.jpg",
            "h,,,,,,https://e.com/2.jpg,back,",
            "h,,,,,,,,",
        ]);
        assert_eq!(faults(&group), []);
        assert_eq!((group.line, group.rows), (2, 4));
        let product = group.product.unwrap();
        assert_eq!(product.variants.len(), 2);
        assert_eq!(product.variants[1].options, ["M"]);
        let urls: Vec<_> = product.images.iter().map(|image| &image.url).collect();
        assert_eq!(urls, ["https://e.com/1.jpg", "https://e.com/2.jpg"]);
        assert_eq!(product.images[1].alt, Change::To("back".to_owned()));
        let second = Change::To(Some("https://e.com/2.jpg".to_owned()));
        assert_eq!(product.variant_images, [Change::To(None), second]);
    }

    #[test]
    fn a_bad_row_is_left_out_alone() {
        let group = parse(&[
            "h,Shirt,Size,S,A,10,,,",
            "h,,,M,B,,,,",
            "h,,,S,C,10,,,",
            "h,,,L,A,10,,,",
            "h,,,XL,E,10,here.jpg,,",
            "h,,too short",
        ]);
        assert_eq!(
            faults(&group),
            [
                (3, "Variant Price"),
                (4, "Option1 Value"),
                (5, "Variant SKU"),
                (6, "Image Src"),
                (7, "")
            ]
        );
        let product = group.product.unwrap();
        let options: Vec<_> = product.variants.iter().map(|one| &one.options[0]).collect();
        assert_eq!(options, ["S", "XL"]);
    }

    #[test]
    fn a_bad_first_row_takes_the_product_with_it() {
        let group = parse(&["h,Shirt,Size,S,A,cheap,,,", "h,,,M,B,10,,,"]);
        assert!(group.product.is_none());
        assert_eq!(faults(&group), [(2, "Variant Price")]);

        let group = parse(&["h,,Size,S,A,cheap,,,", "h,,,M,B,10,,,"]);
        assert!(group.product.is_none());
        assert_eq!(faults(&group), [(2, "Title"), (2, "Variant Price")]);

        let group = parse(&["h,Shirt", "h,,,M,B,10,,,"]);
        assert!(group.product.is_none());
        assert_eq!((faults(&group), group.rows), (vec![(2, "")], 2));
    }

    #[test]
    fn a_bad_picture_leaves_the_variant() {
        let group = parse(&["h,Shirt,,,A,10,ftp://e.com/1.jpg,,2.jpg"]);
        assert_eq!(faults(&group), [(2, "Image Src"), (2, "Variant Image")]);
        let product = group.product.unwrap();
        assert_eq!(product.images, []);
        assert_eq!(product.variant_images, [Change::Keep]);
    }
}
