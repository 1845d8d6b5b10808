//! The last column of links and attachments: where a program is attached, in tokens `key=value`.
//!
//! A key that this version does not know is skipped.

use memchr::memchr;

use super::error::Expected;
use super::token::Tokens;
use super::wide::ids;
use crate::model::{Name, Names, Numbers, Target, number};

/// Reads the tokens, which go up to the end of the line; none is a target of which nothing is known.
pub(super) fn target(text: &[u8]) -> Result<Target<'_>, Expected<'_>> {
    let mut target = Target::default();
    let mut tokens = Tokens::new(text);
    while let Some(pair) = tokens.next() {
        let start = tokens.since_last();
        let Some(sign) = memchr(b'=', pair).filter(|sign| pair.len() > sign + 1) else {
            return Err(Expected::new(start, "a key, '=' and a value"));
        };
        let (key, value) = (&pair[..sign], &pair[sign + 1..]);
        set(&mut target, key, value).map_err(|what| Expected::new(&start[sign + 1..], what))?;
    }
    match tokens.rest() {
        [] => Ok(target),
        odd => Err(Expected::new(odd, "a key, '=' and a value")),
    }
}

fn set<'a>(to: &mut Target<'a>, key: &[u8], value: &'a [u8]) -> Result<(), &'static str> {
    // No name of the kernel's can be a dash.
    let name = (value != b"-").then_some(Name::new(value));
    match key {
        b"function" => to.function = name,
        b"target_id" => to.prog_id = Some(uint(value)?),
        b"target_name" => to.prog_name = name,
        b"obj_id" => to.obj_id = Some(uint(value)?),
        b"btf_id" => to.btf_id = Some(uint(value)?),
        b"category" => to.category = name,
        b"tracepoint" => to.tracepoint = name,
        b"symbol" => to.symbol = name,
        b"symbols" => to.symbols = Some(Names::new(value).ok_or("names by commas")?),
        b"offset" => to.offset = Some(long(value)?),
        b"offsets" => to.offsets = Some(numbers(value)?),
        b"ref_ctr_offset" => to.ref_ctr_offset = Some(long(value)?),
        b"ref_ctr_offsets" => to.ref_ctr_offsets = Some(numbers(value)?),
        b"path" => to.path = name,
        b"count" => to.count = Some(uint(value)?),
        b"more" => to.more = Some(uint(value)?),
        b"retprobe" => to.retprobe = true,
        b"missed" => to.missed = Some(long(value)?),
        b"pmu" => to.pmu = name,
        b"event_type" => to.event_type = Some(uint(value)?),
        b"event_config" => to.event_config = Some(long(value)?),
        b"cpu" => to.cpu = Some(uint(value)?),
        b"cookie" => to.cookie = Some(long(value)?),
        b"cookies" => to.cookies = Some(numbers(value)?),
        b"pid" => to.pid = Some(uint(value)?),
        b"tid" => to.tid = Some(uint(value)?),
        b"ifindex" => to.ifindex = Some(uint(value)?),
        b"device" => to.device = name,
        b"netns_ino" => to.netns = Some(uint(value)?),
        b"cgroup_id" => to.cgroup_id = Some(long(value)?),
        b"cgroup" => to.cgroup = name,
        b"map_id" => to.map_id = Some(uint(value)?),
        b"map_name" => to.map_name = name,
        b"ops" => to.ops = name,
        b"prog_ids" => to.prog_ids = Some(ids(value)?),
        b"iter" => to.iter = name,
        b"pf" => to.pf = Some(uint(value)?),
        b"hook" => to.hook = Some(uint(value)?),
        b"priority" => to.priority = Some(signed(value)?),
        b"mode" => to.mode = Some(uint(value)?),
        b"egress" => to.is_egress = Some(uint(value)? != 0),
        b"handle" => to.handle = Some(uint(value)?),
        b"chain" => to.chain = Some(uint(value)?),
        b"direct_action" => to.direct_action = Some(uint(value)? != 0),
        b"attach_flags" => to.attach_flags = Some(uint(value)?),
        b"flags" => to.flags = Some(uint(value)?),
        b"detached" => to.detached = true,
        b"cut" => to.cut = true,
        _ => {}
    }
    Ok(())
}

