use super::*;
use crate::clock::tests::{ask, book, day, facts};
use proptest::prelude::*;

const FIELDS: [&str; 12] = [
    "name",
    "content",
    "scope",
    "requirements",
    "plan",
    "place",
    "manner",
    "confidentiality",
    "ownership",
    "income_sharing",
    "acceptance",
    "definitions",
];

fn patent() -> Value {
    json!({
        "granted": true, "title": "A catalyst", "holder": "The institute", "filed": "2023-03-01",
        "application_number": "202310000001.5", "patent_number": "ZL202310000001.5",
        "term_end": "2043-03-01",
    })
}

fn contract(kind: &str) -> Value {
    let content: serde_json::Map<String, Value> =
        FIELDS.iter().map(|field| (field.to_string(), json!("said"))).collect();
    json!({
        "kind": kind, "form": "written", "content": content, "concerns_patents": true,
        "patents": [patent()],
        "price": {"total": "3000000.00", "items": [], "non_technical": false},
        "payment": {"form": "once"}, "signed": "2026-03-18",
    })
}

fn checked(value: Value) -> Result<Checked, Refusal> {
    let book = book();
    let contract: Contract = facts(value);
    check(&contract, &ask(book, "shanghai", "2026-03-18"))
}

fn code(value: Value) -> Option<&'static str> {
    checked(value).map_err(|refusal| refusal.code).err()
}

#[test]
fn a_contract_says_all_of_cc_845() {
    for kind in [
        "development_commissioned",
        "development_cooperative",
        "transfer",
        "licence",
        "consulting",
        "service",
    ] {
        let found = checked(contract(kind)).expect(kind);
        assert_eq!(found.turnover.technical, Fen::new(300_000_000).expect("fen"));
        assert_eq!(found.proof.first_wrong(), None);
        assert_eq!(found.licence.is_some(), kind == "licence");
        assert!(found.proof.find("form_fits").is_some());
        assert_eq!(found.json()["technical"], "3000000.00");
        assert_eq!(found.json()["total"], "3000000.00");
    }
    for field in FIELDS {
        for value in [Value::Null, json!("  ")] {
            let mut one = contract("service");
            one["content"][field] = value;
            let refusal = checked(one).expect_err(field);
            assert_eq!((refusal.code, refusal.rule.as_str()), ("E-CON-01", "CC 845"));
            assert_eq!(refusal.place.value.as_deref(), Some(field));
        }
    }
}

#[test]
fn form_by_type() {
    for (clause, kind, form, refused) in [
        ("CC 851 oral", "development_commissioned", Some("oral"), true),
        ("CC 851 cooperative, oral", "development_cooperative", Some("oral"), true),
        ("CC 851 unknown", "development_commissioned", None, true),
        ("CC 863 transfer, oral", "transfer", Some("oral"), true),
        ("CC 863 licence, oral", "licence", Some("oral"), true),
        ("CC 863 electronic", "transfer", Some("electronic"), false),
        ("CC 851 written", "development_commissioned", Some("written"), false),
        ("service, oral", "service", Some("oral"), false),
        ("consulting, unknown", "consulting", None, false),
        ("training, oral", "training", Some("oral"), false),
    ] {
        let mut one = contract(kind);
        one["form"] = json!(form);
        let found = checked(one);
        if let Err(refusal) = &found {
            assert_eq!(refusal.rule, if kind.starts_with("dev") { "CC 851" } else { "CC 863" });
            assert_eq!(refusal.place.value.as_deref(), Some(form.unwrap_or("unknown")));
        }
        assert_eq!(found.map_err(|r| r.code).err(), refused.then_some("E-CON-02"), "{clause}");
    }
}

