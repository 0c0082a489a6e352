//! The bytes of a file as text: decompressed where the content says so, without a byte order mark, and counted.

use flate2::read::MultiGzDecoder;
use std::{
    io::{self, BufReader, Cursor, Read},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

const GZIP: [u8; 2] = [0x1f, 0x8b];
const UTF8_MARK: [u8; 3] = [0xef, 0xbb, 0xbf];
const UTF16_MARKS: [[u8; 2]; 2] = [[0xff, 0xfe], [0xfe, 0xff]];
const BUFFER: usize = 64 * 1024;

/// Opens `source` as UTF-8 text; `bytes` counts what is read of it.
///
/// # Errors
/// Whatever reading the first bytes says, or that they are UTF-16.
pub(super) fn open(
    source: impl Read + Send + 'static,
    bytes: Arc<AtomicU64>,
) -> io::Result<Box<dyn Read + Send>> {
    let mut counted = BufReader::with_capacity(
        BUFFER,
        Counted {
            inner: source,
            bytes,
        },
    );
    let first = first_bytes(&mut counted, GZIP.len())?;
    let is_gzip = first == GZIP;
    let whole = Cursor::new(first).chain(counted);
    if is_gzip {
        unmarked(MultiGzDecoder::new(whole))
    } else {
        unmarked(whole)
    }
}

fn unmarked(mut text: impl Read + Send + 'static) -> io::Result<Box<dyn Read + Send>> {
    let first = first_bytes(&mut text, UTF8_MARK.len())?;
    if UTF16_MARKS.iter().any(|mark| first.starts_with(mark)) {
        return Err(io::Error::new(
            io::ErrorKind::InvalidData,
            "it is UTF-16; save it as \"CSV UTF-8\"",
        ));
    }
    if first == UTF8_MARK {
        return Ok(Box::new(text));
    }
    Ok(Box::new(Cursor::new(first).chain(text)))
}

/// Reads the first bytes, fewer where the source ends.
fn first_bytes(source: &mut impl Read, number: usize) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(number);
    source.take(number as u64).read_to_end(&mut bytes)?;
    Ok(bytes)
}

struct Counted<R> {
    inner: R,
    bytes: Arc<AtomicU64>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.bytes.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::{Compression, write::GzEncoder};
    use std::io::Write;

    fn text_of(bytes: Vec<u8>) -> io::Result<String> {
        let mut text = String::new();
        open(Cursor::new(bytes), Arc::default())?.read_to_string(&mut text)?;
        Ok(text)
    }

    fn zipped(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn content_says_what_is_compressed() {
        assert_eq!(text_of(b"Handle".to_vec()).unwrap(), "Handle");
        assert_eq!(text_of(zipped(b"Handle")).unwrap(), "Handle");
        // Two archives in a row are one text.
        let two = [zipped(b"Han"), zipped(b"dle")].concat();
        assert_eq!(text_of(two).unwrap(), "Handle");
        assert_eq!(text_of(Vec::new()).unwrap(), "");
        assert_eq!(text_of(b"H".to_vec()).unwrap(), "H");
    }

    #[test]
    fn a_mark_is_no_text() {
        assert_eq!(text_of("\u{feff}Handle".into()).unwrap(), "Handle");
        assert_eq!(
            text_of(zipped("\u{feff}Handle".as_bytes())).unwrap(),
            "Handle"
        );
        let error = text_of(vec![0xff, 0xfe, b'H', 0]).unwrap_err();
        assert!(error.to_string().contains("UTF-8"), "{error}");
    }

    #[test]
    fn an_archive_cut_short_is_an_error() {
        let mut bytes = zipped(&b"Handle,Title\n".repeat(1_000));
        bytes.truncate(bytes.len() / 2);
        assert!(text_of(bytes).is_err());
    }
}
