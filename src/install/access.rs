//! Who may read what is installed.

use rustix::fs::{Gid, Mode};

use crate::error::Result;
use crate::model::Kind;
use crate::source::accounts::Accounts;

/// Who may read the files: only root by default. Others never get a write bit.
#[derive(Clone, Debug, Eq)]
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

/// What an installation is asked for; `None` is as configured, or keeps what is there.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// Who may read; root, for a first installation.
    pub access: Option<Access>,
    /// Whether to install the iterator over processes; not in a first installation.
    pub holders: Option<bool>,
    /// Whether to do nothing where nothing is installed.
    pub restore: bool,
}

impl Access {
    /// The members of a group, by name or number.
    ///
    /// # Errors
    ///
    /// A group that /etc/group does not have.
    pub fn group_of(name: &str) -> Result<Self> {
        Ok(Self::Group { name: name.to_owned(), gid: Accounts::Groups.number(name)? })
    }

    /// The access that mode and group of a file or directory give.
    pub fn of(mode: u32, gid: u32) -> Self {
        match mode {
            mode if mode & 0o005 != 0 => Self::Public,
            mode if mode & 0o050 != 0 => Self::Group { name: Accounts::Groups.name(gid), gid },
            _ => Self::Private,
        }
    }

    /// The access that both allow.
    #[must_use]
    pub fn narrower(self, other: Self) -> Self {
        match (self, other) {
            (Self::Public, access) | (access, Self::Public) => access,
            (one, other) if one.group() == other.group() => one,
            _ => Self::Private,
        }
    }

    /// The options of `install` that ask for it, each with a blank before.
    pub fn options(&self) -> String {
        match self {
            Self::Private => String::new(),
            Self::Public => " --public".into(),
            Self::Group { name, .. } => {
                format!(" --group {}", crate::model::shell_word(name.as_bytes()))
            }
        }
    }

    /// The mode of the file of a kind. Which processes hold what is never public: only root, or a
    /// group that root names, may read it.
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

    /// A description, escaped for a terminal.
    fn whom(&self) -> String {
        match self {
            Self::Private => "only root".into(),
            Self::Group { name, .. } => {
                format!("group '{}'", crate::model::Shown(name.as_bytes()))
            }
            Self::Public => "everybody".into(),
        }
    }

    /// A sentence on who can read, if others than root can, or could `before`.
    pub fn disclosure(&self, before: Option<&Self>) -> Option<String> {
        let before = before.filter(|before| *before != self);
        let what = match (self, before) {
            (Self::Private, None) => return None,
            (Self::Private, _) => "can read the files now",
            _ => {
                "on this machine can now read the names, hooks, targets and sizes of all BPF programs and maps, those of containers too"
            }
        };
        let before = before.map(|before| format!("; before, {} could", before.whom()));
        Some(format!("{} {what}{}", self.whom(), before.unwrap_or_default()))
    }

    /// The same for the file of processes.
    pub fn disclosure_of_holders(&self) -> Option<String> {
        match self {
            Self::Private => None,
            Self::Group { .. } => Some(format!(
                "{} can also read which processes of all users hold them",
                self.whom()
            )),
            Self::Public => Some(format!(
                "only root can read {}, which tells of the processes of all users",
                Kind::Holders.file_name()
            )),
        }
    }
}

/// Groups are equal by id, whatever their names.
impl PartialEq for Access {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Group { gid, .. }, Self::Group { gid: other, .. }) => gid == other,
            _ => std::mem::discriminant(self) == std::mem::discriminant(other),
        }
    }
}
