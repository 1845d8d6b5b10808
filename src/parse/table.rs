//! The columns of the wide texts, each declared once: its name, and the field that it goes to.

use super::value::{What, set};
use crate::model::{DirectAttachment, FdKind, Holder, Kind, Link, Map, Prog, Target, words};

/// Where the tokens of a column go.
pub(super) enum To<T: TextTable + ?Sized> {
    /// One token, to a field of the row; a dash leaves it as it is.
    Field(for<'a> fn(&mut T::Row<'a>, &'a [u8]) -> Result<(), What>),
    /// The same, but a dash is no value.
    Key(for<'a> fn(&mut T::Row<'a>, &'a [u8]) -> Result<(), What>),
    /// All that is left of the line, in tokens `key=value`.
    Target(for<'a> fn(&mut T::Row<'a>, Target<'a>)),
}

/// A column of a text.
pub(super) struct TextColumn<T: TextTable + ?Sized> {
    /// Its name in the header.
    pub(super) name: &'static str,
    /// Where it goes.
    pub(super) to: To<T>,
}

/// The columns of a kind of text.
pub(super) trait TextTable: 'static {
    /// The row, which borrows from the text.
    type Row<'a>;

    /// Every column that this version knows, those first that tell the kinds apart.
    const COLUMNS: &'static [TextColumn<Self>];
}

macro_rules! column {
    ($name:literal, $field:ident) => {
        TextColumn { name: $name, to: To::Field(|row, token| set(&mut row.$field, token)) }
    };
    ($name:literal, key $field:ident) => {
        TextColumn { name: $name, to: To::Key(|row, token| set(&mut row.$field, token)) }
    };
    ($name:literal, $field:ident = $word:expr) => {
        TextColumn {
            name: $name,
            to: To::Field(|row, token| {
                row.$field = $word(token);
                Ok(())
            }),
        }
    };
    ($name:literal, rest $field:ident) => {
        TextColumn { name: $name, to: To::Target(|row, target| row.$field = target) }
    };
}

/// `progs.debug`.
pub(super) struct ProgsText;

impl TextTable for ProgsText {
    type Row<'a> = Prog<'a>;

    const COLUMNS: &'static [TextColumn<Self>] = &[
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
pub(super) struct MapsText;

impl TextTable for MapsText {
    type Row<'a> = Map<'a>;

    const COLUMNS: &'static [TextColumn<Self>] = &[
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
pub(super) struct LinksText;

impl TextTable for LinksText {
    type Row<'a> = Link<'a>;

    const COLUMNS: &'static [TextColumn<Self>] = &[
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
pub(super) struct AttachedText;

impl TextTable for AttachedText {
    type Row<'a> = DirectAttachment<'a>;

    const COLUMNS: &'static [TextColumn<Self>] = &[
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
pub(super) struct HoldersText;

impl TextTable for HoldersText {
    type Row<'a> = Holder<'a>;

    const COLUMNS: &'static [TextColumn<Self>] = &[
        column!("pid", key pid),
        column!("comm", comm),
        column!("fd", key fd),
        column!("held", held = FdKind::of),
        column!("id", key id),
        column!("target", rest target),
    ];
}

/// The place of a column among those of its kind.
pub(super) fn place(kind: Kind, name: &[u8]) -> Option<u8> {
    fn find<T: TextTable>(name: &[u8]) -> Option<u8> {
        let place = T::COLUMNS.iter().position(|column| column.name.as_bytes() == name);
        place.and_then(|place| place.try_into().ok())
    }
    match kind {
        Kind::Progs => find::<ProgsText>(name),
        Kind::Maps => find::<MapsText>(name),
        Kind::Links => find::<LinksText>(name),
        Kind::Attached => find::<AttachedText>(name),
        Kind::Holders => find::<HoldersText>(name),
    }
}
