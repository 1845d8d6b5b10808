//! The families of metrics, each declared once, with what counts its samples.

use std::collections::BTreeMap;

use crate::model::{AttachmentIndex, Kind, Link, Map, Name, Prog, words};
use crate::view::{Family, MetricType, SampleValue, Samples};

/// What was measured; `None` is not known.
pub(super) struct Measured<'s> {
    pub(super) progs: Option<&'s [Prog<'s>]>,
    pub(super) maps: Option<&'s [Map<'s>]>,
    pub(super) links: Option<Vec<&'s Link<'s>>>,
    /// Where programs are attached, if every text was read that tells of it.
    pub(super) attachments: Option<&'s AttachmentIndex<'s>>,
    /// Whether the kernel is known to count runs.
    pub(super) counts_runs: bool,
    /// The kinds whose texts were looked for.
    pub(super) looked_at: Vec<Kind>,
    /// Those of them that were read to their end, every row.
    pub(super) whole: Vec<Kind>,
}

/// Nothing, where not even programs could be read: no other text was looked for.
impl Default for Measured<'_> {
    fn default() -> Self {
        Self {
            progs: None,
            maps: None,
            links: None,
            attachments: None,
            counts_runs: false,
            looked_at: vec![Kind::Progs],
            whole: Vec::new(),
        }
    }
}

/// A family, and how its samples are made.
pub(super) struct Metric {
    pub(super) family: Family,
    /// Whether it has a series for each object, whose number nothing limits but `--max-series`.
    pub(super) is_by_id: bool,
    pub(super) samples: fn(&Measured<'_>) -> Samples,
}

impl Metric {
    const fn gauge(
        (name, unit): (&'static str, Option<&'static str>),
        labels: &'static [&'static str],
        help: &'static str,
        samples: fn(&Measured<'_>) -> Samples,
    ) -> Self {
        let family = Family { name, metric_type: MetricType::Gauge, unit, help, labels };
        Self { family, is_by_id: false, samples }
    }

    /// The same, as another type.
    const fn of(mut self, metric_type: MetricType) -> Self {
        self.family.metric_type = metric_type;
        self
    }

