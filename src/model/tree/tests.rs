//! Tests of what holds of every tree, whatever the rows say.

use super::*;
use crate::model::{
    AttachPoint, Beside, Device, DirectAttachment, FdKind, Function, Holders, Ids, Joined, Link,
    MapProgs, MapRef, StructOps, Target, WaySet, words,
};

fn named(text: String) -> Name<'static> {
    Name::new(text.leak().as_bytes())
}

fn ids(ids: &[u32]) -> Option<Ids<'static>> {
    let text: Vec<_> = ids.iter().map(ToString::to_string).collect();
    Ids::new(text.join(",").leak().as_bytes())
}

fn prog(id: u32) -> Prog<'static> {
    Prog { id, name: Some(named(format!("prog_{id}"))), ..Prog::default() }
}

fn at(point: AttachPoint<'static>) -> Target<'static> {
    Target { point, ..Target::default() }
}

/// A link of `prog_id` to a function of `target`.
fn onto(id: u32, prog_id: u32, target: u32) -> Link<'static> {
    let name = Some(named(format!("f_{target}")));
    let target =
        at(AttachPoint::Function(Function { name, prog_id: Some(target), ..Function::default() }));
    Link { id, link_type: Some(2), prog_id: Some(prog_id), target, ..Link::default() }
}

fn beside(links: Vec<Link<'static>>) -> Beside<'static> {
    Beside { links: Some(links), ..Beside::default() }
}

fn at_device(id: u32, prog_id: u32, device: &'static [u8]) -> Link<'static> {
    let device = Device { name: Some(Name::new(device)), ..Device::default() };
    let target = at(AttachPoint::Device(device));
    Link { id, link_type: Some(6), prog_id: Some(prog_id), target, ..Link::default() }
}

/// The lines, each with its depth in front, an object's id, and a star where it was seen before.
fn lines(rows: &TreeRows<'_>, pick: &Pick<'_>) -> Vec<String> {
    let line = |entry: Entry<'_>| {
        let node = match entry.node {
            Node::Place(Place::At(AttachPoint::Device(device))) => {
                format!("{}", device.name.unwrap())
            }
            Node::Place(_) => "place".into(),
            Node::Function(name) => format!("{name}"),
            Node::Prog(prog) => format!("p{}", prog.id),
            Node::Map(map, users) => format!("m{}/{users}", map.id),
            Node::Processes(holders) => format!("h{}", holders[0].pid),
            Node::Nothing => "nothing".into(),
            Node::Unattached => "unattached".into(),
            Node::Unknown(_) => "unknown".into(),
            Node::Unused => "unused".into(),
        };
        let star = if entry.turn == Turn::First { "" } else { "*" };
        format!("{} {node}{star}", entry.depth)
    };
    tree(rows, pick).into_iter().map(line).collect()
}

/// Holds a tree to what makes it one.
fn check(entries: &[Entry<'_>]) {
    let mut above: Vec<&Entry<'_>> = Vec::new();
    for (i, entry) in entries.iter().enumerate() {
        assert!(entry.depth <= above.len() && entry.depth < MAX_DEPTH, "{entry:?}");
        above.truncate(entry.depth);
        assert!(above.last().is_none_or(|parent| parent.turn == Turn::First), "{entry:?}");
        let kin = entries[i + 1..].iter().take_while(|next| next.depth >= entry.depth);
        let follows = kin.clone().any(|next| next.depth == entry.depth);
        assert_eq!(entry.last, !follows, "{entry:?}");
        let shown = |entries: &[Entry<'_>]| {
            entries.iter().filter(|e| e.id == entry.id && e.turn == Turn::First).count()
        };
        let (before, after) = (shown(&entries[..i]), shown(&entries[i + 1..]));
        let expected = match entry.turn {
            Turn::First => (0, 0),
            Turn::Above => (1, 0),
            Turn::Below => (0, 1),
        };
        assert_eq!((before, after), expected, "{entry:?}");
        above.push(entry);
    }
}

/// A generator of Lehmer's: the same numbers in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u32) -> u32 {
        self.0 = self.0 * 48271 % 0x7fff_ffff;
        (self.0 >> 3) as u32 % limit
    }
}

