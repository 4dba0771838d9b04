//! How much of net income the law gives those who made a result, and where it lets a unit decide.
//!
//! Source: TL 44–45 (at least 50 % where nothing is ruled or agreed, and always for state-founded
//! units); SH17 34, BJ 12 (70 % may be set); ZJ 39 (70 % must be met).

use crate::case::UnitKind;
use kernel::{Fen, Label, Proof, Ratio, Refusal, Rounding};
use schema::Lookup;
use serde::{Deserialize, Serialize};

/// What the reward rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// A rule of the unit.
    Rule,
    /// An agreement with the people.
    Agreement,
    /// Neither.
    None,
}

impl Basis {
    /// The name in data.
    pub fn name(self) -> &'static str {
        match self {
            Basis::Rule => "rule",
            Basis::Agreement => "agreement",
            Basis::None => "none",
        }
    }
}

/// Whether a floor binds this kind of unit: those that the state founded, enterprises left out.
pub fn binds(kind: UnitKind) -> bool {
    matches!(kind, UnitKind::StateUniversity | UnitKind::StateInstitute | UnitKind::StateHospital)
}

/// The reward that counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reward {
    /// The share of net income.
    pub share: Ratio,
    /// The least that the law allows here; `None` where a unit may decide freely.
    pub floor: Option<Ratio>,
    /// What is worth knowing.
    pub notes: Vec<Label>,
    /// How it came about.
    pub proof: Proof,
}