fn long(value: &[u8]) -> Result<u64, &'static str> {
    number(value).ok_or("a number below 2^64")
}

fn uint(value: &[u8]) -> Result<u32, &'static str> {
    number(value).and_then(|n| u32::try_from(n).ok()).ok_or("a number below 2^32")
}

fn signed(value: &[u8]) -> Result<i32, &'static str> {
    std::str::from_utf8(value).ok().and_then(|text| text.parse().ok()).ok_or("a number")
}

fn numbers(value: &[u8]) -> Result<Numbers<'_>, &'static str> {
    Numbers::new(value).ok_or("numbers by commas")
}

#[cfg(test)]
mod tests {
    use super::super::rows;
    use super::*;
    use crate::model::Link;

    const HEADER: &str = "id type prog_id name prog_type attach_type target bpfdbg/9\n";

    fn row(line: &str) -> Result<Link<'static>, String> {
        let text: &'static str = format!("{HEADER}{line}\n").leak();
        rows::<Link<'_>>(text.as_bytes()).map(|rows| rows[0]).map_err(|error| error.to_string())
    }

    #[test]
    fn the_last_column_is_all_that_is_left_of_the_line() {
        let link = row("4 2 7 abc 28 0 function=f target_id=3 target_name=p future=x y=1").unwrap();
        assert_eq!((link.id, link.link_type, link.prog_id), (4, Some(2), Some(7)));
        let prog = link.target.prog().unwrap();
        assert_eq!((prog.id, prog.name), (Some(3), Name::new(b"p")));
        assert_eq!(link.kind(), Some("freplace"));
    }

    #[test]
    fn a_link_without_program_and_target_has_neither() {
        let link = row("4 99 - - - - -").unwrap();
        assert_eq!((link.prog_id, link.name, link.kind()), (None, None, None));
        assert_eq!(link.target, Target::default());
    }

    #[test]
    fn an_escaped_path_is_one_value_with_its_bytes() {
        let link = row(r"4 3 7 n 8 0 cgroup_id=9 cgroup=/x\012\040\04099\040evil=1").unwrap();
        assert_eq!(&*link.target.cgroup.unwrap().bytes(), b"/x\n  99 evil=1");
        assert_eq!(link.target.cgroup_id, Some(9));
    }

    #[test]
    fn lists_and_offsets_are_numbers_and_a_cut_is_reported() {
        let line = "4 12 7 n 2 48 retprobe=1 count=20 offsets=0x100,0x1234 more=18 path=/a cut=1";
        let target = row(line).unwrap().target;
        assert_eq!(target.offsets.unwrap().iter().collect::<Vec<_>>(), [0x100, 0x1234]);
        assert_eq!((target.count, target.more), (Some(20), Some(18)));
        assert!(target.retprobe && target.cut && !target.detached);
    }

    #[test]
    fn a_token_that_is_no_pair_is_an_error_at_its_first_byte() {
        assert_eq!(
            row("4 2 7 n 2 0 function=f odd x=1").unwrap_err(),
            "2:24: expected a key, '=' and a value, found 'o'"
        );
        assert_eq!(
            row("4 2 7 n 2 0 function=").unwrap_err(),
            "2:13: expected a key, '=' and a value, found 'f'"
        );
        assert_eq!(
            row("4 2 7 n 2 0 ifindex=-1").unwrap_err(),
            "2:21: expected a number below 2^32, found '-'"
        );
        assert_eq!(
            row("4 2 7 n 2 0 priority=x").unwrap_err(),
            "2:22: expected a number, found 'x'"
        );
        assert_eq!(
            row("4 2 7 n 2 0 a=1 \u{1b}[2J").unwrap_err(),
            "2:17: expected a key, '=' and a value, found '\\033'"
        );
    }
}
