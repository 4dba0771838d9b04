use super::*;
use crate::clock::tests::{ask, book, day, facts};
use proptest::prelude::*;

const PATENT: &str = "ZL202310000001.5";

fn licence(id: &str, kind: &str, field: &str, territory: &str, from: &str, to: &str) -> Value {
    json!({
        "id": id,
        "kind": kind,
        "licensee": format!("{id} Ltd"),
        "scope": {
            "right": PATENT, "fields": [field], "territories": [territory],
            "from": from, "to": to,
        },
    })
}

fn request(new: Value, others: Vec<Value>) -> Value {
    json!({
        "licence": new,
        "others": others,
        "patent": {"kind": "invention", "filed": "2023-03-01"},
        "effective": "2026-03-20",
    })
}

fn code(value: Value) -> Option<&'static str> {
    let book = book();
    let request: Request = facts(value);
    grant(&request, &ask(book, "shanghai", "2026-03-20")).map_err(|refusal| refusal.code).err()
}

#[test]
fn scenario_2_filing_and_the_second_exclusive() {
    let book = book();
    let law = ask(book, "shanghai", "2026-03-20");
    let first = licence("L1", "sole", "medicine", "china", "2026-03-20", "2036-03-20");
    let request_one: Request = facts(request(first.clone(), vec![]));
    let granted = grant(&request_one, &law).expect("granted");
    assert_eq!(granted.filing_due, Some(day("2026-06-22")));
    assert_eq!(granted.patent_end, Some(day("2043-03-01")));
    assert_eq!(granted.proof.first_wrong(), None);
    assert_eq!(granted.json()["filing_due"], "2026-06-22");
    assert_eq!(granted.json()["patent_end"], "2043-03-01");
    let due = granted.proof.find("filing_due").expect("in the proof");
    assert_eq!(due.cite.as_ref().map(|cite| cite.article.as_str()), Some("PR 15"));
    let second =
        licence("L2", "exclusive", "medicine/oncology", "china", "2027-01-01", "2030-01-01");
    let request_two: Request = facts(request(second, vec![first]));
    let refusal = grant(&request_two, &law).expect_err("overlaps");
    assert_eq!((refusal.code, refusal.rule.as_str()), ("E-LIC-01", "SPC 25"));
    assert_eq!(refusal.place.value.as_deref(), Some("L2"));
    assert!(refusal.message.en.contains("licence L1"));
    assert!(refusal.message.zh.contains("排他许可排斥"));
    let silent: Stated = facts(json!({"sublicence": false}));
    let kept = kind(&silent, &law).expect("kept");
    assert_eq!((kept.kind, kept.by_law), (Kind::Ordinary, true));
    assert_eq!(kept.json()["kind"], "ordinary");
    assert_eq!(kept.json()["by_law"], true);
}

#[test]
fn the_kind_of_a_licence() {
    let book = book();
    let law = ask(book, "china", "2026-03-20");
    for (clause, stated, kept, by_law) in [
        ("SPC 25 silent", json!({"sublicence": false}), "ordinary", true),
        ("SPC 25 named", json!({"sublicence": false, "kind": "exclusive"}), "exclusive", false),
        ("SPC 25 sole", json!({"sublicence": false, "kind": "sole"}), "sole", false),
        ("SPC 25 sublicence", json!({"sublicence": true, "kind": "exclusive"}), "ordinary", true),
        (
            "SPC 25 sublicence, ordinary",
            json!({"sublicence": true, "kind": "ordinary"}),
            "ordinary",
            false,
        ),
        ("SPC 25 sublicence, silent", json!({"sublicence": true}), "ordinary", true),
        (
            "SPC 25 agreed otherwise",
            json!({"sublicence": true, "kind": "sole", "otherwise_agreed": true}),
            "sole",
            false,
        ),
        (
            "SPC 25 agreed otherwise, silent",
            json!({"sublicence": true, "otherwise_agreed": true}),
            "ordinary",
            true,
        ),
    ] {
        let stated: Stated = facts(stated);
        let found = kind(&stated, &law).expect(clause);
        assert_eq!((found.kind.name(), found.by_law), (kept, by_law), "{clause}");
        assert_eq!(found.proof.cite.as_ref().map(|c| c.article.as_str()), Some("SPC 25"));
    }
}

