//! Tiles: the log cut into pieces that can be cached forever.
//!
//! Source: <https://c2sp.org/tlog-tiles>.

use crate::error::{Error, Result};
use crate::journal::{flush, load};
use crate::params;
use crate::tx::Tx;
use std::fmt;
use std::str::FromStr;

/// Entries of a full tile.
pub(crate) const WIDTH: u64 = 256;

/// A piece of the log, by its path: `tile/0/x001/234.p/5`, `tile/entries/000`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tile {
    /// Hashes of a level; level 0 are the leaf hashes.
    Hashes {
        /// 0 to 7.
        level: u8,
        /// Place among the tiles of its level.
        index: u64,
        /// Hashes in it, 1 to 256.
        width: u16,
    },
    /// Entries, each after its length as two bytes, big end first.
    Entries {
        /// Place among the bundles.
        index: u64,
        /// Entries in it, 1 to 256.
        width: u16,
    },
}

impl Tile {
    /// The bytes of this piece, or none if the log does not reach so far.
    pub fn bytes(self, tx: &mut Tx<'_>) -> Result<Option<Vec<u8>>> {
        match self {
            Tile::Hashes { level, index, width } => tile(tx, level, index, width),
            Tile::Entries { index, width } => entry_bundle(tx, index, width),
        }
    }
}

impl fmt::Display for Tile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (index, width) = match self {
            Tile::Hashes { level, index, width } => {
                write!(f, "tile/{level}/")?;
                (*index, *width)
            }
            Tile::Entries { index, width } => {
                f.write_str("tile/entries/")?;
                (*index, *width)
            }
        };
        let mut groups = vec![format!("{:03}", index % 1000)];
        let mut rest = index / 1000;
        while rest > 0 {
            groups.insert(0, format!("x{:03}", rest % 1000));
            rest /= 1000;
        }
        f.write_str(&groups.join("/"))?;
        match u64::from(width) == WIDTH {
            true => Ok(()),
            false => write!(f, ".p/{width}"),
        }
    }
}

impl FromStr for Tile {
    type Err = Error;

    /// Reads a path; fails with [`Error::Journal`] on anything but the one way to write it.
    fn from_str(path: &str) -> Result<Tile> {
        let wrong = || Error::Journal("the path of a tile is `tile/<level>/<index>`".to_string());
        let (level, rest) =
            path.strip_prefix("tile/").and_then(|rest| rest.split_once('/')).ok_or_else(wrong)?;
        let (groups, width) = match rest.split_once(".p/") {
            Some((groups, width)) => (groups, width.parse().map_err(|_| wrong())?),
            None => (rest, WIDTH as u16),
        };
        let index = groups.split('/').try_fold(0_u64, |index, group| {
            let digits = group.strip_prefix('x').unwrap_or(group);
            let number: u64 = digits.parse().ok()?;
            index.checked_mul(1000)?.checked_add(number)
        });
        let index = index.ok_or_else(wrong)?;
        let tile = match level {
            "entries" => Tile::Entries { index, width },
            level => Tile::Hashes { level: level.parse().map_err(|_| wrong())?, index, width },
        };
        match tile.to_string() == path && (1..=WIDTH).contains(&u64::from(width)) {
            true => Ok(tile),
            false => Err(wrong()),
        }
    }
}

/// The hashes of a tile, 32 bytes each, or none if the log does not reach so far.
pub fn tile(tx: &mut Tx<'_>, level: u8, index: u64, width: u16) -> Result<Option<Vec<u8>>> {
    let Some((low, high)) = range(tx, level, index, width)? else {
        return Ok(None);
    };
    Ok(Some(hashes(tx, level, low, high)?.concat()))
}

/// The entries of a bundle, each after its length as two bytes, or none if the log is shorter.
pub fn entry_bundle(tx: &mut Tx<'_>, index: u64, width: u16) -> Result<Option<Vec<u8>>> {
    let Some((low, high)) = range(tx, 0, index, width)? else {
        return Ok(None);
    };
    let mut bundle = Vec::new();
    tx.for_each(
        "select entry from journal_event where event_index >= $1 and event_index < $2
         order by event_index",
        params![low as i64, high as i64],
        |row| -> Result<()> {
            let entry = row.str(0)?;
            let length = u16::try_from(entry.len())
                .map_err(|_| Error::Journal("an entry is too long".to_string()))?;
            bundle.extend_from_slice(&length.to_be_bytes());
            bundle.extend_from_slice(entry.as_bytes());
            Ok(())
        },
    )?;
    Ok(Some(bundle))
}

/// The hashes `low` to `high` of a level, from the rows that hold them.
pub(super) fn hashes(tx: &mut Tx<'_>, level: u8, low: u64, high: u64) -> Result<Vec<[u8; 32]>> {
    let (low, high) = (low as i64, high as i64);
    let found = if level == 0 {
        let sql = "select leaf_hash from journal_event
             where event_index >= $1 and event_index < $2 order by event_index";
        tx.query(sql, params![low, high], |row| row.hash(0))?
    } else {
        let sql = "select hash from journal_hash
             where level = $1 and hash_index >= $2 and hash_index < $3 order by hash_index";
        tx.query(sql, params![level, low, high], |row| row.hash(0))?
    };
    match found.len() as i64 == high - low {
        true => Ok(found),
        false => Err(Error::Journal(format!("hashes of level {level} are missing"))),
    }
}

fn range(tx: &mut Tx<'_>, level: u8, index: u64, width: u16) -> Result<Option<(u64, u64)>> {
    flush(tx)?;
    let size = load(tx)?.0.size();
    let count = size.checked_shr(8 * u32::from(level)).unwrap_or(0);
    let high = index.checked_mul(WIDTH).and_then(|low| low.checked_add(u64::from(width)));
    Ok(high
        .filter(|high| *high <= count && (1..=WIDTH).contains(&u64::from(width)))
        .map(|high| (index * WIDTH, high)))
}
