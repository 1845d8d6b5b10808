//! The command `status`: which files exist, who may read them, and the next command.

use std::io::{self, Write as _};
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use comfy_table::{ContentArrangement, Table as Grid, presets};
use rustix::fs::{Mode, OFlags};
use rustix::thread::CapabilitySet;
use serde_json::{Map, Value as Json, json};

use super::output::format;
use super::query::places;
use crate::cli::Global;
use crate::error::{Error, Result};
use crate::install;
use crate::install::config::{self, Config};
use crate::install::state::{Opened, State};
use crate::model::{Kind, Shown, shell_word};
use crate::source::{OWN, is_bpffs};
use crate::sys;
use crate::view::{OutputFormat, json_text, plain_json};

/// Reports the state of every file. Bad states are no failure.
pub(super) fn status(global: &Global) -> Result<()> {
    let found = look(global);
    let configured = Configured::read();
    let next = next_of(&found, &configured, global);
    let text = if format(global) == OutputFormat::Json {
        json(&found, &configured, &next, global.pretty)
    } else {
        table(&found, &configured, &next)
    };
    io::stdout().write_all(text.as_bytes()).map_err(Error::Output)
}

/// The configuration of `install`.
enum Configured {
    /// It says nothing, or is not there.
    Nothing,
    Settings(Config),
    /// It cannot be followed; with the reason.
    Bad(String),
}

impl Configured {
    fn read() -> Self {
        match Config::read() {
            Ok(config) if config.is_empty() => Self::Nothing,
            Ok(config) => Self::Settings(config),
            Err(error) => Self::Bad(error.to_string()),
        }
    }

    /// What is followed.
    fn config(&self) -> Option<&Config> {
        match self {
            Self::Settings(config) => Some(config),
            Self::Nothing | Self::Bad(_) => None,
        }
    }

    /// State and details, as of a file.
    fn row(&self) -> Option<(&'static str, String)> {
        match self {
            Self::Nothing => None,
            Self::Settings(config) => {
                let settings = config.settings().into_iter();
                let settings = settings.map(|(name, value)| format!("{name} = {value}"));
                Some(("followed", settings.collect::<Vec<_>>().join(", ")))
            }
            Self::Bad(why) => Some(("not followed", why.clone())),
        }
    }

    fn json(&self) -> Option<Json> {
        let mut object = Map::new();
        object.insert("path".into(), json!(config::PATH));
        object.insert("state".into(), json!(self.row()?.0));
        match self {
            Self::Nothing => return None,
            Self::Settings(config) => {
                let settings = config.settings().into_iter();
                object.extend(settings.map(|(name, value)| (name.to_owned(), json!(value))));
            }
            Self::Bad(why) => drop(object.insert("reason".into(), json!(why))),
        }
        Some(Json::Object(object))
    }
}

/// What was found at one path.
struct Found {
    path: PathBuf,
    kind: Kind,
    state: State,
    readers: Option<String>,
}

impl Found {
    fn new((path, kind, file, readers): (PathBuf, Kind, Opened, Option<String>)) -> Self {
        let state = file.state();
        let readers = readers.filter(|_| matches!(state, State::Readable { .. }));
        Self { path, kind, state, readers }
    }

    fn is_readable(&self) -> bool {
        matches!(self.state, State::Readable { .. })
    }

    fn state(&self) -> &'static str {
        match self.state {
            State::Absent => "absent",
            State::NotPermitted => "not permitted",
            State::Dead => "dead",
            State::Readable { .. } => "readable",
            State::Unreadable(_) => "unreadable",
            State::Distrusted(_) => "not trusted",
        }
    }

    fn text(&self) -> Option<&'static str> {
        match &self.state {
            State::Readable { format: Some(format) } => Some(format.name()),
            State::Readable { format: None } => Some("empty"),
            _ => None,
        }
    }

    /// Details beside the state.
    fn detail(&self) -> String {
        match &self.state {
            State::Readable { .. } => {
                let by = self.readers.as_deref().unwrap_or("?");
                let made = self.state.producer().map(|p| format!(", {}", Shown(p.as_bytes())));
                format!("{by}; {}{}", self.text().unwrap_or("?"), made.unwrap_or_default())
            }
            State::Dead => "the kernel lists it and has nothing behind it".into(),
            State::Unreadable(why) => why.clone(),
            State::Distrusted(why) => format!("not read as root: {why}"),
            State::Absent | State::NotPermitted => String::new(),
        }
    }
}

/// Who may read a file, by its mode and those of the directories above it.
fn readers(path: &Path) -> Option<String> {
    let file = path.metadata().ok()?;
    let (mut others, mut group) =
        (file.mode() & 0o004 != 0, (file.mode() & 0o040 != 0).then(|| file.gid()));
    for dir in path.ancestors().skip(1).filter(|dir| !dir.as_os_str().is_empty()) {
        let dir = dir.metadata().ok()?;
        let open = dir.mode() & 0o001 != 0;
        others &= open;
        // A directory that the group may enter, or everybody.
        group = group.filter(|gid| open || dir.mode() & 0o010 != 0 && dir.gid() == *gid);
    }
    Some(match (others, group) {
        (true, _) => "everybody".into(),
        (false, Some(gid)) if gid != 0 => format!("group {gid}"),
        _ => format!("uid {}", file.uid()),
    })
}