#[test]
fn exclusivity_over_field_territory_and_time() {
    let live = |kind| licence("L1", kind, "medicine", "china/shanghai", "2026-01-01", "2030-01-01");
    for (clause, old, new, field, territory, from, to, refused) in [
        (
            "I4 the same",
            "exclusive",
            "exclusive",
            "medicine",
            "china/shanghai",
            "2026-01-01",
            "2030-01-01",
            true,
        ),
        (
            "I4 ordinary beside exclusive",
            "exclusive",
            "ordinary",
            "medicine",
            "china/shanghai",
            "2026-01-01",
            "2030-01-01",
            true,
        ),
        (
            "I4 exclusive beside ordinary",
            "ordinary",
            "exclusive",
            "medicine",
            "china/shanghai",
            "2026-01-01",
            "2030-01-01",
            true,
        ),
        (
            "SPC 25 ordinary beside sole",
            "sole",
            "ordinary",
            "medicine",
            "china/shanghai",
            "2026-01-01",
            "2030-01-01",
            true,
        ),
        (
            "SPC 25 sole beside ordinary",
            "ordinary",
            "sole",
            "medicine",
            "china/shanghai",
            "2026-01-01",
            "2030-01-01",
            true,
        ),
        (
            "SPC 25 ordinary beside ordinary",
            "ordinary",
            "ordinary",
            "medicine",
            "china/shanghai",
            "2026-01-01",
            "2030-01-01",
            false,
        ),
        (
            "field below",
            "exclusive",
            "exclusive",
            "medicine/oncology",
            "china/shanghai",
            "2026-01-01",
            "2030-01-01",
            true,
        ),
        (
            "field above",
            "exclusive",
            "exclusive",
            "all",
            "china/shanghai",
            "2026-01-01",
            "2030-01-01",
            true,
        ),
        (
            "field beside",
            "exclusive",
            "exclusive",
            "medicines",
            "china/shanghai",
            "2026-01-01",
            "2030-01-01",
            false,
        ),
        (
            "another field",
            "exclusive",
            "exclusive",
            "energy",
            "china/shanghai",
            "2026-01-01",
            "2030-01-01",
            false,
        ),
        (
            "territory above",
            "exclusive",
            "exclusive",
            "medicine",
            "china",
            "2026-01-01",
            "2030-01-01",
            true,
        ),
        (
            "territory everywhere",
            "exclusive",
            "exclusive",
            "medicine",
            "all",
            "2026-01-01",
            "2030-01-01",
            true,
        ),
        (
            "territory beside",
            "exclusive",
            "exclusive",
            "medicine",
            "china/beijing",
            "2026-01-01",
            "2030-01-01",
            false,
        ),
        (
            "starts as it ends",
            "exclusive",
            "exclusive",
            "medicine",
            "china",
            "2030-01-01",
            "2031-01-01",
            false,
        ),
        (
            "starts the day before",
            "exclusive",
            "exclusive",
            "medicine",
            "china",
            "2029-12-31",
            "2031-01-01",
            true,
        ),
        (
            "ends as it starts",
            "exclusive",
            "exclusive",
            "medicine",
            "china",
            "2025-01-01",
            "2026-01-01",
            false,
        ),
        (
            "ends the day after",
            "exclusive",
            "exclusive",
            "medicine",
            "china",
            "2025-01-01",
            "2026-01-02",
            true,
        ),
    ] {
        let new = licence("L2", new, field, territory, from, to);
        let expected = refused.then_some("E-LIC-01");
        assert_eq!(code(request(new, vec![live(old)])), expected, "{clause}");
    }
    let mut ended = live("exclusive");
    ended["ended"] = json!("2027-01-01");
    let new = |from| licence("L2", "exclusive", "medicine", "china", from, "2029-01-01");
    assert_eq!(code(request(new("2027-01-01"), vec![ended.clone()])), None);
    assert_eq!(code(request(new("2026-12-31"), vec![ended.clone()])), Some("E-LIC-01"));
    ended["ended"] = json!("2026-01-01");
    assert_eq!(code(request(new("2026-01-01"), vec![ended.clone()])), None);
    // Ended later than it would have: it still ends as agreed.
    ended["ended"] = json!("2035-01-01");
    let after = licence("L2", "exclusive", "medicine", "china", "2030-01-01", "2031-01-01");
    assert_eq!(code(request(after, vec![ended])), None);
    let mut other = live("exclusive");
    other["scope"]["right"] = json!("another");
    assert_eq!(code(request(new("2026-01-01"), vec![other])), None);
}

