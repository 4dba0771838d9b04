//! The house opened: store, schema, signing key, folders.

use crate::world;
use anyhow::{Context as _, Result, bail};
use schema::Schema;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use store::{Signer, Store, Target};

/// Where the data is and how it is opened.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    /// Folder for the database, the index, uploads and the key.
    pub(crate) data: PathBuf,
    /// `postgres://…`, or nothing for the file in the folder.
    pub(crate) store: Option<String>,
    /// Name of this instance in signed checkpoints.
    pub(crate) instance: String,
}

/// An opened store with all that belongs to it.
pub(crate) struct House {
    pub(crate) store: Store,
    pub(crate) schema: Arc<Schema>,
    pub(crate) data: PathBuf,
}

/// Opens the place, bringing its tables up to date.
pub(crate) fn open(place: &Place) -> Result<House> {
    let house = open_bare(place)?;
    let migrations: Vec<store::Migration> = [
        identity::MIGRATIONS,
        work::MIGRATIONS,
        atlas::MIGRATIONS,
        transfer::MIGRATIONS,
        policy::MIGRATIONS,
        service::MIGRATIONS,
        compute::MIGRATIONS,
    ]
    .concat();
    house.store.migrate(&migrations).context("bringing the tables up to date")?;
    Ok(house)
}

/// Opens the place without touching its tables: for restoring into an empty one.
pub(crate) fn open_bare(place: &Place) -> Result<House> {
    fs::create_dir_all(&place.data)
        .with_context(|| format!("making the folder {}", place.data.display()))?;
    let signer = signer(&place.data, &place.instance)?;
    let target = match &place.store {
        Some(url) => Target::Postgres(url.clone()),
        None => Target::Sqlite(place.data.join("xiudai.db")),
    };
    let store = Store::open(&target, Some(signer)).context("opening the store")?;
    let schema = Arc::new(Schema::shipped()?);
    Ok(House { store, schema, data: place.data.clone() })
}

/// The key that signs checkpoints: made once, readable by its owner only.
fn signer(data: &Path, instance: &str) -> Result<Signer> {
    let path = data.join("journal.key");
    let mut secret = [0u8; 32];
    match fs::read_to_string(&path) {
        Ok(text) => read_hex(text.trim(), &mut secret)
            .with_context(|| format!("{} does not hold a key", path.display()))?,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            world::chance(&mut secret)?;
            write_secret(&path, &kernel::canon::hex(&secret))?;
        }
        Err(error) => return Err(error).with_context(|| format!("reading {}", path.display())),
    }
    Ok(Signer::new(instance, &secret)?)
}

fn write_secret(path: &Path, text: &str) -> Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path).with_context(|| format!("making {}", path.display()))?;
    writeln!(file, "{text}")?;
    file.sync_all()?;
    Ok(())
}

fn read_hex(text: &str, out: &mut [u8; 32]) -> Result<()> {
    if text.len() != 64 || !text.is_ascii() {
        bail!("a key has 64 hexadecimal digits");
    }
    for (index, byte) in out.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&text[index * 2..index * 2 + 2], 16)?;
    }
    Ok(())
}
