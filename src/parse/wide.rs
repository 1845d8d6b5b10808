//! The wide text of bpfdbg's own iterators: a header that names the columns, one token a field.
//!
//! Every field is one non-empty token, `-` when absent, so that blanks separate without doubt.
//! Columns are found by name: a column that this version does not know is skipped, one that an
//! older version did not write stays unknown.

use super::error::Expected;
use super::target;
use super::token::Tokens;
use crate::model::{Bound, Held, Holder, Ids, Kind, Link, Map, Name, Prog, Unlinked, words};

/// What marks the last token of the header, which names the writer and is no column.
const PRODUCER: &[u8] = b"bpfdbg/";

/// A column of either kind of text; one that is not known is skipped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Field {
    Id,
    Name,
    Attached,
    Target,
    TargetId,
    Type,
    ExpectedAttachType,
    Tag,
    Gpl,
    Orphaned,
    LoadTime,
    Uid,
    Xlated,
    Jited,
    Memlock,
    BtfId,
    VerifiedInsns,
    RunCnt,
    RunTimeNs,
    RecursionMisses,
    MapIds,
    MaxEntries,
    CurEntries,
    KeySize,
    ValueSize,
    Flags,
    Frozen,
    OwnerProgType,
    OwnerJited,
    ValueType,
    Ops,
    Bound,
    ProgId,
    ProgType,
    AttachType,
    Pid,
    Comm,
    Fd,
    Held,
    Kind,
    Via,
    Details,
    Unknown,
}

impl Field {
    fn of(name: &[u8]) -> Self {
        match name {
            b"id" => Self::Id,
            b"name" => Self::Name,
            b"attached" => Self::Attached,
            b"target" => Self::Target,
            b"target_id" => Self::TargetId,
            b"type" => Self::Type,
            b"expected_attach_type" => Self::ExpectedAttachType,
            b"tag" => Self::Tag,
            b"gpl" => Self::Gpl,
            b"orphaned" => Self::Orphaned,
            b"load_time" => Self::LoadTime,
            b"uid" => Self::Uid,
            b"xlated" => Self::Xlated,
            b"jited" => Self::Jited,
            b"memlock" => Self::Memlock,
            b"btf_id" => Self::BtfId,
            b"verified_insns" => Self::VerifiedInsns,
            b"run_cnt" => Self::RunCnt,
            b"run_time_ns" => Self::RunTimeNs,
            b"recursion_misses" => Self::RecursionMisses,
            b"map_ids" => Self::MapIds,
            b"max_entries" => Self::MaxEntries,
            b"cur_entries" => Self::CurEntries,
            b"key_size" => Self::KeySize,
            b"value_size" => Self::ValueSize,
            b"flags" => Self::Flags,
            b"frozen" => Self::Frozen,
            b"owner_prog_type" => Self::OwnerProgType,
            b"owner_jited" => Self::OwnerJited,
            b"value_type" => Self::ValueType,
            b"ops" => Self::Ops,
            b"bound" => Self::Bound,
            b"prog_id" => Self::ProgId,
            b"prog_type" => Self::ProgType,
            b"attach_type" => Self::AttachType,
            b"pid" => Self::Pid,
            b"comm" => Self::Comm,
            b"fd" => Self::Fd,
            b"held" => Self::Held,
            b"kind" => Self::Kind,
            b"via" => Self::Via,
            _ => Self::Unknown,
        }
    }
}

/// The columns of a wide text, in their order, and who wrote it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    fields: Vec<Field>,
    producer: Option<String>,
}

impl Header {
    pub(super) fn producer(&self) -> Option<&str> {
        self.producer.as_deref()
    }

    /// The number in the column `type` of a row, without a look at what follows it; `None` where
    /// there is none.
    pub(super) fn type_of(&self, line: &[u8]) -> Option<u32> {
        let place = self.fields.iter().position(|field| *field == Field::Type)?;
        let mut tokens = Tokens::new(line);
        uint32(std::iter::from_fn(|| tokens.next()).nth(place)?).ok()
    }

    pub(super) fn has(&self, column: &str) -> bool {
        let field = Field::of(column.as_bytes());
        field != Field::Unknown && self.fields.contains(&field)
    }
}

