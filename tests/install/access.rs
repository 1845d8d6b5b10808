//! Who may read stays as it is, unless somebody says otherwise.

use std::fs;
use std::path::Path;

use libtest_mimic::Trial;

use super::{DIR, FILES};
use crate::sandbox::{Sandbox, mode, ran, sandbox};
use crate::support::{CHEAPEST, Result, check, only_on, times, trial};

pub(super) fn trials() -> Vec<Trial> {
    vec![
        trial("each access is kept by an installation that is told none", || {
            sandbox(|s| each(s, &[DIR]))
        }),
        trial("each access is kept in a directory of a bpffs", || {
            sandbox(|s| each(s, &["/sys/fs/bpf/dir"]))
        }),
        trial("each access is kept in a directory that has pins of others", || sandbox(shared)),
        trial("every change of access is told in one line, and nothing else is", || {
            sandbox(changes)
        }),
        trial("files that differ are kept as narrow as the narrowest", || sandbox(narrowest)),
    ]
}

/// Each access, by its flags: the mode of the files, that of the directory, and the group.
const EACH: [(&[&str], u32, u32, u32); 3] = [
    (&["--private"], 0o400, 0o700, 0),
    (&["--group", "4711"], 0o440, 0o750, 4711),
    (&["--public"], 0o444, 0o755, 0),
];

/// A directory of an installation, and how the command is told of it.
struct Place<'s> {
    sandbox: &'s Sandbox,
    dir: &'s str,
}

impl Place<'_> {
    fn run(&self, args: &[&str]) -> Result<String> {
        let place: &[&str] = if self.dir == DIR { &[] } else { &["--bpffs", self.dir] };
        let ran = ran(self.sandbox.root(args).args(place))?;
        check(ran.code == Some(0), || format!("{args:?}: {}", ran.stderr))?;
        Ok(ran.stderr)
    }

    fn path(&self, name: &str) -> std::path::PathBuf {
        Path::new(self.dir).join(name)
    }

    /// Holds it to having these files, with their modes.
    fn has(&self, (file, dir, gid): (u32, u32, u32), holders: bool) -> Result {
        let found = mode(self.dir)?;
        check(self.is_shared() || found == (dir, gid), || format!("directory: {found:?}"))?;
        for name in FILES {
            let found = mode(self.path(name))?;
            check(found == (file, gid), || format!("{name}: {found:?}"))?;
        }
        let of_holders = mode(self.path("holders.debug")).ok();
        let file = if file == 0o444 { 0o400 } else { file };
        check(of_holders == holders.then_some((file, gid)), || format!("holders: {of_holders:?}"))
    }

    fn is_shared(&self) -> bool {
        self.path("foreign").exists()
    }
}

fn each(sandbox: &Sandbox, dirs: &[&str]) -> Result {
    only_on(&[CHEAPEST])?;
    for dir in dirs {
        let place = Place { sandbox, dir };
        // The first time, private.
        place.run(&["install"])?;
        place.has((0o400, 0o700, 0), false)?;
        for (flags, file, mode, gid) in EACH {
            for holders in [false, true] {
                let modes = (file, mode, gid);
                let flag = if holders { "--holders" } else { "--no-holders" };
                place.run(&[&["install", flag], flags].concat())?;
                place.has(modes, holders)?;
                check(place.run(&["install"])?.contains("already installed"), || "again".into())?;
                place.has(modes, holders)?;
                // Each file may be missing; the last one tells as much as all do.
                let missing = times(FILES.len(), 1);
                for name in &FILES[..missing] {
                    fs::remove_file(place.path(name))?;
                    check(place.run(&["install"])?.contains("installed progs.debug"), || {
                        format!("{name} is missing, and nothing was done")
                    })?;
                    place.has(modes, holders)?;
                }
            }
        }
        // What is gone leaves nothing to keep.
        place.run(&["uninstall"])?;
        place.run(&["install"])?;
        place.has((0o400, 0o700, 0), false)?;
        place.run(&["uninstall"])?;
    }
    Ok(())
}

fn shared(sandbox: &Sandbox) -> Result {
    fs::create_dir_all("/sys/fs/bpf/shared/foreign")?;
    each(sandbox, &["/sys/fs/bpf/shared"])?;
    check(Path::new("/sys/fs/bpf/shared/foreign").is_dir(), || "the pins are gone".into())
}

fn changes(sandbox: &Sandbox) -> Result {
    only_on(&[CHEAPEST])?;
    let place = Place { sandbox, dir: DIR };
    let everybody = "bpfdbg: everybody on this machine can now read the names,";
    let group = "bpfdbg: group '4711' on this machine can now read the names,";
    for (args, start, end) in [
        (&[][..], "", ""),
        (&["--public"], everybody, "; before, only root could"),
        (&["--group", "4711"], group, "; before, everybody could"),
        (
            &["--private"],
            "bpfdbg: only root can read the files now",
            "; before, group '4711' could",
        ),
        (&["--group", "4711"], group, "; before, only root could"),
        (&["--public"], everybody, "; before, group '4711' could"),
        (&["--private"], "bpfdbg: only root can read the files now", "; before, everybody could"),
    ] {
        let said = place.run(&[&["install"], args].concat())?;
        let lines: Vec<_> = said.lines().skip(1).collect();
        let told = match lines[..] {
            [] => start.is_empty(),
            [line] => !start.is_empty() && line.starts_with(start) && line.ends_with(end),
            _ => false,
        };
        check(told, || format!("{args:?}: {said}"))?;
        // What stays is no change.
        fs::remove_file(place.path(FILES[0]))?;
        let said = place.run(&["install"])?;
        check(!said.contains("; before, "), || format!("after {args:?}: {said}"))?;
    }
    Ok(())
}

fn narrowest(sandbox: &Sandbox) -> Result {
    only_on(&[CHEAPEST])?;
    use std::os::unix::fs::PermissionsExt as _;
    let place = Place { sandbox, dir: DIR };
    for path in [place.path(FILES[1]), DIR.into()] {
        place.run(&["install", "--public"])?;
        fs::set_permissions(&path, fs::Permissions::from_mode(0o500))?;
        place.run(&["install"])?;
        place.has((0o400, 0o700, 0), false)?;
    }
    Ok(())
}
