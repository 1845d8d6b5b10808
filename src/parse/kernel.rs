//! The text of the kernel's own `progs.debug` and `maps.debug`, read by column.
//!
//! Splitting at white space would be wrong: a name may be empty, and so may the attach target,
//! while neither can hold a blank. Written by `kernel/bpf/preload/iterators/iterators.bpf.c`.
//!
//! Texts that people post have often lost the blanks at the ends of their lines. The columns still
//! tell what is what, so a line of a program may end where only blanks, or empty fields, would follow.

use nom::bytes::complete::{tag, take_while, take_while_m_n};
use nom::{Err, IResult, Parser as _};

use super::error::Expected;
use crate::model::{Map, Name, Prog};

pub(super) const PROGS: &[u8] = b"  id name             attached";
/// As the commit that brought the text shows it.
pub(super) const PROGS_15: &[u8] = b"  id name            attached";
pub(super) const MAPS_A: &[u8] = b"  id name             max_entries";
pub(super) const MAPS_B: &[u8] = b"  id name             max_entries  cur_entries";

/// The width that a name is padded to.
const NAME: usize = 16;

/// The same below [`PROGS_15`].
const NAME_15: usize = 15;

type Parsed<'a, T> = IResult<&'a [u8], T, Expected<'a>>;

fn expect<'a, T>(rest: &'a [u8], what: &'static str) -> Parsed<'a, T> {
    Err(Err::Failure(Expected::new(rest, what)))
}

/// A number after blanks: `%4u`, `%6d`, `%10lld`.
fn number<'a>(what: &'static str) -> impl Fn(&'a [u8]) -> Parsed<'a, i64> {
    move |input| {
        let (at, _) = take_while(|b| b == b' ')(input)?;
        let digits = at.strip_prefix(b"-").unwrap_or(at);
        let (rest, digits) = take_while(|b: u8| b.is_ascii_digit())(digits)?;
        let sign = at.len() - rest.len() - digits.len();
        let text = std::str::from_utf8(&at[..sign + digits.len()]).unwrap_or_default();
        match text.parse() {
            Ok(number) => Ok((rest, number)),
            Err(_) => expect(at, what),
        }
    }
}

/// `%4u`, an id.
fn id(input: &[u8]) -> Parsed<'_, u32> {
    let (at, _) = take_while(|b| b == b' ')(input)?;
    let (rest, id) = number("id")(at)?;
    match u32::try_from(id) {
        Ok(id) => Ok((rest, id)),
        Err(_) => expect(at, "id"),
    }
}

fn blank(input: &[u8]) -> Parsed<'_, ()> {
    match tag::<_, _, Expected<'_>>(&b" "[..])(input) {
        Ok((rest, _)) => Ok((rest, ())),
        Err(_) => expect(input, "a blank"),
    }
}

/// Bytes up to the next blank, `None` where there are none.
fn word(input: &[u8]) -> Parsed<'_, Option<Name<'_>>> {
    take_while(|b| b != b' ')
        .map(|name: &[u8]| (!name.is_empty()).then(|| Name::new(name)))
        .parse(input)
}

/// `%-16s`: a name, then blanks up to the width; a name of that length or more has none.
fn padded(input: &[u8]) -> Parsed<'_, Option<Name<'_>>> {
    padded_to(NAME, input)
}

fn padded_to(width: usize, input: &[u8]) -> Parsed<'_, Option<Name<'_>>> {
    let (rest, name) = word(input)?;
    let pad = width.saturating_sub(input.len() - rest.len());
    match take_while_m_n::<_, _, Expected<'_>>(pad, pad, |b| b == b' ')(rest) {
        Ok((rest, _)) => Ok((rest, name)),
        Err(_) if width == NAME => expect(rest, "a name padded with blanks to 16"),
        Err(_) => expect(rest, "a name padded with blanks to 15"),
    }
}

