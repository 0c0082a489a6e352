//! What the first row of a product says of the product itself.

use super::{
    columns::{Column, OPTIONS},
    row::Row,
};
use crate::catalogue::{
    ProductStatus,
    product_upsert::Change,
    rules::{self, Checked},
};
use crate::imports::report::Problem;
use crate::platform::text;
use std::collections::HashSet;

/// Deepest place of a category under a root.
const CATEGORY_DEPTH: usize = 10;

/// A product without its variants and pictures.
#[derive(Debug)]
pub(super) struct ProductFields {
    pub(super) handle: String,
    pub(super) name: String,
    /// Empty where the file says nothing.
    pub(super) vendor: String,
    pub(super) description: Change<String>,
    pub(super) status: Change<ProductStatus>,
    pub(super) category: Change<Vec<String>>,
    pub(super) tags: Change<Vec<String>>,
    pub(super) metadata: Vec<(String, Option<String>)>,
    /// Places and names of its options.
    pub(super) options: Vec<(u8, String)>,
}

impl ProductFields {
    /// Reads the first row of a product.
    pub(super) fn parse(row: &Row<'_>) -> Result<Self, Vec<Problem>> {
        let mut problems = Vec::new();
        let mut check = Checks {
            row,
            problems: &mut problems,
        };
        let fields = Self {
            handle: check.rule(Column::Handle, rules::handle),
            name: check.rule(Column::Title, rules::product_name),
            vendor: row.cell(Column::Vendor).unwrap_or_default().to_owned(),
            description: match row.cell(Column::Description) {
                Some(_) => Change::To(check.rule(Column::Description, rules::description)),
                None => Change::Keep,
            },
            status: check.status(),
            category: check.category(),
            tags: check.tags(),
            metadata: metadata(row),
            options: check.options(),
        };
        if problems.is_empty() {
            Ok(fields)
        } else {
            Err(problems)
        }
    }
}

/// Reads cells and gathers what is wrong with them; what is wrong is read as the default.
struct Checks<'r> {
    row: &'r Row<'r>,
    problems: &'r mut Vec<Problem>,
}

impl Checks<'_> {
    fn rule<T: Default>(&mut self, column: Column, rule: impl Fn(&str) -> Checked<T>) -> T {
        let checked = rule(self.row.cell(column).unwrap_or_default());
        self.checked(column, checked)
    }

    fn checked<T: Default>(&mut self, column: Column, checked: Checked<T>) -> T {
        checked.unwrap_or_else(|reason| {
            self.problems.push(self.row.problem(column, reason));
            T::default()
        })
    }

    fn status(&mut self) -> Change<ProductStatus> {
        if let Some(status) = self.row.filled(Column::Status) {
            let status = match status.to_lowercase().as_str() {
                "active" => Ok(Change::To(ProductStatus::Active)),
                "draft" => Ok(Change::To(ProductStatus::Draft)),
                "archived" => Ok(Change::To(ProductStatus::Archived)),
                _ => Err("A status is active, draft or archived.".to_owned()),
            };
            return self.checked(Column::Status, status);
        }
        if let Some(published) = self.row.filled(Column::Published) {
            let status = match published.to_lowercase().as_str() {
                "true" | "yes" | "1" => Ok(Change::To(ProductStatus::Active)),
                "false" | "no" | "0" => Ok(Change::To(ProductStatus::Draft)),
                _ => Err("This is true or false.".to_owned()),
            };
            return self.checked(Column::Published, status);
        }
        Change::Keep
    }

    fn category(&mut self) -> Change<Vec<String>> {
        let row = self.row;
        match (row.cell(Column::Category), row.cell(Column::Type)) {
            (None, None) => Change::Keep,
            (Some(path), _) if !path.is_empty() => {
                Change::To(self.checked(Column::Category, category_path(path)))
            }
            (_, Some(kind)) if !kind.is_empty() => {
                let root = rules::category_name(&humanised(kind)).map(|name| vec![name]);
                Change::To(self.checked(Column::Type, root))
            }
            _ => Change::To(Vec::new()),
        }
    }

    fn tags(&mut self) -> Change<Vec<String>> {
        match self.row.cell(Column::Tags) {
            Some(list) => Change::To(self.checked(Column::Tags, tags(list))),
            None => Change::Keep,
        }
    }

    /// "Title" with the value "Default Title" stands for a product without options.
    fn options(&mut self) -> Vec<(u8, String)> {
        let row = self.row;
        let is = |column, word: &str| {
            row.filled(column)
                .is_none_or(|cell| cell.eq_ignore_ascii_case(word))
        };
        let rest_is_empty = OPTIONS[1..].iter().all(|place| {
            row.filled(Column::OptionName(*place)).is_none()
                && row.filled(Column::OptionValue(*place)).is_none()
        });
        if rest_is_empty
            && is(Column::OptionName(1), "Title")
            && is(Column::OptionValue(1), "Default Title")
        {
            return Vec::new();
        }
        let mut names: Vec<(u8, String)> = Vec::new();
        for place in OPTIONS {
            let column = Column::OptionName(place);
            if row.filled(column).is_none() {
                if row.filled(Column::OptionValue(place)).is_some() {
                    let reason = "The option has a value but no name: name it.".to_owned();
                    self.checked::<()>(column, Err(reason));
                }
                continue;
            }
            let name = self.rule(column, rules::option_name);
            if names.iter().any(|(_, other)| *other == name) {
                let reason = "The product has two options of this name: rename one.".to_owned();
                self.checked::<()>(column, Err(reason));
            }
            names.push((place, name));
        }
        names
    }
}

