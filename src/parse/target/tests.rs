//! Tests of targets: keys, kinds of points, and errors.

use super::Details;
use crate::model::{AttachPoint, Link, Name, Target};
use crate::parse::rows;

const HEADER: &str = "id type prog_id name prog_type attach_type target bpfdbg/9\n";

fn row(line: &str) -> Result<Link<'static>, String> {
    let text: &'static str = format!("{HEADER}{line}\n").leak();
    rows::<Link<'_>>(text.as_bytes()).map(|rows| rows[0]).map_err(|error| error.to_string())
}

#[test]
fn the_last_column_is_all_that_is_left_of_the_line() {
    let link = row("4 2 7 abc 28 0 function=f target_id=3 target_name=p future=x y=1").unwrap();
    assert_eq!((link.id, link.link_type, link.prog_id), (4, Some(2), Some(7)));
    let AttachPoint::Function(at) = link.target.point else { panic!("{link:?}") };
    let prog = at.prog().unwrap();
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
    let AttachPoint::Cgroup(at) = link.target.point else { panic!("{link:?}") };
    assert_eq!(&*at.path.unwrap().bytes(), b"/x\n  99 evil=1");
    assert_eq!(at.id, Some(9));
}

#[test]
fn lists_and_offsets_are_numbers_and_a_cut_is_reported() {
    let line = "4 12 7 n 2 48 retprobe=1 count=20 offsets=0x100,0x1234 more=18 path=/a cut=1";
    let target = row(line).unwrap().target;
    let AttachPoint::Uprobes(at) = target.point else { panic!("{target:?}") };
    assert_eq!(at.offsets.unwrap().iter().collect::<Vec<_>>(), [0x100, 0x1234]);
    assert_eq!((at.count, at.more), (Some(20), Some(18)));
    assert!(at.retprobe && target.cut && !target.detached);
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
    assert_eq!(row("4 2 7 n 2 0 priority=x").unwrap_err(), "2:22: expected a number, found 'x'");
    assert_eq!(
        row("4 2 7 n 2 0 a=1 \u{1b}[2J").unwrap_err(),
        "2:17: expected a key, '=' and a value, found '\\033'"
    );
}

/// The text of a point of that kind, and a point of the next kind.
fn sample(point: AttachPoint<'_>) -> (&'static str, Option<AttachPoint<'static>>) {
    use AttachPoint::*;
    match point {
        Device(_) => {
            ("device=eth0 ifindex=2 netns_ino=4 egress=1", Some(Netfilter(<_>::default())))
        }
        Netfilter(_) => {
            ("pf=2 hook=1 priority=-5 flags=0 netns_ino=4", Some(Netns(<_>::default())))
        }
        Netns(_) => ("netns_ino=4", Some(Socket(<_>::default()))),
        Socket(_) => (
            "family=17 sock_type=3 protocol=3 netns_ino=4 ifindex=2 fanout_id=7",
            Some(Cgroup(<_>::default())),
        ),
        Cgroup(_) => {
            ("cgroup_id=9 cgroup=/a function=socket_bind", Some(StructOps(<_>::default())))
        }
        StructOps(_) => (
            "ops=tcp_congestion_ops map_id=3 map_name=m prog_ids=1,2",
            Some(Tracepoint(<_>::default())),
        ),
        Tracepoint(_) => ("category=sched tracepoint=sched_switch", Some(Function(<_>::default()))),
        Function(_) => {
            ("function=f target_id=3 target_name=p btf_id=7", Some(Kprobe(<_>::default())))
        }
        Kprobe(_) => ("symbol=f offset=0x9", Some(Functions(<_>::default()))),
        Functions(_) => ("count=2 symbols=f,g", Some(Uprobe(<_>::default()))),
        Uprobe(_) => ("path=/a offset=0x9", Some(Uprobes(<_>::default()))),
        Uprobes(_) => ("path=/a count=2 offsets=0x1,0x2", Some(Event(<_>::default()))),
        Event(_) => ("event_type=1 event_config=0x0", Some(Iter(<_>::default()))),
        Iter(_) => ("iter=bpf_map_elem map_id=3 map_name=m", Some(Map(<_>::default()))),
        Map(_) => ("map_id=3 map_name=m", Some(Unknown)),
        Unknown => ("-", None),
    }
}

#[test]
fn every_kind_of_point_is_read() {
    let mut next = Some(AttachPoint::Device(<_>::default()));
    while let Some(point) = next {
        let (text, after) = sample(point);
        let read = row(&format!("4 1 7 n 1 0 {text}")).unwrap().target.point;
        assert_eq!(std::mem::discriminant(&read), std::mem::discriminant(&point), "{text}");
        next = after;
    }
}

#[test]
fn every_key_that_the_iterators_print_is_read() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("bpf");
    let mut count = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
        let strings = text.split('"').skip(1).step_by(2).filter(|string| string.starts_with(' '));
        let keys = strings.flat_map(str::split_whitespace).filter_map(|word| word.split_once('='));
        for (key, _) in keys.filter(|(key, _)| !key.starts_with('%')) {
            assert!(Details::KEYS.contains(&key), "{key}");
            count += 1;
        }
    }
    assert!(count > 40, "only {count} keys found");
}
