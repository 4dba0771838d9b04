//! `xiudai verify`, `proof`, `backup` and `restore`.

use crate::house::House;
use crate::world;
use anyhow::{Context as _, Result, bail};
use kernel::EventId;
use std::fs::{self, File};
use std::io::{BufReader, BufWriter, Write as _};
use std::path::Path;

/// Checks the whole journal and every row against it; answers whether all is sound.
pub(crate) fn verify(house: &House) -> Result<bool> {
    let signer = house.store.signer().context("this store has no key")?;
    let verifier = signer.verifier().clone();
    let report = house.store.read(|tx| -> Result<_> {
        let mut cases = transfer::verify::gather(tx)?;
        let mut services = service::verify::gather(tx)?;
        let mut jobs = compute::verify::gather(tx)?;
        let mut others = |event: &store::journal::Event| {
            cases.check(event)?;
            services.check(event)?;
            jobs.check(event)
        };
        let mut report = atlas::verify::verify_with(tx, &verifier, &mut others)?;
        for finding in
            cases.left_over().into_iter().chain(services.left_over()).chain(jobs.left_over())
        {
            report.findings.push(finding);
            report.finding_count += 1;
        }
        Ok(report)
    })?;
    let mut out = std::io::stdout();
    writeln!(out, "events    {}", report.size)?;
    writeln!(out, "root      {}", kernel::canon::hex(&report.root))?;
    writeln!(out, "key       {}", signer.vkey())?;
    for finding in &report.findings {
        let place = finding.event.map_or("journal".to_string(), |event| event.to_string());
        writeln!(out, "{place}: {}", finding.what)?;
    }
    let sound = report.is_sound();
    let verdict = if sound {
        "sound: every event, hash, signature and row holds".to_string()
    } else {
        format!("NOT SOUND: {} findings", report.finding_count)
    };
    writeln!(out, "{verdict}")?;
    Ok(sound)
}

/// Checks a proof file without any database.
pub(crate) fn verify_file(path: &Path) -> Result<bool> {
    let text = fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))?;
    let mut out = std::io::stdout();
    if text.contains("\"evidence-pack/") {
        return verify_pack(&text);
    }
    match store::journal::check_proof_file(&text) {
        Ok(proof) => {
            writeln!(out, "sound: {} is in the log that its checkpoint signs", proof.id)?;
            writeln!(out, "{}", proof.entry)?;
            Ok(true)
        }
        Err(error) => {
            writeln!(out, "NOT SOUND: {error}")?;
            Ok(false)
        }
    }
}

/// Checks an evidence pack: its digests, the arithmetic of its proofs, and the journal's proof of
/// every step that it carries.
fn verify_pack(text: &str) -> Result<bool> {
    let mut out = std::io::stdout();
    let report = transfer_rules::evidence::check(text)?;
    for fault in &report.faults {
        writeln!(out, "{}: {} ({}) {}", fault.at, fault.code, fault.what, fault.found)?;
    }
    let pack: serde_json::Value = serde_json::from_str(text)?;
    let mut steps = 0;
    let mut sound = report.sound;
    let journal = pack.pointer("/elements/journal/body").and_then(|body| body.as_object());
    for (name, proof) in journal.into_iter().flatten() {
        match store::journal::check_proof_file(proof.as_str().unwrap_or_default()) {
            Ok(proof) if format!("J{}", proof.id.0) == *name => steps += 1,
            Ok(proof) => {
                writeln!(out, "{name}: the proof is of {}", proof.id)?;
                sound = false;
            }
            Err(error) => {
                writeln!(out, "{name}: {error}")?;
                sound = false;
            }
        }
    }
    let (elements, proofs) = report.checked;
    writeln!(out, "manifest  {}", report.manifest)?;
    let verdict = if sound { "sound" } else { "NOT SOUND" };
    writeln!(out, "{verdict}: {elements} elements, {proofs} proofs, {steps} steps in the journal")?;
    Ok(sound)
}

/// Writes the proof that an event is in the journal.
pub(crate) fn proof(house: &House, event: EventId, path: &Path) -> Result<()> {
    let signer = house.store.signer().context("this store has no key")?;
    let verifier = signer.verifier().clone();
    let text = house.store.read(|tx| store::journal::proof_file(tx, event, &verifier))?;
    fs::write(path, text).with_context(|| format!("writing {}", path.display()))
}

/// Writes everything to one file, whole or not at all.
pub(crate) fn backup(house: &House, path: &Path) -> Result<()> {
    if path.exists() {
        bail!("{} is there already; a backup does not overwrite", path.display());
    }
    let partial = path.with_extension("partial");
    let file = File::create(&partial).with_context(|| format!("making {}", partial.display()))?;
    let mut out = BufWriter::new(file);
    let rows = store::backup(&house.store, &mut out, world::now())?;
    out.into_inner().map_err(std::io::IntoInnerError::into_error)?.sync_all()?;
    fs::rename(&partial, path)?;
    writeln!(std::io::stdout(), "{rows} rows in {}", path.display())?;
    Ok(())
}

/// Brings a backup into an empty store of either engine.
pub(crate) fn restore(house: &House, path: &Path) -> Result<()> {
    let file = File::open(path).with_context(|| format!("reading {}", path.display()))?;
    let rows = store::restore(&house.store, BufReader::new(file))?;
    writeln!(std::io::stdout(), "{rows} rows from {}", path.display())?;
    Ok(())
}
