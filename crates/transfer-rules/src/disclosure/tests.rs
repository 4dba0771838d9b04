use super::*;
use crate::bound::testing::{book, day, law, sound as proven, take};
use proptest::prelude::*;

fn person(name: &str, contribution: &str) -> Value {
    json!({
        "name": name,
        "employer": "上海某研究所",
        "contribution": contribution,
        "creative_contribution": "提出并验证了方案",
    })
}

fn sound() -> Value {
    json!({
        "disclosed_on": "2026-03-02",
        "title": "低温等离子体灭菌装置",
        "abstract_lay": "用等离子体灭菌",
        "abstract_technical": "介质阻挡放电",
        "problem": "热敏器械不能高温灭菌",
        "who_needs": "医院",
        "inventors": [person("张伟", "70%"), person("李娜", "30%")],
        "conceived_on": "2025-05-01",
        "reduced_on": {"on": "2025-11-03"},
        "funding": [{"source": "国家自然科学基金", "project": "62000001", "obligations": "标注资助"}],
        "third_party": [],
        "public_disclosure": [
            {"on": "2026-05-09", "place": "上海", "kind": "talk", "planned": true},
            {"on": "2026-02-01", "place": "arXiv", "kind": "paper", "planned": false},
            {"on": "2026-01-15", "place": "北京", "kind": "poster", "planned": false},
        ],
        "prior_art": ["CN1000"],
        "operation_evidence": ["试验记录 3"],
        "software": [{"name": "numpy", "licence": "BSD-3-Clause"}],
        "foreign_interest": [],
        "conflicts": [],
        "desired_route": "licence",
        "attachments": [{"name": "报告.pdf", "sha256": "ab".repeat(32)}],
    })
}

fn ask(value: Value, place: &str) -> Result<Form, Vec<(&'static str, String)>> {
    let book = book();
    form(&take(value), &law(book, place, "2026-03-02")).map_err(|all| {
        all.into_iter().map(|one| (one.code, one.place.column.unwrap_or_default())).collect()
    })
}

#[test]
fn a_complete_form_is_taken() {
    let form = ask(sound(), "shanghai").expect("complete");
    assert_eq!(form.inventors, 2);
    assert_eq!(form.contributions, Ratio::ONE);
    assert_eq!(form.public_since, Some(day("2026-01-15")));
    assert_eq!(form.public_planned, Some(day("2026-05-09")));
    proven(&form.proof);
    let part = |key: &str| form.proof.find(key).map(|one| one.value.text());
    assert_eq!(part("contributions").as_deref(), Some("100%"));
    assert_eq!(part("李娜").as_deref(), Some("30%"));
    assert_eq!(part("complete").as_deref(), Some("true"));
    assert_eq!(part("inventors").as_deref(), Some("true"));
    assert_eq!(form.proof.value.text(), "true");
    let json = form.json();
    assert_eq!(json["inventors"], 2);
    assert_eq!(json["contributions"], "100%");
    assert_eq!(json["public_since"], "2026-01-15");
    assert_eq!(json["public_planned"], "2026-05-09");
    assert_eq!(json["proof"]["key"], "disclosure");
    assert!(ask(sound(), "us").is_ok());
    let mut none = sound();
    none["public_disclosure"] = json!([]);
    let form = ask(none, "shanghai").expect("complete");
    assert_eq!((form.public_since, form.public_planned), (None, None));
}

const COLUMNS: [&str; 19] = [
    "disclosed_on",
    "title",
    "abstract_lay",
    "abstract_technical",
    "problem",
    "who_needs",
    "inventors",
    "conceived_on",
    "reduced_on",
    "funding",
    "third_party",
    "public_disclosure",
    "prior_art",
    "operation_evidence",
    "software",
    "foreign_interest",
    "conflicts",
    "desired_route",
    "attachments",
];

