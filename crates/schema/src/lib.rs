#![doc = include_str!("../README.md")]

mod file;
pub mod law;
mod model;

pub use law::{Lookup, Parameter, Rulebook, Setting};
pub use model::{Concept, Edge, Kind, KindIx, Property, PropertyIx, Schema, ValueType};

use kernel::Refusal;

/// The files of `schema/` that are built into the binary: name and text.
const SHIPPED: &[(&str, &str)] = &[
    ("kinds.yaml", include_str!("../../../schema/kinds.yaml")),
    ("relations.yaml", include_str!("../../../schema/relations.yaml")),
    ("properties.yaml", include_str!("../../../schema/properties.yaml")),
    ("indicators.yaml", include_str!("../../../schema/indicators.yaml")),
    ("units.yaml", include_str!("../../../schema/units.yaml")),
    ("concepts.yaml", include_str!("../../../schema/concepts.yaml")),
];

impl Schema {
    /// The schema that ships, from the files built into the binary.
    pub fn shipped() -> Result<Schema, Refusal> {
        Schema::parse(SHIPPED)
    }

    /// The schema in these files (name and YAML text); fails with `E-SCHEMA-01` (not YAML of this
    /// shape), `E-SCHEMA-02` (a name that nothing defines) or `E-SCHEMA-03` (a name defined twice).
    pub fn parse(files: &[(&str, &str)]) -> Result<Schema, Refusal> {
        let mut all = file::File::default();
        for (name, text) in files {
            all.append(file::parse(name, text)?);
        }
        file::resolve(all)
    }
}

#[cfg(test)]
mod tests;
