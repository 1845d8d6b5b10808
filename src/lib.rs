//! BPF programs, maps and links of a machine, by full name.
