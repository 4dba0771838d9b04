//! Technology that goes abroad: prohibited, restricted or free, and what was paid for by the public.
//!
//! Restricted: letter of intent → negotiation → contract → licence, effective from the licence. Free:
//! contract, effective at once → registration. A change runs the chain again.
//! Source: TIE; STL 34.

use crate::clock::{self, at, unfit};
use crate::input::{On, refuse};
use crate::output;
use kernel::{Day, Proof, Refusal};
use schema::Lookup;
use serde::Deserialize;
use serde_json::{Value, json};

/// What the catalogue says of a technology.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// It is not exported.
    Prohibited,
    /// It takes a licence.
    Restricted,
    /// Its contract is registered.
    Free,
}

impl Class {
    /// The name in data.
    pub fn name(self) -> &'static str {
        match self {
            Class::Prohibited => "prohibited",
            Class::Restricted => "restricted",
            Class::Free => "free",
        }
    }
}

/// What is done abroad with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Act {
    /// It is transferred.
    Transfer,
    /// It is licensed exclusively (独占).
    ExclusiveLicence,
    /// It is licensed otherwise.
    OtherLicence,
}

impl Act {
    /// The name in data.
    pub fn name(self) -> &'static str {
        match self {
            Act::Transfer => "transfer",
            Act::ExclusiveLicence => "exclusive_licence",
            Act::OtherLicence => "other_licence",
        }
    }
}

/// What happens on the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// The letter of intent is applied for.
    LetterApplied,
    /// It is granted.
    LetterGranted,
    /// Substantive negotiation.
    Negotiated,
    /// The contract is signed.
    Signed,
    /// The export licence is applied for.
    LicenceApplied,
    /// It is granted.
    LicenceGranted,
    /// Registration is applied for.
    RegistrationApplied,
    /// The contract is registered.
    Registered,
    /// The contract is changed.
    Changed,
}

impl Step {
    /// The name in data.
    pub fn name(self) -> &'static str {
        match self {
            Step::LetterApplied => "letter_applied",
            Step::LetterGranted => "letter_granted",
            Step::Negotiated => "negotiated",
            Step::Signed => "signed",
            Step::LicenceApplied => "licence_applied",
            Step::LicenceGranted => "licence_granted",
            Step::RegistrationApplied => "registration_applied",
            Step::Registered => "registered",
            Step::Changed => "changed",
        }
    }
}

/// A step with its day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Event {
    /// What happened.
    pub step: Step,
    /// When.
    pub on: On,
}

/// Technology on its way abroad.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Export {
    /// What the catalogue says of it; unknown when left out, and then nothing moves.
    pub class: Option<Class>,
    /// What is done with it.
    pub act: Act,
    /// Whether it comes from a publicly funded project; unknown counts as yes.
    pub publicly_funded: Option<bool>,
    /// When the project's agency approved.
    pub approved: Option<On>,
    /// What happened, in order.
    pub events: Vec<Event>,
    /// The day it is asked about.
    pub now: On,
}

/// How an export stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// The last step, if any.
    pub last: Option<Step>,
    /// The last day to decide on the letter of intent.
    pub letter_due: Option<Day>,
    /// The last day to decide on the licence.
    pub licence_due: Option<Day>,
    /// The last day to register.
    pub registration_due: Option<Day>,
    /// Since when the contract takes effect, as it was last changed.
    pub effective: Option<Day>,
    /// How these came about.
    pub proof: Proof,
}

impl Standing {
    /// As JSON.
    pub fn json(&self) -> Value {
        let day = |day: Option<Day>| day.map(|day| day.to_string());
        json!({
            "last": self.last.map(Step::name),
            "letter_due": day(self.letter_due),
            "licence_due": day(self.licence_due),
            "registration_due": day(self.registration_due),
            "effective": day(self.effective),
            "proof": output::proof(&self.proof),
        })
    }
}

/// Where the chain is: what is at hand for the contract as it stands.
#[derive(Default)]
struct Fold {
    last: Option<Step>,
    letter_applied: bool,
    letter: Option<Day>,
    signed: Option<Day>,
    licence_applied: bool,
    licence: Option<Day>,
    registration_applied: bool,
    registered: Option<Day>,
    letter_due: Option<Day>,
    licence_due: Option<Day>,
    registration_due: Option<Day>,
    parts: Vec<Proof>,
}

