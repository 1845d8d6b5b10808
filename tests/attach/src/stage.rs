//! The two steps of a member: loaded, then attached.

use std::any::Any;

use crate::error::Result;
use crate::expect::Expect;
use crate::object::Programs;

/// Something that takes itself down when it is dropped.
pub(crate) type Guard = Box<dyn Any + Send>;

/// Calls a function when it is dropped, for attachments that outlive their descriptors.
pub(crate) struct OnDrop<F: FnMut()>(pub(crate) F);

impl<F: FnMut()> Drop for OnDrop<F> {
    fn drop(&mut self) {
        (self.0)();
    }
}

type Attach = Box<dyn FnOnce(&mut Programs) -> Result<Attached> + Send>;

/// A member whose programs are loaded.
pub(crate) struct Ready {
    pub(crate) expects: Vec<Expect>,
    pub(crate) programs: Programs,
    /// Other programs that must stay, such as targets.
    pub(crate) kept: Vec<Guard>,
    pub(crate) attach: Attach,
}

impl Ready {
    /// A member of several programs; `expects` says what is known before they are attached.
    pub(crate) fn new(
        programs: Programs,
        expects: Vec<Expect>,
        attach: impl FnOnce(&mut Programs) -> Result<Attached> + Send + 'static,
    ) -> Ready {
        Ready { expects, programs, kept: Vec::new(), attach: Box::new(attach) }
    }

    /// A member of one program; `attach` gets what was known before.
    pub(crate) fn one(
        programs: Programs,
        expect: Expect,
        attach: impl FnOnce(&mut Programs, Expect) -> Result<Attached> + Send + 'static,
    ) -> Ready {
        let before = expect.clone();
        Ready::new(programs, vec![expect], move |programs| attach(programs, before))
    }

    /// Keeps something as long as the programs stay loaded.
    pub(crate) fn keeping(mut self, guard: impl Any + Send) -> Ready {
        self.kept.push(Box::new(guard));
        self
    }
}

/// A member whose programs are attached.
#[derive(Default)]
pub(crate) struct Attached {
    pub(crate) expects: Vec<Expect>,
    /// Dropping these detaches.
    pub(crate) links: Vec<Guard>,
    /// Devices, cgroups, files: dropping these takes the targets away.
    pub(crate) places: Vec<Guard>,
}

impl Attached {
    /// One attachment and what holds it.
    pub(crate) fn one(expect: Expect, link: impl Any + Send) -> Attached {
        let mut attached = Attached::default();
        attached.add(expect, link);
        attached
    }

    /// Adds an attachment and what holds it.
    pub(crate) fn add(&mut self, expect: Expect, link: impl Any + Send) {
        self.note(expect);
        self.hold(link);
    }

    /// Adds what holds attachments.
    pub(crate) fn hold(&mut self, link: impl Any + Send) {
        self.links.push(Box::new(link));
    }

    /// Adds an attachment that another one's guard holds.
    pub(crate) fn note(&mut self, expect: Expect) {
        self.expects.push(Expect { attached: true, ..expect });
    }

    /// Adds a program that is loaded for others and attached nowhere.
    pub(crate) fn unattached(&mut self, expect: Expect) {
        self.expects.push(expect);
    }

    /// Adds something that the member is attached to.
    pub(crate) fn at(mut self, place: impl Any + Send) -> Attached {
        self.places.push(Box::new(place));
        self
    }
}
