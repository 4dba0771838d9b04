//! What a folder of data holds: its mappings in the order of loading.

use kernel::{Label, Refusal};
use serde::Deserialize;

/// The contents of a `load.yaml`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoadList {
    /// The district that the data is about; it names a kind `district` entity.
    pub district: Label,
    /// Mapping files, as paths beside the list, in the order of loading.
    pub mappings: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    district: District,
    mappings: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct District {
    zh: String,
    en: String,
}

impl LoadList {
    /// Reads a list; fails with `E-MAP-01`, also for a path that leaves the folder.
    pub fn parse(name: &str, yaml: &str) -> Result<LoadList, Refusal> {
        let refuse = |said: &str| {
            let rule = "a load list names a district and mappings inside its folder";
            let zh = format!("加载清单的写法有误:{said}");
            Refusal::new("E-MAP-01", rule, zh, format!("{rule}: {said}")).file(name)
        };
        let file: File =
            serde_saphyr::from_str(yaml).map_err(|error| refuse(&error.to_string()))?;
        let leaves = |path: &&String| {
            path.starts_with('/') || path.contains('\\') || path.split('/').any(|part| part == "..")
        };
        if let Some(path) = file.mappings.iter().find(leaves) {
            return Err(refuse(path).value(path));
        }
        Ok(LoadList {
            district: Label::new(file.district.zh, file.district.en),
            mappings: file.mappings,
        })
    }
}
