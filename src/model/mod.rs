//! The data model: programs, maps, links and the kernel's words for them, independent of the format
//! of a text.
//!
//! Nothing here does I/O or knows a view. A field that a text does not have is `None`, never zero
//! or empty.

mod attach;
mod holder;
mod joined;
mod kind;
mod link;
mod list;
mod map;
mod memory;
mod name;
mod nearest;
mod pins;
mod prog;
mod row;
mod runs;
pub mod tree;
mod users;
pub mod words;

pub use attach::*;
pub(crate) use attach::{descriptor_columns, direct_columns};
pub(crate) use holder::holder_columns;
pub use holder::{FdKind, Holder, Holders};
pub use joined::{Beside, Joined};
pub use kind::Kind;
pub use link::Link;
pub(crate) use link::link_columns;
pub(crate) use list::number;
pub use list::{Ids, Names, Numbers};
pub(crate) use map::map_columns;
pub use map::{Map, MapProgs};
pub use memory::MapMemory;
pub use name::{Name, Quoted, Shown, quoted, quoted_path, shell_word};
pub(crate) use name::{is_letter, octal};
pub use nearest::{instead, nearest};
pub use pins::{Pin, Pins};
pub(crate) use prog::prog_columns;
pub use prog::{BootTime, LoadTarget, Prog, ProgRef};
pub use runs::{Counting, RunsBefore, RunsSince};
pub use users::{User, UsersByMap};
