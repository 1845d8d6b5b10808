//! Reading a text in pieces.

use std::io::{ErrorKind, Read};
use std::path::PathBuf;

use crate::error::{Error, Result};

/// The size of the kernel's own buffer behind an iterator: one read(2) fetches all that it holds.
const KERNEL_BUFFER: usize = 32 << 10;

/// Hands out a text in pieces that end where a row ends.
///
/// Memory stays at two buffers of the kernel's, unless the whole is asked for.
pub struct Reader {
    path: PathBuf,
    read: Box<dyn Read>,
    buffer: Vec<u8>,
    /// How much of the buffer is filled, and how much of that was handed out.
    filled: usize,
    taken: usize,
    end: bool,
}

impl Reader {
    pub(super) fn new(path: PathBuf, read: Box<dyn Read>) -> Self {
        Self { path, read, buffer: Vec::new(), filled: 0, taken: 0, end: false }
    }

    /// The name of the text, for messages.
    pub fn path(&self) -> &std::path::Path {
        &self.path
    }

    /// Reads once; false at the end of the file.
    fn fill(&mut self) -> Result<bool> {
        if self.buffer.len() - self.filled < KERNEL_BUFFER {
            self.buffer.resize((self.filled + KERNEL_BUFFER).max(2 * self.buffer.len()), 0);
        }
        loop {
            return match self.read.read(&mut self.buffer[self.filled..]) {
                Ok(0) => {
                    self.end = true;
                    Ok(false)
                }
                Ok(n) => {
                    self.filled += n;
                    Ok(true)
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) => Err(Error::path("cannot read", &self.path, error)),
            };
        }
    }

    /// The next piece, `None` at the end. A last line without a newline comes as it is.
    ///
    /// # Errors
    ///
    /// The read(2) that failed, with the file's name.
    pub fn next_piece(&mut self) -> Result<Option<&[u8]>> {
        self.buffer.copy_within(self.taken..self.filled, 0);
        self.filled -= self.taken;
        self.taken = 0;
        while !self.end {
            let before = self.filled;
            self.fill()?;
            if let Some(end) = self.buffer[before..self.filled].iter().rposition(|b| *b == b'\n') {
                self.taken = before + end + 1;
                return Ok(Some(&self.buffer[..self.taken]));
            }
        }
        self.taken = self.filled;
        Ok((self.filled > 0).then_some(&self.buffer[..self.filled]))
    }

    /// All that is left, as one piece.
    ///
    /// # Errors
    ///
    /// As [`Reader::next_piece`].
    pub fn whole(mut self) -> Result<Vec<u8>> {
        while self.fill()? {}
        self.buffer.truncate(self.filled);
        self.buffer.drain(..self.taken);
        Ok(self.buffer)
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
            pieces.push(String::from_utf8_lossy(piece).into_owned());
        }
        assert_eq!(pieces.concat(), "one\ntwo\n\nthree");
        assert!(pieces[..pieces.len() - 1].iter().all(|piece| piece.ends_with('\n')), "{pieces:?}");
    }

    #[test]
    fn the_whole_is_what_was_not_yet_handed_out() {
        let mut reader = reader(b"head\nrow 1\nrow 2\n");
        assert_eq!(reader.next_piece().unwrap(), Some(&b"head\n"[..]));
        assert_eq!(reader.whole().unwrap(), b"row 1\nrow 2\n");
    }
}
