//! Entry points for the fuzzer and the tests: private parsers of command-line words and system
//! files. Not part of the library's interface.

use crate::cmd::typed;
use crate::install::config;
use crate::source::{accounts, pins, trust};

/// Reads a word as `--since`, as `--watch` and as both together with others after a noun.
///
/// # Errors
///
/// The message for each that it is not.
pub fn word(text: &str) -> Vec<Result<(), String>> {
    let words: Vec<String> = text.split(' ').map(str::to_owned).collect();
    vec![
        typed::nanoseconds(text).map(drop).map_err(|error| error.to_string()),
        typed::seconds(text).map(drop).map_err(|error| error.to_string()),
        typed::selector(&words).map_err(|error| error.to_string()),
    ]
}

/// Whether a pattern takes a name.
pub fn glob(pattern: &[u8], name: &[u8]) -> bool {
    typed::glob_takes(pattern, name)
}

/// The id of a group in an /etc/group, and the name of that id there.
pub fn group<'t>(file: &'t str, name: &str) -> Option<(u32, Option<&'t str>)> {
    let gid = accounts::number_in(file, name)?;
    Some((gid, accounts::name_in(file, gid)))
}

/// The settings of a configuration of `install`, as they are read again.
///
/// # Errors
///
/// The number of the line that is none.
pub fn configuration(text: &[u8]) -> Result<Vec<(&'static str, String)>, usize> {
    config::settings_in(text)
}

/// A number in the fdinfo of a descriptor.
pub fn fdinfo(text: &str) -> Option<u32> {
    pins::number_in(text, "prog_id:")
}

/// Whether a table of user ids has one.
pub fn has_uid(map: &str, uid: u32) -> bool {
    trust::has_uid(map, uid)
}
