//! From a graph to a tree: what to show, and in which order.

use super::graph::{Edge, Graph};
use super::{Entry, MAX_DEPTH, Pick, Turn};

/// Walks the picked part; every node is shown, and its children only once.
pub(super) fn walk<'a>(graph: &Graph<'a>, pick: &Pick<'_>) -> Vec<Entry<'a>> {
    let view = PickedGraph::new(graph, pick);
    let mut walk = TreeWalk { view, seen: vec![false; graph.nodes.len()], entries: Vec::new() };
    let all = 0..graph.nodes.len();
    for root in graph.roots.iter().copied().chain(all) {
        walk.from(root);
    }
    walk.mark_last();
    walk.entries
}

/// The part of a graph that is picked.
struct PickedGraph<'g, 'a> {
    graph: &'g Graph<'a>,
    /// Nodes to be shown.
    shown: Vec<bool>,
    /// Nodes below which all is to be shown.
    whole: Vec<bool>,
    /// Nodes that are shown wherever they stand.
    wanted: Vec<bool>,
    /// Edges that were picked themselves: the node, and the place among its edges.
    picked: Vec<(usize, usize)>,
}

impl<'g, 'a> PickedGraph<'g, 'a> {
    fn new(graph: &'g Graph<'a>, pick: &Pick<'_>) -> Self {
        let count = graph.nodes.len();
        let (mut down, mut up, mut picked) = (Vec::new(), Vec::new(), Vec::new());
        let takes = |number: usize| pick.prog.is_none_or(|takes| graph.holds_taken(number, takes));
        match (pick.prog, pick.hook) {
            (None, None) => down.extend(0..count),
            (Some(prog), None) => {
                down.extend((0..count).filter(|number| graph.is_taken(*number, prog)));
                up.clone_from(&down);
            }
            (_, Some(hook)) => {
                for (from, edges) in graph.edges.iter().enumerate() {
                    for (place, edge) in edges.iter().enumerate() {
                        if edge.hook.as_ref().is_some_and(hook) && takes(edge.to) {
                            picked.push((from, place));
                            up.push(from);
                            down.push(edge.to);
                        }
                    }
                }
            }
        }
        let mut parents = vec![Vec::new(); count];
        for (from, edges) in graph.edges.iter().enumerate() {
            edges.iter().for_each(|edge| parents[edge.to].push(from));
        }
        let wanted = closure(count, up, |number, next| next.extend(&parents[number]));
        let whole = closure(count, down, |number, next| {
            next.extend(graph.edges[number].iter().map(|edge| edge.to));
        });
        let shown = wanted.iter().zip(&whole).map(|(wanted, whole)| *wanted || *whole).collect();
        Self { graph, shown, whole, wanted, picked }
    }

    fn edges(&self, from: usize) -> impl DoubleEndedIterator<Item = &'g Edge<'a>> {
        let is_shown = move |(place, edge): &(usize, &Edge<'a>)| {
            self.whole[from]
                || self.wanted[edge.to]
                || self.picked.binary_search(&(from, *place)).is_ok()
        };
        self.graph.edges[from].iter().enumerate().filter(is_shown).map(|(_, edge)| edge)
    }
}

/// All nodes that some lead to, step by step.
fn closure(count: usize, mut next: Vec<usize>, step: impl Fn(usize, &mut Vec<usize>)) -> Vec<bool> {
    let mut reached = vec![false; count];
    while let Some(number) = next.pop() {
        if !std::mem::replace(&mut reached[number], true) {
            step(number, &mut next);
        }
    }
    reached
}

struct TreeWalk<'g, 'a> {
    view: PickedGraph<'g, 'a>,
    seen: Vec<bool>,
    entries: Vec<Entry<'a>>,
}

impl TreeWalk<'_, '_> {
    /// Shows a root and all below it, unless it is shown already.
    fn from(&mut self, root: usize) {
        // No recursion: the nesting depth is limited only by the size of the text.
        let mut roots = vec![root];
        while let Some(root) = roots.pop() {
            if self.seen[root] || !self.view.shown[root] {
                continue;
            }
            let mut next = vec![(0, Edge { to: root, hook: None })];
            while let Some((depth, Edge { to, hook })) = next.pop() {
                let is_first = !self.seen[to];
                let is_deep = depth + 1 == MAX_DEPTH && self.view.edges(to).next().is_some();
                let turn = match (is_first, is_deep) {
                    (false, _) => Turn::Above,
                    (true, true) => Turn::Below,
                    (true, false) => Turn::First,
                };
                let node = self.view.graph.nodes[to];
                self.entries.push(Entry { depth, last: false, id: to, hook, node, turn });
                match turn {
                    Turn::Above => {}
                    Turn::Below => roots.push(to),
                    Turn::First => {
                        self.seen[to] = true;
                        next.extend(self.view.edges(to).rev().map(|edge| (depth + 1, *edge)));
                    }
                }
            }
        }
    }

    /// An entry is the last sibling unless another of its depth follows before a shallower one.
    fn mark_last(&mut self) {
        let mut follows = [false; MAX_DEPTH];
        for entry in self.entries.iter_mut().rev() {
            entry.last = !std::mem::replace(&mut follows[entry.depth], true);
            follows[entry.depth + 1..].fill(false);
        }
    }
}
