//! Names of users and groups, from the files of this machine.

use std::fs;

use crate::error::{Error, Result};
use crate::model::quoted;

/// The two files of accounts, of which a line starts with a name, a password and a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Accounts {
    /// /etc/passwd
    Users,
    /// /etc/group
    Groups,
}

impl Accounts {
    fn file(self) -> &'static str {
        match self {
            Self::Users => "/etc/passwd",
            Self::Groups => "/etc/group",
        }
    }

    fn one(self) -> &'static str {
        match self {
            Self::Users => "user",
            Self::Groups => "group",
        }
    }

    /// The number of an account, by name or as a number.
    ///
    /// # Errors
    ///
    /// A name that the file does not have, or a file that cannot be read.
    pub fn number(self, name: &str) -> Result<u32> {
        match name.parse() {
            // To chown(2) this number is none.
            Ok(u32::MAX) => {
                return Err(Error::Usage(format!("'{name}' is no {}", self.one())));
            }
            Ok(number) => return Ok(number),
            Err(_) => {}
        }
        let file = self.file();
        let text =
            fs::read_to_string(file).map_err(|error| Error::path("cannot read", file, error))?;
        number_in(&text, name).ok_or_else(|| {
            let (one, name) = (self.one(), quoted(name));
            Error::Usage(format!("no {one} '{name}' in {file}; a number will do"))
        })
    }

    /// The name of an account; its number, where it has none.
    pub fn name(self, number: u32) -> String {
        let text = fs::read_to_string(self.file()).unwrap_or_default();
        name_in(&text, number).map_or_else(|| number.to_string(), str::to_owned)
    }
}

/// The name of an account in the text of such a file.
pub(crate) fn name_in(text: &str, number: u32) -> Option<&str> {
    text.lines().find_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next().filter(|name| !name.is_empty())?;
        (fields.nth(1)?.parse() == Ok(number)).then_some(name)
    })
}

/// The number of an account in the text of such a file.
pub(crate) fn number_in(text: &str, name: &str) -> Option<u32> {
    let mut lines = text.lines().map(|line| line.split(':'));
    lines.find_map(|mut line| {
        (line.next() == Some(name)).then(|| line.nth(1)?.parse().ok()).flatten()
    })
}
