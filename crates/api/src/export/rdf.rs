//! Linked data: schema.org for what is said, PROV-O for who says it. As JSON-LD and N-Triples.

use super::{Cell, Export};
use crate::wire::label::{EntityRef, Label};
use crate::wire::statement::Statement;
use crate::wire::value::Value as Said;
use serde_json::{Map, Value, json};
use std::fmt::Write as _;

const SCHEMA: &str = "https://schema.org/";
const PROV: &str = "http://www.w3.org/ns/prov#";
const XSD: &str = "http://www.w3.org/2001/XMLSchema#";
const RDF_TYPE: &str = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type";

/// What a triple points to.
#[derive(Debug, Clone, PartialEq)]
enum Object {
    Iri(String),
    Plain(String),
    Worded(String, &'static str),
    Typed(String, &'static str),
}

/// Something with its properties.
#[derive(Debug, Clone)]
struct Node {
    iri: String,
    types: Vec<String>,
    properties: Vec<(String, Object)>,
}

impl Node {
    fn new(iri: String, types: &[&str]) -> Node {
        Node {
            iri,
            types: types.iter().map(|name| (*name).to_string()).collect(),
            properties: Vec::new(),
        }
    }

    fn add(&mut self, predicate: impl Into<String>, object: Object) {
        self.properties.push((predicate.into(), object));
    }

    fn add_text(&mut self, predicate: impl Into<String>, text: Option<&str>) {
        if let Some(text) = text.filter(|text| !text.is_empty()) {
            self.add(predicate, Object::Plain(text.to_string()));
        }
    }

    fn add_label(&mut self, predicate: &str, label: &Label) {
        for (text, lang) in [(&label.zh, "zh"), (&label.en, "en")] {
            if let Some(text) = text {
                self.add(predicate, Object::Worded(text.clone(), lang));
            }
        }
    }
}

fn schema(name: &str) -> String {
    format!("{SCHEMA}{name}")
}

fn prov(name: &str) -> String {
    format!("{PROV}{name}")
}

/// The nodes of an export: itself, its sources, its entities, its statements, or its rows.
fn nodes(export: &Export) -> Vec<Node> {
    let mut nodes = vec![of_export(export)];
    nodes.extend(export.sources.keys().map(|key| of_source(export, key)));
    nodes.extend(export.entities.values().map(|entity| of_entity(&export.base, entity)));
    nodes.extend(export.statements.iter().map(|s| of_statement(&export.base, s)));
    if export.statements.is_empty() {
        nodes.extend(export.rows.iter().enumerate().map(|(at, row)| of_row(export, at, row)));
    }
    nodes
}

fn of_export(export: &Export) -> Node {
    let mut node = Node::new(export_iri(export), &["https://schema.org/Dataset"]);
    node.add_text(schema("name"), Some(&export.title));
    node.add(schema("temporalCoverage"), date(&export.as_of.valid));
    node.add(prov("generatedAtTime"), instant(&export.as_of.known));
    for attribution in export.attributions() {
        node.add_text(schema("creditText"), Some(&attribution));
    }
    for key in export.sources.keys() {
        node.add(prov("wasDerivedFrom"), Object::Iri(source_iri(&export.base, key)));
    }
    node
}

fn export_iri(export: &Export) -> String {
    format!("{}/api/v1/export/{}", export.base, export.name)
}

fn source_iri(base: &str, key: &str) -> String {
    format!("{base}/sources/{}", escaped(key))
}

fn entity_iri(base: &str, id: &str) -> String {
    format!("{base}/entities/{}", escaped(id))
}

fn of_source(export: &Export, key: &str) -> Node {
    let types = ["https://schema.org/Dataset", "http://www.w3.org/ns/prov#Entity"];
    let mut node = Node::new(source_iri(&export.base, key), &types);
    if let Some((source, attribution)) = export.sources.get(key) {
        node.add_text(schema("name"), Some(&source.title));
        node.add_text(schema("publisher"), source.publisher.as_deref());
        node.add_text(schema("license"), source.licence.as_deref());
        node.add_text(schema("creditText"), attribution.as_deref());
        if let Some(url) = source.url.as_deref().filter(|url| is_web(url)) {
            node.add(schema("url"), Object::Iri(iri_of(url)));
        }
    }
    node
}

fn of_entity(base: &str, entity: &EntityRef) -> Node {
    let kind = match entity.kind.as_str() {
        "company" | "organization" | "institute" | "platform" | "incubator" | "fund" | "media" => {
            "Organization"
        }
        "university" => "CollegeOrUniversity",
        "hospital" => "Hospital",
        "government" => "GovernmentOrganization",
        "district" | "street" | "region" => "AdministrativeArea",
        "belt" | "block" | "park" | "building" | "landmark" | "metro_station" => "Place",
        "paper" => "ScholarlyArticle",
        "event" => "Event",
        "law" | "policy" => "Legislation",
        _ => "Thing",
    };
    let mut node = Node::new(entity_iri(base, &entity.id), &[&schema(kind)]);
    node.add_label(&schema("name"), &entity.name);
    node.add_text(schema("identifier"), Some(&entity.id));
    node.add_text(schema("additionalType"), Some(&entity.kind));
    node
}

fn of_statement(base: &str, statement: &Statement) -> Node {
    let types = ["https://schema.org/PropertyValue", "http://www.w3.org/ns/prov#Entity"];
    let mut node = Node::new(format!("{base}/statements/{}", statement.id), &types);
    node.add(schema("about"), Object::Iri(entity_iri(base, &statement.subject.id)));
    node.add_text(schema("propertyID"), Some(&statement.property.key));
    node.add_label(&schema("name"), &statement.property.label);
    node.add(schema("value"), value(base, &statement.value));
    node.add_text(schema("unitText"), Some(statement.value.unit()));
    for (name, day) in [("validFrom", &statement.valid.from), ("validThrough", &statement.valid.to)]
    {
        if let Some(day) = day {
            node.add(schema(name), date(day));
        }
    }
    let source = source_iri(base, &statement.source.key);
    node.add(prov("hadPrimarySource"), Object::Iri(source));
    node.add(prov("generatedAtTime"), instant(&statement.recorded_at));
    if let Some(earlier) = &statement.supersedes {
        let earlier = format!("{base}/statements/{earlier}");
        node.add(prov("wasRevisionOf"), Object::Iri(earlier));
    }
    if let Some(ended) = &statement.ended {
        node.add(prov("invalidatedAtTime"), instant(&ended.at));
    }
    node
}

fn of_row(export: &Export, at: usize, row: &super::Row) -> Node {
    let iri = format!("{}#row-{}", export_iri(export), at + 1);
    let mut node = Node::new(iri, &["https://schema.org/Observation"]);
    if let Some(entity) = &row.entity {
        node.add(schema("observationAbout"), Object::Iri(entity_iri(&export.base, &entity.id)));
    }
    for (column, cell) in export.columns.iter().zip(&row.cells) {
        let predicate = format!("{}/terms/{}", export.base, column.key);
        match cell {
            Cell::Empty => {}
            Cell::Text(text) => node.add(predicate, Object::Plain(text.clone())),
            Cell::Number(number) => node.add(predicate, Object::Typed(number.clone(), "decimal")),
        }
    }
    node
}

fn value(base: &str, said: &Said) -> Object {
    match said {
        Said::Entity { entity } => Object::Iri(entity_iri(base, &entity.id)),
        Said::Text { text, lang } => match lang.as_deref() {
            Some("zh") => Object::Worded(text.clone(), "zh"),
            Some("en") => Object::Worded(text.clone(), "en"),
            _ => Object::Plain(text.clone()),
        },
        Said::Number { number, comparator, .. } | Said::Money { number, comparator, .. }
            if comparator == "=" =>
        {
            Object::Typed(number.clone(), "decimal")
        }
        Said::Date { date: day, precision } if precision == "day" => date(day),
        Said::Concept { concept } => Object::Iri(format!(
            "{base}/terms/{}/{}",
            escaped(&concept.scheme),
            escaped(&concept.key)
        )),
        Said::Url { url } if is_web(url) => Object::Iri(iri_of(url)),
        other => Object::Plain(other.cell()),
    }
}

fn date(day: &str) -> Object {
    Object::Typed(day.to_string(), "date")
}

fn instant(at: &str) -> Object {
    Object::Typed(at.to_string(), "dateTime")
}

fn is_web(url: &str) -> bool {
    url.starts_with("https://") || url.starts_with("http://")
}

/// Part of a path: everything but unreserved characters as `%` escapes.
fn escaped(text: &str) -> String {
    escape(text, |byte| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte))
}

/// An address as an IRI: what an IRI may not hold as `%` escapes (RFC 3987).
fn iri_of(url: &str) -> String {
    escape(url, |byte| byte > 0x20 && byte != 0x7f && !b"<>\"{}|\\^`".contains(&byte))
}

fn escape(text: &str, keep: impl Fn(u8) -> bool) -> String {
    let mut out = String::new();
    for c in text.chars() {
        let mut bytes = [0; 4];
        let bytes = c.encode_utf8(&mut bytes).as_bytes();
        if bytes.iter().all(|byte| keep(*byte)) {
            out.push(c);
            continue;
        }
        for byte in bytes {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

/// N-Triples (RDF 1.1).
pub(super) fn n_triples(export: &Export) -> String {
    let mut text = String::new();
    for line in [&export.title, &export.as_of.valid].into_iter().chain(&export.attributions()) {
        let line: String = line.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        let _ = writeln!(text, "# {line}");
    }
    for node in nodes(export) {
        let subject = iri_of(&node.iri);
        for kind in &node.types {
            let _ = writeln!(text, "<{subject}> <{RDF_TYPE}> <{kind}> .");
        }
        for (predicate, object) in &node.properties {
            let _ = writeln!(text, "<{subject}> <{}> {} .", iri_of(predicate), term(object));
        }
    }
    text
}

fn term(object: &Object) -> String {
    match object {
        Object::Iri(iri) => format!("<{}>", iri_of(iri)),
        Object::Plain(text) => format!("\"{}\"", literal(text)),
        Object::Worded(text, lang) => format!("\"{}\"@{lang}", literal(text)),
        Object::Typed(text, kind) => format!("\"{}\"^^<{XSD}{kind}>", literal(text)),
    }
}

fn literal(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' => out.push_str("\\\\"),
            '"' => out.push_str("\\\""),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() => {
                let _ = write!(out, "\\u{:04X}", c as u32);
            }
            c => out.push(c),
        }
    }
    out
}

/// JSON-LD 1.1 with a context that needs no network.
pub(super) fn json_ld(export: &Export) -> String {
    let graph: Vec<Value> = nodes(export).iter().map(|node| linked(node, &export.base)).collect();
    json!({
        "@context": {
            "schema": SCHEMA,
            "prov": PROV,
            "xsd": XSD,
            "term": format!("{}/terms/", export.base),
        },
        "@graph": graph,
    })
    .to_string()
}

fn linked(node: &Node, base: &str) -> Value {
    let mut object = Map::new();
    object.insert("@id".to_string(), json!(iri_of(&node.iri)));
    let types: Vec<String> = node.types.iter().map(|kind| compact(kind, base)).collect();
    object.insert("@type".to_string(), json!(types));
    for (predicate, value) in &node.properties {
        let slot = object.entry(compact(predicate, base)).or_insert_with(|| json!([]));
        if let Value::Array(list) = slot {
            list.push(match value {
                Object::Iri(iri) => json!({ "@id": iri_of(iri) }),
                Object::Plain(text) => json!(text),
                Object::Worded(text, lang) => json!({ "@value": text, "@language": lang }),
                Object::Typed(text, kind) => {
                    json!({ "@value": text, "@type": format!("xsd:{kind}") })
                }
            });
        }
    }
    Value::Object(object)
}

fn compact(iri: &str, base: &str) -> String {
    let terms = format!("{base}/terms/");
    let prefixes = [(SCHEMA, "schema:"), (PROV, "prov:"), (terms.as_str(), "term:")];
    let found = prefixes.iter().find_map(|(long, short)| {
        iri.strip_prefix(long)
            .filter(|rest| !rest.contains('/'))
            .map(|rest| format!("{short}{rest}"))
    });
    found.unwrap_or_else(|| iri_of(iri))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_escapes_its_quotes() {
        let wild = Object::Plain("a\"b\\c\nd\u{1}".into());
        assert_eq!(term(&wild), "\"a\\\"b\\\\c\\nd\\u0001\"");
        let iri = Object::Iri("https://example.org/a b<c>\"d\"/徐汇".into());
        assert_eq!(term(&iri), "<https://example.org/a%20b%3Cc%3E%22d%22/徐汇>");
        assert_eq!(escaped("a/b 徐"), "a%2Fb%20%E5%BE%90");
        assert_eq!(term(&Object::Worded("徐汇".into(), "zh")), "\"徐汇\"@zh");
    }
}
