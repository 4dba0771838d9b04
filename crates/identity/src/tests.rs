//! The house with people in it, on every engine at hand.

use crate::*;
use kernel::{Actor, Timestamp};
use std::net::IpAddr;
use std::sync::LazyLock;
use store::Store;
use store::testkit::each_engine;

const HOUR_US: i64 = 3_600_000_000;
const GOOD: &str = "correct horse";

/// Hashing is dear: most tests share one hash of [`GOOD`].
static HASH: LazyLock<PasswordHash> = LazyLock::new(|| {
    let password = Password::parse(GOOD, "nobody").expect("good");
    password.hash(&[9; 16])
});

fn at(hours: i64) -> Timestamp {
    Timestamp::from_micros(hours * HOUR_US)
}

fn from(last: u8) -> IpAddr {
    IpAddr::from([192, 0, 2, last])
}

fn secret(byte: u8) -> Secret {
    Secret::new([byte; 32])
}

fn account(store: &Store, name: &str, role: Role) -> Account {
    let new = NewAccount {
        name: AccountName::parse(name).expect("a name"),
        role,
        organization: None,
        password: HASH.clone(),
    };
    store.write(|tx| account::create(tx, &Actor::system(), at(0), &new)).expect("created")
}

fn door(store: &Store) -> Door {
    Door::new(store.clone(), Limit::a_minute(600))
}

fn sign_in(door: &Door, hours: i64, name: &str, byte: u8) -> Result<Account> {
    let sign_in = SignIn { name, password: GOOD, address: from(byte) };
    let (account, _) = door.sign_in(at(hours), &sign_in, &secret(byte))?;
    Ok(account)
}

fn caller(door: &Door, hours: i64, byte: u8) -> Caller {
    door.by_cookie(at(hours), &secret(byte).text()).expect("the store works")
}

fn code<T>(result: Result<T>) -> Option<&'static str> {
    result.err().and_then(|error| error.code())
}

/// Kinds of all events, in order.
fn events(store: &Store) -> Vec<String> {
    let events = store.read(|tx| store::journal::events(tx, None, 1_000));
    let events = events.expect("the journal reads");
    for event in &events {
        assert!(!event.entry.contains("mei"), "{}", event.entry);
    }
    events.into_iter().map(|event| event.kind).collect()
}

#[test]
fn a_life_of_an_account() {
    each_engine(MIGRATIONS, |store| {
        let root = account(store, "root.mei", Role::Administrator);
        let mei = account(store, "Mei Li", Role::Analyst);
        assert_eq!((root.id, mei.id), (AccountId(1), AccountId(2)));
        let taken = NewAccount {
            name: AccountName::parse("ｍei  LI").expect("a name"),
            role: Role::Analyst,
            organization: None,
            password: HASH.clone(),
        };
        let by = root.id.actor();
        let again = store.write(|tx| account::create(tx, &by, at(1), &taken));
        assert_eq!(code(again), Some("E-AUTH-09"));

        let write = |f: fn(&mut store::Tx<'_>, &Actor, AccountId) -> Result<Account>, id| {
            store.write(|tx| f(tx, &by, id))
        };
        let up =
            write(|tx, by, id| account::set_role(tx, by, at(1), id, Role::Administrator), mei.id);
        assert_eq!(up.expect("promoted").role, Role::Administrator);
        let down = |tx: &mut store::Tx<'_>, by: &Actor, id: AccountId| {
            account::set_role(tx, by, at(1), id, Role::Analyst)
        };
        assert_eq!(write(down, mei.id).expect("demoted").role, Role::Analyst);
        assert_eq!(code(write(down, root.id)), Some("E-AUTH-12"));
        let off = |tx: &mut store::Tx<'_>, by: &Actor, id| account::deactivate(tx, by, at(2), id);
        assert_eq!(code(write(off, root.id)), Some("E-AUTH-12"));
        assert_eq!(code(write(off, AccountId(7))), Some("E-AUTH-10"));
        write(off, mei.id).expect("deactivated");
        let on = |tx: &mut store::Tx<'_>, by: &Actor, id| account::activate(tx, by, at(2), id);
        assert_eq!(write(on, mei.id).expect("activated").deactivated, None);
        let wrong = |tx: &mut store::Tx<'_>, by: &Actor, id| {
            account::set_role(tx, by, at(1), id, Role::Anonymous)
        };
        assert_eq!(code(write(wrong, mei.id)), Some("E-AUTH-14"));
        let name = AccountName::parse("lan").expect("a name");
        let renamed = store.write(|tx| account::rename(tx, &by, at(3), mei.id, &name));
        assert_eq!(renamed.expect("renamed").name, "lan");
        let page = store.read(|tx| account::list(tx, Some(AccountId(1)), 5));
        let names: Vec<String> = page.expect("a list").into_iter().map(|a| a.name).collect();
        assert_eq!(names, ["lan"]);
        assert_eq!(
            events(store),
            [
                "account_created",
                "account_created",
                "role_changed",
                "role_changed",
                "account_deactivated",
                "account_activated",
                "account_renamed"
            ]
        );
    });
}

