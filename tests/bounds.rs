//! More of something than a listing once had room for: all of it is told, or that it is not.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::time::{Duration, Instant};

use bpfdbg::model::DirectAttachment;
use bpfdbg::parse;
use bpfdbg_attach::crowd::{Crowd, Foreign, Mass};
use bpfdbg_attach::{AttachSet, flood, hostile};
use libtest_mimic::Trial;
use serde_json::{Value, json};

use crate::links::{expects, listing};
use crate::sandbox::{Sandbox, ran, sandbox};
use crate::support::{
    Result, bpfdbg, check, has_loop, in_machine, kernel, only_on, skip, source_tree, trial,
};

pub(crate) fn trials() -> Vec<Trial> {
    vec![
        trial("more than 16,384 attachments are told, each once", || installed(many_attachments)),
        trial("more filters at one hook than are found at once are told, each once", || {
            installed(many_filters)
        }),
        trial(
            "filters that are no programs, more than a walk looks at, hide nothing behind them",
            || installed(foreign_filters),
        ),
        trial("a cgroup 40 levels deep is told with its path", || installed(|on| nested(on, 40))),
        trial("a path of 100 names is told whole, or up to where it is cut", || {
            installed(|on| nested(on, 100))
        }),
        trial("links with ids above 65,535 are told", || installed(high_link_ids)),
        trial("a text that does not have all is told of, by every noun and format", left_out),
        trial("no name of a type forges a row, or reads as none", || installed(type_names)),
    ]
}

fn installed(test: impl FnOnce(&Sandbox) -> Result + Send) -> Result {
    sandbox(|sandbox| {
        sandbox.public()?;
        test(sandbox)
    })
}

fn many_attachments(_: &Sandbox) -> Result {
    let mass = match Mass::new(64, 130) {
        Ok(mass) => mass,
        Err(reason) => return skip(reason),
    };
    check(mass.len() > 16_384, || format!("only {}", mass.len()))?;
    let text = fs::read("/run/bpfdbg/attached.debug")?;
    let rows: Vec<DirectAttachment<'_>> = parse::rows(&text)?;
    let progs: BTreeSet<_> = mass.prog_ids.iter().copied().collect();
    let mut found = BTreeMap::new();
    for row in rows.iter().filter(|row| progs.contains(&row.prog_id)) {
        *found.entry((row.prog_id, row.attach_type, row.target.point)).or_insert(0) += 1;
    }
    check(found.len() == mass.len() && found.values().all(|times| *times == 1), || {
        format!("{} different of {}", found.len(), mass.len())
    })
}

/// Where the program of a crowd is attached.
fn attached(sandbox: &Sandbox, crowd: &Crowd) -> Result<Vec<Value>> {
    let id = crowd.prog_id.to_string();
    let row = ran(&mut sandbox.nobody(&["progs", "-j", "id", &id]))?.json()?;
    Ok(row["attached"].as_array().cloned().unwrap_or_default())
}

fn many_filters(sandbox: &Sandbox) -> Result {
    let crowd = match Crowd::of_filters(200) {
        Ok(crowd) => crowd,
        Err(reason) => return skip(reason),
    };
    let found = attached(sandbox, &crowd)?;
    let mut handles: Vec<_> = found.iter().filter_map(|one| one["handle"].as_u64()).collect();
    handles.sort_unstable();
    let mut wanted: Vec<u64> = crowd.places.iter().flat_map(|handle| handle.parse()).collect();
    wanted.sort_unstable();
    check(handles == wanted, || format!("{handles:?} in place of {wanted:?}"))?;
    check(found.iter().all(|one| one["truncated"].is_null()), || "one is truncated".into())
}

/// More filters than one element of the walk takes steps. Where each element began them anew, a read took
/// minutes and never came to cgroups.
fn foreign_filters(sandbox: &Sandbox) -> Result {
    only_on(&["newest"])?;
    if !in_machine() {
        return skip("they take a module, and minutes to make");
    }
    let foreign = match Foreign::new(520, 512) {
        Ok(foreign) => foreign,
        Err(reason) => return skip(reason),
    };
    let crowd = Crowd::of_cgroups(1)?;
    let start = Instant::now();
    let listed = ran(&mut sandbox.nobody(&["progs", "-j"]))?;
    let took = start.elapsed();
    drop(foreign);
    check(took < Duration::from_secs(20), || format!("it took {took:?}"))?;
    check(listed.stderr.contains("does not have all"), || {
        format!("nothing is told: {}", listed.stderr)
    })?;
    let rows = listed.json()?;
    let mut rows = rows.as_array().into_iter().flatten();
    let row = rows.find(|row| row["id"] == json!(crowd.prog_id)).ok_or("no row")?;
    check(row["attached"][0]["cgroup"] == json!(crowd.places[0]), || format!("{row}"))
}

