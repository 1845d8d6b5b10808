//! Whether a program is attached: known only where every way of attaching its type was read.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use bpfdbg_attach::{AttachSet, Member, flood};
use libbpf_rs::query::ProgInfoIter;
use libtest_mimic::Trial;
use rustix::thread::UnshareFlags;
use serde_json::Value;
use tempfile::TempDir;

use crate::sandbox::{Ran, Sandbox, among_everything, ran, sandbox};
use crate::support::{self, Result, check, skip, trial};

pub(crate) fn trials() -> Vec<Trial> {
    vec![
        trial("a program is unattached where every text that could tell was read whole", decided),
        trial("what --unattached leaves out is counted, with what would tell", note),
        trial("maps are read where they may decide, and not where all is known", maps),
        trial("unknown and unattached look different in every format", formats),
        trial("nothing that is attached is called unattached, whoever asks", || {
            among_everything(attached)
        }),
        trial(
            "every type is known before it is attached, while it is, and when it is no more",
            || sandbox(phases),
        ),
        trial("what a tail call may reach is not called unattached", || sandbox(tail_called)),
        trial("everybody finds what descriptors attach, without being asked for them", || {
            sandbox(descriptors)
        }),
        trial("a pid namespace that hides processes leaves unknown what they attach", || {
            sandbox(pid_namespace)
        }),
    ]
}

/// Ids, and what they are: a fentry that was loaded for a function, types that texts decide, types
/// that none does, and one that has a link.
const PROGS: &str = "id name attached target target_id type expected_attach_type bpfdbg/9
1 one vfs_unlink - - 26 24
2 two - - - 6 0
3 three - - - 2 0
4 four - - - 4 0
5 five - - - 3 0
6 six - - - 8 0
7 seven - - - 17 0
";
const LINKS: &str = "id type prog_id name prog_type attach_type target bpfdbg/9
1 1 7 seven 17 - tracepoint=sched_switch
";
const ATTACHED: &str = "prog_id kind via name prog_type attach_type target bpfdbg/9\n";
const MAPS: &str = "id name max_entries cur_entries type owner_prog_type bound bpfdbg/9\n";
const DESCRIPTORS: &str = "prog_id through name prog_type target bpfdbg/9\n";

const TEXTS: [(&str, &str); 5] = [
    ("progs.debug", PROGS),
    ("links.debug", LINKS),
    ("attached.debug", ATTACHED),
    ("maps.debug", MAPS),
    ("descriptors.debug", DESCRIPTORS),
];

/// A machine's texts, with one of them changed; without it where it has no byte.
fn with(file: &str, text: &str) -> Result<TempDir> {
    let folder = tempfile::tempdir()?;
    for (name, usual) in TEXTS {
        let text = if name == file { text } else { usual };
        if !text.is_empty() {
            fs::write(folder.path().join(name), text)?;
        }
    }
    Ok(folder)
}

fn on(folder: &Path, args: &[&str]) -> Result<Ran> {
    ran(support::bpfdbg().arg("--bpffs").arg(folder).args(args).env("LC_ALL", "C.UTF-8"))
}

/// What each program's attachment is, in a word.
fn words(folder: &Path) -> Result<BTreeMap<u64, String>> {
    let rows: Value = serde_json::from_slice(&on(folder, &["progs", "-j"])?.stdout)?;
    let word = |row: &Value| Some((row["id"].as_u64()?, row["attachment"].as_str()?.to_owned()));
    Ok(rows.as_array().into_iter().flatten().filter_map(word).collect())
}

