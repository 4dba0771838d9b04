//! The evidence of a case: what protects those who decided, what is missing of it, and the sealed
//! pack that anyone can check offline. And what a case contributes to reports.

use super::pricing::Route;
use super::{Applied, Case, Cx, Stamped};
use crate::activity::{self, What};
use crate::contract;
use crate::evidence::{self, HouseRules, Pack, PriceEvidence, PriceKind, Pricing, Supervision};
use crate::input::{On, Yuan};
use crate::notice::Way;
use kernel::{Day, Fen, Proof, Refusal};
use schema::Rulebook;
use serde::Deserialize;
use serde_json::{Map, Value, json};

/// What is gathered for the pack while the case goes on.
#[derive(Debug, Clone, Default)]
pub(super) struct Gathered {
    pub(super) actor: Option<String>,
    pub(super) approver: Option<String>,
    pub(super) minutes: Option<evidence::Minutes>,
    pub(super) notices: Vec<evidence::Notice>,
    pub(super) price: Vec<PriceEvidence>,
    pub(super) alternatives: Vec<String>,
    supervision: Vec<Supervision>,
    rules: Option<HouseRules>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct EvidenceAdded {
    element: Element,
    sha256: String,
    #[serde(default, rename = "name")]
    _name: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Element {
    Appraisal,
    Market,
    Voucher,
    Other,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Supervised {
    what: String,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct RulesRecorded {
    heard_on: Option<On>,
    passed_on: Option<On>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Noted {
    text: String,
}

fn is_digest(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}

impl Case {
    pub(super) fn on_evidence_added(&mut self, cx: &mut Cx<'_>) -> Result<(), Refusal> {
        let body: EvidenceAdded = cx.take()?;
        if !is_digest(&body.sha256) {
            let (zh, en) =
                ("sha256 应为64位小写十六进制", "a digest has 64 lower-case hexadecimal digits");
            let refusal = Refusal::new("E-SRC-02", en, zh, en);
            return Err(refusal.column("sha256").value(&body.sha256));
        }
        let kind = match body.element {
            Element::Appraisal => Some(PriceKind::Appraisal),
            Element::Market => Some(PriceKind::Market),
            Element::Voucher => Some(PriceKind::Voucher),
            Element::Other => None,
        };
        if let Some(kind) = kind {
            self.pack.price.push(PriceEvidence { kind, sha256: body.sha256 });
        }
        Ok(())
    }

    pub(super) fn on_supervised(&mut self, cx: &mut Cx<'_>) -> Result<(), Refusal> {
        let body: Supervised = cx.take()?;
        let what = super::intake::words(&body.what, 4_000, "what")?;
        self.pack.supervision.push(Supervision { on: On(cx.on()), what });
        Ok(())
    }

    pub(super) fn on_rules_recorded(&mut self, cx: &mut Cx<'_>) -> Result<(), Refusal> {
        let body: RulesRecorded = cx.take()?;
        self.pack.rules = Some(HouseRules { heard_on: body.heard_on, passed_on: body.passed_on });
        Ok(())
    }

    pub(super) fn on_noted(&mut self, cx: &mut Cx<'_>) -> Result<(), Refusal> {
        let body: Noted = cx.take()?;
        super::intake::words(&body.text, 8_000, "text")?;
        Ok(())
    }

    fn evidence(&self) -> Pack {
        let gathered = self.pack.clone();
        Pack {
            deal: self.title.clone(),
            pricing: match self.offer.as_ref().map(|offer| offer.way) {
                Some(Way::Listing) => Pricing::Listing,
                Some(Way::Auction) => Pricing::Auction,
                _ => Pricing::Negotiated,
            },
            actor: gathered.actor,
            approver: gathered.approver,
            minutes: gathered.minutes,
            notices: gathered.notices,
            price: gathered.price,
            alternatives: gathered.alternatives,
            supervision: gathered.supervision,
            rules: gathered.rules,
        }
    }

    /// What an evidence pack still lacks: each with its article, as of a day.
    pub fn missing_evidence(&self, book: &Rulebook, today: Day) -> Vec<Refusal> {
        if self.route.is_none() {
            return Vec::new();
        }
        let law = book.lookup(&self.place, self.last_day.unwrap_or(today), today);
        match evidence::missing(&self.evidence(), &law) {
            Ok(found) => found
                .gaps
                .into_iter()
                .map(|gap| {
                    Refusal::new("E-EVIDENCE-02", gap.article, gap.why.zh, gap.why.en)
                        .column(gap.element)
                })
                .collect(),
            Err(refusal) => vec![refusal],
        }
    }

    /// The sealed pack: everything that was stated and every proof, checkable offline.
    ///
    /// `proofs_of` gives the journal's inclusion proof of a step, when one is at hand. Fails like
    /// [`evidence::seal`].
    pub fn seal(
        &self,
        deal: &str,
        events: &[(Stamped, Applied)],
        inclusion: &Map<String, Value>,
        book: &Rulebook,
        today: Day,
    ) -> Result<evidence::Sealed, Refusal> {
        let law = book.lookup(&self.place, self.last_day.unwrap_or(today), today);
        let found = evidence::missing(&self.evidence(), &law)?;
        let mut elements = Map::new();
        let steps = events.iter().map(|(stamped, _)| {
            json!({
                "seq": stamped.seq,
                "by": stamped.by,
                "recorded": stamped.recorded.to_string(),
                "event": stamped.event.json(),
            })
        });
        elements.insert("events".to_string(), Value::Array(steps.collect()));
        let gaps = found.gaps.iter().map(|gap| json!(gap.element));
        elements.insert("missing".to_string(), Value::Array(gaps.collect()));
        elements.insert("title".to_string(), json!(self.title));
        elements.insert("unit".to_string(), json!(self.unit));
        elements.insert("stage".to_string(), json!(self.stage.name()));
        elements.insert("journal".to_string(), Value::Object(inclusion.clone()));
        let sealing = evidence::Sealing {
            deal: deal.to_string(),
            place: self.place.clone(),
            sealed_on: On(today),
            elements,
        };
        let mut proofs: Vec<Proof> =
            events.iter().flat_map(|(_, applied)| applied.proofs.iter().cloned()).collect();
        proofs.push(found.proof);
        evidence::seal(&sealing, &proofs)
    }

    /// What an event of this case counts as in reports; `id` names it there.
    pub fn activity(&self, stamped: &Stamped, id: &str, case: &str) -> Vec<activity::Event> {
        let on = On(stamped.event.on);
        let text = |key: &str| stamped.event.body.get(key).and_then(Value::as_str);
        let one = |what: What| vec![activity::Event { id: id.to_string(), on, what }];
        match stamped.event.kind {
            "disclosed" => vec![
                activity::Event {
                    id: id.to_string(),
                    on,
                    what: What::Disclosed { disclosure: case.to_string() },
                },
                activity::Event {
                    id: format!("{id}.result"),
                    on,
                    what: What::ResultObtained { result: case.to_string() },
                },
            ],
            "right_recorded" if stamped.event.body.get("patent").is_some_and(Value::is_object) => {
                let application = text("right").unwrap_or(case).to_string();
                one(What::PatentFiled { application, new: true })
            }
            "contract_signed" => self.contract_activity(stamped, id, case),
            "received" => {
                let amount = text("amount").and_then(|text| Fen::parse(text).ok());
                let Some(amount) = amount.filter(|_| self.licensed()) else { return Vec::new() };
                let royalty = text("for").is_some_and(|key| key.contains("royalty"));
                let income = match royalty {
                    true => activity::Income::RunningRoyalty,
                    false => activity::Income::Fee,
                };
                let licence = Some(case.to_string());
                one(What::LicenceIncome { licence, amount: Yuan(amount), income })
            }
            _ => Vec::new(),
        }
    }

    fn contract_activity(&self, stamped: &Stamped, id: &str, case: &str) -> Vec<activity::Event> {
        let on = On(stamped.event.on);
        let body = &stamped.event.body;
        let route = match self.route {
            Some(Route::Transfer) => activity::Route::Assignment,
            Some(Route::Licence | Route::OpenLicence | Route::TrialFirst) => {
                activity::Route::Licence
            }
            Some(Route::Equity) => activity::Route::Equity,
            Some(Route::OwnUse) => activity::Route::OwnUse,
            Some(Route::Cooperation) => activity::Route::Cooperation,
            None => activity::Route::Other,
        };
        let total = body.pointer("/contract/price/total").and_then(Value::as_str);
        let amount = total.and_then(|text| Fen::parse(text).ok()).map(Yuan);
        let what = What::Transformed { contract: case.to_string(), route, amount };
        let mut all = vec![activity::Event { id: id.to_string(), on, what }];
        let kind = body.pointer("/contract/kind").and_then(Value::as_str);
        if kind == Some(contract::Kind::Licence.name()) {
            let stated = body.pointer("/contract/licence/kind").and_then(Value::as_str);
            let size = body.get("licensee_size").cloned().unwrap_or_default();
            let licensee = serde_json::from_value(size).unwrap_or(activity::Licensee::Unknown);
            all.push(activity::Event {
                id: format!("{id}.licence"),
                on,
                what: What::LicenceSigned {
                    licence: case.to_string(),
                    exclusive: stated == Some("exclusive"),
                    licensee,
                    equity: self.equity.is_some(),
                },
            });
        }
        all
    }

    /// What the newest distribution counts as in reports.
    pub fn distributed(&self, on: Day, id: &str, case: &str) -> Vec<activity::Event> {
        let Some(decision) = &self.decision else { return Vec::new() };
        let outcome = &decision.outcome;
        let unit = outcome.others.get("unit").copied().unwrap_or(Fen::ZERO);
        let to = |receiver, suffix: &str, amount: Fen| activity::Event {
            id: format!("{id}.{suffix}"),
            on: On(on),
            what: What::Distributed {
                contract: case.to_string(),
                to: receiver,
                amount: Yuan(amount),
            },
        };
        vec![
            to(activity::Receiver::People, "people", outcome.reward_now),
            to(activity::Receiver::Unit, "unit", unit),
        ]
    }
}
