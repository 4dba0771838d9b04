//! Route and price: decision, notice, objections, listing, consents, export.

use super::intake::{entity, reason, words};
use super::{Case, Clock, Cx, Offer, Published, Stage};
use crate::evidence::{self, Minutes, PriceEvidence, PriceKind};
use crate::export;
use crate::input::{On, Yuan};
use crate::listing::{self, Listing};
use crate::notice::{self, Content, Course, Notice, Site, Way};
use crate::output;
use crate::ownership::{Answer, Consent, Notice as FirstRefusal};
use kernel::{Day, Proof, Refusal, Shown};
use schema::{Lookup, Rulebook};
use serde::Deserialize;
use serde_json::json;

/// How a result is transferred (TL 16).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Route {
    /// 转让.
    Transfer,
    /// 许可.
    Licence,
    /// 作价投资.
    Equity,
    /// 自行实施.
    OwnUse,
    /// 合作.
    Cooperation,
    /// 先使用后付费.
    TrialFirst,
    /// 开放许可.
    OpenLicence,
}

impl Route {
    /// The name in data.
    pub fn name(self) -> &'static str {
        match self {
            Route::Transfer => "transfer",
            Route::Licence => "licence",
            Route::Equity => "equity",
            Route::OwnUse => "own_use",
            Route::Cooperation => "cooperation",
            Route::TrialFirst => "trial_first",
            Route::OpenLicence => "open_licence",
        }
    }
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct RouteDecided {
    route: Route,
    reason: Option<String>,
    #[serde(default)]
    alternatives: Vec<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Priced {
    way: Way,
    price: Option<Yuan>,
    counterparty: Option<String>,
    counterparty_entity: Option<String>,
    interested: Option<bool>,
    scope: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct ConflictsDeclared {
    person: String,
    conflicted: bool,
    #[serde(default, rename = "what")]
    _what: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Decided {
    sha256: String,
    members: Vec<evidence::Member>,
    actor: Option<String>,
    approver: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Appraised {
    value: Yuan,
    sha256: String,
    signers: Vec<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Notified {
    completer: String,
    answer: Option<Answer>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Consented {
    party: String,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct NoticePublished {
    summary: Option<String>,
    procedure: Option<String>,
    #[serde(default)]
    flagged: bool,
    sites: Vec<Site>,
    until: Option<On>,
    /// Where it can be read, and the digest of what was shown, per site.
    #[serde(default)]
    proofs: Vec<SiteProof>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct SiteProof {
    at: evidence::Board,
    url: String,
    sha256: String,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct ObjectionReceived {
    text: String,
    from: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct ObjectionDecided {
    objection: String,
    upheld: bool,
    reasons: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct ExportMoved {
    class: Option<export::Class>,
    act: Option<export::Act>,
    publicly_funded: Option<bool>,
    approved: Option<On>,
    step: Option<export::Step>,
}

impl Case {
    pub(super) fn on_route_decided(&mut self, cx: &mut Cx<'_>) -> Result<(), Refusal> {
        let body: RouteDecided = cx.take()?;
        if let Some(given) = &body.reason {
            words(given, 4_000, "reason")?;
        }
        crate::net_income::bounded(body.alternatives.len(), "alternatives")?;
        self.pack.alternatives = body.alternatives;
        self.route = Some(body.route);
        self.fact(Proof::fact("route", body.route.name()));
        self.enter(Stage::Pricing, cx.on());
        Ok(())
    }

    pub(super) fn on_priced(&mut self, cx: &mut Cx<'_>) -> Result<(), Refusal> {
        let body: Priced = cx.take()?;
        let price = body.price.map(|price| price.0);
        if let Some(price) = price {
            crate::net_income::not_negative(price, "price")?;
        }
        if body.way == Way::Agreement && (price.is_none() || body.counterparty.is_none()) {
            let (zh, en) =
                ("协议定价须写明价格和对方", "an agreed price names the price and with whom");
            return Err(Refusal::new("E-INPUT-02", "TL 18", zh, en).column("price"));
        }
        let counterparty =
            body.counterparty.as_ref().map(|name| words(name, 200, "counterparty")).transpose()?;
        let counterparty_entity = entity(body.counterparty_entity.as_ref())?;
        let offer = Offer {
            way: body.way,
            price,
            counterparty,
            counterparty_entity,
            interested: body.interested,
            scope: body.scope,
        };
        // A published price that changes makes its notice void: a new one is needed.
        if let (Some(notice), Some(before)) = (&mut self.notice, &self.offer) {
            let changed = |a: bool, value: Option<String>| a.then_some(value).flatten();
            let edit = notice::Event::Edit {
                on: On(cx.stamped.event.on),
                price: (offer.price != before.price).then_some(offer.price.map(Yuan)).flatten(),
                counterparty: changed(
                    offer.counterparty != before.counterparty,
                    offer.counterparty.clone(),
                ),
                scope: changed(offer.scope != before.scope, offer.scope.clone()),
                summary: None,
            };
            notice.events.push(edit);
            let standing = stand(notice, cx.on(), &cx.law)?;
            if standing.state == notice::State::Void {
                cx.note("公示已作废,须重新公示", "the notice is void; a new one is needed");
                self.finish("notice", cx.on());
            }
        }
        let shown = price.map_or(Shown::Unknown, Shown::Money);
        self.fact(Proof::fact("price", shown));
        self.offer = Some(offer);
        Ok(())
    }

    pub(super) fn on_conflicts_declared(&mut self, cx: &mut Cx<'_>) -> Result<(), Refusal> {
        let body: ConflictsDeclared = cx.take()?;
        self.declared.insert(words(&body.person, 100, "person")?, body.conflicted);
        Ok(())
    }

    pub(super) fn on_decided(&mut self, cx: &mut Cx<'_>) -> Result<(), Refusal> {
        let body: Decided = cx.take()?;
        crate::net_income::bounded(body.members.len(), "members")?;
        let mut members = body.members;
        for member in &mut members {
            // What someone declared in this case counts where the minutes say nothing.
            let declared = self.declared.get(&member.person).copied();
            member.conflicted = member.conflicted.or(declared);
        }
        let same = body.actor.is_some() && body.actor == body.approver;
        cx.need(!same, || {
            let (zh, en) = ("经办人不能同时是批准人", "who acts does not approve");
            let shown = body.approver.clone().unwrap_or_default();
            Refusal::new("E-EVIDENCE-01", "I13", zh, en).column("approver").value(&shown)
        });
        let voter = members.iter().find(|one| one.conflicted == Some(true) && one.in_favor);
        cx.need(voter.is_none(), || {
            let (zh, en) =
                ("有利益冲突的人不计入表决", "someone with a conflict of interest voted");
            let shown = voter.map_or("", |one| one.person.as_str());
            Refusal::new("E-EVIDENCE-01", "I13", zh, en).column("members").value(shown)
        });
        self.pack.minutes = Some(Minutes { on: On(cx.on()), sha256: body.sha256, members });
        self.pack.actor = body.actor;
        self.pack.approver = body.approver;
        Ok(())
    }

    pub(super) fn on_appraised(&mut self, cx: &mut Cx<'_>) -> Result<(), Refusal> {
        let body: Appraised = cx.take()?;
        let facts = crate::valuation::AppraisalReport {
            signers: body.signers,
            statutory: self.route == Some(Route::Equity),
            on: On(cx.on()),
            kept_until: None,
        };
        let checked = crate::valuation::appraisal(&facts, &cx.law)?;
        cx.prove(checked.proof);
        self.appraised = true;
        self.pack.price.push(PriceEvidence { kind: PriceKind::Appraisal, sha256: body.sha256 });
        self.fact(Proof::fact("appraised", body.value.0));
        Ok(())
    }

    pub(super) fn on_first_refusal_notified(&mut self, cx: &mut Cx<'_>) -> Result<(), Refusal> {
        let body: Notified = cx.take()?;
        let completer = words(&body.completer, 100, "completer")?;
        self.refusals.retain(|one| one.completer != completer);
        self.refusals.push(FirstRefusal { completer, on: On(cx.on()), answer: body.answer });
        Ok(())
    }

    pub(super) fn on_co_owner_consented(&mut self, cx: &mut Cx<'_>) -> Result<(), Refusal> {
        let body: Consented = cx.take()?;
        self.consents.push(Consent { party: words(&body.party, 200, "party")?, on: On(cx.on()) });
        Ok(())
    }

    pub(super) fn on_notice_published(&mut self, cx: &mut Cx<'_>) -> Result<(), Refusal> {
        let body: NoticePublished = cx.take()?;
        let Some(offer) = self.offer.clone() else { return Ok(()) };
        let content = Content {
            result: Some(self.title.clone()),
            summary: body.summary.clone(),
            route: self.route.map(|route| route.name().to_string()),
            scope: Some(offer.scope.clone().unwrap_or_else(|| self.title.clone())),
            price: offer.price.map(Yuan),
            completers: self.completers.iter().map(|(name, _)| name.clone()).collect(),
            counterparty: offer.counterparty.clone(),
            procedure: body.procedure.clone(),
            way: offer.way,
            appraised: self.appraised,
            interested: offer.interested,
            flagged: body.flagged,
        };
        let on = On(cx.on());
        let mut notice = self
            .notice
            .take()
            .unwrap_or_else(|| Notice { events: Vec::new(), related_party_requires: None });
        let (until, sites) = (body.until, body.sites.clone());
        notice.events.push(notice::Event::Publish { on, content: Box::new(content), sites, until });
        let standing = stand(&notice, cx.on(), &cx.law)?;
        let last = standing.last.unwrap_or(on.0);
        let period = cx.law.period("notice.days")?;
        let computed = Clock::new("notice", on.0, period, cx.roll()?, cx.law.calendar(), "office")?;
        let cite = std::sync::Arc::clone(&period.2.cite);
        let clock = match computed.last == last {
            true => computed,
            false => Clock::fixed("notice", last, "office", None, cite),
        };
        self.clock(clock);
        self.pack.notices.retain(|one| one.from.0 >= on.0);
        for proof in body.proofs {
            self.pack.notices.push(evidence::Notice {
                at: proof.at,
                url: proof.url,
                sha256: proof.sha256,
                from: on,
                to: On(last),
            });
        }
        if let Some(proof) = standing.proof.find("earliest_signing") {
            self.fact(proof.clone());
        }
        let shown = json!({
            "result": self.title,
            "unit": self.unit,
            "summary": body.summary,
            "route": self.route.map(Route::name),
            "price": offer.price.map(|price| price.to_string()),
            "counterparty": offer.counterparty,
            "completers": self.completers.iter().map(|(name, _)| name).collect::<Vec<_>>(),
            "interested": offer.interested,
            "flagged": body.flagged,
            "procedure": body.procedure,
            "sites": body.sites.iter().map(|site| site.name()).collect::<Vec<_>>(),
        });
        self.published = Some(Published {
            first: on.0,
            last,
            state: standing.state.name(),
            body: output::canonical(&shown),
        });
        if !standing.immunity {
            cx.note(
                "未同时在本单位和技术交易市场公示:决策者免责的条件之一不具备",
                "not published at unit and market: one condition of the immunity is missing",
            );
        }
        cx.prove(standing.proof);
        self.notice = Some(notice);
        Ok(())
    }

    pub(super) fn on_objection_received(&mut self, cx: &mut Cx<'_>) -> Result<(), Refusal> {
        let body: ObjectionReceived = cx.take()?;
        words(&body.text, 4_000, "text")?;
        if let Some(from) = &body.from {
            words(from, 100, "from")?;
        }
        let id = format!("O{}", cx.stamped.seq);
        self.move_notice(cx, notice::Event::Object { on: On(cx.on()), id })
    }

    pub(super) fn on_objection_decided(&mut self, cx: &mut Cx<'_>) -> Result<(), Refusal> {
        let body: ObjectionDecided = cx.take()?;
        reason(body.reasons.as_ref(), "reasons")?;
        let (id, on) = (body.objection, On(cx.on()));
        let (upheld, reasons) = (body.upheld, body.reasons);
        self.move_notice(cx, notice::Event::Decide { on, id, upheld, reasons })?;
        if upheld {
            cx.note("异议成立,须重新公示", "the objection was right; a new notice is needed");
            self.finish("notice", cx.on());
        }
        Ok(())
    }

    fn move_notice(&mut self, cx: &mut Cx<'_>, event: notice::Event) -> Result<(), Refusal> {
        let Some(notice) = &mut self.notice else { return Ok(()) };
        notice.events.push(event);
        let standing = stand(notice, cx.on(), &cx.law)?;
        if let Some(published) = &mut self.published {
            published.state = standing.state.name();
        }
        match standing.proof.find("earliest_signing") {
            Some(proof) => self.fact(proof.clone()),
            None => self.facts.retain(|fact| fact.key != "earliest_signing"),
        }
        cx.prove(standing.proof);
        Ok(())
    }

    pub(super) fn on_listing_moved(&mut self, cx: &mut Cx<'_>) -> Result<(), Refusal> {
        let event: listing::Event = cx.dated()?;
        let mut facts = Listing {
            events: self.listing.as_ref().map(|one| one.events.clone()).unwrap_or_default(),
            now: On(cx.on()),
        };
        facts.events.push(event);
        let standing = listing::stand(&facts, &cx.law)?;
        if let Some(offer) = &mut self.offer
            && matches!(standing.state, listing::State::Sold | listing::State::Confirmed)
        {
            offer.price = standing.price;
            offer.counterparty = standing.buyer.clone();
        }
        if let Some(price) = standing.price {
            self.fact(Proof::step("price", price, "choice", vec![standing.proof.clone()]));
        }
        if let Some(certificate) = &standing.certificate {
            let sha256 = kernel::canon::hex(&kernel::canon::sha256(certificate.as_bytes()));
            self.pack.price.push(PriceEvidence { kind: PriceKind::Voucher, sha256 });
        }
        cx.prove(standing.proof);
        self.listing = Some(facts);
        Ok(())
    }

    pub(super) fn on_export_moved(&mut self, cx: &mut Cx<'_>) -> Result<(), Refusal> {
        let body: ExportMoved = cx.take()?;
        let mut facts = match self.export.take() {
            Some(facts) => facts,
            None => export::Export {
                class: None,
                act: body.act.unwrap_or(export::Act::Transfer),
                publicly_funded: self.publicly_funded,
                approved: None,
                events: Vec::new(),
                now: On(cx.on()),
            },
        };
        facts.class = body.class.or(facts.class);
        facts.act = body.act.unwrap_or(facts.act);
        facts.publicly_funded = body.publicly_funded.or(facts.publicly_funded);
        facts.approved = body.approved.or(facts.approved);
        facts.now = On(cx.on());
        if let Some(step) = body.step {
            facts.events.push(export::Event { step, on: On(cx.on()) });
        }
        let standing = export::stand(&facts, &cx.law)?;
        let dues = [
            ("export_letter", "export.letter", standing.letter_due),
            ("export_licence", "export.licence", standing.licence_due),
            ("export_registration", "export.registration", standing.registration_due),
        ];
        for (key, parameter, due) in dues {
            let Some(due) = due else { continue };
            if self.clocks.iter().any(|clock| clock.key == key) {
                continue;
            }
            let (_, _, rule) = cx.law.period(parameter)?;
            let period = cx.law.period(parameter)?;
            let computed =
                Clock::new(key, cx.on(), period, cx.roll()?, cx.law.calendar(), "authority")?;
            let cite = std::sync::Arc::clone(&rule.cite);
            let clock = match computed.last == due {
                true => computed,
                false => Clock::fixed(key, due, "authority", None, cite),
            };
            self.clock(clock);
        }
        let done = match body.step {
            Some(export::Step::LetterGranted) => Some("export_letter"),
            Some(export::Step::LicenceGranted) => Some("export_licence"),
            Some(export::Step::Registered) => Some("export_registration"),
            _ => None,
        };
        if let Some(key) = done {
            self.finish(key, cx.on());
        }
        if let Some(effective) = standing.effective {
            self.fact(Proof::step("effective", effective, "choice", vec![standing.proof.clone()]));
        }
        cx.prove(standing.proof);
        self.export = Some(facts);
        Ok(())
    }

    /// The notice that was published last, as the public sees it.
    pub fn notice(&self) -> Option<Published> {
        self.published.clone()
    }

    /// Why a contract could not be signed on a day, as far as price and notice decide it.
    pub(super) fn signing_blocked(&self, on: Day, book: &Rulebook, known: Day) -> Option<Refusal> {
        let offer = self.offer.as_ref()?;
        if offer.way != Way::Agreement {
            return None;
        }
        let law = book.lookup(&self.place, on, known);
        let notice = self
            .notice
            .clone()
            .unwrap_or_else(|| Notice { events: Vec::new(), related_party_requires: None });
        let signing = notice::Signing {
            notice,
            on: On(on),
            price: Yuan(offer.price?),
            counterparty: offer.counterparty.clone()?,
        };
        notice::sign(&signing, &law).err()
    }
}

/// How a notice stands on a day.
fn stand(notice: &Notice, on: Day, law: &Lookup<'_>) -> Result<notice::Standing, Refusal> {
    notice::stand(&Course { notice: notice.clone(), now: On(on) }, law)
}
