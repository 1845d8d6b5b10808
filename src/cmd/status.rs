//! `status`: what is where, who may read it, and what to type next.

use std::io::{self, Write as _};
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use comfy_table::{ContentArrangement, Table as Grid, presets};
use serde_json::{Map, Value as Json, json};

use super::places;
use crate::cli::{FormatName, Global};
use crate::error::{Error, Result};
use crate::install::state::State;
use crate::model::{Kind, Shown};
use crate::view::json_text;

/// Tells of every place and file. It is a report of states, never a failure.
pub(super) fn status(global: &Global) -> Result<()> {
    let places = places(global);
    let found: Vec<Found> = places
        .iter()
        .flat_map(|dir| Kind::ALL.map(|kind| Found::new(dir, kind)))
        .filter(|found| found.kind.is_usual() || !matches!(found.state, State::Absent))
        .collect();
    let next = next(&found, global);
    let text = if global.json || global.pretty || global.format == Some(FormatName::Json) {
        json(&found, &next, global.pretty)
    } else {
        table(&found, &next)
    };
    io::stdout().write_all(text.as_bytes()).map_err(Error::Output)
}

/// What was found at one path.
struct Found {
    path: PathBuf,
    kind: Kind,
    state: State,
    readers: Option<String>,
}

impl Found {
    fn new(dir: &Path, kind: Kind) -> Self {
        let path = dir.join(kind.file_name());
        let state = State::of(dir, kind);
        let readers = matches!(state, State::Readable { .. }).then(|| readers(&path)).flatten();
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
        }
    }

    fn text(&self) -> Option<&'static str> {
        match &self.state {
            State::Readable { text: Some(text) } => Some(text.name()),
            State::Readable { text: None } => Some("empty"),
            _ => None,
        }
    }

    /// What there is to say beside the state.
    fn detail(&self) -> String {
        match &self.state {
            State::Readable { .. } => {
                let by = self.readers.as_deref().unwrap_or("?");
                let made = self.state.producer().map(|p| format!(", {}", Shown(p.as_bytes())));
                format!("{by}; {}{}", self.text().unwrap_or("?"), made.unwrap_or_default())
            }
            State::Dead => "the kernel lists it and has nothing behind it".into(),
            State::Unreadable(why) => why.clone(),
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

/// The one command to type next.
fn next(found: &[Found], global: &Global) -> String {
    let first = |kind| found.iter().find(|f| f.kind == kind && f.is_readable());
    let readable: Vec<_> = crate::bpf::kinds().into_iter().map(first).collect();
    let has_holders = found.iter().any(|f| f.kind == Kind::Holders && f.state.producer().is_some());
    let holders = if has_holders { " --holders" } else { "" };
    let denied = found.iter().any(|f| matches!(f.state, State::NotPermitted));
    let older = readable.iter().flatten().any(|f| is_older(f))
        || found.iter().any(|f| f.kind == Kind::Holders && is_older(f));
    let dir = match &global.bpffs {
        Some(dir) => format!(" --bpffs '{}'", Shown(dir.as_os_str().as_bytes())),
        None => String::new(),
    };
    if readable.iter().all(Option::is_some) && !older {
        format!("bpfdbg{dir} progs")
    } else if readable.iter().all(Option::is_none) && denied {
        format!("sudo bpfdbg install{dir} --public")
    } else {
        format!("sudo bpfdbg install{dir}{holders}")
    }
}

/// Whether another bpfdbg made the file: an install would replace it.
fn is_older(found: &Found) -> bool {
    found.state.producer().is_some_and(|producer| producer != crate::bpf::PRODUCER)
}

fn table(found: &[Found], next: &str) -> String {
    let mut grid = Grid::new();
    grid.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Disabled);
    for found in found {
        let path = Shown(found.path.as_os_str().as_bytes()).to_string();
        grid.add_row([path, found.state().into(), found.detail()]);
    }
    grid.column_iter_mut().for_each(|column| {
        column.set_padding((0, 2));
    });
    let mut text: String = grid.lines().map(|line| line.trim_end().to_owned() + "\n").collect();
    text += &format!("next: {next}\n");
    text
}

fn json(found: &[Found], next: &str, pretty: bool) -> String {
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
            if let State::Unreadable(why) = &found.state {
                object.insert("reason".into(), json!(why));
            }
            Json::Object(object)
        })
        .collect();
    let status = json!({ "files": files, "next": next });
    let text =
        if pretty { serde_json::to_string_pretty(&status) } else { serde_json::to_string(&status) };
    text.unwrap_or_default() + "\n"
}
