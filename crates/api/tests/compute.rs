//! The compute platform through the real router: an officer brings prices and vouchers, a firm's
//! member submits, and nobody sees or spends what is another's.

mod support;

use compute_rules::engine::{Event, Machine};
use compute_rules::job::JobId;
use kernel::Actor;
use serde_json::{Value, json};
use support::{House, Visitor};

const JOBS: &str = "/api/v1/compute/jobs";
const VOUCHERS: &str = "/api/v1/compute/vouchers";
const YUAN: i64 = 1_000_000;

fn tell(house: &House, event: Event) {
    let platform = house.app.compute().expect("the platform");
    platform.tell(&Actor::system(), house.app.now(), event).expect("taken");
}

/// Two nodes of four devices.
fn furnish(house: &House) {
    for name in ["n1", "n2"] {
        tell(
            house,
            Event::Provide(Machine {
                name: name.to_string(),
                cpu: 16_000,
                memory: 1 << 16,
                devices: 4,
                kind: "A100".to_string(),
            }),
        );
    }
}

/// Eight yuan for a device-hour.
async fn priced(house: &House, officer: &Visitor) {
    let price = json!({"kind": "A100", "micro_yuan": 8 * YUAN, "until": "2027-12-31"});
    let answer = officer.post(house, "/api/v1/compute/prices", &price).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
}

/// A voucher of so many yuan.
async fn granted(house: &House, officer: &Visitor, holder: &str, yuan: i64) {
    let voucher = json!({"holder": holder, "amount": yuan * YUAN, "until": "2027-06-30"});
    let answer = officer.post(house, VOUCHERS, &voucher).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
}

fn job(devices: i64) -> Value {
    json!({"name": "train", "command": ["true"], "devices": devices, "limit_ms": 3_600_000})
}

async fn read(house: &House, visitor: &Visitor, path: &str) -> Value {
    let answer = visitor.get(house, path).await;
    assert_eq!(answer.status, 200, "{path}: {}", answer.text());
    answer.json()
}