/// The first columns of a kind's wide text, which are the kernel's own and tell the kinds apart.
fn first_columns(kind: Kind) -> &'static [&'static [u8]] {
    match kind {
        Kind::Progs => &[b"id", b"name", b"attached", b"target"],
        Kind::Maps => &[b"id", b"name", b"max_entries", b"cur_entries"],
        Kind::Links => &[b"id", b"type", b"prog_id", b"name"],
        Kind::Holders => &[b"pid", b"comm", b"fd", b"held"],
        Kind::Attached => &[b"prog_id", b"kind", b"via", b"name"],
    }
}

/// Reads the header line.
pub(super) fn header(kind: Kind, line: &[u8]) -> Result<Header, Expected<'_>> {
    let mut names = Tokens::new(line);
    let mut header = Header { fields: Vec::new(), producer: None };
    for first in first_columns(kind) {
        match names.next() {
            Some(name) if name == *first => {}
            Some(_) => return Err(Expected::new(names.since_last(), expected_header(kind))),
            None => return Err(Expected::new(names.rest(), expected_header(kind))),
        }
        header.fields.push(Field::of(first));
    }
    while let Some(name) = names.next() {
        if name.starts_with(PRODUCER) {
            header.producer = Some(String::from_utf8_lossy(name).into_owned());
        } else if matches!(kind, Kind::Links | Kind::Attached | Kind::Holders) && name == b"target"
        {
            header.fields.push(Field::Details);
        } else {
            header.fields.push(Field::of(name));
        }
    }
    match names.rest() {
        [] => Ok(header),
        odd => Err(Expected::new(odd, "the name of a column")),
    }
}

const fn expected_header(kind: Kind) -> &'static str {
    match kind {
        Kind::Progs => "a header of progs.debug",
        Kind::Maps => "a header of maps.debug",
        Kind::Links => "a header of links.debug",
        Kind::Holders => "a header of holders.debug",
        Kind::Attached => "a header of attached.debug",
    }
}

/// Calls `set` for every field of a row; it returns what it expected where a token is wrong.
fn each<'a>(
    header: &Header,
    line: &'a [u8],
    mut set: impl FnMut(Field, &'a [u8]) -> Result<(), &'static str>,
) -> Result<(), Expected<'a>> {
    let mut tokens = Tokens::new(line);
    for field in &header.fields {
        let Some(mut value) = tokens.next() else {
            return Err(Expected::new(tokens.rest(), "a field for every column"));
        };
        if *field == Field::Details {
            // A list of tokens, up to the end of the line.
            value = tokens.since_last();
            tokens = Tokens::new(&[]);
        }
        if value != b"-" || *field == Field::Id {
            set(*field, value).map_err(|what| Expected::new(tokens.since_last(), what))?;
        }
    }
    match tokens.rest() {
        [] => Ok(()),
        more => Err(Expected::new(more, "the end of the line")),
    }
}

fn number(token: &[u8]) -> Option<u64> {
    token.iter().try_fold(0u64, |n, byte| match byte {
        b'0'..=b'9' => n.checked_mul(10)?.checked_add(u64::from(byte - b'0')),
        _ => None,
    })
}

fn uint32(token: &[u8]) -> Result<u32, &'static str> {
    number(token).and_then(|n| u32::try_from(n).ok()).ok_or("a number below 2^32")
}

fn uint64(token: &[u8]) -> Result<u64, &'static str> {
    number(token).ok_or("a number below 2^64")
}

fn flag(token: &[u8]) -> Result<bool, &'static str> {
    match token {
        b"0" => Ok(false),
        b"1" => Ok(true),
        _ => Err("0 or 1"),
    }
}

fn hex(token: &[u8]) -> Result<[u8; 8], &'static str> {
    let nibble = |b: u8| char::from(b).to_digit(16).map(|n| n as u8);
    let byte = |pair: &[u8]| Some(nibble(pair[0])? << 4 | nibble(pair[1])?);
    let mut tag = [0; 8];
    if token.len() == 16
        && tag
            .iter_mut()
            .zip(token.chunks(2))
            .all(|(to, pair)| byte(pair).map(|b| *to = b).is_some())
    {
        return Ok(tag);
    }
    Err("16 hexadecimal digits")
}

pub(super) fn ids(token: &[u8]) -> Result<Ids<'_>, &'static str> {
    Ids::new(token).ok_or("ids by commas")
}

