//! Which type a contract is by its content, whatever it calls itself (SPC 17, 19, 22; CC 878, 887).

use super::Kind;
use crate::output;
use kernel::{Label, Proof, Refusal};
use schema::Lookup;
use serde::Deserialize;
use serde_json::{Value, json};

/// What the content of a contract shows. What is left out is unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Traits {
    /// What it calls itself.
    pub stated: Kind,
    /// Whether its technology is not yet mastered and has to be developed (SPC 17, 22).
    pub to_be_developed: Option<bool>,
    /// Whether it only retouches, verifies or uses what exists (SPC 17).
    pub only_existing: Option<bool>,
    /// Whether one side gives nothing but money, equipment or material (SPC 19).
    pub one_side_pays_only: Option<bool>,
    /// Whether it is about one existing, specific patent, application or know-how (SPC 22).
    pub existing_specific: Option<bool>,
    /// For an investment: whether the investor of technology takes part in management (SPC 22).
    pub takes_part: Option<bool>,
    /// For an investment: whether it is promised a return whatever happens (SPC 22).
    pub guaranteed_return: Option<bool>,
    /// For an investment: whether the title moves.
    pub title_moves: Option<bool>,
    /// Whether it is contracting for work or construction (CC 878).
    pub works: Option<bool>,
}

/// How what a contract calls itself fits what it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fit {
    /// It is what it says.
    Fits,
    /// It is another type of technology contract.
    Reclassified,
    /// It is no technology contract under these rules.
    NotTechnical,
    /// What would decide it is not known.
    Unknown,
}

impl Fit {
    /// The name in data.
    pub fn name(self) -> &'static str {
        match self {
            Fit::Fits => "fits",
            Fit::Reclassified => "reclassified",
            Fit::NotTechnical => "not_technical",
            Fit::Unknown => "unknown",
        }
    }
}

/// Why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// The article.
    pub article: String,
    /// In words.
    pub text: Label,
}

/// What a contract is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Classified {
    /// What it calls itself.
    pub stated: Kind,
    /// How that fits.
    pub fit: Fit,
    /// What it is; none when it is no technology contract or that is unknown.
    pub kind: Option<Kind>,
    /// Why; none when it fits.
    pub reason: Option<Reason>,
    /// How that came about.
    pub proof: Proof,
}

impl Classified {
    /// As JSON.
    pub fn json(&self) -> Value {
        let reason = self.reason.as_ref().map(
            |reason| json!({"article": reason.article, "zh": reason.text.zh, "en": reason.text.en}),
        );
        json!({
            "stated": self.stated.name(),
            "fit": self.fit.name(),
            "kind": self.kind.map(Kind::name),
            "reason": reason,
            "proof": output::proof(&self.proof),
        })
    }
}

