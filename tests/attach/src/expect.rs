//! What the loader knows about each program it has loaded, to hold a listing against.

use std::collections::BTreeMap;
use std::os::fd::AsFd;

use serde::Serialize;

use crate::error::{Doing, Result};
use crate::sys::{self, ProgInfo};

/// One map that a program uses.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MapUse {
    /// The map's id.
    pub id: u32,
    /// The map's name as the kernel keeps it, cut to 15 bytes.
    pub name: String,
}

/// One place where one program is attached, or will be.
///
/// A program that is attached twice has two of these.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Expect {
    /// The program's id.
    pub prog_id: u32,
    /// The program's full name: that of its BTF function, longer than the kernel's 15 bytes.
    pub prog_name: String,
    /// The kernel's word for the program's type, such as `sched_cls`.
    pub prog_type: String,
    /// The tag, in hexadecimal digits.
    pub tag: String,
    /// The maps that the program uses.
    pub maps: Vec<MapUse>,
    /// The id of the link that holds the program, absent where it is attached without one.
    pub link_id: Option<u32>,
    /// How the program is attached, in a word: `freplace`, `kprobe_multi`, `xdp`, …
    pub kind: &'static str,
    /// Whether the program is attached now, or only loaded, or detached again.
    pub attached: bool,
    /// The target as the loader knows it. Before attaching it has only what was fixed at load.
    ///
    /// Keys, each present where it applies:
    /// - `function`, `prog_id` and `prog_name`: a function, and the program whose it is;
    /// - `functions`, `symbols`, `offsets`, `cookies` (lists, by commas), and their `count`;
    /// - `category`, `tracepoint`; `symbol`, `offset` (hexadecimal); `path`, `offset`;
    /// - `event`, `perf_type`, `perf_config` of a plain perf event;
    /// - `device`, `ifindex`, and of clsact `direction`, `priority`, `handle`;
    /// - `cgroup` (its path below the root), `cgroup_id`, `attach_flags`; `netns` (the inode);
    /// - `symbol`, `breakpoint_type`, `breakpoint_len` of a breakpoint; `sample_freq`, `sample_period`;
    /// - `family`, `socket_type`, `protocol`, `address`, `port`, `fanout_id` of a socket;
    /// - `map_id`, `map_name` of a sockmap, an iterated map or a struct_ops map; `ops`, `name`;
    /// - `pf`, `hook`, `priority` of netfilter; `iter`; `attach_type`; `cookie` (decimal);
    /// - `via`: how, where there is no link; then `pid` and `fd` where a descriptor holds it.
    pub target: BTreeMap<&'static str, String>,
}

impl MapUse {
    /// The id and name that the kernel has for a map.
    pub(crate) fn of(map: impl AsFd) -> Result<MapUse> {
        let info = sys::map_info(map).doing(|| "ask for a map")?;
        Ok(MapUse { id: info.id, name: String::from_utf8_lossy(&info.name).into_owned() })
    }
}

impl Expect {
    /// What is known of a program that is attached nowhere: the full name that the loader gave
    /// it, and the kernel's answers for the descriptor that the loader holds.
    pub(crate) fn new(
        kind: &'static str,
        prog_name: String,
        info: ProgInfo,
        maps: Vec<MapUse>,
    ) -> Expect {
        Expect {
            prog_id: info.id,
            prog_name,
            prog_type: sys::prog_type_name(info.prog_type),
            tag: info.tag,
            maps,
            link_id: None,
            kind,
            attached: false,
            target: BTreeMap::new(),
        }
    }

    /// Adds one key of the target.
    pub(crate) fn with(mut self, key: &'static str, value: impl ToString) -> Expect {
        self.target.insert(key, value.to_string());
        self
    }

    /// Adds the attach type by its number.
    pub(crate) fn attach_type(self, attach_type: u32) -> Expect {
        self.with("attach_type", sys::attach_type_name(attach_type))
    }

    /// Notes the link that holds the program, where it is a BPF link.
    pub(crate) fn linked(mut self, link: impl AsFd) -> Expect {
        self.link_id = sys::link_id(link).ok();
        self
    }
}

/// How far a member has come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Its programs are loaded and attached nowhere yet.
    Loaded(Vec<Expect>),
    /// Its programs are attached.
    Attached(Vec<Expect>),
    /// Its programs are loaded still, and no longer attached.
    Detached(Vec<Expect>),
    /// This kernel or host does not have it, or refused; the reason ends with the errno.
    Unavailable(String),
}

/// One kind of attachment and what became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Member {
    /// The member's name, such as `kprobe_multi`.
    pub name: &'static str,
    /// How far it has come.
    pub outcome: Outcome,
}

impl Member {
    /// The expectations, in every state but [`Outcome::Unavailable`].
    pub fn expects(&self) -> &[Expect] {
        match &self.outcome {
            Outcome::Loaded(all) | Outcome::Attached(all) | Outcome::Detached(all) => all,
            Outcome::Unavailable(_) => &[],
        }
    }

    /// Why the kernel does not have it.
    pub fn unavailable(&self) -> Option<&str> {
        match &self.outcome {
            Outcome::Unavailable(reason) => Some(reason),
            _ => None,
        }
    }
}