/// Links of every kind to `count` programs and one more.
fn random_links(numbers: &mut Random, count: u32) -> Vec<Link<'static>> {
    let mut links = Vec::new();
    for id in 1..=numbers.below(20) {
        let (prog_id, other) = (1 + numbers.below(count + 1), 1 + numbers.below(count + 1));
        let map = Some(MapRef { id: numbers.below(8), ..MapRef::default() });
        let prog_ids = (numbers.below(2) == 0).then(|| ids(&[prog_id, other])).flatten();
        let ops = (numbers.below(2) == 0).then(|| Name::new(b"ops"));
        let target = Target {
            detached: numbers.below(5) == 0,
            ..at(AttachPoint::StructOps(StructOps { ops, map, prog_ids }))
        };
        links.push(match numbers.below(4) {
            0 => at_device(id, prog_id, b"eth0"),
            1 => Link { id, target, prog_id: None, ..Link::default() },
            2 => Link { id, target, prog_id: Some(prog_id), ..Link::default() },
            _ => onto(id, prog_id, other),
        });
    }
    links
}

/// Rows that need not fit each other: links of programs that are gone, onto themselves and onto
/// each other, maps that are not listed.
fn random(numbers: &mut Random) -> (Vec<Prog<'static>>, Beside<'static>) {
    let count = 1 + numbers.below(12);
    let progs = (1..=count).filter(|_| numbers.below(8) > 0).collect::<Vec<_>>();
    let mut progs: Vec<_> = progs.into_iter().map(prog).collect();
    for prog in &mut progs {
        let maps: Vec<_> = (0..numbers.below(3)).map(|_| 1 + numbers.below(6)).collect();
        prog.map_ids = ids(&maps);
        prog.attached = (numbers.below(3) == 0).then(|| Name::new(b"f_2"));
        prog.target = (numbers.below(3) == 0).then(|| Name::new(b"prog_2"));
        prog.prog_type = Some(26 + numbers.below(3));
        prog.expected_attach_type = Some(23 + numbers.below(3));
    }
    let count_maps = numbers.below(6);
    let maps = (0..count_maps).map(|id| {
        let bound = format!("{},{}", 1 + numbers.below(14), 1 + numbers.below(14));
        let bound = MapProgs::new(bound.leak().as_bytes()).filter(|_| numbers.below(4) == 0);
        let ops = (numbers.below(2) == 0).then(|| Name::new(b"ops"));
        Map { id, bound, ops, map_type: Some(15 + 11 * numbers.below(2)), ..Map::default() }
    });
    let maps: Vec<_> = maps.collect();
    let links = random_links(numbers, count);
    // Of programs, maps and functions of which nobody else speaks.
    let count = numbers.below(6);
    let direct = (0..count).map(|_| DirectAttachment {
        prog_id: 1 + numbers.below(14),
        kind: Some("sockmap"),
        target: at(if numbers.below(2) == 0 {
            AttachPoint::Map(MapRef { id: numbers.below(10), ..MapRef::default() })
        } else {
            AttachPoint::Function(Function {
                name: Some(Name::new(b"f_2")),
                prog_id: (numbers.below(2) == 0).then(|| numbers.below(20)),
                ..Function::default()
            })
        }),
        ..DirectAttachment::default()
    });
    let direct: Vec<_> = direct.collect();
    let count = numbers.below(12);
    let holders = (0..count).map(|_| Holder {
        pid: 100 + numbers.below(3),
        held: Some([FdKind::Prog, FdKind::Map, FdKind::Link][numbers.below(3) as usize]),
        id: numbers.below(14),
        ..Holder::default()
    });
    let holders = Holders::new(holders.collect());
    let mut with = || numbers.below(10) > 0;
    let beside = Beside {
        maps: Some(maps).filter(|_| with()),
        links: Some(links).filter(|_| with()),
        has_all_maps: with(),
        told: if with() { WaySet::told(|_, _| true) } else { WaySet::NONE },
        users: None,
        descriptors: None,
        direct: Some(direct).filter(|_| with()),
        holders: Some(holders).filter(|_| with()),
    };
    (progs, beside)
}

