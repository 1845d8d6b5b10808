//! Filters, held against the rows that the same command lists without them. All but one test read
//! captures, for which no right is needed.

use std::path::PathBuf;

use bpfdbg_attach::AttachSet;
use libtest_mimic::Trial;
use serde_json::{Value, json};

use crate::sandbox::{Ran, Sandbox, ran, sandbox};
use crate::support::{self, CHEAPEST, Result, check, only_on, source_tree, trial};

pub(crate) fn trials() -> Vec<Trial> {
    vec![
        trial("every filter lists exactly the rows that have what it asks for", each),
        trial("filters are combined: a row has to pass all of them", combined),
        trial("a list of values takes rows with any of them, as repeated options do", lists),
        trial("what has to do with a map or program is found under every noun", objects),
        trial("--id finds in a list, and nothing at all is exit code 1", ids),
        trial("a filter that matches nothing is an empty list, and exit code 0", nothing),
        trial("a filter that a noun never has is exit code 2 and says why", never),
        trial("a filter that the text at hand cannot answer is exit code 1 and says so", lacking),
        trial("a value that is none is exit code 2 and one line", bad_values),
        trial("--since takes what was loaded in that time, and --uid who loaded it", || {
            sandbox(since)
        }),
        trial("--pid and --comm take what a process has a descriptor of", || sandbox(holders)),
    ]
}

fn capture(folder: &str) -> Result<PathBuf> {
    Ok(source_tree()?.join("tests/captures").join(folder))
}

fn on(folder: &str, args: &[&str]) -> Result<Ran> {
    ran(support::bpfdbg().arg("--bpffs").arg(capture(folder)?).args(args))
}

fn rows(args: &[&str]) -> Result<Vec<Value>> {
    Ok(serde_json::from_slice(&on("6.12", &[args, &["--json"]].concat())?.ok()?)?)
}

/// Holds a filter to what it should take of all rows, which must be some and not all.
fn takes(noun: &str, filter: &[&str], wanted: impl Fn(&Value) -> bool) -> Result {
    let mut expected = rows(&[noun])?;
    let all = expected.len();
    expected.retain(|row| wanted(row));
    let found = rows(&[&[noun], filter].concat())?;
    check(found == expected, || format!("{noun} {filter:?}: {found:?}\nexpected {expected:?}"))?;
    check(!found.is_empty() && found.len() < all, || format!("{noun} {filter:?} takes all or none"))
}

fn text<'a>(row: &'a Value, key: &str) -> &'a str {
    row[key].as_str().unwrap_or_default()
}

/// The targets of a program, or that of a link.
fn targets(row: &Value) -> Vec<&Value> {
    match &row["attached"] {
        Value::Array(all) => all.iter().collect(),
        Value::Null => Vec::new(),
        one => vec![one],
    }
}

fn each() -> Result {
    takes("progs", &["--name", "attach_*"], |row| text(row, "name").starts_with("attach_"))?;
    takes("maps", &["--name", "*data"], |row| text(row, "name").ends_with("data"))?;
    takes("links", &["--name", "*tcx*"], |row| text(row, "prog_name").contains("tcx"))?;
    takes("progs", &["--type", "xdp"], |row| row["type"] == "xdp")?;
    takes("maps", &["--type", "array"], |row| row["type"] == "array")?;
    takes("links", &["--type", "tracing"], |row| row["type"] == "tracing")?;
    let tag = rows(&["progs"])?.last().map(|row| text(row, "tag").to_owned()).unwrap_or_default();
    takes("progs", &["--tag", &tag], |row| row["tag"] == tag.as_str())?;
    for noun in ["progs", "links"] {
        let is = |kind: &'static str| {
            move |row: &Value| targets(row).iter().any(|target| target["kind"] == kind)
        };
        takes(noun, &["--kind", "kprobe"], is("kprobe"))?;
        takes(noun, &["--kind", "fentry"], is("fentry"))?;
        takes(noun, &["--attached-to", "vfs_unlink"], |row| {
            targets(row).iter().any(|target| {
                let symbols = target["symbols"].as_array().cloned().unwrap_or_default();
                target["function"] == "vfs_unlink"
                    || target["symbol"] == "vfs_unlink"
                    || symbols.contains(&json!("vfs_unlink"))
            })
        })?;
    }
    Ok(())
}

fn combined() -> Result {
    takes("progs", &["--type", "tracing", "--name", "attach_*", "--kind", "fexit"], |row| {
        row["type"] == "tracing"
            && text(row, "name").starts_with("attach_")
            && targets(row).iter().any(|target| target["kind"] == "fexit")
    })
}

