//! Metrics as text: Prometheus' own format, version 0.0.4, and OpenMetrics 1.0.

use std::collections::BTreeMap;
use std::io::{self, Write};

/// What the samples of a family are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MetricType {
    /// A number that rises and falls.
    Gauge,
    /// A number that only rises, or begins anew.
    Counter,
    /// A one that carries labels.
    Info,
}

/// A family of samples: one metric, with all its labels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Family {
    /// The name of its samples.
    pub name: &'static str,
    /// What they are.
    pub metric_type: MetricType,
    /// What they count, where that is a unit: the end of the name, before `_total`.
    pub unit: Option<&'static str>,
    /// One sentence for people.
    pub help: &'static str,
    /// The names of their labels.
    pub labels: &'static [&'static str],
}

/// The value of a sample.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum SampleValue {
    /// A whole number.
    Whole(u64),
    /// Any other.
    Real(f64),
}

/// Samples by the values of their labels: no two are alike, and their order is always the same.
pub type Samples = BTreeMap<Vec<String>, SampleValue>;

/// One of the two formats.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MetricsFormat {
    /// Prometheus' own, which node_exporter reads.
    Prometheus,
    /// OpenMetrics, which ends with a mark.
    OpenMetrics,
}

impl MetricsFormat {
    /// Writes families. One without a sample is left out: nothing is known of it.
    ///
    /// # Errors
    ///
    /// The writer's.
    pub fn write(self, families: &[(Family, Samples)], to: &mut impl Write) -> io::Result<()> {
        for (family, samples) in families.iter().filter(|(_, samples)| !samples.is_empty()) {
            self.head(family, to)?;
            for (values, value) in samples {
                sample(family, values, *value, to)?;
            }
        }
        match self {
            Self::Prometheus => Ok(()),
            Self::OpenMetrics => to.write_all(b"# EOF\n"),
        }
    }

    /// What stands before the samples. In OpenMetrics, a family has a name without the suffix that
    /// its type gives its samples, and a unit.
    fn head(self, family: &Family, to: &mut impl Write) -> io::Result<()> {
        let Family { name, metric_type, unit, help, .. } = *family;
        let (name, word) = match (self, metric_type) {
            (_, MetricType::Gauge) | (Self::Prometheus, MetricType::Info) => (name, "gauge"),
            (Self::Prometheus, MetricType::Counter) => (name, "counter"),
            (_, MetricType::Counter) => (name.trim_end_matches("_total"), "counter"),
            (_, MetricType::Info) => (name.trim_end_matches("_info"), "info"),
        };
        writeln!(to, "# HELP {name} {help}\n# TYPE {name} {word}")?;
        match unit.filter(|_| self == Self::OpenMetrics) {
            Some(unit) => writeln!(to, "# UNIT {name} {unit}"),
            None => Ok(()),
        }
    }
}

fn sample(
    family: &Family,
    values: &[String],
    value: SampleValue,
    to: &mut impl Write,
) -> io::Result<()> {
    let mut line = String::from(family.name);
    for (i, (label, value)) in family.labels.iter().zip(values).enumerate() {
        line.push_str(if i == 0 { "{" } else { "," });
        line.push_str(label);
        line.push_str("=\"");
        escape(value, &mut line);
        line.push('"');
    }
    line.push_str(if family.labels.is_empty() { " " } else { "} " });
    match value {
        SampleValue::Whole(number) => writeln!(to, "{line}{number}"),
        SampleValue::Real(number) => writeln!(to, "{line}{number}"),
    }
}

/// The value of a label, as both formats have it.
fn escape(value: &str, to: &mut String) {
    for c in value.chars() {
        match c {
            '\\' => to.push_str("\\\\"),
            '"' => to.push_str("\\\""),
            '\n' => to.push_str("\\n"),
            c => to.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RUNS: Family = Family {
        name: "x_run_seconds_total",
        metric_type: MetricType::Counter,
        unit: Some("seconds"),
        help: "Seconds.",
        labels: &["id", "name"],
    };
    const INFO: Family = Family {
        name: "x_info",
        metric_type: MetricType::Info,
        unit: None,
        help: "It.",
        labels: &[],
    };

    fn text(format: MetricsFormat) -> String {
        let labels = |id: &str, name: &str| vec![id.to_owned(), name.to_owned()];
        let runs = Samples::from([
            (labels("7", "a\\b\"c\nd"), SampleValue::Real(0.25)),
            (labels("10", ""), SampleValue::Whole(u64::MAX)),
        ]);
        let info = Samples::from([(Vec::new(), SampleValue::Whole(1))]);
        let mut text = Vec::new();
        format.write(&[(RUNS, runs), (RUNS, Samples::new()), (INFO, info)], &mut text).unwrap();
        String::from_utf8(text).unwrap()
    }

    #[test]
    fn a_label_is_escaped_and_a_family_without_samples_is_left_out() {
        let expected = "\
# HELP x_run_seconds_total Seconds.
# TYPE x_run_seconds_total counter
x_run_seconds_total{id=\"10\",name=\"\"} 18446744073709551615
x_run_seconds_total{id=\"7\",name=\"a\\\\b\\\"c\\nd\"} 0.25
# HELP x_info It.
# TYPE x_info gauge
x_info 1
";
        assert_eq!(text(MetricsFormat::Prometheus), expected);
    }

    #[test]
    fn openmetrics_names_families_without_the_suffix_of_their_type() {
        let expected = "\
# HELP x_run_seconds Seconds.
# TYPE x_run_seconds counter
# UNIT x_run_seconds seconds
x_run_seconds_total{id=\"10\",name=\"\"} 18446744073709551615
x_run_seconds_total{id=\"7\",name=\"a\\\\b\\\"c\\nd\"} 0.25
# HELP x It.
# TYPE x info
x_info 1
# EOF
";
        assert_eq!(text(MetricsFormat::OpenMetrics), expected);
    }
}
