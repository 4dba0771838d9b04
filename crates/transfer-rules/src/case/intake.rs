//! The way in: opening, screening, protection.

use super::{Case, Cx, Stage};
use kernel::{Proof, Refusal, text};
use serde::{Deserialize, Serialize};

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
    text::clean(text, most).map(|text| text.to_string()).map_err(|refusal| refusal.column(column))
}

/// A reason that must be given.
pub(super) fn reason(given: Option<&String>, column: &str) -> Result<String, Refusal> {
    let missing = || {
        let (zh, en) = ("请写明理由", "say why");
        Refusal::new("E-INPUT-02", "a decision gives its reason", zh, en).column(column)
    };
    words(given.ok_or_else(missing)?, 4_000, column)
}

impl Case {
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