fn lists() -> Result {
    let wanted = |row: &Value| row["type"] == "xdp" || row["type"] == "kprobe";
    takes("progs", &["--type", "xdp,kprobe"], wanted)?;
    takes("progs", &["--type", "xdp", "--type", "kprobe"], wanted)?;
    takes("progs", &["--name", "*xdp*,*tcx*"], |row| {
        text(row, "name").contains("xdp") || text(row, "name").contains("tcx")
    })
}

fn objects() -> Result {
    let progs = rows(&["progs"])?;
    let user = progs.iter().find(|row| row["map_ids"].is_array()).ok_or("no program has a map")?;
    let (prog, map) = (user["id"].to_string(), &user["map_ids"][0]);
    let uses = |row: &Value| row["map_ids"].as_array().is_some_and(|ids| ids.contains(map));
    takes("progs", &["--map", &map.to_string()], uses)?;
    takes("maps", &["--prog", &prog], |row| {
        user["map_ids"].as_array().is_some_and(|ids| ids.contains(&row["id"]))
    })?;
    takes("maps", &["--prog", text(user, "name")], |row| {
        let users = row["used_by"].as_array().cloned().unwrap_or_default();
        users.iter().any(|other| other["name"] == user["name"])
    })?;
    let maps = rows(&["maps"])?;
    let name = maps.iter().find(|row| row["id"] == *map).map(|row| text(row, "name"));
    let name = name.filter(|name| !name.is_empty()).ok_or("a map without a name")?;
    let same: Vec<_> =
        maps.iter().filter(|row| text(row, "name") == name).map(|row| &row["id"]).collect();
    takes("progs", &["--map", name], |row| {
        row["map_ids"].as_array().is_some_and(|ids| ids.iter().any(|id| same.contains(&id)))
    })?;
    takes("maps", &["--map", name], |row| text(row, "name") == name)?;
    let links = rows(&["links"])?;
    let link = links.iter().find(|row| row["prog_id"].is_u64()).ok_or("no link has a program")?;
    takes("links", &["--prog", &link["prog_id"].to_string()], |row| {
        row["prog_id"] == link["prog_id"]
    })?;
    takes("links", &["--map", "*"], |row| row["attached"]["map"]["name"].is_string())
}

fn ids() -> Result {
    let all = rows(&["progs"])?;
    let id = |row: &Value| row["id"].to_string();
    let (first, last) = (id(&all[0]), id(&all[all.len() - 1]));
    let both = format!("{last},{first},4294967295");
    takes("progs", &["--id", &both], |row| [&first, &last].contains(&&id(row)))?;
    // There, and left out by another condition: an empty list.
    check(rows(&["progs", "--id", &first, "--name", "no_such_name"])?.is_empty(), || {
        "rows".into()
    })?;
    let absent = on("6.12", &["progs", "--id", "4294967294,4294967295"])?;
    let stderr = absent.of_capture()?.failed(1)?;
    check(stderr == "bpfdbg: no program with id 4294967294, 4294967295\n", || stderr)
}

fn nothing() -> Result {
    for args in [
        &["progs", "--name", "no_such_name"][..],
        &["maps", "--type", "bloom_filter", "--name", "x"],
        &["links", "--attached-to", "no_such_function"],
        &["progs", "--map", "no_such_map"],
    ] {
        check(rows(args)?.is_empty(), || format!("{args:?}"))?;
    }
    Ok(())
}

fn never() -> Result {
    for (args, expected) in [
        (
            &["maps", "--tag", "0123456789abcdef"][..],
            "--tag is not for maps: only programs have a tag",
        ),
        (
            &["links", "--uid", "0"],
            "--uid is not for links: the kernel keeps the user of programs only",
        ),
        (&["maps", "--kind", "xdp"], "--kind is not for maps: a map is not attached to anything"),
        (
            &["maps", "--unattached"],
            "--unattached is not for maps: a map is not attached to anything",
        ),
        (
            &["links", "--since", "1d"],
            "--since is not for links: the kernel keeps the time of load of programs only",
        ),
    ] {
        let stderr = on("6.12", args)?.failed(2)?;
        check(stderr == format!("bpfdbg: {expected}\n"), || stderr)?;
    }
    Ok(())
}

