//! Who made it, and whether one person was entered twice.

use crate::bound::{ITEMS_MAX, bounded, too_many};
use crate::input::Share;
use crate::output;
use kernel::text::{clean_name, fold, has_han, name_key, syllables};
use kernel::{Proof, Refusal};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// A number that identifies a person; never kept without what it is for.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PersonId {
    /// The number.
    pub number: String,
    /// What it is needed for (PIPL 6, 13).
    #[serde(default)]
    pub purpose: Option<String>,
}

/// One of those who made it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Inventor {
    /// The name.
    pub name: String,
    /// ORCID.
    pub orcid: Option<String>,
    /// Electronic mail.
    pub email: Option<String>,
    /// Number with the employer.
    pub staff_number: Option<String>,
    /// A personal id with its purpose.
    pub person_id: Option<PersonId>,
    /// Employer at conception.
    pub employer: Option<String>,
    /// Share of the contribution.
    pub contribution: Option<Share>,
    /// What the person created.
    pub creative_contribution: Option<String>,
}

/// Why two entries may be one person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// The same personal id.
    SameId,
    /// The same ORCID.
    SameOrcid,
    /// The same address.
    SameEmail,
    /// The same staff number with one employer.
    SameStaffNumber,
    /// The same name with one employer.
    SameName,
    /// A short form of the name with one employer: Bill, William.
    ShortName,
    /// A Chinese name and its pinyin, in either order, with one employer.
    Pinyin,
}

impl Reason {
    /// The name in data.
    pub fn name(self) -> &'static str {
        match self {
            Reason::SameId => "same_id",
            Reason::SameOrcid => "same_orcid",
            Reason::SameEmail => "same_email",
            Reason::SameStaffNumber => "same_staff_number",
            Reason::SameName => "same_name",
            Reason::ShortName => "short_name",
            Reason::Pinyin => "pinyin",
        }
    }

    /// Whether a key says so rather than a name.
    pub fn strong(self) -> bool {
        self <= Reason::SameStaffNumber
    }
}

/// Two entries that may be one person; a caller decides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// Place of the first in the list, from 0.
    pub first: usize,
    /// Place of the second, after the first.
    pub second: usize,
    /// The strongest reason.
    pub reason: Reason,
    /// The two names and the reason.
    pub proof: Proof,
}

impl Candidate {
    /// As JSON: `first`, `second`, `reason`, `strong`, `proof`.
    pub fn json(&self) -> Value {
        json!({
            "first": self.first,
            "second": self.second,
            "reason": self.reason.name(),
            "strong": self.reason.strong(),
            "proof": output::proof(&self.proof),
        })
    }
}

/// Short forms of given names; a name maps to the long one.
const SHORT: &[(&str, &str)] = &[
    ("alex", "alexander"),
    ("andy", "andrew"),
    ("ben", "benjamin"),
    ("bill", "william"),
    ("bob", "robert"),
    ("chris", "christopher"),
    ("dan", "daniel"),
    ("dave", "david"),
    ("dick", "richard"),
    ("ed", "edward"),
    ("jim", "james"),
    ("joe", "joseph"),
    ("kate", "katherine"),
    ("liz", "elizabeth"),
    ("matt", "matthew"),
    ("mike", "michael"),
    ("nick", "nicholas"),
    ("rich", "richard"),
    ("rob", "robert"),
    ("sam", "samuel"),
    ("steve", "stephen"),
    ("steven", "stephen"),
    ("tom", "thomas"),
    ("tony", "anthony"),
    ("will", "william"),
];

fn long(token: &str) -> String {
    let found = SHORT.iter().find(|(short, _)| *short == token);
    found.map_or(token, |(_, long)| long).to_string()
}

/// The words of a Latin name in order of the alphabet: `Smith, Bill` and `Bill Smith` are one.
fn sorted(tokens: &[String]) -> String {
    let mut tokens = tokens.to_vec();
    tokens.sort();
    tokens.join(" ")
}

/// A name of more words is not parted: nobody's is, and each way costs memory.
const WORDS_MAX: usize = 8;

/// The ways to part a name in two, family and given name, without order.
///
/// `zhang xiao ming` reads as `zhang` + `xiaoming` and as `zhangxiao` + `ming`, which holds both
/// orders and compound family names.
fn halves(tokens: &[String]) -> Vec<String> {
    if tokens.len() > WORDS_MAX {
        return Vec::new();
    }
    (1..tokens.len())
        .map(|at| {
            let (front, back) = tokens.split_at(at);
            let mut pair = [front.concat(), back.concat()];
            pair.sort();
            pair.join(" ")
        })
        .collect()
}

