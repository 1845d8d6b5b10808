//! Names, which are bytes: as escaped in a text, and as they are.

use std::borrow::Cow;
use std::ffi::OsStr;
use std::fmt::{self, Write as _};

use unicode_width::UnicodeWidthChar as _;

/// A name as it stands in a text: one token, in which `\ooo` is the byte of that octal number.
///
/// Kernel names are Latin-1 letters, digits, `_` and `.`, up to 511 bytes, and need not be UTF-8.
/// Paths and names of cgroups may hold any byte; these come escaped.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Name<'a>(&'a [u8]);

impl<'a> Name<'a> {
    /// Takes a token as it stands in the text.
    pub const fn new(token: &'a [u8]) -> Self {
        Self(token)
    }

    /// The token as it stands in the text.
    pub const fn token(self) -> &'a [u8] {
        self.0
    }

    /// The token, if no format has to escape it: graphic ASCII without backslash or quote, as
    /// nearly all names are.
    pub fn plain(self) -> Option<&'a str> {
        // No early exit, so that the loop is vectorised.
        let is_plain = |byte: &u8| matches!(byte, b'!'..=b'~') & (*byte != b'\\') & (*byte != b'"');
        let is_plain = self.0.iter().fold(true, |plain, byte| plain & is_plain(byte));
        std::str::from_utf8(self.0).ok().filter(|_| is_plain)
    }

    /// The bytes that the token stands for.
    pub fn bytes(self) -> Cow<'a, [u8]> {
        if !self.0.contains(&b'\\') {
            return Cow::Borrowed(self.0);
        }
        let mut bytes = Vec::with_capacity(self.0.len());
        let mut rest = self.0;
        while let Some((&first, tail)) = rest.split_first() {
            match octal(rest) {
                Some(byte) => {
                    bytes.push(byte);
                    rest = &rest[4..];
                }
                None => {
                    bytes.push(first);
                    rest = tail;
                }
            }
        }
        Cow::Owned(bytes)
    }
}

/// The byte of a `\ooo` at the start of `text`.
pub(crate) fn octal(text: &[u8]) -> Option<u8> {
    let [b'\\', digits @ ..] = text.get(..4)? else { return None };
    digits.iter().try_fold(0u8, |n, digit| match digit {
        b'0'..=b'7' => n.checked_mul(8)?.checked_add(digit - b'0'),
        _ => None,
    })
}

/// Shows the name, escaped for a terminal; see [`Shown`].
impl fmt::Display for Name<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.plain() {
            Some(plain) => f.write_str(plain),
            None => Shown(&self.bytes()).fmt(f),
        }
    }
}

impl fmt::Debug for Name<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{self}\"")
    }
}

/// Whether a character beyond ASCII is a visible letter or digit. Characters of no width, or that
/// look like blanks, would make different names look equal.
pub(crate) fn is_letter(c: char) -> bool {
    const FILLERS: [char; 4] = ['\u{115f}', '\u{1160}', '\u{3164}', '\u{ffa0}'];
    let is_wide = || c.width().is_some_and(|width| width > 0);
    !c.is_ascii()
        && c.is_alphanumeric()
        && is_wide()
        && !FILLERS.contains(&c)
        && !is_right_to_left(c)
}

/// Whether a character is in a block of scripts that run from right to left: a terminal would show
/// digits and arrows beside it in another order.
fn is_right_to_left(c: char) -> bool {
    matches!(c, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{feff}'
        | '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1efff}')
}

/// Any bytes, escaped so that none can move a cursor, end a line or be mistaken for another.
///
/// Graphic ASCII, and letters and digits of other scripts, are kept; blanks, control characters,
/// bidirectional marks, characters of no width, invalid UTF-8 and the backslash become `\ooo`.
#[derive(Clone, Copy, Debug)]
pub struct Shown<'a>(pub &'a [u8]);