fn end(rest: &[u8]) -> Parsed<'_, ()> {
    if rest.is_empty() { Ok((rest, ())) } else { expect(rest, "the end of the line") }
}

fn finish<'a, T>(parsed: Parsed<'a, T>) -> Result<T, Expected<'a>> {
    match parsed {
        Ok((_, value)) => Ok(value),
        Err(Err::Error(expected) | Err::Failure(expected)) => Err(expected),
        Err(Err::Incomplete(_)) => Err(Expected::new(b"", "more bytes")),
    }
}

/// A blank, or the end of a line that has lost those at its end.
fn blank_or_end(input: &[u8]) -> Parsed<'_, ()> {
    if input.is_empty() { Ok((input, ())) } else { blank(input) }
}

/// A name padded to a width, or up to the end of a line that has lost the blanks there.
fn padded_or_end(width: usize) -> impl Fn(&[u8]) -> Parsed<'_, Option<Name<'_>>> {
    move |input| {
        let (rest, name) = word(input)?;
        let is_short = input.len() < width && rest.iter().all(|byte| *byte == b' ');
        if is_short || rest.is_empty() { Ok((b"", name)) } else { padded_to(width, input) }
    }
}

/// `"%4u %-16s %s %s\n"`: id, name, what it is attached to, the target program's name.
pub(super) fn prog(line: &[u8]) -> Result<Prog<'_>, Expected<'_>> {
    prog_of(NAME, line)
}

/// The same below [`PROGS_15`].
pub(super) fn prog_15(line: &[u8]) -> Result<Prog<'_>, Expected<'_>> {
    prog_of(NAME_15, line)
}

fn prog_of(width: usize, line: &[u8]) -> Result<Prog<'_>, Expected<'_>> {
    let (padded, blank) = (padded_or_end(width), blank_or_end);
    let mut row = (id, blank, padded, blank, word, blank, word, end).map(
        |(id, (), name, (), attached, (), target, ())| Prog {
            id,
            name,
            attached,
            target,
            ..Prog::default()
        },
    );
    finish(row.parse(line))
}

/// `max_entries` is a u32 that the kernel prints with `%d`.
fn max_entries(input: &[u8]) -> Parsed<'_, u32> {
    let (at, _) = take_while(|b| b == b' ')(input)?;
    let (rest, number) = number("max_entries")(at)?;
    match i32::try_from(number) {
        Ok(number) => Ok((rest, number.cast_unsigned())),
        Err(_) => expect(at, "max_entries"),
    }
}

/// `"%4u %-16s%6d\n"`: id, name, max_entries.
pub(super) fn map_a(line: &[u8]) -> Result<Map<'_>, Expected<'_>> {
    let mut row = (id, blank, padded, max_entries, end).map(|(id, (), name, max_entries, ())| {
        Map { id, name, max_entries: Some(max_entries), ..Map::default() }
    });
    finish(row.parse(line))
}