/// The names under which an entry may be found, each with the kind of name.
fn name_keys(name: &str) -> Vec<(&'static str, String)> {
    let key = name_key(name);
    let mut keys = vec![("name", key.clone())];
    if has_han(&key) {
        keys.extend(halves(&syllables(&key)).into_iter().map(|half| ("sound", half)));
        return keys;
    }
    let mut tokens: Vec<String> = key.split(' ').map(str::to_string).collect();
    keys.push(("name", sorted(&tokens)));
    if tokens.len() > 2 {
        // A middle initial is given by some and left out by others.
        tokens.retain(|token| token.chars().nth(1).is_some());
    }
    keys.push(("name", sorted(&tokens)));
    keys.extend(halves(&tokens).into_iter().map(|half| ("sound", half)));
    let full: Vec<String> = tokens.iter().map(|token| long(token)).collect();
    keys.push(("short", sorted(&full)));
    keys
}

fn key_of(text: &Option<String>) -> Option<String> {
    text.as_deref().map(fold).filter(|text| !text.is_empty())
}

/// Entries that may be the same person, by id, ORCID, mail or staff number, or by name where the
/// employers agree or one is not given. Each pair once, with its strongest reason, in order.
///
/// Two Chinese names of one sound are two names. Fails with `E-SIZE` past 10,000 people or pairs
/// and with the codes of [`clean_name`] for a name that deceives the eye.
pub fn duplicates(people: &[Inventor]) -> Result<Vec<Candidate>, Refusal> {
    bounded(people, "inventors")?;
    let mut keyed: BTreeMap<(Reason, String), Vec<usize>> = BTreeMap::new();
    for (at, one) in people.iter().enumerate() {
        clean_name(&one.name)
            .map_err(|refusal| refusal.column(&format!("inventors[{}].name", at + 1)))?;
        let employer = one.employer.as_deref().map(name_key).unwrap_or_default();
        let mut add = |reason, key: Option<String>| {
            if let Some(key) = key {
                keyed.entry((reason, key)).or_default().push(at);
            }
        };
        let id = one.person_id.as_ref().map(|id| fold(&id.number));
        add(Reason::SameId, id.filter(|id| !id.is_empty()));
        add(Reason::SameOrcid, key_of(&one.orcid));
        add(Reason::SameEmail, key_of(&one.email));
        let staff = key_of(&one.staff_number).filter(|_| !employer.is_empty());
        add(Reason::SameStaffNumber, staff.map(|staff| format!("{employer}\n{staff}")));
        let keys: BTreeSet<(&str, String)> = name_keys(&one.name).into_iter().collect();
        for (kind, key) in keys {
            let reason = match kind {
                "name" => Reason::SameName,
                "short" => Reason::ShortName,
                _ => Reason::Pinyin,
            };
            add(reason, Some(key));
        }
    }
    let mut pairs: BTreeMap<(usize, usize), Reason> = BTreeMap::new();
    let mut tried = 0usize;
    for ((reason, _), places) in &keyed {
        for (at, first) in places.iter().enumerate() {
            for second in places.iter().skip(at + 1) {
                tried += 1;
                if tried > ITEMS_MAX * 100 {
                    return Err(too_many("candidates", tried));
                }
                let (Some(a), Some(b)) = (people.get(*first), people.get(*second)) else {
                    continue;
                };
                if !reason.strong() && !may_share(a, b, *reason) {
                    continue;
                }
                pairs.entry((*first, *second)).or_insert(*reason);
                if pairs.len() > ITEMS_MAX {
                    return Err(too_many("candidates", pairs.len()));
                }
            }
        }
    }
    let candidate = |((first, second), reason): ((usize, usize), Reason)| {
        let name = |at: usize| people.get(at).map(|one| one.name.clone()).unwrap_or_default();
        let parts = vec![Proof::fact("first", name(first)), Proof::fact("second", name(second))];
        let proof = Proof::step("same_person", reason.name(), "choice", parts);
        Candidate { first, second, reason, proof }
    };
    Ok(pairs.into_iter().map(candidate).collect())
}

/// Whether a reason of names may hold: one employer (or one not given), and for pinyin one name
/// in characters and one in letters.
fn may_share(a: &Inventor, b: &Inventor, reason: Reason) -> bool {
    let employer = match (&a.employer, &b.employer) {
        (Some(a), Some(b)) => name_key(a) == name_key(b),
        _ => true,
    };
    employer && (reason != Reason::Pinyin || has_han(&a.name) != has_han(&b.name))
}
