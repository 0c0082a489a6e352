//! Forms of text: what is compared, what is searched, what stands in a URL.

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// The form in which names are compared and sorted: compatibility-composed (NFKC), lower case, single spaces.
/// Two names with the same key are the same name to a shopper.
#[must_use]
pub fn name_key(name: &str) -> String {
    let folded: String = name.nfkc().flat_map(char::to_lowercase).collect();
    folded.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Lower case without diacritics, so that "Café" is found by "cafe".
#[must_use]
pub fn fold(text: &str) -> String {
    text.nfkd()
        .filter(|c| !is_combining_mark(*c))
        .flat_map(char::to_lowercase)
        .collect()
}

/// The words of the text, folded: runs of letters and digits.
pub fn words(text: &str) -> impl Iterator<Item = String> {
    fold(text)
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect::<Vec<_>>()
        .into_iter()
}

/// The text as a part of a URL: folded, words of letters and digits joined by hyphens, at most `limit`
/// characters. Empty when the text has no letter or digit.
#[must_use]
pub fn slug(text: &str, limit: usize) -> String {
    let slug: String = words(text)
        .collect::<Vec<_>>()
        .join("-")
        .chars()
        .take(limit)
        .collect();
    slug.trim_end_matches('-').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_name_has_one_key() {
        assert_eq!(name_key("  Ocean   Blue Shirt"), "ocean blue shirt");
        assert_eq!(name_key("Cafe\u{301}"), name_key("CAF\u{c9}"));
        assert_eq!(name_key("Ｗｉｄｅ"), "wide");
    }

    #[test]
    fn slugs_hold_words_only() {
        assert_eq!(slug("Crème brûlée & Co.", 100), "creme-brulee-co");
        assert_eq!(slug("--- !", 100), "");
        assert_eq!(slug("one two three", 8), "one-two");
        assert_eq!(slug("мед", 100), "мед");
    }
}
