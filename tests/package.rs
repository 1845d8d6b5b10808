//! What the packages have: the list of their files, and the licenses. What takes a build or a fresh
//! Debian is in `tests/package/run`.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use libtest_mimic::Trial;

use crate::sandbox::ran;
use crate::support::{Result, check, program, source_tree, trial};

pub(crate) fn trials() -> Vec<Trial> {
    vec![
        trial("the packages have what a user looks for where it belongs", files),
        trial("the spec names every file of the package, and no other", spec),
        trial("the licenses are there in full", licenses),
        trial("the configuration of the packages is one that install follows", configuration),
        trial("the crate has no tests, and with them no capture", published),
    ]
}

/// What every package has beside the manual pages, of which there is one a file of man/.
const FILES: [&str; 18] = [
    "etc/bpfdbg.conf",
    "usr/bin/bpfdbg",
    "usr/lib/systemd/system/bpfdbg-restore.path",
    "usr/lib/systemd/system/bpfdbg-restore.service",
    "usr/lib/systemd/system/bpfdbg.service",
    "usr/lib/sysusers.d/bpfdbg.conf",
    "usr/share/bash-completion/completions/bpfdbg",
    "usr/share/doc/bpfdbg/LICENSE-APACHE",
    "usr/share/doc/bpfdbg/LICENSE-BSD-2-Clause",
    "usr/share/doc/bpfdbg/LICENSE-GPL-2.0",
    "usr/share/doc/bpfdbg/LICENSE-MIT",
    "usr/share/doc/bpfdbg/README.md",
    "usr/share/doc/bpfdbg/SECURITY.md",
    "usr/share/doc/bpfdbg/bpfdbg.cdx.json",
    "usr/share/doc/bpfdbg/examples/modprobe.d/bpfdbg.conf",
    "usr/share/fish/vendor_completions.d/bpfdbg.fish",
    // Where zsh looks, and where the list of changes is, is the distribution's choice.
    "CHANGELOG",
    "_bpfdbg",
];

/// The files of a package, sorted, below a directory.
fn staged(root: &Path, kind: &str) -> Result<BTreeSet<String>> {
    fn walk(dir: &Path, root: &Path, found: &mut BTreeSet<String>) -> Result {
        for entry in fs::read_dir(dir)? {
            let path = entry?.path();
            if path.is_dir() {
                walk(&path, root, found)?;
            } else {
                found.insert(path.strip_prefix(root)?.to_string_lossy().into_owned());
            }
        }
        Ok(())
    }
    program("gzip")?;
    let (binary, sbom) = (root.join("bpfdbg"), root.join("bpfdbg.cdx.json"));
    fs::write(&binary, "the command")?;
    fs::write(&sbom, "{}")?;
    let stage = source_tree()?.join("dist/stage");
    let staged = root.join(kind);
    ran(Command::new(stage).args([&binary, &sbom, &staged]).arg(kind))?.ok()?;
    let mut found = BTreeSet::new();
    walk(&staged, &staged, &mut found)?;
    Ok(found)
}

fn files() -> Result {
    let root = tempfile::tempdir()?;
    for (kind, zsh, changes) in [
        ("DEBIAN", "usr/share/zsh/vendor-completions/_bpfdbg", "usr/share/doc/bpfdbg/changelog.gz"),
        ("RPM", "usr/share/zsh/site-functions/_bpfdbg", "usr/share/doc/bpfdbg/CHANGELOG.md"),
        ("TAR", "usr/share/zsh/site-functions/_bpfdbg", "usr/share/doc/bpfdbg/CHANGELOG.md"),
    ] {
        let found = staged(root.path(), kind)?;
        let mut expected: BTreeSet<String> = FILES
            .iter()
            .map(|file| match *file {
                "CHANGELOG" => changes.to_owned(),
                "_bpfdbg" => zsh.to_owned(),
                file => file.to_owned(),
            })
            .collect();
        for page in fs::read_dir(source_tree()?.join("man"))? {
            let page = page?.file_name().to_string_lossy().into_owned();
            if let Some((_, section @ ("5" | "8"))) = page.rsplit_once('.') {
                expected.insert(format!("usr/share/man/man{section}/{page}.gz"));
            }
        }
        let differ: Vec<_> = found.symmetric_difference(&expected).collect();
        check(differ.is_empty(), || format!("{kind}: {differ:?}"))?;
        let is_executable = |file: &str| -> Result<bool> {
            let path = root.path().join(kind).join(file);
            Ok(crate::sandbox::mode(path)?.0 == 0o755)
        };
        for file in &found {
            check(is_executable(file)? == (file == "usr/bin/bpfdbg"), || {
                format!("{kind}: {file} has the wrong mode")
            })?;
        }
    }
    Ok(())
}

