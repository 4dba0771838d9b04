//! Licences: their kind, and exclusivity over right, field, territory and time.
//!
//! Periods are half-open: a licence holds from its first day and no longer on its last one. Fields
//! and territories are paths such as `medicine/oncology` and `china/shanghai`; a place contains
//! what lies below it and `all` contains everything.
//! Source: SPC 25, CC 865, PL 50–51, PR 15; invariants I4 and I5.

use crate::clock::{self, at};
use crate::input::{On, refuse};
use crate::output;
use crate::patent::{self, Filing};
use kernel::{Day, Proof, Refusal};
use schema::Lookup;
use serde::Deserialize;
use serde_json::{Value, json};

/// Whom a licence keeps out (SPC 25).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// 独占: everyone else, the licensor among them.
    Exclusive,
    /// 排他: everyone else but the licensor.
    Sole,
    /// 普通: nobody.
    Ordinary,
}

impl Kind {
    /// The name in data.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Exclusive => "exclusive",
            Kind::Sole => "sole",
            Kind::Ordinary => "ordinary",
        }
    }

    /// The kind with this name.
    pub fn from_name(name: &str) -> Option<Kind> {
        [Kind::Exclusive, Kind::Sole, Kind::Ordinary].into_iter().find(|kind| kind.name() == name)
    }

    /// Whether it keeps other licensees out.
    pub fn bars_others(self) -> bool {
        self != Kind::Ordinary
    }
}

/// What a contract says of the kind of its licence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stated {
    /// The kind, when the contract names one.
    pub kind: Option<Kind>,
    /// Whether it is a licence under a licence.
    pub sublicence: bool,
    /// Whether the head contract agrees that a sublicence may be of another kind.
    #[serde(default)]
    pub otherwise_agreed: bool,
}

/// The kind under which a licence is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// The kind.
    pub kind: Kind,
    /// Whether the law gave it, not the contract.
    pub by_law: bool,
    /// How that came about.
    pub proof: Proof,
}

impl Kept {
    /// As JSON.
    pub fn json(&self) -> Value {
        json!({
            "kind": self.kind.name(),
            "by_law": self.by_law,
            "proof": output::proof(&self.proof),
        })
    }
}

/// The kind of a licence: ordinary when the contract is silent, and for a sublicence unless agreed
/// otherwise (SPC 25). Fails with `E-RULE-01` or `E-RULE-02`.
pub fn kind(facts: &Stated, law: &Lookup<'_>) -> Result<Kept, Refusal> {
    let id = match (facts.sublicence && !facts.otherwise_agreed, facts.kind) {
        (true, _) => "licence.sublicence",
        (false, None) => "licence.unspecified",
        (false, Some(_)) => "licence.kinds",
    };
    let (name, parameter) = law.text(id)?;
    let given = Kind::from_name(name);
    let (kind, by_law) = match (given, facts.kind) {
        (Some(given), stated) => (given, stated != Some(given)),
        (None, Some(stated)) => (stated, false),
        (None, None) => (Kind::Ordinary, true),
    };
    let stated = Proof::fact("stated_kind", facts.kind.map_or("silent", Kind::name));
    let parts = vec![stated, Proof::fact("sublicence", facts.sublicence), parameter.proof()];
    let proof = Proof::step("licence_kind", kind.name(), "choice", parts).citing(&parameter.cite);
    Ok(Kept { kind, by_law, proof })
}

/// Where and when something is licensed.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scope {
    /// The right: a patent or application number, or a name of the unit's own.
    pub right: String,
    /// Fields of use, as paths; `all` for every one.
    pub fields: Vec<String>,
    /// Territories, as paths; `all` for every one.
    pub territories: Vec<String>,
    /// The first day.
    pub from: On,
    /// The first day on which it no longer holds.
    pub to: On,
}

/// Whether `outer` is `inner` or contains it.
fn contains(outer: &str, inner: &str) -> bool {
    let (outer, inner) = (outer.trim_matches('/'), inner.trim_matches('/'));
    outer == "all"
        || outer == inner
        || inner.strip_prefix(outer).is_some_and(|rest| rest.starts_with('/'))
}

fn meet(a: &[String], b: &[String]) -> bool {
    a.iter().any(|a| b.iter().any(|b| contains(a, b) || contains(b, a)))
}

fn covers(outer: &[String], inner: &[String]) -> bool {
    inner.iter().all(|inner| outer.iter().any(|outer| contains(outer, inner)))
}

impl Scope {
    /// Whether both reach the same right, field, territory and day.
    pub fn overlaps(&self, other: &Scope) -> bool {
        self.right == other.right
            && self.from < other.to
            && other.from < self.to
            && meet(&self.fields, &other.fields)
            && meet(&self.territories, &other.territories)
    }

