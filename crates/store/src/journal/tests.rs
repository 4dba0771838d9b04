use super::merkle::{check_consistency, check_inclusion, root_of};
use super::*;
use crate::params;
use crate::store::Store;
use crate::testkit;
use proptest::prelude::*;

fn added(number: i64) -> NewEvent {
    NewEvent {
        kind: format!("thing_{}", number % 3),
        actor: Actor::new("A1"),
        at: Timestamp::from_micros(1_700_000_000_000_000 + number),
        subject: (number % 2 == 0).then(|| format!("E{number}")),
        payload: format!("{{\"number\": {number}, \"name\": \"绣带 \\\"{number}\\\"\"}}"),
    }
}

/// Appends `sizes[i]` events in the i-th transaction.
fn fill(store: &Store, sizes: &[i64]) {
    let mut next = 0;
    for size in sizes {
        store
            .write(|tx| {
                for number in next..next + size {
                    assert_eq!(tx.append(added(number))?, EventId(number));
                }
                Ok::<_, Error>(())
            })
            .expect("append");
        next += size;
    }
}

fn sound(store: &Store) -> Report {
    let verifier = testkit::signer().verifier().clone();
    store.read(|tx| verify(tx, &verifier, &mut |_, _| Ok(()))).expect("verify")
}

#[test]
fn an_empty_log_is_sound() {
    testkit::each_engine(&[], |store| {
        let report = sound(store);
        assert!(report.is_sound(), "{report:?}");
        assert_eq!(report.root, merkle::empty_root());
        let head = store.read(head).expect("head");
        assert_eq!((head.size, head.checkpoint), (0, None));
        let proof = store.read(|tx| inclusion_proof(tx, EventId(0), 0));
        assert!(proof.is_err());
    });
}

#[test]
fn events_come_back_as_they_went_in() {
    testkit::each_engine(&[], |store| {
        fill(store, &[1, 0, 4]);
        let all = store.read(|tx| events(tx, None, 100)).expect("events");
        assert_eq!(all.len(), 5);
        for (number, event) in all.iter().enumerate() {
            let expected = added(number as i64);
            assert_eq!(event.kind, expected.kind);
            assert_eq!(event.at, expected.at);
            assert_eq!(event.subject, expected.subject);
            assert_eq!(event.payload, canonical(&expected.payload).expect("canonical"));
            assert_eq!(event.leaf_hash, leaf_hash(event.entry.as_bytes()));
        }
        let ids = |found: Vec<Event>| found.iter().map(|event| event.id.0).collect::<Vec<_>>();
        store
            .read(|tx| {
                assert_eq!(ids(events(tx, Some(EventId(2)), 1)?), [3]);
                assert_eq!(ids(newest(tx, None, 2)?), [4, 3]);
                assert_eq!(ids(newest(tx, Some(EventId(1)), 9)?), [0]);
                assert_eq!(ids(events_about(tx, "E4", None, 9)?), [4]);
                assert_eq!(event(tx, EventId(9))?, None);
                Ok::<_, Error>(())
            })
            .expect("read");
    });
}

#[test]
fn what_is_not_sound_is_not_added() {
    testkit::each_engine(&[], |store| {
        let try_payload = |payload: String| {
            store.write(|tx| tx.append(NewEvent { payload: payload.clone(), ..added(0) }))
        };
        for wrong in ["", "[]", "{\"a\":0.5}"] {
            assert!(matches!(try_payload(wrong.to_string()), Err(Error::Journal(_))), "{wrong}");
        }
        let long = |count| format!("{{\"a\":\"{}\"}}", "x".repeat(count));
        assert!(try_payload(long(ENTRY_BYTES_MAX)).is_err());
        assert_eq!(try_payload(long(60_000)).expect("fits"), EventId(0));
        let nul = NewEvent { kind: "a\0".to_string(), ..added(1) };
        assert!(store.write(|tx| tx.append(nul.clone())).is_err());
        let read = store.read(|tx| tx.append(added(1)));
        assert!(matches!(read, Err(Error::Misuse(_))), "{read:?}");
        assert!(sound(store).is_sound());
        assert_eq!(sound(store).size, 1);
    });
    let fresh = testkit::sqlite(&[]);
    let store = Store::open(fresh.target(), None).expect("open");
    assert!(matches!(store.write(|tx| tx.append(added(0))), Err(Error::Journal(_))));
}