#[test]
fn each_missing_column_is_named_and_all_at_once() {
    // SH17 8: one case a required column.
    for column in COLUMNS {
        let mut value = sound();
        value.as_object_mut().expect("object").remove(column);
        let all = ask(value, "shanghai").expect_err("missing");
        assert_eq!(all, [("E-INPUT-02", column.to_string())], "{column}");
    }
    let all = ask(json!({}), "shanghai").expect_err("missing");
    let named: Vec<String> = all.iter().map(|(_, column)| column.clone()).collect();
    assert_eq!(named, COLUMNS);
    for blank in ["title", "abstract_lay", "abstract_technical", "problem", "who_needs"] {
        let mut value = sound();
        value[blank] = json!("  ");
        assert_eq!(ask(value, "us").expect_err("blank"), [("E-INPUT-02", blank.to_string())]);
    }
    let mut value = sound();
    value["inventors"] = json!([]);
    assert_eq!(ask(value, "us"), Err(vec![("E-INPUT-02", "inventors".to_string())]));
    let book = book();
    let facts = take(json!({}));
    let all = form(&facts, &law(book, "shanghai", "2026-03-02")).expect_err("missing");
    let title = &all[1];
    assert!(title.message.en.contains("title is missing: give the title"), "{title}");
    assert!(title.message.zh.contains("成果名称") && title.rule == "SH17 8");
    let wanted: BTreeSet<String> = all.iter().map(|one| one.message.en.clone()).collect();
    assert_eq!(wanted.len(), 19);
    assert!(wanted.iter().all(|text| !text.contains("this column")));
}

#[test]
fn what_is_wrong_in_a_form_is_refused() {
    let cases: &[(&str, &str, Value, &str, &str)] = &[
        // Clause, JSON pointer, value, code, column.
        ("SHARE sum 99", "/inventors/0/contribution", json!("69%"), "E-SHARE-01", "inventors"),
        ("SHARE sum 101", "/inventors/0/contribution", json!("71%"), "E-SHARE-01", "inventors"),
        (
            "SHARE < 0",
            "/inventors/0/contribution",
            json!("-1%"),
            "E-SHARE-02",
            "inventors[1].contribution",
        ),
        (
            "SHARE > 100",
            "/inventors/1/contribution",
            json!("101%"),
            "E-SHARE-02",
            "inventors[2].contribution",
        ),
        (
            "no share",
            "/inventors/1/contribution",
            Value::Null,
            "E-INPUT-02",
            "inventors[2].contribution",
        ),
        ("no employer", "/inventors/0/employer", json!(" "), "E-INPUT-02", "inventors[1].employer"),
        (
            "no creation",
            "/inventors/0/creative_contribution",
            Value::Null,
            "E-INPUT-02",
            "inventors[1].creative_contribution",
        ),
        (
            "PIPL 6",
            "/inventors/0/person_id",
            json!({"number": "3101"}),
            "E-ID-03",
            "inventors[1].person_id",
        ),
        (
            "PIPL 6 blank",
            "/inventors/0/person_id",
            json!({"number": "3101", "purpose": " "}),
            "E-ID-03",
            "inventors[1].person_id",
        ),
        (
            "zero width",
            "/inventors/0/name",
            json!("张\u{200b}伟"),
            "E-TEXT-02",
            "inventors[1].name",
        ),
        ("bidi", "/inventors/1/name", json!("\u{202e}李娜"), "E-TEXT-02", "inventors[2].name"),
        ("look-alike", "/inventors/0/name", json!("Pаul Smith"), "E-TEXT-04", "inventors[1].name"),
        (
            "look-alike employer",
            "/inventors/0/employer",
            json!("Аcme"),
            "E-TEXT-04",
            "inventors[1].employer",
        ),
        ("two lines", "/title", json!("a\nb"), "E-TEXT-05", "title"),
        ("bidi abstract", "/abstract_lay", json!("a\u{202e}b"), "E-TEXT-02", "abstract_lay"),
        ("control", "/problem", json!("a\u{1}b"), "E-TEXT-01", "problem"),
        (
            "attachment name",
            "/attachments/0/name",
            json!("报告\u{202e}fdp.exe"),
            "E-TEXT-02",
            "attachments[1].name",
        ),
        (
            "bidi funder",
            "/funding/0/source",
            json!("\u{202e}基金"),
            "E-TEXT-02",
            "funding[1].source",
        ),
        (
            "zero width conflict",
            "/conflicts",
            json!([{"person": "李\u{200d}娜", "interest": "持股"}]),
            "E-TEXT-02",
            "conflicts[1].person",
        ),
        ("hash short", "/attachments/0/sha256", json!("ab"), "E-INPUT-02", "attachments[1].sha256"),
        (
            "hash capitals",
            "/attachments/0/sha256",
            json!("AB".repeat(32)),
            "E-INPUT-02",
            "attachments[1].sha256",
        ),
        (
            "hash letters",
            "/attachments/0/sha256",
            json!("ag".repeat(32)),
            "E-INPUT-02",
            "attachments[1].sha256",
        ),
        (
            "reduced before conceived",
            "/reduced_on",
            json!({"on": "2025-04-30"}),
            "E-DATE-02",
            "reduced_on",
        ),
        ("conceived later", "/conceived_on", json!("2026-03-03"), "E-DATE-03", "conceived_on"),
        ("reduced later", "/reduced_on", json!({"on": "2026-03-03"}), "E-DATE-03", "reduced_on"),
        (
            "published later",
            "/public_disclosure/1/on",
            json!("2026-03-03"),
            "E-DATE-03",
            "public_disclosure[2].on",
        ),
    ];
    for (clause, at, value, code, column) in cases {
        let mut form = sound();
        let (parent, name) = at.rsplit_once('/').expect("a pointer");
        let parent = form.pointer_mut(parent).expect("there");
        match parent {
            Value::Array(items) => items[name.parse::<usize>().expect("a place")] = value.clone(),
            parent => parent[name] = value.clone(),
        }
        let all = ask(form, "shanghai").expect_err(clause);
        assert_eq!(all.first(), Some(&(*code, (*column).to_string())), "{clause}");
    }
}

