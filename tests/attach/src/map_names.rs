//! Maps whose names the kernel cuts, with the names that the loader has for them.

use std::os::fd::AsFd as _;

use libbpf_rs::MapCore as _;

use crate::btf::Btf;
use crate::error::{Doing, Result};
use crate::handmade::{Named, create, small_array};
use crate::object::{MAP_NAMES, Programs};
use crate::sys::{self, RawMap};

/// A map, by the kernel's knowledge and the loader's.
#[derive(Debug)]
pub struct MapName {
    /// The id that the kernel gave it.
    pub id: u32,
    /// The name as the kernel keeps it.
    pub kept: String,
    /// The name as the loader knows it.
    pub whole: String,
}

/// The loaded maps; they go when this is dropped.
pub struct MapNames {
    /// All of them.
    pub maps: Vec<MapName>,
    /// The id of the program that uses the one of the longest name.
    pub user: u32,
    _programs: Programs,
}

/// The program that uses a map.
const USER: &str = "uses_a_map_of_a_long_name";

impl MapNames {
    /// Loads them.
    ///
    /// # Errors
    ///
    /// What the kernel refuses.
    pub fn load() -> Result<Self> {
        let programs = MAP_NAMES.finish(MAP_NAMES.open()?)?;
        let mut maps = Vec::new();
        for map in programs.object().maps() {
            let info = sys::map_info(&map).doing(|| "ask for a map")?;
            maps.push(MapName {
                id: info.id,
                kept: String::from_utf8_lossy(&info.name).into_owned(),
                whole: map.name().to_string_lossy().into_owned(),
            });
        }
        let user = sys::prog_info(programs.prog(USER)?).doing(|| "ask for a program")?.id;
        Ok(Self { maps, user, _programs: programs })
    }
}

/// Creates a map in the data section of a name, of which the kernel has the first bytes.
///
/// # Errors
///
/// A kernel before 6.6 takes the names of sections only that a compiler would give.
pub fn in_section(section: &[u8]) -> Result<Named> {
    let mut btf = Btf::new();
    let id = btf.section(section);
    let btf = btf.load().doing(|| "load BTF")?;
    let map = small_array(&section[..15]);
    create(&RawMap { value_size: 4, value_type: Some((btf.as_fd(), id)), ..map })
}