#[tokio::test]
async fn a_voucher_pays_for_a_job_and_the_invoice_says_the_same() {
    let house = House::new();
    let officer = house.administrator().await;
    furnish(&house);
    let (firm, second) = (house.id("云杉软件").await, house.id("星河智能科技").await);
    let owner = house.member(&officer, "owner", Some(&firm)).await;
    let other = house.member(&officer, "other", Some(&second)).await;

    // Without a price, and then without a voucher, it is refused and nothing is kept.
    let refused = owner.post(&house, JOBS, &job(4)).await;
    assert_eq!(refused.problem(), (422, "E-CMP-31".to_string()));
    let price = json!({"kind": "A100", "micro_yuan": 8 * YUAN, "until": "2027-12-31"});
    let prices = "/api/v1/compute/prices";
    assert_eq!(owner.post(&house, prices, &price).await.status, 403);
    assert_eq!(officer.post(&house, prices, &price).await.status, 201);
    let refused = owner.post(&house, JOBS, &job(4)).await;
    assert_eq!(refused.problem(), (422, "E-CMP-26".to_string()));
    assert_eq!(read(&house, &owner, JOBS).await["items"], json!([]));

    let voucher = json!({"holder": firm, "amount": 100 * YUAN, "until": "2027-06-30"});
    assert_eq!(owner.post(&house, VOUCHERS, &voucher).await.status, 403);
    assert_eq!(officer.post(&house, VOUCHERS, &voucher).await.status, 201);

    // Four devices for an hour are 32 yuan at most.
    let quote = owner.post(&house, "/api/v1/compute/quote", &job(4)).await;
    assert_eq!(quote.status, 200, "{}", quote.text());
    let quote = quote.json();
    assert_eq!((&quote["most"], &quote["starts_now"]), (&json!(32 * YUAN), &json!(true)));
    assert_eq!(read(&house, &owner, VOUCHERS).await["held"], 0, "a quote keeps nothing");

    let made = owner.post(&house, JOBS, &job(4)).await;
    assert_eq!(made.status, 201, "{}", made.text());
    let page = made.json();
    assert_eq!(page["job"]["state"], "running");
    assert_eq!(page["job"]["held"], 32 * YUAN);
    assert_eq!(page["job"]["id"], "G1");
    assert_eq!(owner.post(&house, JOBS, &job(4)).await.status, 201);

    // The third waits, says why, and what would help.
    let waits = owner.post(&house, JOBS, &job(2)).await.json();
    assert_eq!(waits["job"]["state"], "waiting");
    let why = &waits["job"]["why"];
    assert!(why["zh"].as_str().is_some_and(|text| text.contains("2张整卡")), "{why}");
    assert!(
        why["en"].as_str().is_some_and(|text| text.contains("of 2 nodes none has room")),
        "{why}"
    );

    // Another sees that devices are taken, not by whom, and finds no such job.
    let cluster = read(&house, &other, "/api/v1/compute/cluster").await;
    let part = &cluster["nodes"][0]["devices"][0]["parts"][0];
    assert_eq!((&part["milli"], &part["job"]), (&json!(1_000), &Value::Null));
    assert_eq!(cluster["waiting"], 1);
    assert_eq!(other.get(&house, &format!("{JOBS}/G1")).await.status, 404);
    let cancel = format!("{JOBS}/G1/cancel");
    assert_eq!(other.post(&house, &cancel, &json!({})).await.status, 404);
    assert_eq!(read(&house, &other, VOUCHERS).await["items"], json!([]));
    let split = json!({"holder": "A99", "amount": YUAN});
    assert_eq!(other.post(&house, &format!("{VOUCHERS}/U1/split"), &split).await.status, 404);

    // A quarter of an hour later it ends: 8 yuan, on the invoice too, and the waiting one starts.
    house.pass_minutes(15);
    tell(&house, Event::End(JobId(1), true));
    let page = read(&house, &owner, &format!("{JOBS}/G1")).await;
    assert_eq!(page["job"]["state"], "done");
    let cost = page["job"]["cost"].as_i64().expect("a cost");
    assert!((8 * YUAN..8 * YUAN + 1_000).contains(&cost), "{cost}");
    let third = read(&house, &owner, &format!("{JOBS}/G3")).await;
    assert_eq!(third["job"]["state"], "running");
    let invoice = read(&house, &owner, "/api/v1/compute/invoice").await;
    assert_eq!((&invoice["micro_yuan"], &invoice["agrees"]), (&json!(cost), &json!(true)));
    assert_eq!(invoice["lines"].as_array().map(Vec::len), Some(1));
    let none = read(&house, &owner, "/api/v1/compute/invoice?until=2020-01-01").await;
    assert_eq!((&none["micro_yuan"], &none["lines"]), (&json!(0), &json!([])));

    // What was issued is what remains, is held, was captured or has expired, for the owner and all.
    for who in [&owner, &officer] {
        let sums = read(&house, who, VOUCHERS).await;
        assert_eq!(sums["balance"], true, "{sums}");
        assert_eq!(sums["captured"], cost);
    }
    // A part given away is no longer the owner's.
    let split = json!({"holder": second, "amount": 10 * YUAN});
    let given = owner.post(&house, &format!("{VOUCHERS}/U1/split"), &split).await;
    assert_eq!(given.status, 201, "{}", given.text());
    let sums = given.json();
    assert_eq!((&sums["issued"], &sums["balance"]), (&json!(90 * YUAN), &json!(true)));
    assert_eq!(read(&house, &other, VOUCHERS).await["remaining"], 10 * YUAN);

    let gone = owner.post(&house, &format!("{JOBS}/G2/cancel"), &json!({})).await;
    assert_eq!(gone.json()["job"]["state"], "cancelled");
}

async fn own_key(house: &House, visitor: &Visitor) -> String {
    let session = read(house, visitor, "/api/v1/session").await;
    session["account"]["id"].as_str().expect("an account").to_string()
}

