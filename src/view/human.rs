//! Numbers as people read them: sizes, durations, local time.

use std::sync::OnceLock;

use jiff::tz::TimeZone;

use super::attach;
use super::column::{Head, Unit};
use super::value::{self, MapName, Value};

/// Appends the text of a cell for people; `exact` keeps sizes and durations as numbers, `brief`
/// leaves all but the first target to a number.
pub(super) fn put(head: &Head, value: &Value<'_>, exact: bool, brief: bool, to: &mut String) {
    match (head.unit, value) {
        (_, Value::Attachments(attached)) if brief => to.push_str(&attach::brief(attached)),
        (Unit::UnixTime, Value::Number(seconds)) => local_time(*seconds, to),
        (Unit::Bytes, Value::Number(bytes)) if !exact => size(*bytes, to),
        (Unit::Nanoseconds, Value::Number(ns)) if !exact => duration(*ns, to),
        (_, Value::Percent(hundredths)) if !exact => percent(*hundredths, to),
        (_, Value::Flags(bits, words)) if !exact => flags(*bits, words, to),
        (_, Value::MapName(MapName(map))) => {
            map.shown_name().into_iter().for_each(|name| value::put_name(name, to));
        }
        (_, value) => value.put(to),
    }
}

/// Words by commas; what has none is left as a number, and no bit at all is a dash.
fn flags(bits: u32, words: &[&str], to: &mut String) {
    let mut separator = "";
    let mut rest = bits;
    for (bit, word) in words.iter().enumerate().filter(|(bit, _)| bits >> bit & 1 == 1) {
        value::put(to, format_args!("{separator}{word}"));
        separator = ",";
        rest &= !(1 << bit);
    }
    match (bits, rest) {
        (0, _) => to.push('-'),
        (_, 0) => {}
        _ => value::put(to, format_args!("{separator}{rest:#x}")),
    }
}

/// Whole parts of a hundred; of less than one, that it is not none.
fn percent(hundredths: u64, to: &mut String) {
    match hundredths {
        1..100 => to.push_str("<1%"),
        _ => value::put(to, format_args!("{}%", hundredths / 100)),
    }
}

/// A size for people, or its bytes.
pub(super) fn bytes(bytes: u64, exact: bool) -> String {
    let mut text = String::new();
    if exact {
        value::put(&mut text, format_args!("{bytes}"));
    } else {
        size(bytes, &mut text);
    }
    text
}

/// Three digits and a unit of 1024: `512B`, `4.0K`, `20K`.
fn size(bytes: u64, to: &mut String) {
    scaled(bytes, 1024, &["B", "K", "M", "G", "T", "P", "E"], to);
}

/// Three digits and a unit of 1000 below a second, then seconds, minutes, hours, days.
fn duration(ns: u64, to: &mut String) {
    match ns / 1_000_000_000 {
        0 => scaled(ns, 1000, &["ns", "us", "ms"], to),
        s @ 1..60 => value::put(to, format_args!("{}.{}s", s, ns / 100_000_000 % 10)),
        s @ 60..3600 => value::put(to, format_args!("{}m{:02}s", s / 60, s % 60)),
        s @ 3600..86400 => value::put(to, format_args!("{}h{:02}m", s / 3600, s / 60 % 60)),
        s => value::put(to, format_args!("{}d{:02}h", s / 86400, s / 3600 % 24)),
    }
}

fn scaled(value: u64, base: u64, units: &[&str], to: &mut String) {
    let mut unit = 0;
    let mut divisor = 1;
    while unit + 1 < units.len() && value / divisor >= base {
        divisor *= base;
        unit += 1;
    }
    let (whole, tenths) = (value / divisor, value % divisor * 10 / divisor);
    if unit > 0 && whole < 10 {
        value::put(to, format_args!("{whole}.{tenths}{}", units[unit]));
    } else {
        value::put(to, format_args!("{whole}{}", units[unit]));
    }
}

/// The date and time in the zone of the user's environment.
fn local_time(seconds: u64, to: &mut String) {
    let Some(time) = i64::try_from(seconds).ok().and_then(|s| jiff::Timestamp::from_second(s).ok())
    else {
        return Value::Number(seconds).put(to);
    };
    let time = zone().to_datetime(time);
    // strftime(3) would parse its format for every row.
    let mut pair = |separator: &str, n: i8| {
        let n = n.unsigned_abs();
        to.push_str(separator);
        to.extend([b'0' + n / 10, b'0' + n % 10].map(char::from));
    };
    let (century, year) = ((time.year() / 100) as i8, (time.year() % 100) as i8);
    pair("", century);
    pair("", year);
    pair("-", time.month());
    pair("-", time.day());
    pair(" ", time.hour());
    pair(":", time.minute());
    pair(":", time.second());
}

/// The user's time zone, read once; UTC where the system has no data for it.
fn zone() -> &'static TimeZone {
    static ZONE: OnceLock<TimeZone> = OnceLock::new();
    ZONE.get_or_init(|| {
        // /etc/localtime is read itself: finding the zone's name takes a walk through the database.
        let local = || TimeZone::tzif("local", &std::fs::read("/etc/localtime").ok()?).ok();
        let local = if std::env::var_os("TZ").is_none() { local() } else { None };
        local.or_else(|| TimeZone::try_system().ok()).unwrap_or(TimeZone::UTC)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(put: impl FnOnce(&mut String)) -> String {
        let mut text = String::new();
        put(&mut text);
        text
    }

    #[test]
    fn a_time_of_day_is_what_strftime_makes_of_it() {
        for seconds in [0, 951_782_399, 951_782_400, 1_785_000_000, 4_102_444_799, 253_402_207_199]
        {
            let time = jiff::Timestamp::from_second(seconds).unwrap().to_zoned(zone().clone());
            let expected = time.strftime("%Y-%m-%d %H:%M:%S").to_string();
            assert_eq!(text(|to| local_time(seconds.unsigned_abs(), to)), expected);
        }
        assert_eq!(text(|to| local_time(u64::MAX, to)), u64::MAX.to_string());
    }

    #[test]
    fn flags_are_words_and_what_has_none_is_a_number() {
        let words = |bits| text(|to| flags(bits, &["a", "b"], to));
        assert_eq!([0, 1, 3, 4, 6].map(words), ["-", "a", "a,b", "0x4", "b,0x4"]);
    }

    #[test]
    fn a_part_of_a_percent_is_not_none_and_not_all_is_not_a_hundred() {
        let percents = [0, 1, 99, 100, 9999, 10_000].map(|n| text(|to| percent(n, to)));
        assert_eq!(percents, ["0%", "<1%", "<1%", "1%", "99%", "100%"]);
    }

    #[test]
    fn a_size_has_three_digits_at_most() {
        let sizes = [0, 1023, 1024, 4096, 20480, 1 << 20, u64::MAX].map(|n| text(|to| size(n, to)));
        assert_eq!(sizes, ["0B", "1023B", "1.0K", "4.0K", "20K", "1.0M", "15E"]);
    }

    #[test]
    fn a_duration_names_its_unit() {
        let durations =
            [0, 999, 1_500, 250_000_000, 1_250_000_000, 61_000_000_000, 90_061_000_000_000]
                .map(|ns| text(|to| duration(ns, to)));
        assert_eq!(durations, ["0ns", "999ns", "1.5us", "250ms", "1.2s", "1m01s", "1d01h"]);
    }
}