/// What a contract shows itself to be.
enum Verdict {
    Is(Kind),
    Not,
    Open(&'static str),
}

/// The rule that decided, and its words.
type Found = (Verdict, &'static str, &'static str, &'static str);

/// Which type a contract is by its content. Fails with `E-RULE-01` or `E-RULE-02`.
pub fn classify(facts: &Traits, law: &Lookup<'_>) -> Result<Classified, Refusal> {
    let (verdict, id, zh, en) = judge(facts);
    let (_, rule) = law.text(id)?;
    let (fit, kind, open) = match verdict {
        Verdict::Is(kind) if kind == facts.stated => (Fit::Fits, Some(kind), None),
        Verdict::Is(kind) => (Fit::Reclassified, Some(kind), None),
        Verdict::Not => (Fit::NotTechnical, None, None),
        Verdict::Open(what) => (Fit::Unknown, None, Some(what)),
    };
    let reason = (fit != Fit::Fits).then(|| Reason {
        article: rule.cite.article.clone(),
        text: match open {
            None => Label::new(zh, en),
            Some(what) => {
                Label::new(format!("尚不知道:{what}"), format!("it is not known: {what}"))
            }
        },
    });
    let mut parts = vec![Proof::fact("stated", facts.stated.name())];
    let known = [
        ("to_be_developed", facts.to_be_developed),
        ("only_existing", facts.only_existing),
        ("one_side_pays_only", facts.one_side_pays_only),
        ("existing_specific", facts.existing_specific),
        ("takes_part", facts.takes_part),
        ("guaranteed_return", facts.guaranteed_return),
        ("title_moves", facts.title_moves),
        ("works", facts.works),
    ];
    for (key, value) in known {
        parts.extend(value.map(|value| Proof::fact(key, value)));
    }
    parts.push(rule.proof());
    let shown = kind.map_or(fit.name(), Kind::name);
    let proof = Proof::step("contract_type", shown, "choice", parts).citing(&rule.cite);
    Ok(Classified { stated: facts.stated, fit, kind, reason, proof })
}

fn judge(facts: &Traits) -> Found {
    match facts.stated {
        Kind::DevelopmentCommissioned | Kind::DevelopmentCooperative => development(facts),
        Kind::Transfer | Kind::Licence => existing(facts),
        Kind::Investment => investment(facts),
        Kind::Service => service(facts),
        Kind::Consulting => (Verdict::Is(Kind::Consulting), "class.service", "", ""),
        Kind::Intermediary | Kind::Training => (
            Verdict::Not,
            "class.other",
            "技术中介、技术培训合同适用其他规定",
            "intermediary and training contracts follow other rules",
        ),
    }
}

fn development(facts: &Traits) -> Found {
    let id = "class.development";
    match (facts.to_be_developed, facts.only_existing) {
        (Some(false), _) | (_, Some(true)) => {
            return (
                Verdict::Is(Kind::Service),
                id,
                "改型、工艺变更、验证或者使用已有技术成果不是技术开发,属于技术服务",
                "retouching, verifying or using what is already mastered is no development but a service",
            );
        }
        (None, _) => return (Verdict::Open("to_be_developed"), id, "", ""),
        (_, None) => return (Verdict::Open("only_existing"), id, "", ""),
        _ => {}
    }
    let id = "class.cooperative";
    match (facts.stated, facts.one_side_pays_only) {
        (Kind::DevelopmentCooperative, Some(true)) => (
            Verdict::Is(Kind::DevelopmentCommissioned),
            id,
            "一方只提供资金、设备、材料等条件的,是委托开发",
            "where one side gives only money, equipment or material it is commissioned development",
        ),
        (Kind::DevelopmentCooperative, None) => (Verdict::Open("one_side_pays_only"), id, "", ""),
        (stated, _) => (Verdict::Is(stated), id, "", ""),
    }
}

fn existing(facts: &Traits) -> Found {
    let id = "class.transfer";
    match (facts.to_be_developed, facts.existing_specific) {
        (Some(true), _) => (
            Verdict::Is(Kind::DevelopmentCommissioned),
            id,
            "尚待研究开发的技术成果不能转让或者许可,属于技术开发",
            "what is still to be developed is neither transferred nor licensed; it is development",
        ),
        (_, Some(false)) => (
            Verdict::Is(Kind::Service),
            id,
            "不涉及特定专利、专利申请或者技术秘密的知识、经验和信息不是转让或者许可",
            "general knowledge, experience or information is neither transferred nor licensed",
        ),
        (None, _) => (Verdict::Open("to_be_developed"), id, "", ""),
        (_, None) => (Verdict::Open("existing_specific"), id, "", ""),
        _ => (Verdict::Is(facts.stated), id, "", ""),
    }
}

fn investment(facts: &Traits) -> Found {
    let id = "class.transfer";
    match (facts.takes_part, facts.guaranteed_return, facts.title_moves) {
        (Some(true), _, _) | (_, Some(false), _) => (
            Verdict::Not,
            id,
            "参与经营管理或者不保底的技术入股是投资,不是技术合同",
            "technology put in with a part in management, or without a guaranteed return, is an investment",
        ),
        (None, _, _) => (Verdict::Open("takes_part"), id, "", ""),
        (_, None, _) => (Verdict::Open("guaranteed_return"), id, "", ""),
        (_, _, None) => (Verdict::Open("title_moves"), id, "", ""),
        (_, _, Some(moves)) => (
            Verdict::Is(if moves { Kind::Transfer } else { Kind::Licence }),
            id,
            "不参与经营管理并约定保底收益的技术入股,视为技术转让或者许可",
            "technology put in without management and with a guaranteed return is a transfer or licence",
        ),
    }
}

fn service(facts: &Traits) -> Found {
    let id = "class.service";
    match facts.works {
        Some(true) => (
            Verdict::Not,
            id,
            "承揽合同和建设工程合同不是技术服务合同",
            "contracting for work and construction is no technology service",
        ),
        None => (Verdict::Open("works"), id, "", ""),
        Some(false) => (Verdict::Is(Kind::Service), id, "", ""),
    }
}