#[test]
fn messages_name_who_bars_whom() {
    let book = book();
    let law = ask(book, "shanghai", "2026-03-20");
    let ordinary = licence("L1", "ordinary", "a", "all", "2026-01-01", "2030-01-01");
    let exclusive = licence("L2", "exclusive", "a", "all", "2026-01-01", "2030-01-01");
    let asked: Request = facts(request(exclusive, vec![ordinary]));
    let refusal = grant(&asked, &law).expect_err("bars");
    assert!(refusal.message.en.ends_with("exclusive licence L2 keeps other licensees out"));
    assert!(refusal.message.en.contains("(ZL202310000001.5 a all 2026-01-01..2030-01-01)"));
    assert!(refusal.message.zh.contains("独占许可排斥"));
}

#[test]
fn a_licence_ends_within_the_life_of_the_patent() {
    let to = |to| request(licence("L1", "ordinary", "a", "all", "2026-03-20", to), vec![]);
    assert_eq!(code(to("2043-03-01")), None, "I5, CC 865: the last day it may run to");
    assert_eq!(code(to("2043-03-02")), Some("E-LIC-02"), "I5, CC 865: a day more");
    let mut know_how = to("2090-01-01");
    know_how["patent"] = Value::Null;
    assert_eq!(code(know_how.clone()), None);
    let asked: Request = facts(know_how);
    let granted = grant(&asked, &ask(book(), "china", "2026-03-20")).expect("granted");
    assert_eq!((granted.filing_due, granted.patent_end), (None, None), "PR 15 is for patents");
    let asked: Request = facts(to("2043-03-02"));
    let refusal = grant(&asked, &ask(book(), "china", "2026-03-20")).expect_err("too long");
    assert_eq!(refusal.rule, "CC 865");
    assert_eq!(refusal.place.value.as_deref(), Some("2043-03-02"));
    assert!(refusal.message.en.contains("2043-03-01"));
}

#[test]
fn scopes_that_are_none_are_refused() {
    let base = licence("L1", "ordinary", "a", "all", "2026-03-20", "2027-03-20");
    let with = |at: &str, value: Value| {
        let mut licence = base.clone();
        licence["scope"][at] = value;
        code(request(licence, vec![]))
    };
    assert_eq!(with("to", json!("2026-03-20")), Some("E-DATE-02"));
    assert_eq!(with("to", json!("2026-03-21")), None);
    assert_eq!(with("fields", json!([])), Some("E-INPUT-01"));
    assert_eq!(with("territories", json!([])), Some("E-INPUT-01"));
    assert_eq!(with("fields", json!(["a", " / "])), Some("E-INPUT-01"));
    assert_eq!(with("fields", json!(vec!["a"; 10_000])), None);
    assert_eq!(with("fields", json!(vec!["a"; 10_001])), Some("E-SIZE"));
    let many = vec![licence("L0", "ordinary", "a", "all", "2026-03-20", "2027-03-20"); 10_001];
    assert_eq!(code(request(base.clone(), many)), Some("E-SIZE"));
    let mut torn = base.clone();
    torn["scope"]["to"] = json!("2020-01-01");
    assert_eq!(code(request(base.clone(), vec![torn])), Some("E-DATE-02"));
}

