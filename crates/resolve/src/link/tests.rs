use super::*;

/// People made by counting; every value differs from most others.
fn people(count: usize) -> Vec<Row> {
    let given = ["mei", "jun", "anna", "oskar", "lin", "pavel", "rosa", "tarek", "ines", "hugo"];
    let family = ["neumann", "okafor", "silva", "zhang", "petrov", "moreau", "haddad"];
    (0..count)
        .map(|n| {
            vec![
                Some(format!("{}{}", given[n % 10], n / 70)),
                Some(format!("{}{}", family[n % 7], n % 13)),
                Some(format!("19{:02}{:02}{:02}", n % 90 + 10, n % 12 + 1, n % 28 + 1)),
                Some(format!("{:07}", n * 7919 % 9_999_991)),
            ]
        })
        .collect()
}

fn plan() -> Plan {
    let field = |name: &str, comparator| Field { name: name.to_string(), comparator };
    Plan {
        fields: vec![
            field("given", Comparator::Name),
            field("family", Comparator::Name),
            field("born", Comparator::Date),
            field("number", Comparator::Digits),
        ],
        blocks: vec![
            vec![Key { field: 3, prefix: 0 }],
            vec![Key { field: 0, prefix: 0 }, Key { field: 1, prefix: 0 }],
            vec![Key { field: 2, prefix: 0 }],
        ],
        exchanged: Some((0, 1)),
    }
}

#[test]
fn links_what_is_one_despite_slips() {
    let left = people(600);
    let mut right: Vec<Row> = left.iter().rev().cloned().collect();
    for (at, row) in right.iter_mut().enumerate() {
        match at % 5 {
            0 => row[2] = None,
            1 => row.swap(0, 1),
            2 => row[3] = Some("1".to_string()),
            3 => row[0] = row[0].as_ref().map(|name| format!("{name}e")),
            _ => {}
        }
    }
    let linkage = link(&plan(), &left, &right).expect("a sound plan");
    let pairs = linkage.one_to_one();
    let right_ones = pairs.iter().filter(|pair| pair.left + pair.right == 599).count();
    assert!(right_ones >= 597 && pairs.len() <= 600, "{right_ones} of {}", pairs.len());
    assert!(linkage.weights.iter().all(|levels| levels[0] > 0.0));
    assert_eq!(linkage, link(&plan(), &left, &right).expect("again"), "the same twice");
}

#[test]
fn refuses_bad_plans_and_survives_nothing() {
    let code = |plan: &Plan, rows: &[Row]| link(plan, rows, rows).map(|_| ()).map_err(|r| r.code);
    assert_eq!(code(&Plan::default(), &[]), Err("E-LINK-01"));
    let mut wide = plan();
    wide.blocks[0][0].field = 9;
    assert_eq!(code(&wide, &[]), Err("E-LINK-01"));
    assert_eq!(code(&plan(), &[vec![None]]), Err("E-LINK-02"));
    assert_eq!(code(&plan(), &[]), Ok(()));
    assert_eq!(code(&plan(), &[vec![None; 4]]), Ok(()));
}