#[test]
fn patents_are_named_with_their_data() {
    for field in ["title", "holder", "filed", "application_number", "patent_number", "term_end"] {
        let mut one = contract("transfer");
        one["patents"][0][field] = Value::Null;
        let refusal = checked(one.clone()).expect_err(field);
        assert_eq!((refusal.code, refusal.rule.as_str()), ("E-CON-03", "CC 845"));
        assert_eq!(refusal.place.value.as_deref(), Some(field));
        assert_eq!(refusal.place.column.as_deref(), Some("patents/0"));
        // An application has no patent number and no term yet.
        one["patents"][0]["granted"] = json!(false);
        let open = matches!(field, "patent_number" | "term_end");
        assert_eq!(code(one), (!open).then_some("E-CON-03"), "{field}");
    }
    let with = |kind: &str, concerns: Option<bool>, patents: Vec<Value>| {
        let mut one = contract(kind);
        one["concerns_patents"] = json!(concerns);
        one["patents"] = json!(patents);
        code(one)
    };
    assert_eq!(with("service", Some(true), vec![]), Some("E-CON-03"));
    assert_eq!(with("service", Some(false), vec![]), None);
    assert_eq!(with("service", None, vec![]), None);
    assert_eq!(with("transfer", None, vec![]), Some("E-CON-03"));
    assert_eq!(with("licence", None, vec![]), Some("E-CON-03"));
    assert_eq!(with("licence", None, vec![patent()]), None);
    assert_eq!(with("transfer", Some(false), vec![]), None);
    assert_eq!(with("service", Some(true), vec![patent(); 10_001]), Some("E-SIZE"));
    for field in ["application_number", "patent_number"] {
        let mut one = contract("transfer");
        one["patents"][0][field] = json!("ZL202310000001.6");
        let refusal = checked(one).expect_err("check digit");
        assert_eq!((refusal.code, refusal.place.column.as_deref()), ("E-ID-02", Some("patents/0")));
    }
}

#[test]
fn non_technical_sums_are_itemised() {
    let book = book();
    let law = ask(book, "china", "2026-03-18");
    let item =
        |part: &str, amount: Option<&str>| json!({"name": part, "part": part, "amount": amount});
    for (clause, total, items, non_technical, expected) in [
        ("SPC 14 none", "100.00", vec![], Some(false), Ok("100.00")),
        (
            "SPC 14 equipment",
            "3600000.00",
            vec![item("equipment", Some("850000.00"))],
            Some(true),
            Ok("2750000.00"),
        ),
        (
            "SPC 14 not said, but listed",
            "100.00",
            vec![item("material", Some("30.00"))],
            None,
            Ok("70.00"),
        ),
        (
            "SPC 14 all kinds",
            "100.00",
            vec![
                item("equipment", Some("1.00")),
                item("material", Some("2.00")),
                item("other", Some("4.00")),
                item("technical", Some("50.00")),
            ],
            Some(true),
            Ok("93.00"),
        ),
        (
            "SPC 14 all of it",
            "100.00",
            vec![item("equipment", Some("100.00"))],
            Some(true),
            Ok("0.00"),
        ),
        ("SPC 14 not itemised", "100.00", vec![], Some(true), Err("E-REG-02")),
        ("SPC 14 not known", "100.00", vec![], None, Err("E-REG-02")),
        (
            "SPC 14 only technical listed",
            "100.00",
            vec![item("technical", Some("50.00"))],
            Some(true),
            Err("E-REG-02"),
        ),
        (
            "SPC 14 amount unknown",
            "100.00",
            vec![item("equipment", None)],
            Some(true),
            Err("E-REG-02"),
        ),
        (
            "contradiction",
            "100.00",
            vec![item("equipment", Some("1.00"))],
            Some(false),
            Err("E-INPUT-01"),
        ),
        (
            "past the price",
            "100.00",
            vec![item("equipment", Some("60.00")), item("technical", Some("40.01"))],
            Some(true),
            Err("E-INPUT-01"),
        ),
        (
            "to the price",
            "100.00",
            vec![item("equipment", Some("60.00")), item("technical", Some("40.00"))],
            Some(true),
            Ok("40.00"),
        ),
        (
            "negative item",
            "100.00",
            vec![item("equipment", Some("-0.01"))],
            Some(true),
            Err("E-MONEY-02"),
        ),
        ("negative price", "-0.01", vec![], Some(false), Err("E-MONEY-02")),
        ("a price of nothing", "0.00", vec![], Some(false), Ok("0.00")),
        (
            "past all bounds",
            "10000000000000.00",
            vec![item("equipment", Some("10000000000000.00")), item("other", Some("0.01"))],
            Some(true),
            Err("E-INPUT-01"),
        ),
        (
            "too many",
            "100.00",
            vec![item("technical", Some("0.00")); 10_001],
            Some(false),
            Err("E-SIZE"),
        ),
    ] {
        let price: Price =
            facts(json!({"total": total, "items": items, "non_technical": non_technical}));
        let found = turnover(&price, &law);
        if let Ok(found) = &found {
            assert_eq!(found.total.to_string(), total);
            assert_eq!(found.json()["total"], total);
            assert_eq!(found.json()["technical"], found.technical.to_string());
            assert_eq!(found.proof.first_wrong(), None, "{clause}");
            assert_eq!(found.proof.how, "difference");
            assert_eq!(found.proof.cite.as_ref().map(|c| c.article.as_str()), Some("SPC 14"));
        }
        let found = found.map(|found| found.technical.to_string()).map_err(|refusal| refusal.code);
        assert_eq!(found, expected.map(str::to_string), "{clause}");
    }
}

