//! What the index knows of an entity: its texts, by the part they play.
//!
//! An entity has up to two documents: what stands now, and what ended or was withdrawn, which
//! only questions about the past look into.

use super::fields::{Fields, HEAD_CHARS, INITIALS_CHARS, WHOLE};
use super::sound;
use crate::error::Result;
use crate::view::{At, LIVE, Sight, View};
use kernel::EntityId;
use kernel::text::{fold, has_han, name_key};
use schema::{Schema, ValueType};
use std::collections::BTreeSet;
use store::{Cell, Row, Tx};
use tantivy::TantivyDocument;

/// Properties whose text is searched besides names, identifiers and concepts.
const TEXTS: &[&str] = &[
    "topic",
    "description",
    "note",
    "published_in",
    "subject_area",
    "domain",
    "department",
    "address",
    "city_name",
    "issuer_name",
    "industry_name",
    "organization_type",
    "base_model",
    "claim_a",
    "claim_b",
    "figure_text",
];
/// Limits of one document: they bound what one entity costs. Names are names and identifiers.
const NAMES_MAX: usize = 200;
const TEXTS_MAX: usize = 300;
const TEXT_CHARS_MAX: usize = 600;
const TEXT_BYTES_MAX: usize = 12_000;
const STATEMENTS_MAX: usize = 16;
/// Entities in one query when only some are read.
const CHUNK: usize = 100;

/// The part a text plays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Role {
    Name,
    Alias,
    Acronym,
    Identifier,
    Text,
}

impl Role {
    const ALL: [Role; 5] = [Role::Name, Role::Alias, Role::Acronym, Role::Identifier, Role::Text];

    pub(super) fn is_name(self) -> bool {
        matches!(self, Role::Name | Role::Alias | Role::Acronym)
    }
}

/// The role of each property, by its number; `Concept` ones are spelled out by their labels.
pub(super) struct Roles(Vec<Option<(Role, bool)>>);

impl Roles {
    pub(super) fn new(schema: &Schema) -> Roles {
        let role = |property: &schema::Property| match property.key.as_str() {
            "name" => Some((Role::Name, false)),
            "alias" | "name_as_published" => Some((Role::Alias, false)),
            "acronym" => Some((Role::Acronym, false)),
            key => match property.value_type {
                ValueType::Identifier => Some((Role::Identifier, false)),
                ValueType::Concept => Some((Role::Text, true)),
                ValueType::Text if TEXTS.contains(&key) => Some((Role::Text, false)),
                _ => None,
            },
        };
        Roles(schema.properties().iter().map(role).collect())
    }
}

/// A text of an entity and the statements that say it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) role: Role,
    pub(super) said_by: Vec<At>,
    pub(super) text: String,
}

/// The texts of one entity.
#[derive(Debug, Default)]
pub(super) struct Gathered {
    entity: u32,
    /// What stands, and what does not.
    told: [Told; 2],
}

/// What stands, or what does not. Names and texts have room of their own: neither takes the
/// other's, however late it is recorded.
#[derive(Debug, Default)]
struct Told {
    entries: Vec<Entry>,
    name_count: usize,
    text_count: usize,
    text_bytes: usize,
}

impl Told {
    /// Whether there is room for one more; takes it.
    fn takes(&mut self, role: Role, bytes: usize) -> bool {
        if role != Role::Text {
            self.name_count += 1;
            return self.name_count <= NAMES_MAX;
        }
        let room = self.text_count < TEXTS_MAX && self.text_bytes + bytes <= TEXT_BYTES_MAX;
        if room {
            self.text_count += 1;
            self.text_bytes += bytes;
        }
        room
    }
}

impl Gathered {
    fn add(&mut self, past: bool, role: Role, at: At, text: &str) {
        let text = match text.char_indices().nth(TEXT_CHARS_MAX) {
            Some((end, _)) if role == Role::Text => &text[..end],
            _ => text,
        };
        let told = &mut self.told[usize::from(past)];
        if let Some(known) = told.entries.iter_mut().find(|e| e.role == role && e.text == text) {
            if known.said_by.len() < STATEMENTS_MAX {
                known.said_by.push(at);
            }
            return;
        }
        if told.takes(role, text.len()) {
            told.entries.push(Entry { role, said_by: vec![at], text: text.to_string() });
        }
    }

    /// The documents of the entity: none, one or two.
    pub(super) fn documents(&self, fields: &Fields) -> impl Iterator<Item = TantivyDocument> {
        let (entity, fields) = (self.entity, *fields);
        let entries = self.told.iter().map(|told| told.entries.as_slice()).enumerate();
        entries
            .filter(|(_, entries)| !entries.is_empty())
            .map(move |(past, entries)| document(&fields, number(entity, past == 1), entries))
    }
}

/// The number of a document: twice the entity's, plus one for the past.
pub(super) fn number(entity: u32, past: bool) -> u64 {
    u64::from(entity) * 2 + u64::from(past)
}

