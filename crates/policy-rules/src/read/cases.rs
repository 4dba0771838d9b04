//! The tests of a policy as they are written.

use super::compile::unknown;
use super::kinds::{day, fen, only};
use crate::case::{Case, Expected, ExpectedAmount};
use crate::facts::{Facts, Given};
use crate::fault::Fault;
use crate::kind::Kind;
use crate::node::{Kind as NodeKind, Node};
use crate::policy::Policy;
use std::collections::BTreeMap;

/// Reads `tests`; gives those that can be run, and what is wrong with the others.
pub(super) fn read(node: &Node, policy: &Policy) -> (Vec<Case>, Vec<Fault>) {
    let (mut cases, mut faults) = (Vec::new(), Vec::new());
    for item in node.get("tests").and_then(Node::items).unwrap_or_default() {
        match case(item, policy) {
            Ok(case) => cases.push(case),
            Err(fault) => faults.push(fault),
        }
    }
    (cases, faults)
}

fn case(node: &Node, policy: &Policy) -> Result<Case, Fault> {
    only(node, &["name", "on", "known", "in", "out", "clause"])?;
    let name = node
        .get("name")
        .and_then(Node::text)
        .ok_or_else(|| Fault::new("E-POL-09", node.at, "测试须有 name", "a test has a `name`"))?;
    let on = match node.get("on") {
        Some(node) => day(node)?,
        None => policy.valid.0.unwrap_or(policy.known),
    };
    let known = node.get("known").map(day).transpose()?;
    let mut facts = Facts::default();
    if let Some(given) = node.get("in") {
        gather(given, "", policy, &mut facts)?;
    }
    facts.bind(policy).map_err(|refusal| {
        let at = node.get("in").map_or(node.at, |node| node.at);
        Fault::new("E-POL-15", at, refusal.message.zh, format!("{}: {}", name, refusal.message.en))
    })?;
    let out = node
        .get("out")
        .ok_or_else(|| Fault::new("E-POL-09", node.at, "测试须有 out", "a test has an `out`"))?;
    Ok(Case {
        name: name.to_string(),
        at: node.at,
        on,
        known,
        facts,
        out: expected(out, policy)?,
        clause: node.get("clause").and_then(Node::text).map(str::to_string),
    })
}

/// Facts of a test: names with dots, or maps in maps.
fn gather(node: &Node, prefix: &str, policy: &Policy, facts: &mut Facts) -> Result<(), Fault> {
    for (key, at, value) in node.members().unwrap_or_default() {
        let name = if prefix.is_empty() { key.clone() } else { format!("{prefix}.{key}") };
        let Some(place) = policy.input(&name) else {
            let inside = format!("{name}.");
            let nests = value.members().is_some()
                && policy.inputs.iter().any(|input| input.name.starts_with(&inside));
            if nests {
                gather(value, &name, policy, facts)?;
                continue;
            }
            let known = policy.inputs.iter().map(|input| input.name.as_str());
            return Err(unknown(&name, *at, known));
        };
        let given = match &policy.inputs[place].kind {
            Kind::List(_) => list(value)?,
            _ => scalar(value)?,
        };
        facts.0.insert(name, given);
    }
    Ok(())
}

fn scalar(node: &Node) -> Result<Given, Fault> {
    match (&node.kind, node.text()) {
        (_, Some(text)) => Ok(Given::Text(text.to_string())),
        (NodeKind::Scalar { .. }, None) => Ok(Given::Unknown),
        _ => Err(Fault::new("E-POL-09", node.at, "此处应为一个值", "one value is wanted here")),
    }
}

fn list(node: &Node) -> Result<Given, Fault> {
    if node.is_null() {
        return Ok(Given::Unknown);
    }
    let Some(items) = node.items() else {
        return Err(Fault::new("E-POL-09", node.at, "此处应为列表", "a list is wanted here"));
    };
    let mut all = Vec::with_capacity(items.len());
    for item in items {
        let mut row = BTreeMap::new();
        for (key, _, value) in item.members().unwrap_or_default() {
            row.insert(key.clone(), scalar(value)?);
        }
        all.push(row);
    }
    Ok(Given::List(all))
}

fn expected(node: &Node, policy: &Policy) -> Result<Expected, Fault> {
    only(node, &["eligible", "exact", "up_to", "range", "unknown", "unread", "values"])?;
    let eligible = match node.get("eligible") {
        None => None,
        Some(node) => Some(match node.text() {
            Some("true" | "yes") => Some(true),
            Some("false" | "no") => Some(false),
            Some("unknown") => None,
            _ => {
                let en = "`eligible` is true, false or unknown";
                return Err(Fault::new(
                    "E-POL-09",
                    node.at,
                    "eligible 应为 true、false 或 unknown",
                    en,
                ));
            }
        }),
    };
    let one = |key: &str| node.get(key).map(fen).transpose();
    let range = match node.get("range").and_then(Node::items) {
        Some([low, high]) => Some(ExpectedAmount::Range(fen(low)?, fen(high)?)),
        Some(_) => {
            return Err(Fault::new(
                "E-POL-09",
                node.at,
                "range 应为两个金额",
                "a range has two ends",
            ));
        }
        None => None,
    };
    let missing = match node.get("unknown") {
        None => None,
        Some(list) => {
            let items = list.items().unwrap_or_default();
            let mut names = Vec::new();
            for item in items {
                let name = item.text().unwrap_or_default();
                if policy.input(name).is_none() {
                    let known = policy.inputs.iter().map(|input| input.name.as_str());
                    return Err(unknown(name, item.at, known));
                }
                names.push(name.to_string());
            }
            names.sort();
            Some(ExpectedAmount::Unknown(names))
        }
    };
    let amounts = [
        one("exact")?.map(ExpectedAmount::Exact),
        one("up_to")?.map(ExpectedAmount::UpTo),
        range,
        missing,
    ];
    let mut amounts = amounts.into_iter().flatten();
    let amount = amounts.next();
    if amounts.next().is_some() {
        let en = "a test expects one of exact, up_to, range, unknown";
        return Err(Fault::new("E-POL-09", node.at, "只写一种预期金额", en));
    }
    let mut values = Vec::new();
    for (name, at, value) in node.get("values").and_then(Node::members).unwrap_or_default() {
        if !policy.definitions.iter().any(|definition| definition.name == *name) {
            let known = policy.definitions.iter().map(|definition| definition.name.as_str());
            return Err(unknown(name, *at, known));
        }
        values.push((name.clone(), *at, value.text().unwrap_or("unknown").to_string()));
    }
    let unread = match node.get("unread") {
        None => None,
        Some(list) => {
            let mut names = Vec::new();
            for item in list.items().unwrap_or_default() {
                let name = item.text().unwrap_or_default();
                if !policy.parameters.iter().any(|one| one.name == name) {
                    let known = policy.parameters.iter().map(|one| one.name.as_str());
                    return Err(unknown(name, item.at, known));
                }
                names.push(name.to_string());
            }
            names.sort();
            Some(names)
        }
    };
    if eligible.is_none() && amount.is_none() && values.is_empty() && unread.is_none() {
        let en = "a test expects something";
        return Err(Fault::new("E-POL-09", node.at, "测试须写明预期结果", en));
    }
    Ok(Expected { eligible, amount, unread, values })
}
