//! `metrics`: the text for Prometheus, held against what JSON has of the same rows, and to promtool.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Write as _;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use libtest_mimic::Trial;
use serde_json::Value;
use tempfile::TempDir;

use crate::sandbox::{NOBODY, Ran, Sandbox, among_everything, fed, mode, ran, sandbox};
use crate::support::{Result, bpfdbg, check, matches_file, program, source_tree, trial};

pub(crate) fn trials() -> Vec<Trial> {
    vec![
        trial("metrics of a capture are these, in both formats", golden),
        trial("promtool finds no fault in metrics", promtool),
        trial("metrics of what was loaded and attached are the sums of what is listed", || {
            among_everything(|sandbox, _| sums(sandbox))
        }),
        trial("no metric has more series than it may, and those beyond are counted", limit),
        trial("run counters are told by id only", by_id),
        trial("a name cannot end a label", hostile),
        trial("what cannot be read is told in a metric, and is not zero", unreadable),
        trial("options of listings are refused by metrics", refused),
        trial("--out replaces a file as a whole, for everybody to read", out),
        trial("--out follows no link of others, and replaces nothing but files", || sandbox(links)),
    ]
}

/// The capture of a kernel, with the file that its bpfdbg had not got.
fn capture() -> Result<TempDir> {
    let dir = TempDir::new()?;
    for entry in fs::read_dir(source_tree()?.join("tests/captures/6.12"))? {
        let entry = entry?;
        fs::copy(entry.path(), dir.path().join(entry.file_name()))?;
    }
    fs::write(dir.path().join("descriptors.debug"), "")?;
    Ok(dir)
}

fn of(dir: &Path, args: &[&str]) -> Result<Ran> {
    ran(bpfdbg().arg("--bpffs").arg(dir).args(args))
}

fn metrics(dir: &Path, args: &[&str]) -> Result<String> {
    let args = [&["metrics"], args].concat();
    Ok(String::from_utf8(of(dir, &args)?.of_capture()?.ok()?)?)
}

fn golden() -> Result {
    let dir = capture()?;
    matches_file("tests/golden/metrics.prom", metrics(dir.path(), &["--by-id"])?.as_bytes())?;
    let text = metrics(dir.path(), &["--openmetrics", "--max-series", "3"])?;
    matches_file("tests/golden/metrics.openmetrics", text.as_bytes())
}

