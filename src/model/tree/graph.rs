//! The graph of a tree: each object is one node, and unresolved references are nodes of their own.

use std::collections::HashMap;

use super::place::{Above, Place};
use super::{Hook, Node, TreeRows};
use crate::model::{
    AttachPoint, Attachment, FdKind, Holder, Holders, Link, Name, Prog, ProgAttachments, StructOps,
    WaySet,
};

/// An edge down to a node.
#[derive(Clone, Copy)]
pub(super) struct Edge<'a> {
    pub(super) to: usize,
    pub(super) hook: Option<Hook<'a>>,
}

/// The objects, and which are below which.
#[derive(Default)]
pub(super) struct Graph<'a> {
    pub(super) nodes: Vec<Node<'a>>,
    /// By node, in the order in which they are shown.
    pub(super) edges: Vec<Vec<Edge<'a>>>,
    /// The roots, in the order in which they are shown. Nodes that no root reaches are roots too,
    /// after these.
    pub(super) roots: Vec<usize>,
    numbers: HashMap<Key<'a>, usize>,
    /// By what stands above them and their ids.
    processes: HashMap<(usize, Vec<u32>), usize>,
}

/// The identity of a node.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Key<'a> {
    Place(Place<'a>),
    Function(u32, Name<'a>),
    Prog(u32),
    Map(u32),
}

impl<'a> Graph<'a> {
    pub(super) fn new(rows: &'a TreeRows<'a>) -> Self {
        let mut graph = Self::default();
        for prog in &rows.progs {
            graph.node(Key::Prog(prog.id), Node::Prog(prog));
        }
        for map in &rows.maps {
            graph.node(Key::Map(map.id), Node::Map(map, 0));
        }
        let namesakes = namesakes(&rows.progs);
        let id_of = |name| namesakes.get(&name).copied().flatten();
        let mut loose = Vec::new();
        for prog in &rows.progs {
            let to = graph.numbers[&Key::Prog(prog.id)];
            for map in prog.map_ids.into_iter().flat_map(|ids| ids.iter()) {
                graph.use_map(to, map);
            }
            loose.extend(graph.attach(prog, to, rows, id_of));
        }
        for link in rows.attachments.links() {
            if link.prog_id.is_none() {
                graph.attach_alone(link, rows);
            }
        }
        graph.order_roots(loose, rows);
        graph
    }

    /// Whether a node is a program that is taken.
    pub(super) fn is_taken(&self, number: usize, takes: &dyn Fn(&Prog<'_>) -> bool) -> bool {
        matches!(self.nodes[number], Node::Prog(prog) if takes(prog))
    }

    /// The same, or that of a map that holds such a program in a struct.
    pub(super) fn holds_taken(&self, number: usize, takes: &dyn Fn(&Prog<'_>) -> bool) -> bool {
        let is_member = |edge: &Edge<'a>| matches!(edge.hook, Some(Hook::Member(_)) | None);
        self.is_taken(number, takes)
            || matches!(self.nodes[number], Node::Map(..))
                && self.edges[number].iter().any(|e| is_member(e) && self.is_taken(e.to, takes))
    }

    fn is_function(&self, number: usize) -> bool {
        matches!(self.nodes[number], Node::Function(_))
    }

    fn add(&mut self, node: Node<'a>) -> usize {
        self.nodes.push(node);
        self.edges.push(Vec::new());
        self.nodes.len() - 1
    }

    fn node(&mut self, key: Key<'a>, node: Node<'a>) -> usize {
        if let Some(number) = self.numbers.get(&key) {
            return *number;
        }
        let number = self.add(node);
        self.numbers.insert(key, number);
        number
    }

    fn edge(&mut self, from: usize, to: usize, hook: Option<Hook<'a>>) {
        self.edges[from].push(Edge { to, hook });
    }

    /// Adds an edge below the processes that hold it, if known: the one whose descriptor attaches
    /// it, or the holders of its link, or else of its object.
    fn held_edge(&mut self, from: usize, edge: Edge<'a>, rows: &'a TreeRows<'a>) {
        let holders = rows.holders.map(|holders| self.holders(&edge, holders));
        let holders = holders.filter(|holders| !holders.is_empty());
        let from = holders.map_or(from, |holders| self.processes(from, holders));
        self.edges[from].push(edge);
    }

    fn holders(&self, edge: &Edge<'a>, holders: &'a Holders<'a>) -> &'a [Holder<'a>] {
        let attachment = match edge.hook {
            Some(Hook::Attachment(attachment)) => Some(attachment),
            _ => None,
        };
        let object = match self.nodes[edge.to] {
            Node::Prog(prog) => (FdKind::Prog, prog.id),
            Node::Map(map, _) => (FdKind::Map, map.id),
            _ => return &[],
        };
        if let Some(by) = attachment.and_then(|attachment| attachment.target().descriptor) {
            let of = |held| holders.of(held, object.1);
            let mut all = FdKind::ATTACHING.into_iter().map(of);
            let is_it = |holder: &Holder<'a>| (holder.pid, holder.fd) == (by.pid, by.fd);
            let found = all.find_map(|all| all.iter().position(is_it).map(|at| &all[at..=at]));
            return found.unwrap_or_default();
        }
        let link = attachment.and_then(Attachment::link_id).map(|id| (FdKind::Link, id));
        let held = link.into_iter().chain([object]).map(|(held, id)| holders.of(held, id));
        held.into_iter().find(|holders| !holders.is_empty()).unwrap_or_default()
    }

    fn processes(&mut self, above: usize, holders: &'a [Holder<'a>]) -> usize {
        let key = (above, holders.iter().map(|holder| holder.pid).collect());
        if let Some(number) = self.processes.get(&key) {
            return *number;
        }
        let number = self.add(Node::Processes(holders));
        self.processes.insert(key, number);
        self.edge(above, number, None);
        number
    }

    fn use_map(&mut self, prog: usize, map: u32) {
        let Some(to) = self.numbers.get(&Key::Map(map)).copied() else { return };
        if let Node::Map(_, users) = &mut self.nodes[to] {
            *users += 1;
        }
        self.edge(prog, to, None);
    }

    /// Adds a program below everything that it is attached to; if that is nothing, returns an edge
    /// to it, and the ways of attaching it that were not read.
    fn attach(
        &mut self,
        prog: &'a Prog<'a>,
        to: usize,
        rows: &'a TreeRows<'a>,
        id_of: impl Fn(Name<'a>) -> Option<u32> + Copy,
    ) -> Option<(Edge<'a>, WaySet)> {
        let attached = rows.attachments.of(prog);
        let mut hooks: Vec<_> = attached.attachments().map(Hook::Attachment).collect();
        let is_elsewhere = hooks.iter().any(is_of_map);
        hooks.retain(|hook| !is_of_map(hook));
        let own = attached.loaded_alone().map(|_| Hook::Loaded(attached));
        match own {
            _ if !hooks.is_empty() || is_elsewhere => {}
            Some(own) if !attached.is_loaded_only() => hooks.push(own),
            hook => return Some((Edge { to, hook }, attached.unread())),
        }
        for hook in hooks {
            let above = self.above(&hook, id_of);
            match self.struct_map(&hook) {
                Some(map) => self.add_member(above, hook, map, &attached, to, rows),
                None => self.held_edge(above, Edge { to, hook: Some(hook) }, rows),
            }
        }
        None
    }

    /// Adds what a link without a program holds below its target: a struct_ops map, with its
    /// programs.
    fn attach_alone(&mut self, link: &'a Link<'a>, rows: &'a TreeRows<'a>) {
        let hook = Hook::Attachment(Attachment::Link(link));
        let above = self.above(&hook, |_| None);
        let map = link.target.point.map();
        let map = map.and_then(|map| self.numbers.get(&Key::Map(map.id)).copied());
        let to = match map.filter(|map| *map != above) {
            Some(map) => map,
            None => self.add(Node::Nothing),
        };
        self.held_edge(above, Edge { to, hook: Some(hook) }, rows);
        for id in link.target.point.prog_ids() {
            let Ok(place) = rows.progs.binary_search_by_key(&id, |prog| prog.id) else { continue };
            let Some(prog) = self.numbers.get(&Key::Prog(id)).copied() else { continue };
            let attached = rows.attachments.of(&rows.progs[place]);
            // Two links may hold the same map.
            if !self.edges[to].iter().any(|edge| edge.to == prog) {
                self.edge(to, prog, attached.member().map(Hook::Member));
            }
        }
    }

    /// The struct_ops map that is attached without a link.
    fn struct_map(&self, hook: &Hook<'a>) -> Option<usize> {
        let Hook::Attachment(attachment) = hook else { return None };
        let AttachPoint::StructOps(StructOps { ops: Some(_), map: Some(map), .. }) =
            attachment.target().point
        else {
            return None;
        };
        self.numbers.get(&Key::Map(map.id)).copied().filter(|_| attachment.link_id().is_none())
    }

    /// Adds a program below such a map, and the map below its struct.
    fn add_member(
        &mut self,
        above: usize,
        hook: Hook<'a>,
        map: usize,
        attached: &ProgAttachments<'a>,
        to: usize,
        rows: &'a TreeRows<'a>,
    ) {
        // The map is added with the first of its programs.
        if self.edges[map].is_empty() {
            self.held_edge(above, Edge { to: map, hook: Some(hook) }, rows);
        }
        self.edge(map, to, attached.member().map(Hook::Member));
    }

    fn above(&mut self, hook: &Hook<'a>, id_of: impl Fn(Name<'a>) -> Option<u32>) -> usize {
        let above = Above::of(hook, id_of);
        // Every object that a row refers to has a node. A missing one would be a bug, but no reason
        // to panic.
        let object = |key| self.numbers.get(&key).copied();
        match above {
            Above::Place(place) => self.node(Key::Place(place), Node::Place(place)),
            Above::Map(id) => match object(Key::Map(id)) {
                Some(map) => map,
                None => self.node(Key::Place(Place::Gone), Node::Place(Place::Gone)),
            },
            Above::Function(id, name) => {
                let Some(prog) = object(Key::Prog(id)) else {
                    return self.node(Key::Place(Place::Gone), Node::Place(Place::Gone));
                };
                let before = self.nodes.len();
                let function = self.node(Key::Function(id, name), Node::Function(name));
                if function == before {
                    self.edge(prog, function, None);
                }
                function
            }
        }
    }

    /// Orders the roots: places, then maps with attachments, then programs that may be attached, then
    /// unattached ones, then unused maps.
    fn order_roots(&mut self, mut loose: Vec<(Edge<'a>, WaySet)>, rows: &'a TreeRows<'a>) {
        let place = |number: usize| match self.nodes[number] {
            Node::Place(place) => Some((place, number)),
            _ => None,
        };
        let mut places: Vec<_> = (0..self.nodes.len()).filter_map(place).collect();
        places.sort();
        self.roots = places.into_iter().map(|(_, number)| number).collect();

        let mut is_below = vec![false; self.nodes.len()];
        self.edges.iter().flatten().for_each(|edge| is_below[edge.to] = true);
        let maps = (0..self.nodes.len()).filter(|n| matches!(self.nodes[*n], Node::Map(..)));
        let (targets, others): (Vec<_>, Vec<_>) = maps.partition(|n| !self.edges[*n].is_empty());
        self.roots.extend(targets);

        let unused = others.into_iter().filter(|number| !is_below[*number]);
        let unused: Vec<_> = unused.map(|to| Edge { to, hook: None }).collect();
        // What others are attached to goes first.
        let has_functions = |to: usize| self.edges[to].iter().any(|edge| self.is_function(edge.to));
        loose.sort_by_key(|(edge, _)| !has_functions(edge.to));
        let unread = loose.iter().fold(WaySet::NONE, |all, (_, unread)| all | *unread);
        let (known, unknown): (Vec<_>, Vec<_>) =
            loose.into_iter().partition(|(_, unread)| unread.is_empty());
        let [unknown, known] = [unknown, known].map(|of| of.into_iter().map(|(edge, _)| edge));
        for (group, edges) in [
            (Node::Unknown(unread), unknown.collect()),
            (Node::Unattached, known.collect()),
            (Node::Unused, unused),
        ] {
            if !edges.is_empty() {
                let group = self.add(group);
                self.roots.push(group);
                edges.into_iter().for_each(|edge| self.held_edge(group, edge, rows));
            }
        }
    }
}

/// Whether a hook attaches a map with programs below it.
fn is_of_map(hook: &Hook<'_>) -> bool {
    matches!(hook, Hook::Attachment(attachment) if attachment.target().point.prog_ids().next().is_some())
}

/// Programs by name; `None` for a name that several have.
fn namesakes<'a>(progs: &[Prog<'a>]) -> HashMap<Name<'a>, Option<u32>> {
    let mut namesakes = HashMap::new();
    for prog in progs {
        if let Some(name) = prog.name {
            let one = namesakes.entry(name).or_insert(Some(prog.id));
            *one = one.filter(|id| *id == prog.id);
        }
    }
    namesakes
}