#[test]
fn names_have_rules() {
    let code = |name: &str| code(AccountName::parse(name));
    for good in ["mei", "小林", " Mei Li ", &"长".repeat(40)] {
        assert_eq!(code(good), None, "{good}");
    }
    for wrong in ["", "a", "system", "ＳＹＳＴＥＭ", "anonymous", &"长".repeat(41)] {
        assert!(code(wrong).is_some(), "{wrong}");
    }
    assert_eq!(code("a"), Some("E-AUTH-08"));
    assert_eq!(code("me\u{202e}i"), Some("E-TEXT-02"));
}

#[test]
fn signing_in_tells_nothing() {
    each_engine(MIGRATIONS, |store| {
        account(store, "root", Role::Administrator);
        let mei = account(store, "mei", Role::Analyst);
        let door = door(store);
        assert_eq!(sign_in(&door, 1, " ＭEI ", 1).expect("in").id, mei.id);
        let long = "x".repeat(100_000);
        let attempt = |name, password| {
            let sign_in = SignIn { name, password, address: from(2) };
            door.sign_in(at(3), &sign_in, &secret(2)).map(|_| ())
        };
        let wrong = attempt("mei", "correct horsf").expect_err("wrong");
        let unknown = attempt("tao", GOOD).expect_err("unknown");
        store
            .write(|tx| account::deactivate(tx, &Actor::system(), at(3), mei.id))
            .expect("deactivated");
        let gone = attempt("mei", GOOD).expect_err("deactivated");
        assert_eq!(wrong.refusal(), unknown.refusal());
        assert_eq!(wrong.refusal(), gone.refusal());
        assert_eq!(wrong.code(), Some("E-AUTH-01"));
        assert_eq!(code(attempt("nul\0nul", GOOD)), Some("E-AUTH-01"));
        assert_eq!(code(attempt(&long, GOOD)), Some("E-AUTH-01"));
        // The sixth attempt from one address within a minute.
        assert_eq!(code(attempt("jun", GOOD)), Some("E-RATE-01"));
    });
}

#[test]
fn sessions_end() {
    each_engine(MIGRATIONS, |store| {
        let mei = account(store, "mei", Role::Administrator);
        let door = door(store);
        let signed = |hours, byte| caller(&door, hours, byte).account().is_some();
        for byte in 1..=3 {
            sign_in(&door, i64::from(byte) - 1, "mei", byte).expect("in");
        }
        assert!(signed(3, 1) && signed(3, 2) && signed(3, 3));
        // Used at hour 3, noted with the next round.
        door.tend(at(3)).expect("tended");
        assert!(signed(14, 1));
        assert!(!signed(15, 1), "12 hours unused");
        for hour in (3..180).step_by(10) {
            signed(hour, 2);
            door.tend(at(hour)).expect("tended");
        }
        assert!(!signed(1 + 7 * 24, 2), "7 days old");
        door.sign_out(at(4), &secret(3).text()).expect("out");
        assert!(!signed(4, 3));
        sign_in(&door, 200, "mei", 4).expect("in");
        let hash = HASH.clone();
        store
            .write(|tx| account::set_password(tx, &Actor::system(), at(200), mei.id, &hash))
            .expect("a new password");
        assert!(!signed(200, 4));
        assert!(!signed(200, 99) && caller(&door, 200, 99) == Caller::anonymous());
        let junk = door.by_cookie(at(0), "no secret").expect("no failure");
        assert_eq!(junk, Caller::anonymous());
        let rest = store
            .read(|tx| tx.query_one("select count(*) from identity_session", &[], |r| r.int(0)));
        assert_eq!(rest.expect("a count"), 0);
    });
}

