//! The order of values, for `--sort`.

use std::cmp::Ordering;

use super::Value;
use super::value::MapName;

/// Numbers by size, words and names by their bytes; what is not known comes last.
pub fn compare(a: &Value<'_>, b: &Value<'_>) -> Ordering {
    match (a, b) {
        (a, b) if a.is_none() || b.is_none() => a.is_none().cmp(&b.is_none()),
        (Value::Number(a), Value::Number(b)) => a.cmp(b),
        (Value::Signed(a), Value::Signed(b)) => a.cmp(b),
        (Value::Percent(a), Value::Percent(b)) => a.cmp(b),
        (Value::Flags(a, _), Value::Flags(b, _)) => a.cmp(b),
        (Value::MapName(a), Value::MapName(b)) => {
            let bytes =
                |MapName(map): &MapName<'_>| map.shown_name().map(|name| name.bytes().into_owned());
            bytes(a).cmp(&bytes(b))
        }
        (Value::Name(a), Value::Name(b)) => a.bytes().cmp(&b.bytes()),
        (Value::Word(a), Value::Word(b)) => a.cmp(b),
        (Value::Bool(a), Value::Bool(b)) => a.cmp(b),
        (Value::Tag(a), Value::Tag(b)) => a.cmp(b),
        (Value::Ids(a), Value::Ids(b)) => a.iter().cmp(b.iter()),
        // A type that has no word stands behind those that have one.
        (Value::Word(_), Value::Number(_)) => Ordering::Less,
        (Value::Number(_), Value::Word(_)) => Ordering::Greater,
        _ => a.text().cmp(&b.text()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_go_by_size_and_the_unknown_goes_last() {
        let mut values = [Value::Absent, Value::Number(10), Value::Number(9), Value::Word("xdp")];
        values.sort_by(compare);
        assert_eq!(
            values,
            [Value::Word("xdp"), Value::Number(9), Value::Number(10), Value::Absent]
        );
    }
}