fn document(fields: &Fields, number: u64, entries: &[Entry]) -> TantivyDocument {
    let mut keys = BTreeSet::new();
    let (mut names, mut rest) = (String::new(), String::new());
    let (mut sounds, mut initials) = (String::new(), BTreeSet::new());
    let line = |out: &mut String, text: &str| {
        if !out.is_empty() {
            out.push('\n');
        }
        out.push_str(text);
    };
    for entry in entries {
        let folded = fold(&entry.text);
        if entry.role != Role::Text {
            keys.insert(name_key(&entry.text));
        }
        if !entry.role.is_name() {
            line(&mut rest, &folded);
            continue;
        }
        if entry.role != Role::Acronym {
            keys.extend(heads(&name_key(&entry.text)));
        }
        let heard = sound::sounds(&folded);
        if has_han(&folded) {
            line(&mut sounds, &heard.join(" "));
        }
        for found in sound::initials(&folded, &heard) {
            initials.extend(starts(&found));
        }
        line(&mut names, &folded);
    }
    let mut document = TantivyDocument::default();
    document.add_u64(fields.id, number);
    document.add_text(fields.key, lines(&keys));
    document.add_text(fields.name, &names);
    document.add_text(fields.any, &names);
    document.add_text(fields.any, &rest);
    document.add_text(fields.sound, &sounds);
    document.add_text(fields.initials, lines(&initials));
    document.add_bytes(fields.texts, &packed(entries));
    document
}

fn lines(all: &BTreeSet<String>) -> String {
    let all: Vec<&str> = all.iter().map(String::as_str).collect();
    all.join("\n")
}

/// The first one, two, three and four characters of a name.
fn heads(key: &str) -> impl Iterator<Item = String> {
    let ends = key.char_indices().map(|(at, c)| at + c.len_utf8()).take(HEAD_CHARS);
    ends.map(move |end| format!("{WHOLE}{}", &key[..end]))
}

fn starts(initials: &sound::Initials) -> Vec<String> {
    let letters = initials.letters.as_str();
    let from = |start: usize| {
        let tail = letters.get(start..).unwrap_or_default();
        tail.get(..INITIALS_CHARS).unwrap_or(tail).to_string()
    };
    let mut found: Vec<String> = (0..initials.starts.min(letters.len())).map(from).collect();
    found.push(format!("{WHOLE}{letters}"));
    found
}

/// Entries as bytes: role, statements, text, each with its length before it.
fn packed(entries: &[Entry]) -> Vec<u8> {
    let mut out = Vec::new();
    for entry in entries {
        out.push(entry.role as u8);
        put(&mut out, entry.said_by.len() as u32);
        entry.said_by.iter().for_each(|at| put(&mut out, *at));
        put(&mut out, entry.text.len() as u32);
        out.extend_from_slice(entry.text.as_bytes());
    }
    out
}

fn put(out: &mut Vec<u8>, mut number: u32) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

