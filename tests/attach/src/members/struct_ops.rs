//! TCP congestion controls made of BPF programs.

use libbpf_rs::MapCore;

use crate::error::{Doing, Error, Result};
use crate::object::STRUCT_OPS;
use crate::places::short_unique_name;
use crate::stage::{Attached, Ready};

/// The programs and the members of `struct tcp_congestion_ops` that they implement.
const PROGRAMS: [(&str, &str); 3] = [
    ("attach_struct_ops_slow_start", "ssthresh"),
    ("attach_struct_ops_undo_window", "undo_cwnd"),
    ("attach_struct_ops_avoid", "cong_avoid"),
];

/// Where `name` begins in the object file's structure: after three pointers.
const NAME_OFFSET: usize = 24;
const NAME_SIZE: usize = 16;

/// Registered by an update of the map's only element, and gone with it.
pub(crate) fn by_map() -> Result<Ready> {
    load("congestion_map", false)
}

pub(crate) fn by_link() -> Result<Ready> {
    load("congestion_link", true)
}

fn load(map_name: &'static str, by_link: bool) -> Result<Ready> {
    let mut open = STRUCT_OPS.open()?;
    // The kernel refuses a second congestion control of the same name.
    let control = short_unique_name();
    for mut map in open.maps_mut() {
        let chosen = map.name() == map_name;
        map.set_autocreate(chosen).doing(|| "choose a map")?;
        if chosen && let Some(value) = map.initial_value_mut() {
            let name = value.get_mut(NAME_OFFSET..NAME_OFFSET + NAME_SIZE);
            let name = name.ok_or_else(|| Error::lacks("no room for a name"))?;
            name.fill(0);
            name.iter_mut().zip(control.bytes()).for_each(|(to, from)| *to = from);
        }
    }
    let programs = STRUCT_OPS.finish(open)?;
    let map = programs.map_use(map_name)?;
    let expects = programs.expect_all("struct_ops", PROGRAMS.map(|(name, _)| name))?;
    let expects: Vec<_> = expects
        .into_iter()
        .zip(PROGRAMS)
        .map(|(expect, (_, function))| {
            expect.with("ops", "tcp_congestion_ops").with("function", function)
        })
        .collect();
    Ok(Ready::new(programs, expects.clone(), move |programs| {
        let mut maps = programs.object_mut().maps_mut();
        let mut found = maps.find(|map| map.name() == map_name);
        let found = found.as_mut().ok_or_else(|| Error::lacks(format!("no map '{map_name}'")))?;
        let link = found.attach_struct_ops().doing(|| "attach")?;
        let mut attached = Attached::default();
        for expect in expects {
            let expect = expect.with("map_id", map.id).with("map_name", &map.name);
            let expect = expect.with("name", &control);
            // Without a link, what libbpf calls one is the descriptor of the map.
            let expect = match by_link {
                true => expect.linked(&link),
                false => expect.with("via", "map_update"),
            };
            attached.note(expect);
        }
        attached.hold(link);
        Ok(attached)
    }))
}
