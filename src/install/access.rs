//! Who may read what is installed.

use std::fs;

use rustix::fs::{Gid, Mode};

use crate::error::{Error, Result};
use crate::model::Kind;

/// Who may read the files: never anybody by default, and never a write bit for anybody else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Access {
    /// The owner, root.
    Private,
    /// The members of a group.
    Group {
        /// The group's name, as it was given.
        name: String,
        /// Its id.
        gid: u32,
    },
    /// Everybody.
    Public,
}

impl Access {
    /// What the flags of `install` say.
    ///
    /// # Errors
    ///
    /// A group that /etc/group does not have.
    pub fn new(public: bool, group: Option<&str>) -> Result<Self> {
        match group {
            Some(name) => Ok(Self::Group { name: name.to_owned(), gid: gid(name)? }),
            None if public => Ok(Self::Public),
            None => Ok(Self::Private),
        }
    }

    /// The mode of the file of a kind. What the processes of other users hold is for nobody but
    /// root and a group that root names.
    pub fn file_mode(&self, kind: Kind) -> Mode {
        Mode::from_raw_mode(match self {
            Self::Private => 0o400,
            Self::Group { .. } => 0o440,
            Self::Public if kind == Kind::Holders => 0o400,
            Self::Public => 0o444,
        })
    }

    /// The mode of the directory that holds the files.
    pub fn dir_mode(&self) -> Mode {
        Mode::from_raw_mode(match self {
            Self::Private => 0o700,
            Self::Group { .. } => 0o750,
            Self::Public => 0o755,
        })
    }

    /// The group of files and directory; root's own unless a group may read.
    pub fn group(&self) -> Gid {
        match self {
            Self::Group { gid, .. } => Gid::from_raw(*gid),
            _ => Gid::ROOT,
        }
    }

    /// A group, as a terminal may see its name.
    fn group_shown(name: &str) -> String {
        format!("group '{}'", crate::model::Shown(name.as_bytes()))
    }

    /// What becomes visible to whom, where it does.
    pub fn disclosure(&self) -> Option<String> {
        let whom = match self {
            Self::Private => return None,
            Self::Group { name, .. } => Self::group_shown(name),
            Self::Public => "everybody".into(),
        };
        Some(format!(
            "{whom} on this machine can now read the names, hooks, targets and sizes of all BPF programs and maps, those of containers too"
        ))
    }

    /// The same, of the file that tells which processes hold what.
    pub fn disclosure_of_holders(&self) -> Option<String> {
        match self {
            Self::Private => None,
            Self::Group { name, .. } => Some(format!(
                "{} can also read which processes of all users hold them",
                Self::group_shown(name)
            )),
            Self::Public => Some(format!(
                "only root can read {}, which tells of the processes of all users",
                Kind::Holders.file_name()
            )),
        }
    }
}

/// The id of a group, by name or as a number.
fn gid(name: &str) -> Result<u32> {
    const FILE: &str = "/etc/group";
    if let Ok(gid) = name.parse() {
        return Ok(gid);
    }
    let groups =
        fs::read_to_string(FILE).map_err(|error| Error::path("cannot read", FILE, error))?;
    let mut fields = groups.lines().map(|line| line.split(':'));
    fields
        .find_map(|mut line| {
            (line.next() == Some(name)).then(|| line.nth(1)?.parse().ok()).flatten()
        })
        .ok_or_else(|| {
            Error::Usage(format!("no group '{}' in {FILE}", crate::model::Shown(name.as_bytes())))
        })
}