/// How an export stands on a day.
///
/// Fails with `E-EXP-01` (prohibited, or nobody knows what it is), `E-EXP-02` (negotiated or signed
/// before the letter of intent), `E-EXP-03` (the agency's approval is missing at signing),
/// `E-INPUT-01` (a step that cannot follow), `E-DATE-02`, `E-DATE-03`, `E-SIZE`.
pub fn stand(facts: &Export, law: &Lookup<'_>) -> Result<Standing, Refusal> {
    clock::bounded(facts.events.len(), "events")?;
    let now = facts.now.0;
    let (prohibited, rule) = law.truth("export.prohibited")?;
    let class = match facts.class {
        None => {
            return Err(refuse(
                "E-EXP-01",
                &rule.cite.article,
                "尚未查明是否属于禁止或者限制出口的技术,查明之前不得出口",
                "it is not known whether the technology is prohibited or restricted; find out first",
            )
            .value("unknown")
            .column("class"));
        }
        Some(Class::Prohibited) if prohibited => {
            return Err(refuse(
                "E-EXP-01",
                &rule.cite.article,
                "属于禁止出口的技术,不得出口",
                "the technology is prohibited from export",
            )
            .value("prohibited")
            .column("class"));
        }
        Some(class) => class,
    };
    let mut fold = Fold::default();
    let mut before = None;
    for (index, event) in facts.events.iter().enumerate() {
        let column = format!("events/{index}");
        clock::in_order(before, event.on.0, &column)?;
        clock::not_future(event.on.0, now, &column)?;
        before = Some(event.on.0);
        take(&mut fold, event, class, facts, &column, law)?;
    }
    let effective = if class == Class::Free { fold.signed } else { fold.licence };
    let mut parts = vec![Proof::fact("class", class.name()), Proof::fact("act", facts.act.name())];
    parts.append(&mut fold.parts);
    let shown = fold.last.map_or("none", Step::name);
    if let Some(effective) = effective {
        let key = if class == Class::Free { "contract_formed" } else { "licence_granted" };
        let fact = vec![Proof::fact(key, effective)];
        parts.push(Proof::step("effective", effective, "choice", fact).citing(&rule.cite));
    }
    Ok(Standing {
        last: fold.last,
        letter_due: fold.letter_due,
        licence_due: fold.licence_due,
        registration_due: fold.registration_due,
        effective,
        proof: Proof::step("export", shown, "choice", parts),
    })
}

fn take(
    fold: &mut Fold,
    event: &Event,
    class: Class,
    facts: &Export,
    column: &str,
    law: &Lookup<'_>,
) -> Result<(), Refusal> {
    let on = event.on.0;
    let law = &at(law, on);
    let free = class == Class::Free;
    let mut due = |key, id| -> Result<Day, Refusal> {
        let clock = clock::run(key, Proof::fact("applied", on), on, id, law)?;
        fold.parts.push(clock.proof);
        Ok(clock.due.last)
    };
    match event.step {
        Step::LetterApplied if !free && !fold.letter_applied => {
            fold.letter_due = Some(due("letter_due", "export.letter")?);
            fold.letter_applied = true;
        }
        Step::LetterGranted if fold.letter_applied && fold.letter.is_none() => {
            fold.letter = Some(on);
        }
        Step::Negotiated if fold.signed.is_none() => lettered(fold, free, on, column, law)?,
        Step::Signed if fold.signed.is_none() => {
            lettered(fold, free, on, column, law)?;
            approved(fold, facts, on, column, law)?;
            fold.signed = Some(on);
        }
        Step::LicenceApplied if !free && fold.signed.is_some() && !fold.licence_applied => {
            fold.licence_due = Some(due("licence_due", "export.licence")?);
            fold.licence_applied = true;
        }
        Step::LicenceGranted if fold.licence_applied && fold.licence.is_none() => {
            fold.licence = Some(on);
        }
        Step::RegistrationApplied
            if free && fold.signed.is_some() && !fold.registration_applied =>
        {
            fold.registration_due = Some(due("registration_due", "export.registration")?);
            fold.registration_applied = true;
        }
        Step::Registered if fold.registration_applied && fold.registered.is_none() => {
            fold.registered = Some(on);
        }
        Step::Changed if fold.signed.is_some() => {
            approved(fold, facts, on, column, law)?;
            // The change is signed as a contract is, and runs through the same chain.
            let parts = std::mem::take(&mut fold.parts);
            let (letter_applied, letter) = (fold.letter_applied, fold.letter);
            let letter_due = fold.letter_due;
            let signed = Some(on);
            *fold = Fold { letter_applied, letter, letter_due, signed, parts, ..Fold::default() };
        }
        step => {
            return Err(unfit(
                "TIE 出口管制",
                "当前状态下不能进行这一步",
                "this step cannot follow here",
                step.name(),
                column,
            ));
        }
    }
    fold.last = Some(event.step);
    Ok(())
}