    /// Whether all of the other lies within this one.
    pub fn covers(&self, other: &Scope) -> bool {
        self.right == other.right
            && self.from <= other.from
            && other.to <= self.to
            && covers(&self.fields, &other.fields)
            && covers(&self.territories, &other.territories)
    }

    /// Fails with `E-DATE-02` unless it starts before it ends, `E-INPUT-01` when it reaches
    /// nothing, `E-SIZE` for long lists.
    fn check(&self) -> Result<(), Refusal> {
        clock::bounded(self.fields.len().saturating_mul(self.territories.len()), "fields")?;
        let ways = [("fields", &self.fields), ("territories", &self.territories)];
        for (column, list) in ways {
            let blank = list.iter().any(|one| one.trim_matches(['/', ' ']).is_empty());
            if list.is_empty() || blank {
                let en = "a licence names its fields and territories, or `all`";
                return Err(clock::unfit(en, "许可应写明领域和地域,或写 all", en, "", column));
            }
        }
        if self.from >= self.to {
            let en = format!("a licence ends after it starts, on {}", self.from.0);
            let zh = format!("许可的终止日应晚于起始日 {}", self.from.0);
            let refusal = Refusal::new("E-DATE-02", en.clone(), zh, en);
            return Err(refusal.value(&self.to.0.to_string()).column("to"));
        }
        Ok(())
    }

    fn text(&self) -> String {
        let (fields, territories) = (self.fields.join(","), self.territories.join(","));
        format!("{} {fields} {territories} {}..{}", self.right, self.from.0, self.to.0)
    }
}

/// A licence that was granted.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Licence {
    /// What it is called.
    pub id: String,
    /// Where and when.
    pub scope: Scope,
    /// Whom it keeps out.
    pub kind: Kind,
    /// Who takes it.
    pub licensee: String,
    /// Whether the licensee may grant licences under it; unknown counts as no.
    pub may_sublicense: Option<bool>,
    /// The licence it was granted under.
    pub under: Option<String>,
    /// The first day on which it was ended early.
    pub ended: Option<On>,
}

impl Licence {
    /// Its scope, cut where it was ended early; none when nothing is left.
    fn live(&self) -> Option<Scope> {
        let mut scope = self.scope.clone();
        if let Some(ended) = self.ended {
            scope.to = scope.to.min(ended);
        }
        (scope.from < scope.to).then_some(scope)
    }
}

/// An open licence that was declared for a patent (PL 50–51).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Open {
    /// The first day.
    pub from: On,
    /// The day it was withdrawn; earlier takers keep their licences.
    pub withdrawn: Option<On>,
}

/// A licence that is asked for.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// The licence.
    pub licence: Licence,
    /// The other licences of the right.
    pub others: Vec<Licence>,
    /// When the right is a patent: what was filed when.
    pub patent: Option<Filing>,
    /// Open licences of the patent.
    #[serde(default)]
    pub open: Vec<Open>,
    /// The day the contract takes effect; the filing clock starts on it.
    pub effective: On,
}

/// A licence that may be granted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Granted {
    /// The first day the patent no longer lives.
    pub patent_end: Option<Day>,
    /// The last day to file the licence with the patent office (PR 15); for patents only.
    pub filing_due: Option<Day>,
    /// How these came about.
    pub proof: Proof,
}

impl Granted {
    /// As JSON.
    pub fn json(&self) -> Value {
        json!({
            "patent_end": self.patent_end.map(|day| day.to_string()),
            "filing_due": self.filing_due.map(|day| day.to_string()),
            "proof": output::proof(&self.proof),
        })
    }
}

