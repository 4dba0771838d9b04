//! Linkage of two lists of people, after the columns of the FEBRL sets.

use resolve::comparator::Comparator;
use resolve::link::{Field, Key, Plan, Row, link};
use std::error::Error;
use std::time::Instant;

const FIELDS: [(&str, Comparator); 10] = [
    ("given_name", Comparator::Name),
    ("surname", Comparator::Name),
    ("street_number", Comparator::Digits),
    ("address_1", Comparator::Name),
    ("address_2", Comparator::Name),
    ("suburb", Comparator::Name),
    ("postcode", Comparator::Digits),
    ("state", Comparator::Exact),
    ("date_of_birth", Comparator::Date),
    ("soc_sec_id", Comparator::Digits),
];

/// Fields of each block and how many of their first characters.
const BLOCKS: [&[(usize, usize)]; 9] = [
    &[(9, 0)],
    &[(8, 0)],
    &[(0, 0), (1, 0)],
    &[(0, 0), (6, 0)],
    &[(1, 0), (6, 0)],
    &[(1, 0), (5, 4)],
    &[(3, 0)],
    &[(0, 3), (5, 0)],
    &[(6, 0), (2, 0)],
];

/// Reads the ids and records of a file without quotes.
fn read(file: &str) -> Result<(Vec<String>, Vec<Row>), Box<dyn Error>> {
    let text = std::fs::read_to_string(file)?;
    let mut lines = text.lines();
    let header: Vec<&str> = lines.next().unwrap_or_default().split(',').collect();
    let column = |name: &str| header.iter().position(|column| *column == name);
    let columns: Vec<Option<usize>> = FIELDS.iter().map(|(name, _)| column(name)).collect();
    let (mut ids, mut rows) = (Vec::new(), Vec::new());
    for line in lines {
        let values: Vec<&str> = line.split(',').map(str::trim).collect();
        ids.push(values.first().copied().unwrap_or_default().to_string());
        let value = |at: &Option<usize>| at.and_then(|at| values.get(at)).filter(|v| !v.is_empty());
        rows.push(columns.iter().map(|at| value(at).map(|v| (*v).to_string())).collect());
    }
    Ok((ids, rows))
}

/// Prints F1 with and without the rule of one to one; `rec-7-org` is the same as `rec-7-dup-0`.
pub(crate) fn run(left: &str, right: &str) -> Result<(), Box<dyn Error>> {
    let ((left_ids, left), (right_ids, right)) = (read(left)?, read(right)?);
    let field = |(name, comparator): &(&str, Comparator)| Field {
        name: (*name).to_string(),
        comparator: *comparator,
    };
    let key = |(field, prefix): &(usize, usize)| Key { field: *field, prefix: *prefix };
    let plan = Plan {
        fields: FIELDS.iter().map(field).collect(),
        blocks: BLOCKS.iter().map(|block| block.iter().map(key).collect()).collect(),
        exchanged: Some((0, 1)),
    };
    let start = Instant::now();
    let linkage = link(&plan, &left, &right)?;
    let pairs = linkage.one_to_one();
    let seconds = start.elapsed().as_secs_f64();
    let number = |id: &str| id.split('-').nth(1).unwrap_or_default().to_string();
    let gold = left_ids.len() as f64;
    for (name, pairs) in [("all above 0", &linkage.pairs), ("one to one", &pairs)] {
        let same =
            |p: &&resolve::link::Pair| number(&left_ids[p.left]) == number(&right_ids[p.right]);
        let hits = pairs.iter().filter(same).count() as f64;
        let f1 = 2.0 * hits / (pairs.len() as f64 + gold);
        println!("{name}: {} pairs, {hits} right, F1 {f1:.4}", pairs.len());
    }
    println!(
        "{} candidates, {} blocks left out, {seconds:.3} s",
        linkage.candidate_count, linkage.block_count_skipped
    );
    Ok(())
}
