use super::*;
use proptest::prelude::*;

fn day(text: &str) -> Day {
    Day::parse(text).expect("a day")
}

fn judged(eligible: Option<bool>, bound: Option<i64>) -> Judged {
    Judged { eligible, bound, exact: true, money: true, ..Judged::default() }
}

fn sure() -> Judged {
    judged(Some(true), Some(30_000_000))
}

fn around(by: &str) -> Around {
    Around { by: by.to_string(), ..Around::default() }
}

fn automatic() -> Terms {
    Terms { automatic: true, ..Terms::default() }
}

fn paid(amount: i64, reference: &str) -> Step {
    Step::Paid { amount, reference: reference.to_string() }
}

fn grant(amount: Option<i64>) -> Step {
    Step::Granted { amount, round: None }
}

fn play(steps: &[(&str, Step)], terms: &Terms) -> Result<Application, Refusal> {
    let mut one = Application::default();
    for (by, step) in steps {
        one.apply(step, day("2026-03-02"), terms, &around(by))?;
    }
    Ok(one)
}

fn code(steps: &[(&str, Step)], terms: &Terms) -> Option<&'static str> {
    play(steps, terms).map_err(|refusal| refusal.code).err()
}

#[test]
fn without_an_application_to_published() {
    let steps = [
        ("A1", Step::Offered { judged: sure() }),
        ("A9", Step::Consented),
        ("A1", grant(None)),
        ("A1", paid(10_000_000, "P-1")),
        ("A1", paid(20_000_000, "P-2")),
        ("A1", Step::Published),
    ];
    let one = play(&steps, &automatic()).expect("it goes on");
    assert_eq!((one.state, one.paid, one.unpaid()), (State::Published, 30_000_000, 0));
    assert_eq!(play(&steps[..4], &automatic()).expect("half").state, State::Granted);
    // It is offered only where the rule allows that and nothing is missing.
    let offered = |judged| [("A1", Step::Offered { judged })];
    assert_eq!(code(&offered(sure()), &Terms::default()), Some("E-APP-02"));
    assert_eq!(code(&offered(judged(None, None)), &automatic()), Some("E-PAY-02"));
    assert_eq!(code(&offered(judged(Some(true), None)), &automatic()), Some("E-PAY-02"));
    assert_eq!(code(&offered(judged(Some(false), None)), &automatic()), Some("E-APP-02"));
}

#[test]
fn an_application_is_returned_granted_and_refused() {
    let terms = Terms { materials: 2, held: vec![2], ..Terms::default() };
    let handed = |material, evidence: &str| Handed { material, evidence: evidence.to_string() };
    let submit = |materials| Step::Submitted { judged: sure(), materials };
    let draft = ("A9", Step::Drafted { judged: judged(None, None) });
    let whole = [
        draft.clone(),
        ("A9", submit(vec![handed(1, "合同 2026-3")])),
        ("A1", Step::Returned { reason: "合同未盖章".into() }),
        ("A9", submit(vec![handed(1, "合同 2026-3,已盖章")])),
        ("A1", grant(Some(12_000_000))),
    ];
    let one = play(&whole, &terms).expect("granted");
    assert_eq!(
        (one.granted, one.unpaid(), one.reason.clone()),
        (Some(12_000_000), 12_000_000, None)
    );
    // The second material is held and not asked for again; the first is.
    assert_eq!(code(&[draft.clone(), ("A9", submit(vec![]))], &terms), Some("E-APP-03"));
    assert_eq!(
        code(&[draft.clone(), ("A9", submit(vec![handed(1, " ")]))], &terms),
        Some("E-APP-03")
    );
    let third = vec![handed(1, "x"), handed(3, "x")];
    assert_eq!(code(&[draft.clone(), ("A9", submit(third))], &terms), Some("E-APP-03"));
    // Who asked does not decide; no more than the rules come to; a decision says why.
    let with = |by: &'static str, last: Step| {
        let mut steps = whole[..4].to_vec();
        steps.push((by, last));
        code(&steps, &terms)
    };
    assert_eq!(with("A9", grant(None)), Some("E-APP-04"));
    assert_eq!(with("A1", grant(Some(30_000_001))), Some("E-APP-05"));
    assert_eq!(with("A1", grant(Some(-1))), Some("E-APP-05"));
    assert_eq!(with("A1", grant(Some(30_000_000))), None);
    assert_eq!(with("A1", Step::Refused { reason: " ".into() }), Some("E-APP-06"));
    assert_eq!(with("A1", Step::Refused { reason: "已享受同类支持".into() }), None);
    assert_eq!(with("A1", paid(1, "P-1")), Some("E-APP-01"));
    let no = Step::Submitted { judged: judged(Some(false), None), materials: vec![] };
    assert_eq!(code(&[draft.clone(), ("A9", no)], &Terms::default()), Some("E-APP-02"));
    // What is not known can be handed in, and is not granted.
    let open = Step::Submitted { judged: judged(None, None), materials: vec![] };
    let steps = [draft, ("A9", open), ("A1", grant(None))];
    assert_eq!(code(&steps, &Terms::default()), Some("E-PAY-02"));
}

