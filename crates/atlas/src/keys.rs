//! What finds an entity again: strong keys, and exact names within a group of kinds.

use crate::error::{Error, Result};
use crate::judgement::{self, Verdict};
use kernel::text::name_key;
use kernel::{EntityId, Refusal};
use scan::DraftEntity;
use schema::Schema;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use store::{Tx, params};

/// Every key and the entities it names, in memory while a load runs.
///
/// About 120 bytes a key. Valid for one size of the journal: see [`Keys::fresh`].
#[derive(Default)]
pub(crate) struct Keys {
    by_key: HashMap<Box<str>, Vec<u32>>,
    /// Exclusive keys of each entity, as `scheme\0value`.
    exclusive: HashMap<u32, Vec<Box<str>>>,
    kinds: Vec<u16>,
    /// Entities that were judged to be another one.
    canonical: BTreeMap<u32, u32>,
    journal_size: u64,
}

/// A key as storage keeps it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Key {
    pub(crate) scheme: String,
    pub(crate) value: String,
    pub(crate) entity: EntityId,
}

/// What a draft turned out to be.
pub(crate) enum Found {
    /// An entity that is known.
    Known(EntityId),
    /// Nothing known: a new one.
    New,
    /// Several bear the name and nothing tells them apart: a new one of its own, set aside
    /// under this key until someone judges.
    Unresolved(String),
}

fn joined(scheme: &str, value: &str) -> String {
    format!("{scheme}\u{0}{value}")
}

impl Keys {
    /// Reads everything when the journal grew by other hands since.
    pub(crate) fn fresh(
        &mut self,
        tx: &mut Tx<'_>,
        schema: &Schema,
        journal_size: u64,
    ) -> Result<()> {
        if self.journal_size == journal_size && journal_size > 0 {
            return Ok(());
        }
        *self = Keys::default();
        tx.for_each(
            "select id, kind from atlas_entity order by id",
            params![],
            |row| -> Result<()> {
                let kind = row.text(1)?;
                let ix = schema.kind_ix(&kind);
                let ix = ix.ok_or_else(|| Error::Damaged(format!("unknown kind `{kind}`")))?;
                self.kinds.push(ix.0);
                Ok(())
            },
        )?;
        let all = "select scheme, value, entity_id from atlas_entity_key order by entity_id";
        tx.for_each(all, params![], |row| -> Result<()> {
            let (scheme, value) = (row.text(0)?, row.text(1)?);
            let entity = EntityId(row.int(2)?);
            self.insert(schema, &Key { scheme, value, entity });
            Ok(())
        })?;
        let standing = judgement::standing(tx)?;
        let positive = standing.iter().filter(|one| one.verdict == Verdict::Positive);
        let small = |id: EntityId| u32::try_from(id.0).unwrap_or(u32::MAX);
        self.canonical = judgement::joined(positive.map(|one| (small(one.left), small(one.right))));
        self.journal_size = journal_size;
        Ok(())
    }

    /// Says that these keys are those of a journal of this size.
    pub(crate) fn settle(&mut self, journal_size: u64) {
        self.journal_size = journal_size;
    }

    /// Forgets everything: a load was undone.
    pub(crate) fn forget(&mut self) {
        *self = Keys::default();
    }

    pub(crate) fn add_entity(&mut self, schema: &Schema, kind: &str) -> EntityId {
        self.kinds.push(schema.kind_ix(kind).map_or(0, |ix| ix.0));
        EntityId(self.kinds.len() as i64)
    }

    /// Adds a key; `false` when it was there.
    pub(crate) fn insert(&mut self, schema: &Schema, key: &Key) -> bool {
        let text = joined(&key.scheme, &key.value).into_boxed_str();
        let id = u32::try_from(key.entity.0).unwrap_or(u32::MAX);
        let named = self.by_key.entry(text.clone()).or_default();
        if named.contains(&id) {
            return false;
        }
        named.push(id);
        if schema.property(&key.scheme).is_some_and(|p| p.exclusive) {
            self.exclusive.entry(id).or_default().push(text);
        }
        true
    }

    fn named(&self, scheme: &str, value: &str) -> &[u32] {
        self.by_key.get(joined(scheme, value).as_str()).map_or(&[], Vec::as_slice)
    }

    /// Which entity a draft speaks of. A relation is found by its ends instead.
    ///
    /// Fails with `E-ER-02` when two strong keys of the draft name two entities.
    pub(crate) fn find(
        &self,
        schema: &Schema,
        source_key: &str,
        draft: &DraftEntity,
    ) -> Result<Found> {
        let group = schema.kind(&draft.kind).map_or("", |kind| kind.group.as_str());
        if let Some(id) = self.by_strong_key(schema, group, draft)? {
            return Ok(Found::Known(id));
        }
        let scheme = format!("name:{group}");
        let mut candidates: Vec<u32> = Vec::new();
        for name in &draft.names {
            for id in self.named(&scheme, &name_key(&name.text)) {
                let one = self.canonical.get(id).unwrap_or(id);
                if !candidates.contains(one) && !self.excludes(schema, *id, draft) {
                    candidates.push(*one);
                }
            }
        }
        match candidates.as_slice() {
            [] => Ok(Found::New),
            [one] => Ok(Found::Known(EntityId(i64::from(*one)))),
            several => Ok(self.among(schema, source_key, draft, several)),
        }
    }