/// "Apparel & Accessories > Clothing > Shirts".
fn category_path(path: &str) -> Checked<Vec<String>> {
    // What Shopify calls a product that nobody has sorted in.
    if path.eq_ignore_ascii_case("uncategorized") {
        return Ok(Vec::new());
    }
    let names: Vec<String> = path
        .split('>')
        .map(rules::category_name)
        .collect::<Result<_, _>>()?;
    if names.len() > CATEGORY_DEPTH {
        return Err(format!(
            "A category stands at most {CATEGORY_DEPTH} levels deep, and this would be {}.",
            names.len()
        ));
    }
    Ok(names)
}

/// A word made for machines as one for people: "`health_beauty`" becomes "Health beauty".
fn humanised(word: &str) -> String {
    let words = word.replace('_', " ");
    if words.chars().any(char::is_uppercase) {
        return words;
    }
    let mut letters = words.chars();
    letters
        .next()
        .into_iter()
        .flat_map(char::to_uppercase)
        .chain(letters)
        .collect()
}

/// "men, summer": no two of one slug.
fn tags(list: &str) -> Checked<Vec<String>> {
    let mut slugs = HashSet::new();
    let mut tags = Vec::new();
    for tag in list.split(',').map(str::trim).filter(|tag| !tag.is_empty()) {
        let tag = rules::tag(tag)?;
        if slugs.insert(text::slug(&tag, usize::MAX)) {
            tags.push(tag);
        }
    }
    if tags.len() > rules::TAG_LIMIT {
        return Err(format!(
            "A product has at most {} tags, and this has {}.",
            rules::TAG_LIMIT,
            tags.len()
        ));
    }
    Ok(tags)
}