#[tokio::test]
async fn what_makes_no_sense_is_refused_and_the_queue_keeps_moving() {
    let house = House::new();
    let officer = house.administrator().await;
    furnish(&house);
    priced(&house, &officer).await;
    let own = own_key(&house, &officer).await;
    granted(&house, &officer, &own, 1_000).await;
    let with = |change: Value| {
        let mut body = job(1);
        for (key, value) in change.as_object().expect("an object") {
            body[key] = value.clone();
        }
        body
    };
    let cases = [
        (with(json!({"devices": -1})), 422, "E-CMP-40"),
        (with(json!({"devices": 5})), 422, "E-CMP-43"),
        (with(json!({"tasks": 1_000_000})), 422, "E-CMP-40"),
        (with(json!({"cpu": i64::MAX})), 422, "E-CMP-40"),
        (with(json!({"share": 1_001})), 422, "E-CMP-05"),
        (with(json!({"kinds": ["H100"]})), 422, "E-CMP-41"),
        (with(json!({"after": ["G1"]})), 404, "E-CMP-42"),
        (with(json!({"command": []})), 422, "E-CMP-40"),
        (with(json!({"command": ["a\u{0}b"]})), 422, "E-CMP-47"),
        (with(json!({"name": " "})), 422, "E-CMP-47"),
        (with(json!({"limit_ms": 0})), 422, "E-CMP-40"),
        (with(json!({"limit_ms": i64::MAX})), 422, "E-CMP-40"),
        (with(json!({"tenant": "nobody"})), 422, "E-ID-00"),
        (with(json!({"array": 0})), 422, "E-CMP-40"),
        (with(json!({"array": 1_000_000})), 422, "E-CMP-40"),
        (with(json!({"deadline": "soon"})), 422, "E-DATE-01"),
        (with(json!({"deadline": "2020-01-01T00:00:00Z"})), 422, "E-CMP-51"),
    ];
    for (body, status, code) in cases {
        let answer = officer.post(&house, JOBS, &body).await;
        assert_eq!(answer.problem(), (status, code.to_string()), "{body}");
    }
    let done = officer.post(&house, JOBS, &job(1)).await;
    assert_eq!(done.status, 201, "{}", done.text());
    let none = house.visitor().await;
    assert_eq!(none.get(&house, JOBS).await.status, 401);
    let log = read(&house, &officer, &format!("{JOBS}/G1/log")).await;
    assert_eq!(log, json!({"text": "", "next": 0, "size": 0}));
    let wrong = officer.get(&house, &format!("{JOBS}/G1/log?stream=both")).await;
    assert_eq!(wrong.status.as_u16() / 100, 4);
}