impl Shown<'_> {
    fn octal(f: &mut fmt::Formatter<'_>, bytes: &[u8]) -> fmt::Result {
        bytes.iter().try_for_each(|byte| write!(f, "\\{byte:03o}"))
    }
}

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for chunk in self.0.utf8_chunks() {
            for c in chunk.valid().chars() {
                match c {
                    '\\' => f.write_str("\\134")?,
                    '!'..='~' => f.write_char(c)?,
                    _ if is_letter(c) => f.write_char(c)?,
                    _ => Self::octal(f, c.encode_utf8(&mut [0; 4]).as_bytes())?,
                }
            }
            Self::octal(f, chunk.invalid())?;
        }
        Ok(())
    }
}

/// Any bytes between the quotes of a message: as [`Shown`], but a blank is itself.
#[derive(Clone, Copy, Debug)]
pub struct Quoted<'a>(&'a [u8]);

/// What somebody typed, or wrote into a file, for between the quotes of a message.
pub fn quoted(text: &(impl AsRef<[u8]> + ?Sized)) -> Quoted<'_> {
    Quoted(text.as_ref())
}

/// A path, for between the quotes of a message.
pub fn quoted_path(path: &(impl AsRef<OsStr> + ?Sized)) -> Quoted<'_> {
    Quoted(path.as_ref().as_encoded_bytes())
}

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut words = self.0.split(|byte| *byte == b' ');
        words.next().into_iter().try_for_each(|word| Shown(word).fmt(f))?;
        words.try_for_each(|word| {
            f.write_char(' ')?;
            Shown(word).fmt(f)
        })
    }
}

/// A word, quoted for a shell.
pub fn shell_word(word: &[u8]) -> String {
    let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"/._-+:@%,=".contains(byte);
    if !word.is_empty() && word.iter().all(is_plain) {
        return String::from_utf8_lossy(word).into_owned();
    }
    match std::str::from_utf8(word) {
        Ok(text) if !text.chars().any(char::is_control) => {
            format!("'{}'", text.replace('\'', "'\\''"))
        }
        _ => {
            let octal = |byte: &u8| match byte {
                b'\'' | b'\\' => format!("\\{byte:03o}"),
                b' '..=b'~' => char::from(*byte).to_string(),
                _ => format!("\\{byte:03o}"),
            };
            format!("$'{}'", word.iter().map(octal).collect::<String>())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_escaped_token_gives_its_bytes() {
        assert_eq!(&*Name::new(br"a\012b\134\377").bytes(), b"a\nb\\\xff");
        assert_eq!(&*Name::new(br"\8 \400 \01").bytes(), br"\8 \400 \01", "no escape is no escape");
    }

    #[test]
    fn a_plain_name_is_shown_as_it_is_and_no_other_is_plain() {
        for byte in 0..=255 {
            let token = [b'a', byte];
            let name = Name::new(&token);
            match name.plain() {
                Some(plain) => assert_eq!(Shown(&name.bytes()).to_string(), plain),
                None => assert!(!byte.is_ascii_graphic() || b"\"\\".contains(&byte), "{byte}"),
            }
        }
    }

    #[test]
    fn a_terminal_sees_no_byte_that_moves_its_cursor() {
        let shown = |bytes| Shown(bytes).to_string();
        assert_eq!(shown(b"plain_name.0"), "plain_name.0");
        assert_eq!(shown(b"x\n  99 evil"), r"x\012\040\04099\040evil");
        assert_eq!(shown(b"\x1b[2J\x9b"), r"\033[2J\233");
        assert_eq!(shown("naïve\u{202e}\u{a0}".as_bytes()), "naïve\\342\\200\\256\\302\\240");
        assert_eq!(shown(b"caf\xe9"), r"caf\351", "Latin-1 is no UTF-8");
        assert_eq!(shown(br"a\b"), r"a\134b");
        assert_eq!(shown("aא1".as_bytes()), r"a\327\2201", "it would stand left of the digit");
        assert_eq!(
            shown("\u{3164}\u{200b}\u{345}x".as_bytes()),
            r"\343\205\244\342\200\213\315\205x"
        );
    }
}
