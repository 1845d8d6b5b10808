//! Filter flags: parsed here, applied to rows in [`rows`].

mod glob;
mod rows;
mod target;

use std::path::{Path, PathBuf};

use self::glob::Glob;
pub(crate) use self::glob::matches as glob_takes;
pub(in crate::cmd) use self::target::Targets;
use super::pinned::id_at;
use super::selector::Selector;
use crate::cli;
use crate::error::{Error, Result};
use crate::model::{Joined, Kind, Name, instead, quoted, quoted_path};
use crate::parse::Format;
use crate::source::accounts::Accounts;
pub(in crate::cmd) use rows::Filtered;

/// One condition; a row passes where all of them let it.
#[derive(Clone, Debug)]
pub(in crate::cmd) enum Filter {
    /// The name of a program or map; of a link, that of its program.
    Name(Vec<Glob>),
    /// The type, by its number.
    Type(Vec<u32>),
    /// The tag of a program.
    Tag(Vec<[u8; 8]>),
    /// The user who loaded a program.
    Uid(Vec<u32>),
    /// Objects related to a map.
    Map(Objects),
    /// Objects related to a program.
    Prog(Objects),
    /// The processes that have a descriptor.
    Pid(Vec<u32>),
    /// The names of such processes.
    Comm(Vec<Glob>),
    /// Where a program is attached.
    Target(Targets),
    /// Programs attached nowhere, and detached links.
    Unattached,
    /// How full a map is at least, in hundredths of a percent, and one entry more.
    FullerThan(u64),
    /// The age of a program in nanoseconds, at most; after the check, the earliest load time.
    Since(u64),
}

impl Filter {
    /// The option, for messages.
    pub(in crate::cmd) fn option(&self) -> &'static str {
        match self {
            Self::Name(_) => "--name",
            Self::Type(_) => "--type",
            Self::Tag(_) => "--tag",
            Self::Uid(_) => "--uid",
            Self::Map(_) => "--map",
            Self::Prog(_) => "--prog",
            Self::Pid(_) => "--pid",
            Self::Comm(_) => "--comm",
            Self::Target(targets) => targets.option(),
            Self::Unattached => "--unattached",
            Self::FullerThan(_) => "--fuller-than",
            Self::Since(_) => "--since",
        }
    }
}

/// Objects of another kind, by id or name.
#[derive(Clone, Debug, Default)]
pub(in crate::cmd) struct Objects {
    ids: Vec<u32>,
    names: Vec<Glob>,
}

impl Objects {
    /// A number is an id, anything else a pattern of names.
    fn new(words: &[String]) -> Self {
        let mut objects = Self::default();
        for word in words {
            match word.parse() {
                Ok(id) => objects.ids.push(id),
                Err(_) => objects.names.push(Glob::new(word)),
            }
        }
        objects
    }

    /// Whether the object is one of these.
    fn has(&self, id: Option<u32>, name: Option<Name<'_>>) -> bool {
        id.is_some_and(|id| self.ids.contains(&id)) || glob::any(&self.names, name)
    }
}

/// All conditions of a command line.
#[derive(Clone, Debug, Default)]
pub(in crate::cmd) struct Filters {
    /// Explicit ids, of which at least one must exist; empty for any.
    ids: Vec<u32>,
    /// The ids of the objects pinned at explicit paths, once resolved.
    pinned: Vec<u32>,
    filters: Vec<Filter>,
}

impl Filters {
    /// Reads the flags for rows of one kind.
    ///
    /// # Errors
    ///
    /// An invalid value, or a filter that rows of this kind do not support.
    pub(in crate::cmd) fn new<R: Filtered>(flags: &cli::FilterFlags, kind: Kind) -> Result<Self> {
        fn some<T>(list: &[T]) -> Option<&[T]> {
            (!list.is_empty()).then_some(list)
        }
        let globs = |names: &[String]| names.iter().map(|name| Glob::new(name)).collect();
        let mut filters = Vec::new();
        filters.extend(some(&flags.names).map(|names| Filter::Name(globs(names))));
        if let Some(types) = some(&flags.types) {
            let types = types.iter().map(|word| type_number(R::TYPES, kind, word));
            filters.push(Filter::Type(types.collect::<Result<_>>()?));
        }
        if let Some(tags) = some(&flags.tags) {
            let tags = tags.iter().map(|word| Selector::tag(word));
            filters.push(Filter::Tag(tags.collect::<Result<_>>()?));
        }
        if let Some(users) = some(&flags.uids) {
            let uids = users.iter().map(|user| Accounts::Users.number(user));
            filters.push(Filter::Uid(uids.collect::<Result<_>>()?));
        }
        filters.extend(some(&flags.maps).map(|words| Filter::Map(Objects::new(words))));
        filters.extend(some(&flags.progs).map(|words| Filter::Prog(Objects::new(words))));
        filters.extend(some(&flags.pids).map(|pids| Filter::Pid(pids.to_vec())));
        filters.extend(some(&flags.comms).map(|names| Filter::Comm(globs(names))));
        filters.extend(Targets::new(&flags.kinds, &flags.attached_to)?.map(Filter::Target));
        filters.extend(flags.unattached.then_some(Filter::Unattached));
        if let Some(percent) = &flags.fuller_than {
            filters.push(Filter::FullerThan(hundredths(percent)?));
        }
        if let Some(duration) = &flags.since {
            filters.push(Filter::Since(nanoseconds(duration)?));
        }
        for filter in &filters {
            if let Some(why) = R::unsupported_reason(filter) {
                let option = filter.option();
                return Err(Error::Usage(format!("{option} is not for {}: {why}", kind.plural())));
            }
        }
        Ok(Self { ids: flags.ids.clone(), pinned: Vec::new(), filters })
    }

