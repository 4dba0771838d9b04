//! Kinds, inputs and values as they are written.

use crate::fault::{At, Fault};
use crate::kind::Kind;
use crate::node::Node;
use crate::policy::{Concern, Input};
use crate::unit::Unit;
use crate::vocabulary::{Vocabulary, plain};
use kernel::{Day, Fen, Label, Ratio};

/// What a person must have of an input.
pub(crate) fn input(
    name: &str,
    at: At,
    node: &Node,
    vocabulary: Option<&Vocabulary>,
) -> Result<Input, Fault> {
    let shared = vocabulary.and_then(|all| all.get(name));
    if let (Some(shared), true) = (shared, node.is_null()) {
        return Ok(Input { at, ..shared.clone() });
    }
    only(
        node,
        &[
            "type", "unit", "per", "of", "label", "ask", "min", "max", "property", "personal",
            "concern",
        ],
    )?;
    let kind = match (shared, node.get("type").is_none() && node.members().is_some()) {
        (Some(shared), true) => shared.kind.clone(),
        _ => kind(node)?,
    };
    let number = |key: &str| match node.get(key) {
        Some(bound) if !bound.is_null() => {
            let text = bound.text().unwrap_or_default();
            let en = "a bound is a number";
            let wrong = |_| Fault::new("E-POL-02", bound.at, "上下限应为数", en);
            Ratio::parse(text).map(Some).map_err(wrong)
        }
        _ => Ok(None),
    };
    let ask = match node.get("ask").and_then(Node::text) {
        None => shared.map_or(5, |shared| shared.ask),
        Some(text) => text.parse().ok().filter(|ask| (1..=9).contains(ask)).ok_or_else(|| {
            Fault::new("E-POL-09", node.at, "ask 应为1至9", "`ask` is 1 to 9: what asking costs")
        })?,
    };
    let concern = match node.get("concern") {
        None => shared.map_or(Concern::None, |shared| shared.concern),
        Some(concern) => concern.text().and_then(Concern::from_name).ok_or_else(|| {
            let en = "`concern` is none, identity or locality";
            Fault::new("E-POL-09", concern.at, "concern 应为 none、identity 或 locality", en)
        })?,
    };
    // What is counted or paid is not below nothing unless it is said to be.
    let least = match number("min")? {
        None if node.get("min").is_none() && matches!(&kind, Kind::Number(_)) => Some(Ratio::ZERO),
        least => least,
    };
    let label = match node.get("label") {
        Some(node) => label(node)?,
        None => shared.map_or_else(|| plain(name), |shared| shared.label.clone()),
    };
    let property = node.get("property").and_then(Node::text).map(str::to_string);
    let personal = node.get("personal").and_then(Node::text) == Some("true");
    Ok(Input {
        name: name.to_string(),
        at,
        kind,
        label,
        ask,
        least,
        most: number("max")?,
        property: property.or_else(|| shared.and_then(|shared| shared.property.clone())),
        personal: personal || shared.is_some_and(|shared| shared.personal),
        concern,
    })
}

/// A kind: its name alone, or `{type: …, unit: …}`.
pub(crate) fn kind(node: &Node) -> Result<Kind, Fault> {
    let (name, whole) = match node.text() {
        Some(name) => (name, None),
        None => (node.get("type").and_then(Node::text).unwrap_or_default(), Some(node)),
    };
    let part = |key: &str| whole.and_then(|node| node.get(key));
    let unit = Unit::of(part("unit").and_then(Node::text).unwrap_or_default());
    let per = Unit::of(part("per").and_then(Node::text).unwrap_or_default());
    match name {
        "truth" | "bool" => Ok(Kind::Truth),
        "money" => Ok(Kind::Number(Unit::money().over(&per))),
        "number" | "ratio" => Ok(Kind::Number(unit.over(&per))),
        "day" | "date" => Ok(Kind::Day),
        "text" => Ok(Kind::Text(Vec::new())),
        "choice" => {
            let options = part("of").and_then(Node::items).unwrap_or_default();
            let options: Option<Vec<String>> =
                options.iter().map(|one| one.text().map(str::to_string)).collect();
            options.filter(|all| !all.is_empty()).map(Kind::Text).ok_or_else(|| {
                Fault::new(
                    "E-POL-09",
                    node.at,
                    "choice 须列出 of",
                    "a choice lists its answers `of`",
                )
            })
        }
        "list" => {
            let Some(fields) = part("of").and_then(Node::members) else {
                let en = "a list says what its items have: `of: {birth: day}`";
                return Err(Fault::new("E-POL-09", node.at, "list 须用 of 写明字段", en));
            };
            let field = |(name, _, node): &(String, At, Node)| Ok((name.clone(), kind(node)?));
            Ok(Kind::List(fields.iter().map(field).collect::<Result<_, Fault>>()?))
        }
        other => {
            let known = ["truth", "money", "number", "ratio", "day", "text", "choice", "list"];
            Err(super::compile::unknown(other, node.at, known.into_iter()))
        }
    }
}

/// A label: a text for both languages, or `{zh: …, en: …}`.
pub(crate) fn label(node: &Node) -> Result<Label, Fault> {
    if let Some(text) = node.text() {
        return Ok(plain(text));
    }
    only(node, &["zh", "en"])?;
    let part = |key: &str| node.get(key).and_then(Node::text).map(str::to_string);
    match (part("zh"), part("en")) {
        (Some(zh), Some(en)) => Ok(Label { zh, en }),
        _ => {
            let en = "a label has `zh` and `en`";
            Err(Fault::new("E-POL-09", node.at, "标签须有 zh 和 en", en))
        }
    }
}

/// A day.
pub(crate) fn day(node: &Node) -> Result<Day, Fault> {
    Day::parse(node.text().unwrap_or_default())
        .map_err(|refusal| Fault::new("E-DATE-01", node.at, refusal.message.zh, refusal.message.en))
}

/// A day, or none for `null` and what is missing.
pub(crate) fn maybe_day(node: Option<&Node>) -> Result<Option<Day>, Fault> {
    match node {
        Some(node) if !node.is_null() => day(node).map(Some),
        _ => Ok(None),
    }
}

/// Yuan with at most two decimals.
pub(crate) fn fen(node: &Node) -> Result<Fen, Fault> {
    Fen::parse(node.text().unwrap_or_default()).map_err(|_| {
        let text = node.text().unwrap_or("?");
        Fault::new(
            "E-POL-02",
            node.at,
            format!("“{text}”不是金额"),
            format!("`{text}` is no amount"),
        )
        .hint("写成 5000000.00", "write 5000000.00")
    })
}

/// Refuses members that are not among these.
pub(crate) fn only(node: &Node, known: &[&str]) -> Result<(), Fault> {
    let Some(members) = node.members() else { return Ok(()) };
    match members.iter().find(|(key, ..)| !known.contains(&&**key)) {
        None => Ok(()),
        Some((key, at, _)) => Err(super::compile::unknown(key, *at, known.iter().copied())),
    }
}