#[tokio::test]
async fn what_is_reserved_is_its_holders_and_nobody_else_sees_whose() {
    const SHARING: &str = "/api/v1/compute/sharing";
    const RESERVATIONS: &str = "/api/v1/compute/reservations";
    let house = House::new();
    let officer = house.administrator().await;
    furnish(&house);
    let (firm, second) = (house.id("云杉软件").await, house.id("星河智能科技").await);
    let owner = house.member(&officer, "owner", Some(&firm)).await;
    let other = house.member(&officer, "other", Some(&second)).await;
    priced(&house, &officer).await;
    for holder in [&firm, &second] {
        granted(&house, &officer, holder, 1_000).await;
    }
    // A group with the firm in it, and a node for the group.
    let group = json!({"name": "视觉组", "weight": 3});
    let made = officer.post(&house, "/api/v1/compute/groups", &group).await;
    assert_eq!((made.status.as_u16(), &made.json()["groups"][0]["id"]), (201, &json!("L1")));
    let parties = "/api/v1/compute/parties";
    let place = json!({"party": firm, "within": "L1", "weight": 2});
    assert_eq!(officer.post(&house, parties, &place).await.status, 200);
    let reserve = |nodes: Value| {
        json!({"holder": "L1", "nodes": nodes, "until": "2099-01-01T00:00:00+08:00",
               "lent_after_ms": 0})
    };
    let made = officer.post(&house, RESERVATIONS, &reserve(json!(["n1"]))).await;
    assert_eq!(made.status, 201, "{}", made.text());
    assert_eq!(made.json()["common"], json!(["n2"]));

    // Others borrow it when they give way, and lose it when the firm comes.
    let spot = |devices: i64| {
        let mut body = job(devices);
        body["preemptible_after_ms"] = json!(0);
        body
    };
    assert_eq!(other.post(&house, JOBS, &job(4)).await.json()["job"]["state"], "running");
    let waits = other.post(&house, JOBS, &job(4)).await.json();
    assert_eq!(waits["job"]["state"], "waiting");
    assert!(waits["job"]["remedy"]["en"].as_str().is_some_and(|text| text.contains("preemptible")));
    let borrows = other.post(&house, JOBS, &spot(4)).await.json();
    assert_eq!(borrows["job"]["state"], "running");
    let lent = &read(&house, &officer, SHARING).await["reservations"][0];
    assert_eq!(
        (&lent["milli"], &lent["own"], &lent["lent"]),
        (&json!(4_000), &json!(0), &json!(4_000))
    );
    assert_eq!(owner.post(&house, JOBS, &job(4)).await.json()["job"]["state"], "running");
    let gone = read(&house, &other, &format!("{JOBS}/G3")).await;
    assert_eq!((&gone["job"]["state"], &gone["job"]["gave_way"]), (&json!("waiting"), &json!(1)));

    // What would come of another machine, or of the loss of one, is said and not done.
    let suppose = "/api/v1/compute/what-if";
    let more = json!({"add": [{"node": "n2", "count": 1}]});
    let said = officer.post(&house, suppose, &more).await.json();
    let touched: Vec<(&str, &str)> = said["jobs"]
        .as_array()
        .expect("jobs")
        .iter()
        .filter_map(|job| job["id"].as_str().zip(job["what"].as_str()))
        .collect();
    assert_eq!(touched.iter().filter(|(_, what)| *what == "starts").count(), 1, "{said}");
    assert_eq!((&said["before"]["waiting"], &said["after"]["waiting"]), (&json!(2), &json!(1)));
    let less = json!({"lose": ["n1"], "give_up": ["B1"]});
    let said = officer.post(&house, suppose, &less).await.json();
    assert_eq!(said["after"]["milli"], 4_000);
    assert!(said["jobs"].as_array().expect("jobs").iter().any(|job| job["what"] == "stops"));
    for (body, status) in [
        (json!({"lose": ["n9"]}), 404),
        (json!({"give_up": ["B9"]}), 422),
        (json!({"give_up": ["n1"]}), 422),
        (json!({"add": [{"node": "n1", "count": 100_000}]}), 422),
    ] {
        assert_eq!(officer.post(&house, suppose, &body).await.status, status, "{body}");
    }
    assert_eq!(owner.post(&house, suppose, &more).await.status, 403);
    let still = read(&house, &officer, "/api/v1/compute/cluster").await;
    assert_eq!((&still["waiting"], still["nodes"].as_array().map(Vec::len)), (&json!(2), Some(2)));

    // The firm sees its place, another only that something is reserved.
    let seen = read(&house, &owner, SHARING).await;
    assert_eq!(seen["reservations"][0]["holder"]["key"], "L1");
    assert_eq!(seen["tenants"][0]["within"], "L1");
    let seen = read(&house, &other, SHARING).await;
    assert_eq!((&seen["groups"], &seen["reservations"][0]["holder"]), (&json!([]), &Value::Null));
    let nodes = &read(&house, &other, "/api/v1/compute/cluster").await["nodes"];
    assert_eq!((&nodes[0]["reserved"]["id"], &nodes[1]["reserved"]), (&json!("B1"), &Value::Null));

    // What cannot be is refused, and only an officer says how it is shared.
    for (path, body, expected) in [
        (RESERVATIONS, reserve(json!(["n1"])), (422, "E-CMP-49")),
        (RESERVATIONS, reserve(json!(["n2"])), (422, "E-CMP-48")),
        (RESERVATIONS, reserve(json!(["n9"])), (404, "E-FIND-01")),
        (RESERVATIONS, reserve(json!([])), (422, "E-CMP-40")),
        (parties, json!({"party": "L1", "within": "L1"}), (422, "E-CMP-50")),
        (parties, json!({"party": firm, "within": "L7"}), (404, "E-FIND-01")),
        (parties, json!({"party": firm, "weight": 0}), (422, "E-CMP-40")),
        (parties, json!({"party": firm}), (422, "E-CMP-48")),
        ("/api/v1/compute/groups", group.clone(), (422, "E-CMP-47")),
    ] {
        let answer = officer.post(&house, path, &body).await;
        assert_eq!(answer.problem(), (expected.0, expected.1.to_string()), "{path} {body}");
        assert_eq!(owner.post(&house, path, &body).await.status, 403);
    }
    assert_eq!(owner.get(&house, "/api/v1/compute/providers").await.status, 403);

    // What was earned is what was paid, for what gave way too: the house makes that good.
    house.pass_minutes(15);
    tell(&house, Event::End(JobId(1), true));
    let page = read(&house, &other, &format!("{JOBS}/G1")).await;
    assert_eq!(page["places"][0]["node"], "n2");
    let manifest = format!("{JOBS}/G1/manifest?queue=lab&image=registry:5000/a/b");
    let list = read(&house, &other, &manifest).await;
    let made = &list["items"][0];
    assert_eq!(
        (&list["kind"], &made["metadata"]["name"]),
        (&json!("List"), &json!("xiudai-1-0-0"))
    );
    let container = &made["spec"]["template"]["spec"]["containers"][0];
    assert_eq!(container["image"], "registry:5000/a/b");
    assert_eq!(container["resources"]["limits"]["nvidia.com/gpu"], "4");
    assert_eq!(owner.get(&house, &manifest).await.status, 404);
    let brought = read(&house, &officer, "/api/v1/compute/providers").await;
    let total = &brought["items"][0]["total"];
    let paid = page["job"]["cost"].as_i64().zip(gone["job"]["cost"].as_i64());
    assert_eq!(total["earned"].as_i64(), paid.map(|(one, other)| one + other));
    assert!(total["used"].as_i64() <= total["there"].as_i64());
    assert_eq!(brought["items"][0]["days"].as_array().map(Vec::len), Some(30));
    let wrong = "/api/v1/compute/providers?from=2026-01-01&until=2026-12-31";
    assert_eq!(officer.get(&house, wrong).await.status.as_u16() / 100, 4);

    let give_up = format!("{RESERVATIONS}/B1/give-up");
    assert_eq!(owner.post(&house, &give_up, &json!({})).await.status, 403);
    let left = officer.post(&house, &give_up, &json!({})).await;
    assert_eq!(left.json()["reservations"], json!([]));
    assert_eq!(officer.post(&house, &give_up, &json!({})).await.problem().1, "E-CMP-52");
}

