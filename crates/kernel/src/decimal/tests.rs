use super::*;
use proptest::prelude::*;

fn check(text: &str, expected: &str) {
    assert_eq!(Decimal::parse(text).map(|d| d.to_string()), Ok(expected.to_string()), "{text}");
}

#[test]
fn reads_what_people_write() {
    check("4153.08", "4153.08");
    check("1,234,567.50", "1234567.5");
    check("-0.10", "-0.1");
    check("3.51e+24", "3510000000000000000000000");
    check("32500000000.0", "32500000000");
    check("１２３．４", "123.4");
    check(".5", "0.5");
    check("5.", "5");
    check("1e-7", "0.0000001");
}

#[test]
fn refuses_what_is_no_number() {
    for text in
        ["NaN", "inf", "1e400", "1e", "", "-", ".", "1,23", "0x10", "1_000", "１e９９", "一"]
    {
        assert_eq!(Decimal::parse(text).map_err(|r| r.code), Err("E-NUM-01"), "{text}");
    }
}

#[test]
fn divides_half_up() {
    let ratio = |a: &str, b: &str, decimals| {
        let (a, b) = (Decimal::parse(a).expect("a"), Decimal::parse(b).expect("b"));
        a.divided(b, decimals).map(|d| d.to_string())
    };
    assert_eq!(ratio("62", "0.61", 0).as_deref(), Some("102"));
    assert_eq!(ratio("83", "0.60", 0).as_deref(), Some("138"));
    assert_eq!(ratio("63.54", "55.17", 2).as_deref(), Some("1.15"));
    assert_eq!(ratio("-1", "2", 0).as_deref(), Some("-1"));
    assert_eq!(ratio("1", "0", 2), None);
}

proptest! {
    #[test]
    fn writes_what_it_reads(mantissa in -1_000_000_000_000i128..1_000_000_000_000, scale in 0u32..12) {
        let number = Decimal::new(mantissa, scale).expect("in range");
        prop_assert_eq!(Decimal::parse(&number.to_string()), Ok(number));
    }

    #[test]
    fn order_agrees_with_difference(a in -100_000i64..100_000, b in -100_000i64..100_000, s in 0u32..6) {
        let x = Decimal::new(i128::from(a), s).expect("x");
        let y = Decimal::whole(b);
        let difference = x.plus(Decimal::whole(-b)).expect("fits");
        prop_assert_eq!(x.cmp(&y), difference.mantissa().signum().cmp(&0));
    }

    #[test]
    fn never_panics(text in "\\PC{0,60}") {
        let _ = Decimal::parse(&text);
    }
}