fn spec() -> Result {
    let root = tempfile::tempdir()?;
    let mut found = staged(root.path(), "RPM")?;
    found.insert("usr/share/doc/bpfdbg/copyright".into());
    let spec = fs::read_to_string(source_tree()?.join("dist/bpfdbg.spec"))?;
    let (_, files) = spec.split_once("%files\n").ok_or("no list of files")?;
    for line in files.lines() {
        let pattern = line.rsplit(' ').next().unwrap_or_default().trim_start_matches('/');
        let (start, is_open) = match pattern.strip_suffix('*') {
            Some(start) => (start, true),
            None => (pattern, pattern.ends_with("/examples")),
        };
        let before = found.len();
        found.retain(|file| !(file == start || is_open && file.starts_with(start)));
        check(found.len() < before, || format!("there is no '{pattern}'"))?;
    }
    check(found.is_empty(), || format!("the spec does not name {found:?}"))
}

fn licenses() -> Result {
    let read =
        |file: &str| -> Result<String> { Ok(fs::read_to_string(source_tree()?.join(file))?) };
    for (file, lines, parts) in [
        ("LICENSE-MIT", 15, ["Permission is hereby granted", "USE OR OTHER DEALINGS"]),
        ("LICENSE-APACHE", 150, ["Version 2.0, January 2004", "END OF TERMS AND CONDITIONS"]),
        ("bpf/LICENSE-GPL-2.0", 300, ["Version 2, June 1991", "END OF TERMS AND CONDITIONS"]),
        ("bpf/LICENSE-BSD-2-Clause", 20, ["Redistributions of source code", "SUCH DAMAGE"]),
    ] {
        let text = read(file)?;
        check(text.lines().count() >= lines, || format!("{file} is not all of it"))?;
        for part in parts {
            let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
            check(words(&text).contains(part), || format!("{file} has no '{part}'"))?;
        }
    }
    // What every file of bpf/ says is what the packages say of it.
    let of_bpf = "GPL-2.0-only OR BSD-2-Clause";
    for entry in fs::read_dir(source_tree()?.join("bpf"))? {
        let path = entry?.path();
        if path.extension().is_some_and(|end| end == "c" || end == "h") {
            let text = fs::read_to_string(&path)?;
            let first = text.lines().next().unwrap_or_default();
            check(first.contains(of_bpf), || format!("{}: {first}", path.display()))?;
        }
    }
    for file in ["dist/bpfdbg.spec", "dist/PKGBUILD.in", "dist/sbom"] {
        check(read(file)?.contains(of_bpf), || format!("{file} does not say {of_bpf}"))?;
    }
    check(read("dist/copyright.in")?.contains("License: GPL-2.0-only or BSD-2-Clause"), || {
        "dist/copyright.in does not say what bpf/ is".into()
    })
}

fn configuration() -> Result {
    let text = fs::read(source_tree()?.join("dist/bpfdbg.conf"))?;
    let found = bpfdbg::fuzzing::configuration(&text);
    let expected = vec![("access", "group bpfdbg".to_owned())];
    check(found.as_ref() == Ok(&expected), || format!("{found:?}"))?;
    let group = fs::read_to_string(source_tree()?.join("dist/sysusers.d/bpfdbg.conf"))?;
    check(group.lines().any(|line| line == "g bpfdbg -"), || group.clone())
}

fn published() -> Result {
    let cargo = program("cargo")?;
    let args = ["package", "--list", "--allow-dirty", "--offline"];
    let list = ran(Command::new(cargo).args(args).current_dir(source_tree()?))?.ok()?;
    let list = String::from_utf8(list)?;
    for file in ["build.rs", "bpf/progs.bpf.c", "bpf/LICENSE-GPL-2.0", "src/main.rs", "LICENSE-MIT"]
    {
        check(list.lines().any(|line| line == file), || format!("it has no {file}"))?;
    }
    let other = list.lines().find(|line| line.starts_with("tests/") || line.starts_with(".ci"));
    other.map_or(Ok(()), |file| Err(format!("it has {file}").into()))
}
