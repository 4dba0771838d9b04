//! The facts that policies share: one name, one kind, one way to ask.

use crate::fault::Fault;
use crate::node::{self, Node};
use crate::policy::{Concern, Input};
use crate::read::kinds;
use kernel::Label;
use std::collections::BTreeMap;

/// Facts by name.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Vocabulary(BTreeMap<String, Input>);

impl Vocabulary {
    /// Reads the file of shared facts: a map `facts` of names, each with what an input has.
    ///
    /// Gives every fault that it finds.
    pub fn read(text: &str) -> Result<Vocabulary, Vec<Fault>> {
        let node = node::read(text).map_err(|fault| vec![fault])?;
        let (mut all, mut faults) = (BTreeMap::new(), Vec::new());
        let Some(members) = node.get("facts").and_then(Node::members) else {
            let en = "`facts` is a map of names";
            return Err(vec![Fault::new("E-POL-09", node.at, "缺少 facts", en)]);
        };
        for (name, at, node) in members {
            match kinds::input(name, *at, node, None) {
                Ok(input) => {
                    all.insert(name.clone(), input);
                }
                Err(fault) => faults.push(fault),
            }
        }
        match faults.is_empty() {
            true => Ok(Vocabulary(all)),
            false => Err(faults),
        }
    }

    /// The fact with a name.
    pub fn get(&self, name: &str) -> Option<&Input> {
        self.0.get(name)
    }

    /// Every fact, by name.
    pub fn all(&self) -> impl Iterator<Item = &Input> {
        self.0.values()
    }
}

impl Concern {
    /// The concern with this name.
    pub fn from_name(name: &str) -> Option<Concern> {
        match name {
            "none" => Some(Concern::None),
            "identity" => Some(Concern::Identity),
            "locality" => Some(Concern::Locality),
            _ => None,
        }
    }
}

/// A name as a label in both languages, for what was given none.
pub(crate) fn plain(name: &str) -> Label {
    Label::new(name, name)
}