#[test]
fn open_licences_bar_exclusive_ones() {
    let open = |kind: &str, from: &str, withdrawn: Option<&str>| {
        let new = licence("L1", kind, "a", "all", "2026-03-20", "2030-03-20");
        let mut value = request(new, vec![]);
        value["open"] = json!([{"from": from, "withdrawn": withdrawn}]);
        code(value)
    };
    for (clause, kind, from, withdrawn, refused) in [
        ("PL 51 exclusive", "exclusive", "2026-01-01", None, true),
        ("PL 51 sole", "sole", "2026-01-01", None, true),
        ("PL 51 ordinary", "ordinary", "2026-01-01", None, false),
        ("PL 50 withdrawn", "exclusive", "2026-01-01", Some("2026-03-20"), false),
        ("PL 50 withdrawn a day later", "exclusive", "2026-01-01", Some("2026-03-21"), true),
        ("PL 51 declared after its end", "exclusive", "2030-03-20", None, false),
        ("PL 51 declared before its end", "exclusive", "2030-03-19", None, true),
    ] {
        assert_eq!(open(kind, from, withdrawn), refused.then_some("E-LIC-03"), "{clause}");
    }
    let book = book();
    let law = ask(book, "china", "2026-03-20");
    let declare = |kind: &str, report: Option<bool>, on: &str, licences: Vec<Value>| {
        let declaration: Declaration = facts(json!({
            "patent": {"kind": kind, "filed": "2023-03-01"},
            "right": PATENT, "on": on, "report": report, "licences": licences,
        }));
        declare_open(&declaration, &law)
    };
    let code = |found: Result<Declared, Refusal>| found.map_err(|refusal| refusal.code).err();
    let found = declare("invention", None, "2026-03-20", vec![]).expect("declared");
    assert_eq!(found.patent_end, day("2043-03-01"));
    assert_eq!(found.json()["patent_end"], "2043-03-01");
    for (clause, kind, report, refused) in [
        ("PL 50 utility, no report", "utility", Some(false), true),
        ("PL 50 utility, unknown", "utility", None, true),
        ("PL 50 design, no report", "design", Some(false), true),
        ("PL 50 utility, report", "utility", Some(true), false),
        ("PL 50 invention, no report", "invention", Some(false), false),
    ] {
        let found = declare(kind, report, "2026-03-20", vec![]);
        assert_eq!(code(found), refused.then_some("E-LIC-03"), "{clause}");
    }
    for (report, shown) in [(Some(true), "true"), (None, "false")] {
        let found = declare("invention", report, "2026-03-20", vec![]).expect("declared");
        let said = found.proof.find("report").map(|one| one.value.text());
        assert_eq!(said.as_deref(), Some(shown));
    }
    let live = |kind: &str| vec![licence("L1", kind, "a", "all", "2026-01-01", "2027-01-01")];
    let at = |kind: &str, on: &str| code(declare("invention", None, on, live(kind)));
    assert_eq!(at("exclusive", "2026-12-31"), Some("E-LIC-03"));
    assert_eq!(at("sole", "2026-12-31"), Some("E-LIC-03"));
    assert_eq!(at("exclusive", "2027-01-01"), None);
    assert_eq!(at("ordinary", "2026-12-31"), None);
    assert_eq!(at("ordinary", "2043-02-28"), None);
    assert_eq!(at("ordinary", "2043-03-01"), Some("E-LIC-02"));
    let mut other = live("exclusive");
    other[0]["scope"]["right"] = json!("another");
    assert_eq!(code(declare("invention", None, "2026-12-31", other)), None);
}

