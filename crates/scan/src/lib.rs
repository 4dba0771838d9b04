#![doc = include_str!("../README.md")]

mod draft;
mod encoding;
mod expression;
mod limits;
mod load;
mod lookup;
mod mapping;
mod read;
mod record;
mod table;
mod value;

pub use draft::{Citation, DraftEntity, DraftName, DraftStatement, DraftValue, Record};
pub use encoding::{Encoding, decode};
pub use limits::Limits;
pub use load::LoadList;
pub use mapping::{Format, Mapping, SourceCard};
pub use read::{ReadReport, read};
pub use record::{Measured, measured};
pub use table::Flow;
