//! `/etc/bpfdbg.conf`: who may read an installation, where no option of `install` says so.
//!
//! The file is root's word. It is at one place, which neither the environment nor an option can
//! change, and it is followed only if nobody but root can have written it.

use std::fs::File;
use std::io::{self, Read as _};
use std::os::fd::AsFd as _;

use rustix::fs::{CWD, FileType, Mode, OFlags};
use rustix::io::Errno;

use super::access::{Access, Wanted};
use crate::error::{Error, Result};
use crate::model::{Shown, quoted};
use crate::source::trust;

/// Its directory.
const DIR: &str = "/etc";
const NAME: &str = "bpfdbg.conf";
/// The file.
pub const PATH: &str = "/etc/bpfdbg.conf";

/// How many bytes it may have.
const LIMIT: u64 = 64 << 10;
/// How many bytes a line may have, so that an error that quotes it stays short.
const LINE_LIMIT: usize = 200;
/// The settings that there are.
const SETTINGS: &str = "access, holders";

/// What the file says; `None` leaves a setting to what is installed.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Config {
    access: Option<Audience>,
    holders: Option<bool>,
}

/// Who may read, as the file has it: whether there is such a group is not looked at yet.
#[derive(Debug, PartialEq, Eq)]
struct Audience {
    line: usize,
    who: Who,
}

#[derive(Debug, PartialEq, Eq)]
enum Who {
    Private,
    Group(String),
    Public,
}

/// A line that is no setting, and why.
type Fault = (usize, String);

impl Config {
    /// Reads the file; one that does not exist says nothing.
    ///
    /// # Errors
    ///
    /// It cannot be read, somebody else may have written it, or a line is no setting.
    pub fn read() -> Result<Self> {
        let Some(text) = text()? else { return Ok(Self::default()) };
        parse(&text).map_err(|(line, why)| Error::Other(format!("{PATH}:{line}: {why}")))
    }

    /// Whether it says anything.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// What it says, as in the file, each setting by itself.
    pub fn settings(&self) -> Vec<(&'static str, String)> {
        let access = self.access.as_ref().map(|audience| ("access", audience.who.to_string()));
        let holders = self.holders.map(|holders| ("holders", yes_or_no(holders).into()));
        access.into_iter().chain(holders).collect()
    }

    /// Adds what it says to what was asked for, which has precedence.
    ///
    /// # Errors
    ///
    /// It names a group that there is not.
    pub(super) fn complete(&self, wanted: &Wanted) -> Result<Wanted> {
        let access = match (&wanted.access, &self.access) {
            (None, Some(audience)) => Some(audience.access()?),
            (access, _) => access.clone(),
        };
        Ok(Wanted { access, holders: wanted.holders.or(self.holders), restore: wanted.restore })
    }

    /// The settings that an installation of this access does not have, as in the file.
    pub(super) fn contradicted(&self, access: &Access, holders: bool) -> Vec<String> {
        let differs = |(name, _): &(&str, String)| match *name {
            "access" => {
                let audience = self.access.as_ref();
                audience.is_some_and(|audience| audience.access().ok().as_ref() != Some(access))
            }
            _ => self.holders.is_some_and(|wanted| wanted != holders),
        };
        let settings = self.settings().into_iter().filter(differs);
        settings.map(|(name, value)| format!("{name} = {value}")).collect()
    }
}

impl Audience {
    fn access(&self) -> Result<Access> {
        match &self.who {
            Who::Private => Ok(Access::Private),
            Who::Public => Ok(Access::Public),
            Who::Group(name) => Access::group_of(name)
                .map_err(|error| Error::Other(format!("{PATH}:{}: {error}", self.line))),
        }
    }
}

impl std::fmt::Display for Who {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Private => f.write_str("private"),
            Self::Public => f.write_str("public"),
            Self::Group(name) => write!(f, "group {}", Shown(name.as_bytes())),
        }
    }
}

fn yes_or_no(yes: bool) -> &'static str {
    if yes { "yes" } else { "no" }
}

