//! Pairs: entities that may be one, by their names, for a person to judge.
//!
//! Derived state: found anew when something but a judgement changed.

use crate::error::Result;
use crate::judgement::{Judgement, Verdict};
use crate::view::{LIVE, Sight, View};
use kernel::{EntityId, Label};
use resolve::{Entry, Index, Lexicon, Query, Scratch, Weights, Zone};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use store::{Tx, params};

/// Groups of kinds in which names are compared.
const GROUPS: &[&str] = &["organization", "place"];
/// Names that are compared at most; what is over waits for a narrower question.
const NAMES_MAX: usize = 400_000;
/// Names of one entity that are compared at most.
const NAMES_EACH_MAX: usize = 16;

/// Two entities that may be one.
#[derive(Debug, Clone, PartialEq)]
pub struct Pair {
    /// The smaller id.
    pub left: EntityId,
    /// The other.
    pub right: EntityId,
    /// How likely they are one, 0 to 1.
    pub probability: f64,
    /// What to do with it: never [`Zone::Separate`].
    pub zone: Zone,
    /// Log-odds that add up to those of the probability.
    pub parts: Vec<Part>,
}

/// What one feature of a pair weighs.
#[derive(Debug, Clone, PartialEq)]
pub struct Part {
    /// Key of the feature.
    pub feature: &'static str,
    /// For people.
    pub label: Label,
    /// Log-odds, natural logarithm.
    pub contribution: f64,
}

/// Every pair, likeliest first, at one state of the view.
#[derive(Debug, Clone, Default)]
pub struct Pairs {
    /// Content revision of the view they were found in.
    revision: u64,
    /// Likeliest first, then by id.
    pub all: Vec<Pair>,
}

impl Pairs {
    /// Whether nothing but judgements changed since they were found.
    pub fn fresh(&self, view: &View) -> bool {
        self.revision == view.content_revision() && self.revision > 0
    }

    /// Pairs of a zone that nobody has judged to be one or two.
    pub fn open<'a>(
        &'a self,
        view: &'a View,
        standing: &'a [Judgement],
        zone: Zone,
    ) -> impl Iterator<Item = &'a Pair> {
        let judged: BTreeSet<(EntityId, EntityId)> = standing
            .iter()
            .filter(|one| one.verdict != Verdict::Unsure)
            .map(|one| (one.left, one.right))
            .collect();
        self.all.iter().filter(move |pair| {
            pair.zone == zone
                && !judged.contains(&(pair.left, pair.right))
                && view.canonical(pair.left) == pair.left
                && view.canonical(pair.right) == pair.right
        })
    }
}

/// Finds the pairs among the organizations and among the places of the view.
///
/// Cost: some tens of microseconds a name; memory: about a kilobyte a name while it runs.
pub fn find(tx: &mut Tx<'_>, view: &View) -> Result<Pairs> {
    let lexicon = Arc::new(Lexicon::shipped()?);
    let weights = Weights::shipped()?;
    let names = names(tx, view)?;
    let apart = Apart::read(tx, view)?;
    let mut found: BTreeMap<(EntityId, EntityId), Pair> = BTreeMap::new();
    for group in GROUPS {
        let of_group: Vec<(&EntityId, &Vec<String>)> = names
            .iter()
            .filter(|(id, _)| view.kind(**id).is_some_and(|ix| in_group(view, ix, group)))
            .collect();
        let entries = of_group.iter().map(|(id, names)| entry(view, **id, names));
        let index = Index::build(Arc::clone(&lexicon), weights.clone(), entries);
        let mut scratch = Scratch::default();
        for (id, names) in of_group {
            let (own, place) = (id.to_string(), place_name(view, *id));
            for name in names {
                let query = Query { name, kind: kind_name(view, *id), place: place.as_deref() };
                for one in index.resolve_with(&mut scratch, &query, Some(&own)) {
                    let Ok(other) = one.id.parse::<EntityId>() else { continue };
                    if one.zone == Zone::Separate || apart.keeps(*id, other) {
                        continue;
                    }
                    let (left, right) = ((*id).min(other), (*id).max(other));
                    let better = found
                        .get(&(left, right))
                        .is_none_or(|known| known.probability < one.probability);
                    if better {
                        let pair = pair(left, right, &one, index.weights());
                        found.insert((left, right), pair);
                    }
                }
            }
        }
    }
    let mut all: Vec<Pair> = found.into_values().collect();
    all.sort_by(|a, b| {
        b.probability.total_cmp(&a.probability).then((a.left, a.right).cmp(&(b.left, b.right)))
    });
    Ok(Pairs { revision: view.content_revision(), all })
}