fn promtool() -> Result {
    let promtool = program("promtool")?;
    let dir = capture()?;
    add_prog(dir.path(), &[("id", "999999"), ("name", r#"a\012"\134"#), ("run_cnt", "7")])?;
    let text = metrics(dir.path(), &["--by-id"])?;
    let ran = fed(Command::new(promtool).args(["check", "metrics"]), text.as_bytes())?;
    let said = String::from_utf8_lossy(&ran.stdout).into_owned() + &ran.stderr;
    check(ran.code == Some(0) && said.is_empty(), || said)
}

/// Adds to the programs of a capture: the last one once more, but for the values of some columns.
fn add_prog(dir: &Path, values: &[(&str, &str)]) -> Result {
    let file = dir.join("progs.debug");
    let text = fs::read(&file)?;
    let text = String::from_utf8_lossy(&text);
    let header = text.lines().next().unwrap_or_default().split_whitespace();
    let row = text.lines().last().unwrap_or_default();
    let cells = header.zip(row.split_whitespace()).map(|(name, cell)| {
        let value = values.iter().find(|(column, _)| *column == name);
        value.map_or(cell, |(_, value)| *value)
    });
    append(&file, &format!("{}\n", cells.collect::<Vec<_>>().join(" ")))
}

fn append(file: &Path, text: &str) -> Result {
    Ok(fs::OpenOptions::new().append(true).open(file)?.write_all(text.as_bytes())?)
}

/// The samples of a text by their names with labels, no two of which are alike.
fn samples(text: &str) -> Result<BTreeMap<String, f64>> {
    let mut samples = BTreeMap::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let (name, value) = line.rsplit_once(' ').ok_or_else(|| format!("no value: {line}"))?;
        let before = samples.insert(name.to_owned(), value.parse()?);
        check(before.is_none(), || format!("two samples alike: {line}"))?;
    }
    Ok(samples)
}

/// What one metric has for some values of its labels.
fn series(text: &str, name: &str) -> Result<BTreeMap<String, f64>> {
    let samples = samples(text)?.into_iter();
    let of = |(series, value): (String, f64)| {
        let labels = series.strip_prefix(name)?;
        (labels.is_empty() || labels.starts_with('{')).then(|| (labels.to_owned(), value))
    };
    Ok(samples.filter_map(of).collect())
}

/// A row's labels.
fn labels(row: &Value, keys: &[&str]) -> String {
    let label = |key: &&str| {
        let value = row[*key].as_str().map_or_else(|| row[*key].to_string(), str::to_owned);
        format!("{key}=\"{}\"", if row[*key].is_null() { "" } else { &value })
    };
    format!("{{{}}}", keys.iter().map(label).collect::<Vec<_>>().join(","))
}

/// The sums of a number over rows with the same labels; those with an unknown part are left out.
fn summed<'r>(
    rows: impl IntoIterator<Item = &'r Value>,
    keys: &[&str],
    number: impl Fn(&Value) -> Option<f64>,
) -> BTreeMap<String, f64> {
    let mut sums = BTreeMap::new();
    for row in rows {
        let sum = sums.entry(labels(row, keys)).or_insert(Some(0.0));
        *sum = sum.zip(number(row)).map(|(sum, number)| sum + number);
    }
    sums.into_iter().filter_map(|(labels, sum)| Some((labels, sum?))).collect()
}

fn sums(sandbox: &Sandbox) -> Result {
    sandbox.public()?;
    let live = String::from_utf8(ran(&mut sandbox.nobody(&["metrics"]))?.ok()?)?;
    let readable = series(&live, "bpfdbg_source_readable")?;
    let sources: Vec<_> = readable.keys().map(|labels| labels.as_str()).collect();
    let expected = ["attached", "descriptors", "links", "maps", "progs"];
    check(sources == expected.map(|name| format!("{{source=\"{name}\"}}")), || live.clone())?;
    check(readable.values().all(|value| *value == 1.0), || live.clone())?;
    // One copy for both, since others load programs meanwhile.
    let dir = TempDir::new()?;
    for name in expected {
        let file = format!("{name}.debug");
        fs::write(dir.path().join(&file), fs::read(Path::new("/run/bpfdbg").join(&file))?)?;
    }
    let text = metrics(dir.path(), &["--max-series", "1000000"])?;
    let rows = |noun| -> Result<Vec<Value>> {
        let rows = of(dir.path(), &[noun, "--json", "-O"])?.of_capture()?.json()?;
        Ok(rows.as_array().cloned().unwrap_or_default())
    };
    let (progs, maps, links) = (rows("progs")?, rows("maps")?, rows("links")?);
    let one = |_: &Value| Some(1.0);
    let memory = |row: &Value| row["bytes_memlock"].as_f64();
    let same = ["name", "type", "tag"];
    let places: Vec<Value> = progs
        .iter()
        .flat_map(|prog| prog["attached"].as_array().cloned().unwrap_or_default())
        .filter(|place| place["state"].is_null() && place["detached"] != true)
        .collect();
    for (name, sums) in [
        ("bpf_programs", summed(&progs, &["type"], one)),
        ("bpf_maps", summed(&maps, &["type"], one)),
        ("bpf_links", summed(&links, &["type"], one)),
        ("bpf_attachments", summed(&places, &["kind"], one)),
        ("bpf_program_instances", summed(&progs, &same, one)),
        ("bpf_program_memory_bytes", summed(&progs, &same, memory)),
        ("bpf_map_memory_bytes", summed(&maps, &["type"], memory)),
    ] {
        let found = series(&text, name)?;
        check(!sums.is_empty() && found == sums, || format!("{name}: {found:?}\nnot {sums:?}"))?;
    }
    used(&series(&text, "bpf_map_used_ratio")?, &maps)
}

fn used(found: &BTreeMap<String, f64>, maps: &[Value]) -> Result {
    let mut fullest = BTreeMap::<String, f64>::new();
    for map in maps {
        let (entries, most) = (map["cur_entries"].as_f64(), map["max_entries"].as_f64());
        if let (Some(entries), Some(most)) = (entries, most.filter(|most| *most > 0.0)) {
            let of = fullest.entry(labels(map, &["name", "type"])).or_default();
            *of = of.max(entries / most);
        }
    }
    check(*found == fullest, || format!("{found:?}\nnot {fullest:?}"))
}

fn limit() -> Result {
    let dir = capture()?;
    let (all, some) = (metrics(dir.path(), &[])?, metrics(dir.path(), &["--max-series", "2"])?);
    let (all, some) = (samples(&all)?, samples(&some)?);
    let mut counts = BTreeMap::<&str, usize>::new();
    for series in some.keys() {
        *counts.entry(series.split('{').next().unwrap_or_default()).or_default() += 1;
    }
    check(counts.values().all(|count| *count <= 2), || format!("{counts:?}"))?;
    let dropped = some.get("bpfdbg_series_dropped").copied();
    check(dropped == Some((all.len() - some.len()) as f64) && all.len() > some.len(), || {
        format!("{dropped:?} of {} in place of {}", some.len(), all.len())
    })?;
    check(all.get("bpfdbg_series_dropped") == Some(&0.0), || format!("{all:?}"))?;
    of(dir.path(), &["metrics", "--max-series", "0"])?.failed(2).map(drop)
}

fn by_id() -> Result {
    let dir = capture()?;
    for (id, count, time) in [("999998", "3", "1500000001"), ("999999", "4294967297", "250000000")]
    {
        add_prog(dir.path(), &[("id", id), ("run_cnt", count), ("run_time_ns", time)])?;
    }
    let (without, with) = (metrics(dir.path(), &[])?, metrics(dir.path(), &["--by-id"])?);
    check(!without.contains("_total"), || without)?;
    let progs = of(dir.path(), &["progs", "--json", "-O"])?.of_capture()?.json()?;
    let keys = ["id", "name", "type", "tag"];
    let progs = progs.as_array().cloned().unwrap_or_default();
    let (runs, seconds) = ("bpf_program_runs_total", "bpf_program_run_seconds_total");
    let count = summed(&progs, &keys, |prog| prog["run_cnt"].as_f64());
    let time = summed(&progs, &keys, |prog| Some(prog["run_time_ns"].as_f64()? / 1e9));
    check(count.len() == 2, || format!("not two programs ran: {count:?}"))?;
    check(series(&with, runs)? == count && series(&with, seconds)? == time, || {
        format!("{with}\nin place of {count:?}\n{time:?}")
    })
}

fn hostile() -> Result {
    let dir = capture()?;
    add_prog(dir.path(), &[("id", "999999"), ("name", r#"a\012b"}\134\351\0331"#)])?;
    let text = metrics(dir.path(), &[])?;
    let label = r#"bpf_program_instances{name="a\\012b\"}\\134\\351\\0331",type=""#;
    check(text.lines().any(|line| line.starts_with(label)), || text.clone())?;
    check(text.bytes().all(|byte| matches!(byte, b' '..=b'~' | b'\n')), || text.clone())
}

fn unreadable() -> Result {
    let dir = TempDir::new()?;
    let nothing = of(dir.path(), &["metrics"])?;
    let text = String::from_utf8(nothing.stdout)?;
    let names: BTreeSet<String> = samples(&text)?.into_keys().collect();
    let info = format!("bpfdbg_info{{version=\"{}\"}}", env!("CARGO_PKG_VERSION"));
    let expected = [&info, "bpfdbg_series_dropped", "bpfdbg_source_readable{source=\"progs\"}"];
    check(nothing.code == Some(3) && names == expected.map(str::to_owned).into(), || text.clone())?;
    check(series(&text, "bpfdbg_source_readable")?.values().eq([&0.0]), || text.clone())?;

    let dir = capture()?;
    append(&dir.path().join("maps.debug"), "this is no row\n")?;
    fs::remove_file(dir.path().join("links.debug"))?;
    let broken = of(dir.path(), &["metrics"])?;
    let text = String::from_utf8(broken.stdout)?;
    let readable = series(&text, "bpfdbg_source_readable")?;
    let values: Vec<_> = readable.into_values().collect();
    check(broken.code == Some(1) && values == [1.0, 1.0, 0.0, 0.0, 1.0], || text.clone())?;
    let known = ["bpf_programs", "bpf_maps", "bpf_links", "bpf_attachments"];
    let known = known.map(|name| text.contains(&format!("\n{name}{{")));
    check(known == [true, true, false, false], || text)
}

fn refused() -> Result {
    let dir = capture()?;
    for option in [
        "--json",
        "--pretty",
        "--format=csv",
        "--output=id",
        "--output-all",
        "--sort=id",
        "--no-header",
        "--bytes",
        "--total",
        "--show-pinned",
        "--watch",
        "--stats",
        "--id=1",
        "--name=x",
        "--type=xdp",
        "--pid=1",
        "--kind=xdp",
        "--since=1h",
    ] {
        let error = of(dir.path(), &["metrics", option])?.failed(2)?;
        let name = option.split('=').next().unwrap_or_default();
        check(error == format!("bpfdbg: 'metrics' takes no {name}\n"), || error)?;
    }
    Ok(())
}

fn out() -> Result {
    let (dir, to) = (capture()?, TempDir::new()?);
    let file = to.path().join("bpf.prom");
    let write = || {
        let mut command = Command::new("sh");
        command.args(["-c", r#"umask 077; exec "$@""#, "sh"]).arg(bpfdbg().get_program());
        ran(command.arg("--bpffs").arg(dir.path()).args(["metrics", "--out"]).arg(&file))
    };
    fs::write(&file, "before")?;
    fs::set_permissions(&file, fs::Permissions::from_mode(0o600))?;
    // Who has the old one open keeps it.
    let old = to.path().join("old");
    fs::hard_link(&file, &old)?;
    let stdout = write()?.of_capture()?.ok()?;
    check(stdout.is_empty() && fs::read(&old)? == b"before", || "the old file changed".into())?;
    check(fs::read_to_string(&file)? == metrics(dir.path(), &[])?, || "it differs".into())?;
    check(mode(&file)?.0 == 0o644, || format!("{:?}", mode(&file)))?;
    // The file is there even if something cannot be read.
    fs::remove_file(dir.path().join("progs.debug"))?;
    check(write()?.code == Some(3), || "it did not fail".into())?;
    let text = fs::read_to_string(&file)?;
    check(text.contains("bpfdbg_source_readable{source=\"progs\"} 0\n"), || text)?;
    let left = fs::read_dir(to.path())?.count();
    check(left == 2, || format!("{left} files are there"))
}

fn links(sandbox: &Sandbox) -> Result {
    let source = capture()?;
    fs::set_permissions(source.path(), fs::Permissions::from_mode(0o755))?;
    let base = Path::new("/run/out");
    let dir = base.join("dir");
    fs::create_dir_all(&dir)?;
    let command = |user: u32, file: &Path| {
        let mut command = sandbox.root(&["metrics", "--bpffs"]);
        command.arg(source.path()).arg("--out").arg(file);
        if user != 0 {
            command.uid(user).gid(user);
        }
        ran(&mut command)?.of_capture()
    };
    let link = |name: &str, to: &Path, owner: u32| -> Result<PathBuf> {
        let link = base.join(name);
        symlink(to, &link)?;
        std::os::unix::fs::lchown(&link, Some(owner), Some(owner))?;
        Ok(link)
    };
    // Links of root lead on, relative ones too; one of another user does not.
    let ours = link("ours", Path::new("../out/./dir"), 0)?;
    command(0, &ours.join("a.prom"))?.ok()?;
    let theirs = link("theirs", &dir, NOBODY)?;
    let error = command(0, &theirs.join("b.prom"))?.failed(1)?;
    check(error.contains("is a symbolic link of user 65534"), || error)?;
    let around = link("around", Path::new("around"), 0)?;
    command(0, &around.join("c.prom"))?.failed(1)?;
    // What is in the place of the file stays, and is neither followed nor opened.
    let kept = dir.join("kept");
    fs::write(&kept, "kept")?;
    let file = link("file", &kept, 0)?;
    for path in [&file, Path::new("/dev/null"), &dir] {
        let error = command(0, path)?.failed(1)?;
        check(error.contains("is no regular file: it stays"), || error)?;
    }
    check(fs::read(&kept)? == b"kept" && file.is_symlink(), || "it was replaced".into())?;
    // Whoever may not write there is told so.
    let error = command(NOBODY, &dir.join("d.prom"))?.failed(4)?;
    check(error.contains("hint: the owner of that directory can"), || error)?;
    let mut found: Vec<_> = fs::read_dir(&dir)?.flatten().map(|entry| entry.file_name()).collect();
    found.sort();
    check(found == ["a.prom", "kept"], || format!("{found:?}"))
}