/// Whether a licence may be granted beside the others.
///
/// Fails with `E-LIC-01` (conflict with a live exclusive or sole licence, either way round),
/// `E-LIC-02` (past the life of the patent), `E-LIC-03` (openly licensed patent), `E-LIC-04`
/// (sublicence not granted), `E-DATE-02`, `E-INPUT-01`, `E-SIZE`.
pub fn grant(facts: &Request, law: &Lookup<'_>) -> Result<Granted, Refusal> {
    clock::bounded(facts.others.len().saturating_add(facts.open.len()), "others")?;
    let new = &facts.licence;
    new.scope.check()?;
    let mut parts = vec![Proof::fact("scope", new.scope.text())];
    let (_, kinds) = law.text("licence.kinds")?;
    let heads = heads(new, &facts.others, &kinds.cite.article)?;
    for other in &facts.others {
        other.scope.check()?;
        let Some(live) = other.live().filter(|live| live.overlaps(&new.scope)) else { continue };
        // The licences it stands on are no rivals of a sublicence.
        if heads.contains(&other.id.as_str())
            || !(new.kind.bars_others() || other.kind.bars_others())
        {
            continue;
        }
        let barring = if other.kind.bars_others() { other } else { new };
        let zh = format!(
            "与在期许可 {}({})在领域、地域和时间上重叠,{}许可排斥其他被许可人",
            other.id,
            live.text(),
            if barring.kind == Kind::Exclusive { "独占" } else { "排他" }
        );
        let en = format!(
            "overlaps the live licence {} ({}); {} licence {} keeps other licensees out",
            other.id,
            live.text(),
            if barring.kind == Kind::Exclusive { "exclusive" } else { "sole" },
            barring.id
        );
        return Err(refuse("E-LIC-01", &kinds.cite.article, &zh, &en)
            .value(&new.id)
            .column("licence/scope"));
    }
    parts.push(Proof::fact("conflicts", 0i64).citing(&kinds.cite));
    let patent_end = match &facts.patent {
        None => None,
        Some(filing) => {
            let (end, proof) = within_life(new.scope.to.0, "licence/scope/to", filing, law)?;
            parts.push(proof);
            open_bars(new, &facts.open, law)?;
            Some(end)
        }
    };
    let filing_due = match patent_end {
        None => None,
        Some(_) => {
            let effective = facts.effective.0;
            let start = Proof::fact("effective", effective);
            let law = at(law, effective);
            let due = clock::run("filing_due", start, effective, "licence.filing", &law)?;
            parts.push(due.proof);
            Some(due.due.last)
        }
    };
    let proof = Proof::step("licence", true, "choice", parts);
    Ok(Granted { patent_end, filing_due, proof })
}

/// Checks that a right of use that no longer holds on `to` ends within the life of its patent
/// (CC 865; I5); gives the patent's end and the proof. Fails with `E-LIC-02`.
pub(crate) fn within_life(
    to: Day,
    column: &str,
    filing: &Filing,
    law: &Lookup<'_>,
) -> Result<(Day, Proof), Refusal> {
    let life = patent::life(filing, law)?;
    let (_, within) = law.truth("licence.within_life")?;
    if to > life.end {
        let zh = format!("许可止于 {to},超过专利权存续期间,最晚可到 {}", life.end);
        let en = format!(
            "it ends on {to}, past the life of the patent; it may run to {} at most",
            life.end
        );
        return Err(refuse("E-LIC-02", &within.cite.article, &zh, &en)
            .value(&to.to_string())
            .column(column));
    }
    let parts = vec![Proof::fact("ends", to), life.proof];
    Ok((life.end, Proof::step("within_life", true, "choice", parts).citing(&within.cite)))
}

/// The licences a sublicence stands on, the nearest first. Fails with `E-LIC-04` unless the nearest
/// allows this one.
fn heads<'a>(new: &Licence, others: &'a [Licence], article: &str) -> Result<Vec<&'a str>, Refusal> {
    let Some(under) = &new.under else { return Ok(Vec::new()) };
    let refused = |zh: &str, en: &str| {
        Err(refuse("E-LIC-04", article, zh, en).value(under).column("licence/under"))
    };
    let Some(head) = others.iter().find(|other| other.id == *under) else {
        return refused("找不到所依据的许可", "there is no such licence to grant under");
    };
    if head.may_sublicense != Some(true) {
        return refused(
            "原许可没有约定被许可人可以再许可",
            "the head licence does not let its licensee grant sublicences",
        );
    }
    if !head.live().is_some_and(|live| live.covers(&new.scope)) {
        return refused(
            "再许可超出原许可的领域、地域或者期限",
            "the sublicence reaches past the field, territory or time of the head licence",
        );
    }
    let mut chain = vec![head.id.as_str()];
    let mut above = head.under.as_deref();
    while let Some(next) = above.and_then(|id| others.iter().find(|other| other.id == id)) {
        // A ring of licences ends where it began.
        if chain.contains(&next.id.as_str()) {
            break;
        }
        chain.push(&next.id);
        above = next.under.as_deref();
    }
    Ok(chain)
}

/// Fails with `E-LIC-03` for an exclusive or sole licence while the patent is openly licensed.
fn open_bars(new: &Licence, open: &[Open], law: &Lookup<'_>) -> Result<(), Refusal> {
    let (bars, parameter) = law.truth("licence.open_bars_exclusive")?;
    let scope = &new.scope;
    let live = |one: &&Open| {
        one.from < scope.to && one.withdrawn.is_none_or(|withdrawn| scope.from < withdrawn)
    };
    match open.iter().find(live) {
        Some(one) if bars && new.kind.bars_others() => {
            let zh = format!(
                "该专利自 {} 起实行开放许可,期间不得给予独占或者排他许可,可以改为普通许可",
                one.from.0
            );
            let en = format!(
                "the patent is openly licensed since {}; meanwhile only ordinary licences are granted",
                one.from.0
            );
            Err(refuse("E-LIC-03", &parameter.cite.article, &zh, &en)
                .value(new.kind.name())
                .column("licence/kind"))
        }
        _ => Ok(()),
    }
}

