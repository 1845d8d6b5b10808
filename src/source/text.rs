//! Reading a text in pieces.

use std::io::{ErrorKind, Read};
use std::path::PathBuf;

use memchr::memrchr;

use crate::error::{Error, Result};

/// The size of the kernel's own buffer behind an iterator: one read(2) fetches all that it holds.
const KERNEL_BUFFER: usize = 32 << 10;

/// Hands out a text in pieces that end where a row ends.
///
/// A piece is what one read(2) gives, for the kernel's iterators never leave a row unfinished; of
/// any other file, the start of a row is kept for the next piece.
pub struct Reader {
    path: PathBuf,
    read: Box<dyn Read>,
    /// The start of a row that the last piece did not have the end of.
    started: Vec<u8>,
}

impl Reader {
    pub(super) fn new(path: PathBuf, read: Box<dyn Read>) -> Self {
        Self { path, read, started: Vec::new() }
    }

    /// The name of the text, for messages.
    pub fn path(&self) -> &std::path::Path {
        &self.path
    }

    /// Reads once, behind what `text` holds; returns how many bytes came, none at the end.
    fn read(&mut self, text: &mut Vec<u8>) -> Result<usize> {
        let filled = text.len();
        text.resize(filled + KERNEL_BUFFER, 0);
        let read = loop {
            match self.read.read(&mut text[filled..]) {
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) => return Err(Error::path("cannot read", &self.path, error)),
                Ok(read) => break read,
            }
        };
        text.truncate(filled + read);
        Ok(read)
    }

    /// The next piece, `None` at the end. A last line without a newline comes as it is.
    ///
    /// # Errors
    ///
    /// The read(2) that failed, with the file's name.
    pub fn next_piece(&mut self) -> Result<Option<Vec<u8>>> {
        let mut piece = std::mem::take(&mut self.started);
        loop {
            let before = piece.len();
            if self.read(&mut piece)? == 0 {
                return Ok((!piece.is_empty()).then_some(piece));
            }
            if let Some(end) = memrchr(b'\n', &piece[before..]) {
                self.started = piece.split_off(before + end + 1);
                return Ok(Some(piece));
            }
        }
    }

    /// All that is left, as one piece.
    ///
    /// # Errors
    ///
    /// As [`Reader::next_piece`].
    pub fn whole(mut self) -> Result<Vec<u8>> {
        let mut text = std::mem::take(&mut self.started);
        while self.read(&mut text)? > 0 {}
        Ok(text)
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

    fn reader(text: &'static [u8]) -> Reader {
        Reader::new("slow".into(), Box::new(Slow(text)))
    }

    #[test]
    fn a_piece_ends_where_a_row_ends_and_the_last_may_be_cut() {
        let mut reader = reader(b"one\ntwo\n\nthree");
        let mut pieces = Vec::new();
        while let Some(piece) = reader.next_piece().unwrap() {
            pieces.push(String::from_utf8(piece).unwrap());
        }
        assert_eq!(pieces.concat(), "one\ntwo\n\nthree");
        assert!(pieces[..pieces.len() - 1].iter().all(|piece| piece.ends_with('\n')), "{pieces:?}");
    }

    #[test]
    fn the_whole_is_what_was_not_yet_handed_out() {
        let mut reader = reader(b"head\nrow 1\nrow 2\n");
        assert_eq!(reader.next_piece().unwrap().unwrap(), b"head\n");
        assert_eq!(reader.whole().unwrap(), b"row 1\nrow 2\n");
    }
}