    /// Several entities bear one of the draft's names: the one that bears the first name and is of
    /// the draft's kind, if it is the only such; otherwise none of them.
    fn among(&self, schema: &Schema, source_key: &str, draft: &DraftEntity, ids: &[u32]) -> Found {
        let Some(first) = draft.names.first() else {
            return Found::New;
        };
        let kind = schema.kind_ix(&draft.kind).map(|ix| ix.0);
        let group = schema.kind(&draft.kind).map_or("", |kind| kind.group.as_str());
        let bearers = self.named(&format!("name:{group}"), &name_key(&first.text));
        let one = |id: &u32| *self.canonical.get(id).unwrap_or(id);
        let alike: Vec<&u32> =
            ids.iter().filter(|id| bearers.iter().any(|bearer| one(bearer) == **id)).collect();
        let same_kind = |id: &u32| self.kinds.get(*id as usize - 1).copied() == kind;
        let of_kind: Vec<&&u32> = alike.iter().filter(|id| same_kind(id)).collect();
        match (alike.as_slice(), of_kind.as_slice()) {
            ([one], _) => Found::Known(EntityId(i64::from(**one))),
            (_, [one]) => Found::Known(EntityId(i64::from(***one))),
            _ => {
                let value = format!("{source_key}:{}", name_key(&first.text));
                match self.named("unresolved", &value) {
                    [id, ..] => Found::Known(EntityId(i64::from(*id))),
                    [] => Found::Unresolved(value),
                }
            }
        }
    }

    fn by_strong_key(
        &self,
        schema: &Schema,
        group: &str,
        draft: &DraftEntity,
    ) -> Result<Option<EntityId>> {
        let mut found: Option<(u32, &str)> = None;
        for (scheme, value) in &draft.keys {
            let of_group = |id: &&u32| {
                let kind = self.kinds.get(**id as usize - 1);
                kind.is_some_and(|ix| schema.kind_at(schema::KindIx(*ix)).group == group)
            };
            let Some(id) = self.named(scheme, value).iter().find(of_group) else {
                continue;
            };
            let id = self.canonical.get(id).unwrap_or(id);
            match found {
                Some((other, by)) if other != *id => {
                    return Err(Refusal::new(
                        "E-ER-02",
                        "strong keys of one record name one entity",
                        format!("“{by}”与“{scheme}”指向两个不同的对象 E{other} 和 E{id}"),
                        format!(
                            "`{by}` and `{scheme}` name two different entities, E{other} and E{id}"
                        ),
                    )
                    .value(value)
                    .into());
                }
                Some(_) => {}
                None => found = Some((*id, scheme)),
            }
        }
        Ok(found.map(|(id, _)| EntityId(i64::from(id))))
    }

    /// Whether an entity bears another value of an exclusive key of the draft.
    fn excludes(&self, schema: &Schema, id: u32, draft: &DraftEntity) -> bool {
        let Some(own) = self.exclusive.get(&id) else {
            return false;
        };
        draft.keys.iter().any(|(scheme, value)| {
            let exclusive = schema.property(scheme).is_some_and(|p| p.exclusive);
            let (prefix, exact) = (joined(scheme, ""), joined(scheme, value));
            exclusive && own.iter().any(|key| key.starts_with(&prefix) && **key != *exact)
        })
    }

    /// The relation of a kind between these ends.
    pub(crate) fn relation(&self, kind: &str, value: &str) -> Option<EntityId> {
        let ids = self.named(&format!("ends:{kind}"), value);
        ids.first().map(|id| EntityId(i64::from(*id)))
    }
}

/// An exclusive key that keeps these entities apart, with a value of each side. Entities that
/// share one value of it are not apart, whatever others they bear.
pub(crate) fn exclusive_conflict(
    tx: &mut Tx<'_>,
    schema: &Schema,
    entities: &BTreeSet<EntityId>,
) -> Result<Option<(String, String, String)>> {
    let mut all: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let sql = "select scheme, value from atlas_entity_key where entity_id = $1";
    for entity in entities {
        let keys = tx.query(sql, params![entity.0], |row| Ok((row.text(0)?, row.text(1)?)))?;
        let mut own: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for (scheme, value) in keys {
            if schema.property(&scheme).is_some_and(|property| property.exclusive) {
                own.entry(scheme).or_default().insert(value);
            }
        }
        for (scheme, values) in own {
            let before = all.entry(scheme.clone()).or_default();
            if let Some((one, other)) = before.first().zip(values.first())
                && before.is_disjoint(&values)
            {
                return Ok(Some((scheme, one.clone(), other.clone())));
            }
            before.extend(values);
        }
    }
    Ok(None)
}

/// The keys by which a draft that became `entity` will be found again.
pub(crate) fn of_draft(schema: &Schema, draft: &DraftEntity, entity: EntityId) -> Vec<Key> {
    let group = schema.kind(&draft.kind).map_or("", |kind| kind.group.as_str());
    let strong = draft.keys.iter().map(|(scheme, value)| (scheme.clone(), value.clone()));
    let names = draft.names.iter().map(|name| (format!("name:{group}"), name_key(&name.text)));
    strong.chain(names).map(|(scheme, value)| Key { scheme, value, entity }).collect()
}