/// `"%4u %-16s  %10d   %10lld\n"`: id, name, max_entries, cur_entries.
///
/// The kernel prints the sum of a counter that most types of map do not keep: their zero says
/// nothing, but neither does the text tell the type. It is kept as the kernel gives it.
pub(super) fn map_b(line: &[u8]) -> Result<Map<'_>, Expected<'_>> {
    let mut row = (id, blank, padded, max_entries, number("cur_entries"), end).map(
        |(id, (), name, max_entries, cur_entries, ())| Map {
            id,
            name,
            max_entries: Some(max_entries),
            cur_entries: u64::try_from(cur_entries).ok(),
            ..Map::default()
        },
    );
    finish(row.parse(line))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(bytes: &[u8]) -> Option<Name<'_>> {
        Some(Name::new(bytes))
    }

    #[test]
    fn a_program_without_name_keeps_its_attach_target() {
        let row = prog(b"   9                  bpf_iter_task ").unwrap();
        assert_eq!((row.id, row.name, row.attached), (9, None, name(b"bpf_iter_task")));
        let row = prog(b"   9 bpf_iter_task     ").unwrap();
        assert_eq!((row.name, row.attached, row.target), (name(b"bpf_iter_task"), None, None));
    }

    #[test]
    fn a_long_id_and_a_long_name_only_shift_the_row() {
        let row = prog(b"123456 a_name_of_more_than_sixteen fentry_x target_prog").unwrap();
        assert_eq!(row.id, 123456);
        assert_eq!(row.name, name(b"a_name_of_more_than_sixteen"));
        assert_eq!((row.attached, row.target), (name(b"fentry_x"), name(b"target_prog")));
    }

    #[test]
    fn a_line_may_have_lost_the_blanks_at_its_end_and_reads_the_same() {
        for whole in [
            &b"   5 dump_bpf_map     bpf_iter_bpf_map "[..],
            b"  27 test_pkt_access   ",
            b"  27 a_name_of_sixtee  ",
            b"  27 a_name_of_more_than_sixteen  ",
            b"   9                  bpf_iter_task ",
            b"   9                   only_a_target",
            b"   9                   ",
            b"  32 test_main        test_pkt_access target",
        ] {
            let stripped = whole.trim_ascii_end();
            for len in stripped.len()..=whole.len() {
                assert_eq!(prog(&whole[..len]), prog(whole), "{}", whole[..len].escape_ascii());
            }
            assert!(prog(whole).is_ok(), "{}", whole.escape_ascii());
        }
        // Blanks that other fields follow are not left out.
        assert!(prog(b"  27 test_pkt_access f").is_err());
        assert!(prog(b"  27 name f").is_err());
    }

    #[test]
    fn the_first_form_of_the_text_pads_names_to_15() {
        let row = prog_15(b"  36 new_get_skb_len get_skb_len test_pkt_access").unwrap();
        let target = name(b"test_pkt_access");
        assert_eq!((row.name, row.target), (name(b"new_get_skb_len"), target));
        let row = prog_15(b"  11 dump_bpf_map    bpf_iter_bpf_map").unwrap();
        assert_eq!((row.name, row.attached), (name(b"dump_bpf_map"), name(b"bpf_iter_bpf_map")));
        let row = prog_15(b"  37 new_get_skb_ifindex get_skb_ifindex test_pkt_access").unwrap();
        assert_eq!((row.attached, row.target), (name(b"get_skb_ifindex"), target));
        assert_eq!(prog_15(b"  27 test_pkt_access").unwrap().attached, None);
    }

    #[test]
    fn a_name_may_be_latin_1() {
        assert_eq!(prog(b"   1 caf\xe9              ").unwrap().name, name(b"caf\xe9"));
    }

    #[test]
    fn minus_one_is_the_largest_max_entries() {
        let row = map_a(b"   4 whole                -1").unwrap();
        assert_eq!(row.max_entries, Some(u32::MAX));
        let row = map_a(b"   4                 1048576").unwrap();
        assert_eq!((row.name, row.max_entries), (None, Some(1_048_576)));
    }

    #[test]
    fn a_negative_sum_of_entries_is_not_known() {
        let row = map_b(b"   4 m                         10           -3").unwrap();
        assert_eq!((row.max_entries, row.cur_entries), (Some(10), None));
    }

    #[test]
    fn an_error_names_the_first_byte_that_does_not_fit() {
        let at = |result: Result<Map<'_>, Expected<'_>>, line| {
            result.unwrap_err().at(3, line).to_string()
        };
        let line = b"   4 whole            x";
        assert_eq!(at(map_a(line), line), "3:23: expected max_entries, found 'x'");
        let line = b"   4 whole";
        assert_eq!(
            at(map_a(line), line),
            "3:11: expected a name padded with blanks to 16, found the end of the line"
        );
        let line = b"4294967296 whole             1";
        assert_eq!(at(map_a(line), line), "3:1: expected id, found '4'");
    }
}
