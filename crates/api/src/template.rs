//! Templates: for each kind a table to fill in, and the mapping that reads it.

use crate::problem::{Problem, Result};
use schema::{Kind, Property, Schema, ValueType};
use serde_json::{Map, Value, json};

/// Properties that describe how a source wrote something; a table that is filled in has no use
/// for them.
const LEFT_OUT: &[&str] = &[
    "name",
    "kind_as_published",
    "name_as_published",
    "mentioned_in",
    "figure",
    "figure_money",
    "figure_date",
    "figure_text",
    "acronym",
];

/// What a column of a template holds.
struct Column<'a> {
    name: String,
    property: Option<&'a Property>,
}

/// The columns of a kind's table.
fn columns<'a>(schema: &'a Schema, kind: &Kind) -> Vec<Column<'a>> {
    let plain = |name: &str| Column { name: name.to_string(), property: None };
    let mut columns = vec![plain("name_zh"), plain("name_en")];
    let keys = kind.properties.iter().filter(|key| !LEFT_OUT.contains(&key.as_str()));
    for property in keys.filter_map(|key| schema.property(key)) {
        match property.value_type {
            ValueType::Shape => {}
            ValueType::Entity if property.key != "located_in" => {}
            ValueType::Point => {
                columns.push(plain("lon"));
                columns.push(plain("lat"));
            }
            _ => {
                columns.push(Column { name: property.key.clone(), property: Some(property) });
                if needs_unit(property) {
                    columns.push(plain(&format!("{}_unit", property.key)));
                }
            }
        }
    }
    columns.push(plain("valid"));
    columns
}

fn needs_unit(property: &Property) -> bool {
    property.value_type == ValueType::Money && property.unit.is_none()
}

/// The kind that a table can be filled in for. Fails with `E-FIND-01`.
fn kind_of<'a>(schema: &'a Schema, key: &str) -> Result<&'a Kind> {
    let kind = schema.kind(key).filter(|kind| !kind.is_abstract && kind.edge.is_none());
    kind.ok_or_else(|| Problem::missing("kind", key))
}

/// The header of the table to fill in, as CSV for Excel.
pub(crate) fn csv(schema: &Schema, key: &str) -> Result<String> {
    let names: Vec<String> =
        columns(schema, kind_of(schema, key)?).into_iter().map(|column| column.name).collect();
    Ok(format!("\u{feff}{}\r\n", names.join(",")))
}

/// Who gives a table that was filled in.
#[derive(Debug, Clone, Default)]
pub(crate) struct Card {
    /// File name, without folders.
    pub(crate) file: String,
    /// Title, when it is said.
    pub(crate) title: Option<String>,
    /// Publisher.
    pub(crate) publisher: Option<String>,
    /// Licence.
    pub(crate) licence: Option<String>,
    /// Address.
    pub(crate) url: Option<String>,
    /// Day on which it was brought in.
    pub(crate) today: String,
}

/// The mapping that reads a filled-in table, as YAML (JSON is YAML).
pub(crate) fn mapping(schema: &Schema, key: &str, card: &Card) -> Result<String> {
    let kind = kind_of(schema, key)?;
    let columns = columns(schema, kind);
    let strong = |column: &&Column<'_>| column.property.is_some_and(|property| property.strong);
    let keys: Map<String, Value> = columns
        .iter()
        .filter(strong)
        .map(|column| (column.name.clone(), json!(format!("{{{}}}", column.name))))
        .collect();
    let record: Vec<&str> = keys.keys().map(String::as_str).chain(["name_zh", "name_en"]).collect();
    let title = card.title.clone().unwrap_or_else(|| format!("{}({})", kind.plural.zh, card.file));
    let mut entities = vec![json!({
        "id": "it", "kind": key, "keys": keys,
        "names": [{ "zh": "{name_zh}" }, { "en": "{name_en}" }],
    })];
    if columns.iter().any(|column| column.name == "located_in") {
        entities.push(json!({
            "id": "place", "kind": "street", "optional": true,
            "names": [{ "zh": "{located_in}" }],
        }));
    }
    let optional: Vec<&str> = columns.iter().map(|column| column.name.as_str()).collect();
    let mapping = json!({
        "source": {
            "key": source_key(key, &card.file),
            "title": { "zh": title, "en": title },
            "publisher": card.publisher.clone().unwrap_or_default(),
            "licence": card.licence.clone().unwrap_or_default(),
            "url": card.url, "retrieved": card.today, "confidence": 80,
        },
        "file": card.file,
        "format": format_of(&card.file)?,
        "optional": optional,
        "record": format!("{{{}}}", record.join("|")),
        "entities": entities,
        "defaults": { "valid": "{valid}" },
        "statements": statements(&columns),
    });
    Ok(mapping.to_string())
}

