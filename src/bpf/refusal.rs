//! Tells a refused program, which another variant may replace, from a lack of resources, which
//! fails the load as a whole.

use rustix::io::Errno;

/// `ENOTSUPP`, which has no name in user space: a program needs the JIT, which is off.
const NOTSUPP: i32 = 524;

/// The errors by which the verifier, or libbpf's relocation, rejects a program. All others, such as
/// EMFILE, ENOMEM, ENOSPC, EPERM, EAGAIN and EINTR, are not about the program.
const OF_PROGRAM: [i32; 8] = [
    Errno::INVAL.raw_os_error(),
    Errno::ACCESS.raw_os_error(),
    Errno::TOOBIG.raw_os_error(),
    Errno::FAULT.raw_os_error(), // too many branches, up to 6.x
    Errno::SRCH.raw_os_error(),
    Errno::NOENT.raw_os_error(),
    Errno::OPNOTSUPP.raw_os_error(),
    NOTSUPP,
];

/// The refused program, from libbpf's error and log; `None` if the load failed for another reason.
pub(super) fn refused_program<'l>(error: &str, log: &'l str) -> Option<&'l str> {
    let errno = error.rsplit_once("(os error ")?.1.split(')').next()?.parse::<i32>().ok()?;
    let named = log.lines().rev().find_map(|line| line.strip_prefix("libbpf: prog '"));
    named.filter(|_| OF_PROGRAM.contains(&errno))?.split('\'').next()
}

/// The statistics at the end of a verifier log; a line for each function of a program from 7.x on.
const COUNTS: [&str; 4] = ["processed ", "verification time ", "stack depth ", "subprog "];

/// The last line of the verifier's log that gives a reason, or else libbpf's last line about a
/// program.
pub(super) fn reason(log: &str) -> Option<&str> {
    let (_, said) = log.rsplit_once("-- BEGIN PROG LOAD LOG --").unwrap_or_default();
    let (said, _) = said.split_once("-- END PROG LOAD LOG --").unwrap_or((said, ""));
    let is_reason = |line: &&str| !line.is_empty() && !COUNTS.iter().any(|of| line.starts_with(of));
    let of_libbpf = |line: &'_ str| line.starts_with("libbpf: prog '");
    said.lines().rev().find(is_reason).or_else(|| {
        let line = log.lines().rev().find(|line| of_libbpf(line))?;
        Some(line.split_once("': ")?.1)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn log(program: &str) -> String {
        format!(
            "libbpf: prog '{program}': BPF program load failed: -EACCES\n\
             libbpf: prog '{program}': -- BEGIN PROG LOAD LOG --\n\
             R1 pointer |= pointer prohibited\n\
             verification time 39 usec\nstack depth 0\n\
             processed 39 insns (limit 1000000) max_states_per_insn 0\n\
             -- END PROG LOAD LOG --\n\
             libbpf: prog '{program}': failed to load: -EACCES\n\
             libbpf: failed to load object 'iterators_bpf'\n"
        )
    }

    #[test]
    fn the_verifier_s_word_on_a_program_is_a_refusal_of_it() {
        let log = log("bpfdbg_maps");
        for errno in [22, 13, 7, 14, 3, 2, 95, 524] {
            let error = format!("failed to load: Some error (os error {errno})");
            assert_eq!(refused_program(&error, &log), Some("bpfdbg_maps"), "{errno}");
        }
        assert_eq!(reason(&log), Some("R1 pointer |= pointer prohibited"));
    }

    #[test]
    fn statistics_are_no_reason() {
        // As 7.3 refuses to interpret what only a JIT can run.
        let log = "libbpf: prog 'a': BPF program load failed: -EINVAL\n\
                   libbpf: prog 'a': -- BEGIN PROG LOAD LOG --\n\
                   stack depth 24+8\n\
                   subprog 0 (a) global insns_self 17 insns_total 40 stack 24\n\
                   processed 39 insns (limit 1000000) max_states_per_insn 0\n\
                   -- END PROG LOAD LOG --\n\
                   libbpf: prog 'a': failed to load: -EINVAL\n";
        assert_eq!(reason(log), Some("failed to load: -EINVAL"));
    }

    #[test]
    fn what_loading_lacks_is_no_refusal() {
        // EMFILE, ENFILE, ENOMEM, ENOSPC, EPERM, EAGAIN, EINTR, EBUSY.
        for errno in [24, 23, 12, 28, 1, 11, 4, 16] {
            let error = format!("failed to load: Some error (os error {errno})");
            assert_eq!(refused_program(&error, &log("bpfdbg_maps")), None, "{errno}");
        }
    }

    #[test]
    fn an_error_that_names_no_program_is_no_refusal() {
        let log = "libbpf: map 'cpu_offsets': failed to create: -EINVAL\n";
        assert_eq!(refused_program("Invalid argument (os error 22)", log), None);
        assert_eq!(refused_program("no number", "libbpf: prog 'a': failed\n"), None);
        assert_eq!(reason(log), None);
    }

    #[test]
    fn without_a_log_of_the_verifier_s_libbpf_gives_the_reason() {
        let log = "libbpf: prog 'a': failed to find kernel BTF type ID of 'bpf_iter_b': -ESRCH\n";
        assert_eq!(reason(log), Some("failed to find kernel BTF type ID of 'bpf_iter_b': -ESRCH"));
    }
}
