//! The graph: what stands around an entity, and the shortest ways between two.
//!
//! Edges are statements whose value is an entity. A relation (an entity with two ends) is drawn as
//! one edge between its ends.

use crate::view::{At, Sight, View};
use kernel::{EntityId, StatementId};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// What of the graph is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wish {
    /// Where to begin.
    pub focus: EntityId,
    /// 1 to 3.
    pub hops: u8,
    /// Kinds to keep (with those that extend them); empty keeps all.
    pub kinds: Vec<String>,
    /// Properties or relation kinds to follow; empty follows all.
    pub relations: Vec<String>,
    /// Nodes at most.
    pub limit: usize,
}

/// Entities and what connects them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Graph {
    /// The focus first, then by distance.
    pub nodes: Vec<Node>,
    /// Between nodes.
    pub edges: Vec<Edge>,
    /// Whether something was left out.
    pub truncated: bool,
}

/// An entity of the graph, or many of one kind in one node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// The entity; of a group, the one it hangs on.
    pub entity: EntityId,
    /// Steps from the focus.
    pub distance: u8,
    /// Edges it has in all.
    pub degree: usize,
    /// Present when the node stands for many.
    pub group: Option<GroupOf>,
}

/// Many entities of one kind around one other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupOf {
    /// Key of their kind.
    pub kind: String,
    /// How many.
    pub count: usize,
}

/// A connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edge {
    /// Near end.
    pub source: EntityId,
    /// Far end.
    pub target: EntityId,
    /// Key of a property, or of the kind of a relation.
    pub relation: String,
    /// First and last day, open ends absent.
    pub from: Option<i32>,
    /// Last day.
    pub to: Option<i32>,
    /// The statement that says so.
    pub statement: StatementId,
    /// The relation's own entity.
    pub via: Option<EntityId>,
    /// The kind of the group at the far end, when it is one.
    pub group: Option<String>,
}

/// Neighbors of one kind around one entity before they become a group.
const FAN_MAX: usize = 40;
/// Edges that are looked at in one question at most.
const WORK_MAX: usize = 400_000;

#[derive(Clone, Copy)]
struct Step {
    other: EntityId,
    at: At,
    via: Option<EntityId>,
    outward: bool,
}

impl View {
    /// Calls `take` with each step away from an entity. A relation between two that were judged to
    /// be one leads nowhere.
    fn steps(&self, entity: EntityId, sight: Sight, mut take: impl FnMut(Step)) {
        let mut take = |step: Step| {
            if step.other != entity {
                take(step);
            }
        };
        for at in self.about(entity) {
            if let Some(other) = self.value_entity_at(*at)
                && self.property_at(*at).0 != self.known.about
                && self.holds(*at, sight)
            {
                take(Step { other, at: *at, via: None, outward: true });
            }
        }
        for at in self.into(entity) {
            if self.property_at(*at).0 == self.known.about || !self.holds(*at, sight) {
                continue;
            }
            let subject = self.entity_at(*at);
            match self.ends(subject) {
                Some((source, target)) => {
                    let outward = source == entity;
                    let other = if outward { target } else { source };
                    take(Step { other, at: *at, via: Some(subject), outward });
                }
                None => take(Step { other: subject, at: *at, via: None, outward: false }),
            }
        }
    }

    fn relation_key(&self, step: &Step) -> &str {
        match step.via {
            Some(via) => self.kind_key(via),
            None => &self.schema().property_at(self.property_at(step.at)).key,
        }
    }

    fn edge(&self, from: EntityId, step: &Step) -> Edge {
        let (source, target) = if step.outward { (from, step.other) } else { (step.other, from) };
        let (first, last) = self.days_at(step.at);
        Edge {
            source,
            target,
            relation: self.relation_key(step).to_string(),
            from: (first != super::view::OPEN_FROM).then_some(first),
            to: (last != super::view::OPEN_TO).then_some(last),
            statement: View::id_at(step.at),
            via: step.via,
            group: None,
        }
    }

    /// How many edges an entity has.
    pub fn degree(&self, entity: EntityId) -> usize {
        let out = self.about(entity).iter().filter(|at| self.value_entity_at(**at).is_some());
        out.count() + self.into(entity).len()
    }
}

/// The graph around an entity. A fan of more than forty of one kind becomes a group.
///
/// Cost: linear in the edges looked at, four hundred thousand at most.
pub fn around(view: &View, wish: &Wish, sight: Sight) -> Graph {
    let mut graph = Graph::default();
    if !view.exists(wish.focus, sight) {
        return graph;
    }
    let mut seen: HashMap<EntityId, u8> = HashMap::from([(wish.focus, 0)]);
    graph.nodes.push(node(view, wish.focus, 0));
    let mut ring = vec![wish.focus];
    let mut work = 0;
    let mut drawn: BTreeSet<StatementId> = BTreeSet::new();
    for distance in 1..=wish.hops.clamp(1, 3) {
        let mut next = Vec::new();
        for here in std::mem::take(&mut ring) {
            let fans = fans(view, wish, here, sight, &mut work);
            for (kind, steps) in fans {
                let fresh = steps.iter().filter(|step| !seen.contains_key(&step.other)).count();
                if fresh > FAN_MAX {
                    push_group(view, &mut graph, here, distance, &kind, &steps, fresh);
                }
                for step in &steps {
                    let known = seen.contains_key(&step.other);
                    if !known && (fresh > FAN_MAX || graph.nodes.len() >= wish.limit) {
                        graph.truncated |= fresh <= FAN_MAX;
                        continue;
                    }
                    if !known {
                        seen.insert(step.other, distance);
                        graph.nodes.push(node(view, step.other, distance));
                        next.push(step.other);
                    }
                    if drawn.insert(edge_key(view, step)) {
                        graph.edges.push(view.edge(here, step));
                    }
                }
            }
            if work > WORK_MAX {
                graph.truncated = true;
                return graph;
            }
        }
        ring = next;
    }
    graph
}