fn nested(sandbox: &Sandbox, depth: usize) -> Result {
    let crowd = match Crowd::nested(depth) {
        Ok(crowd) => crowd,
        Err(reason) => return skip(reason),
    };
    let [path] = &crowd.places[..] else { return Err("no place".into()) };
    let found = attached(sandbox, &crowd)?;
    let [one] = &found[..] else { return Err(format!("{} places", found.len()).into()) };
    if one["cgroup"] == json!(path) {
        return check(one["truncated"].is_null(), || format!("a whole path is truncated: {one}"));
    }
    // Without bpf_loop() only so many names are printed.
    check(!has_loop() && depth > 60, || format!("{one} in place of {path}"))?;
    let start = one["cgroup"].as_str().unwrap_or("?");
    check(path.starts_with(start) && start.len() > 100 && one["truncated"] == json!(true), || {
        format!("{one} in place of {path}")
    })?;
    let id = crowd.prog_id.to_string();
    let table = ran(&mut sandbox.nobody(&["progs", "-n", "-o", "attached", "id", &id]))?;
    check(table.stderr.contains("too long to be told whole"), || table.stderr.clone())?;
    let text = String::from_utf8(table.ok()?)?;
    check(text.contains("(truncated)"), || text)
}

fn high_link_ids(sandbox: &Sandbox) -> Result {
    if !in_machine() || kernel() != "5.10" {
        return skip("this kernel has an iterator over links, or its ids are to be kept low");
    }
    let reached = flood::advance_link_ids(65_600)?;
    let set = AttachSet::named(&["cgroup_link"]);
    let expects = expects(set.member("cgroup_link"))?;
    let links = listing(sandbox, &["links"])?;
    for expect in &expects {
        let id = expect.link_id.ok_or("no link")?;
        check(id > 65_535 && reached > 65_535, || format!("the id is {id}"))?;
        let row = links.get(&id.into()).ok_or_else(|| format!("no link {id}"))?;
        check(row["prog_id"] == json!(expect.prog_id), || format!("{row} is not {expect:?}"))?;
    }
    let low = links.keys().filter(|id| **id < 65_536).count();
    check(!expects.is_empty() && low > 0, || format!("{low} links of low ids"))
}

fn left_out() -> Result {
    let dir = tempfile::tempdir()?;
    let captures = source_tree()?.join("tests/captures/7.3");
    for file in ["progs.debug", "maps.debug", "links.debug", "attached.debug"] {
        fs::copy(captures.join(file), dir.path().join(file))?;
    }
    let path = dir.path().join("attached.debug");
    let mut text = fs::read(&path)?;
    text.extend(b"       0 -              -            -                        - - cut=1\n");
    fs::write(&path, text)?;
    let dir = dir.path().to_str().ok_or("no path")?;
    let said = format!("'{}' does not have all", path.display());
    for args in [
        &["progs"][..],
        &["progs", "-j"],
        &["progs", "--format", "csv"],
        &["tree"],
        &["tree", "-j"],
    ] {
        let ran = ran(bpfdbg().args(["--bpffs", dir]).args(args))?;
        check(ran.code == Some(0) && ran.stderr.contains(&said), || ran.stderr.clone())?;
        check(!ran.stdout.is_empty(), || format!("{args:?} show nothing"))?;
    }
    let maps = ran(bpfdbg().args(["--bpffs", dir, "maps"]))?;
    check(!maps.stderr.contains(&said), || maps.stderr.clone())
}

fn type_names(sandbox: &Sandbox) -> Result {
    let names: [&[u8]; 6] =
        [b"a b", b"x\n      99 evil 1", b"-", b"\\040", b"\x1b[31m", &[b'y'; 300]];
    let made = names.iter().map(|name| (*name, hostile::map_of_integer(name)));
    let sections = [&b".data x y"[..]].map(|name| (name, hostile::map_of_section(name)));
    let made: Vec<_> = made.chain(sections).collect();
    let before = fs::read("/run/bpfdbg/maps.debug")?;
    let rows: Vec<bpfdbg::model::Map<'_>> = parse::rows(&before)?;
    let mut seen = 0;
    for (name, map) in &made {
        // Sections may be called so since 6.6.
        let map = match map {
            Ok(map) => map,
            Err(_) if name.starts_with(b".") => continue,
            Err(reason) => return Err(reason.to_string().into()),
        };
        let row = rows.iter().find(|row| row.id == map.id).ok_or("a map is missing")?;
        let shown = row.value_type.ok_or("a name reads as none")?;
        check(*shown.bytes() == **name, || format!("{shown} in place of {name:?}"))?;
        check(shown.token().iter().all(u8::is_ascii_graphic), || format!("{:?}", shown.token()))?;
        seen += 1;
    }
    check(seen >= names.len(), || format!("only {seen} maps could be made"))?;
    for args in [&["maps", "-j"][..], &["tree"]] {
        let said = ran(&mut sandbox.nobody(args))?;
        check(said.code == Some(0) && said.stderr.is_empty(), || said.stderr.clone())?;
    }
    Ok(())
}
