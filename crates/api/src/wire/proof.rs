//! Proofs as they go over the wire: any figure opens to facts and articles.

use kernel::Refusal;
use serde::Serialize;
use utoipa::ToSchema;

/// What a step of a proof rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Cite {
    /// Id of the rule or parameter.
    pub rule: String,
    /// Which version of it.
    pub version: String,
    /// Law and article, such as `SH17 34`.
    pub article: String,
    /// `verified`, `excerpt`, `general`, `draft` or `own`.
    pub confidence: String,
}

/// A figure, date or decision with how it came about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Proof {
    /// What it is: a stable key.
    pub key: String,
    /// What it came to: yuan with two decimals, `70%`, `2026-03-18`, `unknown`.
    pub value: String,
    /// `money`, `ratio`, `day`, `number`, `truth`, `text` or `unknown`.
    #[serde(rename = "type")]
    pub kind: String,
    /// `fact`, `parameter`, `sum`, `difference`, `share`, `period`, …
    pub how: String,
    /// What it rests on.
    pub cite: Option<Cite>,
    /// What it was made from.
    #[schema(no_recursion)]
    pub parts: Vec<Proof>,
}

impl From<&kernel::Proof> for Proof {
    fn from(proof: &kernel::Proof) -> Proof {
        Proof {
            key: proof.key.to_string(),
            value: proof.value.text(),
            kind: proof.value.kind().to_string(),
            how: proof.how.to_string(),
            cite: proof.cite.as_ref().map(|cite| Cite {
                rule: cite.rule.clone(),
                version: cite.version.clone(),
                article: cite.article.clone(),
                confidence: cite.confidence.name().to_string(),
            }),
            parts: proof.parts.iter().map(Proof::from).collect(),
        }
    }
}

/// A rule that was broken, or would be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Broken {
    /// Stable code, such as `E-PRICE-01`.
    pub code: String,
    /// Law and article.
    pub rule: String,
    /// What was wrong and what would be right.
    pub message: super::Label,
    /// The field it is about.
    pub at: Option<String>,
    /// The offending value.
    pub value: Option<String>,
}

impl From<&Refusal> for Broken {
    fn from(refusal: &Refusal) -> Broken {
        Broken {
            code: refusal.code.to_string(),
            rule: refusal.rule.clone(),
            message: super::Label::from(&refusal.message),
            at: refusal.place.column.clone(),
            value: refusal.place.value.clone(),
        }
    }
}
