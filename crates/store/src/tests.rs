//! What both engines promise alike.

use crate::testkit::{each, each_engine};
use crate::{Broken, Cell, Error, Migration, Result, Store, Target, Tx, params, testkit};
use kernel::Timestamp;

const SCHEMA: Migration = Migration {
    module: "test",
    number: 1,
    name: "things of every type",
    sql: "
        create table thing (
            id bigint primary key,
            text text,
            real double precision,
            ok boolean not null default false,
            bytes bytea
        );
        create table part (
            code text not null,
            thing_id bigint not null,
            size bigint not null,
            constraint part_size_range check (size >= 0 and size < 100),
            constraint part_code_size unique (code, size),
            constraint part_thing foreign key (thing_id) references thing (id)
        );
        create unique index part_thing_unique on part (thing_id, code);
        create table plain (a bigint unique, b text constraint plain_b_one unique, c text not null,
            primary key (a, b));",
};

fn insert(tx: &mut Tx<'_>, id: i64, text: &str) -> Result<u64> {
    tx.execute("insert into thing (id, text) values ($1, $2)", params![id, text])
}

fn count(tx: &mut Tx<'_>) -> Result<i64> {
    tx.query_one("select count(*) from thing", &[], |row| row.int(0))
}

#[test]
fn every_type_comes_back() {
    each_engine(&[SCHEMA], |store| {
        let text = "绣带\t\\ \"x\"\r\n'y' \u{1}";
        store
            .write(|tx| {
                tx.execute(
                    "insert into thing (bytes, ok, real, text, id) values ($5, $4, $3, $2, $1)",
                    params![i64::MIN, text, 0.1 + 0.2, true, vec![0_u8, 255, 10]],
                )?;
                tx.execute("insert into thing (id) values ($1)", params![2])?;
                let sql = "insert into thing (id, real, ok) values ($1, $2, $3)";
                tx.execute(sql, params![3, 7, 1])
            })
            .expect("write");
        store
            .read(|tx| {
                let sql = "select id, text, real, ok, bytes from thing order by id";
                let rows = tx.query(sql, &[], |row| {
                    let whole = (row.int(0)?, row.opt_text(1)?, row.opt_real(2)?);
                    Ok((whole, row.boolean(3)?, row.opt_bytes(4)?))
                })?;
                let first = (i64::MIN, Some(text.to_string()), Some(0.1 + 0.2));
                assert_eq!(rows[0], (first, true, Some(vec![0, 255, 10])));
                assert_eq!(rows[1], ((2, None, None), false, None));
                assert_eq!(rows[2], ((3, None, Some(7.0)), true, None));
                Ok::<_, Error>(())
            })
            .expect("read");
    });
}

#[test]
fn parameters_go_by_their_number() {
    each_engine(&[SCHEMA], |store| {
        store
            .write(|tx| {
                tx.execute(
                    "insert into thing (text, id, bytes) values ($2, $1, null)",
                    params![1, "one"],
                )?;
                let sql = "select text from thing where text = $2 and id = $1 and text = $2";
                assert_eq!(tx.query_one(sql, params![1, "one"], |row| row.text(0))?, "one");
                let missing = tx.query_opt(sql, params![1], |row| row.text(0));
                assert!(matches!(missing, Err(Error::Misuse(_))), "{missing:?}");
                Ok::<_, Error>(())
            })
            .expect_err("a failed statement fails the transaction");
    });
}

#[test]
fn sums_and_averages_decode() {
    each_engine(&[SCHEMA], |store| {
        store
            .write(|tx| {
                for id in 1..=4 {
                    insert(tx, id, "x")?;
                }
                let sql = "select sum(id), avg(id), max(id), count(*), sum(real), 2.5 * count(*)
                           from thing having sum(id) > $1 and avg(id) > $2";
                tx.query_one(sql, params![9, 2.25], |row| {
                    assert_eq!(row.int(0)?, 10);
                    assert_eq!(row.real(1)?, 2.5);
                    assert_eq!((row.int(2)?, row.int(3)?), (4, 4));
                    assert_eq!(row.opt_real(4)?, None);
                    assert_eq!(row.real(5)?, 10.0);
                    Ok(())
                })
            })
            .expect("sums");
    });
}

