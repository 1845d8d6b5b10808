//! The macro that makes the struct of a row of its columns.

/// Makes the struct of a row. A column is `field: type = "name"`, the name being that in the
/// header; `key` marks a column that every row has a value in, `by(function)` one whose words are
/// parsed by a function, and `rest` the last, which takes the rest of the line.
macro_rules! row {
    ($(#[$doc:meta])* $row:ident<$a:lifetime> {$(
        $(#[$field_doc:meta])*
        $field:ident: $type:ty = $($how:ident $(($read:path))?)? $name:literal,
    )*}) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
        pub struct $row<$a> {
            $($(#[$field_doc])* pub $field: $type,)*
        }
    };
}

pub(in crate::model) use row;
