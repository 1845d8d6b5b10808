//! The tree: of captures, held against the listings; of this machine, held against the loader's
//! knowledge, as a user without any capability sees it; and of names made to break out of it.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use bpfdbg_attach::{AttachSet, Expect};
use libtest_mimic::Trial;
use serde_json::{Value, json};

use crate::links::{
    Listed, expects, listed_expects, meant, number, same, where_links_are, with_links,
};
use crate::sandbox::{Ran, fed, is_chroot, ran};
use crate::support::{
    self, CHEAPEST, Result, check, in_machine, matches_file, only_on, program, skip, source_tree,
    trial,
};

pub(crate) fn trials() -> Vec<Trial> {
    let members = bpfdbg_attach::member_names()
        .map(|name| trial(format!("{name} stands under its target"), move || member(name)));
    let mut trials: Vec<_> = members.collect();
    trials.extend([
        trial("a shared map stands under both of its users", shared_map),
        trial("a program shows what it is attached to and the map it uses, and no more", || {
            one_program("shared_map")
        }),
        trial("a program on two targets shows both, and the programs that have them", || {
            one_program("freplace_two_targets")
        }),
        trial("processes stand above what they hold, for those who may know of them", processes),
        trial("the tree of a capture is as it was", golden),
        trial("every object of a capture is in its tree once", captures_are_whole),
        trial("the kernel's own text makes a tree of what programs were loaded for", kernel_text),
        trial("a graph has an arrow for every line below another", graphs_agree),
        trial("dot reads what hostile names make, and finds the names in it", dot_reads),
        trial("a program that thousands of maps hold takes no time by the square", held_by_many),
        trial("lines are ascii where the locale is not of utf-8", locale),
        trial("filters leave out the other places", filters),
        trial("what a tree does not have is exit code 2 and one line", usage),
    ]);
    trials
}

/// How long the tree of so many maps takes, each of which holds the same programs in its struct, with a
/// link that holds the map.
fn time_of_maps(maps: usize) -> Result<Duration> {
    let folder = tempfile::tempdir()?;
    let write = |kind: &str, header: &str, rows: &dyn Fn(usize) -> String, count| {
        let text: String = (1..=count).map(rows).collect();
        let file = folder.path().join(kind);
        fs::write(file, format!("{header} bpfdbg/9\n{text}"))
    };
    let progs: Vec<_> = (1..=60).map(|id| id.to_string()).collect();
    let bound = progs.iter().map(|id| format!("0:{id}")).collect::<Vec<_>>().join(",");
    let ids = progs.join(",");
    let prog = |id| format!("{id} p - - 27\n");
    write("progs.debug", "id name attached target type", &prog, progs.len())?;
    let map = |id| format!("{id} m 1 0 26 {bound}\n");
    write("maps.debug", "id name max_entries cur_entries type bound", &map, maps)?;
    let link = |id| format!("{id} 9 - - - - ops=o map_id={id} map_name=m prog_ids={ids}\n");
    let header = "id type prog_id name prog_type attach_type target";
    write("links.debug", header, &link, maps)?;
    let start = Instant::now();
    let tree = ran(support::bpfdbg().arg("--bpffs").arg(folder.path()).args(["tree", "-j"]))?;
    let took = start.elapsed();
    let found = tree.of_capture()?.stdout.windows(7).filter(|bytes| bytes == b"\"node\":").count();
    check(found > maps * progs.len(), || format!("only {found} lines")).map(|()| took)
}

fn held_by_many() -> Result {
    if in_machine() {
        return skip("it is no kernel's doing");
    }
    // Six times as many take some six times as long, or 36. Other work may slow either down.
    let mut ratios = Vec::new();
    for _ in 0..5 {
        let (few, many) = (time_of_maps(300)?, time_of_maps(1800)?);
        ratios.push(many.as_secs_f64() / few.as_secs_f64());
        if ratios.last() < Some(&12.0) {
            return Ok(());
        }
    }
    Err(format!("six times as many maps take {ratios:.1?} times as long").into())
}

/// The path to every object of a tree, the root first.
fn paths(tree: &Value) -> Vec<Vec<&Value>> {
    fn walk<'v>(list: &'v Value, above: &[&'v Value], paths: &mut Vec<Vec<&'v Value>>) {
        for object in list.as_array().into_iter().flatten() {
            let path = [above, &[object]].concat();
            walk(&object["children"], &path, paths);
            paths.push(path);
        }
    }
    let mut all = Vec::new();
    walk(tree, &[], &mut all);
    all
}