/// The share of net income that goes to those who made the result.
///
/// `stated` is what the rule or agreement says. Fails with `E-REW-01` below the floor,
/// `E-SHARE-01` when a rule or agreement states nothing, `E-SHARE-02` outside 0 to 1.
pub fn reward(
    kind: UnitKind,
    basis: Basis,
    stated: Option<Ratio>,
    net: Fen,
    law: &Lookup<'_>,
) -> Result<Reward, Refusal> {
    let (must, must_rule) = law.ratio("reward.must")?;
    let mut notes = Vec::new();
    if basis == Basis::None {
        let (default, rule) = law.ratio("reward.default")?;
        let bound = binds(kind) && must > default;
        let (share, cited) = if bound { (must, must_rule) } else { (default, rule) };
        let mut parts = vec![rule.proof()];
        if binds(kind) {
            parts.push(must_rule.proof());
        }
        parts.push(Proof::fact("basis", basis.name()));
        let proof = Proof::step("reward_share", share, "choice", parts).citing(&cited.cite);
        return Ok(Reward { share, floor: Some(share), notes, proof });
    }
    let share = stated.ok_or_else(|| {
        let (zh, en) =
            ("请写明规定或约定的奖励比例", "say which share the rule or agreement gives");
        Refusal::new("E-SHARE-01", &*must_rule.cite.article, zh, en).column("reward")
    })?;
    if !share.is_share() {
        let (zh, en) = ("奖励比例应在 0 至 100% 之间", "the reward lies from 0 to 100 %");
        let refusal = Refusal::new("E-SHARE-02", &*must_rule.cite.article, zh, en);
        return Err(refusal.column("reward").value(&share.to_string()));
    }
    let mut parts = vec![Proof::fact("stated", share), Proof::fact("basis", basis.name())];
    if !binds(kind) {
        let proof = Proof::step("reward_share", share, "choice", parts);
        return Ok(Reward { share, floor: None, notes, proof });
    }
    if share < must {
        let least = must.of(net.max(Fen::ZERO), Rounding::Up).unwrap_or(Fen::ZERO);
        return Err(Refusal::new(
            "E-REW-01",
            &*must_rule.cite.article,
            format!("奖励比例{share}低于法定下限{must}(净收入{net}元,至少{least}元)"),
            format!("a reward of {share} is below the floor of {must} (at least {least} of {net})"),
        )
        .column("reward")
        .value(&share.to_string()));
    }
    parts.push(must_rule.proof());
    if let Some(rule) = law.find("reward.standard")
        && let schema::Setting::Ratio(standard) = rule.setting
    {
        parts.push(rule.proof());
        if share < standard {
            let article = &rule.cite.article;
            notes.push(Label::new(
                format!("低于 {article} 的标准({standard}),但不低于法定下限"),
                format!("below {article} standard ({standard}), not below the floor"),
            ));
        }
    }
    let proof = Proof::step("reward_share", share, "choice", parts).citing(&must_rule.cite);
    Ok(Reward { share, floor: Some(must), notes, proof })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testkit::{book, day, share, yuan};

    const KINDS: [UnitKind; 5] = [
        UnitKind::StateUniversity,
        UnitKind::StateInstitute,
        UnitKind::StateHospital,
        UnitKind::StateEnterprise,
        UnitKind::Private,
    ];

    fn ask(
        place: &str,
        kind: UnitKind,
        basis: Basis,
        stated: Option<&str>,
    ) -> Result<Reward, Refusal> {
        let law = book().lookup(place, day("2026-04-10"), day("2026-11-27"));
        reward(kind, basis, stated.map(share), yuan("2934500.00"), &law)
    }

    #[test]
    fn floors_bind_where_the_law_says() {
        // Place, stated share, whether it stands, whether it is noted; both sides of each bound.
        for (place, stated, stands, noted, article) in [
            ("china", "49.9999%", false, false, "TL 45"),
            ("china", "50%", true, false, "TL 45"),
            ("china", "100%", true, false, "TL 45"),
            ("shanghai", "45%", false, false, "TL 45"),
            ("shanghai", "49.9999%", false, false, "TL 45"),
            ("shanghai", "50%", true, true, "TL 45"),
            ("shanghai", "60%", true, true, "TL 45"),
            ("shanghai", "69.9999%", true, true, "TL 45"),
            ("shanghai", "70%", true, false, "TL 45"),
            ("beijing", "50%", true, true, "TL 45"),
            ("beijing", "70%", true, false, "TL 45"),
            ("beijing", "49%", false, false, "TL 45"),
            ("zhejiang", "60%", false, false, "ZJ 39"),
            ("zhejiang", "69.9999%", false, false, "ZJ 39"),
            ("zhejiang", "70%", true, false, "ZJ 39"),
        ] {
            for basis in [Basis::Rule, Basis::Agreement] {
                for kind in KINDS {
                    let found = ask(place, kind, basis, Some(stated));
                    let name = format!("{place} {stated} {}", kind.name());
                    if !binds(kind) {
                        let found = found.expect(&name);
                        assert_eq!((found.share, found.floor), (share(stated), None), "{name}");
                        assert!(found.notes.is_empty() && found.proof.cite.is_none(), "{name}");
                        continue;
                    }
                    match found {
                        Ok(found) => {
                            assert!(stands, "{name}");
                            assert_eq!(found.share, share(stated));
                            assert_eq!(!found.notes.is_empty(), noted, "{name}");
                            let cite = found.proof.cite.as_ref().map(|cite| &*cite.article);
                            assert_eq!(cite, Some(article), "{name}");
                            assert!(found.floor.is_some_and(|floor| floor <= found.share));
                        }
                        Err(refusal) => {
                            assert!(!stands, "{name}");
                            assert_eq!((refusal.code, &*refusal.rule), ("E-REW-01", article));
                            assert_eq!(refusal.place.value.as_deref(), Some(stated));
                            assert_eq!(refusal.place.column.as_deref(), Some("reward"));
                        }
                    }
                }
            }
        }
        let note = &ask("shanghai", UnitKind::StateInstitute, Basis::Rule, Some("60%"));
        let note = note.as_ref().map(|found| found.notes[0].en.clone());
        assert!(note.is_ok_and(|note| note.starts_with("below SH17 34 standard (70%)")));
        let refused = ask("zhejiang", UnitKind::StateInstitute, Basis::Rule, Some("60%"));
        let message = refused.map_err(|refusal| refusal.message.en).err().unwrap_or_default();
        assert!(message.contains("2054150.00"), "{message}");
    }

    #[test]
    fn without_rule_or_agreement_the_law_decides() {
        for (place, kind, expected, article) in [
            ("china", UnitKind::StateInstitute, "50%", "TL 45"),
            ("china", UnitKind::Private, "50%", "TL 45"),
            ("shanghai", UnitKind::StateUniversity, "50%", "TL 45"),
            ("beijing", UnitKind::StateHospital, "50%", "TL 45"),
            ("zhejiang", UnitKind::StateInstitute, "70%", "ZJ 39"),
            ("zhejiang", UnitKind::Private, "50%", "TL 45"),
            ("zhejiang", UnitKind::StateEnterprise, "50%", "TL 45"),
        ] {
            let found = ask(place, kind, Basis::None, None).expect("decided");
            assert_eq!((found.share, found.floor), (share(expected), Some(share(expected))));
            assert_eq!(found.proof.cite.map(|cite| cite.article.clone()).as_deref(), Some(article));
            let stated = ask(place, kind, Basis::None, Some("10%")).expect("decided");
            assert_eq!(stated.share, share(expected), "what is stated without a basis counts not");
        }
    }

    #[test]
    fn a_rule_says_its_share() {
        let code = |stated| {
            let found = ask("shanghai", UnitKind::Private, Basis::Rule, stated);
            found.map_err(|refusal| refusal.code).err()
        };
        assert_eq!(code(None), Some("E-SHARE-01"));
        assert_eq!(code(Some("100.0001%")), Some("E-SHARE-02"));
        assert_eq!(code(Some("-0.0001%")), Some("E-SHARE-02"));
        assert_eq!(code(Some("0%")), None);
        assert_eq!(code(Some("100%")), None);
        assert_eq!(Basis::Rule.name(), "rule");
        assert_eq!((Basis::Agreement.name(), Basis::None.name()), ("agreement", "none"));
    }
}