fn statements(columns: &[Column<'_>]) -> Vec<Value> {
    let mut statements = Vec::new();
    for column in columns {
        let value = format!("{{{}}}", column.name);
        let statement = match column.property {
            None if column.name == "lon" => {
                json!({ "of": "it", "property": "location", "lon": "{lon}", "lat": "{lat}" })
            }
            None => continue,
            Some(property) if property.strong => continue,
            Some(property) => match property.value_type {
                ValueType::Entity => {
                    json!({ "of": "it", "property": property.key, "entity": "place" })
                }
                ValueType::Money if needs_unit(property) => {
                    let unit = format!("{{{}_unit}}", column.name);
                    json!({ "of": "it", "property": property.key, "value": value, "unit": unit })
                }
                ValueType::Text => {
                    json!({ "of": "it", "property": property.key, "value": value, "split": "|" })
                }
                _ => json!({ "of": "it", "property": property.key, "value": value }),
            },
        };
        statements.push(statement);
    }
    statements
}

/// Letters, digits and dashes of a file's name name its source: the same file again is the same
/// source, so what it no longer says ends.
fn source_key(kind: &str, file: &str) -> String {
    let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
    let mut key = String::new();
    for c in stem.chars().take(80) {
        match c.is_alphanumeric() {
            true => key.extend(c.to_lowercase()),
            false if !key.ends_with('-') => key.push('-'),
            false => {}
        }
    }
    format!("import/{kind}/{}", key.trim_matches('-'))
}

fn format_of(file: &str) -> Result<&'static str> {
    let extension = file.rsplit_once('.').map_or("", |(_, extension)| extension);
    match extension.to_ascii_lowercase().as_str() {
        "csv" | "tsv" | "txt" => Ok("csv"),
        "xlsx" => Ok("xlsx"),
        "json" => Ok("json"),
        _ => Err(Problem::new(
            axum::http::StatusCode::UNPROCESSABLE_ENTITY,
            "E-FILE-01",
            "请上传 CSV、XLSX 或 JSON 文件",
            "bring a CSV, XLSX or JSON file",
        )
        .file(file)
        .rule("a table comes as .csv, .tsv, .txt, .xlsx or .json")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    #[test]
    fn every_template_has_a_mapping_that_reads_it() {
        let schema = Schema::shipped().expect("the schema that ships");
        let card = Card { file: "表 1.csv".into(), today: "2026-11-23".into(), ..Card::default() };
        let mut count = 0;
        for kind in schema.kinds().iter().filter(|k| !k.is_abstract && k.edge.is_none()) {
            let text = mapping(&schema, &kind.key, &card).expect("a mapping");
            let read = scan::Mapping::parse("import", &text, &BTreeMap::new(), &schema);
            let read = read.unwrap_or_else(|refusal| panic!("{}: {refusal}", kind.key));
            let header = csv(&schema, &kind.key).expect("a header");
            let names: Vec<&str> =
                header.trim_start_matches('\u{feff}').trim().split(',').collect();
            let unread = names.iter().find(|name| !read.columns().iter().any(|c| c == *name));
            assert_eq!(unread, None, "{}", kind.key);
            count += 1;
        }
        assert!(count > 20);
        assert_eq!(source_key("company", "我的 企业..v2.csv"), "import/company/我的-企业-v2");
        assert!(csv(&schema, "thing").is_err() && csv(&schema, "nothing").is_err());
    }
}