fn lacking() -> Result {
    for (folder, args, what) in [
        ("6.12-kernel", &["progs", "--type", "xdp"][..], "has no type"),
        ("6.12-kernel", &["progs", "--kind", "xdp"], "has no type"),
        ("6.12-kernel", &["progs", "--uid", "0"], "has no uid"),
        ("6.12-kernel", &["progs", "--map", "7"], "has no map_ids"),
        ("6.12-kernel", &["progs", "--unattached"], "no readable links.debug beside"),
        ("6.12-kernel", &["maps", "--type", "hash"], "has no type"),
        ("6.12-kernel", &["maps", "--prog", "7"], "no readable progs.debug beside"),
        ("6.12", &["progs", "--since", "1d"], "has no date"),
        ("6.12", &["maps", "--pid", "1"], "no readable holders.debug beside"),
    ] {
        let stderr = on(folder, args)?.of_capture()?.failed(1)?;
        let start = format!("bpfdbg: {} cannot be answered: ", args[1]);
        let lines: Vec<_> = stderr.lines().collect();
        check(
            lines.len() == 2
                && lines[0].starts_with(&start)
                && lines[0].contains(what)
                && lines[1].starts_with("hint: "),
            || format!("{args:?}: {stderr}"),
        )?;
    }
    // What the text does tell is listed, with a note on what it does not.
    let some =
        on("6.12-kernel", &["progs", "--attached-to", "*", "-n", "-o", "id"])?.of_capture()?;
    check(some.stderr.starts_with("bpfdbg: note: --attached-to knows only"), || {
        some.stderr.clone()
    })?;
    check(!some.ok()?.is_empty(), || "nothing is listed".into())
}

fn bad_values() -> Result {
    for (args, expected) in [
        (
            &["progs", "--type", "hash"][..],
            "bpfdbg: no type of program 'hash'; there are socket_filter,",
        ),
        (&["maps", "--type", "a\u{1b}"], "bpfdbg: no type of map 'a\\033'; there are hash,"),
        (&["progs", "--tag", "12"], "bpfdbg: '12' is no tag"),
        (&["progs", "--since", "5"], "bpfdbg: '5' is no duration"),
        (&["progs", "--kind", "nosuch"], "bpfdbg: no kind 'nosuch'; there are cgroup,"),
        (&["progs", "--id", "x"], "bpfdbg: --id takes no 'x'"),
        (
            &["progs", "--unattached", "--kind", "xdp"],
            "bpfdbg: --unattached and --kind exclude each other\n",
        ),
    ] {
        let stderr = on("6.12", args)?.failed(2)?;
        check(stderr.starts_with(expected), || format!("{stderr} in place of {expected}"))?;
    }
    Ok(())
}

/// Others may load programs at any time: only those of the set are looked at.
fn since(sandbox: &Sandbox) -> Result {
    only_on(&[CHEAPEST])?;
    let set = AttachSet::named(&["raw_tp"]);
    let own: Vec<u64> = set.expects().map(|expect| expect.prog_id.into()).collect();
    sandbox.public()?;
    let has_own = |filter: &[&str]| -> Result<bool> {
        let rows = ran(&mut sandbox.nobody(&[&["progs", "--json"], filter].concat()))?.json()?;
        let ids: Vec<_> =
            rows.as_array().into_iter().flatten().filter_map(|row| row["id"].as_u64()).collect();
        let found = own.iter().filter(|id| ids.contains(id)).count();
        check(found == 0 || found == own.len(), || format!("{filter:?} takes some: {ids:?}"))?;
        Ok(found > 0)
    };
    check(!own.is_empty() && has_own(&["--since", "10m"])?, || "not in ten minutes".into())?;
    std::thread::sleep(std::time::Duration::from_millis(2100));
    check(!has_own(&["--since", "2s"])?, || "still in the last two seconds".into())?;
    check(has_own(&["--since", "365d"])?, || "not in a year".into())?;
    check(has_own(&["--uid", "0"])?, || "not of root".into())?;
    check(!has_own(&["--uid", "4294967294"])?, || "of a user whom there is not".into())
}

fn holders(sandbox: &Sandbox) -> Result {
    only_on(&[CHEAPEST])?;
    sandbox.with_holders()?;
    let set = AttachSet::named(&["raw_tp"]);
    let wanted = set.expects().next().ok_or("nothing is attached")?;
    let comm = std::fs::read_to_string("/proc/self/comm")?;
    let pid = std::process::id().to_string();
    for filter in [["--pid", &*pid], ["--comm", comm.trim_end()]] {
        for (noun, id) in [("progs", Some(wanted.prog_id)), ("links", wanted.link_id)] {
            let list =
                |args: &[&str]| ran(&mut sandbox.root(&[&[noun, "--json"], args].concat()))?.json();
            let rows = list(&filter)?;
            let found = rows
                .as_array()
                .into_iter()
                .flatten()
                .any(|row| row["id"].as_u64() == id.map(u64::from));
            check(found, || format!("{noun} {filter:?} has no {id:?}: {rows}"))?;
            let nobody = list(&[filter[0], "4194305"])?;
            check(nobody == json!([]), || format!("{noun}: {nobody}"))?;
        }
    }
    Ok(())
}