#[test]
fn forms_of_payment() {
    let royalty =
        |rates: &[&str], base: Option<&str>| json!({"base": base, "rates": rates, "audit": true});
    for (clause, payment, expected) in [
        ("CC 846 once", json!({"form": "once"}), Ok("-")),
        (
            "CC 846 instalments",
            json!({"form": "instalments", "amounts": ["1000000.00", "2000000.00"]}),
            Ok("-"),
        ),
        (
            "CC 846 instalments short",
            json!({"form": "instalments", "amounts": ["1000000.00", "1999999.99"]}),
            Err("E-CON-01"),
        ),
        (
            "CC 846 instalments, none",
            json!({"form": "instalments", "amounts": []}),
            Err("E-CON-01"),
        ),
        (
            "CC 846 instalments, negative",
            json!({"form": "instalments", "amounts": ["-1.00", "3000001.00"]}),
            Err("E-MONEY-02"),
        ),
        (
            "CC 846 fixed",
            json!({"form": "royalty", "royalty": royalty(&["3%"], Some("sales"))}),
            Ok("fixed"),
        ),
        (
            "CC 846 the same",
            json!({"form": "royalty", "royalty": royalty(&["3%", "3%"], Some("profit"))}),
            Ok("fixed"),
        ),
        (
            "CC 846 rising",
            json!({"form": "royalty", "royalty": royalty(&["2%", "3%", "3%"], Some("new_output"))}),
            Ok("rising"),
        ),
        (
            "CC 846 falling",
            json!({"form": "royalty", "royalty": royalty(&["3%", "2%"], Some("product_price"))}),
            Ok("falling"),
        ),
        (
            "CC 846 up and down",
            json!({"form": "royalty", "royalty": royalty(&["2%", "3%", "2%"], Some("sales"))}),
            Err("E-CON-01"),
        ),
        (
            "CC 846 no base",
            json!({"form": "royalty", "royalty": royalty(&["3%"], None)}),
            Err("E-CON-01"),
        ),
        (
            "CC 846 no rate",
            json!({"form": "royalty", "royalty": royalty(&[], Some("sales"))}),
            Err("E-CON-01"),
        ),
        (
            "a rate past all of it",
            json!({"form": "royalty", "royalty": royalty(&["101%"], Some("sales"))}),
            Err("E-SHARE-02"),
        ),
        (
            "CC 846 entry and royalty",
            json!({"form": "entry_and_royalty", "entry": "500000.00", "royalty": royalty(&["3%"], Some("sales"))}),
            Ok("fixed"),
        ),
        (
            "entry below nothing",
            json!({"form": "entry_and_royalty", "entry": "-0.01", "royalty": royalty(&["3%"], Some("sales"))}),
            Err("E-MONEY-02"),
        ),
        (
            "no entry, all the same",
            json!({"form": "entry_and_royalty", "entry": "0.00", "royalty": royalty(&["3%"], Some("sales"))}),
            Ok("fixed"),
        ),
    ] {
        let mut one = contract("licence");
        one["payment"] = payment;
        let found = checked(one);
        if let Ok(found) = &found {
            assert_eq!(found.json()["run"], json!(found.run.map(Run::name)));
        }
        let found = found.map(|found| found.run.map_or("-", Run::name)).map_err(|r| r.code);
        assert_eq!(found, expected, "{clause}");
    }
    let mut one = contract("licence");
    let mut unaudited = royalty(&["3%"], Some("sales"));
    unaudited["audit"] = json!(false);
    one["payment"] = json!({"form": "royalty", "royalty": unaudited});
    one["licence"] = json!({"sublicence": false, "kind": "sole"});
    let found = checked(one.clone()).expect("a licence");
    assert_eq!(found.notes, ["no_audit_of_books"]);
    assert_eq!(found.json()["licence"], "sole");
    one["licence"] = Value::Null;
    one["payment"] = json!({"form": "once"});
    let found = checked(one).expect("a licence");
    assert_eq!(found.notes, ["licence_kind_by_law"], "SPC 25");
    assert_eq!(found.json()["licence"], "ordinary");
    assert_eq!(found.json()["notes"], json!(["licence_kind_by_law"]));
}