fn decided() -> Result {
    let usual = [
        (1, "loaded"),
        (2, "unattached"),
        (3, "unattached"),
        (4, "unknown"),
        (5, "unknown"),
        (6, "unattached"),
        (7, "attached"),
    ];
    let map = |row: &str| format!("{MAPS}{row}\n");
    let all: &[u64] = &[1, 2, 3, 6];
    for (file, text, unknown) in [
        ("", String::new(), &[][..]),
        ("links.debug", String::new(), &[1, 2, 3, 6, 7]),
        ("attached.debug", String::new(), &[2, 6]),
        ("maps.debug", String::new(), all),
        ("descriptors.debug", String::new(), &[3]),
        // Rows that could not be read, and rows that the kernel could not print.
        ("links.debug", format!("{LINKS}2 x\n"), all),
        ("links.debug", LINKS.trim_end().to_owned(), &[1, 2, 3, 6, 7]),
        ("attached.debug", format!("{ATTACHED}7 x\n"), &[2, 6]),
        ("attached.debug", format!("{ATTACHED}0 - - - - - cut=1\n"), &[2, 6]),
        ("maps.debug", map("x"), all),
        ("descriptors.debug", format!("{DESCRIPTORS}x\n"), &[3]),
        // The kernel shows some of the processes only.
        ("descriptors.debug", format!("{DESCRIPTORS}0 - - - cut=1\n"), &[3]),
        // A target that is told in part is still that of its program.
        (
            "attached.debug",
            format!("{ATTACHED}6 cgroup prog_attach six 8 0 cgroup=/a cut=1\n"),
            &[],
        ),
        // A link of a type that this version does not know, and names no program.
        ("links.debug", format!("{LINKS}2 99 - - - - -\n"), all),
        // Programs may be in maps, which take those of a type.
        ("maps.debug", map("1 a 5 - 3 2 -"), &[3]),
        ("maps.debug", map("1 a 5 - 3 26 -"), &[1]),
        ("maps.debug", map("1 a 5 - 14 - -"), &[2]),
        ("maps.debug", map("1 a 5 - 16 - -"), &[2]),
        ("maps.debug", map("1 a 5 - 1 - -"), &[]),
        ("maps.debug", map("1 a 5 - 4000 - -"), all),
        // The kernel's own text has no types.
        (
            "maps.debug",
            "  id name             max_entries\n   1 a                    5\n".into(),
            all,
        ),
    ] {
        let folder = with(file, &text)?;
        let found = words(folder.path())?;
        let is_cgroup_attached = text.contains("six");
        let expected = usual.map(|(id, word)| match id {
            _ if unknown.contains(&id) => (id, "unknown".to_owned()),
            6 if is_cgroup_attached => (id, "attached".to_owned()),
            _ => (id, word.to_owned()),
        });
        let case = if text.is_empty() { "missing" } else { &*text };
        check(found == expected.into(), || format!("{file} {case}: {found:?}"))?;
        if file == "links.debug" && text.is_empty() {
            continue;
        }
        // The filter takes these and no others.
        let taken = on(folder.path(), &["progs", "--unattached", "-n", "-o", "id"])?.stdout;
        let taken: Vec<u64> =
            String::from_utf8(taken)?.lines().filter_map(|line| line.trim().parse().ok()).collect();
        let wanted = found.iter().filter(|(_, word)| ["loaded", "unattached"].contains(&&***word));
        let wanted: Vec<u64> = wanted.map(|(id, _)| *id).collect();
        check(taken == wanted, || format!("{file} {case}: {taken:?} in place of {wanted:?}"))?;
    }
    Ok(())
}