    /// The same, with a series for each object.
    const fn by_id(mut self) -> Self {
        self.is_by_id = true;
        self
    }
}

/// The labels of programs: what stays as it is when one is loaded anew.
const SAME_PROG: &[&str] = &["name", "type", "tag"];

/// All families, in the order in which they are written.
pub(super) const FAMILIES: &[Metric] = &[
    Metric::gauge(
        ("bpfdbg_info", None),
        &["version"],
        "The version of bpfdbg that wrote this.",
        |_| Samples::from([(vec![env!("CARGO_PKG_VERSION").into()], SampleValue::Whole(1))]),
    )
    .of(MetricType::Info),
    Metric::gauge(
        ("bpfdbg_source_readable", None),
        &["source"],
        "Whether the source could be read to its end, and every row of it.",
        readable,
    ),
    Metric::gauge(("bpf_programs", None), &["type"], "Number of loaded BPF programs.", |seen| {
        count(seen.progs.into_iter().flatten().map(|prog| vec![prog_type(prog)]))
    }),
    Metric::gauge(("bpf_maps", None), &["type"], "Number of BPF maps.", |seen| {
        count(seen.maps.into_iter().flatten().map(|map| vec![map_type(map)]))
    }),
    Metric::gauge(("bpf_links", None), &["type"], "Number of BPF links.", |seen| {
        let links = seen.links.iter().flatten();
        count(links.map(|link| vec![word(words::LINK_TYPES, link.link_type)]))
    }),
    Metric::gauge(
        ("bpf_attachments", None),
        &["kind"],
        "Number of places where BPF programs are attached, through a link or without.",
        attachments,
    ),
    Metric::gauge(
        ("bpf_map_memory_bytes", Some("bytes")),
        &["type"],
        "Memory that the kernel reports for the BPF maps of this type.",
        |seen| {
            let maps = seen.maps.into_iter().flatten();
            sum(maps.map(|map| (vec![map_type(map)], map.bytes_memlock)))
        },
    ),
    Metric::gauge(
        ("bpf_map_used_ratio", Some("ratio")),
        &["name", "type"],
        "How full the fullest BPF map of this name and type is, where entries are counted.",
        used,
    ),
    Metric::gauge(
        ("bpf_program_instances", None),
        SAME_PROG,
        "Number of loaded BPF programs with this name, type and tag.",
        |seen| count(seen.progs.into_iter().flatten().map(same_prog)),
    ),
    Metric::gauge(
        ("bpf_program_memory_bytes", Some("bytes")),
        SAME_PROG,
        "Memory that the kernel reports for the BPF programs with this name, type and tag.",
        |seen| {
            let progs = seen.progs.into_iter().flatten();
            sum(progs.map(|prog| (same_prog(prog), prog.bytes_memlock)))
        },
    ),
    Metric::gauge(
        ("bpf_program_runs_total", None),
        BY_ID,
        "Number of runs of the BPF program while the kernel counted.",
        |seen| runs(seen, |prog| Some(SampleValue::Whole(prog.run_cnt?))),
    )
    .of(MetricType::Counter)
    .by_id(),
    Metric::gauge(
        ("bpf_program_run_seconds_total", Some("seconds")),
        BY_ID,
        "Time that those runs of the BPF program took.",
        |seen| runs(seen, |prog| Some(SampleValue::Real(prog.run_time_ns? as f64 / 1e9))),
    )
    .of(MetricType::Counter)
    .by_id(),
];

/// The labels of one program.
const BY_ID: &[&str] = &["id", "name", "type", "tag"];

/// The family that tells how many series were left out.
pub(super) fn dropped(count: usize) -> (Family, Samples) {
    let family = Family {
        name: "bpfdbg_series_dropped",
        metric_type: MetricType::Gauge,
        unit: None,
        help: "Number of series that were left out, those beyond --max-series of a metric.",
        labels: &[],
    };
    (family, Samples::from([(Vec::new(), SampleValue::Whole(count as u64))]))
}

fn readable(seen: &Measured<'_>) -> Samples {
    let source = |kind: &Kind| {
        let name = kind.file_name().trim_end_matches(".debug").to_owned();
        (vec![name], SampleValue::Whole(seen.whole.contains(kind).into()))
    };
    seen.looked_at.iter().map(source).collect()
}

fn attachments(seen: &Measured<'_>) -> Samples {
    let (Some(progs), Some(index)) = (seen.progs, seen.attachments) else {
        return Samples::new();
    };
    let places = progs.iter().flat_map(|prog| index.of(prog).attachments());
    let places = places.filter(|place| !place.target().detached);
    count(places.map(|place| vec![place.kind().unwrap_or_default().to_owned()]))
}

fn used(seen: &Measured<'_>) -> Samples {
    let mut fullest = BTreeMap::<_, f64>::new();
    for map in seen.maps.into_iter().flatten() {
        let Some((entries, most)) = map.entries_of_most() else { continue };
        let of = fullest.entry(vec![name(map.name), map_type(map)]).or_default();
        *of = of.max(entries as f64 / f64::from(most));
    }
    fullest.into_iter().map(|(labels, ratio)| (labels, SampleValue::Real(ratio))).collect()
}

/// A counter of each program; one of zero is left out where nobody knows that runs were counted.
fn runs(seen: &Measured<'_>, value: fn(&Prog<'_>) -> Option<SampleValue>) -> Samples {
    let is_counted = |prog: &&Prog<'_>| seen.counts_runs || prog.run_cnt != Some(0);
    let progs = seen.progs.into_iter().flatten().filter(is_counted);
    let labels = |prog: &Prog<'_>| {
        let mut labels = vec![prog.id.to_string()];
        labels.extend(same_prog(prog));
        labels
    };
    progs.filter_map(|prog| Some((labels(prog), value(prog)?))).collect()
}

/// How often each occurs.
fn count(labels: impl Iterator<Item = Vec<String>>) -> Samples {
    sum(labels.map(|labels| (labels, Some(1))))
}

