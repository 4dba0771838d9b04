//! The real district, many times over: the same rows with other keys and names.

use anyhow::{Context as _, Result};
use scan::Mapping;
use schema::Schema;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

/// A file to load, with its mapping.
pub(crate) struct Volume {
    pub(crate) name: String,
    pub(crate) bytes: Vec<u8>,
    pub(crate) mapping: Mapping,
    pub(crate) mapping_text: String,
}

/// Everything to load.
pub(crate) struct Enlarged {
    pub(crate) schema: Arc<Schema>,
    /// What ships, as it is.
    pub(crate) real: Vec<Volume>,
    /// Copies of the three largest tables.
    pub(crate) copies: Vec<Volume>,
}

/// Mapping, columns that a copy number is put into, copies.
const COPIED: &[(&str, &[&str], usize)] = &[
    ("outputs/conference_papers_shanghai_2019_2025", &["output_id", "title"], 15),
    ("companies/listed_companies_shanghai", &["symbol", "name"], 75),
    ("policies/laws_index", &["law_id", "title"], 60),
];

pub(crate) fn enlarge() -> Result<Enlarged> {
    let schema = Arc::new(Schema::shipped()?);
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../data/xuhui");
    let order = std::fs::read_to_string(root.join("load.yaml")).context("load.yaml")?;
    let names = order.lines().filter_map(|line| line.trim().strip_prefix("- "));
    let mut real = Vec::new();
    for name in names.filter(|name| name.ends_with(".mapping.yaml")) {
        real.push(volume(&root.join(name), &schema, None)?);
    }
    let mut copies = Vec::new();
    for (name, columns, count) in COPIED {
        let path = root.join(format!("{name}.mapping.yaml"));
        copies.push(volume(&path, &schema, Some((columns, *count)))?);
    }
    Ok(Enlarged { schema, real, copies })
}

fn volume(path: &Path, schema: &Schema, copy: Option<(&[&str], usize)>) -> Result<Volume> {
    let name = path.file_name().unwrap().to_string_lossy().into_owned();
    let folder = path.parent().unwrap();
    let mut text = std::fs::read_to_string(path)?;
    let mut lookups = BTreeMap::new();
    for file in Mapping::lookup_files(&name, &text)? {
        lookups.insert(file.clone(), std::fs::read_to_string(folder.join(&file))?);
    }
    if copy.is_some() {
        // A source of its own, whose rows nobody counted beforehand.
        text = text
            .lines()
            .filter(|line| !line.trim_start().starts_with("expected_rows"))
            .map(|line| match line.trim_start().strip_prefix("key: ") {
                Some(key) if line.starts_with("  key: ") => format!("  key: bench-{key}"),
                _ => line.to_string(),
            })
            .collect::<Vec<String>>()
            .join("\n");
    }
    let mapping = Mapping::parse(&name, &text, &lookups, schema)?;
    let original = std::fs::read(folder.join(&mapping.file))?;
    let bytes = match copy {
        Some((columns, count)) => multiply(&original, columns, count)?,
        None => original,
    };
    let file = mapping.file.clone();
    Ok(Volume { name: file, bytes, mapping, mapping_text: text })
}

/// The rows `count` times, each copy with its number in the given columns.
fn multiply(bytes: &[u8], columns: &[&str], count: usize) -> Result<Vec<u8>> {
    let mut reader = csv::Reader::from_reader(bytes);
    let headers = reader.headers()?.clone();
    let places: Vec<usize> =
        columns.iter().filter_map(|name| headers.iter().position(|h| h == *name)).collect();
    let rows: Vec<csv::StringRecord> = reader.records().collect::<Result<_, _>>()?;
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(&headers)?;
    for copy in 1..=count {
        for row in &rows {
            let cells = row.iter().enumerate().map(|(place, cell)| {
                if places.contains(&place) { format!("{cell} {copy}") } else { cell.to_string() }
            });
            writer.write_record(cells)?;
        }
    }
    Ok(writer.into_inner()?)
}