#[tokio::test]
async fn an_array_is_so_many_jobs_and_is_stopped_as_one() {
    let house = House::new();
    let officer = house.administrator().await;
    furnish(&house);
    priced(&house, &officer).await;
    let own = own_key(&house, &officer).await;
    granted(&house, &officer, &own, 100).await;
    let array = |count: u32| {
        let mut body = job(1);
        body["array"] = json!(count);
        body
    };
    let quote = officer.post(&house, "/api/v1/compute/quote", &array(12)).await;
    assert_eq!(quote.json()["most"], 96 * YUAN);
    let dear = officer.post(&house, JOBS, &array(13)).await;
    assert_eq!(dear.problem(), (422, "E-CMP-26".to_string()));
    let first = officer.post(&house, JOBS, &array(12)).await.json();
    let place = json!({"index": 0, "count": 12, "first": "G1"});
    assert_eq!(first["job"]["array"], place);
    let open = read(&house, &officer, &format!("{JOBS}?state=open")).await;
    let states: Vec<&str> = open["items"]
        .as_array()
        .expect("jobs")
        .iter()
        .filter_map(|job| job["state"].as_str())
        .collect();
    let running = states.iter().filter(|state| **state == "running").count();
    assert_eq!((states.len(), running), (12, 8));
    officer.post(&house, &format!("{JOBS}/G7/cancel?array=true"), &json!({})).await;
    let open = read(&house, &officer, &format!("{JOBS}?state=open")).await;
    assert_eq!(open["items"], json!([]));
    let sums = read(&house, &officer, VOUCHERS).await;
    assert_eq!((&sums["held"], &sums["balance"]), (&json!(0), &json!(true)));
}
