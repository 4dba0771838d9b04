//! Loading: the records of a source become entities and statements, in one transaction a file.
//!
//! A file that was scanned before is compared with what it said: statements that stand stay,
//! changed ones supersede, dropped ones end. The same bytes with the same mapping change nothing.

mod batch;
mod file;
mod loader;

pub(crate) use batch::{Batch, Ending, end_into, entity_into, key_into};
pub use file::{Mode, ScanFile, scan_file};
pub use loader::{Cache, Header, Loader, ScanReport};
