//! Baselines: edit distance, and the cosine of rare characters and pairs of characters.

use std::collections::BTreeMap;

/// For each query its best name and a likeness from 0 to 1.
pub(crate) fn edit_distance(
    names: &[(String, String)],
    queries: &[&str],
) -> Vec<Option<(String, f64)>> {
    let rows: Vec<(Vec<char>, &String)> =
        names.iter().map(|(id, name)| (folded(name), id)).collect();
    let best = |query: &&str| {
        let query = folded(query);
        let like = |name: &Vec<char>| {
            let longest = query.len().max(name.len()).max(1) as f64;
            1.0 - levenshtein(&query, name) as f64 / longest
        };
        rows.iter()
            .map(|(name, id)| ((*id).clone(), like(name)))
            .max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0)))
    };
    queries.iter().map(best).collect()
}

/// For each query its best name by cosine over characters and pairs, weighed by rarity.
pub(crate) fn cosine(names: &[(String, String)], queries: &[&str]) -> Vec<Option<(String, f64)>> {
    let grams = |text: &str| {
        let chars = folded(text);
        let mut counts: BTreeMap<String, f64> = BTreeMap::new();
        let ones = chars.iter().map(char::to_string);
        let twos = chars.windows(2).map(|pair| pair.iter().collect::<String>());
        ones.chain(twos).for_each(|gram| *counts.entry(gram).or_insert(0.0) += 1.0);
        counts
    };
    let rows: Vec<BTreeMap<String, f64>> = names.iter().map(|(_, name)| grams(name)).collect();
    let mut seen: BTreeMap<&String, f64> = BTreeMap::new();
    for gram in rows.iter().flat_map(BTreeMap::keys) {
        *seen.entry(gram).or_insert(0.0) += 1.0;
    }
    let all = rows.len() as f64;
    let rarity = |gram: &String| (all / seen.get(gram).copied().unwrap_or(1.0)).ln_1p();
    let weighed = |row: &BTreeMap<String, f64>| -> BTreeMap<String, f64> {
        let weights = row.iter().map(|(gram, count)| (gram.clone(), count * rarity(gram)));
        let weights: BTreeMap<String, f64> = weights.collect();
        let norm = weights.values().map(|w| w * w).sum::<f64>().sqrt().max(f64::MIN_POSITIVE);
        weights.into_iter().map(|(gram, weight)| (gram, weight / norm)).collect()
    };
    let rows: Vec<BTreeMap<String, f64>> = rows.iter().map(weighed).collect();
    let best = |query: &&str| {
        let query = weighed(&grams(query));
        let like = |row: &BTreeMap<String, f64>| -> f64 {
            query.iter().filter_map(|(gram, weight)| Some(weight * row.get(gram)?)).sum()
        };
        rows.iter()
            .zip(names)
            .map(|(row, (id, _))| (id.clone(), like(row)))
            .max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0)))
    };
    queries.iter().map(best).collect()
}

fn folded(text: &str) -> Vec<char> {
    kernel::text::fold(text).chars().filter(|c| c.is_alphanumeric()).collect()
}

fn levenshtein(left: &[char], right: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (at, a) in left.iter().enumerate() {
        let mut corner = row[0];
        row[0] = at + 1;
        for (column, b) in right.iter().enumerate() {
            let cost = corner + usize::from(a != b);
            corner = row[column + 1];
            row[column + 1] = cost.min(row[column] + 1).min(corner + 1);
        }
    }
    row[right.len()]
}
