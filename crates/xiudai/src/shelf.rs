//! The sources that a district ships: mappings, the files beside them, and their order.

use anyhow::{Context as _, Result, bail};
use scan::{LoadList, Mapping};
use schema::Schema;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// One file with its mapping, ready to be scanned.
pub(crate) struct Volume {
    /// The file.
    pub(crate) path: PathBuf,
    /// Its mapping.
    pub(crate) mapping: Mapping,
    /// The mapping's text and the lookups it uses: what a changed scan is recognized by.
    pub(crate) mapping_text: String,
}

fn order(folder: &Path) -> Result<LoadList> {
    let path = folder.join("load.yaml");
    let text = fs::read_to_string(&path)
        .with_context(|| format!("{} says what is loaded, but cannot be read", path.display()))?;
    Ok(LoadList::parse("load.yaml", &text)?)
}

/// The Chinese name of the district that a folder of sources is about.
pub(crate) fn district(folder: &Path) -> Result<String> {
    Ok(order(folder)?.district.zh)
}

/// What a path names: a folder with a `load.yaml`, a mapping, or a file with a mapping beside it.
pub(crate) fn volumes(path: &Path, schema: &Schema) -> Result<Vec<Volume>> {
    if path.is_dir() {
        let order = order(path)?;
        return order.mappings.iter().map(|name| volume(&path.join(name), schema)).collect();
    }
    if path.to_string_lossy().ends_with(".mapping.yaml") {
        return Ok(vec![volume(path, schema)?]);
    }
    let beside = path.with_extension("mapping.yaml");
    if !beside.is_file() {
        bail!("{} has no mapping: {} is missing", path.display(), beside.display());
    }
    Ok(vec![volume(&beside, schema)?])
}

fn volume(path: &Path, schema: &Schema) -> Result<Volume> {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let read = |path: &Path| {
        fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))
    };
    let text = read(path)?;
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut lookups = BTreeMap::new();
    for file in Mapping::lookup_files(&name, &text)? {
        lookups.insert(file.clone(), read(&folder.join(&file))?);
    }
    let mapping = Mapping::parse(&name, &text, &lookups, schema)?;
    let mapping_text = lookups.values().fold(text, |all, lookup| all + "\n" + lookup);
    Ok(Volume { path: folder.join(&mapping.file), mapping, mapping_text })
}
