//! What an installation is to have, and what it has.

use super::access::{Access, Wanted};
use super::state::Installed;
use super::{Destination, Kind};
use crate::bpf;
use crate::error::Result;

/// What is to change where something is installed, or nothing yet.
pub(super) struct Change {
    before: Option<Installed>,
    /// Who could read; `None` where nothing was installed.
    pub(super) old_access: Option<Access>,
    /// Who is to read.
    pub(super) access: Access,
    /// Whether processes were told of.
    pub(super) had_holders: bool,
    /// Whether they are to be.
    pub(super) holders: bool,
}

impl Change {
    /// What `wanted` leaves open stays as it is; the first time, only root may read.
    ///
    /// # Errors
    ///
    /// What is installed cannot be told.
    pub(super) fn new(target: &Destination, wanted: &Wanted) -> Result<Self> {
        let before = target.installed()?;
        let mut old_access = before.as_ref().and_then(Installed::access);
        if old_access.is_none() && target.is_own_mount()? {
            // Somebody has removed all files. The directory still tells for whom they were.
            old_access = before.as_ref().and_then(Installed::access_of_dir);
        }
        let had_holders = before.as_ref().is_some_and(|before| before.has(Kind::Holders));
        Ok(Self {
            access: wanted.access.clone().or(old_access.clone()).unwrap_or(Access::Private),
            holders: wanted.holders.unwrap_or(had_holders),
            before,
            old_access,
            had_holders,
        })
    }

    /// Whether something is installed, be it without its files.
    pub(super) fn is_of_installation(&self) -> bool {
        self.old_access.is_some()
    }

    /// The kinds of files to install.
    pub(super) fn kinds(&self) -> Vec<Kind> {
        let mut kinds = bpf::kinds();
        kinds.extend(self.holders.then_some(Kind::Holders));
        kinds
    }

    /// Whether all is as it is to be.
    pub(super) fn is_done(&self) -> bool {
        self.before.as_ref().is_some_and(|before| before.is(&self.kinds(), &self.access))
    }

    /// Whether there is a file of this kind.
    pub(super) fn replaces(&self, kind: Kind) -> bool {
        self.before.as_ref().is_some_and(|before| before.has(kind))
    }

    /// What others than root can read from now on, or no longer.
    pub(super) fn disclosures(&self) -> impl Iterator<Item = String> {
        let of_holders = match self.holders {
            true => self.access.disclosure_of_holders(),
            false => self.had_holders.then(|| format!("{} is gone", Kind::Holders.file_name())),
        };
        [self.access.disclosure(self.old_access.as_ref()), of_holders].into_iter().flatten()
    }
}
