//! Proofs from the stored log, and the file that carries one to somebody who trusts nobody.

use crate::error::{Error, Result};
use crate::journal::merkle::{
    Hash, check_inclusion, consistency_ranges, inclusion_ranges, leaf_hash, node_hash, root_of,
    split,
};
use crate::journal::note::Verifier;
use crate::journal::{event, flush, load, tile};
use crate::tx::Tx;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use kernel::EventId;
use kernel::canon::Object;
use serde_json::Value;

/// The first words of a proof file.
const FORMAT: &str = "xiudai/proof/1";

/// Hashes that show that an event is among the first `size` events. O(log n) short queries.
///
/// Fails with [`Error::Journal`] if the log is shorter, or the event beyond `size`.
pub fn inclusion_proof(tx: &mut Tx<'_>, id: EventId, size: u64) -> Result<Vec<Hash>> {
    reach(tx, size)?;
    match u64::try_from(id.0) {
        Ok(index) if index < size => roots(tx, inclusion_ranges(index, size)),
        _ => Err(Error::Journal(format!("{id} is not among the first {size} events"))),
    }
}

/// Hashes that show that the log of `new` events extends the log of `old` events.
///
/// Fails with [`Error::Journal`] if the log is shorter, or `old` above `new`.
pub fn consistency_proof(tx: &mut Tx<'_>, old: u64, new: u64) -> Result<Vec<Hash>> {
    reach(tx, new)?;
    match old <= new {
        true => roots(tx, consistency_ranges(old, new)),
        false => Err(Error::Journal(format!("{old} is more than {new}"))),
    }
}

fn reach(tx: &mut Tx<'_>, size: u64) -> Result<()> {
    flush(tx)?;
    let reached = load(tx)?.0.size();
    match size <= reached {
        true => Ok(()),
        false => Err(Error::Journal(format!("the log has {reached} events, not {size}"))),
    }
}

fn roots(tx: &mut Tx<'_>, ranges: Vec<(u64, u64)>) -> Result<Vec<Hash>> {
    ranges.into_iter().map(|(low, high)| range_root(tx, low, high)).collect()
}

/// Root over the entries `low` to `high`, a range as proofs name them.
fn range_root(tx: &mut Tx<'_>, low: u64, high: u64) -> Result<Hash> {
    let count = high - low;
    if !count.is_power_of_two() {
        let middle = low + split(count);
        let (left, right) = (range_root(tx, low, middle)?, range_root(tx, middle, high)?);
        return Ok(node_hash(&left, &right));
    }
    let level = count.ilog2() / 8;
    let shift = 8 * level;
    Ok(root_of(&tile::hashes(tx, level as u8, low >> shift, high >> shift)?))
}

/// What a checked proof file shows: that the log `origin`, when it had `size` events, held
/// `entry` at `id`, by the word of whoever holds the secret half of `vkey`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    /// The place of the event.
    pub id: EventId,
    /// The exact bytes of the event.
    pub entry: String,
    /// The log.
    pub origin: String,
    /// Count of events when the checkpoint was signed.
    pub size: u64,
    /// The key inside the file. A reader must know from elsewhere that it is the right one.
    pub vkey: String,
}

/// A file (JSON text) that proves that an event is in the log as of its newest checkpoint.
///
/// Fails with [`Error::Journal`] if there is no such event or the key does not fit.
pub fn proof_file(tx: &mut Tx<'_>, id: EventId, verifier: &Verifier) -> Result<String> {
    let (log, checkpoint) = load(tx)?;
    let nothing = || Error::Journal(format!("there is no event {id}"));
    let (event, checkpoint) =
        (event(tx, id)?.ok_or_else(nothing)?, checkpoint.ok_or_else(nothing)?);
    verifier.open(&checkpoint)?;
    let proof = inclusion_proof(tx, id, log.size())?;
    let proof: Vec<String> = proof.iter().map(|hash| STANDARD.encode(hash)).collect();
    let file = Object::new()
        .text("format", FORMAT)
        .int("index", id.0)
        .text("entry", &event.entry)
        .texts("proof", &proof)
        .text("checkpoint", &checkpoint)
        .text("vkey", &verifier.to_string());
    Ok(format!("{file}\n"))
}

/// Checks a proof file without any database. Fails with [`Error::Journal`], which says what does
/// not hold.
pub fn check_proof_file(text: &str) -> Result<Proof> {
    let wrong = |what: &str| Error::Journal(format!("the proof file {what}"));
    let file: Value = serde_json::from_str(text).map_err(|_| wrong("is not JSON"))?;
    let member = |name: &str| {
        file.get(name).and_then(Value::as_str).ok_or_else(|| wrong(&format!("lacks `{name}`")))
    };
    if member("format")? != FORMAT {
        return Err(wrong("is of another format"));
    }
    let index = file.get("index").and_then(Value::as_i64).filter(|index| *index >= 0);
    let index = index.ok_or_else(|| wrong("lacks `index`"))?;
    let steps = file.get("proof").and_then(Value::as_array);
    let steps: Option<Vec<Hash>> =
        steps.ok_or_else(|| wrong("lacks `proof`"))?.iter().map(step).collect();
    let steps = steps.ok_or_else(|| wrong("holds a hash out of shape"))?;
    let verifier = Verifier::parse(member("vkey")?)?;
    let checkpoint = verifier.open(member("checkpoint")?)?;
    let entry = member("entry")?;
    let leaf = leaf_hash(entry.as_bytes());
    if !check_inclusion(index as u64, checkpoint.size, &leaf, &steps, &checkpoint.root) {
        return Err(wrong("does not lead from its entry to its checkpoint"));
    }
    Ok(Proof {
        id: EventId(index),
        entry: entry.to_string(),
        origin: checkpoint.origin,
        size: checkpoint.size,
        vkey: verifier.to_string(),
    })
}

fn step(value: &Value) -> Option<Hash> {
    STANDARD.decode(value.as_str()?).ok()?.try_into().ok()
}
