//! The attach set: members that are loaded, attached, detached and taken down again.

use crate::error::Result;
use crate::expect::{Expect, Member, Outcome};
use crate::members::{self, Kind};
use crate::object::Programs;
use crate::quiet;
use crate::stage::{Attached, Guard, Ready};

/// One BPF attachment of every kind that this kernel has, held until it is dropped.
///
/// Dropping it detaches and unloads everything, and removes every device, cgroup, namespace and
/// file that was made for it; the links die with the process in any case.
pub struct AttachSet {
    entries: Vec<Entry>,
}

/// What is held for one member. Fields are dropped in this order: links before their targets,
/// targets before the programs.
struct Entry {
    links: Vec<Guard>,
    places: Vec<Guard>,
    ready: Option<Ready>,
    programs: Option<(Programs, Vec<Guard>)>,
    member: Member,
}

/// The names of all members, in the order in which they are loaded.
pub fn member_names() -> impl Iterator<Item = &'static str> {
    members::KINDS.iter().map(|kind| kind.name)
}

impl AttachSet {
    /// Loads and attaches every member that `filter` accepts by its name.
    pub fn new(filter: impl Fn(&str) -> bool) -> AttachSet {
        let mut set = AttachSet::load(filter);
        set.attach();
        set
    }

    /// Loads and attaches the members named.
    pub fn named(names: &[&str]) -> AttachSet {
        AttachSet::new(|name| names.contains(&name))
    }

    /// Loads every member that `filter` accepts, and attaches none yet.
    pub fn load(filter: impl Fn(&str) -> bool) -> AttachSet {
        let _quiet = quiet::Quiet::new();
        let chosen = members::KINDS.iter().filter(|kind| filter(kind.name));
        AttachSet { entries: chosen.map(Entry::load).collect() }
    }

    /// Attaches every member that is loaded and not attached yet.
    pub fn attach(&mut self) {
        let _quiet = quiet::Quiet::new();
        self.entries.iter_mut().for_each(Entry::attach);
    }

    /// All members, also those that are unavailable.
    pub fn members(&self) -> impl Iterator<Item = &Member> {
        self.entries.iter().map(|entry| &entry.member)
    }

    /// The member of this name, if the filter accepted it.
    pub fn member(&self, name: &str) -> Option<&Member> {
        self.members().find(|member| member.name == name)
    }

    /// What is expected of every program that is loaded.
    pub fn expects(&self) -> impl Iterator<Item = &Expect> {
        self.members().flat_map(Member::expects)
    }

    /// Detaches a member; its programs stay loaded, and what it was attached to stays too.
    pub fn detach(&mut self, name: &str) {
        self.named_mut(name).for_each(Entry::detach);
    }

    /// Removes what a member is attached to (its devices, cgroups, files) and holds the links on.
    ///
    /// A device or cgroup that is gone detaches its links, whose ids stay.
    pub fn remove_targets(&mut self, name: &str) {
        self.named_mut(name).for_each(|entry| entry.places.clear());
    }

    /// Detaches a member, unloads its programs and forgets it.
    pub fn unload(&mut self, name: &str) {
        self.entries.retain(|entry| entry.member.name != name);
    }

    fn named_mut(&mut self, name: &str) -> impl Iterator<Item = &mut Entry> {
        self.entries.iter_mut().filter(move |entry| entry.member.name == name)
    }
}

impl Entry {
    fn load(kind: &Kind) -> Entry {
        let (ready, outcome) = match (kind.load)() {
            Ok(ready) => {
                let outcome = Outcome::Loaded(ready.expects.clone());
                (Some(ready), outcome)
            }
            Err(err) => (None, Outcome::Unavailable(err.to_string())),
        };
        let member = Member { name: kind.name, outcome };
        Entry { links: Vec::new(), places: Vec::new(), ready, programs: None, member }
    }

    fn attach(&mut self) {
        let Some(mut ready) = self.ready.take() else { return };
        let result: Result<Attached> = (ready.attach)(&mut ready.programs);
        match result {
            Ok(attached) => {
                self.links = attached.links;
                self.places = attached.places;
                self.programs = Some((ready.programs, ready.kept));
                self.member.outcome = Outcome::Attached(attached.expects);
            }
            Err(err) => self.member.outcome = Outcome::Unavailable(err.to_string()),
        }
    }

    fn detach(&mut self) {
        if let Outcome::Attached(expects) = &self.member.outcome {
            // The last attached goes first, as with every stack of guards.
            while self.links.pop().is_some() {}
            let detached = expects.iter().cloned();
            let detached = detached.map(|e| Expect { attached: false, link_id: None, ..e });
            self.member.outcome = Outcome::Detached(detached.collect());
        }
    }
}

impl Drop for Entry {
    fn drop(&mut self) {
        while self.links.pop().is_some() {}
        while self.places.pop().is_some() {}
    }
}
