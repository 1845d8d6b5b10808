//! The columns of the wide texts, each declared once: its name, and the field that it goes to.

use super::value::{What, set};
use crate::model::{Held, Holder, Kind, Link, Map, Prog, Target, Unlinked, words};

/// Where the tokens of a column go.
pub(super) enum To<T: Table + ?Sized> {
    /// One token, to a field of the row; a dash leaves it as it is.
    Field(for<'a> fn(&mut T::Row<'a>, &'a [u8]) -> Result<(), What>),
    /// The same, but a dash is no value.
    Key(for<'a> fn(&mut T::Row<'a>, &'a [u8]) -> Result<(), What>),
    /// All that is left of the line, in tokens `key=value`.
    Target(for<'a> fn(&mut T::Row<'a>, Target<'a>)),
}

/// A column of a text.
pub(super) struct Column<T: Table + ?Sized> {
    /// Its name in the header.
    pub(super) name: &'static str,
    /// Where it goes.
    pub(super) to: To<T>,
}

/// The columns of a kind of text.
pub(super) trait Table: 'static {
    /// The row, which borrows from the text.
    type Row<'a>;

    /// Every column that this version knows, those first that tell the kinds apart.
    const COLUMNS: &'static [Column<Self>];
}

macro_rules! column {
    ($name:literal, $field:ident) => {
        Column { name: $name, to: To::Field(|row, token| set(&mut row.$field, token)) }
    };
    ($name:literal, key $field:ident) => {
        Column { name: $name, to: To::Key(|row, token| set(&mut row.$field, token)) }
    };
    ($name:literal, $field:ident = $word:expr) => {
        Column {
            name: $name,
            to: To::Field(|row, token| {
                row.$field = $word(token);
                Ok(())
            }),
        }
    };
    ($name:literal, rest $field:ident) => {
        Column { name: $name, to: To::Target(|row, target| row.$field = target) }
    };
}

/// `progs.debug`.
pub(super) struct Progs;

impl Table for Progs {
    type Row<'a> = Prog<'a>;

    const COLUMNS: &'static [Column<Self>] = &[
        column!("id", key id),
        column!("name", name),
        column!("attached", attached),
        column!("target", target),
        column!("target_id", target_id),
        column!("type", prog_type),
        column!("expected_attach_type", expected_attach_type),
        column!("tag", tag),
        column!("gpl", gpl_compatible),
        column!("orphaned", orphaned),
        column!("load_time", load_time),
        column!("uid", uid),
        column!("xlated", bytes_xlated),
        column!("jited", bytes_jited),
        column!("memlock", bytes_memlock),
        column!("btf_id", btf_id),
        column!("verified_insns", verified_insns),
        column!("run_cnt", run_cnt),
        column!("run_time_ns", run_time_ns),
        column!("recursion_misses", recursion_misses),
        column!("map_ids", map_ids),
    ];
}

/// `maps.debug`.
pub(super) struct Maps;

impl Table for Maps {
    type Row<'a> = Map<'a>;

    const COLUMNS: &'static [Column<Self>] = &[
        column!("id", key id),
        column!("name", name),
        column!("max_entries", max_entries),
        column!("cur_entries", cur_entries),
        column!("type", map_type),
        column!("key_size", bytes_key),
        column!("value_size", bytes_value),
        column!("flags", flags),
        column!("frozen", frozen),
        column!("memlock", bytes_memlock),
        column!("btf_id", btf_id),
        column!("owner_prog_type", owner_prog_type),
        column!("owner_jited", owner_jited),
        column!("value_type", value_type),
        column!("ops", ops),
        column!("bound", bound),
    ];
}

/// `links.debug`.
pub(super) struct Links;

impl Table for Links {
    type Row<'a> = Link<'a>;

    const COLUMNS: &'static [Column<Self>] = &[
        column!("id", key id),
        column!("type", link_type),
        column!("prog_id", prog_id),
        column!("name", name),
        column!("prog_type", prog_type),
        column!("attach_type", attach_type),
        column!("target", rest target),
    ];
}

/// `attached.debug`.
pub(super) struct Attached;

impl Table for Attached {
    type Row<'a> = Unlinked<'a>;

    const COLUMNS: &'static [Column<Self>] = &[
        column!("prog_id", key prog_id),
        column!("kind", kind = |token| words::same(words::KINDS, token)),
        column!("via", via = |token| words::same(words::VIAS, token)),
        column!("name", name),
        column!("prog_type", prog_type),
        column!("attach_type", attach_type),
        column!("target", rest target),
    ];
}

/// `holders.debug`.
pub(super) struct Holders;

impl Table for Holders {
    type Row<'a> = Holder<'a>;

    const COLUMNS: &'static [Column<Self>] = &[
        column!("pid", key pid),
        column!("comm", comm),
        column!("fd", key fd),
        column!("held", held = Held::of),
        column!("id", key id),
        column!("target", rest target),
    ];
}

/// The place of a column among those of its kind.
pub(super) fn place(kind: Kind, name: &[u8]) -> Option<u8> {
    fn find<T: Table>(name: &[u8]) -> Option<u8> {
        let place = T::COLUMNS.iter().position(|column| column.name.as_bytes() == name);
        place.and_then(|place| place.try_into().ok())
    }
    match kind {
        Kind::Progs => find::<Progs>(name),
        Kind::Maps => find::<Maps>(name),
        Kind::Links => find::<Links>(name),
        Kind::Attached => find::<Attached>(name),
        Kind::Holders => find::<Holders>(name),
    }
}