#[test]
fn every_tree_ends_and_has_every_object_once_however_rows_are_tangled() {
    let mut numbers = Random(1);
    for round in 0..3000 {
        let (progs, beside) = random(&mut numbers);
        let joined = Joined::new(beside);
        let rows = TreeRows::new(progs, &joined);
        let entries = tree(&rows, &Pick::default());
        check(&entries);
        for prog in &rows.progs {
            let is_it = |e: &&Entry<'_>| {
                e.turn == Turn::First && matches!(e.node, Node::Prog(p) if p.id == prog.id)
            };
            assert_eq!(entries.iter().filter(is_it).count(), 1, "round {round}: {prog:?}");
        }
        for map in &rows.maps {
            let is_it = |e: &&Entry<'_>| {
                e.turn == Turn::First && matches!(e.node, Node::Map(m, _) if m.id == map.id)
            };
            assert_eq!(entries.iter().filter(is_it).count(), 1, "round {round}: {map:?}");
        }
        for link in rows
            .attachments
            .links()
            .iter()
            .filter(|link| link.target.point.prog_ids().next().is_none())
        {
            let is_it = |e: &Entry<'_>| matches!(e.hook, Some(Hook::Attachment(s)) if s.link_id() == Some(link.id));
            assert!(entries.iter().any(is_it), "round {round}: {link:?}");
        }
        let (of, at) = (1 + numbers.below(12), 1 + numbers.below(20));
        let of = |prog: &Prog<'_>| prog.id == of;
        let at = |hook: &Hook<'_>| matches!(hook, Hook::Attachment(attachment) if attachment.link_id() == Some(at));
        for (prog, hook) in [(true, false), (false, true), (true, true)] {
            let part = Pick { prog: prog.then_some(&of), hook: hook.then_some(&at) };
            check(&tree(&rows, &part));
        }
    }
}

#[test]
fn a_shared_map_stands_under_each_user_and_a_program_under_each_target() {
    let progs =
        vec![Prog { map_ids: ids(&[7]), ..prog(1) }, Prog { map_ids: ids(&[7]), ..prog(2) }];
    let links = vec![at_device(1, 1, b"eth0"), at_device(2, 2, b"eth0"), at_device(3, 1, b"eth1")];
    let joined = Joined::new(beside(links));
    let rows = TreeRows::new(progs, &joined);
    assert_eq!(
        lines(&rows, &Pick::default()),
        ["0 eth0", "1 p1", "2 m7/2", "1 p2", "2 m7/2*", "0 eth1", "1 p1*"]
    );
}

#[test]
fn what_replaces_a_function_stands_under_it_and_it_under_its_program() {
    let links = vec![at_device(1, 1, b"eth0"), onto(2, 2, 1), onto(3, 3, 1)];
    let joined = Joined::new(beside(links));
    let rows = TreeRows::new(vec![prog(1), prog(2), prog(3)], &joined);
    assert_eq!(lines(&rows, &Pick::default()), ["0 eth0", "1 p1", "2 f_1", "3 p2", "3 p3"]);
}

#[test]
fn a_circle_has_a_beginning() {
    let links = vec![onto(1, 1, 2), onto(2, 2, 1), onto(3, 3, 3)];
    let joined = Joined::new(beside(links));
    let rows = TreeRows::new(vec![prog(1), prog(2), prog(3)], &joined);
    assert_eq!(
        lines(&rows, &Pick::default()),
        ["0 p1", "1 f_1", "2 p2", "3 f_2", "4 p1*", "0 p3", "1 f_3", "2 p3*"]
    );
}

#[test]
fn a_tree_that_is_too_deep_goes_on_at_the_left() {
    let count = 1000;
    let links = (1..count).map(|id| onto(id, id + 1, id)).collect();
    let joined = Joined::new(beside(links));
    let rows = TreeRows::new((1..=count).map(prog).collect(), &joined);
    let entries = tree(&rows, &Pick::default());
    check(&entries);
    assert!(entries.iter().any(|entry| entry.turn == Turn::Below));
}

#[test]
fn a_pick_has_what_leads_to_a_program_and_what_belongs_to_it() {
    let progs = vec![
        Prog { map_ids: ids(&[7]), ..prog(1) },
        Prog { map_ids: ids(&[7]), ..prog(2) },
        prog(3),
    ];
    let links = vec![at_device(1, 1, b"eth0"), at_device(2, 2, b"eth0"), onto(3, 3, 2)];
    let joined = Joined::new(beside(links));
    let rows = TreeRows::new(progs, &joined);
    let of = |id: u32| move |prog: &Prog<'_>| prog.id == id;
    let (one, two, three) = (of(1), of(2), of(3));
    let pick = |prog| Pick { prog: Some(prog), hook: None };
    assert_eq!(lines(&rows, &pick(&one)), ["0 eth0", "1 p1", "2 m7/2"]);
    assert_eq!(lines(&rows, &pick(&two)), ["0 eth0", "1 p2", "2 m7/2", "2 f_2", "3 p3"]);
    assert_eq!(lines(&rows, &pick(&three)), ["0 eth0", "1 p2", "2 f_2", "3 p3"]);
    let is_device = |point: &AttachPoint<'_>| matches!(point, AttachPoint::Device(_));
    let at_device =
        |hook: &Hook<'_>| matches!(hook, Hook::Attachment(s) if is_device(&s.target().point));
    let hook = Pick { prog: Some(&two), hook: Some(&at_device) };
    assert_eq!(lines(&rows, &hook), ["0 eth0", "1 p2", "2 m7/2", "2 f_2", "3 p3"]);
    let nothing = Pick { prog: Some(&three), hook: Some(&at_device) };
    assert!(lines(&rows, &nothing).is_empty());
}