fn member(name: &'static str) -> Result {
    let Listed { members, tree, .. } = Listed::get()?;
    let expects = listed_expects(members, name)?;
    let paths = paths(tree);
    for expect in expects.iter().filter(|expect| expect.attached) {
        let id = json!(expect.link_id);
        let via = json!(expect.target.get("via"));
        let is_it = |path: &&Vec<&Value>| {
            let [.., above, object] = path[..] else { return false };
            let is_linked = |object: &Value| {
                let attachment = &object["attachment"];
                attachment.is_object() && attachment["link_id"] == id && attachment["via"] == via
            };
            object["node"] == "program"
                && object["id"] == json!(expect.prog_id)
                && (is_linked(object) || is_linked(above))
        };
        let found: Vec<_> = paths.iter().filter(is_it).collect();
        check(found.len() == 1, || format!("{} places for {expect:?}", found.len()))?;
        stands_under(expect, &found[0][..found[0].len() - 1])?;
    }
    Ok(())
}

/// Holds what stands above a program to what the loader attached it to.
fn stands_under(expect: &Expect, above: &[&Value]) -> Result {
    let [.., grandparent, parent] = above else { return root_under(expect, above[0]) };
    if expect.kind == "struct_ops" {
        same(parent, "id", &number(&expect.target["map_id"])?)?;
        same(grandparent, "name", &json!(expect.target["ops"]))?;
        return same(grandparent, "node", &json!("struct_ops"));
    }
    same(parent, "node", &json!("function"))?;
    same(parent, "name", &json!(expect.target["function"]))?;
    same(grandparent, "node", &json!("program"))?;
    same(grandparent, "id", &number(&expect.target["prog_id"])?)?;
    same(grandparent, "name", &json!(expect.target["prog_name"]))
}

fn root_under(expect: &Expect, root: &Value) -> Result {
    let target = |key: &str| expect.target.get(key);
    check(target("prog_id").is_none(), || format!("not under a program: {expect:?}"))?;
    let node = |node: &str| same(root, "node", &json!(node));
    let name = |name: &str| same(root, "name", &json!(name));
    if let Some(device) = target("device") {
        same(root, "ifindex", &number(&expect.target["ifindex"])?)?;
        return node("device").and(name(device));
    }
    if let Some(cgroup) = target("cgroup") {
        same(root, "cgroup_id", &number(&expect.target["cgroup_id"])?)?;
        return node("cgroup").and(name(cgroup));
    }
    if let Some(family) = target("family") {
        same(root, "family", &json!(family))?;
        for key in ["port", "fanout_id"] {
            let wanted = target(key).map_or(Ok(Value::Null), |text| number(text))?;
            same(root, key, &wanted)?;
        }
        return node("socket");
    }
    if let Some(path) = target("path") {
        node("file")?;
        // In a chroot, an iterator names a file from the root of all mounts.
        let found = meant(root["name"].as_str().unwrap_or_default());
        let path_bytes = path.as_bytes();
        let is_same = if is_chroot() { found.ends_with(path_bytes) } else { *found == *path_bytes };
        return check(is_same, || format!("{path} is not {root}"));
    }
    if let Some(names) = target("symbols").or(target("functions")) {
        let found: BTreeSet<_> = match &root["symbols"] {
            Value::Array(all) => all.iter().filter_map(Value::as_str).collect(),
            _ => root["name"].as_str().into_iter().collect(),
        };
        let more = root["more"].as_u64().unwrap_or(0) as usize;
        let wanted: BTreeSet<_> = names.split(',').collect();
        let is_same = found.is_subset(&wanted) && found.len() + more == wanted.len();
        return check(is_same, || format!("{names} is not {root}"));
    }
    if let Some(map) = target("map_id") {
        return node("map").and(same(root, "id", &number(map)?));
    }
    match expect.kind {
        "iter" => node("iterator").and(name(&expect.target["iter"])),
        "netfilter" => node("netfilter"),
        "perf_event" => node("event"),
        "sk_lookup" | "flow_dissector" => {
            node("netns").and(same(root, "netns", &number(&expect.target["netns"])?))
        }
        _ => match target("tracepoint") {
            Some(tracepoint) => {
                same(root, "category", &json!(target("category")))?;
                node("tracepoint").and(name(tracepoint))
            }
            None => {
                let function = target("symbol").or(target("function"));
                let function = function.ok_or_else(|| format!("where is {expect:?}?"))?;
                node("function").and(name(function))
            }
        },
    }
}

