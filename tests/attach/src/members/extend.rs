//! Programs whose target is a function of another BPF program.

use std::os::fd::{AsFd, AsRawFd};

use libbpf_rs::btf::{Btf, types::Func};

use crate::error::{Doing, Error, Result};
use crate::expect::Expect;
use crate::object::{EXTEND, LoadTarget, Programs, TARGET};
use crate::stage::{Attached, Ready};
use crate::sys::{self, LinkExtra};

const MAIN: &str = "attach_target_main_program";
const SECOND: &str = "attach_target_second_program";
const GET_CONSTANT: &str = "attach_target_get_constant";
const GET_LENGTH: &str = "attach_target_get_length";
const GET_IFINDEX: &str = "attach_target_get_ifindex";
const SECOND_CONSTANT: &str = "attach_target_second_constant";

/// A program that extends or traces another, and the function of [`MAIN`] that is its target.
type Extension = (&'static str, &'static str);

/// Adds a function of a program to what is expected of the one that is attached to it.
fn onto(expect: Expect, function: &str, target: &Expect) -> Expect {
    expect
        .with("function", function)
        .with("prog_id", target.prog_id)
        .with("prog_name", &target.prog_name)
}

/// Loads extensions of functions of one tc program, which is loaded anew for them.
fn load(kind: &'static str, extensions: &[Extension]) -> Result<(Programs, Programs, Vec<Expect>)> {
    let targets = TARGET.load(&[MAIN, SECOND])?;
    let programs = {
        let main = targets.prog(MAIN)?;
        let fixed: Vec<_> = extensions
            .iter()
            .map(|&(prog, function)| LoadTarget { prog, target: main.as_fd(), function })
            .collect();
        EXTEND.load_with_targets(&fixed)?
    };
    let main = targets.expect("target", MAIN)?;
    let expects = extensions
        .iter()
        .map(|(prog, function)| Ok(onto(programs.expect(kind, prog)?, function, &main)))
        .collect::<Result<Vec<_>>>()?;
    Ok((programs, targets, expects))
}

/// Attaches every extension to the function that it was loaded for.
fn attach_loaded(programs: &Programs, expects: Vec<Expect>) -> Result<Attached> {
    let mut attached = Attached::default();
    for expect in expects {
        let link = programs
            .prog(&expect.prog_name)?
            .attach_trace()
            .doing(|| format!("attach '{}'", expect.prog_name))?;
        attached.add(expect.linked(&link), link);
    }
    Ok(attached)
}

fn member(kind: &'static str, extensions: &[Extension]) -> Result<Ready> {
    let (programs, targets, expects) = load(kind, extensions)?;
    let unattached = [targets.expect("target", MAIN)?, targets.expect("target", SECOND)?];
    let known = [expects.clone(), unattached.to_vec()].concat();
    let ready = Ready::new(programs, known, |programs| {
        let mut attached = attach_loaded(programs, expects)?;
        unattached.into_iter().for_each(|expect| attached.unattached(expect));
        Ok(attached)
    });
    Ok(ready.keeping(targets))
}

pub(crate) fn freplace() -> Result<Ready> {
    member(
        "freplace",
        &[
            ("attach_freplace_get_constant", GET_CONSTANT),
            ("attach_freplace_get_length", GET_LENGTH),
            ("attach_freplace_get_ifindex", GET_IFINDEX),
        ],
    )
}

/// One program that replaces two functions: one of the program that it was loaded for, and one of
/// another name in another program.
pub(crate) fn freplace_two_targets() -> Result<Ready> {
    const NAME: &str = "attach_freplace_on_two_targets";
    let (programs, targets, expects) = load("freplace", &[(NAME, GET_CONSTANT)])?;
    let main = targets.expect("target", MAIN)?;
    let second = targets.expect("target", SECOND)?;
    let second_fd = targets.prog(SECOND)?.as_fd().try_clone_to_owned().doing(|| "duplicate")?;
    let known = [expects.clone(), vec![main.clone(), second.clone()]].concat();
    let ready = Ready::new(programs, known, move |programs| {
        let mut attached = attach_loaded(programs, expects)?;
        let function = LinkExtra::TargetBtfId(function_id(second.prog_id, SECOND_CONSTANT)?);
        let link =
            sys::link_create(programs.prog(NAME)?.as_fd(), second_fd.as_raw_fd(), 0, function)
                .doing(|| "attach to a second target")?;
        let expect = onto(programs.expect("freplace", NAME)?, SECOND_CONSTANT, &second);
        attached.add(expect.linked(&link), link);
        attached.unattached(main);
        attached.unattached(second);
        Ok(attached)
    });
    Ok(ready.keeping(targets))
}

/// The id of a function in the BTF of a program.
fn function_id(prog_id: u32, function: &str) -> Result<u32> {
    let btf = Btf::from_prog_id(prog_id).doing(|| "read a program's BTF")?;
    let found = btf.type_by_name::<Func<'_>>(function);
    let found = found.ok_or_else(|| Error::lacks(format!("no function '{function}'")))?;
    Ok(found.type_id().into())
}

pub(crate) fn fentry_prog() -> Result<Ready> {
    member(
        "fentry",
        &[("attach_fentry_of_bpf_program", MAIN), ("attach_fentry_of_bpf_subprogram", GET_LENGTH)],
    )
}

pub(crate) fn fexit_prog() -> Result<Ready> {
    member(
        "fexit",
        &[("attach_fexit_of_bpf_program", MAIN), ("attach_fexit_of_bpf_subprogram", GET_LENGTH)],
    )
}
