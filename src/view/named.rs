//! Objects that a row speaks of: programs and maps by name and id, processes by name and number.

use std::fmt::{self, Write as _};

use serde::ser::{Serialize, SerializeMap as _, Serializer};

use super::keys::entry;
use crate::model::{Holder, MapRef, Name, User};

/// A name with the id behind it.
pub(super) struct Named<'a>(pub(super) Name<'a>, pub(super) Option<u32>);

impl<'a> Named<'a> {
    /// A map, by its whole name where that is known; one without a name is a dash.
    pub(super) fn map(map: MapRef<'a>) -> Self {
        Self(map.full_name.or(map.name).unwrap_or(Name::new(b"-")), Some(map.id))
    }
}

impl fmt::Display for Named<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)?;
        match self.1 {
            Some(id) => write!(f, " ({id})"),
            None => Ok(()),
        }
    }
}

/// Programs that use a map, by commas.
pub(super) fn users(users: &[User<'_>], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    for (i, user) in users.iter().enumerate() {
        f.write_str(if i == 0 { "" } else { ", " })?;
        match user.name {
            Some(name) => write!(f, "{}", Named(name, Some(user.id)))?,
            None => write!(f, "({})", user.id)?,
        }
    }
    if users.is_empty() { f.write_char('-') } else { Ok(()) }
}

/// Processes that hold an object, by commas: `systemd(1), sshd(811)`.
pub(super) fn holders(holders: &[Holder<'_>], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    for (i, holder) in holders.iter().enumerate() {
        f.write_str(if i == 0 { "" } else { ", " })?;
        if let Some(comm) = holder.comm {
            write!(f, "{comm}")?;
        }
        write!(f, "({})", holder.pid)?;
    }
    Ok(())
}

/// A program that uses a map, in JSON.
pub(super) struct UserObject<'r>(pub(super) &'r User<'r>);

impl Serialize for UserObject<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut map = to.serialize_map(None)?;
        entry(&mut map, "id", Some(self.0.id))?;
        entry(&mut map, "name", self.0.name)?;
        map.end()
    }
}

/// A map that another row speaks of, in JSON.
pub(super) struct MapObject<'r>(pub(super) MapRef<'r>);

impl Serialize for MapObject<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut map = to.serialize_map(None)?;
        entry(&mut map, "id", Some(self.0.id))?;
        entry(&mut map, "name", self.0.name)?;
        entry(&mut map, "full_name", self.0.full_name)?;
        map.end()
    }
}

/// A process that holds an object, in JSON, by the keys that bpftool has for it.
pub(super) struct Process<'r>(pub(super) &'r Holder<'r>);

impl Serialize for Process<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut map = to.serialize_map(None)?;
        entry(&mut map, "pid", Some(self.0.pid))?;
        entry(&mut map, "comm", self.0.comm)?;
        map.end()
    }
}