/// Fails with `E-EXP-02` when restricted technology is negotiated or signed without the letter.
fn lettered(
    fold: &Fold,
    free: bool,
    on: Day,
    column: &str,
    law: &Lookup<'_>,
) -> Result<(), Refusal> {
    if free || fold.letter.is_some() {
        return Ok(());
    }
    let (_, _, rule) = law.period("export.letter")?;
    Err(refuse(
        "E-EXP-02",
        &rule.cite.article,
        "限制出口的技术,取得出口许可意向书之后才能进行实质性谈判和签约",
        "restricted technology is negotiated and signed for only with the letter of intent",
    )
    .value(&on.to_string())
    .column(column))
}

/// Fails with `E-EXP-03` when publicly funded technology goes abroad without the agency's approval.
fn approved(
    fold: &mut Fold,
    facts: &Export,
    on: Day,
    column: &str,
    law: &Lookup<'_>,
) -> Result<(), Refusal> {
    let (acts, rule) = law.text("export.approval")?;
    let asked = acts.split(',').any(|act| act == facts.act.name());
    let funded = facts.publicly_funded != Some(false);
    let given = facts.approved.is_some_and(|approved| approved.0 <= on);
    if asked && funded && !given {
        return Err(refuse(
            "E-EXP-03",
            &rule.cite.article,
            "利用财政性资金形成的知识产权向境外转让或者独占许可,应先经项目管理机构批准",
            "publicly funded rights go abroad, by transfer or exclusive licence, only once the project agency approved",
        )
        .value(facts.act.name())
        .column(column));
    }
    let mut parts = vec![Proof::fact("publicly_funded", funded)];
    parts.extend(facts.approved.map(|on| Proof::fact("approved", on.0)));
    parts.push(rule.proof());
    fold.parts.push(Proof::step("approval", true, "choice", parts).citing(&rule.cite));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::tests::{ask, book, day, facts};

    fn export(
        class: &str,
        act: &str,
        events: &[(&str, &str)],
        more: Value,
    ) -> Result<Standing, Refusal> {
        let events: Vec<Value> =
            events.iter().map(|(step, on)| json!({"step": step, "on": on})).collect();
        let mut value = json!({
            "class": class, "act": act, "publicly_funded": false, "events": events,
            "now": "2026-12-01",
        });
        for (key, new) in more.as_object().expect("an object") {
            value[key] = new.clone();
        }
        let book = book();
        let asked: Export = facts(value);
        stand(&asked, &ask(book, "shanghai", "2026-12-01"))
    }

    const CHAIN: [(&str, &str); 6] = [
        ("letter_applied", "2026-03-02"),
        ("letter_granted", "2026-03-20"),
        ("negotiated", "2026-03-20"),
        ("signed", "2026-04-20"),
        ("licence_applied", "2026-04-21"),
        ("licence_granted", "2026-05-11"),
    ];

    #[test]
    fn scenario_12_restricted_technology() {
        let found = export("restricted", "transfer", &CHAIN, json!({})).expect("the whole chain");
        assert_eq!(found.letter_due, Some(day("2026-04-14")), "TIE: 30 working days");
        assert_eq!(found.licence_due, Some(day("2026-05-14")), "TIE: 15 working days");
        assert_eq!(found.effective, Some(day("2026-05-11")), "TIE: from the licence");
        assert_eq!((found.registration_due, found.last), (None, Some(Step::LicenceGranted)));
        assert_eq!(found.proof.first_wrong(), None);
        let json = found.json();
        assert_eq!(
            (&json["letter_due"], &json["licence_due"]),
            (&json!("2026-04-14"), &json!("2026-05-14"))
        );
        assert_eq!(
            (&json["effective"], &json["last"]),
            (&json!("2026-05-11"), &json!("licence_granted"))
        );
        let until = |count: usize| export("restricted", "transfer", &CHAIN[..count], json!({}));
        assert_eq!(until(5).expect("signed").effective, None, "TIE: not before the licence");
        assert_eq!(until(0).expect("nothing yet").last, None);
        for events in [
            vec![("negotiated", "2026-03-02")],
            vec![CHAIN[0], ("negotiated", "2026-03-19")],
            vec![CHAIN[0], ("signed", "2026-03-19")],
        ] {
            let refusal =
                export("restricted", "transfer", &events, json!({})).expect_err("no letter");
            assert_eq!(refusal.code, "E-EXP-02");
            assert!(refusal.rule.starts_with("TIE"));
            assert_eq!(refusal.place.value.as_deref(), events.last().map(|(_, on)| *on));
        }
    }

    #[test]
    fn prohibited_free_and_unknown() {
        let code = |class: Value| {
            export("free", "transfer", &[], json!({"class": class}))
                .map_err(|r| (r.code, r.place.value))
                .err()
        };
        assert_eq!(code(json!("prohibited")), Some(("E-EXP-01", Some("prohibited".to_string()))));
        assert_eq!(code(Value::Null), Some(("E-EXP-01", Some("unknown".to_string()))));
        assert_eq!(code(json!("free")), None);
        let events = [
            ("negotiated", "2026-09-01"),
            ("signed", "2026-09-16"),
            ("registration_applied", "2026-09-17"),
            ("registered", "2026-09-18"),
        ];
        let found = export("free", "other_licence", &events, json!({})).expect("free");
        assert_eq!(found.effective, Some(day("2026-09-16")), "TIE: on formation");
        // Three working days: 18 and the make-up Sunday 20, then 21.
        assert_eq!(found.registration_due, Some(day("2026-09-21")), "TIE: 3 working days");
        assert_eq!(found.json()["registration_due"], "2026-09-21");
        assert_eq!(found.proof.find("class").map(|one| one.value.text()).as_deref(), Some("free"));
    }

    #[test]
    fn public_money_asks_the_agency() {
        for (clause, act, funded, approved, code) in [
            ("STL 34 exclusive", "exclusive_licence", Some(true), None, Some("E-EXP-03")),
            ("STL 34 transfer", "transfer", Some(true), None, Some("E-EXP-03")),
            ("STL 34 not known", "transfer", None, None, Some("E-EXP-03")),
            ("STL 34 own money", "transfer", Some(false), None, None),
            ("STL 34 other licence", "other_licence", Some(true), None, None),
            ("STL 34 approved", "exclusive_licence", Some(true), Some("2026-03-02"), None),
            (
                "STL 34 approved a day late",
                "exclusive_licence",
                Some(true),
                Some("2026-03-03"),
                Some("E-EXP-03"),
            ),
        ] {
            let more = json!({"publicly_funded": funded, "approved": approved});
            let found = export("free", act, &[("signed", "2026-03-02")], more.clone());
            if let Err(refusal) = &found {
                assert_eq!(refusal.rule, "STL 34");
                assert_eq!(refusal.place.value.as_deref(), Some(act));
            }
            assert_eq!(found.map_err(|r| r.code).err(), code, "{clause}");
            // Talking about it is not yet doing it.
            assert!(export("free", act, &[("negotiated", "2026-03-02")], more).is_ok());
        }
        // Both checks are chained.
        let more = json!({"publicly_funded": true});
        let found = export("restricted", "transfer", &CHAIN, more);
        assert_eq!(found.map_err(|r| r.code).err(), Some("E-EXP-03"));
    }

    #[test]
    fn a_change_runs_the_chain_again() {
        let mut events = CHAIN.to_vec();
        events.push(("changed", "2026-06-01"));
        let found = export("restricted", "transfer", &events, json!({})).expect("changed");
        assert_eq!((found.effective, found.licence_due), (None, None));
        assert_eq!(found.letter_due, Some(day("2026-04-14")));
        assert_eq!(found.last, Some(Step::Changed));
        events.extend([("licence_applied", "2026-06-02"), ("licence_granted", "2026-06-10")]);
        let found = export("restricted", "transfer", &events, json!({})).expect("licensed again");
        assert_eq!(found.effective, Some(day("2026-06-10")));
        assert_eq!(found.licence_due, Some(day("2026-06-24")));
        let events = [("signed", "2026-03-02"), ("changed", "2026-06-01")];
        let found = export("free", "transfer", &events, json!({})).expect("changed");
        assert_eq!(found.effective, Some(day("2026-06-01")));
    }

    #[test]
    fn steps_that_cannot_follow_are_refused() {
        let chain = |count: usize, more: (&'static str, &'static str)| {
            let mut events = CHAIN[..count].to_vec();
            events.push(more);
            events
        };
        for (clause, class, events, code) in [
            (
                "letter granted unasked",
                "restricted",
                vec![("letter_granted", "2026-03-02")],
                "E-INPUT-01",
            ),
            (
                "letter asked twice",
                "restricted",
                chain(1, ("letter_applied", "2026-03-03")),
                "E-INPUT-01",
            ),
            (
                "letter granted twice",
                "restricted",
                chain(2, ("letter_granted", "2026-03-21")),
                "E-INPUT-01",
            ),
            (
                "letter for free technology",
                "free",
                chain(1, ("signed", "2026-03-03")),
                "E-INPUT-01",
            ),
            (
                "negotiated once signed",
                "restricted",
                chain(4, ("negotiated", "2026-05-01")),
                "E-INPUT-01",
            ),
            ("signed twice", "restricted", chain(4, ("signed", "2026-05-01")), "E-INPUT-01"),
            (
                "licence unsigned",
                "restricted",
                chain(3, ("licence_applied", "2026-05-01")),
                "E-INPUT-01",
            ),
            (
                "licence asked twice",
                "restricted",
                chain(5, ("licence_applied", "2026-05-01")),
                "E-INPUT-01",
            ),
            (
                "licence granted unasked",
                "restricted",
                chain(4, ("licence_granted", "2026-05-01")),
                "E-INPUT-01",
            ),
            (
                "licence granted twice",
                "restricted",
                chain(6, ("licence_granted", "2026-05-20")),
                "E-INPUT-01",
            ),
            (
                "licence for free technology",
                "free",
                vec![("signed", "2026-03-02"), ("licence_applied", "2026-03-03")],
                "E-INPUT-01",
            ),
            (
                "registration of restricted",
                "restricted",
                chain(4, ("registration_applied", "2026-05-01")),
                "E-INPUT-01",
            ),
            (
                "registration unsigned",
                "free",
                vec![("registration_applied", "2026-03-03")],
                "E-INPUT-01",
            ),
            (
                "registration asked twice",
                "free",
                vec![
                    ("signed", "2026-03-02"),
                    ("registration_applied", "2026-03-03"),
                    ("registration_applied", "2026-03-03"),
                ],
                "E-INPUT-01",
            ),
            (
                "registered unasked",
                "free",
                vec![("signed", "2026-03-02"), ("registered", "2026-03-03")],
                "E-INPUT-01",
            ),
            (
                "registered twice",
                "free",
                vec![
                    ("signed", "2026-03-02"),
                    ("registration_applied", "2026-03-03"),
                    ("registered", "2026-03-03"),
                    ("registered", "2026-03-03"),
                ],
                "E-INPUT-01",
            ),
            ("changed unsigned", "free", vec![("changed", "2026-03-03")], "E-INPUT-01"),
            ("out of order", "restricted", chain(2, ("negotiated", "2026-03-19")), "E-DATE-02"),
            ("in the future", "free", vec![("signed", "2026-12-02")], "E-DATE-03"),
            ("too many", "free", vec![("negotiated", "2026-03-02"); 10_001], "E-SIZE"),
        ] {
            let found = export(class, "transfer", &events, json!({}));
            assert_eq!(found.map_err(|r| r.code).err(), Some(code), "{clause}");
        }
    }
}