fn take(bytes: &mut &[u8]) -> Option<u32> {
    let mut number = 0u32;
    for shift in (0..35).step_by(7) {
        let (byte, rest) = bytes.split_first()?;
        *bytes = rest;
        number |= u32::from(byte & 0x7f).checked_shl(shift)?;
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

/// Reads what [`packed`] wrote; `None` if it did not.
pub(super) fn unpacked(mut bytes: &[u8]) -> Option<Vec<Entry>> {
    let mut entries = Vec::new();
    while let Some((role, rest)) = bytes.split_first() {
        bytes = rest;
        let role = *Role::ALL.get(usize::from(*role))?;
        let count = take(&mut bytes)? as usize;
        let said_by = (0..count.min(STATEMENTS_MAX)).map(|_| take(&mut bytes));
        let said_by = said_by.collect::<Option<Vec<At>>>()?;
        let length = take(&mut bytes)? as usize;
        let text = std::str::from_utf8(bytes.get(..length)?).ok()?.to_string();
        bytes = &bytes[length..];
        entries.push(Entry { role, said_by, text });
    }
    Some(entries)
}

/// Reads the texts of entities from storage, one entity at a time.
pub(super) struct Gatherer<'a> {
    view: &'a View,
    roles: Roles,
    now: Sight,
}

impl<'a> Gatherer<'a> {
    pub(super) fn new(view: &'a View) -> Gatherer<'a> {
        let now = Sight { day: 0, horizon: LIVE };
        Gatherer { view, roles: Roles::new(view.schema()), now }
    }

    /// Hands the texts of every entity that `wanted` accepts to `give`: one pass over storage.
    pub(super) fn all(
        &self,
        tx: &mut Tx<'_>,
        wanted: impl Fn(u32) -> bool,
        mut give: impl FnMut(&Gathered) -> Result<()>,
    ) -> Result<()> {
        let sql = "select id, value_text from atlas_statement
            where value_type in ('text', 'concept') order by entity_id, id";
        let alone = |id: u32| wanted(id) && !self.view.is_clustered(id);
        self.each(tx, sql, &[], &alone, &mut give)?;
        let roots = self.view.cluster_roots().into_iter().filter(|id| wanted(*id));
        self.clusters(tx, roots.collect(), &mut give)
    }

    /// Hands the texts of clusters to `give`, each as those of the entity that stands for it.
    fn clusters(
        &self,
        tx: &mut Tx<'_>,
        roots: BTreeSet<u32>,
        give: &mut dyn FnMut(&Gathered) -> Result<()>,
    ) -> Result<()> {
        for root in roots {
            let members = self.view.merged_into(EntityId(i64::from(root)));
            let mut cells = vec![Cell::from(root)];
            cells.extend(members.iter().map(|id| Cell::from(id.0)));
            let places: Vec<String> = (1..=cells.len()).map(|place| format!("${place}")).collect();
            let sql = format!(
                "select id, value_text from atlas_statement where entity_id in ({})
                    and value_type in ('text', 'concept') order by id",
                places.join(", ")
            );
            self.each(tx, &sql, &cells, &|_| true, give)?;
        }
        Ok(())
    }

    /// Hands the texts of these entities to `give`: one query for each hundred.
    pub(super) fn some(
        &self,
        tx: &mut Tx<'_>,
        entities: &BTreeSet<u32>,
        mut give: impl FnMut(&Gathered) -> Result<()>,
    ) -> Result<()> {
        let (clustered, ids): (Vec<u32>, Vec<u32>) =
            entities.iter().partition(|id| self.view.is_clustered(**id));
        let places: Vec<String> = (1..=CHUNK).map(|place| format!("${place}")).collect();
        let sql = format!(
            "select id, value_text from atlas_statement where entity_id in ({})
                and value_type in ('text', 'concept') order by entity_id, id",
            places.join(", ")
        );
        for chunk in ids.chunks(CHUNK) {
            let mut cells: Vec<Cell<'_>> = chunk.iter().map(|id| Cell::from(*id)).collect();
            cells.resize(CHUNK, Cell::from(-1i64));
            self.each(tx, &sql, &cells, &|_| true, &mut give)?;
        }
        let root = |id: u32| self.view.canonical(EntityId(i64::from(id))).0 as u32;
        self.clusters(tx, clustered.into_iter().map(root).collect(), &mut give)
    }

    fn each(
        &self,
        tx: &mut Tx<'_>,
        sql: &str,
        cells: &[Cell<'_>],
        wanted: &dyn Fn(u32) -> bool,
        give: &mut dyn FnMut(&Gathered) -> Result<()>,
    ) -> Result<()> {
        let mut gathered = Gathered::default();
        let mut skip = true;
        tx.for_each(sql, cells, |row| -> Result<()> {
            let Ok(at) = At::try_from(row.int(0)? - 1) else { return Ok(()) };
            // What was recorded after the view was caught up comes with the next catching up.
            if at as usize >= self.view.statement_count() {
                return Ok(());
            }
            let entity = self.view.columns.entity[at as usize];
            if entity != gathered.entity {
                give_if_any(&gathered, give)?;
                gathered = Gathered { entity, ..Gathered::default() };
                let id = EntityId(i64::from(entity));
                skip = self.view.is_relation(id) || !wanted(entity);
            }
            if skip { Ok(()) } else { self.take(&mut gathered, at, row) }
        })?;
        give_if_any(&gathered, give)
    }

    fn take(&self, gathered: &mut Gathered, at: At, row: &Row<'_>) -> Result<()> {
        let property = usize::from(self.view.columns.property[at as usize]);
        let Some((role, concept)) = self.roles.0.get(property).copied().flatten() else {
            return Ok(());
        };
        let past = !self.view.stands(at, self.now);
        if concept {
            if let Some(concept) = self.view.schema().concept(&row.str(1)?) {
                let labels = [&concept.label.zh, &concept.label.en];
                for text in labels.into_iter().chain(&concept.aliases) {
                    gathered.add(past, role, at, text);
                }
            }
        } else {
            gathered.add(past, role, at, &row.str(1)?);
        }
        Ok(())
    }
}

fn give_if_any(gathered: &Gathered, give: &mut dyn FnMut(&Gathered) -> Result<()>) -> Result<()> {
    if gathered.told.iter().all(|told| told.entries.is_empty()) { Ok(()) } else { give(gathered) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn entries_read_back_what_they_write() {
        let entry = |role, said_by: &[At], text: &str| Entry {
            role,
            said_by: said_by.to_vec(),
            text: text.to_string(),
        };
        let entries = vec![
            entry(Role::Name, &[0, 127, 128, u32::MAX], "漕河泾"),
            entry(Role::Text, &[5], ""),
        ];
        assert_eq!(unpacked(&packed(&entries)), Some(entries));
        assert_eq!(unpacked(&[9]), None);
    }

    proptest! {
        #[test]
        fn damaged_entries_do_no_harm(bytes in proptest::collection::vec(any::<u8>(), 0..60)) {
            let _ = unpacked(&bytes);
        }
    }
}