#[test]
fn an_undone_transaction_or_attempt_adds_nothing() {
    testkit::each_engine(&[], |store| {
        fill(store, &[3]);
        let before = store.read(head).expect("head");
        let failed = store.write(|tx| {
            tx.append(added(3))?;
            Err::<(), _>(Error::Misuse("changed my mind"))
        });
        assert!(failed.is_err());
        assert_eq!(store.read(head).expect("head"), before);
        store
            .write(|tx| {
                assert_eq!(tx.append(added(3))?, EventId(3));
                let undone = tx.attempt(|tx| {
                    assert_eq!(tx.append(added(4))?, EventId(4));
                    Err::<(), _>(Error::Misuse("not this one"))
                });
                assert!(undone.is_err());
                assert_eq!(tx.append(added(4))?, EventId(4));
                Ok::<_, Error>(())
            })
            .expect("write");
        assert_eq!(sound(store).size, 5);
        assert!(sound(store).is_sound());
    });
}

fn cases(count: u32) -> ProptestConfig {
    ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(count) }
}

proptest! {
    #![proptest_config(cases(6))]

    #[test]
    fn the_log_is_the_naive_tree(
        sizes in prop::collection::vec(0_i64..300, 1..6),
        picks in prop::collection::vec((any::<u64>(), any::<u64>()), 12),
    ) {
        for store in testkit::each(&[]) {
            fill(&store, &sizes);
            let report = sound(&store);
            prop_assert!(report.is_sound(), "{:?}", report);
            check_proofs(&store, &picks);
            check_tiles(&store);
        }
    }
}

fn leaves(tx: &mut Tx<'_>) -> Result<Vec<Hash>> {
    tx.query("select leaf_hash from journal_event order by event_index", &[], |row| row.hash(0))
}

fn check_proofs(store: &Store, picks: &[(u64, u64)]) {
    store
        .read(|tx| {
            let leaves = leaves(tx)?;
            let size = leaves.len() as u64;
            assert_eq!(head(tx)?.root, root_of(&leaves));
            for (one, other) in picks.iter().filter(|_| size > 0) {
                let new = one % size + 1;
                let (index, old) = (other % new, other % (new + 1));
                let root = |count: u64| root_of(&leaves[..count as usize]);
                let steps = inclusion_proof(tx, EventId(index as i64), new)?;
                let leaf = &leaves[index as usize];
                assert!(check_inclusion(index, new, leaf, &steps, &root(new)));
                let steps = consistency_proof(tx, old, new)?;
                assert!(check_consistency((old, &root(old)), (new, &root(new)), &steps));
            }
            assert!(inclusion_proof(tx, EventId(0), size + 1).is_err());
            assert!(consistency_proof(tx, 1, 0).is_err());
            Ok::<_, Error>(())
        })
        .expect("proofs");
}

fn check_tiles(store: &Store) {
    store
        .read(|tx| {
            let leaves = leaves(tx)?;
            let size = leaves.len() as u64;
            for (index, chunk) in leaves.chunks(256).enumerate() {
                let (index, width) = (index as u64, chunk.len() as u16);
                let hashes = Tile::Hashes { level: 0, index, width };
                assert_eq!(hashes.bytes(tx)?, Some(chunk.concat()));
                let bundle = entry_bundle(tx, index, width)?.expect("there");
                let mut rest = &bundle[..];
                for leaf in chunk {
                    let length = usize::from(u16::from_be_bytes([rest[0], rest[1]]));
                    assert_eq!(leaf_hash(&rest[2..2 + length]), *leaf);
                    rest = &rest[2 + length..];
                }
                assert!(rest.is_empty());
            }
            let full = (size / 256) as u16;
            if full > 0 {
                let roots: Vec<Hash> = leaves.chunks_exact(256).map(root_of).collect();
                assert_eq!(tile(tx, 1, 0, full)?, Some(roots.concat()));
            }
            assert_eq!(tile(tx, 1, 0, full + 1)?, None);
            assert_eq!(tile(tx, 0, size / 256, (size % 256) as u16 + 1)?, None);
            assert_eq!(tile(tx, 200, u64::MAX, 1)?, None);
            Ok::<_, Error>(())
        })
        .expect("tiles");
}