#[test]
fn what_is_just_right_is_taken() {
    for (clause, at, value) in [
        ("the same day", "conceived_on", json!("2025-11-03")),
        ("conceived on the day of the disclosure, not reduced", "reduced_on", json!("not_yet")),
        ("reduced on the day of the disclosure", "reduced_on", json!({"on": "2026-03-02"})),
    ] {
        let mut form = sound();
        form[at] = value;
        assert!(ask(form, "shanghai").is_ok(), "{clause}");
    }
    let mut form = sound();
    form["inventors"][0]["person_id"] = json!({"number": "3101", "purpose": "奖励发放"});
    form["inventors"] = json!([person("A B", "1/3"), person("C D", "1/3"), person("E F", "1/3")]);
    assert!(ask(form, "shanghai").is_ok());
    let mut form = sound();
    form["inventors"] = json!([person("A B", "100%"), person("C D", "0")]);
    assert!(ask(form, "shanghai").is_ok());
    let mut form = sound();
    form["inventors"][0]["person_id"] = json!({"number": "3101", "purpose": "奖励发放"});
    assert!(ask(form, "shanghai").is_ok());
}

#[test]
fn long_lists_are_refused() {
    for column in ["prior_art", "operation_evidence", "foreign_interest"] {
        for (length, sound_length) in [(10_000, true), (10_001, false)] {
            let mut form = sound();
            form[column] = vec!["x"; length].into();
            let found = ask(form, "shanghai").map(|_| ());
            let refused = Err(vec![("E-SIZE", column.to_string())]);
            assert_eq!(found, if sound_length { Ok(()) } else { refused });
        }
    }
    let mut form = sound();
    form["inventors"] = vec![person("A B", "0"); 10_001].into();
    let all = ask(form, "shanghai").expect_err("too many");
    assert_eq!(all[0], ("E-SIZE", "inventors".to_string()));
}

