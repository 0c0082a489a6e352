//! Which column of a file holds what.

use csv::StringRecord;
use std::collections::HashMap;

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Column {
    Handle,
    Title,
    Description,
    Vendor,
    Category,
    Type,
    Tags,
    Published,
    Status,
    /// Of the option at this place, from 1.
    OptionName(u8),
    /// Of the option at this place, from 1.
    OptionValue(u8),
    Sku,
    Price,
    CompareAtPrice,
    Barcode,
    Grams,
    Weight,
    WeightUnit,
    Tracker,
    Quantity,
    ImageUrl,
    ImagePosition,
    ImageAlt,
    VariantImage,
}

/// The places of the three options.
pub(super) const OPTIONS: [u8; 3] = [1, 2, 3];

/// The columns of a file.
#[derive(Debug)]
pub(super) struct Columns {
    headers: Vec<String>,
    places: HashMap<Column, usize>,
    /// Places of the columns that are kept as metadata, and their keys there.
    metadata: Vec<(usize, String)>,
}

impl Columns {
    /// Reads the header of a file.
    ///
    /// # Errors
    /// A sentence that names the needed columns that are missing.
    pub(super) fn parse(header: &StringRecord) -> Result<Self, String> {
        let headers: Vec<String> = header.iter().map(|name| name.trim().to_owned()).collect();
        let mut places = HashMap::new();
        let mut metadata = Vec::new();
        for (place, name) in headers.iter().enumerate() {
            let name = name.to_lowercase();
            if let Some(column) = column(&name) {
                // Where two columns hold the same, the first counts.
                places.entry(column).or_insert(place);
            } else if let Some(key) = metadata_key(&name) {
                metadata.push((place, key));
            }
        }
        let needed = [
            (Column::Handle, "'Handle' (or 'URL handle')"),
            (Column::Title, "'Title'"),
            (Column::Price, "'Variant Price' (or 'Price')"),
        ];
        let missing: Vec<&str> = needed
            .into_iter()
            .filter(|(column, _)| !places.contains_key(column))
            .map(|(_, name)| name)
            .collect();
        if missing.is_empty() {
            return Ok(Self {
                headers,
                places,
                metadata,
            });
        }
        let mut reason = format!("The file lacks the column {}", missing.join(" and "));
        match headers.as_slice() {
            [one] if one.contains(';') || one.contains('\t') => {
                reason.push_str("; its columns must be separated by commas.");
            }
            _ => reason.push_str(": its first line must name the columns of Shopify's format."),
        }
        Err(reason)
    }

    /// How many columns there are.
    pub(super) fn len(&self) -> usize {
        self.headers.len()
    }

    /// Where a column stands, if the file has it.
    pub(super) fn place(&self, column: Column) -> Option<usize> {
        self.places.get(&column).copied()
    }

    /// The header of a column as the file spells it; empty where it has none.
    pub(super) fn header(&self, column: Column) -> &str {
        self.place(column)
            .map_or("", |place| self.headers[place].as_str())
    }

    /// The header at a place; empty where there is none.
    pub(super) fn header_at(&self, place: usize) -> &str {
        self.headers.get(place).map_or("", String::as_str)
    }

    /// The columns that are kept as metadata: place and key.
    pub(super) fn metadata(&self) -> impl Iterator<Item = (usize, &str)> {
        self.metadata
            .iter()
            .map(|(place, key)| (*place, key.as_str()))
    }
}