#[test]
fn sublicences_need_a_head_that_allows_them() {
    let head = |may: Option<bool>| {
        let mut head = licence("L1", "exclusive", "medicine", "china", "2026-01-01", "2030-01-01");
        head["may_sublicense"] = json!(may);
        head
    };
    let sub = |kind: &str, field: &str, territory: &str, from: &str, to: &str| {
        let mut sub = licence("S1", kind, field, territory, from, to);
        sub["under"] = json!("L1");
        sub
    };
    for (clause, may, field, territory, from, to, refused) in [
        (
            "granted",
            Some(true),
            "medicine/oncology",
            "china/shanghai",
            "2026-01-01",
            "2030-01-01",
            false,
        ),
        ("not granted", Some(false), "medicine", "china", "2026-01-01", "2030-01-01", true),
        ("not known", None, "medicine", "china", "2026-01-01", "2030-01-01", true),
        ("wider field", Some(true), "all", "china", "2026-01-01", "2030-01-01", true),
        ("wider territory", Some(true), "medicine", "all", "2026-01-01", "2030-01-01", true),
        ("earlier", Some(true), "medicine", "china", "2025-12-31", "2030-01-01", true),
        ("longer", Some(true), "medicine", "china", "2026-01-01", "2030-01-02", true),
    ] {
        let asked = request(sub("ordinary", field, territory, from, to), vec![head(may)]);
        assert_eq!(code(asked), refused.then_some("E-LIC-04"), "{clause}");
    }
    let plain = || sub("ordinary", "medicine", "china", "2026-01-01", "2030-01-01");
    assert_eq!(code(request(plain(), vec![])), Some("E-LIC-04"), "no such head");
    let mut ended = head(Some(true));
    ended["ended"] = json!("2029-01-01");
    assert_eq!(code(request(plain(), vec![ended])), Some("E-LIC-04"), "the head was ended");
    // Two sublicences: an exclusive one keeps its sister out, an ordinary one does not.
    let mut sister = sub("ordinary", "medicine", "china", "2026-01-01", "2030-01-01");
    sister["id"] = json!("S2");
    assert_eq!(code(request(plain(), vec![head(Some(true)), sister.clone()])), None);
    let exclusive = sub("exclusive", "medicine", "china", "2026-01-01", "2030-01-01");
    let asked = request(exclusive, vec![head(Some(true)), sister]);
    assert_eq!(code(asked), Some("E-LIC-01"));
    // Within one of several fields, and not within another.
    let mut broad = head(Some(true));
    broad["scope"]["fields"] = json!(["energy", "medicine"]);
    let mut two = sub("ordinary", "medicine/oncology", "china", "2026-01-01", "2030-01-01");
    assert_eq!(code(request(two.clone(), vec![broad.clone()])), None);
    two["scope"]["fields"] = json!(["medicine", "transport"]);
    assert_eq!(code(request(two, vec![broad])), Some("E-LIC-04"));
    // Under a sublicence the heads above it are no rivals; one beside them is.
    let mut middle = plain();
    middle["may_sublicense"] = json!(true);
    let mut below = sub("ordinary", "medicine", "china", "2026-01-01", "2029-01-01");
    below["id"] = json!("S9");
    below["under"] = json!("S1");
    assert_eq!(code(request(below, vec![head(Some(true)), middle])), None);
    let mut open_head = head(Some(true));
    open_head["kind"] = json!("ordinary");
    let beside = licence("L2", "ordinary", "medicine", "china", "2026-01-01", "2030-01-01");
    assert_eq!(code(request(plain(), vec![open_head.clone(), beside.clone()])), None);
    let exclusive = sub("exclusive", "medicine", "china", "2026-01-01", "2030-01-01");
    assert_eq!(code(request(exclusive, vec![open_head, beside])), Some("E-LIC-01"), "I4");
    // A sublicence without its head would be a rival of the head.
    let mut free = plain();
    free["under"] = Value::Null;
    assert_eq!(code(request(free, vec![head(Some(true))])), Some("E-LIC-01"));
}

