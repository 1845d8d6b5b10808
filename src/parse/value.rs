//! Parsing of tokens, by the type of the field.

use crate::model::{Ids, MapProgs, Name, Names, Numbers};

/// Why a token is not a value: what was expected in its place.
pub(super) type What = &'static str;

/// A field that a token can be read into.
pub(super) trait FromToken<'a>: Sized {
    /// Reads the whole token.
    fn from_token(token: &'a [u8]) -> Result<Self, What>;
}

/// Reads a token into a field.
pub(super) fn set<'a, T: FromToken<'a>>(field: &mut T, token: &'a [u8]) -> Result<(), What> {
    *field = T::from_token(token)?;
    Ok(())
}

impl<'a, T: FromToken<'a>> FromToken<'a> for Option<T> {
    fn from_token(token: &'a [u8]) -> Result<Self, What> {
        T::from_token(token).map(Some)
    }
}

/// Digits alone, as the columns have them.
fn decimal(token: &[u8]) -> Option<u64> {
    token.iter().try_fold(0u64, |n, byte| match byte {
        b'0'..=b'9' => n.checked_mul(10)?.checked_add(u64::from(byte - b'0')),
        _ => None,
    })
}

impl FromToken<'_> for u32 {
    fn from_token(token: &[u8]) -> Result<Self, What> {
        decimal(token).and_then(|n| n.try_into().ok()).ok_or("a number below 2^32")
    }
}

impl FromToken<'_> for u64 {
    fn from_token(token: &[u8]) -> Result<Self, What> {
        decimal(token).ok_or("a number below 2^64")
    }
}

impl FromToken<'_> for i32 {
    fn from_token(token: &[u8]) -> Result<Self, What> {
        std::str::from_utf8(token).ok().and_then(|text| text.parse().ok()).ok_or("a number")
    }
}

impl FromToken<'_> for bool {
    fn from_token(token: &[u8]) -> Result<Self, What> {
        match token {
            b"0" => Ok(false),
            b"1" => Ok(true),
            _ => Err("0 or 1"),
        }
    }
}

/// A program's tag.
impl FromToken<'_> for [u8; 8] {
    fn from_token(token: &[u8]) -> Result<Self, What> {
        let nibble = |b: u8| char::from(b).to_digit(16).map(|n| n as u8);
        let byte = |pair: &[u8]| Some(nibble(pair[0])? << 4 | nibble(pair[1])?);
        let mut tag = [0; 8];
        let mut pairs = tag.iter_mut().zip(token.chunks(2));
        if token.len() == 16 && pairs.all(|(to, pair)| byte(pair).map(|b| *to = b).is_some()) {
            return Ok(tag);
        }
        Err("16 hexadecimal digits")
    }
}

impl<'a> FromToken<'a> for Name<'a> {
    fn from_token(token: &'a [u8]) -> Result<Self, What> {
        Ok(Name::new(token))
    }
}

impl<'a> FromToken<'a> for Names<'a> {
    fn from_token(token: &'a [u8]) -> Result<Self, What> {
        Names::new(token).ok_or("names by commas")
    }
}

impl<'a> FromToken<'a> for Numbers<'a> {
    fn from_token(token: &'a [u8]) -> Result<Self, What> {
        Numbers::new(token).ok_or("numbers by commas")
    }
}

impl<'a> FromToken<'a> for Ids<'a> {
    fn from_token(token: &'a [u8]) -> Result<Self, What> {
        Ids::new(token).ok_or("ids by commas")
    }
}

impl<'a> FromToken<'a> for MapProgs<'a> {
    fn from_token(token: &'a [u8]) -> Result<Self, What> {
        MapProgs::new(token).ok_or("ids by commas")
    }
}
