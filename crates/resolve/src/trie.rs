//! A trie over characters: every word of a list that begins at a place, in one walk.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// A fast hasher for keys that are numbers already; the same on every machine and run.
#[derive(Default, Clone)]
pub(crate) struct Mix(u64);

impl Hasher for Mix {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u64(u64::from(*byte));
        }
    }

    fn write_u32(&mut self, n: u32) {
        self.write_u64(u64::from(n));
    }

    fn write_u64(&mut self, n: u64) {
        let mixed = (self.0.rotate_left(23) ^ n).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        self.0 = mixed ^ (mixed >> 29);
    }
}

/// A map with number keys.
pub(crate) type NumberMap<V> = HashMap<u64, V, BuildHasherDefault<Mix>>;

/// Words over any alphabet of numbers below 2^40, each with a value.
#[derive(Debug, Clone, Default)]
pub(crate) struct Trie<V> {
    edges: NumberMap<u32>,
    values: Vec<Option<V>>,
}

/// Nodes that an edge's key has room for.
const NODES_MAX: usize = 1 << 24;

impl<V: Copy> Trie<V> {
    pub(crate) fn new() -> Trie<V> {
        Trie { edges: NumberMap::default(), values: vec![None] }
    }

    /// Puts a word in; the first value given to a word stays. A full trie takes no more words.
    pub(crate) fn insert(&mut self, word: impl Iterator<Item = u64>, value: V) {
        let mut node = 0;
        for letter in word {
            node = match self.edges.get(&edge(node, letter)) {
                Some(next) => *next,
                None if self.values.len() >= NODES_MAX => return,
                None => {
                    let next = self.values.len() as u32;
                    self.edges.insert(edge(node, letter), next);
                    self.values.push(None);
                    next
                }
            };
        }
        if let Some(slot) = self.values.get_mut(node as usize)
            && node != 0
            && slot.is_none()
        {
            *slot = Some(value);
        }
    }

    /// Calls `emit(length, value)` for each word that begins the letters, shortest first.
    pub(crate) fn walk(&self, letters: impl Iterator<Item = u64>, mut emit: impl FnMut(usize, V)) {
        let mut node = 0;
        for (at, letter) in letters.enumerate() {
            let Some(next) = self.edges.get(&edge(node, letter)) else { return };
            node = *next;
            if let Some(Some(value)) = self.values.get(node as usize) {
                emit(at + 1, *value);
            }
        }
    }

    /// The longest word that begins the letters.
    pub(crate) fn longest(&self, letters: impl Iterator<Item = u64>) -> Option<(usize, V)> {
        let mut found = None;
        self.walk(letters, |length, value| found = Some((length, value)));
        found
    }
}

/// The key of an edge: letters stay below 2^40, nodes below 2^24.
fn edge(node: u32, letter: u64) -> u64 {
    (u64::from(node) << 40) ^ letter
}

/// The letters of a text.
pub(crate) fn letters(text: &str) -> impl Iterator<Item = u64> + '_ {
    text.chars().map(|c| u64::from(u32::from(c)))
}

/// A 63-bit number for a word, the same everywhere (FNV-1a).
pub(crate) fn hash(text: &str) -> u64 {
    let mut number = 0xcbf2_9ce4_8422_2325_u64;
    for byte in text.as_bytes() {
        number = (number ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
    }
    number >> 1
}
