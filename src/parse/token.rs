//! Tokens and the blanks between them.

const ONES: u64 = u64::from_ne_bytes([1; 8]);
const TOPS: u64 = ONES * 0x80;

/// How many bytes are looked at in one step: rows are long, and mostly blanks.
const STEP: usize = 64;

/// The tokens of a line, separated by blanks. A control byte, which no text of ours has, ends a
/// token and the iteration.
#[derive(Clone)]
pub(super) struct Tokens<'a> {
    line: &'a [u8],
    /// Where the last token begins and where it ends.
    last: usize,
    end: usize,
    /// The offset of the current step, and a mask of its graphic bytes not yet taken.
    step: usize,
    graphic: u64,
    /// Where the first control byte is, as far as was looked.
    control: usize,
}

impl<'a> Tokens<'a> {
    pub(super) fn new(line: &'a [u8]) -> Self {
        let mut tokens = Self { line, last: 0, end: 0, step: 0, graphic: 0, control: usize::MAX };
        tokens.look();
        tokens
    }

    /// The next token, `None` where there is none: at the end, or before a control byte.
    #[inline]
    pub(super) fn next(&mut self) -> Option<&'a [u8]> {
        while self.graphic == 0 {
            self.advance()?;
        }
        let start = self.step + self.graphic.trailing_zeros() as usize;
        if start > self.control {
            return None;
        }
        // Adding one at the token's first bit carries into the bit after its last.
        let (behind, is_cut) = self.graphic.overflowing_add(1 << self.graphic.trailing_zeros());
        self.graphic &= behind;
        let end =
            if is_cut { self.end_beyond() } else { self.step + behind.trailing_zeros() as usize };
        (self.last, self.end) = (start, end);
        Some(&self.line[start..end])
    }

    /// Where a token ends that has the last byte of the present step.
    fn end_beyond(&mut self) -> usize {
        while self.advance().is_some() {
            if self.graphic != u64::MAX {
                let more = self.graphic.trailing_ones();
                self.graphic &= u64::MAX << more;
                return self.step + more as usize;
            }
        }
        self.graphic = 0;
        self.line.len()
    }

    /// What is behind the last token and the blanks behind it.
    pub(super) fn rest(&self) -> &'a [u8] {
        self.line[self.end..].trim_ascii_start()
    }

    /// The line from the last token on.
    pub(super) fn since_last(&self) -> &'a [u8] {
        &self.line[self.last..]
    }

    /// Goes to the next step; `None` where the line has no more.
    fn advance(&mut self) -> Option<()> {
        if self.step + STEP >= self.line.len() {
            return None;
        }
        self.step += STEP;
        self.look();
        Some(())
    }

    fn look(&mut self) {
        let text = &self.line[self.step..];
        let mut padded = [b' '; STEP];
        let bytes = text.first_chunk().unwrap_or_else(|| {
            padded[..text.len()].copy_from_slice(text);
            &padded
        });
        let (mut graphic, mut plain) = (0, TOPS);
        for (i, word) in bytes.as_chunks().0.iter().enumerate() {
            let (graphic8, plain8) = classes(u64::from_le_bytes(*word));
            graphic |= bits(graphic8) << (8 * i);
            plain &= plain8;
        }
        self.graphic = graphic;
        if plain != TOPS && self.control == usize::MAX {
            let is_control = |byte: &u8| byte.is_ascii_control();
            self.control = self.step + bytes.iter().position(is_control).unwrap_or(STEP);
        }
    }
}

/// Two masks with 0x80 in each of eight bytes that is graphic, and that is no control byte.
/// Additions on the low seven bits do not carry into the next byte.
fn classes(bytes: u64) -> (u64, u64) {
    let low = bytes & !TOPS;
    let delete = low + ONES;
    let not_below = |least: u8| ((low + ONES * (0x80 - u64::from(least))) & !delete | bytes) & TOPS;
    (not_below(b'!'), not_below(b' '))
}

/// The top bits of eight bytes, side by side.
fn bits(tops: u64) -> u64 {
    (tops >> 7).wrapping_mul(0x0102_0408_1020_4080) >> 56
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As the doc comments say it, a byte at a time.
    fn slowly(line: &[u8]) -> Vec<&[u8]> {
        let is_control = |b: &u8| *b < b' ' || *b == 0x7f;
        let plain = line.split(is_control).next().unwrap_or_default();
        plain.split(|b| *b == b' ').filter(|token| !token.is_empty()).collect()
    }

    fn all(line: &[u8]) -> Vec<&[u8]> {
        let mut tokens = Tokens::new(line);
        std::iter::from_fn(|| tokens.next()).collect()
    }

    #[test]
    fn tokens_are_the_same_wherever_a_step_begins() {
        for byte in 0..=255u8 {
            for place in 0..2 * STEP + 2 {
                for other in [b' ', b'x'] {
                    let mut line = vec![other; 2 * STEP + 2];
                    line[place] = byte;
                    line.extend(b" last");
                    for len in [place, place + 1, line.len()] {
                        assert_eq!(all(&line[..len]), slowly(&line[..len]), "{byte} at {place}");
                    }
                }
            }
        }
    }

    #[test]
    fn what_is_left_begins_behind_the_blanks_or_at_the_last_token() {
        let mut tokens = Tokens::new(b"  one  two \x1b three");
        assert_eq!(tokens.rest(), b"one  two \x1b three");
        assert_eq!(tokens.next(), Some(&b"one"[..]));
        assert_eq!(
            (tokens.since_last(), tokens.rest()),
            (&b"one  two \x1b three"[..], &b"two \x1b three"[..])
        );
        assert_eq!(tokens.next(), Some(&b"two"[..]));
        assert_eq!((tokens.next(), tokens.rest()), (None, &b"\x1b three"[..]));
        assert_eq!((Tokens::new(b"").next(), Tokens::new(&[b' '; 200]).next()), (None, None));
    }
}
