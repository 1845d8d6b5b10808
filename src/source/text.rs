//! Reading a text in pieces.

use std::io::{ErrorKind, Read};
use std::path::PathBuf;
use std::time::Duration;

use memchr::{memchr, memrchr};

use super::open::MAX_CAPTURE;
use crate::error::{Error, Result};
use crate::parse::MAX_LINE;

/// The size of the kernel's own buffer behind an iterator: one read(2) fetches all that it holds.
const KERNEL_BUFFER: usize = 32 << 10;

/// Delays in milliseconds between tries of a first read, if the iterator has no room because other
/// readers of the same user are in the middle of it.
const WAITS: [u64; 6] = [1, 2, 5, 10, 20, 50];

/// Hands out a text in pieces that end where a row ends.
///
/// A piece is what one read(2) returns, as the kernel's iterators never split a row; of any other
/// file, an incomplete row is kept for the next piece. A line of more than [`MAX_LINE`] is no row:
/// the piece ends with its start, and what is left of it is passed over.
pub struct Reader {
    path: PathBuf,
    read: Box<dyn Read>,
    /// An incomplete row of the last read.
    started: Vec<u8>,
    /// Whether the last piece ended within a line whose rest is not wanted.
    is_within: bool,
    /// Whether nothing has been read yet.
    is_new: bool,
    /// How many more bytes may come; `None` for no limit.
    left: Option<u64>,
}

impl std::fmt::Debug for Reader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Reader").field(&self.path).finish()
    }
}

impl Reader {
    pub(super) fn new(path: PathBuf, read: Box<dyn Read>, left: Option<u64>) -> Self {
        Self { path, read, started: Vec::new(), is_within: false, is_new: true, left }
    }

    /// The name of the text, for messages.
    pub fn path(&self) -> &std::path::Path {
        &self.path
    }