#[test]
fn paths_of_tiles() {
    let hashes = |level, index, width| Tile::Hashes { level, index, width };
    let cases = [
        (hashes(0, 0, 256), "tile/0/000"),
        (hashes(3, 1_234_067, 256), "tile/3/x001/x234/067"),
        (hashes(1, 1_000, 7), "tile/1/x001/000.p/7"),
        (Tile::Entries { index: 999, width: 255 }, "tile/entries/999.p/255"),
    ];
    for (tile, path) in cases {
        assert_eq!(tile.to_string(), path);
        assert_eq!(path.parse::<Tile>().expect(path), tile);
    }
    for wrong in [
        "",
        "tile/0",
        "tile/0/0",
        "tile/0/0000",
        "tile/00/000",
        "tile/0/001/000",
        "tile/0/x000/001",
        "tile/0/000.p/0",
        "tile/0/000.p/256",
        "tile/0/000.p/01",
        "tile/0/000.p/",
        "tile/x/000",
        "tile/-1/000",
        "tile/0/+01",
        "tile/entries/000/",
        "tile/0/x999/x999/x999/x999/x999/x999/x999/999",
    ] {
        assert!(wrong.parse::<Tile>().is_err(), "{wrong}");
    }
}

#[test]
fn a_proof_file_speaks_for_itself() {
    testkit::each_engine(&[], |store| {
        fill(store, &[300]);
        let verifier = testkit::signer().verifier().clone();
        let file = store.read(|tx| proof_file(tx, EventId(123), &verifier)).expect("a proof");
        let proof = check_proof_file(&file).expect("it holds");
        assert_eq!((proof.id, proof.size), (EventId(123), 300));
        assert_eq!(proof.vkey, verifier.to_string());
        assert!(proof.entry.contains("\"number\":123"));
        for at in 0..file.len() {
            let mut bytes = file.clone().into_bytes();
            bytes[at] ^= 1;
            if let Ok(Ok(other)) = String::from_utf8(bytes).map(|text| check_proof_file(&text)) {
                assert_eq!(other, proof, "byte {at} changed the meaning unseen");
            }
        }
        assert!(store.read(|tx| proof_file(tx, EventId(300), &verifier)).is_err());
        let other = Signer::new("test", &[1; 32]).expect("signer");
        assert!(store.read(|tx| proof_file(tx, EventId(1), other.verifier())).is_err());
    });
}

#[test]
fn the_hook_is_heard() {
    testkit::each_engine(&[], |store| {
        fill(store, &[5]);
        let verifier = testkit::signer().verifier().clone();
        let report = store
            .read(|tx| {
                verify(tx, &verifier, &mut |event, tx| {
                    let count = tx.query_one("select count(*) from counter", &[], |r| r.int(0));
                    assert_eq!(count.ok(), Some(0));
                    match event.id.0 {
                        3 => Err(Finding { event: None, what: "rows differ".to_string() }),
                        _ => Ok(()),
                    }
                })
            })
            .expect("verify");
        let finding = Finding { event: Some(EventId(3)), what: "rows differ".to_string() };
        assert_eq!(report.findings, [finding]);
    });
}

/// Every column of every table of the journal, changed in one place at a time.
const CHANGES: &[&str] = &[
    "update journal_event set event_index = 9999 where event_index = 290",
    "update journal_event set event_index = -1 where event_index = 0",
    "update journal_event set recorded_us = recorded_us + 1 where event_index = 7",
    "update journal_event set actor = 'A2' where event_index = 7",
    "update journal_event set kind = kind || ' ' where event_index = 7",
    "update journal_event set subject = 'E9' where event_index = 8",
    "update journal_event set subject = null where event_index = 8",
    "update journal_event set subject = '' where event_index = 7",
    "update journal_event set entry = replace(entry, '绣带', '绣帶') where event_index = 7",
    "update journal_event set entry = entry || ' ' where event_index = 299",
    "update journal_event set leaf_hash = (select leaf_hash from journal_event
        where event_index = 6) where event_index = 7",
    "delete from journal_event where event_index = 299",
    "delete from journal_event where event_index = 0",
    "delete from journal_event",
    "update journal_hash set level = 2",
    "update journal_hash set hash_index = 1",
    "update journal_hash set hash = (select leaf_hash from journal_event where event_index = 6)",
    "delete from journal_hash",
    "insert into journal_hash (level, hash_index, hash)
        select 1, 1, leaf_hash from journal_event where event_index = 6",
    "update journal_head set size = 299",
    "update journal_head set root = frontier",
    "update journal_head set frontier = root",
    "update journal_head set checkpoint = checkpoint || ' '",
    "update journal_head set checkpoint = replace(checkpoint, '300', '301')",
    "delete from journal_head",
];