#[test]
fn money_is_paid_once_and_within_its_bounds() {
    let granted = [
        ("A1", Step::Offered { judged: Judged { cost: Some(35_000_000), ..sure() } }),
        ("A9", Step::Consented),
        ("A1", grant(None)),
    ];
    let one = play(&granted, &automatic()).expect("granted");
    let try_pay = |amount, reference: &str, around: &Around| {
        let mut one = one.clone();
        let before = format!("{one:?}");
        let done = one.apply(&paid(amount, reference), day("2026-03-03"), &automatic(), around);
        if done.is_err() {
            assert_eq!(before, format!("{one:?}"), "what is refused changes nothing");
        }
        done.map_err(|refusal| refusal.code).err()
    };
    let by = around("A1");
    assert_eq!(try_pay(30_000_000, "P-1", &by), None);
    assert_eq!(try_pay(30_000_001, "P-1", &by), Some("E-PAY-03"));
    assert_eq!(try_pay(0, "P-1", &by), Some("E-PAY-03"));
    assert_eq!(try_pay(1, "", &by), Some("E-PAY-03"));
    let pool = |left| Around { pool: Some(left), ..around("A1") };
    assert_eq!(try_pay(30_000_000, "P", &pool(PoolLeft::Left(30_000_000))), None);
    assert_eq!(try_pay(30_000_000, "P", &pool(PoolLeft::Left(29_999_999))), Some("E-PAY-01"));
    assert_eq!(try_pay(1, "P", &pool(PoolLeft::Unknown)), Some("E-PAY-02"));
    let cost = |paid| Around { paid_for_cost: paid, ..around("A1") };
    assert_eq!(try_pay(30_000_000, "P", &cost(5_000_000)), None);
    assert_eq!(try_pay(30_000_000, "P", &cost(5_000_001)), Some("E-PAY-04"));
    let twice = [granted.to_vec(), vec![("A1", paid(1, "P-1")), ("A1", paid(1, "P-1"))]].concat();
    assert_eq!(code(&twice, &automatic()), Some("E-PAY-03"));
    let mut none = one.clone();
    none.state = State::Consented;
    let full = Around { places_left: Some(0), ..around("A1") };
    let refused = none.apply(&grant(None), day("2026-03-03"), &automatic(), &full);
    assert_eq!(refused.map_err(|refusal| refusal.code).err(), Some("E-PAY-05"));
}

