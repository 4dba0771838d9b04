//! Names of entities, packed.

/// The names of an entity; empty where there is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Names<'a> {
    /// Chinese.
    pub zh: &'a str,
    /// English.
    pub en: &'a str,
}

impl<'a> Names<'a> {
    /// The Chinese name, or else the English one.
    pub fn any_zh(self) -> &'a str {
        if self.zh.is_empty() { self.en } else { self.zh }
    }

    /// The English name, or else the Chinese one.
    pub fn any_en(self) -> &'a str {
        if self.en.is_empty() { self.zh } else { self.en }
    }
}

/// Names by entity. A replaced name leaves its bytes behind until the view is made anew.
#[derive(Default, Clone)]
pub(crate) struct NameTable {
    text: String,
    /// (start, length) of the Chinese and the English name.
    spans: Vec<[(u32, u16); 2]>,
    /// Merit of the statement each name came from.
    merits: Vec<[u64; 2]>,
}

/// What one entity is called: where its names stand, and how good they are.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Slot {
    spans: [(u32, u16); 2],
    merits: [u64; 2],
}

impl NameTable {
    pub(crate) fn grow(&mut self, count: usize) {
        self.spans.resize(count, [(0, 0); 2]);
        self.merits.resize(count, [0; 2]);
    }

    pub(crate) fn get(&self, index: usize) -> Names<'_> {
        let [zh, en] = self.spans[index];
        let text = |(start, length): (u32, u16)| {
            &self.text[start as usize..start as usize + usize::from(length)]
        };
        Names { zh: text(zh), en: text(en) }
    }

    /// Takes a name if its statement has more merit than the one before.
    pub(crate) fn offer(&mut self, index: usize, english: bool, name: &str, merit: u64) {
        let slot = usize::from(english);
        if merit <= self.merits[index][slot] {
            return;
        }
        let (Ok(start), Ok(length)) = (u32::try_from(self.text.len()), u16::try_from(name.len()))
        else {
            return;
        };
        self.text.push_str(name);
        self.spans[index][slot] = (start, length);
        self.merits[index][slot] = merit;
    }

    /// What an entity is called now, to be put back by [`NameTable::put`].
    pub(crate) fn slot(&self, index: usize) -> Slot {
        Slot { spans: self.spans[index], merits: self.merits[index] }
    }

    /// Puts back what an entity was called.
    pub(crate) fn put(&mut self, index: usize, slot: Slot) {
        (self.spans[index], self.merits[index]) = (slot.spans, slot.merits);
    }

    /// Takes the names of another entity where they have more merit.
    pub(crate) fn borrow(&mut self, index: usize, from: Slot) {
        for side in 0..2 {
            if from.merits[side] > self.merits[index][side] {
                self.spans[index][side] = from.spans[side];
                self.merits[index][side] = from.merits[side];
            }
        }
    }

    /// Forgets an entity's names, before they are offered anew.
    pub(crate) fn clear(&mut self, index: usize) {
        self.spans[index] = [(0, 0); 2];
        self.merits[index] = [0; 2];
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_better_name_wins_whichever_comes_first() {
        let mut table = NameTable::default();
        table.grow(2);
        table.offer(1, false, "浦江实验室", 5);
        table.offer(1, false, "上海人工智能实验室", 9);
        table.offer(1, false, "上海AI实验室", 7);
        assert_eq!(table.get(1), Names { zh: "上海人工智能实验室", en: "" });
        assert_eq!(table.get(0).any_en(), "");
        table.clear(1);
        assert_eq!(table.get(1), Names::default());
    }
}