fn shared_map() -> Result {
    let Listed { members, tree, .. } = Listed::get()?;
    let expects = expects(members.iter().find(|member| member.name == "shared_map"))?;
    let map = expects[0].maps.iter().find(|map| map.name == "shared_counter").ok_or("no map")?;
    let paths = paths(tree);
    let of: Vec<_> = paths
        .iter()
        .filter_map(|path| match path[..] {
            [.., user, object] if object["node"] == "map" && object["id"] == map.id => {
                same(object, "name", &json!(map.name))
                    .and(same(object, "users", &json!(2)))
                    .ok()?;
                Some((user["id"].clone(), object["repeated"].clone()))
            }
            _ => None,
        })
        .collect();
    let wanted =
        [(json!(expects[0].prog_id), Value::Null), (json!(expects[1].prog_id), json!(true))];
    check(of == wanted, || format!("{of:?} in place of {wanted:?}"))
}

fn one_program(name: &'static str) -> Result {
    with_links(|sandbox| {
        let set = AttachSet::named(&[name]);
        let expects = expects(set.member(name))?;
        let expect = expects.iter().find(|expect| expect.link_id.is_some()).ok_or("no link")?;
        let id = expect.prog_id.to_string();
        let tree = ran(&mut sandbox.nobody(&["tree", "-j", "id", &id]))?.json()?;
        let paths = paths(&tree);
        let nodes = |node: &str| -> BTreeSet<u64> {
            let objects = paths.iter().filter_map(|path| path.last());
            objects.filter(|o| o["node"] == node).filter_map(|o| o["id"].as_u64()).collect()
        };
        let mine = expects.iter().filter(|other| other.prog_id == expect.prog_id);
        let mut wanted = BTreeSet::from([u64::from(expect.prog_id)]);
        for target in mine.filter_map(|expect| expect.target.get("prog_id")) {
            wanted.insert(target.parse()?);
        }
        check(nodes("program") == wanted, || format!("{tree} in place of {wanted:?}"))?;
        let wanted: BTreeSet<_> = expect.maps.iter().map(|map| map.id.into()).collect();
        check(nodes("map") == wanted, || format!("{tree} in place of {wanted:?}"))
    })
}