/// An open licence that is to be declared.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Declaration {
    /// The patent: what was filed when.
    pub patent: Filing,
    /// Its name or number, as the licences have it.
    pub right: String,
    /// The first day.
    pub on: On,
    /// Whether an evaluation report is at hand; unknown counts as no.
    pub report: Option<bool>,
    /// Licences of the right.
    pub licences: Vec<Licence>,
}

/// An open licence that may be declared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Declared {
    /// The first day the patent no longer lives.
    pub patent_end: Day,
    /// How that came about.
    pub proof: Proof,
}

impl Declared {
    /// As JSON.
    pub fn json(&self) -> Value {
        json!({
            "patent_end": self.patent_end.to_string(),
            "proof": output::proof(&self.proof),
        })
    }
}

/// Whether an open licence may be declared (PL 50–51).
///
/// Fails with `E-LIC-03` without the evaluation report of a utility model or design and beside a
/// live exclusive or sole licence, `E-LIC-02` when the patent has ended, `E-SIZE`.
pub fn declare_open(facts: &Declaration, law: &Lookup<'_>) -> Result<Declared, Refusal> {
    clock::bounded(facts.licences.len(), "licences")?;
    let on = facts.on.0;
    let (end, within) = within_life(on.next(), "on", &facts.patent, law)?;
    let (needs, report) = law.truth("licence.open_report")?;
    let needs = needs && facts.patent.kind != patent::Kind::Invention;
    if needs && facts.report != Some(true) {
        return Err(refuse(
            "E-LIC-03",
            &report.cite.article,
            "实用新型、外观设计实行开放许可,应当提供专利权评价报告",
            "the open licence of a utility model or design needs an evaluation report",
        )
        .value(facts.patent.kind.name())
        .column("report"));
    }
    let (_, bars) = law.truth("licence.open_bars_exclusive")?;
    let rival = |one: &&Licence| {
        let live = one.live().is_some_and(|live| live.right == facts.right && on < live.to.0);
        live && one.kind.bars_others()
    };
    if let Some(rival) = facts.licences.iter().find(rival) {
        let zh = format!("许可 {} 为独占或者排他许可,尚在有效期内,不能实行开放许可", rival.id);
        let en = format!("licence {} is exclusive or sole and has not ended", rival.id);
        return Err(refuse("E-LIC-03", &bars.cite.article, &zh, &en)
            .value(&rival.id)
            .column("licences"));
    }
    let parts = vec![within, Proof::fact("report", facts.report == Some(true))];
    let proof = Proof::step("open_licence", true, "choice", parts).citing(&bars.cite);
    Ok(Declared { patent_end: end, proof })
}

/// The licensor's own use of a right it has licensed.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OwnUse {
    /// Where and when the licensor means to use it.
    pub scope: Scope,
    /// Licences of the right.
    pub licences: Vec<Licence>,
}

/// The licensor's own use that is allowed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Allowed {
    /// How that came about.
    pub proof: Proof,
}

impl Allowed {
    /// As JSON.
    pub fn json(&self) -> Value {
        json!({"allowed": true, "proof": output::proof(&self.proof)})
    }
}

/// Whether the licensor may use the right itself: not under a live 独占 licence (SPC 25).
///
/// Fails with `E-LIC-01`, `E-DATE-02`, `E-INPUT-01`, `E-SIZE`.
pub fn own_use(facts: &OwnUse, law: &Lookup<'_>) -> Result<Allowed, Refusal> {
    clock::bounded(facts.licences.len(), "licences")?;
    facts.scope.check()?;
    let (_, kinds) = law.text("licence.kinds")?;
    let bars = |one: &&Licence| {
        one.kind == Kind::Exclusive && one.live().is_some_and(|live| live.overlaps(&facts.scope))
    };
    if let Some(bar) = facts.licences.iter().find(bars) {
        let zh = format!("许可 {} 为独占许可,许可人自己也不得实施", bar.id);
        let en = format!("licence {} is exclusive: the licensor itself may not use it", bar.id);
        return Err(refuse("E-LIC-01", &kinds.cite.article, &zh, &en)
            .value(&bar.id)
            .column("scope"));
    }
    let parts = vec![Proof::fact("scope", facts.scope.text())];
    Ok(Allowed { proof: Proof::step("own_use", true, "choice", parts).citing(&kinds.cite) })
}

#[cfg(test)]
mod tests;
