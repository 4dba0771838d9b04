//! Backups: everything in one file that either engine can take in.
//!
//! A zip with `manifest.json` (migrations, tables, columns, row counts, digests) and, for each
//! table, `tables/<name>.jsonl`: one JSON array a row, in the order of the primary key. Whole
//! numbers and truth values are numbers, text is text, bytes are `{"b": base64}`, real numbers
//! are `{"r": "shortest decimal"}`. Both engines write the same bytes for the same content.

mod catalog;
mod line;
mod manifest;

use self::catalog::Table;
use self::manifest::{Manifest, Part};
use crate::cell::Cell;
use crate::error::{Error, Result};
use crate::migration;
use crate::store::Store;
use crate::tx::Tx;
use kernel::Timestamp;
use kernel::canon::hex;
use sha2::{Digest as _, Sha256};
use std::io::{BufRead as _, BufReader, Read, Seek, Write};
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

const MANIFEST: &str = "manifest.json";
/// The longest row that is read back.
const LINE_BYTES_MAX: u64 = 256 * 1024 * 1024;

/// Writes all tables, as of one moment, to `out`; `now` is noted in the manifest.
///
/// Answers the count of rows. Fails with [`Error::Backup`] if `out` cannot be written.
pub fn backup(store: &Store, out: impl Write + Seek, now: Timestamp) -> Result<u64> {
    let mut zip = ZipWriter::new(out);
    let parts = store.read(|tx| {
        let mut manifest =
            Manifest { created: now, migrations: migration::history(tx)?, parts: Vec::new() };
        for table in catalog::tables(tx)? {
            manifest.parts.push(write_table(tx, table, &mut zip)?);
        }
        start(&mut zip, MANIFEST)?;
        zip.write_all(manifest.to_text().as_bytes()).map_err(|error| broken(&error))?;
        Ok::<_, Error>(manifest.parts)
    })?;
    zip.finish().and_then(|mut out| Ok(out.flush()?)).map_err(|error| broken(&error))?;
    Ok(parts.iter().map(|part| part.rows).sum())
}

/// Takes a backup into an empty database of either engine; answers the count of rows.
///
/// Everything is checked before anything is written, and all of it is kept or nothing. Fails
/// with [`Error::Backup`] if the file is damaged, or the target holds a row or was migrated
/// further than the backup; restore first, then migrate.
pub fn restore(store: &Store, input: impl Read + Seek) -> Result<u64> {
    let mut zip = ZipArchive::new(input).map_err(|error| broken(&error))?;
    let manifest = read_manifest(&mut zip)?;
    for part in &manifest.parts {
        check_part(&mut zip, part)?;
    }
    store.write_bulk(|tx| {
        refuse_rows(tx)?;
        migration::apply(tx, &manifest.migrations).map_err(|error| match error {
            Error::Migration { .. } => Error::Backup(format!("the target does not fit: {error}")),
            other => other,
        })?;
        if !tx.is_postgres() {
            tx.execute("pragma defer_foreign_keys = on", &[])?;
        }
        let tables = catalog::tables(tx)?;
        for part in &manifest.parts {
            if !tables.contains(&part.table) {
                let name = &part.table.name;
                return Err(Error::Backup(format!("its migrations do not make `{name}`")));
            }
            load(tx, &mut zip, part)?;
        }
        Ok(manifest.parts.iter().map(|part| part.rows).sum())
    })
}

fn write_table(
    tx: &mut Tx<'_>,
    table: Table,
    zip: &mut ZipWriter<impl Write + Seek>,
) -> Result<Part> {
    start(zip, &path(&table.name))?;
    let (mut digest, mut rows, mut text) = (Sha256::new(), 0, String::new());
    tx.for_each(&table.select(), &[], |row| {
        text.clear();
        line::write(row, &mut text)?;
        digest.update(&text);
        rows += 1;
        zip.write_all(text.as_bytes()).map_err(|error| broken(&error))
    })?;
    Ok(Part { table, rows, sha256: hex(&digest.finalize()) })
}

fn start(zip: &mut ZipWriter<impl Write + Seek>, name: &str) -> Result<()> {
    let options = SimpleFileOptions::default()
        .compression_method(zip::CompressionMethod::Deflated)
        .compression_level(Some(3))
        .large_file(true);
    zip.start_file(name, options).map_err(|error| broken(&error))
}

fn path(table: &str) -> String {
    format!("tables/{table}.jsonl")
}

fn read_manifest(zip: &mut ZipArchive<impl Read + Seek>) -> Result<Manifest> {
    let file = zip.by_name(MANIFEST).map_err(|error| broken(&error))?;
    let mut text = String::new();
    file.take(LINE_BYTES_MAX).read_to_string(&mut text).map_err(|error| broken(&error))?;
    Manifest::parse(&text)
}

fn check_part(zip: &mut ZipArchive<impl Read + Seek>, part: &Part) -> Result<()> {
    let (mut digest, mut rows) = (Sha256::new(), 0);
    let width = part.table.columns.len();
    each_line(zip, part, |text| {
        digest.update(text);
        rows += 1;
        line::read(text, width).map(|_| true)
    })?;
    match rows == part.rows && hex(&digest.finalize()) == part.sha256 {
        true => Ok(()),
        false => Err(Error::Backup(format!("table `{}` is damaged", part.table.name))),
    }
}

/// Hands each line, with its end, to `take` until that answers `false`.
fn each_line(
    zip: &mut ZipArchive<impl Read + Seek>,
    part: &Part,
    mut take: impl FnMut(&[u8]) -> Result<bool>,
) -> Result<()> {
    let file = zip.by_name(&path(&part.table.name)).map_err(|error| broken(&error))?;
    let mut lines = BufReader::with_capacity(64 * 1024, file);
    let mut text = Vec::new();
    loop {
        text.clear();
        let mut limited = lines.by_ref().take(LINE_BYTES_MAX);
        let length = limited.read_until(b'\n', &mut text).map_err(|error| broken(&error))?;
        if length == 0 || !take(&text)? {
            return Ok(());
        }
    }
}

fn load(tx: &mut Tx<'_>, zip: &mut ZipArchive<impl Read + Seek>, part: &Part) -> Result<()> {
    let columns: Vec<String> = part.table.quoted_columns();
    let columns: Vec<&str> = columns.iter().map(String::as_str).collect();
    let name = format!("\"{}\"", part.table.name);
    let mut rows: Vec<Vec<Cell<'static>>> = Vec::new();
    each_line(zip, part, |text| {
        rows.push(line::read(text, columns.len())?);
        if rows.len() >= 4096 {
            tx.insert_rows(&name, &columns, &mut rows.drain(..))?;
        }
        Ok(true)
    })?;
    tx.insert_rows(&name, &columns, &mut rows.drain(..))?;
    Ok(())
}

fn refuse_rows(tx: &mut Tx<'_>) -> Result<()> {
    for table in catalog::tables(tx)? {
        let sql = format!("select 1 from \"{}\" limit 1", table.name);
        if tx.query_opt(&sql, &[], |_| Ok(()))?.is_some() {
            let name = table.name;
            return Err(Error::Backup(format!("the target is not empty: `{name}` has rows")));
        }
    }
    Ok(())
}

fn broken(error: &dyn std::fmt::Display) -> Error {
    Error::Backup(format!("the file cannot be read or written: {error}"))
}

#[cfg(test)]
mod tests;