/// The sums of numbers with the same labels; none, where one of the numbers is not known.
fn sum(numbers: impl Iterator<Item = (Vec<String>, Option<u64>)>) -> Samples {
    let mut sums = BTreeMap::new();
    for (labels, number) in numbers {
        let sum = sums.entry(labels).or_insert(Some(0u64));
        *sum = sum.zip(number).map(|(sum, number)| sum.saturating_add(number));
    }
    let known = |(labels, sum): (_, Option<u64>)| Some((labels, SampleValue::Whole(sum?)));
    sums.into_iter().filter_map(known).collect()
}

fn same_prog(prog: &Prog<'_>) -> Vec<String> {
    let tag = prog.tag.map(|tag| format!("{:016x}", u64::from_be_bytes(tag)));
    vec![name(prog.name), prog_type(prog), tag.unwrap_or_default()]
}

fn prog_type(prog: &Prog<'_>) -> String {
    word(words::PROG_TYPES, prog.prog_type)
}

fn map_type(map: &Map<'_>) -> String {
    word(words::MAP_TYPES, map.map_type)
}

/// A name, escaped as in a table; empty, which is no label to Prometheus, where there is none.
fn name(name: Option<Name<'_>>) -> String {
    name.map(|name| name.to_string()).unwrap_or_default()
}

/// The word for a number, the number itself where the table has none, empty where it is not known.
fn word(table: &'static [&'static str], number: Option<u32>) -> String {
    let word =
        |number| words::word(table, number).map_or_else(|| number.to_string(), str::to_owned);
    number.map(word).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn families_are_well_named() {
        for (i, Metric { family, .. }) in FAMILIES.iter().enumerate() {
            let Family { name, metric_type, unit, help, labels } = *family;
            assert!(name.starts_with("bpf"), "{name}");
            assert!(help.ends_with('.') && !help.contains(['\\', '"', '\n']), "{help}");
            assert!(FAMILIES[..i].iter().all(|other| other.family.name != name), "{name}");
            assert_eq!(metric_type == MetricType::Counter, name.ends_with("_total"), "{name}");
            assert_eq!(metric_type == MetricType::Info, name.ends_with("_info"), "{name}");
            let stem = name.trim_end_matches("_total");
            assert!(unit.is_none_or(|unit| stem.ends_with(&format!("_{unit}"))), "{name}");
            assert!(labels.iter().all(|label| !["job", "instance", "le"].contains(label)));
        }
    }

    #[test]
    fn a_sum_with_an_unknown_part_is_unknown_and_others_are_not() {
        let of = |label: &str, number| (vec![label.to_owned()], number);
        let numbers = [of("a", Some(1)), of("b", Some(2)), of("a", None), of("b", Some(3))];
        let sums = sum(numbers.into_iter());
        assert_eq!(sums, Samples::from([(vec!["b".to_owned()], SampleValue::Whole(5))]));
    }

    #[test]
    fn what_has_no_word_is_a_number_and_what_is_unknown_is_empty() {
        assert_eq!(word(words::PROG_TYPES, Some(6)), "xdp");
        assert_eq!(word(words::PROG_TYPES, Some(9999)), "9999");
        assert_eq!(word(words::PROG_TYPES, None), "");
    }

    #[test]
    fn of_maps_with_one_name_the_fullest_counts_and_one_without_limit_does_not() {
        let map = |cur_entries, max_entries| Map { cur_entries, max_entries, ..Map::default() };
        let maps = [map(Some(1), Some(4)), map(Some(3), Some(4)), map(None, Some(1))];
        let ratio = |maps: &[Map<'_>]| {
            used(&Measured { maps: Some(maps), ..Measured::default() }).into_values().next()
        };
        assert_eq!(ratio(&maps), Some(SampleValue::Real(0.75)));
        assert_eq!(ratio(&[map(Some(1), Some(0)), map(Some(1), None)]), None);
        assert_eq!(ratio(&[map(Some(0), Some(7))]), Some(SampleValue::Real(0.0)));
    }
}
