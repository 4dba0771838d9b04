//! GeoJSON (RFC 7946): a feature a row; one that has no place has no geometry.

use super::{Cell, Export};
use serde_json::{Map, Value, json};

/// The file.
pub(super) fn write(export: &Export) -> String {
    let feature = |row: &super::Row| {
        let geometry = row.entity.as_ref().and_then(|entity| export.geometries.get(&entity.id));
        let cells = export.columns.iter().zip(&row.cells);
        let properties: Map<String, Value> =
            cells.map(|(column, cell)| (column.key.to_string(), value(cell))).collect();
        json!({
            "type": "Feature",
            "id": row.entity.as_ref().map(|entity| entity.id.clone()),
            "geometry": geometry,
            "properties": properties,
        })
    };
    let features: Vec<Value> = export.rows.iter().map(feature).collect();
    json!({
        "type": "FeatureCollection",
        "title": export.title,
        "as_of": export.as_of.valid,
        "known": export.as_of.known,
        "attribution": export.attributions(),
        "truncated": export.truncated,
        "features": features,
    })
    .to_string()
}

fn value(cell: &Cell) -> Value {
    match cell {
        Cell::Empty => Value::Null,
        Cell::Text(text) => json!(text),
        // Exactness before convenience: a number that a double would change stays text.
        Cell::Number(number) => match number.parse::<i64>() {
            Ok(whole) if whole.unsigned_abs() < (1 << 53) => json!(whole),
            _ => json!(number),
        },
    }
}