#[test]
fn types_by_content() {
    let book = book();
    let law = ask(book, "china", "2026-03-18");
    let dev = |developed: Option<bool>, existing: Option<bool>, pays: Option<bool>| json!({"to_be_developed": developed, "only_existing": existing, "one_side_pays_only": pays});
    let (yes, no) = (Some(true), Some(false));
    for (clause, stated, traits, fit, kind, article) in [
        (
            "SPC 17 retouching",
            "development_commissioned",
            dev(no, yes, yes),
            "reclassified",
            Some("service"),
            Some("SPC 17"),
        ),
        (
            "SPC 17 mastered already",
            "development_cooperative",
            dev(no, no, no),
            "reclassified",
            Some("service"),
            Some("SPC 17"),
        ),
        (
            "SPC 17 use of the existing",
            "development_commissioned",
            dev(yes, yes, yes),
            "reclassified",
            Some("service"),
            Some("SPC 17"),
        ),
        (
            "SPC 17 new",
            "development_commissioned",
            dev(yes, no, None),
            "fits",
            Some("development_commissioned"),
            None,
        ),
        (
            "SPC 17 not known",
            "development_commissioned",
            dev(None, no, yes),
            "unknown",
            None,
            Some("SPC 17"),
        ),
        (
            "SPC 17 use not known",
            "development_commissioned",
            dev(yes, None, yes),
            "unknown",
            None,
            Some("SPC 17"),
        ),
        (
            "SPC 19 money only",
            "development_cooperative",
            dev(yes, no, yes),
            "reclassified",
            Some("development_commissioned"),
            Some("SPC 19"),
        ),
        (
            "SPC 19 both",
            "development_cooperative",
            dev(yes, no, no),
            "fits",
            Some("development_cooperative"),
            None,
        ),
        (
            "SPC 19 not known",
            "development_cooperative",
            dev(yes, no, None),
            "unknown",
            None,
            Some("SPC 19"),
        ),
        (
            "SPC 22 existing",
            "transfer",
            json!({"to_be_developed": false, "existing_specific": true}),
            "fits",
            Some("transfer"),
            None,
        ),
        (
            "SPC 22 still to be developed",
            "transfer",
            json!({"to_be_developed": true, "existing_specific": true}),
            "reclassified",
            Some("development_commissioned"),
            Some("SPC 22"),
        ),
        (
            "SPC 22 general knowledge",
            "licence",
            json!({"to_be_developed": false, "existing_specific": false}),
            "reclassified",
            Some("service"),
            Some("SPC 22"),
        ),
        (
            "SPC 22 licence",
            "licence",
            json!({"to_be_developed": false, "existing_specific": true}),
            "fits",
            Some("licence"),
            None,
        ),
        (
            "SPC 22 not known",
            "licence",
            json!({"existing_specific": true}),
            "unknown",
            None,
            Some("SPC 22"),
        ),
        (
            "SPC 22 what is not known",
            "licence",
            json!({"to_be_developed": false}),
            "unknown",
            None,
            Some("SPC 22"),
        ),
        (
            "SPC 22 guaranteed, title",
            "investment",
            json!({"takes_part": false, "guaranteed_return": true, "title_moves": true}),
            "reclassified",
            Some("transfer"),
            Some("SPC 22"),
        ),
        (
            "SPC 22 guaranteed, use",
            "investment",
            json!({"takes_part": false, "guaranteed_return": true, "title_moves": false}),
            "reclassified",
            Some("licence"),
            Some("SPC 22"),
        ),
        (
            "SPC 22 takes part",
            "investment",
            json!({"takes_part": true, "guaranteed_return": true, "title_moves": true}),
            "not_technical",
            None,
            Some("SPC 22"),
        ),
        (
            "SPC 22 no guarantee",
            "investment",
            json!({"takes_part": false, "guaranteed_return": false}),
            "not_technical",
            None,
            Some("SPC 22"),
        ),
        (
            "SPC 22 part not known",
            "investment",
            json!({"guaranteed_return": true, "title_moves": true}),
            "unknown",
            None,
            Some("SPC 22"),
        ),
        (
            "SPC 22 return not known",
            "investment",
            json!({"takes_part": false, "title_moves": true}),
            "unknown",
            None,
            Some("SPC 22"),
        ),
        (
            "SPC 22 title not known",
            "investment",
            json!({"takes_part": false, "guaranteed_return": true}),
            "unknown",
            None,
            Some("SPC 22"),
        ),
        ("CC 878 works", "service", json!({"works": true}), "not_technical", None, Some("CC 878")),
        ("CC 878 service", "service", json!({"works": false}), "fits", Some("service"), None),
        ("CC 878 not known", "service", json!({}), "unknown", None, Some("CC 878")),
        ("CC 878 consulting", "consulting", json!({}), "fits", Some("consulting"), None),
        ("CC 887 intermediary", "intermediary", json!({}), "not_technical", None, Some("CC 887")),
        ("CC 887 training", "training", json!({}), "not_technical", None, Some("CC 887")),
    ] {
        let mut traits = traits;
        traits["stated"] = json!(stated);
        let traits: Traits = facts(traits);
        let found = classify(&traits, &law).expect(clause);
        assert_eq!(found.fit.name(), fit, "{clause}");
        assert_eq!(found.kind.map(Kind::name), kind, "{clause}");
        assert_eq!(found.reason.as_ref().map(|one| one.article.as_str()), article, "{clause}");
        assert_eq!(found.stated.name(), stated);
        assert_eq!(found.proof.first_wrong(), None);
        let said =
            found.reason.as_ref().map(|one| (one.text.zh.is_empty(), one.text.en.is_empty()));
        assert_eq!(said, article.map(|_| (false, false)), "{clause}");
        let json = found.json();
        assert_eq!((&json["fit"], &json["kind"]), (&json!(fit), &json!(kind)));
        assert_eq!(json["stated"], stated);
        assert_eq!(json["reason"]["article"], json!(article));
    }
    let traits: Traits = facts(json!({"stated": "service"}));
    let found = classify(&traits, &law).expect("classified");
    assert_eq!(found.reason.map(|one| one.text.en).as_deref(), Some("it is not known: works"));
}