fn pair(left: EntityId, right: EntityId, one: &resolve::Match<'_>, weights: &Weights) -> Pair {
    let part = |part: resolve::Part| Part {
        feature: part.feature.key(),
        label: weights.label(part.feature).clone(),
        contribution: part.contribution,
    };
    Pair {
        left,
        right,
        probability: one.probability,
        zone: one.zone,
        parts: one.parts().into_iter().map(part).collect(),
    }
}

fn in_group(view: &View, kind: schema::KindIx, group: &str) -> bool {
    let kind = view.schema().kind_at(kind);
    kind.group == group && kind.edge.is_none()
}

fn entry(view: &View, id: EntityId, names: &[String]) -> Entry {
    Entry {
        id: id.to_string(),
        names: names.to_vec(),
        kind: kind_name(view, id).map(str::to_string),
        place: place_name(view, id),
    }
}

/// What an entity is, when its kind says more than that it is an organization: a street is no
/// development zone, a firm no university.
fn kind_name(view: &View, id: EntityId) -> Option<&str> {
    Some(view.kind_key(id)).filter(|kind| !matches!(*kind, "organization" | ""))
}

/// The Chinese name of the district an entity is in.
fn place_name(view: &View, id: EntityId) -> Option<String> {
    let place = view.place_of(id, Sight { day: i32::MAX - 1, horizon: LIVE });
    let name = view.names(place.district.filter(|district| *district != id)?).zh;
    Some(name.to_string()).filter(|name| !name.is_empty())
}

/// Every standing name of the entities, the first recorded first.
fn names(tx: &mut Tx<'_>, view: &View) -> Result<BTreeMap<EntityId, Vec<String>>> {
    let now = Sight { day: 0, horizon: LIVE };
    let mut names: BTreeMap<EntityId, Vec<String>> = BTreeMap::new();
    let mut count = 0;
    let sql = "select id, value_text from atlas_statement
        where property in ('name', 'alias', 'acronym') and value_text is not null order by id";
    tx.for_each(sql, params![], |row| -> Result<()> {
        let at = crate::view::At::try_from(row.int(0)? - 1).unwrap_or(u32::MAX);
        if at as usize >= view.statement_count() || !view.stands(at, now) || count >= NAMES_MAX {
            return Ok(());
        }
        let entity = view.entity_at(at);
        let wanted = view
            .kind(entity)
            .is_some_and(|ix| GROUPS.iter().any(|group| in_group(view, ix, group)));
        let own = names.entry(entity).or_default();
        let name = row.text(1)?;
        if wanted && own.len() < NAMES_EACH_MAX && !own.contains(&name) {
            own.push(name);
            count += 1;
        }
        Ok(())
    })?;
    names.retain(|_, own| !own.is_empty());
    Ok(names)
}

/// Exclusive keys: entities that bear different ones are surely two.
struct Apart(BTreeMap<String, BTreeMap<EntityId, BTreeSet<String>>>);

impl Apart {
    fn read(tx: &mut Tx<'_>, view: &View) -> Result<Apart> {
        let mut all: BTreeMap<String, BTreeMap<EntityId, BTreeSet<String>>> = BTreeMap::new();
        let exclusive = view.schema().properties().iter().filter(|property| property.exclusive);
        for property in exclusive {
            let sql = "select entity_id, value from atlas_entity_key where scheme = $1";
            tx.for_each(sql, params![&property.key], |row| -> Result<()> {
                let entity = view.canonical(EntityId(row.int(0)?));
                let own = all.entry(property.key.clone()).or_default();
                own.entry(entity).or_default().insert(row.text(1)?);
                Ok(())
            })?;
        }
        Ok(Apart(all))
    }

    fn keeps(&self, one: EntityId, other: EntityId) -> bool {
        self.0.values().any(|scheme| match (scheme.get(&one), scheme.get(&other)) {
            (Some(a), Some(b)) => a.is_disjoint(b),
            _ => false,
        })
    }
}