#[test]
fn text_sorts_and_matches_alike() {
    let mut answers = Vec::new();
    for store in each(&[SCHEMA]) {
        let found = store.write(|tx| {
            for (id, text) in ["b", "B", "a", "é", "绣", "_", "ab", "A b"].iter().enumerate() {
                insert(tx, id as i64, text)?;
            }
            let sorted = tx.query("select text from thing order by text", &[], |r| r.text(0))?;
            let like = "select text from thing where text like $1 order by id";
            let like = tx.query(like, params!["a%"], |row| row.text(0))?;
            Ok::<_, Error>((sorted, like))
        });
        answers.push(found.expect("rows"));
    }
    assert_eq!(answers[0].1, ["a", "ab"]);
    assert_eq!(answers[0].0, ["A b", "B", "_", "a", "ab", "b", "é", "绣"]);
    assert!(answers.iter().all(|answer| *answer == answers[0]));
}

#[test]
fn a_wrong_column_is_named() {
    each_engine(&[SCHEMA], |store| {
        store.write(|tx| insert(tx, 1, "x")).expect("insert");
        let wrong =
            store.read(|tx| tx.query_one("select text as title from thing", &[], |row| row.int(0)));
        match wrong {
            Err(Error::Decode { column, want, found }) => {
                assert_eq!(
                    (column.as_str(), want, found.as_str()),
                    ("title", "a whole number", "text")
                );
            }
            other => panic!("{other:?}"),
        }
        let rows =
            store.read(|tx| tx.query_one("select id from thing where id > 5", &[], |_| Ok(())));
        assert!(matches!(rows, Err(Error::RowCount(0))));
    });
}

#[test]
fn broken_rules_have_one_name_on_both_engines() {
    let cases: [(&str, Broken, &str); 9] = [
        ("insert into thing (id) values (1)", Broken::Unique, "thing_pkey"),
        (
            "insert into part (code, thing_id, size) values ('b', 1, 100)",
            Broken::Check,
            "part_size_range",
        ),
        (
            "insert into part (code, thing_id, size) values ('a', 2, 1)",
            Broken::Unique,
            "part_code_size",
        ),
        (
            "insert into part (code, thing_id, size) values ('a', 1, 2)",
            Broken::Unique,
            "part_thing_unique",
        ),
        (
            "insert into part (code, thing_id, size) values ('b', 9, 1)",
            Broken::Reference,
            "foreign_key",
        ),
        ("insert into part (code, thing_id) values ('b', 1)", Broken::Absent, "part_size_not_null"),
        ("insert into plain (a, b, c) values (1, 'z', '')", Broken::Unique, "plain_a_key"),
        ("insert into plain (a, b, c) values (2, 'y', '')", Broken::Unique, "plain_b_one"),
        ("delete from thing where id = 1", Broken::Reference, "foreign_key"),
    ];
    each_engine(&[SCHEMA], |store| {
        store
            .write(|tx| {
                insert(tx, 1, "x")?;
                insert(tx, 2, "y")?;
                tx.execute("insert into plain (a, b, c) values (1, 'y', '')", &[])?;
                let sql = "insert into part (code, thing_id, size) values ('a', 1, 1)";
                tx.execute(sql, &[])
            })
            .expect("rows");
        for (sql, kind, wanted) in cases {
            let refused = store.write(|tx| tx.execute(sql, &[]));
            match refused {
                Err(Error::Constraint { broken, name }) => {
                    assert_eq!((broken, name.as_str()), (kind, wanted), "{sql}");
                }
                other => panic!("{sql}: {other:?}"),
            }
        }
    });
}

#[test]
fn a_failed_statement_fails_the_whole() {
    each_engine(&[SCHEMA], |store| {
        let kept = store.write(|tx| {
            insert(tx, 1, "x")?;
            assert!(insert(tx, 1, "y").is_err());
            assert!(matches!(insert(tx, 2, "z"), Err(Error::Failed)));
            Ok::<_, Error>(())
        });
        assert!(matches!(kept, Err(Error::Failed)), "{kept:?}");
        let tried = store.write(|tx| {
            insert(tx, 1, "x")?;
            let refused = tx.attempt(|tx| {
                insert(tx, 2, "y")?;
                insert(tx, 1, "y")
            });
            assert!(refused.expect_err("twice").is_constraint("thing_pkey"));
            tx.attempt(|tx| insert(tx, 3, "z"))?;
            Ok::<_, Error>(())
        });
        tried.expect("the attempt was undone, the rest kept");
        assert_eq!(store.read(count).expect("count"), 2);
    });
}