    /// Reads once, behind what `text` holds; returns how many bytes came, none at the end.
    fn read(&mut self, text: &mut Vec<u8>) -> Result<usize> {
        let filled = text.len();
        text.resize(filled + KERNEL_BUFFER, 0);
        let mut waits = WAITS.iter().filter(|_| self.is_new);
        let read = loop {
            match self.read.read(&mut text[filled..]) {
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) if error.kind() == ErrorKind::WouldBlock => match waits.next() {
                    Some(wait) => std::thread::sleep(Duration::from_millis(*wait)),
                    None => return Err(Error::path("cannot read", &self.path, error)),
                },
                Err(error) => return Err(Error::path("cannot read", &self.path, error)),
                Ok(read) => break read,
            }
        };
        self.is_new = false;
        text.truncate(filled + read);
        if let Some(left) = &mut self.left {
            // A file may have grown since its size was looked at, and some have no size.
            let over = || Error::TooLarge { path: self.path.clone(), limit: MAX_CAPTURE };
            *left = left.checked_sub(read as u64).ok_or_else(over)?;
        }
        Ok(read)
    }

    /// Skips the rest of a line that is too long, and returns what follows.
    fn rest_of_line(&mut self) -> Result<Vec<u8>> {
        let mut rest = Vec::new();
        while self.read(&mut rest)? > 0 {
            if let Some(end) = memchr(b'\n', &rest) {
                rest.drain(..=end);
                return Ok(rest);
            }
            rest.clear();
        }
        Ok(rest)
    }

    /// The next piece, `None` at the end. A last line without a newline comes as it is.
    ///
    /// # Errors
    ///
    /// The read(2) that failed, with the file's name; a capture that is too large.
    pub fn next_piece(&mut self) -> Result<Option<Vec<u8>>> {
        let mut piece = std::mem::take(&mut self.started);
        if std::mem::take(&mut self.is_within) {
            piece = self.rest_of_line()?;
        }
        let mut before = 0;
        loop {
            if let Some(end) = memrchr(b'\n', &piece[before..]) {
                self.started = piece.split_off(before + end + 1);
                return Ok(Some(piece));
            }
            if piece.len() > MAX_LINE {
                piece.truncate(MAX_LINE + 1);
                self.is_within = true;
                return Ok(Some(piece));
            }
            before = piece.len();
            if self.read(&mut piece)? == 0 {
                return Ok((!piece.is_empty()).then_some(piece));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives a few bytes a read, as a slow file would.
    struct Slow(&'static [u8]);

    impl Read for Slow {
        fn read(&mut self, to: &mut [u8]) -> std::io::Result<usize> {
            let n = self.0.len().min(3);
            to[..n].copy_from_slice(&self.0[..n]);
            self.0 = &self.0[n..];
            Ok(n)
        }
    }

    /// Has no room for the first readers, as a walk that many others are in the middle of.
    struct Busy(usize);

    impl Read for Busy {
        fn read(&mut self, to: &mut [u8]) -> std::io::Result<usize> {
            match self.0 {
                0 => Ok(0),
                1 => {
                    self.0 = 0;
                    to[..2].copy_from_slice(b"x\n");
                    Ok(2)
                }
                _ => {
                    self.0 -= 1;
                    Err(ErrorKind::WouldBlock.into())
                }
            }
        }
    }

    #[test]
    fn a_first_read_is_tried_again_and_not_for_ever() {
        let busy = |tries| Reader::new("busy".into(), Box::new(Busy(tries)), None);
        assert_eq!(pieces(busy(4)).unwrap(), [b"x\n"]);
        let error = pieces(busy(1000)).unwrap_err();
        assert!(
            matches!(error, Error::Path { source, .. } if source.kind() == ErrorKind::WouldBlock)
        );
    }

    fn reader(text: &'static [u8]) -> Reader {
        Reader::new("slow".into(), Box::new(Slow(text)), None)
    }

    fn pieces(mut reader: Reader) -> Result<Vec<Vec<u8>>> {
        let mut pieces = Vec::new();
        while let Some(piece) = reader.next_piece()? {
            pieces.push(piece);
        }
        Ok(pieces)
    }

    fn lines(text: &[u8]) -> Vec<&[u8]> {
        text.strip_suffix(b"\n").unwrap_or(text).split(|byte| *byte == b'\n').collect()
    }

    #[test]
    fn a_line_that_is_too_long_is_cut_and_counts_as_one() {
        const START: &[u8] = b"head\nrow 1\n";
        for len in [MAX_LINE - 1, 3 * MAX_LINE, 5 * MAX_LINE + 7] {
            for end in ["\nrow 3\nrow 4\n", "\nrow 3", "\n", ""] {
                let text = |len| [START, &vec![b'x'; len], end.as_bytes()].concat();
                let (expected, text) = (text(len.min(MAX_LINE + 1)), text(len));
                let cursor = std::io::Cursor::new(text);
                let reader = Reader::new("long".into(), Box::new(cursor), None);
                let pieces = pieces(reader).unwrap();
                let found: Vec<_> = pieces.iter().flat_map(|piece| lines(piece)).collect();
                assert!(found == lines(&expected), "{len} {end:?}");
            }
        }
    }

    #[test]
    fn no_more_is_read_than_a_capture_may_have() {
        for limit in [9, 10, 11] {
            let reader = Reader::new("x".into(), Box::new(Slow(b"head\nrow 1\n")), Some(limit));
            assert_eq!(pieces(reader).is_ok(), limit >= 11, "{limit}");
        }
    }

    #[test]
    fn a_file_without_lines_is_given_up_before_its_end() {
        let mut zeros = Reader::new("zeros".into(), Box::new(std::io::repeat(0)), None);
        assert_eq!(zeros.next_piece().unwrap().map(|piece| piece.len()), Some(MAX_LINE + 1));
    }

    #[test]
    fn a_piece_ends_where_a_row_ends_and_the_last_may_be_cut() {
        let pieces = pieces(reader(b"one\ntwo\n\nthree")).unwrap();
        assert_eq!(pieces.concat(), b"one\ntwo\n\nthree");
        let ends = |piece: &Vec<u8>| piece.ends_with(b"\n");
        assert!(pieces[..pieces.len() - 1].iter().all(ends), "{pieces:?}");
    }
}