#[test]
fn sessions_are_few() {
    each_engine(MIGRATIONS, |store| {
        let mei = account(store, "mei", Role::Analyst);
        let open = |byte: u8| {
            let now = at(i64::from(byte));
            store.write(|tx| session::open(tx, now, &mei, &Secret::new([byte; 32])))
        };
        for byte in 1..=25 {
            open(byte).map(|_| ()).expect("opened");
        }
        let live = |byte: u8| {
            let found = store.read(|tx| session::find(tx, at(1), &secret(byte)));
            found.expect("the store works").is_some()
        };
        assert_eq!((1..=25).filter(|byte| live(*byte)).count(), 20);
        assert!(live(25) && live(6) && !live(5));
        let by = mei.id.actor();
        let closed = store.write(|tx| session::close_all(tx, &by, at(25), mei.id));
        assert_eq!(closed.expect("closed"), 20);
    });
}

#[test]
fn writes_with_a_session_carry_its_token() {
    each_engine(MIGRATIONS, |store| {
        account(store, "mei", Role::Analyst);
        let door = door(store);
        sign_in(&door, 0, "mei", 1).expect("in");
        let caller = caller(&door, 0, 1);
        let right = csrf(&secret(1));
        assert!(caller.check_csrf(Some(&right)).is_ok());
        for wrong in [None, Some(""), Some(csrf(&secret(2)).as_str())] {
            assert_eq!(code(caller.check_csrf(wrong)), Some("E-AUTH-03"));
        }
        assert!(Caller::anonymous().check_csrf(None).is_ok());
        assert_eq!(code(caller.allow(Act::ManageAccounts)), Some("E-AUTH-05"));
        assert_eq!(code(Caller::anonymous().allow(Act::Import)), Some("E-AUTH-02"));
        assert!(caller.allow(Act::Import).is_ok());
    });
}

#[test]
fn the_first_administrator() {
    each_engine(MIGRATIONS, |store| {
        let door = door(store);
        let make = |hours, byte| {
            store.write(|tx| setup::make_link(tx, &Actor::system(), at(hours), &secret(byte)))
        };
        let claim = |hours, byte: u8, password, last| {
            let candidate = Candidate { name: "mei", password, salt: [1; 16] };
            door.first_administrator(at(hours), from(last), &secret(byte).text(), &candidate)
        };
        assert_eq!(code(claim(0, 1, GOOD, 1)), Some("E-AUTH-06"));
        make(0, 1).expect("a link");
        make(1, 2).expect("a newer link");
        assert_eq!(code(claim(2, 1, GOOD, 2)), Some("E-AUTH-06"));
        assert_eq!(code(claim(25, 2, GOOD, 3)), Some("E-AUTH-06"));
        assert_eq!(code(claim(3, 2, "short", 4)), Some("E-AUTH-07"));
        let mei = claim(4, 2, GOOD, 5).expect("the first administrator");
        assert_eq!((mei.id, mei.role), (AccountId(1), Role::Administrator));
        assert_eq!(code(claim(5, 2, GOOD, 6)), Some("E-AUTH-06"));
        assert_eq!(code(make(5, 3)), Some("E-AUTH-06"));
        assert_eq!(sign_in(&door, 6, "mei", 7).expect("in"), mei);
        assert_eq!(
            events(store),
            ["setup_link_made", "setup_link_made", "account_created", "session_opened"]
        );
    });
}