#[test]
fn what_one_engine_cannot_keep_neither_keeps() {
    each_engine(&[SCHEMA], |store| {
        let values = [Cell::from("a\0b"), Cell::Real(f64::NAN), Cell::Real(f64::INFINITY)];
        for value in values {
            let sql = "insert into thing (id, text) values (1, $1)";
            let one = store.write(|tx| tx.execute(sql, std::slice::from_ref(&value)));
            assert!(matches!(one, Err(Error::Value(_))), "{one:?}");
            let many = store.write(|tx| {
                let mut rows = std::iter::once([Cell::Int(1), value.clone()]);
                tx.insert_rows("thing", &["id", "text"], &mut rows)
            });
            assert!(matches!(many, Err(Error::Value(_))), "{many:?}");
        }
        let sql = "insert into thing (id, text) values ($1, 'x')";
        let mixed = store.write(|tx| tx.execute(sql, params!["one"]));
        assert!(matches!(mixed, Err(Error::Value(_))), "{mixed:?}");
        assert_eq!(store.read(count).expect("count"), 0);
    });
}

#[test]
fn a_read_cannot_write_and_a_write_cannot_nest() {
    each_engine(&[SCHEMA], |store| {
        let wrote = store.read(|tx| insert(tx, 1, "x"));
        assert!(matches!(wrote, Err(Error::Misuse(_))), "{wrote:?}");
        let nested = store.write(|_| store.write(|tx| insert(tx, 1, "x")));
        assert!(matches!(nested, Err(Error::Misuse(_))), "{nested:?}");
        let inside = store.write(|tx| {
            insert(tx, 1, "x")?;
            store.read(count)
        });
        assert_eq!(inside.expect("a read sees what is committed"), 0);
    });
}

#[test]
fn nothing_stays_of_a_panic() {
    each_engine(&[SCHEMA], |store| {
        let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            store.write(|tx| -> Result<()> {
                insert(tx, 1, "x")?;
                panic!("in the middle");
            })
        }));
        assert!(panicked.is_err());
        store.write(|tx| insert(tx, 1, "again")).expect("the store lives on");
        assert_eq!(store.read(count).expect("count"), 1);
    });
}

#[test]
fn committed_rows_survive_a_second_opening_and_uncommitted_do_not() {
    for fresh in each(&[SCHEMA]) {
        fresh.write(|tx| insert(tx, 1, "kept")).expect("insert");
        let other = Store::open(fresh.target(), None).expect("a second store");
        let lost: Result<()> = fresh.write(|tx| {
            insert(tx, 2, "lost")?;
            assert_eq!(other.read(count)?, 1);
            Err(Error::Failed)
        });
        assert!(lost.is_err());
        drop(other);
        let other = Store::open(fresh.target(), None).expect("a second store");
        assert_eq!(other.read(count).expect("count"), 1);
    }
}

#[test]
fn eighty_writers_lose_nothing() {
    each_engine(&[SCHEMA], |store| {
        let mut taken: Vec<(i64, i64)> = std::thread::scope(|scope| {
            let writers: Vec<_> = (0..8)
                .map(|writer| {
                    let store = store.clone();
                    scope.spawn(move || {
                        (0..10)
                            .map(|round| {
                                store
                                    .write(|tx| {
                                        let id = tx.take_ids("thing", 2)?;
                                        insert(tx, id, "x")?;
                                        insert(tx, id + 1, "y")?;
                                        let event = tx.append(event(writer * 10 + round))?;
                                        Ok::<_, Error>((id, event.0))
                                    })
                                    .expect("write")
                            })
                            .collect::<Vec<_>>()
                    })
                })
                .collect();
            writers.into_iter().flat_map(|writer| writer.join().expect("no panic")).collect()
        });
        taken.sort_unstable();
        let expected: Vec<(i64, i64)> = (0..80).map(|n| (2 * n + 1, n)).collect();
        assert_eq!(taken, expected, "numbers are dense and in the order of commit");
        assert_eq!(store.read(count).expect("count"), 160);
        let verifier = testkit::signer().verifier().clone();
        let report = store.read(|tx| crate::journal::verify(tx, &verifier, &mut |_, _| Ok(())));
        assert!(report.expect("verify").is_sound());
    });
}

