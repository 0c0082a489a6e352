//! What an import tells of itself.

/// Why something in a file was left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Problem {
    /// Line of the file on which the row at fault begins, from 1.
    pub(crate) line: u64,
    /// Header of the column at fault; empty where it is no single column.
    pub(crate) column: String,
    /// What stands there, cut short where it is long.
    pub(crate) value: String,
    /// What is wrong, what was left out and how to mend it, in sentences.
    pub(crate) reason: String,
}

impl Problem {
    const VALUE_LIMIT: usize = 200;

    pub(super) fn new(line: u64, column: &str, value: &str, reason: impl Into<String>) -> Self {
        let mut value: String = value.chars().take(Self::VALUE_LIMIT + 1).collect();
        if let Some((end, _)) = value.char_indices().nth(Self::VALUE_LIMIT) {
            value.truncate(end);
            value.push('…');
        }
        Self {
            line,
            column: column.to_owned(),
            value,
            reason: reason.into(),
        }
    }
}

/// How much an import found and did. A dry run counts what it would have done.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Report {
    /// Shops that products went to.
    pub(crate) sellers: u64,
    pub(crate) sellers_created: u64,
    pub(crate) products_created: u64,
    pub(crate) products_updated: u64,
    pub(crate) products_unchanged: u64,
    /// Products that were left out with all their rows.
    pub(crate) products_skipped: u64,
    /// Variants of the products that were not left out.
    pub(crate) variants: u64,
    /// Pictures of the products that were not left out.
    pub(crate) images: u64,
    /// Rows of the file, without its header and without empty ones.
    pub(crate) rows: u64,
    /// Rows of which something was left out.
    pub(crate) rows_skipped: u64,
}

impl Report {
    /// Products that are in the catalogue now as the file says.
    #[must_use]
    pub(crate) fn products(&self) -> u64 {
        self.products_created + self.products_updated + self.products_unchanged
    }
}

/// What happens while an import runs.
pub(crate) enum Event<'a> {
    /// Something was left out.
    Skipped {
        /// The file it stands in.
        file: &'a str,
        problem: &'a Problem,
    },
    /// A batch is done.
    Progress {
        /// How much of the files has been read, counted before decompression: to compare with their sizes.
        bytes: u64,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_values_are_cut_short() {
        let value = |text: &str| Problem::new(1, "Title", text, "").value;
        assert_eq!(value(&"é".repeat(200)), "é".repeat(200));
        assert_eq!(value(&"é".repeat(201)), format!("{}…", "é".repeat(200)));
    }
}