#[test]
fn tokens_are_less_than_their_owner() {
    each_engine(MIGRATIONS, |store| {
        let mei = account(store, "mei", Role::Administrator);
        account(store, "lan", Role::Analyst);
        let door = door(store);
        sign_in(&door, 0, "mei", 1).expect("in");
        sign_in(&door, 0, "lan", 2).expect("in");
        let (owner, other) = (caller(&door, 0, 1), caller(&door, 0, 2));
        let make = |by: &Caller, name, role, expires, byte: u8| {
            let new = NewToken { name, role, expires };
            store.write(|tx| token::make(tx, by, at(0), &new, &secret(byte)))
        };
        let one = make(&owner, "loader", Role::Analyst, Some(at(10)), 11).expect("made");
        let two = make(&owner, "admin", Role::Administrator, None, 12).expect("made");
        let long = "a".repeat(61);
        let refused = |by, name, role, expires| code(make(by, name, role, expires, 13));
        let nobody = Caller::anonymous();
        assert_eq!(refused(&nobody, "a", Role::Analyst, None), Some("E-AUTH-02"));
        assert_eq!(refused(&other, "a", Role::Administrator, None), Some("E-AUTH-14"));
        assert_eq!(refused(&other, "a", Role::Anonymous, None), Some("E-AUTH-14"));
        assert_eq!(refused(&other, &long, Role::Analyst, None), Some("E-AUTH-13"));
        assert_eq!(refused(&other, "a", Role::Analyst, Some(at(0))), Some("E-AUTH-13"));
        let shown = |byte| token::shown(&secret(byte));
        let by_one = door.by_token(at(9), &shown(11)).expect("a caller");
        assert_eq!((by_one.role(), by_one.actor()), (Role::Analyst, mei.id.actor()));
        assert!(by_one.check_csrf(None).is_ok());
        let by_two = door.by_token(at(9), &shown(12)).expect("a caller");
        assert!(by_two.allow(Act::ManageAccounts).is_ok());
        assert_eq!(refused(&by_two, "a", Role::Analyst, None), Some("E-AUTH-05"));
        assert_eq!(code(door.by_token(at(10), &shown(11))), Some("E-AUTH-04"));
        let junk = ["", "xdt_", "Bearer", &secret(12).text()];
        assert!(junk.iter().all(|text| door.by_token(at(1), text).is_err()));
        door.tend(at(9)).expect("tended");
        let list = store.read(|tx| token::list(tx, mei.id)).expect("a list");
        assert_eq!(list.iter().map(|t| t.id).collect::<Vec<_>>(), [two.id, one.id]);
        assert_eq!(list[0].used, Some(at(9)));
        let revoke = |by: &Caller, id| store.write(|tx| token::revoke(tx, by, at(9), id));
        assert_eq!(code(revoke(&other, two.id)), Some("E-AUTH-11"));
        assert_eq!(code(revoke(&other, TokenId(99))), Some("E-AUTH-11"));
        revoke(&owner, two.id).expect("revoked");
        revoke(&owner, two.id).expect("revoked already");
        assert_eq!(code(door.by_token(at(9), &shown(12))), Some("E-AUTH-04"));
    });
}

#[test]
fn tokens_are_few_and_sleep_with_their_account() {
    each_engine(MIGRATIONS, |store| {
        account(store, "root", Role::Administrator);
        let mei = account(store, "mei", Role::Analyst);
        let door = door(store);
        sign_in(&door, 0, "mei", 1).expect("in");
        let owner = caller(&door, 0, 1);
        let make = |byte: u8| {
            let new = NewToken { name: "loader", role: Role::Analyst, expires: None };
            store.write(|tx| token::make(tx, &owner, at(0), &new, &Secret::new([byte; 32])))
        };
        for byte in 0..50 {
            make(byte).map(|_| ()).expect("made");
        }
        assert_eq!(code(make(50)), Some("E-AUTH-15"));
        let works = || door.by_token(at(1), &token::shown(&secret(7))).is_ok();
        assert!(works());
        let system = Actor::system();
        store.write(|tx| account::deactivate(tx, &system, at(1), mei.id)).expect("deactivated");
        assert!(!works());
        store.write(|tx| account::activate(tx, &system, at(1), mei.id)).expect("activated");
        assert!(works());
        assert!(caller(&door, 1, 1).account().is_none());
    });
}

