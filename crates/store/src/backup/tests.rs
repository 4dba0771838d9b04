use super::*;
use crate::migration::Migration;
use crate::testkit::{self, Fresh};
use crate::{NewEvent, Target, journal, params};
use kernel::Actor;
use proptest::prelude::*;
use std::io::Cursor;

const SCHEMA: Migration = Migration {
    module: "test",
    number: 1,
    name: "things",
    sql: "
        create table owner (id bigint primary key, boss_id bigint references owner (id));
        create table thing (
            name text primary key,
            owner_id bigint not null references owner (id),
            real double precision,
            ok boolean not null,
            bytes bytea
        );
        create table loose (a text, b double precision);",
};

fn now() -> Timestamp {
    Timestamp::from_micros(1)
}

fn filled(store: Fresh) -> Fresh {
    store
        .write(|tx| {
            tx.execute("insert into owner (id, boss_id) values (1, null), (2, 1)", &[])?;
            let reals = [0.1, -1.0e-300, 1.0e300, 3.0, f64::MIN_POSITIVE, 2.0_f64.powi(60)];
            for (place, real) in reals.iter().enumerate() {
                let name = format!("绣\"\\\n\t{place}");
                tx.execute(
                    "insert into thing (name, owner_id, real, ok, bytes)
                     values ($1, $2, $3, $4, $5)",
                    params![
                        name,
                        1 + place as i64 % 2,
                        *real,
                        place % 2 == 0,
                        vec![place as u8; place]
                    ],
                )?;
                tx.execute(
                    "insert into loose (a, b) values ($1, null)",
                    params![place.to_string()],
                )?;
            }
            tx.take_ids("thing", 7)?;
            for number in 0..300 {
                tx.append(NewEvent {
                    kind: "filled".to_string(),
                    actor: Actor::system(),
                    at: now(),
                    subject: None,
                    payload: format!("{{\"n\":{number}}}"),
                })?;
            }
            Ok::<_, Error>(())
        })
        .expect("fill");
    store
}

fn dump(store: &Store) -> Vec<u8> {
    let mut file = Cursor::new(Vec::new());
    backup(store, &mut file, now()).expect("backup");
    file.into_inner()
}

fn empty(fresh: &Fresh) -> Store {
    let Target::Sqlite(path) = fresh.target() else { panic!("a file") };
    Store::open(&Target::Sqlite(path.with_extension("other")), None).expect("open")
}

#[test]
fn a_backup_goes_from_any_engine_to_any() {
    let dumps: Vec<Vec<u8>> =
        testkit::each(&[SCHEMA]).into_iter().map(|store| dump(&filled(store))).collect();
    assert!(dumps.iter().all(|dump| *dump == dumps[0]), "both engines write the same bytes");
    for target in testkit::each(&[SCHEMA]) {
        let rows = restore(&target, Cursor::new(&dumps[0])).expect("restore");
        assert_eq!(rows, 2 + 6 + 6 + 1 + 300 + 1 + 1);
        assert_eq!(dump(&target), dumps[0], "{}", target.engine());
        let verifier = testkit::signer().verifier().clone();
        let report = target.read(|tx| journal::verify(tx, &verifier, &mut |_, _| Ok(())));
        assert!(report.expect("verify").is_sound());
        assert_eq!(target.write(|tx| tx.take_ids("thing", 1)).expect("take"), 8);
        let again = restore(&target, Cursor::new(&dumps[0]));
        assert!(matches!(again, Err(Error::Backup(_))), "{again:?}");
    }
    let fresh = testkit::sqlite(&[]);
    let bare = empty(&fresh);
    restore(&bare, Cursor::new(&dumps[0])).expect("a backup brings its schema along");
    bare.migrate(&[SCHEMA]).expect("and its history");
    assert_eq!(dump(&bare), dumps[0]);
}

#[test]
fn a_target_that_was_migrated_further_is_refused() {
    let file = dump(&filled(testkit::sqlite(&[SCHEMA])));
    let further = Migration { number: 2, sql: "create table more (id bigint);", ..SCHEMA };
    let target = testkit::sqlite(&[SCHEMA, further]);
    let refused = restore(&target, Cursor::new(&file));
    assert!(matches!(refused, Err(Error::Backup(_))), "{refused:?}");
}

fn cases(count: u32) -> ProptestConfig {
    ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(count) }
}

proptest! {
    #![proptest_config(cases(200))]

    /// Whatever is damaged, nothing wrong is ever taken in, and nothing at all is left behind.
    #[test]
    fn a_damaged_file_is_refused(
        place in any::<prop::sample::Index>(),
        bit in 0_u8..8,
        cut in any::<bool>(),
    ) {
        thread_local! {
            static FILE: Vec<u8> = dump(&filled(testkit::sqlite(&[SCHEMA])));
        }
        let file = FILE.with(Clone::clone);
        let mut damaged = file.clone();
        let at = place.index(file.len());
        if cut { damaged.truncate(at) } else { damaged[at] ^= 1 << bit }
        let fresh = testkit::sqlite(&[]);
        let target = empty(&fresh);
        match restore(&target, Cursor::new(&damaged)) {
            Ok(_) => prop_assert_eq!(dump(&target), file),
            Err(Error::Backup(_)) => {
                let left = target.read(|tx| catalog::tables(tx).map(|tables| tables.len()));
                prop_assert_eq!(left.expect("tables"), 0);
            }
            Err(other) => prop_assert!(false, "{other:?}"),
        }
    }
}