/// Reads a row of the programs' text.
pub(super) fn prog<'a>(
    header: &Header,
    line: &'a [u8],
    row: &mut Prog<'a>,
) -> Result<(), Expected<'a>> {
    *row = Prog::default();
    each(header, line, |field, token| {
        match field {
            Field::Id => row.id = uint32(token)?,
            Field::Name => row.name = Some(Name::new(token)),
            Field::Attached => row.attached = Some(Name::new(token)),
            Field::Target => row.target = Some(Name::new(token)),
            Field::TargetId => row.target_id = Some(uint32(token)?),
            Field::Type => row.prog_type = Some(uint32(token)?),
            Field::ExpectedAttachType => row.expected_attach_type = Some(uint32(token)?),
            Field::Tag => row.tag = Some(hex(token)?),
            Field::Gpl => row.gpl_compatible = Some(flag(token)?),
            Field::Orphaned => row.orphaned = Some(flag(token)?),
            Field::LoadTime => row.load_time = Some(uint64(token)?),
            Field::Uid => row.uid = Some(uint32(token)?),
            Field::Xlated => row.bytes_xlated = Some(uint32(token)?),
            Field::Jited => row.bytes_jited = Some(uint32(token)?),
            Field::Memlock => row.bytes_memlock = Some(uint64(token)?),
            Field::BtfId => row.btf_id = Some(uint32(token)?),
            Field::VerifiedInsns => row.verified_insns = Some(uint32(token)?),
            Field::RunCnt => row.run_cnt = Some(uint64(token)?),
            Field::RunTimeNs => row.run_time_ns = Some(uint64(token)?),
            Field::RecursionMisses => row.recursion_misses = Some(uint64(token)?),
            Field::MapIds => row.map_ids = Some(ids(token)?),
            _ => {}
        }
        Ok(())
    })
}

/// Reads a row of the maps' text.
pub(super) fn map<'a>(
    header: &Header,
    line: &'a [u8],
    row: &mut Map<'a>,
) -> Result<(), Expected<'a>> {
    *row = Map::default();
    each(header, line, |field, token| {
        match field {
            Field::Id => row.id = uint32(token)?,
            Field::Name => row.name = Some(Name::new(token)),
            Field::MaxEntries => row.max_entries = Some(uint32(token)?),
            Field::CurEntries => row.cur_entries = Some(uint64(token)?),
            Field::Type => row.map_type = Some(uint32(token)?),
            Field::KeySize => row.bytes_key = Some(uint32(token)?),
            Field::ValueSize => row.bytes_value = Some(uint32(token)?),
            Field::Flags => row.flags = Some(uint32(token)?),
            Field::Frozen => row.frozen = Some(flag(token)?),
            Field::Memlock => row.bytes_memlock = Some(uint64(token)?),
            Field::BtfId => row.btf_id = Some(uint32(token)?),
            Field::OwnerProgType => row.owner_prog_type = Some(uint32(token)?),
            Field::OwnerJited => row.owner_jited = Some(flag(token)?),
            Field::ValueType => row.value_type = Some(Name::new(token)),
            Field::Ops => row.ops = Some(Name::new(token)),
            Field::Bound => row.bound = Some(Bound::new(token).ok_or("ids by commas")?),
            _ => {}
        }
        Ok(())
    })
}

/// Reads a row of the links' text.
pub(super) fn link<'a>(
    header: &Header,
    line: &'a [u8],
    row: &mut Link<'a>,
) -> Result<(), Expected<'a>> {
    *row = Link::default();
    let mut details: &[u8] = b"";
    each(header, line, |field, token| {
        match field {
            Field::Id => row.id = uint32(token)?,
            Field::Type => row.link_type = Some(uint32(token)?),
            Field::ProgId => row.prog_id = Some(uint32(token)?),
            Field::Name => row.name = Some(Name::new(token)),
            Field::ProgType => row.prog_type = Some(uint32(token)?),
            Field::AttachType => row.attach_type = Some(uint32(token)?),
            Field::Details => details = token,
            _ => {}
        }
        Ok(())
    })?;
    row.target = target::target(details)?;
    Ok(())
}

/// Reads a row of the holders' text.
pub(super) fn holder<'a>(
    header: &Header,
    line: &'a [u8],
    row: &mut Holder<'a>,
) -> Result<(), Expected<'a>> {
    *row = Holder::default();
    let mut details: &[u8] = b"";
    each(header, line, |field, token| {
        match field {
            Field::Pid => row.pid = uint32(token)?,
            Field::Comm => row.comm = Some(Name::new(token)),
            Field::Fd => row.fd = uint32(token)?,
            Field::Held => row.held = Held::of(token),
            Field::Id => row.id = uint32(token)?,
            Field::Details => details = token,
            _ => {}
        }
        Ok(())
    })?;
    row.target = target::target(details)?;
    Ok(())
}

