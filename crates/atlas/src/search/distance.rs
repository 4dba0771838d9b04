//! Distances between spellings: how many slips lie between what was typed and what is written.
//!
//! A slip is a character wrong, missing, too many, or swapped with its neighbour.

/// A stretch of what is written, and how far it is from what was typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Near {
    /// Slips between the two.
    pub(super) slips: usize,
    /// First character of the stretch.
    pub(super) start: usize,
    /// Character after it.
    pub(super) end: usize,
}

/// Where a comparison may begin and end in what is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stretch {
    /// All of it.
    Whole,
    /// Any beginning of it.
    Beginning,
    /// Any part of it.
    Part,
}

/// The nearest stretch of `written` to `typed`, the first of several; `None` past `most` slips.
pub(super) fn near(
    typed: &[char],
    written: &[char],
    most: usize,
    stretch: Stretch,
) -> Option<Near> {
    let ends = match stretch {
        Stretch::Whole if typed.len().abs_diff(written.len()) > most => return None,
        Stretch::Whole | Stretch::Part => written.len(),
        Stretch::Beginning => written.len().min(typed.len() + most),
    };
    let written = &written[..ends];
    // Cells are (slips, start); a part may start anywhere for nothing.
    let free = stretch == Stretch::Part;
    let first = |j: usize| if free { (0, j) } else { (j, 0) };
    let mut older: Vec<(usize, usize)> = (0..=ends).map(first).collect();
    let mut before = older.clone();
    let mut next = older.clone();
    for (i, c) in typed.iter().enumerate() {
        next[0] = (i + 1, 0);
        for (j, w) in written.iter().enumerate() {
            let step = |cell: (usize, usize), cost: usize| (cell.0 + cost, cell.1);
            let mut best = step(before[j], usize::from(c != w));
            best = best.min(step(before[j + 1], 1)).min(step(next[j], 1));
            if i > 0 && j > 0 && typed[i - 1] == *w && written[j - 1] == *c {
                best = best.min(step(older[j - 1], 1));
            }
            next[j + 1] = best;
        }
        std::mem::swap(&mut older, &mut before);
        std::mem::swap(&mut before, &mut next);
    }
    let end = |(j, cell): (usize, &(usize, usize))| Near { slips: cell.0, start: cell.1, end: j };
    let found = match stretch {
        Stretch::Whole => before.last().map(|cell| end((ends, cell))),
        // Of equal distances the longer stretch: it covers what was typed.
        Stretch::Beginning | Stretch::Part => before
            .iter()
            .enumerate()
            .map(end)
            .min_by_key(|near| (near.slips, near.start, usize::MAX - near.end)),
    };
    found.filter(|near| near.slips <= most)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(typed: &str, written: &str, stretch: Stretch) -> Option<(usize, usize, usize)> {
        let chars = |text: &str| text.chars().collect::<Vec<char>>();
        let found = near(&chars(typed), &chars(written), 2, stretch);
        found.map(|near| (near.slips, near.start, near.end))
    }

    #[test]
    fn slips_are_counted() {
        assert_eq!(check("jiaotong", "jiaotong", Stretch::Whole), Some((0, 0, 8)));
        assert_eq!(check("jioatong", "jiaotong", Stretch::Whole), Some((1, 0, 8)));
        assert_eq!(check("jiaoton", "jiaotong", Stretch::Whole), Some((1, 0, 8)));
        assert_eq!(check("abc", "xyz", Stretch::Whole), None);
        assert_eq!(check("labratory", "laboratory", Stretch::Beginning), Some((1, 0, 10)));
        assert_eq!(check("labr", "laboratory", Stretch::Beginning).map(|n| n.0), Some(1));
        assert_eq!(check("人工智熊", "上海人工智能实验室", Stretch::Part), Some((1, 2, 6)));
        assert_eq!(check("人智能实验", "上海人工智能实验室", Stretch::Part), Some((1, 2, 8)));
        assert_eq!(check("", "", Stretch::Part), Some((0, 0, 0)));
    }
}