    /// Resolves explicit paths of pins to ids.
    ///
    /// # Errors
    ///
    /// A path without a pin of this kind.
    pub(in crate::cmd) fn resolve<'p>(
        &mut self,
        paths: impl Iterator<Item = &'p PathBuf>,
        kind: Kind,
    ) -> Result<()> {
        self.pinned = paths.map(|path| id_at(path, kind)).collect::<Result<_>>()?;
        Ok(())
    }

    /// The explicit ids as an error names them; `None` where there are none.
    pub(in crate::cmd) fn describe(&self) -> Option<String> {
        let ids: Vec<_> = self.ids.iter().chain(&self.pinned).map(u32::to_string).collect();
        (!ids.is_empty()).then(|| format!("id {}", ids.join(", ")))
    }

    /// The kinds whose texts the conditions are about, beside the rows' own.
    pub(in crate::cmd) fn needs<R: Filtered>(&self) -> impl Iterator<Item = Kind> {
        self.filters.iter().flat_map(R::needs).map(|need| need.kind)
    }

    /// Checks that the rows' own text can answer.
    ///
    /// # Errors
    ///
    /// A text that lacks a column, or whose machine's boot time is unknown. An empty result would
    /// be wrong.
    pub(in crate::cmd) fn check<R: Filtered>(
        &mut self,
        format: &Format,
        path: &Path,
        now: Option<u64>,
    ) -> Result<()> {
        if !self.pinned.is_empty() && now.is_none() {
            return Err(Error::Lacks { option: "pinned", what: "pins", path: path.into() });
        }
        for filter in &mut self.filters {
            if let Some(column) = R::column(filter).filter(|column| !format.has(column)) {
                return Err(Error::Lacks {
                    option: filter.option(),
                    what: column,
                    path: path.into(),
                });
            }
            if let Filter::Since(ago) = filter {
                let option = "--since";
                let now = now.ok_or(Error::Lacks { option, what: "date", path: path.into() })?;
                *ago = now.saturating_sub(*ago);
            }
        }
        Ok(())
    }

    /// Checks that the other texts can answer, and resolves names of maps. If a text is missing
    /// that is useful but not vital, returns a note for the user.
    ///
    /// # Errors
    ///
    /// A text that a condition cannot do without.
    pub(in crate::cmd) fn join<R: Filtered>(
        &mut self,
        joined: &Joined<'_>,
        path: &Path,
    ) -> Result<Option<String>> {
        let mut missing = None;
        for filter in &mut self.filters {
            for need in R::needs(filter).iter().filter(|need| !joined.has(need.kind)) {
                let (option, file) = (filter.option(), need.kind.file_name());
                if need.is_vital {
                    return Err(Error::Beside { option, file, path: path.into() });
                }
                let what = match need.kind {
                    // Programs that it cannot tell of are counted, and told of with the reason.
                    _ if matches!(filter, Filter::Unattached) => continue,
                    _ if matches!(filter, Filter::Map(_)) => {
                        "knows maps by the first 15 characters of their names only"
                    }
                    Kind::Links => "knows only what programs were loaded for",
                    _ => "does not know all that is attached without a link",
                };
                // The most useful text comes first.
                missing = missing.or(Some(format!(
                    "{option} {what}: no readable {file} beside '{}'",
                    quoted_path(path)
                )));
            }
            if let Filter::Map(objects) = filter {
                let named = joined.map_names().filter(|(_, name)| glob::any(&objects.names, *name));
                objects.ids.extend(named.map(|(id, _)| id));
            }
        }
        Ok(missing)
    }

    /// Whether the row is one of those that were asked for by id.
    pub(in crate::cmd) fn names(&self, id: u32) -> bool {
        [&self.ids, &self.pinned].into_iter().all(|ids| ids.is_empty() || ids.contains(&id))
    }

    /// Whether every row passes.
    pub(in crate::cmd) fn is_none(&self) -> bool {
        self.ids.is_empty() && self.filters.is_empty()
    }

    /// The filter that applies to single attachments, too.
    pub(in crate::cmd) fn targets(&self) -> Option<&Targets> {
        self.filters.iter().find_map(|filter| match filter {
            Filter::Target(targets) => Some(targets),
            _ => None,
        })
    }

    /// Whether unattached programs are asked for, so that those that may be attached are told of.
    pub(in crate::cmd) fn ask_unattached(&self) -> bool {
        self.filters.iter().any(|filter| matches!(filter, Filter::Unattached))
    }

    /// All conditions beside the ids.
    pub(in crate::cmd) fn iter(&self) -> impl Iterator<Item = &Filter> {
        self.filters.iter()
    }
}

