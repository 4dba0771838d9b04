use super::*;
use kernel::canon::hex;
use proptest::prelude::*;

/// The eight leaves of the reference implementation of Certificate Transparency.
fn reference_leaves() -> Vec<Vec<u8>> {
    let leaf = |range: std::ops::RangeInclusive<u8>| range.collect::<Vec<u8>>();
    vec![
        vec![],
        vec![0x00],
        vec![0x10],
        leaf(0x20..=0x21),
        leaf(0x30..=0x31),
        leaf(0x40..=0x43),
        leaf(0x50..=0x57),
        leaf(0x60..=0x6f),
    ]
}

const REFERENCE_ROOTS: [&str; 9] = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];

/// The tree as RFC 6962 defines it, without any cleverness.
fn naive(leaves: &[Hash]) -> Hash {
    match leaves.len() {
        0 => empty_root(),
        1 => leaves[0],
        count => {
            let mut middle = 1;
            while middle * 2 < count {
                middle *= 2;
            }
            node_hash(&naive(&leaves[..middle]), &naive(&leaves[middle..]))
        }
    }
}

fn proof(leaves: &[Hash], ranges: Vec<(u64, u64)>) -> Vec<Hash> {
    ranges.into_iter().map(|(low, high)| naive(&leaves[low as usize..high as usize])).collect()
}

#[test]
fn reference_roots() {
    let leaves: Vec<Hash> = reference_leaves().iter().map(|leaf| leaf_hash(leaf)).collect();
    let mut log = Frontier::default();
    for (count, root) in REFERENCE_ROOTS.iter().enumerate() {
        assert_eq!(hex(&naive(&leaves[..count])), *root, "{count}");
        assert_eq!(hex(&log.root()), *root, "{count}");
        if let Some(leaf) = leaves.get(count) {
            log.push(*leaf, |_| panic!("no tile is full"));
        }
    }
}

#[test]
fn reference_proofs() {
    let leaves: Vec<Hash> = reference_leaves().iter().map(|leaf| leaf_hash(leaf)).collect();
    let check = |ranges: Vec<(u64, u64)>, expected: &[&str]| {
        let found: Vec<String> = proof(&leaves, ranges).iter().map(|hash| hex(hash)).collect();
        assert_eq!(found, expected);
    };
    let zero = "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7";
    let pair = "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e";
    let right = "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4";
    let last = "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b";
    let after_six = "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0";
    let five_six = "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a";
    check(inclusion_ranges(0, 8), &[zero, pair, right]);
    check(inclusion_ranges(5, 8), &[last, after_six, REFERENCE_ROOTS[4]]);
    check(consistency_ranges(1, 1), &[]);
    check(consistency_ranges(1, 8), &[zero, pair, right]);
    check(consistency_ranges(6, 8), &[five_six, after_six, REFERENCE_ROOTS[4]]);
    check(consistency_ranges(2, 5), &[pair, last]);
}

#[test]
fn every_small_proof_holds_and_no_other() {
    let leaves: Vec<Hash> = (0..70_u8).map(|number| leaf_hash(&[number])).collect();
    for size in 1..=leaves.len() {
        let root = naive(&leaves[..size]);
        for index in 0..size {
            let steps = proof(&leaves, inclusion_ranges(index as u64, size as u64));
            let (at, count) = (index as u64, size as u64);
            assert!(check_inclusion(at, count, &leaves[index], &steps, &root));
            assert!(!check_inclusion(at, count, &leaf_hash(b"x"), &steps, &root));
            assert!(!check_inclusion(count, count, &leaves[index], &steps, &root));
            if index > 0 {
                assert!(!check_inclusion(at - 1, count, &leaves[index], &steps, &root));
            }
            let more = [&steps[..], &[root]].concat();
            assert!(!check_inclusion(at, count, &leaves[index], &more, &root));
        }
        for old in 0..=size {
            let steps = proof(&leaves, consistency_ranges(old as u64, size as u64));
            let was = naive(&leaves[..old]);
            assert!(check_consistency((old as u64, &was), (size as u64, &root), &steps));
            let other = leaf_hash(b"other");
            assert!(!check_consistency((old as u64, &other), (size as u64, &root), &steps));
            if old != size && old > 0 {
                assert!(!check_consistency((old as u64, &was), (size as u64, &other), &steps));
                assert!(!check_consistency((size as u64, &root), (old as u64, &was), &steps));
            }
        }
    }
}

fn cases(count: u32) -> ProptestConfig {
    ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(count) }
}

proptest! {
    #![proptest_config(cases(24))]

    #[test]
    fn growing_is_the_same_as_building(size in 0_u64..1500, cut in 0_u64..1500) {
        let leaves: Vec<Hash> = (0..size).map(|number| leaf_hash(&number.to_be_bytes())).collect();
        let mut log = Frontier::default();
        let mut full = Vec::new();
        for leaf in &leaves {
            if log.size() == cut {
                let bytes = log.to_bytes();
                prop_assert_eq!(Frontier::from_bytes(cut + 1, &bytes) == Some(log.clone()), false);
                log = Frontier::from_bytes(cut, &bytes).expect("fits");
            }
            log.push(*leaf, |completed| full.push(completed));
        }
        prop_assert_eq!(log.root(), naive(&leaves));
        prop_assert_eq!(full.len() as u64, size / 256);
        for (level, index, hash) in full {
            let low = index as usize * 256;
            prop_assert_eq!(level, 1);
            prop_assert_eq!(hash, naive(&leaves[low..low + 256]));
            prop_assert_eq!(hash, root_of(&leaves[low..low + 256]));
        }
    }
}

#[test]
fn the_second_level_completes_too() {
    let leaf = leaf_hash(b"");
    let mut log = Frontier::default();
    let mut full = Vec::new();
    for _ in 0..65_536 {
        log.push(leaf, |(level, index, _)| full.push((level, index)));
    }
    assert_eq!(full.len(), 257);
    assert_eq!(full.last(), Some(&(2, 0)));
}