fn processes() -> Result {
    only_on(&[CHEAPEST])?;
    where_links_are(|sandbox| {
        ran(&mut sandbox.root(&["install", "--public", "--holders"]))?.ok()?;
        let set = AttachSet::named(&["raw_tp", "shared_map", "perf_ioctl", "socket_filter"]);
        let expects: Vec<_> = set.expects().collect();
        check(expects.len() >= 4, || "too little could be attached".into())?;
        let tree = ran(&mut sandbox.root(&["tree", "-j"]))?.json()?;
        let paths = paths(&tree);
        for expect in expects {
            let path = paths.iter().find(|path| match path[..] {
                [.., object] => object["node"] == "program" && object["id"] == expect.prog_id,
                [] => false,
            });
            let Some([place, processes, object]) = path.map(|path| &path[..]) else {
                return Err(format!("{path:?} for {expect:?}").into());
            };
            same(&object["attachment"], "via", &json!(expect.target.get("via")))?;
            if let Some(tracepoint) = expect.target.get("tracepoint") {
                same(place, "name", &json!(tracepoint))?;
            }
            let is_own = |process: &Value| process["pid"] == std::process::id();
            let pids = processes["pids"].as_array();
            check(pids.is_some_and(|pids| pids.iter().any(is_own)), || processes.to_string())?;
        }
        let tree = ran(&mut sandbox.nobody(&["tree", "-j"]))?.ok()?;
        let tree = String::from_utf8(tree)?;
        check(!tree.contains(r#""processes""#) && tree.contains("attach_raw_tp"), || tree.clone())
    })
}

fn capture(folder: &str) -> Result<PathBuf> {
    Ok(source_tree()?.join("tests/captures").join(folder))
}

fn on(folder: &Path, args: &[&str]) -> Result<Ran> {
    let mut command = support::bpfdbg();
    command.arg("--bpffs").arg(folder).args(args).env("LC_ALL", "C.UTF-8");
    ran(&mut command)
}

fn text(folder: &Path, args: &[&str]) -> Result<String> {
    Ok(String::from_utf8(on(folder, args)?.ok()?)?)
}

fn golden() -> Result {
    let output = on(&capture("6.12")?, &["tree"])?.ok()?;
    matches_file("tests/golden/tree.txt", &output)
}

fn captures_are_whole() -> Result {
    for folder in ["5.10", "6.1", "6.12", "6.18", "7.3"] {
        let folder = capture(folder)?;
        let tree: Value = on(&folder, &["tree", "-j"])?.json()?;
        let paths = paths(&tree);
        let objects = || paths.iter().filter_map(|path| path.last());
        for (noun, node) in [("progs", "program"), ("maps", "map")] {
            let rows: Value = on(&folder, &[noun, "-j", "-o", "id"])?.json()?;
            let listed: Vec<_> = rows
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(|row| row["id"].as_u64())
                .collect();
            let mut found: Vec<_> = objects()
                .filter(|object| object["node"] == node && object["repeated"].is_null())
                .filter_map(|object| object["id"].as_u64())
                .collect();
            found.sort_unstable();
            check(!listed.is_empty() && found == listed, || {
                format!("{}: {node}s {found:?} in place of {listed:?}", folder.display())
            })?;
        }
        let links: Value = on(&folder, &["links", "-j", "-o", "attached"])?.json()?;
        let mut listed: Vec<_> =
            links.as_array().into_iter().flatten().map(|row| row["attached"].to_string()).collect();
        let mut found: Vec<_> = objects()
            .filter(|object| object["attachment"]["link_id"].is_u64())
            .map(|object| object["attachment"].to_string())
            .collect();
        listed.sort();
        found.sort();
        check(!listed.is_empty() && found == listed, || {
            format!("{}: links {found:?} in place of {listed:?}", folder.display())
        })?;
    }
    Ok(())
}

fn kernel_text() -> Result {
    let folder = capture("6.12-kernel")?;
    let tree: Value = on(&folder, &["tree", "-j"])?.json()?;
    let mut found = Vec::new();
    for path in paths(&tree) {
        let [.., above, object] = path[..] else { continue };
        if object["node"] == "program" && above["node"] == "function" {
            found.push((object["id"].clone(), above["name"].clone()));
        }
    }
    let rows: Value = on(&folder, &["progs", "-j"])?.json()?;
    let mut wanted: Vec<_> = rows
        .as_array()
        .into_iter()
        .flatten()
        .filter(|row| row["attached"].is_array())
        .map(|row| (row["id"].clone(), row["attached"][0]["function"].clone()))
        .collect();
    found.sort_by_key(|(id, _)| id.as_u64());
    wanted.sort_by_key(|(id, _)| id.as_u64());
    check(wanted.len() >= 3 && found == wanted, || format!("{found:?} in place of {wanted:?}"))
}

fn graphs_agree() -> Result {
    let folder = capture("6.18")?;
    let tree: Value = on(&folder, &["tree", "-j"])?.json()?;
    let is_group = |node: &Value| node["node"] == "unattached" || node["node"] == "unused";
    let paths = paths(&tree);
    let below = paths.iter().filter(|path| match path[..] {
        [.., above, _] => !is_group(above),
        _ => false,
    });
    let below = below.count();
    for (format, arrow) in [("dot", " -> n"), ("mermaid", " -->")] {
        let text = text(&folder, &["tree", "--format", format])?;
        let found = text.lines().filter(|line| line.contains(arrow)).count();
        check(found == below, || format!("{found} arrows in {format}, {below} lines"))?;
    }
    Ok(())
}

/// Names that a machine may have and that a grammar may stumble over, escaped as iterators do it.
const HOSTILE: [&str; 6] = [
    r#"a"];evil[label="x"#,
    r"\134N\134l\012b\134",
    "#quot;&quot;&amp;<b>&#35;",
    r#"x"]-->n0["y|z"#,
    r"%%{init:{}}%%`md`",
    r"\033[31m\377\302\233",
];

/// A folder with a link and a device for each of the names.
fn hostile() -> Result<tempfile::TempDir> {
    let folder = tempfile::tempdir()?;
    let mut links = "id type prog_id name prog_type attach_type target bpfdbg/0\n".to_owned();
    let mut progs = "id name attached target target_id type map_ids bpfdbg/0\n".to_owned();
    for (id, name) in (1..).zip(HOSTILE) {
        links += &format!("{id} 6 {id} {name} 6 37 ifindex={id} netns_ino=1 device={name}\n");
        progs += &format!("{id} {name} - - - 6 {id}\n");
    }
    fs::write(folder.path().join("links.debug"), links)?;
    fs::write(folder.path().join("progs.debug"), progs)?;
    Ok(folder)
}

fn dot_reads() -> Result {
    let dot = program("dot")?;
    let folder = hostile()?;
    let graph = text(folder.path(), &["tree", "--format", "dot"])?;
    let ran = fed(Command::new(dot).args(["-Tjson"]), graph.as_bytes())?;
    check(ran.code == Some(0) && ran.stderr.is_empty(), || ran.stderr.clone())?;
    let drawn: Value = serde_json::from_slice(&ran.stdout)?;
    let lines = text(folder.path(), &["tree"])?;
    let objects = drawn["objects"].as_array().ok_or("no objects")?;
    // A device, a program and a map for each.
    check(objects.len() == 3 * HOSTILE.len(), || format!("{} objects", objects.len()))?;
    for object in objects {
        // What is drawn is the text that is left of the label.
        let drawn = object["_ldraw_"].as_array().into_iter().flatten();
        let label: Vec<_> = drawn.filter_map(|operation| operation["text"].as_str()).collect();
        let label = label.concat();
        check(!label.is_empty() && lines.contains(&label), || format!("'{label}' in\n{lines}"))?;
    }
    Ok(())
}

fn locale() -> Result {
    let folder = capture("6.12")?;
    let lines = |locale: &str| -> Result<String> {
        let mut command = support::bpfdbg();
        command.arg("--bpffs").arg(&folder).args(["tree", "--kind", "xdp"]).env("LC_ALL", locale);
        Ok(String::from_utf8(ran(&mut command)?.ok()?)?)
    };
    let (unicode, ascii) = (lines("C.UTF-8")?, lines("C")?);
    check(unicode.contains("└── xdp: ") && ascii.is_ascii(), || {
        format!("{unicode}\n{ascii}")
    })?;
    check(unicode.replace("└── ", "`-- ") == ascii, || format!("{unicode}\n{ascii}"))
}

fn filters() -> Result {
    let folder = capture("6.12")?;
    for (args, kind, count) in [
        (&["--kind", "xdp"][..], "xdp", 5),
        (&["--attached-to", "sched/sched_process_exec"], "tracepoint", 2),
        (&["--kind", "raw_tp", "name", "attach_raw_tp_with_cookie"], "raw_tp", 1),
    ] {
        let tree: Value = on(&folder, &[&["tree", "-j"], args].concat())?.json()?;
        let paths = paths(&tree);
        let kinds: Vec<_> = paths
            .iter()
            .filter_map(|path| path.last())
            .filter_map(|object| object["attachment"]["kind"].as_str())
            .collect();
        check(kinds == vec![kind; count], || format!("{args:?}: {kinds:?}"))?;
    }
    Ok(())
}

fn usage() -> Result {
    let folder = capture("6.12")?;
    for (args, code, expected) in [
        (
            &["tree", "--format", "csv"][..],
            2,
            "bpfdbg: a tree has no such format; there are table,",
        ),
        (&["tree", "--format", "ndjson"], 2, "bpfdbg: a tree has no such format; there are table,"),
        (&["tree", "-o", "id"], 2, "bpfdbg: 'tree' takes no --output\n"),
        (&["progs", "--format", "dot"], 2, "bpfdbg: a list is no graph; 'bpfdbg tree' has"),
        (&["tree", "dump"], 2, "bpfdbg: unknown word 'dump'; there are show,"),
        (&["tree", "id", "4000000000"], 1, "bpfdbg: no program with id 4000000000\n"),
        (&["tree", "name", "nosuch"], 1, "bpfdbg: no program with name 'nosuch'\n"),
    ] {
        let mut ran = on(&folder, args)?;
        if code == 1 {
            ran = ran.of_capture()?;
        }
        let stderr = ran.failed(code)?;
        check(stderr.starts_with(expected), || format!("{stderr} in place of {expected}"))?;
    }
    Ok(())
}
