//! The way in: opening, disclosure, screening, assessment, protection, rights.

use super::{Case, Clock, Cx, Right, Stage};
use crate::disclosure;
use crate::ownership::{self, Holding, Holdings};
use crate::patent::{self, Filing, Novelty};
use crate::{assessment, trl};
use kernel::calendar::Roll;
use kernel::{Proof, Refusal, Shown, text};
use serde::{Deserialize, Serialize};
use serde_json::json;

/// What kind of unit holds the result; it decides which floors bind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum UnitKind {
    /// A university that the state founded.
    StateUniversity,
    /// A research institute that the state founded.
    StateInstitute,
    /// A hospital that the state founded.
    StateHospital,
    /// A state-owned enterprise.
    StateEnterprise,
    /// Anyone else.
    Private,
}

impl UnitKind {
    /// The name in data.
    pub fn name(self) -> &'static str {
        match self {
            UnitKind::StateUniversity => "state_university",
            UnitKind::StateInstitute => "state_institute",
            UnitKind::StateHospital => "state_hospital",
            UnitKind::StateEnterprise => "state_enterprise",
            UnitKind::Private => "private",
        }
    }
}

/// The unit that holds the result.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Unit {
    name: String,
    kind: UnitKind,
    /// `E12` of the atlas.
    entity: Option<String>,
}

