//! Each member by itself: what it says before, while and after it is attached.

use bpfdbg_attach::{AttachSet, Expect, Member, Outcome as Stage};
use libtest_mimic::{Completion, Failed, Trial};

use crate::{Outcome, expect_equal, kernel, soon, trial};

pub(crate) fn trials() -> impl Iterator<Item = Trial> {
    bpfdbg_attach::member_names().map(|name| trial(format!("member::{name}"), move || one(name)))
}

fn one(name: &'static str) -> Outcome {
    let mut set = AttachSet::load(|member| member == name);
    let loaded = expects(&set, name);
    for expect in &loaded {
        held_against_program(expect)?;
        expect_equal("attached before", expect.attached, false)?;
    }
    set.attach();
    let member = member(&set, name)?;
    if let Some(reason) = member.unavailable() {
        return Ok(Completion::ignored_with(reason.to_owned()));
    }
    let attached = expects(&set, name);
    if !attached.iter().any(|expect| expect.attached) {
        return Err("nothing is attached".into());
    }
    for expect in &attached {
        held_against_program(expect)?;
        held_against_link(expect)?;
    }
    for before in &loaded {
        kept_at_attach(before, &attached)?;
    }
    set.detach(name);
    if !matches!(self::member(&set, name)?.outcome, Stage::Detached(_)) {
        return Err("not detached".into());
    }
    for expect in &attached {
        let link = expect.link_id.and_then(kernel::link);
        expect_equal("link after detaching", link.is_some(), false)?;
        expect_equal("program", kernel::program(expect.prog_id).is_some(), true)?;
    }
    set.unload(name);
    let programs = attached.iter().map(|expect| expect.prog_id).collect();
    soon("the programs are unloaded", || kernel::program_ids().is_disjoint(&programs))?;
    Ok(Completion::Completed)
}

fn member<'a>(set: &'a AttachSet, name: &str) -> Result<&'a Member, Failed> {
    set.member(name).ok_or_else(|| "no such member".into())
}

fn expects(set: &AttachSet, name: &str) -> Vec<Expect> {
    set.member(name).map(|member| member.expects().to_vec()).unwrap_or_default()
}

/// What was known before must be known after, of the same program and in the same words.
fn kept_at_attach(before: &Expect, attached: &[Expect]) -> Result<(), Failed> {
    let after = attached.iter().find(|expect| expect.prog_id == before.prog_id);
    let after = after.ok_or_else(|| format!("'{}' is gone", before.prog_name))?;
    for (key, value) in &before.target {
        expect_equal(key, after.target.get(key), Some(value))?;
    }
    Ok(())
}

fn held_against_program(expect: &Expect) -> Result<(), Failed> {
    let program = kernel::program(expect.prog_id).ok_or("the kernel has no such program")?;
    let name = kernel::full_name(&program).ok_or("the kernel knows no BTF function")?;
    expect_equal("name", name.as_str(), &expect.prog_name)?;
    if name.len() < 16 {
        return Err(format!("'{name}' fits the kernel's 15 bytes, and so proves nothing").into());
    }
    let tag: String = program.tag.0.iter().map(|byte| format!("{byte:02x}")).collect();
    expect_equal("tag", &tag, &expect.tag)?;
    let maps: Vec<u32> = expect.maps.iter().map(|map| map.id).collect();
    expect_equal("maps", &program.map_ids, &maps)
}

fn held_against_link(expect: &Expect) -> Result<(), Failed> {
    let Some(id) = expect.link_id else {
        // Without a link there must be another way, or no attachment.
        let by_other_way = expect.target.contains_key("via");
        return expect_equal("attached by another way", expect.attached, by_other_way);
    };
    let link = kernel::link(id).ok_or_else(|| format!("the kernel has no link {id}"))?;
    // A link of struct_ops has a map and no program.
    if expect.kind != "struct_ops" {
        expect_equal("program of the link", link.prog_id, expect.prog_id)?;
    }
    for (key, value) in kernel::target(&link) {
        expect_equal(key, expect.target.get(key), Some(&value))?;
    }
    Ok(())
}
