//! The texts of bpfdbg's own iterators, one line each. Their columns are declared with the rows in
//! `model`.

use super::error::Expected;
use super::value::set;
use super::wide::{self, TextTable, To};
use super::{Format, Row, kernel};
use crate::model::{
    DescriptorAttachment, DirectAttachment, FdKind, Holder, Kind, Link, Map, Prog,
    descriptor_columns, direct_columns, holder_columns, link_columns, map_columns, prog_columns,
    words,
};

/// Where the tokens of a column go.
macro_rules! to {
    ($field:ident) => {
        To::Field(|row, token| set(&mut row.$field, token))
    };
    ($field:ident key) => {
        To::Key(|row, token| set(&mut row.$field, token))
    };
    ($field:ident by $read:path) => {
        To::Field(|row, token| {
            row.$field = $read(token);
            Ok(())
        })
    };
    ($field:ident rest) => {
        To::Target(|row, target| row.$field = target)
    };
}

/// Makes the table of a text of the list that `row!` makes the struct of.
macro_rules! table {
    ($(#[$doc:meta])* $row:ident<$a:lifetime> {$(
        $(#[$field_doc:meta])*
        $field:ident: $type:ty = $($how:ident $(($read:path))?)? $name:literal,
    )*}) => {
        type Row<$a> = $row<$a>;

        const NAMES: &'static [&'static str] = &[$($name),*];

        const COLUMNS: &'static [To<Self>] = &[$(to!($field $($how $($read)?)?)),*];
    };
}

/// Declares the texts: kind, table, row, the id that no two rows share, columns, and the parsers of
/// the kernel's own formats.
macro_rules! texts {
    ($($kind:ident: $text:ident, $row:ident [$($id:ident)?], $columns:ident $(, $kernel:ident by $read:path)*;)*) => {
        $(
            struct $text;

            impl TextTable for $text {
                $columns!(table);
            }

            impl<'a> Row<'a> for $row<'a> {
                const KIND: Kind = Kind::$kind;

                fn parse(&mut self, format: &Format, line: &'a [u8]) -> Result<(), Expected<'a>> {
                    match format {
                        $(Format::$kernel => $read(line).map(|row| *self = row),)*
                        Format::Wide(header) => {
                            *self = Self::default();
                            wide::row::<$text>(header, line, self)
                        }
                        #[allow(unreachable_patterns)]
                        _ => Err(Expected::new(line, "a text of another kind")),
                    }
                }

                fn own_id(&self) -> Option<u32> {
                    <[u32]>::first(&[$(self.$id)?]).copied()
                }
            }
        )*

        /// The columns of a kind of text that this version knows, those first that tell the kinds
        /// apart.
        pub(super) const fn names(kind: Kind) -> &'static [&'static str] {
            match kind {
                $(Kind::$kind => <$text>::NAMES,)*
            }
        }
    };
}

texts! {
    Progs: ProgsText, Prog [id], prog_columns, KernelProgs by kernel::prog,
        KernelProgs15 by kernel::prog_15;
    Maps: MapsText, Map [id], map_columns, KernelMapsA by kernel::map_a, KernelMapsB by kernel::map_b;
    Links: LinksText, Link [id], link_columns;
    Attached: AttachedText, DirectAttachment [], direct_columns;
    Descriptors: DescriptorsText, DescriptorAttachment [], descriptor_columns;
    Holders: HoldersText, Holder [], holder_columns;
}
