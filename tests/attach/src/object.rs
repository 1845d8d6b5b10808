//! Loading chosen programs of one embedded object file.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::os::fd::{AsRawFd, BorrowedFd};

use libbpf_rs::{Map, MapCore, Object, ObjectBuilder, OpenObject, ProgramMut};

use crate::error::{Doing, Error, Result};
use crate::expect::{Expect, MapUse};
use crate::sys;

/// An object file that `build.rs` compiled.
pub(crate) struct ObjectFile {
    name: &'static str,
    bytes: &'static [u8],
}

macro_rules! object_file {
    ($name:literal) => {
        ObjectFile {
            name: $name,
            bytes: include_bytes!(concat!(env!("OUT_DIR"), "/", $name, ".bpf.o")),
        }
    };
}

pub(crate) const TRACING: ObjectFile = object_file!("tracing");
pub(crate) const PROBES: ObjectFile = object_file!("probes");
pub(crate) const TARGET: ObjectFile = object_file!("target");
pub(crate) const EXTEND: ObjectFile = object_file!("extend");
pub(crate) const NET: ObjectFile = object_file!("net");
pub(crate) const CGROUP: ObjectFile = object_file!("cgroup");
pub(crate) const WALK: ObjectFile = object_file!("walk");
pub(crate) const MAP_NAMES: ObjectFile = object_file!("map_names");
pub(crate) const STRUCT_OPS: ObjectFile = object_file!("struct_ops");

/// A target that a program is given before it is loaded.
pub(crate) struct LoadTarget<'a> {
    /// The program to be given a target.
    pub(crate) prog: &'static str,
    /// The target program.
    pub(crate) target: BorrowedFd<'a>,
    /// The function of the target program.
    pub(crate) function: &'a str,
}

impl ObjectFile {
    /// Loads the programs named, and nothing else of this file.
    pub(crate) fn load(&self, progs: &[&'static str]) -> Result<Programs> {
        self.load_with_maps(progs, &[])
    }

    /// Loads the programs named and the maps that they use.
    pub(crate) fn load_with_maps(
        &self,
        progs: &[&'static str],
        maps: &[&'static str],
    ) -> Result<Programs> {
        self.load_chosen(progs.iter().map(|&name| (name, None)).collect(), maps)
    }

    /// Loads programs of which each is fixed to a function of another program.
    pub(crate) fn load_with_targets(&self, targets: &[LoadTarget<'_>]) -> Result<Programs> {
        self.load_chosen(targets.iter().map(|target| (target.prog, Some(target))).collect(), &[])
    }

    fn load_chosen(
        &self,
        wanted: BTreeMap<&'static str, Option<&LoadTarget<'_>>>,
        maps: &[&'static str],
    ) -> Result<Programs> {
        let mut open = self.open()?;
        for mut map in open.maps_mut() {
            let chosen = maps.iter().any(|&name| map.name() == name);
            map.set_autocreate(chosen).doing(|| "choose a map")?;
        }
        let mut found = 0;
        for mut prog in open.progs_mut() {
            let choice = prog.name().to_str().and_then(|name| wanted.get(name));
            prog.set_autoload(choice.is_some());
            found += usize::from(choice.is_some());
            if let Some(Some(target)) = choice {
                let function = Some(target.function.to_owned());
                prog.set_attach_target(target.target.as_raw_fd(), function)
                    .doing(|| format!("set the target of '{}'", target.prog))?;
            }
        }
        if found != wanted.len() {
            return Err(Error::lacks(format!("'{}.bpf.c' lacks a program", self.name)));
        }
        self.finish(open)
    }

    /// Opens the file, for a member that must change more than which programs are loaded.
    pub(crate) fn open(&self) -> Result<OpenObject> {
        let mut builder = ObjectBuilder::default();
        builder.name(self.name).doing(|| "name an object")?;
        builder.open_memory(self.bytes).doing(|| format!("open '{}.bpf.o'", self.name))
    }

    /// Loads what [`ObjectFile::open`] gave.
    pub(crate) fn finish(&self, open: OpenObject) -> Result<Programs> {
        let object = open.load().doing(|| "load")?;
        Ok(Programs { object })
    }
}

/// Loaded programs; they go when this is dropped.
pub(crate) struct Programs {
    object: Object,
}

impl Programs {
    /// The program of this name.
    pub(crate) fn prog(&self, name: &str) -> Result<ProgramMut<'_>> {
        self.object
            .progs_mut()
            .find(|prog| prog.name() == OsStr::new(name))
            .ok_or_else(|| Error::lacks(format!("no program '{name}'")))
    }

    /// The map of this name.
    pub(crate) fn map(&self, name: &str) -> Result<Map<'_>> {
        self.object
            .maps()
            .find(|map| map.name() == OsStr::new(name))
            .ok_or_else(|| Error::lacks(format!("no map '{name}'")))
    }

    /// The loaded object itself.
    pub(crate) fn object(&self) -> &Object {
        &self.object
    }

    /// The same, to be changed.
    pub(crate) fn object_mut(&mut self) -> &mut Object {
        &mut self.object
    }

    /// What the loader knows about a program, the target aside.
    pub(crate) fn expect(&self, kind: &'static str, name: &str) -> Result<Expect> {
        let info = sys::prog_info(self.prog(name)?).doing(|| format!("ask for '{name}'"))?;
        let maps = self.object.maps().filter(|map| map.autocreate()).map(MapUse::of);
        let mut maps = maps.collect::<Result<Vec<_>>>()?;
        maps.retain(|map| info.map_ids.contains(&map.id));
        Ok(Expect::new(kind, name.to_owned(), info, maps))
    }

    /// The same for several programs.
    pub(crate) fn expect_all<'a>(
        &self,
        kind: &'static str,
        names: impl IntoIterator<Item = &'a str>,
    ) -> Result<Vec<Expect>> {
        names.into_iter().map(|name| self.expect(kind, name)).collect()
    }

    /// The id and name of a map, as the kernel has them.
    pub(crate) fn map_use(&self, name: &str) -> Result<MapUse> {
        MapUse::of(self.map(name)?)
    }
}
