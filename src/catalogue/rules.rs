//! What the parts of a product may hold. Each rule takes what someone wrote and returns it as it is kept, or a
//! sentence that says what is wrong and what would be right. The limits stand again as constraints in the database.

use crate::platform::text;
use url::Url;

/// Most tags of a product.
pub(crate) const TAG_LIMIT: usize = 50;

/// What is kept, or why it cannot be.
pub(crate) type Checked<T> = Result<T, String>;

/// The seller's own key of a product.
pub(crate) fn handle(text: &str) -> Checked<String> {
    trimmed("A handle", text, 255)
}

/// A product's name.
pub(crate) fn product_name(text: &str) -> Checked<String> {
    one_line("A name", text, 255)
}

/// A description: HTML that can do no harm.
pub(crate) fn description(html: &str) -> Checked<String> {
    let clean = ammonia::clean(html).trim().to_owned();
    within("A description", &clean, 2_000)?;
    Ok(clean)
}

/// A stock-keeping unit.
pub(crate) fn sku(text: &str) -> Checked<String> {
    trimmed("A SKU", text, 255)
}

/// A barcode, of whatever kind.
pub(crate) fn barcode(text: &str) -> Checked<String> {
    trimmed("A barcode", text, 64)
}

/// The name of an option, for example "Size".
pub(crate) fn option_name(text: &str) -> Checked<String> {
    one_line("An option's name", text, 100)
}

/// A value of an option, for example "M".
pub(crate) fn option_value(text: &str) -> Checked<String> {
    trimmed("An option's value", text, 255)
}

/// The name of a category.
pub(crate) fn category_name(text: &str) -> Checked<String> {
    let name = one_line("A category's name", text, 100)?;
    sluggable("category", &name)?;
    Ok(name)
}

/// The slug that a category has by its name.
pub(crate) fn slug_of_category(name: &str) -> String {
    text::slug(name, 100)
}

/// A category's slug, as it was chosen: one that a name could have.
pub(crate) fn category_slug(written: &str) -> Checked<String> {
    let slug = trimmed("A slug", written, 100)?;
    match text::slug(&slug, 100) {
        proper if proper == slug => Ok(slug),
        proper if proper.is_empty() => Err(format!("The slug '{slug}' has no letter or digit.")),
        proper => Err(format!(
            "A slug is lower-case words joined by hyphens, such as '{proper}'."
        )),
    }
}

/// A place among siblings.
pub(crate) fn position(position: i32) -> Checked<i32> {
    match position {
        1..=1_000_000 => Ok(position),
        _ => Err(format!(
            "A position is from 1 to 1000000, and this is {position}."
        )),
    }
}

/// The name of a tag.
pub(crate) fn tag(text: &str) -> Checked<String> {
    let name = one_line("A tag", text, 100)?;
    sluggable("tag", &name)?;
    Ok(name)
}

/// Where a picture is to be had.
pub(crate) fn image_url(text: &str) -> Checked<String> {
    let url = text.trim();
    within("A picture's address", url, 2_048)?;
    let spaced = url.contains(|c: char| c.is_whitespace() || c.is_control());
    match Url::parse(url) {
        Ok(parsed) if !spaced && matches!(parsed.scheme(), "http" | "https") => Ok(url.to_owned()),
        _ => Err(
            "A picture's address must be a web address that begins with https:// or http://."
                .to_owned(),
        ),
    }
}

/// What a picture shows, in words; may be empty.
pub(crate) fn image_alt(text: &str) -> Checked<String> {
    let alt = text.split_whitespace().collect::<Vec<_>>().join(" ");
    within("A picture's description", &alt, 512)?;
    Ok(alt)
}

/// Text with single spaces and without line breaks, of 1 to `limit` characters: what people read.
fn one_line(what: &str, text: &str, limit: usize) -> Checked<String> {
    trimmed(
        what,
        &text.split_whitespace().collect::<Vec<_>>().join(" "),
        limit,
    )
}

/// Text as it is but for the space around it, of 1 to `limit` characters: what systems compare.
fn trimmed(what: &str, text: &str, limit: usize) -> Checked<String> {
    let text = text.trim();
    if text.is_empty() {
        return Err(format!("{what} must not be empty."));
    }
    within(what, text, limit)?;
    Ok(text.to_owned())
}

fn within(what: &str, text: &str, limit: usize) -> Checked<()> {
    // The length in bytes is never smaller, so that most texts need no counting.
    if text.len() <= limit {
        return Ok(());
    }
    match text.chars().count() {
        length if length <= limit => Ok(()),
        length => Err(format!(
            "{what} has at most {limit} characters, and this has {length}."
        )),
    }
}

fn sluggable(what: &str, name: &str) -> Checked<()> {
    if text::slug(name, 1).is_empty() {
        return Err(format!("The {what} '{name}' has no letter or digit."));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_kept_with_single_spaces() {
        assert_eq!(
            product_name("  Ocean \n Blue  Shirt ").unwrap(),
            "Ocean Blue Shirt"
        );
        assert!(product_name(" \n ").unwrap_err().contains("empty"));
    }

    #[test]
    fn lengths_are_counted_in_characters() {
        assert!(product_name(&"é".repeat(255)).is_ok());
        let refused = product_name(&"é".repeat(256)).unwrap_err();
        assert!(
            refused.contains("255") && refused.contains("256"),
            "{refused}"
        );
    }

    #[test]
    fn descriptions_can_do_no_harm() {
        let clean = description("<p onclick='x()'>Hi<script>alert(1)</script></p>").unwrap();
        assert_eq!(clean, "<p>Hi</p>");
        // What counts is what is kept.
        let scripted = format!("<script>{}</script>Hi", "x".repeat(3_000));
        assert_eq!(description(&scripted).unwrap(), "Hi");
        assert!(description(&"x".repeat(2_001)).is_err());
    }

    #[test]
    fn pictures_come_from_the_web() {
        assert!(image_url(" https://example.com/a.jpg ").is_ok());
        for bad in [
            "",
            "a.jpg",
            "ftp://example.com/a.jpg",
            "javascript:alert(1)",
            "https://",
        ] {
            assert!(image_url(bad).is_err(), "{bad}");
        }
        assert!(image_url("https://example.com/a b.jpg").is_err());
    }

    #[test]
    fn labels_have_a_letter_or_digit() {
        assert!(tag("Größe 2").is_ok());
        assert!(tag("★").is_err());
        assert!(category_name("&").is_err());
    }
}
