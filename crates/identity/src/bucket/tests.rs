use super::*;
use proptest::prelude::*;

const SIGN_IN: [Limit; 2] = [Limit::a_minute(5), Limit::an_hour(20)];

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_micros(seconds * 1_000_000)
}

#[test]
fn five_a_minute_and_twenty_an_hour() {
    let mut limiter = Limiter::new(&SIGN_IN, 10);
    for _ in 0..5 {
        assert_eq!(limiter.take(at(0), "mei"), Ok(()));
    }
    assert_eq!(limiter.take(at(0), "mei"), Err(12_000_000));
    assert_eq!(limiter.take(at(0), "lan"), Ok(()));
    assert_eq!(limiter.take(at(11), "mei"), Err(1_000_000));
    assert_eq!(limiter.take(at(12), "mei"), Ok(()));
    let taken = (13..3_600).filter(|s| limiter.take(at(*s), "mei").is_ok());
    // 20 at once, one more every 180 s.
    assert_eq!(6 + taken.count(), 20 + 3_599 / 180);
}

#[test]
fn whoever_is_held_back_stays_held_back() {
    let mut limiter = Limiter::new(&SIGN_IN, 10);
    while limiter.take(at(0), "mei").is_ok() {}
    for stranger in 0..1_000 {
        assert_eq!(limiter.take(at(0), &format!("stranger {stranger}")), Ok(()));
    }
    assert_eq!(limiter.key_count(), 10);
    assert!(limiter.take(at(0), "mei").is_err());
}

#[test]
fn what_is_full_again_is_forgotten() {
    let mut limiter = Limiter::new(&[Limit::a_minute(60)], 1_000);
    for stranger in 0..100 {
        assert_eq!(limiter.take(at(0), &format!("stranger {stranger}")), Ok(()));
    }
    for second in 10..110 {
        assert_eq!(limiter.take(at(second), "mei"), Ok(()));
    }
    assert!(limiter.key_count() <= 2);
}

#[test]
fn a_clock_that_goes_back_does_not_lock_out_for_long() {
    let mut limiter = Limiter::new(&[Limit::a_minute(5)], 10);
    assert_eq!(limiter.take(at(1_000_000), "mei"), Ok(()));
    assert_eq!(limiter.take(at(0), "mei"), Err(12_000_000));
    assert_eq!(limiter.take(at(12), "mei"), Err(12_000_000));
    for extreme in [i64::MIN, i64::MAX] {
        let _ = limiter.take(Timestamp::from_micros(extreme), "mei");
    }
}

/// A bucket as one would draw it: a level in microseconds that rises with time.
struct Bucket {
    level: i64,
    seen: i64,
}

proptest! {
    #[test]
    fn behaves_as_a_bucket(
        count in 1u32..8,
        per in 1u32..200,
        gaps in proptest::collection::vec((0i64..120, 0u8..3), 1..200),
    ) {
        let limit = Limit { count, per_us: per };
        let step = i64::from(per.div_ceil(count));
        let full = step * i64::from(count);
        let mut limiter = Limiter::new(&[limit], 8);
        let mut buckets: Vec<Bucket> = (0..3).map(|_| Bucket { level: full, seen: 0 }).collect();
        let mut now = 0;
        for (gap, who) in gaps {
            now += gap;
            let bucket = &mut buckets[usize::from(who)];
            bucket.level = (bucket.level + now - bucket.seen).min(full);
            bucket.seen = now;
            let expected = if bucket.level >= step {
                bucket.level -= step;
                Ok(())
            } else {
                Err(step - bucket.level)
            };
            let found = limiter.take(Timestamp::from_micros(now), &who.to_string());
            prop_assert_eq!(found, expected);
        }
    }

    #[test]
    fn never_remembers_too_much(
        keys in proptest::collection::vec((0u32..50, 0i64..5), 1..300),
        most in 1usize..10,
    ) {
        let mut limiter = Limiter::new(&SIGN_IN, most);
        let mut now = 0;
        for (key, gap) in keys {
            now += gap;
            let _ = limiter.take(at(now), &key.to_string());
            prop_assert!(limiter.key_count() <= most);
            prop_assert_eq!(limiter.order.len(), limiter.full_at.len());
        }
    }
}