fn note() -> Result {
    for (file, text, args, expected) in [
        (
            "",
            "",
            &["progs"][..],
            Some("2 more programs may be attached; no text tells of: classful_qdisc, tc_action"),
        ),
        ("", "", &["tree"], Some("2 more programs may be attached; no text tells of: ")),
        (
            "",
            "",
            &["progs", "--type", "sched_act"],
            Some("1 more program may be attached; no text"),
        ),
        ("", "", &["progs", "--type", "xdp"], None),
        (
            "descriptors.debug",
            "",
            &["progs", "--name", "three"],
            Some("1 more program may be attached; not read whole: descriptors.debug"),
        ),
        (
            "maps.debug",
            "",
            &["progs", "--name", "one"],
            Some("1 more program may be attached; not read whole: maps.debug"),
        ),
    ] {
        let folder = with(file, text)?;
        let ran = on(folder.path(), &[args, &["--unattached"]].concat())?.of_capture()?;
        let notes: Vec<_> = ran.stderr.lines().collect();
        let is_told = match expected {
            Some(start) => {
                notes.len() == 1 && notes[0].starts_with(&format!("bpfdbg: note: {start}"))
            }
            None => notes.is_empty(),
        };
        check(ran.code == Some(0) && is_told, || format!("{file} {args:?}: {}", ran.stderr))?;
    }
    // Whoever asks for something else is told nothing.
    let folder = with("descriptors.debug", "")?;
    let stderr = on(folder.path(), &["progs"])?.of_capture()?.stderr;
    check(stderr.is_empty(), || stderr)
}

/// A text that is read is told of where its header is not known.
fn maps() -> Result {
    let (header, rows) = PROGS.split_once('\n').ok_or("no header")?;
    for (ids, is_read) in [(&["7"][..], false), (&["4", "5", "7"], false), (&["1", "7"], true)] {
        let folder = with("maps.debug", "\x7fELF\n")?;
        let is_one = |line: &&str| ids.iter().any(|id| line.starts_with(id));
        let rows: Vec<_> = rows.lines().filter(is_one).collect();
        fs::write(folder.path().join("progs.debug"), format!("{header}\n{}\n", rows.join("\n")))?;
        let ran = on(folder.path(), &["progs"])?.of_capture()?;
        check(ran.stderr.contains("maps.debug:1:1") == is_read, || {
            format!("{ids:?}: {}", ran.stderr)
        })?;
    }
    // What is detached may still be attached elsewhere.
    let folder = with("links.debug", &format!("{LINKS}2 6 2 two 6 37 ifindex=0 detached=1\n"))?;
    let words = words(folder.path())?;
    check(words[&2] == "detached", || format!("{words:?}"))
}

fn formats() -> Result {
    let folder = with("descriptors.debug", "")?;
    let text = |args: &[&str]| -> Result<String> {
        Ok(String::from_utf8(on(folder.path(), args)?.of_capture()?.ok()?)?)
    };
    for format in ["table", "raw", "csv"] {
        let shown = text(&["progs", "--format", format, "-n", "-o", "id,attached"])?;
        let cell = |id: char| {
            let is_its = |line: &&str| line.trim().starts_with(id);
            let line = shown.lines().find(is_its).unwrap_or_default().trim();
            line.trim_start_matches(|c: char| c.is_ascii_digit() || c == ',').trim().to_owned()
        };
        let none = if format == "csv" { "" } else { "-" };
        check(cell('2') == none && cell('3') == "unknown", || shown.clone())?;
        let fentry = cell('1');
        check(fentry.contains("not attached") || format == "raw", || shown.clone())?;
    }
    let rows: Value = serde_json::from_str(&text(&["progs", "-j"])?)?;
    let [xdp, kprobe] = [&rows[1], &rows[2]];
    check(xdp.get("unread").is_none() && xdp.get("attached").is_none(), || xdp.to_string())?;
    check(kprobe["unread"] == serde_json::json!(["perf_event"]), || kprobe.to_string())?;
    let tree: Value = serde_json::from_str(&text(&["tree", "-j"])?)?;
    let ids = |node: &str| -> Vec<u64> {
        let group = tree.as_array().into_iter().flatten().find(|root| root["node"] == node);
        let children = group.and_then(|group| group["children"].as_array());
        children.into_iter().flatten().filter_map(|child| child["id"].as_u64()).collect()
    };
    check(ids("unknown") == [3, 4, 5] && ids("unattached") == [1, 2, 6], || tree.to_string())?;
    for format in ["table", "dot", "mermaid"] {
        let tree = text(&["tree", "--format", format])?;
        check(tree.contains("programs that may be attached (not read"), || tree)?;
    }
    Ok(())
}