/// What a result is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ResultKind {
    /// A granted patent.
    Patent,
    /// A patent that is applied for.
    Application,
    /// Undisclosed know-how.
    KnowHow,
    /// Software.
    Software,
    /// Anything else, such as a plant variety or a layout design.
    Other,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Opened {
    title: String,
    place: String,
    unit: Unit,
    result: ResultKind,
    /// Whether public funds paid for it; unknown when not said.
    publicly_funded: Option<bool>,
    #[serde(rename = "abstract")]
    summary: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Outcome {
    Pass,
    Return,
    Reject,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Screened {
    outcome: Outcome,
    reason: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Protection {
    File,
    Secret,
    Software,
    Release,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct ProtectionDecided {
    choice: Protection,
    reason: Option<String>,
}

/// An entity of the atlas by its id; fails with `E-ID-00`.
pub(super) fn entity(text: Option<&String>) -> Result<Option<i64>, Refusal> {
    text.map(|text| text.parse::<kernel::EntityId>().map(|entity| entity.0)).transpose()
}

/// Text of a person: cleaned, bounded, with its column in the refusal.
pub(super) fn words(text: &str, most: usize, column: &str) -> Result<String, Refusal> {
    let clean = text::clean(text, most).map_err(|refusal| refusal.column(column))?;
    if clean.trim().is_empty() {
        let (zh, en) = ("此处不能为空", "this is not left empty");
        return Err(Refusal::new("E-INPUT-02", en, zh, en).column(column));
    }
    Ok(clean.to_string())
}

/// A reason that must be given.
pub(super) fn reason(given: Option<&String>, column: &str) -> Result<String, Refusal> {
    let missing = || {
        let (zh, en) = ("请写明理由", "say why");
        Refusal::new("E-INPUT-02", "a decision gives its reason", zh, en).column(column)
    };
    words(given.ok_or_else(missing)?, 4_000, column)
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct TrlAssessed {
    to: i64,
    #[serde(default)]
    evidence: Vec<trl::Evidence>,
    reason: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct RightRecorded {
    /// A patent or application number, or a name of the unit's own.
    right: String,
    right_kind: ownership::Right,
    /// When it is a patent: what was filed when.
    patent: Option<Filing>,
    holdings: Vec<Holding>,
    /// Open licences of the patent.
    #[serde(default)]
    open: Vec<crate::licence::Open>,
}

impl Case {
    pub(super) fn on_disclosed(&mut self, cx: &mut Cx<'_>) -> Result<(), Refusal> {
        let mut stated = cx.stamped.event.body.clone();
        // A day alone says that it happened on it.
        if let Some(reduced) = stated.get_mut("reduced_on")
            && reduced.as_str().is_some_and(|text| text != "not_yet")
        {
            *reduced = json!({"on": reduced.clone()});
        }
        let mut form: disclosure::Facts = crate::input::take(stated)?;
        let on = cx.on();
        form.disclosed_on = form.disclosed_on.or(Some(crate::input::On(on)));
        let checked = match disclosure::form(&form, &cx.law) {
            Ok(checked) => checked,
            Err(refusals) => {
                refusals.into_iter().for_each(|refusal| cx.refuse(refusal));
                return Ok(());
            }
        };
        cx.prove(checked.proof);
        let people = form.inventors.unwrap_or_default();
        for pair in disclosure::duplicates(&people)? {
            let name = |at: usize| people.get(at).map_or("", |one| one.name.as_str());
            let (first, second) = (name(pair.first), name(pair.second));
            let reason = pair.reason.name();
            if pair.reason.strong() {
                let zh = format!("{first}与{second}是同一人({reason}),请合并");
                let en = format!("{first} and {second} are one person ({reason}); name them once");
                let refusal = Refusal::new("E-INPUT-02", "each person stands once", zh, en);
                cx.refuse(refusal.column(&format!("inventors[{}]", pair.second)).value(second));
            } else {
                cx.note(
                    format!("{first}与{second}可能是同一人({reason}),请核对"),
                    format!("{first} and {second} may be one person ({reason}); check"),
                );
            }
        }
        self.completers = people
            .iter()
            .map(|one| (one.name.clone(), one.contribution.map(|share| share.0)))
            .collect();
        let publications = form.public_disclosure.unwrap_or_default();
        let publication = |one: &disclosure::Publication| patent::Publication {
            on: one.on,
            cause: patent::Cause::from_name(&one.kind),
        };
        let facts = patent::Disclosure {
            publications: publications.iter().map(publication).collect(),
            filed: None,
            now: crate::input::On(on),
        };
        let standing = patent::novelty(&facts, &cx.law)?;
        self.fact(Proof { key: "novelty".into(), ..standing.proof.clone() });
        match (standing.novelty, standing.until) {
            (Novelty::Lost, _) => cx.note("新颖性已丧失", "novelty is lost"),
            (Novelty::Unknown, _) => cx.note(
                "有公开但原因不明,按已丧失新颖性处理,直至查清",
                "something was published for a cause that is not known: treat novelty as lost",
            ),
            (_, Some(until)) => {
                let cite = cx.own_cite("disclosure.novelty", "PL 24");
                self.clock(Clock::fixed("novelty", until, "office", None, cite));
            }
            (Novelty::Safe | Novelty::Grace, None) => {}
        }
        cx.prove(standing.proof);
        self.disclosed = Some(on);
        // Since then the year runs after which the completers have a right of their own.
        if let (Ok(period), Ok(_)) =
            (cx.law.period("inaction.period"), cx.law.get("inaction.effect"))
        {
            let calendar = cx.law.calendar();
            let clock = Clock::new("inaction", on, period, Roll::None, calendar, "unit")?;
            self.clock(clock);
        }
        self.enter(Stage::Screening, on);
        Ok(())
    }

    pub(super) fn on_assessed(&mut self, cx: &mut Cx<'_>) -> Result<(), Refusal> {
        let mut body = cx.stamped.event.body.clone();
        if let Some(members) = body.as_object_mut()
            && !members.contains_key("completers")
        {
            let names: Vec<&str> = self.completers.iter().map(|(name, _)| name.as_str()).collect();
            members.insert("completers".to_string(), json!(names));
        }
        let facts: assessment::Facts = crate::input::take(body)?;
        let assessed = assessment::assess(&facts, &cx.law, cx.on())?;
        self.fact(Proof { key: "assessment".into(), ..assessed.proof.clone() });
        cx.prove(assessed.proof);
        self.enter(Stage::Protection, cx.on());
        Ok(())
    }

    pub(super) fn on_trl_assessed(&mut self, cx: &mut Cx<'_>) -> Result<(), Refusal> {
        let body: TrlAssessed = cx.take()?;
        self.trl_evidence.extend(body.evidence);
        let facts = trl::Change {
            from: self.trl,
            to: body.to,
            evidence: self.trl_evidence.clone(),
            reason: body.reason,
        };
        let changed = trl::change(&facts, &cx.law)?;
        self.trl = changed.level;
        self.fact(changed.proof.clone());
        cx.prove(changed.proof);
        if self.stage == Stage::Assessment {
            self.enter(Stage::Protection, cx.on());
        }
        Ok(())
    }

    pub(super) fn on_right_recorded(&mut self, cx: &mut Cx<'_>) -> Result<(), Refusal> {
        let body: RightRecorded = cx.take()?;
        let mut name = words(&body.right, 200, "right")?;
        if body.patent.is_some() {
            let number = patent::number(&name).map_err(|refusal| refusal.column("right"))?;
            name = number.text();
        }
        let shares = ownership::shares(&Holdings { holdings: body.holdings.clone() })?;
        cx.prove(shares.proof);
        let life = body.patent.map(|filing| patent::life(&filing, &cx.law)).transpose()?;
        if let Some(life) = life {
            self.fact(Proof { key: "patent_end".into(), ..life.proof.clone() });
            cx.prove(life.proof);
        }
        if let Some(clock) = self.clocks.iter_mut().find(|clock| clock.key == "novelty")
            && body.patent.is_some()
        {
            clock.done = clock.done.or(Some(cx.stamped.event.on));
        }
        self.fact(Proof::fact("right", Shown::from(name)));
        self.right = Some(Right {
            kind: body.right_kind,
            patent: body.patent,
            holdings: body.holdings,
            open: body.open,
        });
        Ok(())
    }

    pub(super) fn on_opened(&mut self, cx: &mut Cx<'_>) -> Result<(), Refusal> {
        let body: Opened = cx.take()?;
        self.title = words(&body.title, 200, "title")?;
        self.unit = words(&body.unit.name, 200, "unit.name")?;
        self.unit_entity = entity(body.unit.entity.as_ref())?;
        if let Some(summary) = &body.summary {
            words(summary, 8_000, "abstract")?;
        }
        if cx.law.book.place(&body.place).is_none() {
            let (zh, en) = ("没有这个地区的规则", "no rules are known for this place");
            let refusal =
                Refusal::new("E-RULE-04", "a case stands under the law of a place", zh, en);
            return Err(refusal.column("place").value(&body.place));
        }
        self.place = body.place;
        self.unit_kind = Some(body.unit.kind);
        self.result = Some(body.result);
        self.publicly_funded = body.publicly_funded;
        self.fact(Proof::fact("place", self.place.clone()));
        self.fact(Proof::fact("unit_kind", body.unit.kind.name()));
        let funded = match body.publicly_funded {
            Some(funded) => kernel::Shown::Truth(funded),
            None => kernel::Shown::Unknown,
        };
        self.fact(Proof::fact("publicly_funded", funded));
        self.enter(Stage::Disclosure, cx.on());
        Ok(())
    }

    pub(super) fn on_screened(&mut self, cx: &mut Cx<'_>) -> Result<(), Refusal> {
        let body: Screened = cx.take()?;
        match body.outcome {
            Outcome::Pass => {
                self.happened.insert("screening_passed");
                self.enter(Stage::Assessment, cx.on());
            }
            Outcome::Return => {
                reason(body.reason.as_ref(), "reason")?;
                self.happened.remove("disclosed");
                self.enter(Stage::Disclosure, cx.on());
            }
            Outcome::Reject => {
                reason(body.reason.as_ref(), "reason")?;
                self.enter(Stage::Closed, cx.on());
            }
        }
        Ok(())
    }

    pub(super) fn on_protection_decided(&mut self, cx: &mut Cx<'_>) -> Result<(), Refusal> {
        let body: ProtectionDecided = cx.take()?;
        if body.choice == Protection::Release {
            reason(body.reason.as_ref(), "reason")?;
        }
        let choice = match body.choice {
            Protection::File => "file",
            Protection::Secret => "secret",
            Protection::Software => "software",
            Protection::Release => "release",
        };
        self.fact(Proof::fact("protection", choice));
        self.enter(Stage::Route, cx.on());
        Ok(())
    }
}