/// What the column of a name in lower case holds, in the older spelling or the newer one.
fn column(name: &str) -> Option<Column> {
    Some(match name {
        "handle" | "url handle" => Column::Handle,
        "title" => Column::Title,
        "body (html)" | "body html" | "description" => Column::Description,
        "vendor" => Column::Vendor,
        "product category" | "standard product type" => Column::Category,
        "type" | "product type" | "custom product type" => Column::Type,
        "tags" => Column::Tags,
        "published" | "published on online store" => Column::Published,
        "status" => Column::Status,
        "variant sku" | "sku" => Column::Sku,
        "variant price" | "price" => Column::Price,
        "variant compare at price" | "compare-at price" | "compare at price" => {
            Column::CompareAtPrice
        }
        "variant barcode" | "barcode" => Column::Barcode,
        "variant grams" | "weight value (grams)" => Column::Grams,
        "variant weight" | "weight value" | "weight" => Column::Weight,
        "variant weight unit" | "weight unit for display" | "weight unit" => Column::WeightUnit,
        "variant inventory tracker" | "inventory tracker" => Column::Tracker,
        "variant inventory qty" | "variant inventory quantity" | "inventory quantity" => {
            Column::Quantity
        }
        "image src" | "product image url" | "image url" => Column::ImageUrl,
        "image position" => Column::ImagePosition,
        "image alt text" => Column::ImageAlt,
        "variant image" | "variant image url" => Column::VariantImage,
        _ => return option_column(name),
    })
}

/// "option1 name" and the like.
fn option_column(name: &str) -> Option<Column> {
    let (place, what) = name.strip_prefix("option")?.trim_start().split_once(' ')?;
    let place = OPTIONS.into_iter().find(|one| one.to_string() == place)?;
    match what {
        "name" => Some(Column::OptionName(place)),
        "value" => Some(Column::OptionValue(place)),
        _ => None,
    }
}

/// The key in a product's metadata for columns that other systems read: "google shopping / age group" becomes
/// "googleAgeGroup".
fn metadata_key(name: &str) -> Option<String> {
    match name {
        "seo title" => return Some("seoTitle".to_owned()),
        "seo description" => return Some("seoDescription".to_owned()),
        _ => {}
    }
    let google = name.strip_prefix("google shopping /")?.trim();
    let words = google.strip_prefix("google ").unwrap_or(google);
    let mut key = "google".to_owned();
    for word in words.split(|c: char| !c.is_alphanumeric()) {
        let mut letters = word.chars();
        key.extend(letters.next().into_iter().flat_map(char::to_uppercase));
        key.extend(letters);
    }
    Some(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(header: &[&str]) -> Result<Columns, String> {
        Columns::parse(&StringRecord::from(header.to_vec()))
    }

    #[test]
    fn both_spellings_are_known() {
        let classic = parse(&[
            "Handle",
            "Title",
            "Body (HTML)",
            "Variant SKU",
            "Variant Price",
        ]);
        let newer = parse(&["title", "URL HANDLE", "Description", "SKU", " price "]);
        for (columns, places) in [(classic, [0, 1, 2, 3, 4]), (newer, [1, 0, 2, 3, 4])] {
            let columns = columns.unwrap();
            let found = [
                Column::Handle,
                Column::Title,
                Column::Description,
                Column::Sku,
                Column::Price,
            ]
            .map(|column| columns.place(column).unwrap());
            assert_eq!(found, places);
            assert_eq!(columns.place(Column::Vendor), None);
        }
    }

    #[test]
    fn options_are_numbered() {
        assert_eq!(column("option2 value"), Some(Column::OptionValue(2)));
        assert_eq!(column("option3 name"), Some(Column::OptionName(3)));
        assert_eq!(column("option4 name"), None);
        assert_eq!(column("option1 linked to"), None);
    }

    #[test]
    fn missing_columns_are_named() {
        let refused = parse(&["Title", "Vendor"]).unwrap_err();
        assert!(refused.contains("'Handle'") && refused.contains("'Variant Price'"));
        assert!(!refused.contains("'Title'"), "{refused}");
        let refused = parse(&["Handle;Title;Price"]).unwrap_err();
        assert!(refused.contains("commas"), "{refused}");
    }

    #[test]
    fn metadata_has_readable_keys() {
        for (name, key) in [
            ("seo title", Some("seoTitle")),
            (
                "google shopping / google product category",
                Some("googleProductCategory"),
            ),
            ("google shopping / mpn", Some("googleMpn")),
            (
                "google shopping / custom label 0",
                Some("googleCustomLabel0"),
            ),
            ("gift card", None),
        ] {
            assert_eq!(metadata_key(name).as_deref(), key, "{name}");
        }
    }
}