/// Looks at all files of the places.
fn look(global: &Global) -> Vec<Found> {
    let places = places(global);
    let files = places.iter().flat_map(|dir| {
        Opened::all_in(dir, places.is_explicit()).map(|file| {
            let path = dir.join(file.kind().file_name());
            let readers = readers(&path);
            (path, file.kind(), file, readers)
        })
    });
    // All are opened before the first is read: reading needs no privilege.
    let files: Vec<_> = files.collect();
    sys::keep_capabilities(CapabilitySet::empty());
    let found = files.into_iter().map(Found::new);
    found.filter(|found| found.kind.is_usual() || !matches!(found.state, State::Absent)).collect()
}

/// The one command to type next, as it must be typed.
pub(super) fn next(global: &Global) -> String {
    next_of(&look(global), &Configured::read(), global)
}

fn next_of(found: &[Found], configured: &Configured, global: &Global) -> String {
    let first = |kind| found.iter().find(|f| f.kind == kind && f.is_readable());
    let readable: Vec<_> = crate::bpf::kinds().into_iter().map(first).collect();
    let explicit = match &global.bpffs {
        Some(dir) => option(dir),
        None => String::new(),
    };
    // The installation to replace: the first that bpfdbg made.
    let ours = found.iter().find(|f| f.state.producer().is_some() && is_in_bpffs(&f.path));
    let older = ours.is_some() && found.iter().any(|f| is_older(f) && is_in_bpffs(&f.path));
    let is_capture = first(Kind::Progs).is_some_and(|progs| !is_in_bpffs(&progs.path));
    if readable.iter().all(Option::is_some) && !older || is_capture {
        return format!("bpfdbg{explicit} progs");
    }
    if let Some(dir) = ours.and_then(|ours| ours.path.parent()) {
        let place = if dir == Path::new(OWN) { String::new() } else { option(dir) };
        return format!("sudo bpfdbg install{place}{}", install::options(dir, configured.config()));
    }
    let is_denied = |f: &Found| {
        matches!(f.state, State::NotPermitted)
            && (global.bpffs.is_some() || f.path.starts_with(OWN))
    };
    if found.iter().any(is_denied) {
        // Installed but not readable by this user: root can read it, and see more.
        return match explicit.is_empty() {
            true => "sudo bpfdbg progs".into(),
            false => format!("sudo bpfdbg status{explicit}"),
        };
    }
    // Nothing to keep. A user who is not root needs --public to read, unless root has configured who may.
    let is_open = matches!(configured, Configured::Nothing);
    let is_root = rustix::process::geteuid().is_root();
    let access = if is_open && !is_root { " --public" } else { "" };
    match &global.bpffs {
        Some(dir) if !is_in_bpffs(dir) => "bpfdbg status".into(),
        _ => format!("sudo bpfdbg install{explicit}{access}"),
    }
}

/// The option that names a directory.
fn option(dir: &Path) -> String {
    format!(" --bpffs {}", shell_word(dir.as_os_str().as_bytes()))
}

/// Whether a file, or the directory that it would be in, is in a bpffs.
fn is_in_bpffs(path: &Path) -> bool {
    let flags = OFlags::PATH | OFlags::CLOEXEC;
    let open = |path: &Path| rustix::fs::open(path, flags, Mode::empty());
    open(path).or_else(|_| open(path.parent().unwrap_or(path))).is_ok_and(is_bpffs)
}

/// Whether another bpfdbg made the file: an install would replace it.
fn is_older(found: &Found) -> bool {
    found.state.producer().is_some_and(|producer| producer != crate::bpf::PRODUCER)
}

fn table(found: &[Found], configured: &Configured, next: &str) -> String {
    let mut grid = Grid::new();
    grid.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Disabled);
    for found in found {
        let path = Shown(found.path.as_os_str().as_bytes()).to_string();
        grid.add_row([path, found.state().into(), found.detail()]);
    }
    if let Some((state, detail)) = configured.row() {
        grid.add_row([config::PATH.to_owned(), state.into(), detail]);
    }
    grid.column_iter_mut().for_each(|column| {
        column.set_padding((0, 2));
    });
    let mut text: String = grid.lines().map(|line| line.trim_end().to_owned() + "\n").collect();
    text += &format!("next: {next}\n");
    text
}

fn json(found: &[Found], configured: &Configured, next: &str, pretty: bool) -> String {
    let files: Vec<Json> = found
        .iter()
        .map(|found| {
            let mut object = Map::new();
            object.insert("path".into(), json!(json_text(found.path.as_os_str().as_bytes())));
            object.insert("kind".into(), json!(found.kind.plural()));
            object.insert("state".into(), json!(found.state()));
            for (key, value) in [
                ("readable_by", found.readers.as_deref()),
                ("text", found.text()),
                ("made_by", found.state.producer()),
            ] {
                if let Some(value) = value {
                    object.insert(key.into(), json!(value));
                }
            }
            if let State::Unreadable(why) | State::Distrusted(why) = &found.state {
                object.insert("reason".into(), json!(why));
            }
            Json::Object(object)
        })
        .collect();
    let mut status = json!({ "files": files });
    if let (Some(configuration), Some(object)) = (configured.json(), status.as_object_mut()) {
        object.insert("configuration".into(), configuration);
    }
    status["next"] = json!(next);
    let text =
        if pretty { serde_json::to_string_pretty(&status) } else { serde_json::to_string(&status) };
    plain_json(text.unwrap_or_default()) + "\n"
}
