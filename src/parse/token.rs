//! Tokens and the blanks between them.

/// Blanks, then what is no blank: one field, and what is behind it. Control bytes stand in no text
/// of ours: they end a token, and none begins with one.
#[inline]
pub(super) fn token(input: &[u8]) -> Option<(&[u8], &[u8])> {
    let start = &input[span(input, not_blank)..];
    let (token, after) = start.split_at(span(start, not_graphic));
    (!token.is_empty()).then_some((after, token))
}

/// What is behind the blanks.
pub(super) fn skip_blanks(input: &[u8]) -> &[u8] {
    input.trim_ascii_start()
}

const ONES: u64 = u64::from_ne_bytes([1; 8]);

/// How many bytes come before the first that `ends` marks. Rows are long and mostly blanks, so
/// eight are looked at in one step.
#[inline]
fn span(text: &[u8], ends: impl Fn(u64) -> u64) -> usize {
    let (words, rest) = text.as_chunks();
    for (i, word) in words.iter().enumerate() {
        let end = ends(u64::from_le_bytes(*word));
        if end != 0 {
            return i * 8 + end.trailing_zeros() as usize / 8;
        }
    }
    let end = rest.iter().position(|byte| ends((*byte).into()) & 0x80 != 0);
    words.len() * 8 + end.unwrap_or(rest.len())
}

/// 0x80 in every byte that is no blank. On the low seven bits no addition carries over.
fn not_blank(bytes: u64) -> u64 {
    let differ = bytes ^ (ONES * u64::from(b' '));
    (((differ & (ONES * 0x7f)) + ONES * 0x7f) | differ) & (ONES * 0x80)
}

/// 0x80 in every byte that is a blank or a control byte.
fn not_graphic(bytes: u64) -> u64 {
    let low = bytes & (ONES * 0x7f);
    let graphic = (low + ONES * (0x7f - u64::from(b' '))) & !(low + ONES) | bytes;
    !graphic & (ONES * 0x80)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_ends_at_the_same_byte_wherever_it_stands() {
        for byte in 0..=255u8 {
            for place in 0..20 {
                let text = [vec![b'x'; place], vec![byte], vec![b'y'; 9]].concat();
                let is_graphic = byte > b' ' && byte != 0x7f;
                let len = if is_graphic { text.len() } else { place };
                let expected = (len > 0).then(|| (&text[len..], &text[..len]));
                let behind_blanks = [vec![b' '; place], text.clone()].concat();
                if byte != b' ' || place > 0 {
                    assert_eq!(token(&text), expected, "{byte:#x} at {place}");
                    assert_eq!(token(&behind_blanks), expected, "{byte:#x} at {place}");
                }
            }
        }
        assert_eq!((token(b""), token(&[b' '; 19])), (None, None));
    }
}