fn event(number: i64) -> crate::NewEvent {
    crate::NewEvent {
        kind: "thing_added".to_string(),
        actor: kernel::Actor::system(),
        at: Timestamp::from_micros(number),
        subject: None,
        payload: format!("{{\"n\":{number}}}"),
    }
}

#[test]
fn two_stores_on_one_database_stand_in_line() {
    for fresh in each(&[SCHEMA]) {
        let other = Store::open(fresh.target(), None).expect("a second store");
        std::thread::scope(|scope| {
            for store in [&*fresh, &other] {
                scope.spawn(move || {
                    for _ in 0..20 {
                        store.write(|tx| tx.take_ids("n", 1)).expect("take");
                    }
                });
            }
        });
        assert_eq!(fresh.write(|tx| tx.take_ids("n", 1)).expect("take"), 41);
    }
}

#[test]
fn numbers_of_an_undone_write_are_taken_again() {
    each_engine(&[], |store| {
        assert_eq!(store.write(|tx| tx.take_ids("a", 5)).expect("take"), 1);
        let undone: Result<()> = store.write(|tx| {
            assert_eq!(tx.take_ids("a", 1)?, 6);
            Err(Error::Failed)
        });
        assert!(undone.is_err());
        assert_eq!(store.write(|tx| tx.take_ids("a", 1)).expect("take"), 6);
        assert_eq!(store.write(|tx| tx.take_ids("b", 1)).expect("take"), 1);
        assert!(store.write(|tx| tx.take_ids("b", 0)).is_err());
    });
}

#[test]
fn many_rows_go_in_and_come_out() {
    each_engine(&[SCHEMA], |store| {
        let texts: Vec<String> = (0..10_003).map(|n| format!("行\t{n}\\n\n")).collect();
        let inserted = store.write_bulk(|tx| {
            let mut rows = texts.iter().enumerate().map(|(id, text)| {
                let bytes = id.to_be_bytes().to_vec();
                [Cell::Int(id as i64), text.into(), (id as f64 / 3.0).into(), bytes.into()]
            });
            tx.insert_rows("thing", &["id", "text", "real", "bytes"], &mut rows)
        });
        assert_eq!(inserted.expect("insert"), 10_003);
        let mut seen = 0;
        store
            .read(|tx| {
                let sql = "select id, text, real, bytes from thing order by id";
                tx.for_each(sql, &[], |row| -> Result<()> {
                    assert_eq!(row.int(0)?, seen as i64);
                    assert_eq!(row.str(1)?, texts[seen].as_str());
                    assert_eq!(row.real(2)?.to_bits(), (seen as f64 / 3.0).to_bits());
                    assert_eq!(row.bytes(3)?, seen.to_be_bytes());
                    seen += 1;
                    Ok(())
                })
            })
            .expect("read");
        assert_eq!(seen, 10_003);
        let broken = store.write(|tx| {
            let mut rows = [10_500, 10_501, 3].iter().map(|id| [Cell::Int(*id)]);
            tx.insert_rows("thing", &["id"], &mut rows)
        });
        assert!(broken.expect_err("a number twice").is_constraint("thing_pkey"));
        let mut first = Vec::new();
        store
            .read(|tx| {
                tx.for_each_while("select id from thing order by id", &[], |row| {
                    first.push(row.int(0)?);
                    Ok::<_, Error>(first.len() < 3)
                })?;
                assert_eq!(count(tx)?, 10_003, "the transaction goes on");
                Ok::<_, Error>(())
            })
            .expect("read");
        assert_eq!(first, [0, 1, 2]);
    });
}