#[test]
fn a_program_that_is_gone_has_what_the_links_say_of_it() {
    let joined = Joined::new(beside(vec![onto(1, 5, 4)]));
    let rows = TreeRows::new(Vec::new(), &joined);
    assert_eq!(lines(&rows, &Pick::default()), ["0 unknown", "1 p4", "2 f_4", "3 p5"]);
}

#[test]
fn a_link_of_struct_ops_has_its_map_and_the_programs_below_it() {
    let target = at(AttachPoint::StructOps(StructOps {
        ops: Some(Name::new(b"tcp_congestion_ops")),
        map: Some(MapRef { id: 9, ..MapRef::default() }),
        prog_ids: ids(&[2, 1]),
    }));
    let link = Link { id: 1, link_type: Some(9), target, ..Link::default() };
    let joined = Joined::new(beside(vec![link]));
    let rows = TreeRows::new(vec![prog(1), prog(2)], &joined);
    assert_eq!(lines(&rows, &Pick::default()), ["0 place", "1 m9/0", "2 p2", "2 p1"]);
    let one = |prog: &Prog<'_>| prog.id == 1;
    let pick = Pick { prog: Some(&one), hook: None };
    assert_eq!(lines(&rows, &pick), ["0 place", "1 m9/0", "2 p1"]);
    let all = |hook: &Hook<'_>| matches!(hook, Hook::Attachment(_));
    let pick = Pick { prog: Some(&one), hook: Some(&all) };
    assert_eq!(lines(&rows, &pick), ["0 place", "1 m9/0", "2 p2", "2 p1"]);
}

#[test]
fn processes_stand_between_a_place_and_what_they_hold_there() {
    let holder = |pid, held, id| Holder { pid, held: Some(held), id, ..Holder::default() };
    let holders = vec![
        holder(100, FdKind::Link, 1),
        holder(100, FdKind::Link, 2),
        holder(200, FdKind::Prog, 3),
        // A link tells better who holds a program there.
        holder(300, FdKind::Prog, 1),
    ];
    let links = vec![at_device(1, 1, b"eth0"), at_device(2, 2, b"eth0"), at_device(3, 3, b"eth0")];
    let holders = Some(Holders::new(holders));
    let joined = Joined::new(Beside { holders, ..beside(links) });
    let rows = TreeRows::new(vec![prog(1), prog(2), prog(3), prog(4)], &joined);
    assert_eq!(
        lines(&rows, &Pick::default()),
        ["0 eth0", "1 h100", "2 p1", "2 p2", "1 h200", "2 p3", "0 unknown", "1 p4"]
    );
}

#[test]
fn a_map_that_attaches_a_struct_has_its_programs_below_it() {
    let bound = MapProgs::new(b"2,1");
    let ops = Some(Name::new(b"tcp_congestion_ops"));
    let map = Map { id: 9, map_type: Some(26), ops, bound, ..Map::default() };
    let beside = Beside { maps: Some(vec![map]), ..beside(Vec::new()) };
    let joined = Joined::new(beside);
    let rows = TreeRows::new(vec![prog(1), prog(2)], &joined);
    assert_eq!(lines(&rows, &Pick::default()), ["0 place", "1 m9/0", "2 p1", "2 p2"]);
}

#[test]
fn programs_that_may_be_attached_stand_apart_from_those_that_are_not() {
    let of_type = |id, prog_type| Prog { prog_type: Some(prog_type), ..prog(id) };
    let (filter, tracing) = (1, words::TRACING);
    let progs = || vec![of_type(1, tracing), of_type(2, filter), of_type(3, tracing), prog(4)];
    let told = WaySet::told(|_, _| true);
    let texts = Beside { told, has_all_maps: true, maps: Some(Vec::new()), ..beside(Vec::new()) };
    let joined = Joined::new(texts);
    let rows = TreeRows::new(progs(), &joined);
    assert_eq!(
        lines(&rows, &Pick::default()),
        ["0 unknown", "1 p2", "1 p4", "0 unattached", "1 p1", "1 p3"]
    );
    let joined = Joined::new(beside(Vec::new()));
    let rows = TreeRows::new(progs(), &joined);
    assert_eq!(lines(&rows, &Pick::default()), ["0 unknown", "1 p1", "1 p2", "1 p3", "1 p4"]);
}