#[test]
fn passwords_change() {
    each_engine(MIGRATIONS, |store| {
        account(store, "root", Role::Administrator);
        let mei = account(store, "mei", Role::Analyst);
        let door = door(store);
        let signed = sign_in(&door, 0, "root", 1).and_then(|_| sign_in(&door, 0, "mei", 2));
        signed.map(|_| ()).expect("in");
        let (root, own) = (caller(&door, 0, 1), caller(&door, 0, 2));
        let change = |password, wish| {
            let current = CurrentPassword { password, address: from(3) };
            let wish = WishedPassword { password: wish, salt: [2; 16] };
            door.change_password(at(1), &own, &current, &wish)
        };
        assert_eq!(code(change("wrong horse!", "battery staple")), Some("E-AUTH-01"));
        assert_eq!(code(change(GOOD, "mei mei mei mei")), Some("E-AUTH-07"));
        change(GOOD, "battery staple").expect("changed");
        assert!(caller(&door, 1, 2).account().is_none());
        assert_eq!(code(sign_in(&door, 2, "mei", 4)), Some("E-AUTH-01"));
        let wish = WishedPassword { password: GOOD, salt: [3; 16] };
        let by_mei = door.reset_password(at(3), &own, mei.id, &wish);
        assert_eq!(code(by_mei), Some("E-AUTH-05"));
        door.reset_password(at(3), &root, mei.id, &wish).expect("reset");
        assert_eq!(sign_in(&door, 4, "mei", 5).expect("in").id, mei.id);
        let candidate = Candidate { name: "tao tao", password: GOOD, salt: [4; 16] };
        let by_own = door.create_account(at(5), &own, &candidate, Role::Analyst, None);
        assert_eq!(code(by_own), Some("E-AUTH-05"));
        let tao = door.create_account(at(5), &root, &candidate, Role::Analyst, None);
        assert_eq!(tao.expect("created").id, AccountId(3));
    });
}

#[test]
fn every_refusal_has_its_code() {
    let errors = [
        Error::Credentials,
        Error::SignedOut,
        Error::Csrf,
        Error::Bearer,
        Error::Forbidden(Act::Import),
        Error::Setup,
        Error::Taken,
        Error::NoAccount,
        Error::NoToken,
        Error::LastAdministrator,
        Error::Full { of: "x", most: 1 },
        Error::Rate { retry_after_s: 1 },
    ];
    let mut codes: Vec<_> = errors.iter().filter_map(Error::code).collect();
    codes.dedup();
    assert_eq!(codes.len(), errors.len());
    for code in codes {
        assert!(include_str!("../README.md").contains(code), "{code}");
    }
    assert_eq!(Error::from(store::Error::Failed).code(), None);
}

#[test]
fn a_member_is_what_its_organization_makes_it() {
    each_engine(MIGRATIONS, |store| {
        let root = account(store, "root.mei", Role::Administrator);
        let by = root.id.actor();
        let new = |role, organization: Option<&str>| NewAccount {
            name: AccountName::parse("Li Na").expect("a name"),
            role,
            organization: organization.map(str::to_string),
            password: HASH.clone(),
        };
        for (role, organization) in [
            (Role::Member, None),
            (Role::Analyst, Some("E12")),
            (Role::Member, Some("")),
            (Role::Member, Some("E 12")),
            (Role::Anonymous, None),
        ] {
            let refused =
                store.write(|tx| account::create(tx, &by, at(1), &new(role, organization)));
            assert_eq!(code(refused), Some("E-AUTH-14"), "{organization:?}");
        }
        let made =
            store.write(|tx| account::create(tx, &by, at(1), &new(Role::Member, Some("E12"))));
        let made = made.expect("created");
        assert_eq!((made.role, made.organization.as_deref()), (Role::Member, Some("E12")));
        let found = store.read(|tx| account::get(tx, made.id)).expect("found");
        assert_eq!(found, made);
        let caller = Caller::with_session(made.clone(), Via::Nothing);
        assert_eq!(caller.organization(), Some("E12"));
        assert!(caller.allow(Act::ReadCases).is_ok() && caller.allow(Act::Import).is_err());

        let role = |to| store.write(|tx| account::set_role(tx, &by, at(2), made.id, to));
        let analyst = role(Role::Analyst).expect("changed");
        assert_eq!((analyst.role, analyst.organization), (Role::Analyst, None));
        assert_eq!(code(role(Role::Member)), Some("E-AUTH-14"), "without an organization");
        let join =
            |id, to: &str| store.write(|tx| account::set_organization(tx, &by, at(3), id, to));
        let moved = join(made.id, "E13").expect("changed");
        assert_eq!((moved.role, moved.organization.as_deref()), (Role::Member, Some("E13")));
        assert!(matches!(join(root.id, "E12"), Err(Error::LastAdministrator)));
    });
}