/// Reads a row of the text of attachments without a link.
pub(super) fn unlinked<'a>(
    header: &Header,
    line: &'a [u8],
    row: &mut Unlinked<'a>,
) -> Result<(), Expected<'a>> {
    *row = Unlinked::default();
    let mut details: &[u8] = b"";
    each(header, line, |field, token| {
        match field {
            Field::ProgId => row.prog_id = uint32(token)?,
            Field::Kind => row.kind = words::same(words::KINDS, token),
            Field::Via => row.via = words::same(words::VIAS, token),
            Field::Name => row.name = Some(Name::new(token)),
            Field::ProgType => row.prog_type = Some(uint32(token)?),
            Field::AttachType => row.attach_type = Some(uint32(token)?),
            Field::Details => details = token,
            _ => {}
        }
        Ok(())
    })?;
    row.target = target::target(details)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::rows;
    use super::*;

    const TEXT: &[u8] = b"  id name attached target future tag map_ids bpfdbg/9\n   7 abc - - ? 00ff00ff00ff00ff 1,2\n";

    #[test]
    fn columns_are_found_by_name_and_unknown_ones_are_skipped() {
        let prog = rows::<Prog<'_>>(TEXT).unwrap()[0];
        assert_eq!((prog.id, prog.attached, prog.uid), (7, None, None));
        assert_eq!(prog.tag, Some([0, 255, 0, 255, 0, 255, 0, 255]));
        assert_eq!(prog.map_ids.unwrap().as_str(), "1,2");
    }

    fn error(text: &[u8]) -> String {
        rows::<Prog<'_>>(text).unwrap_err().to_string()
    }

    #[test]
    fn a_descriptor_tells_of_process_and_object_and_of_the_event_that_it_is() {
        let text = b"pid comm fd held id target bpfdbg/9\n\
                     7 a\\012b 3 prog 21 -\n\
                     8 - 4 perf_event 22 category=sched tracepoint=sched_switch\n\
                     9 x 5 future 23 -\n";
        let rows = rows::<Holder<'_>>(text).unwrap();
        assert_eq!((rows[0].pid, rows[0].fd, rows[0].id), (7, 3, 21));
        assert_eq!(&*rows[0].comm.unwrap().bytes(), b"a\nb");
        let held: Vec<_> = rows.iter().map(|row| row.held).collect();
        assert_eq!(held, [Some(Held::Prog), Some(Held::PerfEvent), None]);
        assert_eq!(rows[1].target.tracepoint, Some(Name::new(b"sched_switch")));
        assert_eq!(rows[1].comm, None);
    }

    #[test]
    fn a_file_that_is_cut_is_an_error_at_the_cut() {
        assert_eq!(
            error(&TEXT[..TEXT.len() - 1]),
            "2:36: expected a newline, found the end of the line"
        );
        assert_eq!(
            error(b"id name attached target uid\n7 abc - -\n"),
            "2:10: expected a field for every column, found the end of the line"
        );
    }

    #[test]
    fn a_token_that_is_no_value_is_an_error_at_its_first_byte() {
        assert_eq!(
            error(b"id name attached target uid\n7 abc - - 4294967296\n"),
            "2:11: expected a number below 2^32, found '4'"
        );
        assert_eq!(
            error(b"id name attached target\n- abc - -\n"),
            "2:1: expected a number below 2^32, found '-'"
        );
        assert_eq!(
            error(b"id name attached target\n7 a\x1bc - -\n"),
            "2:4: expected a field for every column, found '\\033'"
        );
    }

    #[test]
    fn a_header_of_another_kind_is_an_error() {
        assert_eq!(
            error(b"  id name             max_entries\n"),
            "1:23: expected a header of progs.debug, found 'm'"
        );
        assert_eq!(error(b"\x7fELF"), "1:1: expected a header of progs.debug, found '\\177'");
    }

    #[test]
    fn an_excerpt_puts_the_caret_below_the_place() {
        let error = rows::<Prog<'_>>(b"id name attached target uid\n7 abc - - x\n").unwrap_err();
        assert_eq!(error.excerpt(), "  7 abc - - x\n            ^");
    }

    #[test]
    fn an_empty_file_has_no_rows() {
        assert_eq!(rows::<Prog<'_>>(b""), Ok(vec![]));
    }
}
