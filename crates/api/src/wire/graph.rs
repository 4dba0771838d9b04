//! The graph around an entity, and the ways between two.

use crate::wire::label::{EntityRef, Label, Look, PropertyRef, day};
use serde::Serialize;
use utoipa::ToSchema;

/// Entities and what connects them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Graph {
    /// The focus first, then by distance.
    pub nodes: Vec<GraphNode>,
    /// Between nodes.
    pub edges: Vec<GraphEdge>,
    /// Whether something was left out.
    pub truncated: bool,
}

/// An entity of the graph, or many of one kind in one node.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct GraphNode {
    /// The entity. A node that stands for many has the id `group:E12:company`.
    #[serde(flatten)]
    pub entity: EntityRef,
    /// Edges it has in all.
    pub degree: usize,
    /// Steps from the focus.
    pub distance: u8,
    /// Present when the node stands for many.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<GraphGroup>,
}

/// Many entities of one kind around one other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct GraphGroup {
    /// Key of their kind.
    pub kind: String,
    /// How many.
    pub count: usize,
}

/// A connection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct GraphEdge {
    /// Its own id.
    pub id: String,
    /// Id of the near node.
    pub source: String,
    /// Id of the far node.
    pub target: String,
    /// The property, or the kind of relation.
    pub relation: PropertyRef,
    /// First day, or open.
    pub from: Option<String>,
    /// Last day, or open.
    pub to: Option<String>,
    /// The statement that says so.
    pub statement: String,
    /// The relation's own entity.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub via: Option<EntityRef>,
}

/// Ways between two entities.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Paths {
    /// The shortest ways.
    pub paths: Vec<Path>,
}

/// A way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Path {
    /// From the first to the last.
    pub nodes: Vec<EntityRef>,
    /// One between each pair of neighbors.
    pub edges: Vec<GraphEdge>,
}

fn group_id(around: &str, kind: &str) -> String {
    format!("group:{around}:{kind}")
}

impl Look<'_> {
    /// A graph.
    pub fn graph(&self, graph: &atlas::graph::Graph) -> Graph {
        Graph {
            nodes: graph.nodes.iter().map(|node| self.node(node)).collect(),
            edges: graph.edges.iter().map(|edge| self.edge(edge)).collect(),
            truncated: graph.truncated,
        }
    }

    fn node(&self, node: &atlas::graph::Node) -> GraphNode {
        let entity = self.entity(node.entity);
        let (degree, distance) = (node.degree, node.distance);
        let Some(group) = &node.group else {
            return GraphNode { entity, degree, distance, group: None };
        };
        let kind = self.view.schema().kind(&group.kind);
        let plural = kind.map(|kind| Label::from(&kind.plural)).unwrap_or_default();
        GraphNode {
            entity: EntityRef {
                id: group_id(&entity.id, &group.kind),
                kind: group.kind.clone(),
                name: plural,
            },
            degree,
            distance,
            group: Some(GraphGroup { kind: group.kind.clone(), count: group.count }),
        }
    }

    /// A connection; one to a group ends at the group's node.
    pub fn edge(&self, edge: &atlas::graph::Edge) -> GraphEdge {
        let source = edge.source.to_string();
        let (id, target) = match &edge.group {
            Some(kind) => {
                let target = group_id(&source, kind);
                (target.replacen("group", "edge", 1), target)
            }
            None => (edge.statement.to_string(), edge.target.to_string()),
        };
        GraphEdge {
            id,
            source,
            target,
            relation: self.property(&edge.relation),
            from: edge.from.map(day),
            to: edge.to.map(day),
            statement: edge.statement.to_string(),
            via: edge.via.map(|via| self.entity(via)),
        }
    }

    /// A way.
    pub fn path(&self, path: &atlas::graph::Path) -> Path {
        Path {
            nodes: path.nodes.iter().map(|node| self.entity(*node)).collect(),
            edges: path.edges.iter().map(|edge| self.edge(edge)).collect(),
        }
    }
}
