//! The spool: uploads that wait on disk until a job reads them, under names of our own.

use crate::app::App;
use crate::problem::{Problem, Result};
use kernel::canon::hex;
use std::fs;
use std::io::ErrorKind;
use std::path::PathBuf;

/// Where an upload waits: 32 hexadecimal digits, never a name that came from outside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Slot(String);

impl Slot {
    /// A new one.
    pub(crate) fn new(app: &App) -> Slot {
        Slot(hex(&app.chance::<16>()))
    }

    /// The one with this name, if it can be one.
    pub(crate) fn parse(text: &str) -> Option<Slot> {
        let sound = text.len() == 32 && text.bytes().all(|b| b.is_ascii_hexdigit());
        sound.then(|| Slot(text.to_string()))
    }

    /// Its name.
    pub(crate) fn name(&self) -> &str {
        &self.0
    }

    fn path(&self, app: &App, extension: &str) -> PathBuf {
        app.settings().spool.join(format!("{}.{extension}", self.0))
    }

    /// Keeps a file with its mapping.
    pub(crate) fn put(&self, app: &App, bytes: &[u8], mapping: &str) -> Result<()> {
        let write = || {
            fs::create_dir_all(&app.settings().spool)?;
            fs::write(self.path(app, "mapping"), mapping)?;
            fs::write(self.path(app, "file"), bytes)
        };
        write().map_err(|error: std::io::Error| {
            self.clear(app);
            match error.kind() {
                ErrorKind::StorageFull | ErrorKind::QuotaExceeded => Problem::full("the spool"),
                _ => Problem::broken(format!("the spool: {error}")),
            }
        })
    }

    /// The file and its mapping.
    pub(crate) fn get(&self, app: &App) -> Result<(Vec<u8>, String)> {
        let read = || {
            let mapping = fs::read_to_string(self.path(app, "mapping"))?;
            Ok((fs::read(self.path(app, "file"))?, mapping))
        };
        read().map_err(|error: std::io::Error| Problem::broken(format!("the spool: {error}")))
    }

    /// Forgets both.
    pub(crate) fn clear(&self, app: &App) {
        for extension in ["file", "mapping"] {
            if let Err(error) = fs::remove_file(self.path(app, extension)) {
                tracing::debug!(%error, "nothing to clear in the spool");
            }
        }
    }
}