/// What is known of each program's attachment, and the ways that were not read.
fn listed(command: &mut Command) -> Result<BTreeMap<u64, (String, Vec<String>)>> {
    let rows = ran(command)?.json()?;
    let of = |row: &Value| {
        let unread = row["unread"].as_array().into_iter().flatten();
        let unread = unread.filter_map(|way| way.as_str().map(str::to_owned)).collect();
        Some((row["id"].as_u64()?, (row["attachment"].as_str()?.to_owned(), unread)))
    };
    Ok(rows.as_array().into_iter().flatten().filter_map(of).collect())
}

/// The ids of what `--unattached` takes.
fn taken(command: &mut Command) -> Result<Vec<u64>> {
    let rows = ran(command)?.json()?;
    Ok(rows.as_array().into_iter().flatten().filter_map(|row| row["id"].as_u64()).collect())
}

fn attached(sandbox: &Sandbox, members: &[Member]) -> Result {
    sandbox.public()?;
    let all = listed(&mut sandbox.nobody(&["progs", "-j"]))?;
    let unattached = [
        taken(&mut sandbox.nobody(&["progs", "--unattached", "-j"]))?,
        taken(&mut sandbox.root(&["progs", "--unattached", "-j"]))?,
    ];
    let tree = ran(&mut sandbox.root(&["tree", "-j"]))?.json()?;
    let is_group = |root: &&Value| root["node"] == "unknown" || root["node"] == "unattached";
    let loose = tree.as_array().into_iter().flatten().filter(is_group);
    let loose: Vec<_> = loose
        .flat_map(|group| group["children"].as_array().into_iter().flatten())
        .filter_map(|child| child["id"].as_u64())
        .collect();
    for expect in members.iter().flat_map(Member::expects).filter(|expect| expect.attached) {
        let id = u64::from(expect.prog_id);
        let word = all.get(&id).map(|(word, _)| &**word).unwrap_or_default();
        check(word == "attached", || format!("{word}: {expect:?}"))?;
        check(unattached.iter().all(|ids| !ids.contains(&id)), || format!("{expect:?}"))?;
        // The root of a tree reads what it may.
        check(!loose.contains(&id), || format!("in a tree, not attached: {expect:?}"))?;
    }
    Ok(())
}

/// Types of which some way is not read yet, so that nobody knows.
const UNDECIDED: [&str; 4] = ["sched_cls", "socket_filter", "sk_skb", "sk_msg"];

/// Tries for some seconds: others on this machine may have maps for a while that may hold programs
/// of a type.
fn in_time(mut holds: impl FnMut() -> Result) -> Result {
    let start = Instant::now();
    loop {
        match holds() {
            Err(_) if start.elapsed() < Duration::from_secs(20) => {
                std::thread::sleep(Duration::from_millis(200));
            }
            result => return result,
        }
    }
}

fn phases(sandbox: &Sandbox) -> Result {
    sandbox.with_holders()?;
    // One that is loaded for the sake of others is expected by them, and never attached itself.
    let mut set = AttachSet::load(|name| !name.starts_with("hostile"));
    let check_all = |set: &AttachSet, is_attached: bool| -> Result<usize> {
        let mut decided = 0;
        in_time(|| {
            decided = 0;
            let all = listed(&mut sandbox.root(&["progs", "-j"]))?;
            for expect in set.expects() {
                let Some(found) = all.get(&u64::from(expect.prog_id)) else {
                    // One that is made by hand is unloaded with what attached it.
                    let mut loaded = ProgInfoIter::default();
                    check(loaded.all(|prog| prog.id != expect.prog_id), || {
                        format!("not listed: {expect:?}")
                    })?;
                    continue;
                };
                let word = &*found.0;
                let is_right = match is_attached && expect.attached {
                    true => word == "attached",
                    false if UNDECIDED.contains(&&*expect.prog_type) => word == "unknown",
                    false => {
                        decided += 1;
                        word == "unattached" || word == "loaded"
                    }
                };
                check(is_right, || format!("{found:?}: {expect:?}"))?;
            }
            Ok(())
        })?;
        Ok(decided)
    };
    let before = check_all(&set, false)?;
    set.attach();
    check_all(&set, true)?;
    let names: Vec<_> = set.members().map(|member| member.name).collect();
    names.iter().for_each(|name| set.detach(name));
    let after = check_all(&set, false)?;
    check(before >= 10 && after >= 10, || format!("{before} and {after} were decided"))
}