#[test]
fn migrations_are_applied_once_and_never_edited() {
    let second = Migration {
        module: "test",
        number: 2,
        name: "a color",
        sql: "alter table thing add column color text not null default 'red';",
    };
    each_engine(&[SCHEMA], |store| {
        store.migrate(&[SCHEMA]).expect("nothing to do");
        store.migrate(&[SCHEMA, second]).expect("one more");
        store
            .write(|tx| {
                insert(tx, 1, "x")?;
                let sql = "select color from thing";
                assert_eq!(tx.query_one(sql, &[], |row| row.text(0))?, "red");
                Ok::<_, Error>(())
            })
            .expect("the column is there");
        let refused = |migrations: &[Migration], what: &str| match store.migrate(migrations) {
            Err(Error::Migration { what: found, .. }) => assert!(found.contains(what), "{found}"),
            other => panic!("{other:?}"),
        };
        refused(&[Migration { sql: "select 1", ..SCHEMA }, second], "differs");
        refused(&[SCHEMA], "newer");
        let gap = Migration { number: 4, ..second };
        refused(&[SCHEMA, second, gap], "follow");
        let typed = Migration { number: 3, sql: "create table x (a varchar)", ..second };
        refused(&[SCHEMA, second, typed], "varchar");
        let half = Migration {
            number: 3,
            sql: "create table half (id bigint); insert into nowhere (a) values (1);",
            ..second
        };
        assert!(store.migrate(&[SCHEMA, second, half]).is_err());
        let other = Migration { sql: "create table half (id bigint);", ..half };
        store.migrate(&[SCHEMA, second, other]).expect("nothing stayed of the failed one");
    });
}

#[test]
fn a_dead_connection_is_replaced() {
    let Some(store) = testkit::postgres(&[SCHEMA]) else {
        return;
    };
    store.write(|tx| insert(tx, 1, "x")).expect("insert");
    let kill = "select count(pg_terminate_backend(pid)) from pg_stat_activity
                where datname = current_database() and pid <> pg_backend_pid()";
    let other = Store::open(store.target(), None).expect("another store");
    other.read(|tx| tx.query_one(kill, &[], |row| row.int(0))).expect("kill");
    store.write(|tx| insert(tx, 2, "y")).expect("it connects again");
    assert_eq!(store.read(count).expect("count"), 2);
}

#[test]
fn a_write_that_met_another_one_runs_again() {
    let Some(store) = testkit::postgres(&[]) else {
        return;
    };
    let Target::Postgres(url) = store.target() else { panic!("an address") };
    store.write(|tx| tx.take_ids("n", 1)).expect("take");
    let mut runs = 0;
    let taken = store.write(|tx| {
        runs += 1;
        tx.query_one("select value from counter where name = 'n'", &[], |row| row.int(0))?;
        if runs == 1 {
            let outside = "update counter set value = 10 where name = 'n'";
            crate::postgres::run_once(url, outside)?;
        }
        tx.append(event(1))?;
        tx.take_ids("n", 1)
    });
    assert_eq!((taken.expect("the second run holds"), runs), (11, 2));
    let stubborn = store.write(|tx| {
        let sql = "select value from counter where name = 'n'";
        let value = tx.query_one(sql, &[], |row| row.int(0))?;
        let outside = format!("update counter set value = {value} where name = 'n'");
        crate::postgres::run_once(url, &outside)?;
        tx.take_ids("n", 1)
    });
    assert!(matches!(stubborn, Err(Error::Busy(_))), "{stubborn:?}");
}

#[test]
fn a_store_may_be_dropped_on_an_async_thread() {
    let fresh = each(&[SCHEMA]);
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    runtime.block_on(async {
        for store in fresh {
            let clone = Store::clone(&store);
            let found = tokio::task::spawn_blocking(move || clone.read(count)).await;
            assert_eq!(found.expect("no panic").expect("count"), 0);
            let target = store.target().clone();
            let opened = tokio::task::spawn_blocking(move || Store::open(&target, None)).await;
            drop(opened.expect("no panic").expect("open"));
            tokio::task::spawn_blocking(move || drop(store)).await.expect("no panic");
        }
    });
}

#[test]
fn what_is_not_there_is_said() {
    let nowhere = Target::Sqlite("/nonexistent/folder/x.db".into());
    assert!(matches!(Store::open(&nowhere, None), Err(Error::Engine { .. })));
    let nobody = Target::Postgres("host=127.0.0.1 port=1 user=x connect_timeout=1".to_string());
    assert!(matches!(Store::open(&nobody, None), Err(Error::Engine { .. })));
}