#[test]
fn every_change_is_found() {
    testkit::each_engine(&[], |store| {
        fill(store, &[300]);
        assert!(sound(store).is_sound());
        for change in CHANGES {
            found_when(store, &|tx| tx.execute(change, &[]).map(|count| assert!(count > 0)));
        }
        if store.read(|tx| Ok::<_, Error>(!tx.is_postgres())).expect("read") {
            for column in ["actor", "kind", "subject", "entry"] {
                let change = format!(
                    "update journal_event set {column} = cast(x'41ff' as text)
                     where event_index = 7"
                );
                found_when(store, &|tx| tx.execute(&change, &[]).map(drop));
            }
        }
        let other = Signer::new("test", &[1; 32]).expect("signer");
        let report = store.read(|tx| verify(tx, other.verifier(), &mut |_, _| Ok(())));
        assert!(!report.expect("verify").is_sound());
    });
}

/// Makes a change, demands a finding, and undoes the change.
fn found_when(store: &Store, change: &dyn Fn(&mut Tx<'_>) -> Result<()>) {
    let verifier = testkit::signer().verifier().clone();
    let undone = store.write(|tx| {
        change(tx)?;
        let report = verify(tx, &verifier, &mut |_, _| Ok(()))?;
        Err::<(), _>(match report.is_sound() {
            true => Error::Misuse("unseen"),
            false => Error::Misuse("seen"),
        })
    });
    let seen = match &undone {
        Err(Error::Misuse(word)) => *word == "seen",
        Err(Error::Constraint { .. }) => true,
        _ => false,
    };
    assert!(seen, "{undone:?}");
}

proptest! {
    #![proptest_config(cases(4))]

    /// Flips one bit of one byte in one column of one row, many times.
    #[test]
    fn every_flipped_bit_is_found(picks in prop::collection::vec(any::<(u64, u64, u8)>(), 30)) {
        for store in testkit::each(&[]) {
            fill(&store, &[257]);
            for pick in &picks {
                found_when(&store, &|tx| flip(tx, *pick));
            }
        }
    }
}

fn flip(tx: &mut Tx<'_>, (which, place, bit): (u64, u64, u8)) -> Result<()> {
    const COLUMNS: [(&str, &str, bool); 11] = [
        ("journal_event", "recorded_us", true),
        ("journal_event", "actor", true),
        ("journal_event", "kind", true),
        ("journal_event", "entry", true),
        ("journal_event", "leaf_hash", true),
        ("journal_event", "event_index", true),
        ("journal_hash", "hash", false),
        ("journal_head", "size", false),
        ("journal_head", "root", false),
        ("journal_head", "frontier", false),
        ("journal_head", "checkpoint", false),
    ];
    let (table, column, many) = COLUMNS[(which % 11) as usize];
    let row = if many { format!(" where event_index = {}", place % 257) } else { String::new() };
    let read = format!("select {column} from {table}{row}");
    let old = tx.query_one(&read, &[], |row| row.cell(0).map(Cell::into_owned))?;
    let flipped = |bytes: &[u8]| {
        let mut bytes = bytes.to_vec();
        let at = (place / 257) as usize % bytes.len();
        bytes[at] ^= 1 << (bit % 7);
        bytes
    };
    let new = match old {
        Cell::Int(int) => Cell::Int(int ^ (1 << (bit % 62))),
        Cell::Bytes(bytes) => Cell::from(flipped(&bytes)),
        Cell::Text(text) => {
            let bytes = flipped(text.as_bytes());
            let lossy = String::from_utf8_lossy(&bytes).replace('\0', "x");
            Cell::from(lossy)
        }
        other => other,
    };
    let write = format!("update {table} set {column} = $1{row}");
    tx.execute(&write, params![new]).map(|count| assert_eq!(count, 1))
}
