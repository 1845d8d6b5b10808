//! Numbers as people read them: sizes, durations, local time.

use std::borrow::Cow;
use std::sync::OnceLock;

use jiff::tz::TimeZone;

use super::column::{Head, Unit};
use super::target;
use super::value::Value;

/// The text of a cell for people; `exact` keeps sizes and durations as numbers, `brief` leaves
/// all but the first target to a number.
pub(super) fn text(head: &Head, value: &Value<'_>, exact: bool, brief: bool) -> Cow<'static, str> {
    match (head.unit, value) {
        (_, Value::Word(word)) => Cow::Borrowed(word),
        (_, Value::Attached(attached)) if brief => target::brief(attached).into(),
        (Unit::UnixTime, Value::Number(seconds)) => local_time(*seconds).into(),
        (Unit::Bytes, Value::Number(bytes)) if !exact => size(*bytes).into(),
        (Unit::Nanoseconds, Value::Number(ns)) if !exact => duration(*ns).into(),
        (_, value) => value.to_string().into(),
    }
}

/// Three digits and a unit of 1024: `512B`, `4.0K`, `20K`.
fn size(bytes: u64) -> String {
    scaled(bytes, 1024, &["B", "K", "M", "G", "T", "P", "E"])
}

/// Three digits and a unit of 1000 below a second, then seconds, minutes, hours, days.
fn duration(ns: u64) -> String {
    match ns / 1_000_000_000 {
        0 => scaled(ns, 1000, &["ns", "us", "ms"]),
        s @ 1..60 => format!("{}.{}s", s, ns / 100_000_000 % 10),
        s @ 60..3600 => format!("{}m{:02}s", s / 60, s % 60),
        s @ 3600..86400 => format!("{}h{:02}m", s / 3600, s / 60 % 60),
        s => format!("{}d{:02}h", s / 86400, s / 3600 % 24),
    }
}

fn scaled(value: u64, base: u64, units: &[&str]) -> String {
    let mut unit = 0;
    let mut divisor = 1;
    while unit + 1 < units.len() && value / divisor >= base {
        divisor *= base;
        unit += 1;
    }
    let (whole, tenths) = (value / divisor, value % divisor * 10 / divisor);
    if unit > 0 && whole < 10 {
        format!("{whole}.{tenths}{}", units[unit])
    } else {
        format!("{whole}{}", units[unit])
    }
}

/// The date and time in the zone of the user's environment.
fn local_time(seconds: u64) -> String {
    let Some(time) = i64::try_from(seconds).ok().and_then(|s| jiff::Timestamp::from_second(s).ok())
    else {
        return seconds.to_string();
    };
    time.to_zoned(zone().clone()).strftime("%Y-%m-%d %H:%M:%S").to_string()
}

/// The user's time zone, read once; UTC where the system has no data for it.
fn zone() -> &'static TimeZone {
    static ZONE: OnceLock<TimeZone> = OnceLock::new();
    ZONE.get_or_init(|| {
        // The file itself will do: to find the name that it has in the database takes a walk
        // through all of it.
        let local = || TimeZone::tzif("local", &std::fs::read("/etc/localtime").ok()?).ok();
        let local = if std::env::var_os("TZ").is_none() { local() } else { None };
        local.or_else(|| TimeZone::try_system().ok()).unwrap_or(TimeZone::UTC)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_has_three_digits_at_most() {
        let sizes = [0, 1023, 1024, 4096, 20480, 1 << 20, u64::MAX].map(size);
        assert_eq!(sizes, ["0B", "1023B", "1.0K", "4.0K", "20K", "1.0M", "15E"]);
    }

    #[test]
    fn a_duration_names_its_unit() {
        let durations =
            [0, 999, 1_500, 250_000_000, 1_250_000_000, 61_000_000_000, 90_061_000_000_000]
                .map(duration);
        assert_eq!(durations, ["0ns", "999ns", "1.5us", "250ms", "1.2s", "1m01s", "1d01h"]);
    }
}