#[test]
fn scenario_2_the_right_to_end_a_contract() {
    let book = book();
    let law = ask(book, "shanghai", "2028-05-08");
    for (clause, performed, until, right) in [
        ("SPC 15 unpaid", None, "2028-06-07", Some("2028-06-08")),
        ("SPC 15 paid on the last day", Some("2028-06-07"), "2028-06-07", None),
        ("SPC 15 paid a day late", Some("2028-06-08"), "2028-06-07", Some("2028-06-08")),
    ] {
        let demand: Demand = facts(json!({"demanded": "2028-05-08", "performed": performed}));
        let found = delay(&demand, &law).expect(clause);
        assert_eq!((found.until, found.right_from), (day(until), right.map(day)), "{clause}");
        assert_eq!(found.json()["right_from"], json!(right));
        assert_eq!(found.json()["until"], until);
        assert_eq!(found.proof.value, kernel::proof::Shown::Truth(right.is_some()));
    }
    let demand: Demand = facts(json!({"demanded": "2028-05-08", "performed": "2028-05-07"}));
    assert_eq!(delay(&demand, &law).map_err(|r| r.code).err(), Some("E-DATE-02"));
}

proptest! {
    #[test]
    fn technical_and_other_sums_make_up_the_price(
        total in 0i64..1_000_000_000,
        items in prop::collection::vec((0i64..200_000_000, 0usize..4), 0..6),
    ) {
        let law = ask(book(), "china", "2026-03-18");
        let parts = [Part::Technical, Part::Equipment, Part::Material, Part::Other];
        let yuan = |fen: i64| Yuan(Fen::new(fen).expect("fen"));
        let items: Vec<Item> = items.into_iter().map(|(amount, part)| Item {
            name: "item".to_string(), part: parts[part], amount: Some(yuan(amount)),
        }).collect();
        let outside = items.iter().filter(|item| item.part != Part::Technical);
        let outside: i64 = outside.filter_map(|item| item.amount).map(|amount| amount.0.fen()).sum();
        let named: i64 = items.iter().filter_map(|item| item.amount).map(|one| one.0.fen()).sum();
        let mixed = items.iter().any(|item| item.part != Part::Technical);
        let price = Price { total: yuan(total), items, non_technical: Some(mixed) };
        let found = turnover(&price, &law);
        prop_assert_eq!(found.is_ok(), named <= total);
        if let Ok(found) = found {
            prop_assert_eq!(found.technical.fen() + outside, total);
            prop_assert_eq!(found.proof.first_wrong(), None);
        }
    }
}
