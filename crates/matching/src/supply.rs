//! Supply: which things of an atlas are offered, and what of them fills a record. Data, no code.

use crate::rules::Rules;
use kernel::Refusal;
use serde::Deserialize;
use std::collections::BTreeMap;

/// How one kind of thing is offered.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Offer {
    /// Key of the thing's kind in the atlas.
    pub kind: String,
    /// Key of the record's kind in the rules.
    #[serde(rename = "as")]
    pub offered_as: String,
    /// Kind of the relation whose other end the record belongs to.
    #[serde(default)]
    pub group: Option<String>,
    /// Properties that fill each field of the record, in order.
    pub fields: BTreeMap<String, Vec<String>>,
    /// What feeds each constraint.
    #[serde(default)]
    pub facts: BTreeMap<String, Feed>,
}

/// What feeds a constraint.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Feed {
    /// The property.
    pub property: String,
    /// From what it says to codes; what is not in it stays unknown. Empty takes it as it stands.
    #[serde(default)]
    pub map: BTreeMap<String, Vec<String>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    supply: Vec<Offer>,
}

const SHIPPED: &str = include_str!("../../../schema/matching/supply.yaml");

/// What ships.
pub fn shipped(rules: &Rules) -> Result<Vec<Offer>, Refusal> {
    parse("supply.yaml", SHIPPED, rules)
}

/// Offers from a file; fails with `E-MATCH-05` for YAML of another shape, or a kind, field or
/// constraint that the rules do not know.
pub fn parse(name: &str, text: &str, rules: &Rules) -> Result<Vec<Offer>, Refusal> {
    let refuse = |what: String| {
        let rule = "an offer names kinds, fields and constraints of the rules";
        Refusal::new("E-MATCH-05", rule, what.clone(), what).file(name)
    };
    let file: File = serde_saphyr::from_str(text).map_err(|error| refuse(error.to_string()))?;
    for offer in &file.supply {
        let kind = rules.kind(&offer.offered_as);
        let kind = kind.ok_or_else(|| refuse(format!("no kind `{}`", offer.offered_as)))?;
        if let Some(field) = offer.fields.keys().find(|key| !kind.fields.contains_key(*key)) {
            return Err(refuse(format!("`{}` has no field `{field}`", kind.key)));
        }
        if let Some(key) = offer.facts.keys().find(|key| rules.constraint(key).is_none()) {
            return Err(refuse(format!("no constraint `{key}`")));
        }
    }
    Ok(file.supply)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_ships_is_sound_and_what_is_not_is_refused() {
        let rules = Rules::shipped().expect("the shipped rules");
        assert!(shipped(&rules).expect("the shipped supply").len() >= 5);
        let table = [
            "supply: [{kind: paper, as: nothing, fields: {title: [name]}}]",
            "supply: [{kind: paper, as: result, fields: {colour: [name]}}]",
            "supply: [{kind: paper, as: result, fields: {}, facts: {mood: {property: name}}}]",
            "supply: 7",
        ];
        for text in table {
            let code = parse("x.yaml", text, &rules).map_err(|refusal| refusal.code);
            assert_eq!(code.map(|_| ()), Err("E-MATCH-05"), "{text}");
        }
    }
}