fn pairs(people: Value) -> Vec<(usize, usize, &'static str, bool)> {
    let people: Vec<Inventor> = take(people);
    let found = duplicates(&people).expect("people");
    found
        .iter()
        .map(|one| {
            assert_eq!(one.json()["reason"], one.reason.name());
            assert_eq!(one.json()["strong"], one.reason.strong());
            assert_eq!(
                (one.json()["first"].as_u64(), one.json()["second"].as_u64()),
                (Some(one.first as u64), Some(one.second as u64))
            );
            assert_eq!(one.proof.parts[0].value.text(), people[one.first].name);
            assert_eq!(one.proof.parts[1].value.text(), people[one.second].name);
            (one.first, one.second, one.reason.name(), one.reason.strong())
        })
        .collect()
}

#[test]
fn one_person_entered_twice_is_found() {
    let two = |a: &str, b: &str| {
        pairs(json!([{"name": a, "employer": "X"}, {"name": b, "employer": "x"}]))
    };
    for (clause, a, b, reason) in [
        ("AppColl", "William Smith", "Bill Smith", "short_name"),
        ("AppColl", "Smith, Bill", "William Smith", "short_name"),
        ("order", "Smith William", "William Smith", "same_name"),
        ("case", "WILLIAM SMITH", "William  Smith", "same_name"),
        ("middle initial", "William H. Smith", "William Smith", "same_name"),
        ("script", "張偉", "张伟", "same_name"),
        ("pinyin", "张伟", "Zhang Wei", "pinyin"),
        ("pinyin, turned", "张伟", "Wei Zhang", "pinyin"),
        ("pinyin of three", "张小明", "Zhang Xiaoming", "pinyin"),
        ("pinyin of three, turned", "张小明", "Xiao-Ming Zhang", "pinyin"),
        ("compound family name", "欧阳修", "Ouyang Xiu", "pinyin"),
    ] {
        assert_eq!(two(a, b), [(0, 1, reason, false)], "{clause}: {a} {b}");
        assert_eq!(two(b, a), [(0, 1, reason, false)], "{clause}: {b} {a}");
    }
    for (clause, a, b) in [
        ("one sound, two names", "张伟", "章伟"),
        ("other given name", "张伟", "Zhang Lei"),
        ("other family name", "William Smith", "Bill Jones"),
        ("two short forms of two names", "Bob Smith", "Bill Smith"),
    ] {
        assert_eq!(two(a, b), [], "{clause}: {a} {b}");
    }
    let apart = json!([{"name": "张伟", "employer": "X"}, {"name": "张伟", "employer": "Y"}]);
    assert_eq!(pairs(apart), []);
    let open = json!([{"name": "张伟", "employer": "X"}, {"name": "张伟"}]);
    assert_eq!(pairs(open), [(0, 1, "same_name", false)]);
}

#[test]
fn keys_outweigh_names() {
    let person = |name: &str, key: &str, value: &str, employer: &str| {
        let mut one = json!({"name": name, "employer": employer});
        one[key] = if key == "person_id" { json!({"number": value}) } else { json!(value) };
        one
    };
    for (key, value, reason) in [
        ("person_id", "310101199001011234", "same_id"),
        ("orcid", "0000-0002-1825-0097", "same_orcid"),
        ("email", "a@b.cn", "same_email"),
        ("staff_number", "1024", "same_staff_number"),
    ] {
        let a = person("王芳", key, value, "X");
        let b = person("赵敏", key, &value.to_uppercase(), "X");
        assert_eq!(pairs(json!([a, b])), [(0, 1, reason, true)], "{key}");
        let same = json!([a, person("王芳", key, value, "X")]);
        assert_eq!(pairs(same), [(0, 1, reason, true)], "{key}");
        let blank = json!([person("王芳", key, "", "X"), person("赵敏", key, "", "X")]);
        assert_eq!(pairs(blank), [], "{key}");
        let elsewhere = pairs(json!([a, person("赵敏", key, value, "Y")]));
        let expected = if key == "staff_number" { vec![] } else { vec![(0, 1, reason, true)] };
        assert_eq!(elsewhere, expected, "{key}");
    }
    let most = json!([{"name": "张一二三四五六七"}, {"name": "Zhang Yiersansiwuliuqi"}]);
    assert_eq!(pairs(most), [(0, 1, "pinyin", false)]);
    let more = json!([{"name": "张一二三四五六七八"}, {"name": "Zhang Yiersansiwuliuqiba"}]);
    assert_eq!(pairs(more), []);
    let nobody = json!([
        {"name": "王芳", "staff_number": "1"}, {"name": "赵敏", "staff_number": "1"}
    ]);
    assert_eq!(pairs(nobody), []);
}