/// A type by its word or number; numbers allow for types newer than this program.
fn type_number(table: &[&str], kind: Kind, word: &str) -> Result<u32> {
    let found = (0..).zip(table).find(|(_, known)| known.eq_ignore_ascii_case(word));
    found.map(|(number, _)| number).or_else(|| word.parse().ok()).ok_or_else(|| {
        let instead = instead(word, table[1..].iter().copied());
        Error::Usage(format!("no type of {} '{}'; {instead}", kind.singular(), quoted(word)))
    })
}

/// `90` or `99.5`, of a hundred.
pub(crate) fn hundredths(text: &str) -> Result<u64> {
    let parse = || {
        let (whole, rest) = text.split_once('.').unwrap_or((text, "0"));
        let is_number = |digits: &str| digits.bytes().all(|byte| byte.is_ascii_digit());
        if !is_number(whole) || !is_number(rest) || !(1..=2).contains(&rest.len()) {
            return None;
        }
        let rest: u64 = format!("{rest:0<2}").parse().ok()?;
        let hundredths = whole.parse::<u64>().ok()?.checked_mul(100)? + rest;
        (hundredths < 10_000).then_some(hundredths)
    };
    parse().ok_or_else(|| {
        let text = quoted(text);
        Error::Usage(format!("'{text}' is no percentage below 100, such as 90 or 99.5"))
    })
}

/// `90s`, `5m`, `2h`, `1d`, `1w`, or several in a row.
pub(crate) fn nanoseconds(text: &str) -> Result<u64> {
    let parse = || {
        let (mut sum, mut rest) = (0u64, text);
        while !rest.is_empty() {
            let digits = rest.find(|c: char| !c.is_ascii_digit())?;
            let number: u64 = rest[..digits].parse().ok()?;
            let unit = rest[digits..].chars().next()?;
            let seconds = match unit {
                's' => 1,
                'm' => 60,
                'h' => 3600,
                'd' => 86400,
                'w' => 7 * 86400,
                _ => return None,
            };
            sum = sum.checked_add(number.checked_mul(seconds * 1_000_000_000)?)?;
            rest = &rest[digits + unit.len_utf8()..];
        }
        (!text.is_empty()).then_some(sum)
    };
    parse().ok_or_else(|| {
        Error::Usage(format!("'{}' is no duration, such as 30s, 5m, 2h, 1d or 1w", quoted(text)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_is_numbers_with_units_and_nothing_else() {
        let parsed = |text| nanoseconds(text).ok().map(|ns| ns / 1_000_000_000);
        assert_eq!(parsed("30s"), Some(30));
        assert_eq!(parsed("1d2h3m4s"), Some(93_784));
        assert_eq!(parsed("2w"), Some(1_209_600));
        for bad in ["", "5", "m", "5x", "-5m", "5 m", "1.5h", "99999999999999d", "5é"] {
            assert_eq!(parsed(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_percentage_is_below_a_hundred_and_has_two_decimals_at_most() {
        let parsed = |text| hundredths(text).ok();
        assert_eq!(["0", "90", "99.5", "99.99"].map(parsed), [0, 9000, 9950, 9999].map(Some));
        for bad in
            ["", "100", "-1", "90%", ".5", "5.", "1.234", "+9", "1e1", "99999999999999999999"]
        {
            assert_eq!(parsed(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_number_is_an_id_and_all_else_a_pattern() {
        let objects = Objects::new(&["7".into(), "flow_*".into()]);
        assert!(objects.has(Some(7), None) && objects.has(Some(1), Some(Name::new(b"flow_map"))));
        assert!(!objects.has(Some(1), Some(Name::new(b"7"))) && !objects.has(None, None));
    }
}