#[test]
fn the_licensor_itself_is_out_under_an_exclusive_licence_only() {
    let book = book();
    let law = ask(book, "china", "2026-03-20");
    let scope = |from: &str| json!({"right": PATENT, "fields": ["a"], "territories": ["all"], "from": from, "to": "2040-01-01"});
    for (clause, kind, from, refused) in [
        ("SPC 25 exclusive", "exclusive", "2026-12-31", true),
        ("SPC 25 exclusive, ended", "exclusive", "2027-01-01", false),
        ("SPC 25 sole", "sole", "2026-12-31", false),
        ("SPC 25 ordinary", "ordinary", "2026-12-31", false),
    ] {
        let licences = vec![licence("L1", kind, "a", "all", "2026-01-01", "2027-01-01")];
        let asked: OwnUse = facts(json!({"scope": scope(from), "licences": licences}));
        let found = own_use(&asked, &law);
        assert_eq!(
            found.as_ref().map_err(|r| r.code).err(),
            refused.then_some("E-LIC-01").as_ref().copied(),
            "{clause}"
        );
        if let Ok(found) = found {
            assert_eq!(found.json()["allowed"], true);
            assert_eq!(
                found.proof.find("scope").map(|p| p.value.text()).as_deref(),
                Some(format!("{PATENT} a all {from}..2040-01-01").as_str())
            );
        }
    }
    // One that was ended as it began never kept anyone out.
    let mut never = licence("L1", "exclusive", "a", "all", "2026-01-01", "2027-01-01");
    never["ended"] = json!("2026-01-01");
    let asked: OwnUse = facts(json!({"scope": scope("2026-01-01"), "licences": [never.clone()]}));
    assert!(own_use(&asked, &law).is_ok());
    let asked: Declaration = facts(json!({
        "patent": {"kind": "invention", "filed": "2023-03-01"}, "right": PATENT,
        "on": "2026-01-01", "licences": [never],
    }));
    assert!(declare_open(&asked, &law).is_ok());
    let mut torn = scope("2026-01-01");
    torn["to"] = json!("2026-01-01");
    let asked: OwnUse = facts(json!({"scope": torn, "licences": []}));
    assert_eq!(own_use(&asked, &law).map_err(|r| r.code).err(), Some("E-DATE-02"));
}

const LEAVES: [&str; 3] = ["m/o", "m/c", "e"];

/// A node of the little tree of fields, and the leaves below it.
fn node() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec!["all", "m", "m/o", "m/c", "e"])
}

fn under(node: &str, leaf: &str) -> bool {
    node == "all" || node == leaf || (node == "m" && leaf.starts_with("m/"))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn two_live_exclusives_never_overlap(
        asked in prop::collection::vec(
            (node(), node(), 0i32..40, 1i32..20, prop::sample::select(vec![Kind::Exclusive, Kind::Sole, Kind::Ordinary])),
            1..20,
        ),
    ) {
        let book = book();
        let law = ask(book, "china", "2026-03-20");
        let start = day("2026-01-01").number();
        let mut live: Vec<Licence> = Vec::new();
        for (at, (field, territory, from, length, kind)) in asked.into_iter().enumerate() {
            let scope = Scope {
                right: PATENT.to_string(),
                fields: vec![field.to_string()],
                territories: vec![territory.to_string()],
                from: On(Day::from_number(start + from)),
                to: On(Day::from_number(start + from + length)),
            };
            let licence = Licence {
                id: format!("L{at}"), scope, kind, licensee: format!("C{at}"),
                may_sublicense: None, under: None, ended: None,
            };
            let request = Request {
                licence: licence.clone(), others: live.clone(), patent: None, open: Vec::new(),
                effective: On(day("2026-03-20")),
            };
            if grant(&request, &law).is_ok() {
                live.push(licence);
            }
        }
        prop_assert!(!live.is_empty());
        for field in LEAVES {
            for territory in LEAVES {
                for on in start..start + 60 {
                    let here: Vec<&Licence> = live.iter().filter(|one| {
                        one.scope.fields.iter().any(|node| under(node, field))
                            && one.scope.territories.iter().any(|node| under(node, territory))
                            && one.scope.from.0.number() <= on && on < one.scope.to.0.number()
                    }).collect();
                    let bars = here.iter().any(|one| one.kind != Kind::Ordinary);
                    prop_assert!(!bars || here.len() == 1);
                }
            }
        }
    }
}

/// The law of some day may make any kind the one that silence means: each is found by its name.
#[test]
fn each_kind_is_found_by_its_name() {
    for kind in [Kind::Exclusive, Kind::Sole, Kind::Ordinary] {
        assert_eq!(Kind::from_name(kind.name()), Some(kind));
    }
    assert_eq!(Kind::from_name("as_stated"), None);
}
