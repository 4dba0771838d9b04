//! The Merkle tree of RFC 6962, section 2.1: hashes, proofs and how to check them. Pure.
//!
//! Source: <https://www.rfc-editor.org/rfc/rfc6962#section-2.1>; the checks follow RFC 9162,
//! sections 2.1.3.2 and 2.1.4.2.

use sha2::{Digest as _, Sha256};

/// A SHA-256 digest.
pub type Hash = [u8; 32];

/// `sha256(0x00 || entry)`.
pub fn leaf_hash(entry: &[u8]) -> Hash {
    Sha256::new().chain_update([0]).chain_update(entry).finalize().into()
}

/// `sha256(0x01 || left || right)`.
pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
    Sha256::new().chain_update([1]).chain_update(left).chain_update(right).finalize().into()
}

/// Root of the tree without entries: the digest of nothing.
pub fn empty_root() -> Hash {
    Sha256::digest([]).into()
}

/// Roots of the maximal complete subtrees of a tree, largest first: all it takes to grow it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Frontier {
    size: u64,
    roots: Vec<Hash>,
}

/// A complete subtree that came to be: its height in tiles (1 is 256 entries), its place among
/// its like, its root.
pub type Completed = (u32, u64, Hash);

impl Frontier {
    /// From what [`Frontier::to_bytes`] wrote; none if the length does not fit the size.
    pub fn from_bytes(size: u64, bytes: &[u8]) -> Option<Frontier> {
        let (roots, rest) = bytes.as_chunks::<32>();
        let fits = rest.is_empty() && roots.len() == size.count_ones() as usize;
        fits.then(|| Frontier { size, roots: roots.to_vec() })
    }

    /// The roots, one after the other.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.roots.concat()
    }

    /// Count of entries.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Adds a leaf; tells `completed` of every subtree of 256^n entries that is now complete.
    /// Cost: amortized one node.
    pub fn push(&mut self, leaf: Hash, mut completed: impl FnMut(Completed)) {
        let mut hash = leaf;
        for height in 0..self.size.trailing_ones() {
            let left = self.roots.pop().expect("one root for each one bit of the size");
            hash = node_hash(&left, &hash);
            if (height + 1) % 8 == 0 {
                completed(((height + 1) / 8, self.size >> (height + 1), hash));
            }
        }
        self.roots.push(hash);
        self.size += 1;
    }

    /// Root of the whole tree.
    pub fn root(&self) -> Hash {
        let mut roots = self.roots.iter().rev();
        match roots.next() {
            None => empty_root(),
            Some(last) => roots.fold(*last, |right, left| node_hash(left, &right)),
        }
    }
}

/// Root over leaves, which are complete subtrees of one height: `leaves.len()` is at least 1.
pub fn root_of(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => empty_root(),
        [one] => *one,
        more => {
            let (left, right) = more.split_at(split(more.len() as u64) as usize);
            node_hash(&root_of(left), &root_of(right))
        }
    }
}

/// Largest power of two below `count`, which is at least 2.
pub fn split(count: u64) -> u64 {
    1 << (count - 1).ilog2()
}

/// Ranges whose roots prove that the leaf `index` is in a tree of `size`; leaf end first.
pub fn inclusion_ranges(index: u64, size: u64) -> Vec<(u64, u64)> {
    let (mut low, mut high, mut ranges) = (0, size, Vec::new());
    while high - low > 1 {
        let middle = low + split(high - low);
        if index < middle {
            ranges.push((middle, high));
            high = middle;
        } else {
            ranges.push((low, middle));
            low = middle;
        }
    }
    ranges.reverse();
    ranges
}

/// Ranges whose roots prove that a tree of `new` entries extends its first `old` entries.
pub fn consistency_ranges(old: u64, new: u64) -> Vec<(u64, u64)> {
    let (mut low, mut high, mut ranges) = (0, new, Vec::new());
    if old == 0 || old == new {
        return ranges;
    }
    while old != high {
        let middle = low + split(high - low);
        if old <= middle {
            ranges.push((middle, high));
            high = middle;
        } else {
            ranges.push((low, middle));
            low = middle;
        }
    }
    if low > 0 {
        ranges.push((low, high));
    }
    ranges.reverse();
    ranges
}

/// Whether the proof shows that `leaf` stands at `index` in the tree of `size` with this root.
pub fn check_inclusion(index: u64, size: u64, leaf: &Hash, proof: &[Hash], root: &Hash) -> bool {
    if index >= size {
        return false;
    }
    let (mut at, mut last, mut hash) = (index, size - 1, *leaf);
    for step in proof {
        if last == 0 {
            return false;
        }
        if at & 1 == 1 || at == last {
            hash = node_hash(step, &hash);
            while at & 1 == 0 && at != 0 {
                (at, last) = (at >> 1, last >> 1);
            }
        } else {
            hash = node_hash(&hash, step);
        }
        (at, last) = (at >> 1, last >> 1);
    }
    last == 0 && hash == *root
}

/// Whether the proof shows that the tree `new` (size, root) extends the tree `old`.
pub fn check_consistency(old: (u64, &Hash), new: (u64, &Hash), proof: &[Hash]) -> bool {
    let ((old_size, old_root), (new_size, new_root)) = (old, new);
    if old_size == new_size || old_size == 0 {
        let same = old_size == new_size && old_root == new_root;
        let nothing = old_size == 0 && *old_root == empty_root();
        return proof.is_empty() && (same || (old_size < new_size && nothing));
    }
    if old_size > new_size {
        return false;
    }
    let whole = old_size.is_power_of_two().then_some(old_root);
    let mut steps = whole.into_iter().chain(proof);
    let Some(first) = steps.next() else {
        return false;
    };
    let skip = (old_size - 1).trailing_ones();
    let (mut at, mut last) = ((old_size - 1) >> skip, (new_size - 1) >> skip);
    let (mut was, mut is) = (*first, *first);
    for step in steps {
        if last == 0 {
            return false;
        }
        if at & 1 == 1 || at == last {
            was = node_hash(step, &was);
            is = node_hash(step, &is);
            while at & 1 == 0 && at != 0 {
                (at, last) = (at >> 1, last >> 1);
            }
        } else {
            is = node_hash(&is, step);
        }
        (at, last) = (at >> 1, last >> 1);
    }
    was == *old_root && is == *new_root && last == 0
}

#[cfg(test)]
mod tests;
