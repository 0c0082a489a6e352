//! Reading a file: rows to products, one after the other.

use super::{
    columns::{Column, Columns},
    product_group::{GroupRow, ProductGroup},
    row::Row,
};
use crate::error::{Error, Result};
use crate::imports::source;
use csv::{ByteRecord, ReaderBuilder, StringRecord};
use std::{
    io::Read,
    sync::{Arc, atomic::AtomicU64},
};

/// What a file is read for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Grouping {
    /// A product is told by its handle.
    ByHandle,
    /// A product is told by its handle and its vendor: each vendor has handles of its own.
    ByVendorAndHandle,
}

/// A file whose header has been read.
pub(super) struct Reader {
    csv: csv::Reader<Box<dyn Read + Send>>,
    columns: Arc<Columns>,
    lines: Lines,
}

impl Reader {
    /// Reads the header of `source`, called `name` in errors; `bytes` counts what is read of it.
    ///
    /// # Errors
    /// Invalid when the source cannot be read or lacks a needed column.
    pub(super) fn open(
        source: impl Read + Send + 'static,
        name: &str,
        bytes: Arc<AtomicU64>,
    ) -> Result<Self> {
        let text = source::open(source, bytes).map_err(|error| unreadable(name, &error))?;
        let mut csv = ReaderBuilder::new()
            .has_headers(false)
            // Rows of another length are the row's fault, not the file's.
            .flexible(true)
            .from_reader(text);
        let mut header = ByteRecord::new();
        let found = csv
            .read_byte_record(&mut header)
            .map_err(|error| unreadable(name, &error))?;
        if !found {
            return Err(Error::invalid(name, "The file is empty."));
        }
        let lines = Lines::of(&header, &csv);
        let header = StringRecord::from_byte_record_lossy(header);
        let columns = Columns::parse(&header).map_err(|reason| Error::invalid(name, reason))?;
        Ok(Self {
            csv,
            columns: Arc::new(columns),
            lines,
        })
    }

    /// The columns of the file.
    pub(super) fn columns(&self) -> &Columns {
        &self.columns
    }

    /// Reads all products and hands each to `take`, until that returns false.
    ///
    /// # Errors
    /// Invalid when the source cannot be read any further; products before that have been handed over.
    pub(super) fn read(
        self,
        name: &str,
        grouping: Grouping,
        mut take: impl FnMut(ProductGroup) -> bool,
    ) -> Result<()> {
        let Self {
            mut csv,
            columns,
            lines,
        } = self;
        let mut group = Group::default();
        loop {
            let mut record = ByteRecord::new();
            match csv.read_byte_record(&mut record) {
                Ok(true) => {}
                Ok(false) => break,
                Err(error) => {
                    // The group may be without its last rows: it is left for the next time.
                    return Err(cut_off(name, csv.position().line(), &error));
                }
            }
            if record.iter().all(<[u8]>::is_empty) {
                continue;
            }
            let line = lines.beginning(&record, &csv);
            let key = Key::of(&record, &columns, grouping);
            if !group.continues_with(&key) {
                if let Some(done) = group.finish(&columns)
                    && !take(done)
                {
                    return Ok(());
                }
                group.key = Some(key);
            }
            group.rows.push(Row::parse(record, line, &columns));
        }
        if let Some(done) = group.finish(&columns) {
            take(done);
        }
        Ok(())
    }
}

/// How the lines of a file end, which tells where its records begin: the CSV reader only says where it stood before
/// a record, which is before empty lines, and in the middle of an end of line of two characters.
#[derive(Clone, Copy)]
struct Lines {
    /// Line feeds behind a record that are read with it: one, or none where a carriage return comes first.
    behind: u64,
}

impl Lines {
    fn of<R: Read>(header: &ByteRecord, csv: &csv::Reader<R>) -> Self {
        let before = header.position().map_or(1, csv::Position::line);
        let read = csv.position().line() - before;
        Self {
            behind: u64::from(read > line_feeds(header)),
        }
    }

    /// The line on which a record begins that was just read.
    fn beginning<R: Read>(self, record: &ByteRecord, csv: &csv::Reader<R>) -> u64 {
        let before = record.position().map_or(1, csv::Position::line);
        let line = csv.position().line() - line_feeds(record);
        // The last record may have nothing behind it.
        line.saturating_sub(self.behind).max(before)
    }
}

fn line_feeds(record: &ByteRecord) -> u64 {
    let cells = record.as_slice().iter();
    cells.filter(|byte| **byte == b'\n').count() as u64
}

/// What tells which product a row belongs to.
struct Key {
    handle: Vec<u8>,
    /// Whether it has a title, as the first row of a product does.
    titled: bool,
    /// Empty where vendors make no difference.
    vendor: Vec<u8>,
}