/// A loaded program, which nothing attaches.
fn loaded(name: &str) -> Result<(AttachSet, u64)> {
    let set = AttachSet::load(|member| member == name);
    let id = set.expects().next().ok_or("it could not be loaded")?.prog_id;
    Ok((set, id.into()))
}

fn tail_called(sandbox: &Sandbox) -> Result {
    sandbox.with_holders()?;
    let (_set, id) = loaded("tracepoint")?;
    let number = id.to_string();
    let is = |word: &str, unread: &[&str]| {
        in_time(|| {
            let all = listed(&mut sandbox.root(&["progs", "--id", &number, "-j"]))?;
            let found = all.get(&id).ok_or("it is not listed")?;
            check(found.0 == word && found.1 == unread, || format!("{found:?}, not {word}"))
        })
    };
    is("unattached", &[])?;
    let array = flood::tail_call(u32::try_from(id)?)?;
    is("unknown", &["prog_array"])?;
    let taken = taken(&mut sandbox.root(&["progs", "--unattached", "-j"]))?;
    check(!taken.contains(&id), || "it is called unattached".into())?;
    drop(array);
    is("unattached", &[])
}

fn descriptors(sandbox: &Sandbox) -> Result {
    sandbox.public()?;
    let mut set = AttachSet::named(&["perf_ioctl"]);
    let Some(expect) = set.expects().next() else { return skip("no perf event can be opened") };
    let id = expect.prog_id.to_string();
    let args = ["progs", "--unattached", "--id", &id, "-n", "-o", "id"];
    let run = |command: &mut Command| -> Result<(String, String)> {
        let ran = ran(command)?;
        Ok((String::from_utf8(ran.stdout)?.trim().to_owned(), ran.stderr))
    };
    for mut command in [sandbox.root(&args), sandbox.nobody(&args)] {
        let found = run(&mut command)?;
        check(found == (String::new(), String::new()), || format!("{found:?}"))?;
    }
    set.detach("perf_ioctl");
    in_time(|| {
        for mut command in [sandbox.root(&args), sandbox.nobody(&args)] {
            let found = run(&mut command)?;
            check(found == (id.clone(), String::new()), || format!("{found:?}"))?;
        }
        Ok(())
    })
}

fn pid_namespace(sandbox: &Sandbox) -> Result {
    sandbox.with_holders()?;
    let set = AttachSet::named(&["perf_ioctl"]);
    let Some(expect) = set.expects().next() else { return skip("no perf event can be opened") };
    let id: u64 = expect.prog_id.into();
    let mut command = sandbox.root(&["progs", "--id", &id.to_string(), "-j"]);
    let outside = listed(&mut command)?;
    check(outside[&id].0 == "attached", || format!("{outside:?}"))?;
    // What a thread unshares is for its children.
    let inside = std::thread::scope(|scope| {
        let inside = scope.spawn(|| {
            #[allow(deprecated)]
            rustix::thread::unshare(UnshareFlags::NEWPID).map_err(|error| error.to_string())?;
            Ok::<_, String>(listed(&mut command))
        });
        inside.join().map_err(|_| "the thread panicked")
    })???;
    let found = &inside[&id];
    check(found.0 == "unknown" && found.1 == ["perf_event"], || format!("{found:?}"))
}
