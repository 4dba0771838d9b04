//! Parameters and tables as they are written: versions in time, rows of ladders.

use super::kinds::{self, label, maybe_day, only};
use super::{NAMES_MAX, Reading, compile, many};
use crate::fault::{At, Fault};
use crate::kind::Kind;
use crate::node::Node;
use crate::policy::{Parameter, Setting, Table, TableRow, TableVersion, Version};
use crate::value::{Gap, Value};
use crate::vocabulary::plain;
use kernel::proof::{Cite, Confidence};
use kernel::{Day, Ratio};
use std::sync::Arc;

impl Reading<'_> {
    pub(super) fn read_parameters(&mut self, node: &Node) {
        for (name, at, node) in node.get("parameters").and_then(Node::members).unwrap_or_default() {
            if self.parameters.len() >= NAMES_MAX {
                self.faults.push(many(*at));
                return;
            }
            let parameter = self.parameter(name, *at, node);
            if let Some(parameter) = self.keep(parameter) {
                self.parameters.push(parameter);
            }
        }
    }

    fn parameter(&mut self, name: &str, at: At, node: &Node) -> Result<Parameter, Fault> {
        only(
            node,
            &["type", "unit", "per", "of", "label", "clause", "confidence", "value", "values"],
        )?;
        let kind = kinds::kind(node)?;
        self.options(&kind);
        let own = self.part_cite(name, node)?;
        let versions = match (node.get("value"), node.get("values").and_then(Node::items)) {
            (Some(value), None) => {
                let value = self.setting(&kind, value)?;
                vec![Version { at, from: None, to: None, known: None, value, cite: own }]
            }
            (None, Some(items)) => {
                let mut versions = Vec::with_capacity(items.len());
                for item in items {
                    only(item, &["from", "to", "known", "value", "clause", "confidence"])?;
                    let value = item.get("value").ok_or_else(|| {
                        let en = "`value` is missing";
                        Fault::new("E-POL-09", item.at, "缺少 value", en)
                    })?;
                    let cite = match item.get("clause").or(item.get("confidence")) {
                        Some(_) => self.part_cite(name, item)?,
                        None => Arc::clone(&own),
                    };
                    versions.push(Version {
                        at: item.at,
                        from: maybe_day(item.get("from"))?,
                        to: maybe_day(item.get("to"))?,
                        known: maybe_day(item.get("known"))?,
                        value: self.setting(&kind, value)?,
                        cite,
                    });
                }
                versions
            }
            _ => {
                let en = "a parameter has either `value` or `values`";
                return Err(Fault::new("E-POL-09", at, "参数须有 value 或 values 之一", en));
            }
        };
        ends(
            &versions.iter().map(|one| (one.at, one.from, one.to, one.known)).collect::<Vec<_>>(),
        )?;
        let label = node.get("label").map(label).transpose()?.unwrap_or_else(|| plain(name));
        Ok(Parameter { name: name.to_string(), at, kind, label, versions })
    }

    fn setting(&mut self, kind: &Kind, node: &Node) -> Result<Setting, Fault> {
        match node.text() {
            None => Ok(Setting::Absent),
            Some("unread") => Ok(Setting::Unread),
            Some(text) => {
                let given = crate::facts::Given::Text(text.to_string());
                let place = match kind {
                    Kind::Text(_) => Some(self.word(text)),
                    _ => None,
                };
                if let Some(place) = place {
                    return Ok(Setting::Value(Value::Text(Some(place), Gap::NONE)));
                }
                let value = match kind {
                    // A rate in yuan per something may be finer than a fen.
                    Kind::Number(_) => {
                        let plain = Kind::Number(crate::unit::Unit::NONE);
                        crate::facts::value(&plain, &given, &self.words, Gap::NONE)
                    }
                    kind => crate::facts::value(kind, &given, &self.words, Gap::NONE),
                };
                value.map(Setting::Value).map_err(|_| {
                    let zh = format!("“{text}”不是 {kind}");
                    Fault::new("E-POL-02", node.at, zh, format!("`{text}` is no {kind}")).hint(
                        "读不到的写 unread,不在施行中的写 null",
                        "write `unread` for what could not be read, null for what is not in force",
                    )
                })
            }
        }
    }

    /// What proofs cite for a part of the policy.
    pub(super) fn part_cite(&self, name: &str, node: &Node) -> Result<Arc<Cite>, Fault> {
        let clause = node.get("clause").and_then(Node::text);
        let confidence = match node.get("confidence") {
            None => self.cite.confidence,
            Some(node) => node.text().and_then(Confidence::from_name).ok_or_else(|| {
                let en = "`confidence` is verified, excerpt, draft, general or own";
                Fault::new("E-POL-01", node.at, "confidence 不在可选值中", en)
            })?,
        };
        let document = self.cite.article.split_once(' ').map_or(&*self.cite.article, |(d, _)| d);
        Ok(Arc::new(Cite {
            rule: format!("{}/{name}", self.cite.rule),
            version: self.cite.version.clone(),
            article: match clause {
                Some(clause) => format!("{document} {clause}"),
                None => self.cite.article.clone(),
            },
            confidence,
        }))
    }

    pub(super) fn read_tables(&mut self, node: &Node) {
        for (name, at, node) in node.get("tables").and_then(Node::members).unwrap_or_default() {
            let table = self.table(name, *at, node);
            if let Some(table) = self.keep(table) {
                self.tables.push(table);
            }
        }
    }

    fn table(&mut self, name: &str, at: At, node: &Node) -> Result<Table, Fault> {
        only(node, &["of", "gives", "mode", "rows", "versions", "clause", "confidence"])?;
        let part = |key: &str| {
            let zh = format!("缺少 {key}");
            node.get(key)
                .ok_or_else(|| Fault::new("E-POL-09", at, zh, format!("`{key}` is missing")))
        };
        let (of, gives) = (kinds::kind(part("of")?)?, kinds::kind(part("gives")?)?);
        let marginal = match node.get("mode").and_then(Node::text) {
            None | Some("step") => false,
            Some("marginal") => true,
            Some(other) => {
                let known = ["step", "marginal"].into_iter();
                return Err(compile::unknown(other, node.at, known));
            }
        };
        let own = self.part_cite(name, node)?;
        let mut versions = Vec::new();
        if let Some(rows) = node.get("rows") {
            let rows = self.rows(rows)?;
            versions.push(TableVersion { at, from: None, to: None, rows, cite: Arc::clone(&own) });
        }
        for item in node.get("versions").and_then(Node::items).unwrap_or_default() {
            only(item, &["from", "to", "rows", "clause", "confidence"])?;
            let rows = item
                .get("rows")
                .ok_or_else(|| Fault::new("E-POL-09", item.at, "缺少 rows", "`rows` is missing"))?;
            let cite = match item.get("clause").or(item.get("confidence")) {
                Some(_) => self.part_cite(name, item)?,
                None => Arc::clone(&own),
            };
            versions.push(TableVersion {
                at: item.at,
                from: maybe_day(item.get("from"))?,
                to: maybe_day(item.get("to"))?,
                rows: self.rows(rows)?,
                cite,
            });
        }
        if versions.is_empty() {
            return Err(Fault::new("E-POL-09", at, "表须有 rows 或 versions", "a table has rows"));
        }
        ends(&versions.iter().map(|one| (one.at, one.from, one.to, None)).collect::<Vec<_>>())?;
        // A marginal rate gives the unit of what it is counted on.
        let gives = if marginal { kinds_product(&of, &gives) } else { gives };
        Ok(Table { name: name.to_string(), at, of, gives, marginal, versions })
    }

    /// The rows of a ladder: each begins where the one before ends.
    fn rows(&mut self, node: &Node) -> Result<Vec<TableRow>, Fault> {
        let mut rows: Vec<TableRow> = Vec::new();
        for item in node.items().unwrap_or_default() {
            only(item, &["from", "below", "value"])?;
            let number = |key: &str| match item.get(key) {
                Some(node) if !node.is_null() => {
                    let text = node.text().unwrap_or_default();
                    let en = format!("`{text}` is no number");
                    let wrong = |_| Fault::new("E-POL-02", node.at, format!("“{text}”不是数"), en);
                    Ratio::parse(text).map(Some).map_err(wrong)
                }
                _ => Ok(None),
            };
            let value = number("value")?.ok_or_else(|| {
                Fault::new("E-POL-02", item.at, "每一行须有 value", "each row has a `value`")
            })?;
            let from = number("from")?.unwrap_or(Ratio::ZERO);
            let row = TableRow { at: item.at, from, below: number("below")?, value };
            if row.below.is_some_and(|below| below <= row.from) {
                let en = "no number reaches this row: it ends where it begins";
                return Err(Fault::new("E-POL-04", row.at, "没有数值能落入这一行", en));
            }
            if let Some(before) = rows.last() {
                match before.below {
                    None => {
                        let en = "no number reaches this row: the one before has no end";
                        return Err(Fault::new("E-POL-04", row.at, "没有数值能落入这一行", en));
                    }
                    Some(below) if row.from < below => {
                        let en = format!("this row overlaps the one before, which ends at {below}");
                        return Err(Fault::new("E-POL-04", row.at, "与上一行重叠", en));
                    }
                    Some(below) if row.from > below => {
                        let en = format!("nothing holds from {below} to {}", row.from);
                        let zh = format!("{below} 至 {} 之间没有规定", row.from);
                        return Err(Fault::new("E-POL-13", row.at, zh, en));
                    }
                    Some(_) => {}
                }
            }
            rows.push(row);
        }
        match rows.is_empty() {
            true => Err(Fault::new("E-POL-09", node.at, "表没有行", "a table has rows")),
            false => Ok(rows),
        }
    }
}