impl Key {
    fn of(record: &ByteRecord, columns: &Columns, grouping: Grouping) -> Self {
        let cell = |column| {
            let cell = columns.place(column).and_then(|place| record.get(place));
            cell.unwrap_or_default().trim_ascii()
        };
        Self {
            handle: cell(Column::Handle).to_vec(),
            titled: !cell(Column::Title).is_empty(),
            vendor: match grouping {
                Grouping::ByHandle => Vec::new(),
                Grouping::ByVendorAndHandle => cell(Column::Vendor).to_vec(),
            },
        }
    }

    /// Whether a row with the key `next` belongs to the product that this key's row began. Some files repeat the
    /// title on every row.
    fn continues_with(&self, next: &Self) -> bool {
        // Rows without a handle belong to nothing.
        !next.handle.is_empty()
            && self.handle == next.handle
            && (!next.titled || (self.titled && self.vendor == next.vendor))
    }
}

/// The rows of the product that is being read.
#[derive(Default)]
struct Group<'c> {
    key: Option<Key>,
    rows: Vec<GroupRow<'c>>,
}

impl Group<'_> {
    fn continues_with(&self, next: &Key) -> bool {
        self.key
            .as_ref()
            .is_some_and(|key| key.continues_with(next))
    }

    fn finish(&mut self, columns: &Arc<Columns>) -> Option<ProductGroup> {
        let group = (!self.rows.is_empty()).then(|| ProductGroup::parse(&self.rows, columns));
        self.rows.clear();
        group
    }
}

fn unreadable(name: &str, error: &dyn std::fmt::Display) -> Error {
    Error::invalid(name, format!("The file cannot be read: {error}."))
}

fn cut_off(name: &str, line: u64, error: &csv::Error) -> Error {
    Error::invalid(
        name,
        format!(
            "The file cannot be read beyond line {line}: {error}. The products before it are done; \
             mend the file and run the import again."
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    const HEADER: &str = "Handle,Title,Vendor,Variant Price\n";

    /// Lines and numbers of rows of the products in a file under `HEADER`.
    fn groups(rows: &str, grouping: Grouping) -> Vec<(u64, u64)> {
        let file = format!("{HEADER}{rows}");
        let reader = Reader::open(Cursor::new(file), "f.csv", Arc::default()).unwrap();
        let mut groups = Vec::new();
        let take = |group: ProductGroup| {
            groups.push((group.line, group.rows));
            true
        };
        reader.read("f.csv", grouping, take).unwrap();
        groups
    }

    #[test]
    fn rows_of_one_handle_are_one_product() {
        let rows = "a,A,V,1\na,,,\nb,B,V,1\n,,,\na,A,V,1\na,A,V,2\n";
        assert_eq!(groups(rows, Grouping::ByHandle), [(2, 2), (4, 1), (6, 2)]);
        // Rows that have lost their first take no other product with them.
        let rows = "a,,,1\na,,,2\na,A,V,1\n";
        assert_eq!(groups(rows, Grouping::ByHandle), [(2, 2), (4, 1)]);
    }

    #[test]
    fn vendors_have_handles_of_their_own() {
        let rows = "a,A,V,1\na,,,\na,A,W,1\na,,W,\na,A,W,1\n";
        assert_eq!(groups(rows, Grouping::ByVendorAndHandle), [(2, 2), (4, 3)]);
        assert_eq!(groups(rows, Grouping::ByHandle), [(2, 5)]);
    }

    #[test]
    fn rows_without_a_handle_stand_alone() {
        let rows = ",A,V,1\n,,,2\na,A,V,1\n";
        assert_eq!(groups(rows, Grouping::ByHandle), [(2, 1), (3, 1), (4, 1)]);
    }

    #[test]
    fn lines_are_counted_as_an_editor_does() {
        let rows = "a,\"A\n\nB\",V,1\n\n\nb,B,V,1\nc,C,V,\"1\n\"";
        let lines = |file: &str| {
            let reader = Reader::open(Cursor::new(file.to_owned()), "f.csv", Arc::default());
            let mut lines = Vec::new();
            let take = |group: ProductGroup| {
                lines.push(group.line);
                true
            };
            let reading = reader.unwrap().read("f.csv", Grouping::ByHandle, take);
            reading.unwrap();
            lines
        };
        let file = format!("{HEADER}{rows}");
        assert_eq!(lines(&file), [2, 7, 8]);
        assert_eq!(lines(&format!("{file}\n")), [2, 7, 8]);
        assert_eq!(lines(&file.replace('\n', "\r\n")), [2, 7, 8]);
        assert_eq!(lines(&format!("{file}\n").replace('\n', "\r\n")), [2, 7, 8]);
    }

    #[test]
    fn an_empty_file_is_refused() {
        let open = |text: &'static str| Reader::open(Cursor::new(text), "f.csv", Arc::default());
        assert!(open("").is_err_and(|error| error.to_string() == "f.csv: The file is empty."));
        assert!(open("Title\n").is_err());
        assert_eq!(groups("", Grouping::ByHandle), []);
    }
}