/// The text of the file; `None` where there is no file.
fn text() -> Result<Option<Vec<u8>>> {
    let failed = |action| move |error: Errno| Error::path(action, PATH, error);
    let untrusted = |why: String| Error::Other(format!("'{PATH}' is not followed: {why}"));
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let dir = match rustix::fs::openat(CWD, DIR, flags | OFlags::DIRECTORY, Mode::empty()) {
        Err(Errno::NOENT) => return Ok(None),
        dir => dir.map_err(|error| Error::path("cannot open", DIR, error))?,
    };
    // Before a pipe could keep open(2) waiting.
    let file = match rustix::fs::openat(&dir, NAME, flags | OFlags::NONBLOCK, Mode::empty()) {
        Err(Errno::NOENT) => return Ok(None),
        Err(Errno::LOOP) => return Err(untrusted("it is a symbolic link".into())),
        file => file.map_err(failed("cannot open"))?,
    };
    let stat = rustix::fs::fstat(&file).map_err(failed("cannot look at"))?;
    if FileType::from_raw_mode(stat.st_mode) != FileType::RegularFile {
        return Err(untrusted("it is not a regular file".into()));
    }
    trust::file(&stat).and_then(|()| trust::directory(dir.as_fd())).map_err(untrusted)?;
    let mut text = Vec::new();
    let read: io::Result<_> = File::from(file).take(LIMIT + 1).read_to_end(&mut text);
    read.map_err(|error| Error::path("cannot read", PATH, error))?;
    if text.len() as u64 > LIMIT {
        return Err(untrusted(format!("it has more than {} KiB", LIMIT >> 10)));
    }
    Ok(Some(text))
}

/// What a text says: a line is empty, a comment that `#` begins, or `SETTING = VALUE`.
///
/// # Errors
///
/// The number of the first line that is none of these, or sets again what is set, and why.
fn parse(text: &[u8]) -> Result<Config, Fault> {
    let mut config = Config::default();
    let mut of_holders = 0;
    for (number, line) in (1..).zip(text.split(|byte| *byte == b'\n')) {
        let fault = |why: String| (number, why);
        let Some((name, value)) = setting(line).map_err(fault)? else { continue };
        let before = match name {
            "access" => {
                let who = who(value).map_err(fault)?;
                config.access.replace(Audience { line: number, who }).map(|before| before.line)
            }
            "holders" => {
                let is_set = config.holders.replace(holders(value).map_err(fault)?).is_some();
                let before = std::mem::replace(&mut of_holders, number);
                is_set.then_some(before)
            }
            name => {
                let name = quoted(name);
                return Err(fault(format!("unknown setting '{name}'; there are {SETTINGS}")));
            }
        };
        if let Some(before) = before {
            return Err(fault(format!("{name} is set already, by line {before}")));
        }
    }
    Ok(config)
}

/// Name and value in a line; `None` in one without any.
fn setting(line: &[u8]) -> Result<Option<(&str, &str)>, String> {
    const BLANK: [char; 2] = [' ', '\t'];
    let is_blank = |byte: &&u8| BLANK.contains(&char::from(**byte));
    match line.iter().find(|byte| !is_blank(byte)) {
        None | Some(b'#') => return Ok(None),
        Some(_) if line.len() > LINE_LIMIT => {
            return Err(format!("the line has more than {LINE_LIMIT} bytes"));
        }
        Some(_) => {}
    }
    let setting = std::str::from_utf8(line).ok().and_then(|line| line.split_once('='));
    match setting.map(|(name, value)| (name.trim_matches(BLANK), value.trim_matches(BLANK))) {
        Some((name, value)) if !name.is_empty() && !value.is_empty() => Ok(Some((name, value))),
        _ => Err(format!("expected SETTING = VALUE, found '{}'", quoted(line))),
    }
}