fn kinds_product(of: &Kind, gives: &Kind) -> Kind {
    Kind::Number(of.unit().times(&gives.unit()))
}

/// Of a version: its place, when it holds, since when it is known.
type Ends = (At, Option<Day>, Option<Day>, Option<Day>);

/// Refuses versions that hold at once and were known at once, and those that end before they begin.
fn ends(all: &[Ends]) -> Result<(), Fault> {
    for (at, from, to, _) in all.iter() {
        if from.zip(*to).is_some_and(|(from, to)| to < from) {
            let en = "it ends before it begins";
            return Err(Fault::new("E-DATE-02", *at, "止日早于起日", en));
        }
    }
    for (place, (at, from, to, known)) in all.iter().enumerate() {
        let overlap = all[..place].iter().find(|(_, other_from, other_to, other_known)| {
            let starts = |a: Option<Day>, b: Option<Day>| match (a, b) {
                (Some(a), Some(b)) => a <= b,
                _ => true,
            };
            known == other_known && starts(*from, *other_to) && starts(*other_from, *to)
        });
        if let Some((other, ..)) = overlap {
            let en = format!("this version holds at the same time as that of line {}", other.line);
            let zh = format!("与第{}行的版本施行时间重叠", other.line);
            let fault = Fault::new("E-POL-03", *at, zh, en);
            let hint = "写明上一版本的 to,或不同的 known";
            return Err(fault.hint(hint, "say where the other ends (`to`), or a later `known`"));
        }
    }
    Ok(())
}
