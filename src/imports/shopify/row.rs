//! A row of a file.

use super::columns::{Column, Columns};
use crate::imports::report::Problem;
use csv::{ByteRecord, StringRecord};

/// A row whose cells are text, as many as the header has.
#[derive(Debug)]
pub(super) struct Row<'c> {
    /// Line of the file on which it begins, from 1.
    pub(super) line: u64,
    pub(super) columns: &'c Columns,
    cells: StringRecord,
}

impl<'c> Row<'c> {
    /// Checks the form of a row.
    pub(super) fn parse(
        record: ByteRecord,
        line: u64,
        columns: &'c Columns,
    ) -> Result<Self, Problem> {
        let problem = |place: usize, record: &ByteRecord, reason: &str| {
            let value = record.get(place).unwrap_or_default();
            let value = String::from_utf8_lossy(value);
            Problem::new(line, columns.header_at(place), &value, reason)
        };
        if record.len() != columns.len() {
            return Err(Problem::new(
                line,
                "",
                "",
                format!(
                    "The row has {} cells, but the header has {}: look for a missing or a stray quote or comma.",
                    record.len(),
                    columns.len()
                ),
            ));
        }
        let cells = StringRecord::from_byte_record(record).map_err(|error| {
            let place = error.utf8_error().field();
            let reason = "The cell is not valid UTF-8: save the file as \"CSV UTF-8\".";
            problem(place, &error.into_byte_record(), reason)
        })?;
        // PostgreSQL holds no such text.
        if let Some(place) = cells.iter().position(|cell| cell.contains('\0')) {
            let reason = "The cell holds a null character: remove it.";
            return Err(problem(place, cells.as_byte_record(), reason));
        }
        Ok(Self {
            line,
            columns,
            cells,
        })
    }

    /// What stands in a column, without the space around it; nothing where the file has no such column.
    pub(super) fn cell(&self, column: Column) -> Option<&str> {
        self.cells.get(self.columns.place(column)?).map(str::trim)
    }

    /// What stands in a column, if anything does.
    pub(super) fn filled(&self, column: Column) -> Option<&str> {
        self.cell(column).filter(|cell| !cell.is_empty())
    }

    /// What stands at a place, without the space around it.
    pub(super) fn cell_at(&self, place: usize) -> &str {
        self.cells.get(place).unwrap_or_default().trim()
    }

    /// A problem with what stands in a column.
    pub(super) fn problem(&self, column: Column, reason: impl Into<String>) -> Problem {
        Problem::new(
            self.line,
            self.columns.header(column),
            self.cell(column).unwrap_or_default(),
            reason,
        )
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// Does something with a row of these columns and cells.
    pub(in super::super) fn with_row<T>(
        cells: &[(&str, &str)],
        work: impl FnOnce(&Row<'_>) -> T,
    ) -> T {
        let (header, record): (Vec<&str>, Vec<&str>) = cells.iter().copied().unzip();
        let columns = Columns::parse(&StringRecord::from(header)).expect("the needed columns");
        work(&Row::parse(ByteRecord::from(record), 2, &columns).expect("a row"))
    }

    fn check(cells: &[&[u8]]) -> Result<(), Problem> {
        let header = StringRecord::from(vec!["Handle", "Title", "Price"]);
        let columns = Columns::parse(&header).unwrap();
        Row::parse(ByteRecord::from(cells.to_vec()), 7, &columns).map(|_| ())
    }

    #[test]
    fn a_row_has_the_form_of_its_header() {
        assert_eq!(check(&[b"a", b"A", b"1"]), Ok(()));
        let problem = check(&[b"a", b"A"]).unwrap_err();
        assert!(problem.reason.contains("2 cells"), "{problem:?}");
    }

    #[test]
    fn a_row_is_text() {
        let problem = check(&[b"a", b"Caf\xe9", b"1"]).unwrap_err();
        assert_eq!((problem.line, problem.column.as_str()), (7, "Title"));
        assert_eq!(problem.value, "Caf\u{fffd}");
        let problem = check(&[b"a", b"A", b"1\0"]).unwrap_err();
        assert_eq!(problem.column, "Price");
    }
}