fn metadata(row: &Row<'_>) -> Vec<(String, Option<String>)> {
    let cells = row.columns.metadata();
    cells
        .map(|(place, key)| {
            let cell = row.cell_at(place);
            (key.to_owned(), (!cell.is_empty()).then(|| cell.to_owned()))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{super::row::tests::with_row, *};

    fn fields(cells: &[(&str, &str)]) -> Result<ProductFields, Vec<String>> {
        let always = [("Handle", "h"), ("Title", "T"), ("Variant Price", "1")];
        let cells = always
            .into_iter()
            .filter(|(name, _)| cells.iter().all(|(other, _)| other != name))
            .chain(cells.iter().copied())
            .collect::<Vec<_>>();
        with_row(&cells, ProductFields::parse)
            .map_err(|problems| problems.into_iter().map(|problem| problem.column).collect())
    }

    #[test]
    fn columns_that_are_not_there_say_nothing() {
        let fields = fields(&[]).unwrap();
        assert_eq!(fields.description, Change::Keep);
        assert_eq!(fields.status, Change::Keep);
        assert_eq!(fields.category, Change::Keep);
        assert_eq!(fields.tags, Change::Keep);
        assert_eq!(fields.metadata, []);
    }

    #[test]
    fn empty_cells_say_there_is_none() {
        let fields = fields(&[
            ("Body (HTML)", ""),
            ("Type", ""),
            ("Tags", ""),
            ("SEO Title", ""),
            ("Status", ""),
        ])
        .unwrap();
        assert_eq!(fields.description, Change::To(String::new()));
        assert_eq!(fields.category, Change::To(Vec::new()));
        assert_eq!(fields.tags, Change::To(Vec::new()));
        assert_eq!(fields.metadata, [("seoTitle".to_owned(), None)]);
        // A product cannot be without a status.
        assert_eq!(fields.status, Change::Keep);
    }

    #[test]
    fn every_fault_is_told_at_once() {
        let columns = fields(&[
            ("Handle", ""),
            ("Title", " "),
            ("Tags", "★"),
            ("Published", "perhaps"),
        ]);
        assert_eq!(
            columns.unwrap_err(),
            ["Handle", "Title", "Published", "Tags"]
        );
    }

    #[test]
    fn status_goes_before_published() {
        let status = |cells| fields(cells).unwrap().status;
        assert_eq!(
            status(&[("Status", "Archived"), ("Published", "true")]),
            Change::To(ProductStatus::Archived)
        );
        assert_eq!(
            status(&[("Status", ""), ("Published", "FALSE")]),
            Change::To(ProductStatus::Draft)
        );
        assert!(fields(&[("Status", "unlisted")]).is_err());
    }

    #[test]
    fn a_category_is_a_path_or_a_type() {
        let category = |cells| fields(cells).unwrap().category;
        let path =
            |names: &[&str]| Change::To(names.iter().map(|name| (*name).to_owned()).collect());
        assert_eq!(
            category(&[("Product Category", "A & B >  Shirts"), ("Type", "x")]),
            path(&["A & B", "Shirts"])
        );
        assert_eq!(
            category(&[("Type", "health_beauty")]),
            path(&["Health beauty"])
        );
        assert_eq!(category(&[("Type", "iPhone_case")]), path(&["iPhone case"]));
        assert_eq!(
            category(&[("Product Category", "Uncategorized")]),
            path(&[])
        );
        assert!(fields(&[("Product Category", "A > > B")]).is_err());
        assert!(fields(&[("Product Category", &["x"; 11].join(">"))]).is_err());
    }

    #[test]
    fn tags_are_one_per_slug() {
        let tags = fields(&[("Tags", "Men, summer sale ,men,, Summer-Sale")])
            .unwrap()
            .tags;
        assert_eq!(
            tags,
            Change::To(vec!["Men".to_owned(), "summer sale".to_owned()])
        );
        let many: Vec<String> = (0..51).map(|number| number.to_string()).collect();
        assert!(fields(&[("Tags", &many.join(","))]).is_err());
        assert!(fields(&[("Tags", &many[..50].join(","))]).is_ok());
    }

    #[test]
    fn a_default_title_is_no_option() {
        let options = |cells: &[(&str, &str)]| fields(cells).unwrap().options;
        assert_eq!(
            options(&[
                ("Option1 Name", "Title"),
                ("Option1 Value", "Default Title")
            ]),
            []
        );
        assert_eq!(options(&[("Option1 Name", ""), ("Option1 Value", "")]), []);
        let title = options(&[("Option1 Name", "Title"), ("Option1 Value", "Small")]);
        assert_eq!(title, [(1, "Title".to_owned())]);
        let gap = options(&[
            ("Option1 Name", "Size"),
            ("Option1 Value", "S"),
            ("Option2 Name", ""),
            ("Option3 Name", "Colour"),
            ("Option3 Value", "Red"),
        ]);
        assert_eq!(gap, [(1, "Size".to_owned()), (3, "Colour".to_owned())]);
        assert!(fields(&[("Option1 Value", "S")]).is_err());
        assert!(fields(&[("Option1 Name", "Size"), ("Option2 Name", "Size")]).is_err());
    }
}