#[test]
fn people_are_bounded() {
    let same = |number: usize| -> Vec<Inventor> {
        vec![Inventor { name: "张伟".to_string(), ..Inventor::default() }; number]
    };
    let code = |number| duplicates(&same(number)).map(|found| found.len()).map_err(|r| r.code);
    assert_eq!(code(141), Ok(9870));
    assert_eq!(code(142), Err("E-SIZE"));
    // One name with a thousand employers: each pair is looked at twice, by name and by sound.
    let spread = |number: usize| -> Vec<Inventor> {
        let one = |at| Inventor {
            name: "张伟".to_string(),
            employer: Some(format!("X{at}")),
            ..Inventor::default()
        };
        (0..number).map(one).collect()
    };
    assert_eq!(duplicates(&spread(1000)).map(|found| found.len()), Ok(0));
    assert_eq!(duplicates(&spread(1001)).map_err(|r| r.code), Err("E-SIZE"));
    let many: Vec<Inventor> =
        (0..10_001).map(|at| Inventor { name: format!("n{at}"), ..Inventor::default() }).collect();
    assert_eq!(duplicates(&many[..10_000]).map(|found| found.len()), Ok(0));
    assert_eq!(duplicates(&many).map_err(|r| r.code), Err("E-SIZE"));
    let deceiving = [Inventor { name: "a\u{200b}".to_string(), ..Inventor::default() }];
    let refused = duplicates(&deceiving).expect_err("deceives");
    assert_eq!(
        (refused.code, refused.place.column.as_deref()),
        ("E-TEXT-02", Some("inventors[1].name"))
    );
}

#[test]
fn an_earlier_title_is_found() {
    let book = book();
    let ask = |title: &str, earlier: &[(&str, &str)]| {
        let earlier: Vec<Value> =
            earlier.iter().map(|(id, title)| json!({"id": id, "title": title})).collect();
        prior(
            &take(json!({"title": title, "earlier": earlier})),
            &law(book, "shanghai", "2026-03-02"),
        )
        .map(|found| {
            found.iter().map(|one| (one.id.clone(), one.similarity.to_string())).collect::<Vec<_>>()
        })
        .map_err(|refusal| refusal.code)
    };
    // Tokens of `a b c d e`: five. Six of ten shared is the threshold.
    let found =
        ask("a b c d e", &[("3 of 5", "a b c x y"), ("2 of 5", "a b x y z"), ("all", "E d c b a")]);
    let expected =
        [("all".to_string(), "100%".to_string()), ("3 of 5".to_string(), "60%".to_string())];
    assert_eq!(found, Ok(expected.to_vec()));
    assert_eq!(
        ask("低温等離子體滅菌裝置", &[("1", "低温等离子体灭菌装置")]),
        Ok(vec![("1".to_string(), "100%".to_string())])
    );
    assert_eq!(ask("低温等离子体灭菌装置", &[("1", "高精度陀螺仪")]), Ok(vec![]));
    assert_eq!(ask("a\u{200b}", &[]), Err("E-TEXT-02"));
    let ties = ask("a b", &[("2", "a b"), ("1", "b a")]).expect("found");
    assert_eq!((ties[0].0.as_str(), ties[1].0.as_str()), ("1", "2"));
    let facts = take(json!({"title": "a b c d e", "earlier": [{"id": "1", "title": "a b c x y"}]}));
    let one = prior(&facts, &law(book, "us", "2026-03-02")).expect("found").remove(0);
    assert_eq!(one.proof.parts[0].value.text(), "3");
    assert_eq!(one.proof.parts[1].value.text(), "10");
    assert_eq!(one.json()["similarity"], "60%");
    assert_eq!(one.json()["id"], "1");
}