/// One key for the two statements of a relation.
fn edge_key(view: &View, step: &Step) -> StatementId {
    let first = step.via.and_then(|via| view.about(via).first().copied());
    View::id_at(first.unwrap_or(step.at))
}

fn node(view: &View, entity: EntityId, distance: u8) -> Node {
    Node { entity, distance, degree: view.degree(entity), group: None }
}

fn push_group(
    view: &View,
    graph: &mut Graph,
    here: EntityId,
    distance: u8,
    kind: &str,
    steps: &[Step],
    count: usize,
) {
    let group = GroupOf { kind: kind.to_string(), count };
    graph.nodes.push(Node { entity: here, distance, degree: count, group: Some(group) });
    let edge = view.edge(here, &steps[0]);
    graph.edges.push(Edge {
        source: here,
        target: here,
        group: Some(kind.to_string()),
        via: None,
        ..edge
    });
}

/// The wanted steps from an entity, by the kind of the other end, each other end once a relation.
fn fans(
    view: &View,
    wish: &Wish,
    here: EntityId,
    sight: Sight,
    work: &mut usize,
) -> BTreeMap<String, Vec<Step>> {
    let mut fans: BTreeMap<String, Vec<Step>> = BTreeMap::new();
    let wants_kind = |kind: &str| {
        wish.kinds.is_empty() || wish.kinds.iter().any(|k| view.schema().is_a(kind, k))
    };
    view.steps(here, sight, |step| {
        *work += 1;
        let kind = view.kind_key(step.other);
        let relation = view.relation_key(&step);
        let wanted = wish.relations.is_empty() || wish.relations.iter().any(|r| r == relation);
        if wanted && wants_kind(kind) && *work <= WORK_MAX {
            fans.entry(kind.to_string()).or_default().push(step);
        }
    });
    fans
}

/// A way between two entities.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Path {
    /// From the first to the last.
    pub nodes: Vec<EntityId>,
    /// One between each pair of neighbors.
    pub edges: Vec<Edge>,
}

/// The shortest ways between two entities, `limit` at most, none longer than `hops_max`.
///
/// Breadth first from the near end, bounded in work; deterministic.
pub fn paths(
    view: &View,
    from: EntityId,
    to: EntityId,
    hops_max: u8,
    limit: usize,
    sight: Sight,
) -> Vec<Path> {
    if !view.exists(from, sight) || !view.exists(to, sight) || from == to {
        return Vec::new();
    }
    // From the end with fewer edges, so that the broad side is entered last.
    let swap = view.degree(to) < view.degree(from);
    let (start, goal) = if swap { (to, from) } else { (from, to) };
    let Some(before) = predecessors(view, start, goal, hops_max, sight) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    let mut trail = vec![(goal, None)];
    walk_back(view, start, &before, &mut trail, &mut found, limit);
    if swap {
        for path in &mut found {
            path.nodes.reverse();
            path.edges.reverse();
        }
    }
    found
}

type Before = HashMap<EntityId, Vec<(EntityId, Step)>>;

/// For each entity on a shortest way, the steps that lead to it.
fn predecessors(
    view: &View,
    start: EntityId,
    goal: EntityId,
    hops_max: u8,
    sight: Sight,
) -> Option<Before> {
    let mut before: Before = HashMap::new();
    let mut depth: HashMap<EntityId, u8> = HashMap::from([(start, 0)]);
    let mut ring = vec![start];
    let mut work = 0;
    for distance in 1..=hops_max.clamp(1, 8) {
        let mut next = Vec::new();
        for here in std::mem::take(&mut ring) {
            view.steps(here, sight, |step| {
                work += 1;
                let known = depth.get(&step.other).copied();
                if known.is_none() && work <= WORK_MAX {
                    depth.insert(step.other, distance);
                    next.push(step.other);
                }
                if known.is_none_or(|d| d == distance) && depth.contains_key(&step.other) {
                    let steps = before.entry(step.other).or_default();
                    if steps.len() < 16 && !steps.iter().any(|(entity, _)| *entity == here) {
                        steps.push((here, step));
                    }
                }
            });
        }
        if depth.contains_key(&goal) {
            return Some(before);
        }
        ring = next;
    }
    None
}

fn walk_back(
    view: &View,
    start: EntityId,
    before: &Before,
    trail: &mut Vec<(EntityId, Option<Edge>)>,
    found: &mut Vec<Path>,
    limit: usize,
) {
    let Some((here, _)) = trail.last().cloned() else {
        return;
    };
    if here == start {
        let nodes = trail.iter().rev().map(|(entity, _)| *entity).collect();
        let edges = trail.iter().rev().filter_map(|(_, edge)| edge.clone()).collect();
        found.push(Path { nodes, edges });
        return;
    }
    for (earlier, step) in before.get(&here).into_iter().flatten() {
        if found.len() >= limit {
            return;
        }
        trail.push((*earlier, Some(view.edge(*earlier, step))));
        walk_back(view, start, before, trail, found, limit);
        trail.pop();
    }
}