/// Scenario 11: moved into a flat on 1 July, July was paid: 1,500.00 comes back.
#[test]
fn what_was_paid_too_much_comes_back() {
    let exact = |fen| judged(Some(true), Some(fen));
    let before = [
        ("A9", Step::Drafted { judged: exact(677_419) }),
        ("A9", Step::Submitted { judged: exact(677_419), materials: vec![] }),
        ("A1", grant(None)),
        ("A1", paid(677_419, "3-7 月")),
        ("A1", Step::Rejudged { judged: exact(527_419), reason: "7月1日入住人才公寓".into() }),
    ];
    let one = play(&before, &Terms::default()).expect("judged again");
    assert_eq!(one.owed_back(), 150_000);
    let back = |amount| {
        let reference = "退 7 月".to_string();
        [before.to_vec(), vec![("A1", Step::Reclaimed { amount, reference })]].concat()
    };
    assert_eq!(code(&back(150_001), &Terms::default()), Some("E-PAY-03"));
    assert_eq!(code(&back(0), &Terms::default()), Some("E-PAY-03"));
    let one = play(&back(150_000), &Terms::default()).expect("it came back");
    assert_eq!((one.paid, one.owed_back(), one.unpaid()), (527_419, 0, 0));
    // While it is not known what the facts grant, nothing is asked back.
    let open = Step::Rejudged { judged: judged(None, None), reason: "待核实".into() };
    let one = play(&[before[..4].to_vec(), vec![("A1", open)]].concat(), &Terms::default());
    assert_eq!(one.expect("open").owed_back(), 0);
    let lost = Step::Rejudged { judged: judged(Some(false), None), reason: "有住房".into() };
    let one = play(&[before[..4].to_vec(), vec![("A1", lost)]].concat(), &Terms::default());
    assert_eq!(one.expect("lost").owed_back(), 677_419);
}

#[test]
fn a_short_pool_is_shared_anew_until_it_is_paid() {
    let round =
        |amount, name: &str| Step::Granted { amount: Some(amount), round: Some(name.into()) };
    let shared = [
        ("A1", Step::Offered { judged: sure() }),
        ("A9", Step::Consented),
        ("A1", round(27_027_027, "r1")),
        ("A1", round(27_777_778, "r2")),
    ];
    let one = play(&shared, &automatic()).expect("shared twice");
    assert_eq!((one.granted, one.round.as_deref()), (Some(27_777_778), Some("r2")));
    let late = [shared.to_vec(), vec![("A1", paid(1, "P")), ("A1", round(1, "r3"))]].concat();
    assert_eq!(code(&late, &automatic()), Some("E-APP-01"));
    let gone = [shared.to_vec(), vec![("A9", Step::Withdrawn)]].concat();
    assert_eq!(play(&gone, &automatic()).expect("withdrawn").granted, None);
    let moved = [shared.to_vec(), vec![("A1", Step::Moved { reason: "社保数据未核实".into() })]];
    let one = play(&moved.concat(), &automatic()).expect("moved");
    assert_eq!((one.state, one.moved, one.granted), (State::Returned, true, None));
}

proptest! {
    /// Whatever is said in whatever order, no more is paid than was granted, nothing is paid that
    /// the rules do not grant, and what is refused changes nothing.
    #[test]
    fn money_never_passes_the_grant(order in prop::collection::vec((0usize..14, 0i64..40_000_000), 0..30)) {
        let mut one = Application::default();
        let terms = automatic();
        for (at, (pick, amount)) in order.into_iter().enumerate() {
            let reference = format!("P-{at}");
            let (by, step) = match pick {
                0 => ("A9", Step::Drafted { judged: judged(None, None) }),
                1 => ("A1", Step::Offered { judged: sure() }),
                2 => ("A9", Step::Consented),
                3 => ("A9", Step::Submitted { judged: sure(), materials: vec![] }),
                4 => ("A9", Step::Submitted { judged: judged(None, None), materials: vec![] }),
                5 => ("A1", Step::Returned { reason: "缺".into() }),
                6 => ("A1", grant(Some(amount))),
                7 => ("A1", Step::Granted { amount: Some(amount), round: Some("r".into()) }),
                8 => ("A9", Step::Withdrawn),
                9 => ("A1", Step::Paid { amount, reference }),
                10 => ("A1", Step::Reclaimed { amount, reference }),
                11 => ("A1", Step::Rejudged { judged: judged(Some(true), Some(amount)), reason: "变".into() }),
                12 => ("A1", Step::Published),
                _ => ("A1", Step::Moved { reason: "核".into() }),
            };
            let before = format!("{one:?}");
            let (paid_before, granted_before) = (one.paid, one.granted);
            match one.apply(&step, day("2026-03-02"), &terms, &around(by)) {
                Err(_) => prop_assert_eq!(&before, &format!("{one:?}")),
                Ok(()) => {
                    if one.paid > paid_before {
                        prop_assert!(one.paid <= granted_before.unwrap_or(0));
                        prop_assert_eq!(one.judged.eligible, Some(true));
                    }
                }
            }
            prop_assert!(one.paid >= 0);
        }
    }
}