fn who(value: &str) -> Result<Who, String> {
    match value.split_once([' ', '\t']).map(|(word, name)| (word, name.trim_start())) {
        None if value == "private" => Ok(Who::Private),
        None if value == "public" => Ok(Who::Public),
        Some(("group", name)) => Ok(Who::Group(name.to_owned())),
        _ => {
            let value = quoted(value);
            Err(format!("access is private, public or group NAME, not '{value}'"))
        }
    }
}

fn holders(value: &str) -> Result<bool, String> {
    match value {
        "yes" => Ok(true),
        "no" => Ok(false),
        _ => Err(format!("holders is yes or no, not '{}'", quoted(value))),
    }
}

/// The settings of a text, or the number of the line that is none; for the fuzzer.
pub(crate) fn settings_in(text: &[u8]) -> Result<Vec<(&'static str, String)>, usize> {
    parse(text).map(|config| config.settings()).map_err(|(line, _)| line)
}

#[cfg(test)]
mod tests {
    use super::{LINE_LIMIT, parse};

    /// The settings, or the fault as an error has it.
    fn read(text: &str) -> Result<Vec<(&'static str, String)>, String> {
        parse(text.as_bytes())
            .map(|config| config.settings())
            .map_err(|(line, why)| format!("{line}: {why}"))
    }

    #[test]
    fn settings_are_read_among_blanks_and_comments() {
        let access = |who: &str| Ok(vec![("access", who.to_owned())]);
        assert_eq!(read(""), Ok(vec![]));
        assert_eq!(read("\n \t\n# access = public\n  # holders = yes\n"), Ok(vec![]));
        assert_eq!(read("access=private"), access("private"));
        assert_eq!(read("\taccess  =\tpublic  \n\n"), access("public"));
        assert_eq!(read("access = group \t monitor\n"), access("group monitor"));
        assert_eq!(read("access = group 4711\n"), access("group 4711"));
        let both = vec![("access", "public".to_owned()), ("holders", "yes".to_owned())];
        assert_eq!(read("holders = yes\naccess = public\n"), Ok(both));
    }

    #[test]
    fn a_line_that_is_no_setting_is_named_with_its_number() {
        let expected = "expected SETTING = VALUE, found";
        let who = "access is private, public or group NAME, not";
        for (text, fault) in [
            ("public\n", format!("1: {expected} 'public'")),
            ("\n\naccess =\n", format!("3: {expected} 'access ='")),
            ("= public\n", format!("1: {expected} '= public'")),
            ("Access = public\n", "1: unknown setting 'Access'; there are access, holders".into()),
            ("mode = 0444\n", "1: unknown setting 'mode'; there are access, holders".into()),
            ("access = everybody\n", format!("1: {who} 'everybody'")),
            ("access = group\n", format!("1: {who} 'group'")),
            ("access = group: x\n", format!("1: {who} 'group: x'")),
            ("access = public # all\n", format!("1: {who} 'public # all'")),
            ("access = public\r\n", format!("1: {who} 'public\\015'")),
            ("access = public\0\n", format!("1: {who} 'public\\000'")),
            ("holders = true\n", "1: holders is yes or no, not 'true'".into()),
            ("access = public\n#\naccess = public\n", "3: access is set already, by line 1".into()),
            ("holders = no\nholders = yes", "2: holders is set already, by line 1".into()),
        ] {
            assert_eq!(read(text), Err(fault), "{text:?}");
        }
        assert!(parse(b"access = public\n\xff\n").is_err_and(|(line, _)| line == 2));
        assert!(parse(b"access = group \xff\n").is_err());
    }

    #[test]
    fn a_comment_may_be_of_any_bytes_and_length_and_a_setting_may_not() {
        let long = "x".repeat(LINE_LIMIT);
        assert_eq!(read(&format!("# {long}{long}\n")), Ok(vec![]));
        assert!(parse(b"# \xff\xfe\n").is_ok());
        let fault = format!("1: the line has more than {LINE_LIMIT} bytes");
        assert_eq!(read(&format!("access = group {long}\n")), Err(fault));
    }
}