#[test]
fn us_clocks_run() {
    let book = book();
    let ask = |value: Value, now: &str| {
        clocks(&take(value), &law(book, "us", "2026-03-02"), day(now))
            .map(|all| {
                all.iter()
                    .map(|one| {
                        proven(&one.proof);
                        assert_eq!(one.json()["key"], one.key);
                        assert_eq!(one.json()["kept"].as_bool(), one.kept);
                        (one.key, one.due.map(|day| day.to_string()), one.kept)
                    })
                    .collect::<Vec<_>>()
            })
            .map_err(|refusal| (refusal.code, refusal.place.column.unwrap_or_default()))
    };
    let due = |text: &str| Some(text.to_string());
    let all = json!({
        "inventor_reported": "2024-12-31", "agency_reported": "2025-02-28",
        "elected": "2027-02-28", "filed": "2028-02-29", "filed_abroad": "2028-12-29",
    });
    let kept = vec![
        ("report", due("2025-02-28"), Some(true)),
        ("elect", due("2027-02-28"), Some(true)),
        ("file", due("2028-02-28"), Some(false)),
        ("foreign", due("2028-12-29"), Some(true)),
    ];
    assert_eq!(ask(all, "2029-01-01"), Ok(kept));
    let none = vec![
        ("report", None, None),
        ("elect", None, None),
        ("file", None, None),
        ("foreign", None, None),
    ];
    assert_eq!(ask(json!({}), "2026-01-01"), Ok(none));
    for (now, state) in [("2026-03-10", None), ("2026-03-11", Some(false))] {
        let found = ask(json!({"inventor_reported": "2026-01-10"}), now).expect("clocks");
        assert_eq!(found[0], ("report", due("2026-03-10"), state), "IED report {now}");
    }
    // 2026-03-15 is a Sunday: these clocks do not roll.
    let found = ask(json!({"inventor_reported": "2026-01-15"}), "2026-03-15").expect("clocks");
    assert_eq!(found[0].1, due("2026-03-15"));
    let before = json!({"inventor_reported": "2026-01-10", "agency_reported": "2026-01-09"});
    assert_eq!(ask(before, "2026-02-01"), Err(("E-DATE-02", "agency_reported".to_string())));
    let same = json!({"inventor_reported": "2026-01-10", "agency_reported": "2026-01-10"});
    assert_eq!(ask(same, "2026-01-10").map(|all| all[0].2), Ok(Some(true)));
    let future = json!({"inventor_reported": "2026-01-10", "agency_reported": "2026-01-12"});
    assert_eq!(ask(future, "2026-01-11"), Err(("E-DATE-03", "agency_reported".to_string())));
    let elsewhere =
        clocks(&Milestones::default(), &law(book, "shanghai", "2026-03-02"), day("2026-03-02"));
    assert_eq!(elsewhere.map_err(|refusal| refusal.code), Err("E-RULE-01"));
}

#[test]
fn a_project_owes_its_report() {
    let book = book();
    let ask = |place: &str, value: Value, now: &str| {
        project_report(&take(value), &law(book, place, "2026-03-02"), day(now))
            .map(|one| {
                proven(&one.proof);
                assert_eq!(one.json()["standing"], one.standing.name());
                (
                    one.standing.name(),
                    one.barred_until.map(|day| day.to_string()).unwrap_or_default(),
                )
            })
            .map_err(|refusal| refusal.code)
    };
    let paid = |more: Value| {
        let mut value = json!({"publicly_funded": true});
        value.as_object_mut().expect("object").extend(more.as_object().expect("object").clone());
        value
    };
    let failed = json!({"ordered": "2026-01-05", "failure_established": "2026-03-02"});
    let misused = json!({"misuse_established": "2026-03-02"});
    let both = json!({"failure_established": "2026-03-02", "misuse_established": "2025-03-02"});
    for (clause, place, facts, now, standing, until) in [
        (
            "no public money",
            "shanghai",
            json!({"publicly_funded": false}),
            "2026-03-02",
            "free",
            "",
        ),
        ("TL 11", "china", paid(json!({})), "2026-03-02", "due", ""),
        ("SH17 31", "shanghai", paid(json!({})), "2026-03-02", "due", ""),
        (
            "SH17 31 done",
            "shanghai",
            paid(json!({"reported": "2026-03-02"})),
            "2026-03-02",
            "reported",
            "",
        ),
        (
            "SH17 31 not yet",
            "shanghai",
            paid(json!({"reported": "2026-03-03"})),
            "2026-03-02",
            "due",
            "",
        ),
        (
            "SH17 41 order",
            "shanghai",
            paid(json!({"ordered": "2026-03-02"})),
            "2026-03-02",
            "ordered",
            "",
        ),
        (
            "SH17 41 order, not yet",
            "shanghai",
            paid(json!({"ordered": "2026-03-03"})),
            "2026-03-02",
            "due",
            "",
        ),
        ("SH17 41 ban", "shanghai", paid(failed.clone()), "2028-03-02", "barred", "2028-03-02"),
        ("SH17 41 over", "shanghai", paid(failed.clone()), "2028-03-03", "ordered", "2028-03-02"),
        ("SH17 42 ban", "shanghai", paid(misused.clone()), "2031-03-02", "barred", "2031-03-02"),
        ("SH17 42 over", "shanghai", paid(misused), "2031-03-03", "due", "2031-03-02"),
        ("the longer ban", "shanghai", paid(both), "2029-01-01", "barred", "2030-03-02"),
        ("no ban in TL", "china", paid(failed), "2026-03-03", "ordered", ""),
    ] {
        let expected = (standing, until.to_string());
        assert_eq!(ask(place, facts, now), Ok(expected), "{clause}");
    }
    let torn = paid(json!({"ordered": "2026-03-02", "failure_established": "2026-03-01"}));
    assert_eq!(ask("shanghai", torn, "2026-03-02"), Err("E-DATE-02"));
    let same = paid(json!({"ordered": "2026-03-02", "failure_established": "2026-03-02"}));
    assert!(ask("shanghai", same, "2026-03-02").is_ok());
    let free = json!({"publicly_funded": false, "misuse_established": "2026-03-02"});
    assert_eq!(ask("shanghai", free, "2026-03-02"), Ok(("free", String::new())));
}

proptest! {
    #[test]
    fn only_the_whole_is_accepted(weights in prop::collection::vec(1i64..500, 1..8), off in -2i64..3) {
        let sum: i64 = weights.iter().sum();
        let people: Vec<Value> = weights
            .iter()
            .enumerate()
            .map(|(at, weight)| {
                let weight = if at == 0 { weight + off } else { *weight };
                person(&format!("N {at}"), &format!("{}/{sum}", weight))
            })
            .collect();
        let mut form = sound();
        form["inventors"] = people.into();
        let found = ask(form, "shanghai");
        prop_assert_eq!(found.is_ok(), off == 0, "{:?}", found);
    }

    #[test]
    fn duplicates_do_not_depend_on_order(
        names in prop::collection::vec(prop::sample::select(vec![
            "张伟", "Zhang Wei", "Wei Zhang", "章伟", "Bill Smith", "William Smith", "李娜",
        ]), 0..8),
    ) {
        let people = |names: &[&str]| -> Vec<Inventor> {
            let one = |name: &&str| Inventor { name: (*name).to_string(), ..Inventor::default() };
            names.iter().map(one).collect()
        };
        let turned: Vec<&str> = names.iter().rev().copied().collect();
        let forth = duplicates(&people(&names)).expect("people");
        let back = duplicates(&people(&turned)).expect("people");
        let last = names.len().saturating_sub(1);
        let mut back: Vec<(usize, usize, Reason)> =
            back.iter().map(|one| (last - one.second, last - one.first, one.reason)).collect();
        back.sort();
        let forth: Vec<(usize, usize, Reason)> =
            forth.iter().map(|one| (one.first, one.second, one.reason)).collect();
        prop_assert_eq!(forth, back);
    }
}
